"""Reads run folders into a board, and says why a run is not on it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from mmeval.board.cards import BenchmarkCard, asked_as, benchmark_card, model_cards
from mmeval.board.cell import Board, Cell, model_slug
from mmeval.board.checks import check, scored_again
from mmeval.board.headlines import pseudo
from mmeval.board.missing import cell_of
from mmeval.board.seasons import by_season
from mmeval.board.vectors import Vector, read_vector
from mmeval.catalog import Catalog
from mmeval.errors import MMEvalError, StoreError
from mmeval.metrics import missing
from mmeval.store import Number, Problem, Run, benchmark_folder, list_runs
from mmeval.types import Record

Reader = Callable[[Run, BenchmarkCard], Vector]


def read_checked(run: Run, card: BenchmarkCard) -> Vector:
    """Read the scores and check them against run.json; raises StoreError with the reason."""
    try:
        card = asked_as(card, run.info.spec.variant)
        rows = list(run.scores())
        vector = read_vector(run, rows, wrong=float(card.higher_is_better is False))
        records = scored_again(run, card, rows)
        check(run, vector, card, [record for record in records if record.score is not None])
        return _bounded(vector, card, records)
    except StoreError:
        raise
    except Exception as error:  # the boundary of a run folder, in which a stranger may have put anything
        raise StoreError(f"{run.path}: {type(error).__name__}: {error}") from error


def _bounded(vector: Vector, card: BenchmarkCard, records: Sequence[Record]) -> Vector:
    """With the bounds and pseudo-values of the headline, where its metric can be computed."""
    if not vector.missing or card.definition is None or not records:
        return replace(vector, pseudo=pseudo(vector, card, records))
    metric = card.definition.metric
    ends = missing.ends(metric, records)
    if ends is None:
        return vector
    wrong, right = ends
    return replace(
        vector,
        pseudo=pseudo(vector, card, list(missing.filled(metric, records, wrong.side))),
        bounds=(Number.of(wrong.headline), Number.of(right.headline)),
        counted_metrics={name: Number.of(value) for name, value in wrong.numbers.items()},
    )


def all_runs(root: Path) -> tuple[list[Run], list[Problem]]:
    """Every run below `root`, and accepted baselines whose own run folder is gone.

    A run with a name from which no page can be named is a Problem.
    """
    runs, problems = list_runs(root)
    kept, more = list_runs(root / "baselines")
    here = {run.spec_digest for run in runs}
    found = [*runs, *(run for run in kept if run.spec_digest not in here)]
    slugs: dict[str, str] = {}
    unnamed = {id(run): why for run in found if (why := _unnamed(run, slugs))}
    bad = [Problem(run.path, f"{run.path}: {unnamed[id(run)]}") for run in found if id(run) in unnamed]
    return [run for run in found if id(run) not in unnamed], [*problems, *more, *bad]


def _unnamed(run: Run, models: dict[str, str]) -> str | None:
    """Why no file can be named after a run; `models` has the model of each folder name so far."""
    spec, digest = run.info.spec, run.info.samples_digest
    if any(len(os.fsencode(name)) > NAME_BYTES for name in (run.path.parent.name, benchmark_folder(spec))):
        return f"the names of its benchmark, version and variant have more than {NAME_BYTES} bytes together"
    if "/" in spec.benchmark:
        return f"its benchmark {spec.benchmark[:80]!r} has a slash in its name"
    if digest is not None and not DIGEST.fullmatch(digest):
        return f"its samples_digest {digest[:80]!r} is not a digest"
    other = models.setdefault(model_slug(spec.model), spec.model)
    return None if other == spec.model else f"its model {spec.model!r} would share a page with {other!r}"


Found = tuple[list[Run], list[Problem]]
NAME_BYTES = 200
"""Longest folder name that pages are named after. File systems allow 255 bytes; a digest and an ending are added."""
DIGEST = re.compile(r"[A-Za-z0-9_-]{1,128}")


def collect(
    root: Path,
    *,
    catalog: Catalog = Catalog(),
    reader: Reader = read_checked,
    found: Found | None = None,
    rank_all: bool = False,
) -> Board:
    """Read all runs below `root` into a board. A run without a row is a Problem, or listed aside in its column.

    `found` is the result of `all_runs`, if the caller has it already; `rank_all` is a field of the board.
    """
    runs, problems = found if found is not None else all_runs(root)
    problems = list(problems)
    cards = {name: benchmark_card(name, catalog) for name in sorted({run.info.spec.benchmark for run in runs})}
    cells: dict[str, list[Cell]] = {}
    digest = adapter_digests(catalog)
    for run in runs:
        name, current = run.info.spec.benchmark, digest(run.info.spec.model.partition("/")[0])
        try:
            cell = make_cell(run, cards[name], reader, current=run.info.spec.adapter_digest == current)
            cells.setdefault(name, []).append(cell)
        except StoreError as error:
            problems.append(Problem(run.path, str(error)))
    columns = [by_season(cards[name], found) for name, found in sorted(cells.items()) if found]
    names = sorted({run.info.spec.model for run in runs})
    problems += [Problem(root / name, card.error) for name, card in cards.items() if card.error]
    relative = [Problem(p.path.relative_to(root), p.reason.replace(f"{root}/", "")) for p in problems]
    return Board(columns=columns, models=model_cards(names, catalog), problems=relative, root=root, rank_all=rank_all)


def make_cell(run: Run, card: BenchmarkCard, reader: Reader, *, current: bool = True) -> Cell:
    """One run as a cell; raises StoreError if it is unfinished or disagrees with its scores."""
    info = run.info
    if info.status != "complete":
        why = info.reason or "the run is not finished"
        raise StoreError(f"{run.path}: status {info.status}: {why}; run the same command again")
    if run.path.name != run.spec_digest[:12]:
        raise StoreError(
            f"{run.path}: the folder is not named after its spec: run.json was edited, or the folder was renamed"
        )
    if info.primary_metric not in info.metrics:
        raise StoreError(f"{run.path}: {info.reason or f'no metric {info.primary_metric!r} in run.json'}")
    return cell_of(run, reader(run, card), card, current=current)


def adapter_digests(catalog: Catalog) -> Callable[[str], str]:
    """What a provider's adapter is compared by; empty if the catalog has none."""

    @cache
    def digest(provider: str) -> str:
        try:
            return catalog.definition("adapters", provider).identity
        except MMEvalError:
            return ""

    return digest
