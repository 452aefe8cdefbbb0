"""Builds the board from run folders: which runs share a column, and why others do not."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from mmeval.board.cards import BenchmarkCard, ModelCard, benchmark_card, model_cards
from mmeval.board.checks import TOLERANCE, check, scored_again
from mmeval.board.headlines import pseudo
from mmeval.board.vectors import Vector, read_vector
from mmeval.catalog import Catalog
from mmeval.comparable import Change, refused, short
from mmeval.errors import StoreError
from mmeval.store import UNMEASURED, Number, Problem, Run, Spec, benchmark_folder, list_runs, slug

Reader = Callable[[Run, BenchmarkCard], Vector]
Compared = Literal["mean", "jackknife", "samples"]
"""The quantity that paired tests on a column compare.

- `mean`: the headline, which is the mean of the sample scores (as a share of its range).
- `jackknife`: a headline that is not such a mean, by its pseudo-values.
- `samples`: the sample scores, because the headline is not their mean and cannot be recomputed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One model on one benchmark."""

    run: Run
    vector: Vector
    headline: Number
    """In the range of the metric; the scale of the card turns it into the number on the board."""

    @property
    def spec(self) -> Spec:
        """The settings of the run."""
        return self.run.info.spec

    @property
    def failed(self) -> int:
        """Requests without a reply to score."""
        return sum(n for status, n in self.run.info.counts.items() if status in UNMEASURED)

    @property
    def truncated(self) -> int:
        """Replies that the token limit cut off."""
        return self.run.info.counts.get("truncated", 0)

    @property
    def cost_1000(self) -> float | None:
        """US dollars per 1,000 samples; None = unknown."""
        total = self.run.info.totals.cost
        return None if total is None or not self.run.info.planned else 1000 * total / self.run.info.planned

    @property
    def finished(self) -> str:
        """ISO time at which the run ended, or empty."""
        return run_time(self.run)

    @property
    def key(self) -> str:
        """Folder of the run's pages, below `r/`."""
        return run_key(self.run)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedRun:
    """A complete run that is not in its benchmark's column, and why."""

    cell: Cell
    reason: str
    """`superseded`, or the first key in which the run differs from the column: a field of Spec or `samples_digest`."""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One benchmark: comparable runs, at most one per model."""

    card: BenchmarkCard
    cells: Mapping[str, Cell]
    """By model name."""
    excluded: Sequence[ExcludedRun] = ()

    @property
    def spec(self) -> Spec:
        """The spec of any cell; the keys that a column requires to be equal are the same in all."""
        return next(iter(self.cells.values())).spec

    def compared(self, models: Iterable[str]) -> Compared:
        """The quantity that a paired test of these models compares."""
        cells = [self.cells[name] for name in models]
        others = [cell for cell in cells if cell.vector.pseudo or not self._is_mean(cell)]
        if not others:
            return "mean"
        return "jackknife" if all(cell.vector.pseudo for cell in others) else "samples"

    def _is_mean(self, cell: Cell) -> bool:
        return abs(self.card.share(cell.headline.value) - cell.vector.mean) <= TOLERANCE

    @property
    def primary_metric(self) -> str:
        """Name of the metric that the cells show."""
        return next(iter(self.cells.values())).run.info.primary_metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the site shows."""

    columns: Sequence[Column]
    models: Mapping[str, ModelCard]
    problems: Sequence[Problem] = field(default=())
    root: Path = Path()

    @property
    def updated(self) -> str:
        """ISO time of the newest run, or empty."""
        return max((cell.finished for column in self.columns for cell in column.cells.values()), default="")

    def of(self, model: str) -> list[tuple[Column, Cell]]:
        """The columns with a run of this model, and its cells."""
        return [(column, column.cells[model]) for column in self.columns if model in column.cells]


def run_time(run: Run) -> str:
    """ISO time (UTC) at which a run ended, or started if its end was not recorded; empty if neither was."""
    times = run.info.provenance
    seconds = times.get("end") or times.get("start")
    try:
        ended = datetime.datetime.fromtimestamp(seconds, datetime.UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):  # not a number, or not a time that a clock can show
        return ""
    return ended.isoformat(timespec="seconds").replace("+00:00", "Z")


def run_key(run: Run) -> str:
    """`<model>/<benchmark>@<version>-<digest>`: a stable path for the pages of one run."""
    return f"{_slug(run.info.spec.model)}/{run.path.parent.name}-{run.path.name}"


_slug = lru_cache(maxsize=4096)(slug)


