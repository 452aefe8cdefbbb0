"""Ways to look at the board: which benchmarks, which average, who is ranked; OpenCompass' own rules beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmeval.board.cards import BenchmarkCard
from mmeval.board.collect import Board, Column
from mmeval.board.ranks import Ranks, rank_columns

OPENVLM = ("mmbench_v11", "mmstar", "mmmu_val", "mathvista", "ocrbench", "ai2d", "hallusionbench", "mmvet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The averages of one model in one view."""

    model: str
    coverage: int
    """Columns in which it stands."""
    mean: float | None
    """0 to 100, over all columns; None where one is missing."""
    corrected: float | None
    """The same with chance at 0; None where one is missing or a chance level is unknown."""
    avg_rank: float | None
    """OpenCompass: mean over its benchmarks of 1 + how many models there are strictly better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One way to look at the board."""

    name: str
    columns: Sequence[Column]
    lines: Mapping[str, Line]
    order: Sequence[str]
    """Models from the top: ranked ones, then incomplete ones."""
    ranks: Ranks | None
    missing: Sequence[str] = ()
    """Benchmarks that the view asks for and that nobody was run on."""


def percent(card: BenchmarkCard, value: float) -> float:
    """A headline on a scale from 0 (worst possible) to 100 (best possible)."""
    share = (value - card.low) / ((card.high - card.low) or 1.0)
    return 100 * (1 - share if card.higher_is_better is False else share)


def corrected(card: BenchmarkCard, value: float) -> float | None:
    """The same with chance at 0: a model that guesses gets 0, one below chance a negative number."""
    if card.chance is None:
        return None
    chance = percent(card, card.chance)
    return 100 * (percent(card, value) - chance) / ((100 - chance) or 1.0)


def make_view(name: str, columns: Sequence[Column], board: Board, *, cache: Path | None = None) -> View:
    """Averages over all columns, complete rows first; the complete ones that are no references are ranked."""
    models = [model for model in board.models if any(model in column.cells for column in columns)]
    lines = {model: _line(model, columns, board) for model in models}
    whole = [m for m in models if lines[m].mean is not None and board.models[m].reference is None]
    order = sorted(models, key=lambda m: _place(lines[m], board))
    ranks = rank_columns(columns, whole, cache=cache)
    return View(name=name, columns=columns, lines=lines, order=order, ranks=ranks)


def _place(line: Line, board: Board) -> tuple[bool, float, int, str]:
    return (line.mean is None, -(line.mean or 0.0), -line.coverage, board.models[line.model].label.casefold())


def _line(model: str, columns: Sequence[Column], board: Board) -> Line:
    here = [(c.card, c.cells[model].headline.value) for c in columns if model in c.cells]
    values = [percent(card, value) for card, value in here]
    fair = [corrected(card, value) for card, value in here]
    known = [value for value in fair if value is not None]
    whole = len(here) == len(columns)
    return Line(
        model=model,
        coverage=len(here),
        mean=sum(values) / len(values) if whole and values else None,
        corrected=sum(known) / len(known) if whole and known and len(known) == len(columns) else None,
        avg_rank=_avg_rank(model, columns, board),
    )


def _avg_rank(model: str, columns: Sequence[Column], board: Board) -> float | None:
    """OpenCompass ranks a model on each benchmark among those that have it, so sparse rows are flattered."""
    ranks = []
    for column in columns:
        if model in column.cells:
            own = percent(column.card, column.cells[model].headline.value)
            rivals = [
                percent(column.card, c.headline.value)
                for m, c in column.cells.items()
                if board.models[m].reference is None
            ]
            ranks.append(1 + sum(1 for rival in rivals if rival > own))
    return sum(ranks) / len(ranks) if ranks else None


def all_views(board: Board, suites: Mapping[str, Sequence[str]], *, cache: Path | None = None) -> list[View]:
    """Everything, then OpenCompass' eight, then each suite of which two benchmarks or more are here."""
    by_name = {column.card.name: column for column in board.columns}
    views = [make_view("all", board.columns, board, cache=cache)]
    asked = {"openvlm": suites.get("openvlm", OPENVLM), **{k: v for k, v in suites.items() if k != "openvlm"}}
    for name, wanted in asked.items():
        columns = [by_name[b] for b in wanted if b in by_name]
        if len(columns) > 1 and (name == "openvlm" or len(columns) < len(board.columns)):
            made = make_view(name, columns, board, cache=cache)
            missing = tuple(b for b in wanted if b not in by_name)
            views.append(
                View(name=name, columns=columns, lines=made.lines, order=made.order, ranks=made.ranks, missing=missing)
            )
    return views
