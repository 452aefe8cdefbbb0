"""Views of the board: a choice of benchmarks with averages and ranks."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmeval.board.cards import DESCRIBED, BenchmarkCard
from mmeval.board.cell import Board, Column, Kind, Unranked, weakest
from mmeval.board.ranks import Ranks, rank_columns
from mmeval.store import Mark, Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The averages of one model in one view."""

    model: str
    coverage: int
    """Number of columns with a run of the model."""
    mean: float | None
    """0 to 100, over all columns; where one is missing, with what is predicted for it. None without a prediction."""
    half: float | None = None
    """Half of the interval of `mean`."""
    predicted: Mapping[str, float] = field(default_factory=dict)
    """The predicted scores of the missing columns, 0 to 100, by their names."""
    corrected: float | None
    """The same with chance at 0; None if a column or a chance level is missing."""
    unranked: tuple[str, Unranked] | None = None
    """The title of the first column in which the model has no rank, and why."""
    outside: Kind | None = None
    """What the row is, if it is not ranked for that: `mock` or `third-party`."""
    mark: Mark = ""
    """The weakest mark of its runs."""
    avg_rank: float | None = None
    """Only in views by the rules of the OpenVLM board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A choice of benchmarks with averages and ranks."""

    name: str
    title: str = ""
    """Of a suite; the pages name the views that every board has."""
    columns: Sequence[Column]
    lines: Mapping[str, Line]
    order: Sequence[str]
    """Models, best mean first; then those without a mean, and last the references."""
    ranks: Ranks | None
    missing: Sequence[str] = ()
    """Benchmarks of the view without any run."""


def grouped(columns: Sequence[Column]) -> list[tuple[str, list[Column]]]:
    """Columns by the folder of their definition, sorted by folder and title."""
    groups: dict[str, list[Column]] = {}
    for column in sorted(columns, key=lambda c: (c.card.group, c.card.title.casefold())):
        groups.setdefault(column.card.group, []).append(column)
    return list(groups.items())


def percent(card: BenchmarkCard, value: float) -> float:
    """A headline on a scale from 0 (worst possible) to 100 (best possible)."""
    share = card.share(value)
    return 100 * (1 - share if card.higher_is_better is False else share)


def corrected(card: BenchmarkCard, value: float) -> float | None:
    """The same with chance at 0; negative below chance, None if the chance level is unknown."""
    if card.chance is None:
        return None
    chance = percent(card, card.chance)
    return 100 * (percent(card, value) - chance) / ((100 - chance) or 1.0)


JUDGING = "judging"
"""The group of the labelled slices."""


def shown_columns(board: Board) -> list[Column]:
    """The columns of the board's tables: benchmarks that were run in full, or all of them if none was.

    What references alone have answered says nothing about models; it is left out where there are models. So are the
    labelled slices, on which a judge was measured: they would count as benchmarks that all other models lack.
    """
    full = [column for column in board.columns if column.full] or list(board.columns)
    asked = [column for column in full if any(board.models[name].reference is None for name in column.cells)] or full
    return [column for column in asked if column.card.group != JUDGING] or asked


LEAST = 0.5
"""Share of a view's benchmarks that a model must have been run on for a rank over all of them."""


def make_view(
    name: str, columns: Sequence[Column], board: Board, *, cache: Path | None = None, least: float = LEAST
) -> View:
    """Averages over all columns, and ranks of the models that may be ranked and have the share `least` of cells.

    What they lack is predicted; where it cannot be, only complete models have an average and a rank. Runs that answer
    from descriptions have no line: the pages of benchmarks use them to tell seeing from reasoning.
    """
    named = [model for model in board.models if not model.startswith(DESCRIBED)]
    models = [model for model in named if any(model in column.cells for column in columns)]
    whole = board.ranked(columns)
    most = board.ranked(columns, least=least)
    ranks = rank_columns(columns, most, cache=cache)
    if ranks is None and most != whole:
        ranks = rank_columns(columns, whole, cache=cache)
    rivals = board.rivals(columns)
    lines = {model: _line(model, columns, board, ranks, rivals) for model in models}
    order = sorted(models, key=lambda m: _place(lines[m], board))
    return View(name=name, columns=columns, lines=lines, order=order, ranks=ranks)


def _place(line: Line, board: Board) -> tuple[bool, bool, float, int, str]:
    card = board.models[line.model]
    mean = -(line.mean or 0.0)
    return (card.reference is not None, line.mean is None, mean, -line.coverage, card.label.casefold())


def _line(model: str, columns: Sequence[Column], board: Board, ranks: Ranks | None, rivals: Collection[str]) -> Line:
    here = [(c.card, c.cells[model].headline) for c in columns if model in c.cells]
    fair = [corrected(card, head.value) for card, head in here]
    known = [value for value in fair if value is not None]
    whole, kind = len(here) == len(columns), board.kind(model, columns)
    guess = ranks.predicted.get(model) if ranks else None
    predicted = {name: 100 * share for name, share in guess.shares.items()} if guess else {}
    values = [*(percent(card, head.value) for card, head in here), *predicted.values()]
    return Line(
        model=model,
        coverage=len(here),
        mean=sum(values) / len(values) if len(values) == len(columns) and values else None,
        half=100 * guess.half if guess else _half(here) if whole and here else None,
        predicted=predicted,
        outside=None if model in rivals or kind == "reference" else kind,
        mark=weakest(c.cells[model].mark for c in columns if model in c.cells),
        unranked=next(
            ((c.card.title, why) for c in columns if model in c.cells and (why := c.cells[model].unranked)), None
        ),
        corrected=sum(known) / len(known) if whole and known and len(known) == len(columns) else None,
    )


def _half(cells: Sequence[tuple[BenchmarkCard, Number]]) -> float:
    """Half of the interval of the mean of independent scores, in points."""
    halves = [abs(percent(card, head.high) - percent(card, head.low)) / 2 for card, head in cells]
    return math.hypot(*halves) / len(halves)


def all_views(board: Board, suites: Mapping[str, Mapping[str, Any]], *, cache: Path | None = None) -> list[View]:
    """The whole board, then each suite with at least two columns on it, unless those are the whole board."""
    every = shown_columns(board)
    views = [make_view("all", every, board, cache=cache)]
    for name, table in suites.items():
        wanted = wanted_by(table)
        columns = [column for column in every if column.card.name in wanted]
        if len(columns) > 1 and (name.startswith("openvlm") or len(columns) < len(every)):
            # That board averages complete models alone.
            made = make_view(name, columns, board, cache=cache, least=1.0 if name.startswith("openvlm") else LEAST)
            here = {column.card.name for column in columns}
            missing = tuple(one for one in wanted if one not in here)
            views.append(replace(made, title=str(table.get("title", name)), missing=missing))
    return views


def wanted_by(table: Mapping[str, Any]) -> list[str]:
    """Names of the benchmarks in a suite's table, without versions."""
    listed = table.get("benchmarks", [])
    return [str(one).partition("@")[0] for one in listed] if isinstance(listed, list) else []