def read_checked(run: Run, card: BenchmarkCard) -> Vector:
    """Read the scores and check them against run.json; raises StoreError with the reason."""
    try:
        vector, records = read_vector(run), scored_again(run, card)
        check(run, vector, card, records)
        return replace(vector, pseudo=pseudo(vector, card, records))
    except StoreError:
        raise
    except Exception as error:  # the boundary of a run folder, in which a stranger may have put anything
        raise StoreError(f"{run.path}: {type(error).__name__}: {error}") from error


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
    other = models.setdefault(_slug(spec.model), spec.model)
    return None if other == spec.model else f"its model {spec.model!r} would share a page with {other!r}"


Found = tuple[list[Run], list[Problem]]
NAME_BYTES = 200
"""Longest folder name that pages are named after. File systems allow 255 bytes; a digest and an ending are added."""
DIGEST = re.compile(r"[A-Za-z0-9_-]{1,128}")


def collect(
    root: Path, *, catalog: Catalog = Catalog(), reader: Reader = read_checked, found: Found | None = None
) -> Board:
    """Read all runs below `root` into a board. A run that is not shown is a Problem or an ExcludedRun.

    `found` is the result of `all_runs`, if the caller has it already.
    """
    runs, problems = found if found is not None else all_runs(root)
    problems = list(problems)
    cards = {name: benchmark_card(name, catalog) for name in sorted({run.info.spec.benchmark for run in runs})}
    cells: dict[str, list[Cell]] = {}
    for run in runs:
        name = run.info.spec.benchmark
        try:
            cells.setdefault(name, []).append(make_cell(run, cards[name], reader))
        except StoreError as error:
            problems.append(Problem(run.path, str(error)))
    columns = [make_column(cards[name], found) for name, found in sorted(cells.items()) if found]
    names = sorted({run.info.spec.model for run in runs})
    problems += [Problem(root / name, card.error) for name, card in cards.items() if card.error]
    relative = [Problem(p.path.relative_to(root), p.reason.replace(f"{root}/", "")) for p in problems]
    return Board(columns=columns, models=model_cards(names, catalog), problems=relative, root=root)


def make_cell(run: Run, card: BenchmarkCard, reader: Reader) -> Cell:
    """One run as a cell; raises StoreError if it is unfinished or disagrees with its scores."""
    info = run.info
    if info.status != "complete":
        raise StoreError(f"{run.path}: status {info.status}: the run is not finished; run the same command again")
    if run.path.name != run.spec_digest[:12]:
        raise StoreError(
            f"{run.path}: the folder is not named after its spec: run.json was edited, or the folder was renamed"
        )
    if info.primary_metric not in info.metrics:
        raise StoreError(f"{run.path}: {info.reason or f'no metric {info.primary_metric!r} in run.json'}")
    return Cell(run=run, vector=reader(run, card), headline=info.metrics[info.primary_metric])


def make_column(card: BenchmarkCard, cells: Sequence[Cell]) -> Column:
    """Keep the largest group of comparable runs, and of several runs of one model the newest.

    A group with runs of mmeval comes before a group that was imported, whatever their sizes.
    """
    plain = [cell for cell in cells if not cell.spec.variant] or list(cells)
    groups: list[list[Cell]] = []
    for cell in plain:
        home = next((group for group in groups if not _differences(group[0], cell)), None)
        if home is None:
            groups.append([cell])
        else:
            home.append(cell)
    main = max(groups, key=_weight)
    chosen: dict[str, Cell] = {}
    for cell in sorted(main, key=lambda c: (c.spec.model, c.finished, c.run.path.name)):
        chosen[cell.spec.model] = cell
    sample = main[0]
    excluded = [differs(cell, sample) for cell in cells if chosen.get(cell.spec.model) is not cell]
    return Column(card=card, cells=chosen, excluded=excluded)


def _weight(group: Sequence[Cell]) -> tuple[bool, int, str]:
    own = any(cell.run.info.origin == "mmeval" for cell in group)
    return own, len({cell.spec.model for cell in group}), max(cell.finished for cell in group)


def _differences(main: Cell, cell: Cell) -> list[Change]:
    return refused(main.run.info, cell.run.info, "column")


def differs(cell: Cell, main: Cell) -> ExcludedRun:
    """Why a run is not in the column: the first key in which it differs, else a newer run of its model."""
    found = _differences(main, cell)
    if not found:
        return ExcludedRun(cell=cell, reason="superseded", value=cell.finished[:10])
    key, _, part = found[0].key.partition(".")
    return ExcludedRun(cell=cell, reason=key, value=f"{part} {short(found[0].candidate)}".strip())
