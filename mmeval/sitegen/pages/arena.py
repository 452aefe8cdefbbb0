"""Ratings from people's votes: overall and by category, with style taken out, and beside the scores."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmeval.arena.keep import JUDGED, VOTES, kept_ratings, stored
from mmeval.arena.said import MADE
from mmeval.board import Board
from mmeval.board.views import View
from mmeval.errors import StoreError
from mmeval.sitegen.charts import Point, Scale, axis, interval, scatter
from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.links import model_url
from mmeval.sitegen.site import File, Page, Site
from mmeval.sitegen.text import short
from mmeval.store import Problem

NAV = Nav("arena.html", "nav.arena", 50)
NOTHING: Mapping[str, Any] = {"tables": [], "judges": [], "left_out": {}}
MATRIX = 30
"""Most models in the table of wins."""
STEP = 50
"""The intervals' axis ends at multiples of so many points."""
TRACKS = {category: f"arena.made.{kind}" for kind, category in MADE.items()}
"""Messages with the names of the tracks of what models made."""


def pages(site: Site) -> Iterator[Page | File]:
    """The page, and the votes that it is made from."""
    results = site.options.results
    try:
        found = kept_ratings(results)
    except StoreError as error:
        site.problems.append(Problem(stored(results, VOTES).parent.relative_to(results), str(error)))
        found = None
    files = {f"data/arena-{name}": stored(results, name) for name in (VOTES, JUDGED) if stored(results, name).is_file()}
    yield Page(
        "arena.html", "arena.html", functools.partial(arena_page, found or NOTHING, site.board, site.views[0], [*files])
    )
    for path, file in files.items():
        yield File(path, file.read_bytes())


def arena_page(
    ratings: Mapping[str, Any], board: Board, view: View, files: Sequence[str], lang: Language
) -> dict[str, Any]:
    """The variables of arena.html."""
    attempts = _attempts(board)
    tables = [*ratings["tables"], *(table for track in ratings["judges"] for table in _of_judge(track))]
    return {
        "tables": [_table(table, board, attempts, lang, number) for number, table in enumerate(tables)],
        "attempts": any(count > 1 for count in attempts.values()),
        "left_out": sorted(ratings["left_out"].items()),
        "files": files,
        "relation": _relation(tables[0]["rows"], board, view, lang) if tables else None,
    }


def _of_judge(track: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The tables of a judge's track, with what the page says about the judge."""
    judge = short(track["judge"], 80)
    yield {**track["table"], "judge": judge, "agreement": track["agreement"]}
    if track["corrected"]:
        yield {**track["corrected"], "judge": judge, "corrected": True}


def _table(
    table: Mapping[str, Any], board: Board, attempts: Mapping[str, int], lang: Language, number: int
) -> dict[str, Any]:
    rows, category = table["rows"], table["category"]
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    scale = Scale(STEP * math.floor(low / STEP), STEP * math.ceil(high / STEP))
    plain = not table["styled"] and not table.get("corrected")
    return {
        "id": f"t{number}",
        "axis": axis(scale),
        "category": lang.text(TRACKS[category]) if category in TRACKS else short(category, 80),
        "judge": table.get("judge", ""),
        "corrected": table.get("corrected", False),
        "agreement": table.get("agreement"),
        "styled": table["styled"],
        "votes": table["votes"],
        "voters": table["voters"],
        "rows": [
            {**_row(row, board, scale, rows[0]["group"]), "attempts": attempts.get(row["model"], 0)} for row in rows
        ],
        "effects": [(name, value) for name, value in table["effects"].items() if value],
        "split": any(row["group"] != rows[0]["group"] for row in rows),
        "wins": [[None if one is None else round(100 * one) for one in row[:MATRIX]] for row in table["wins"][:MATRIX]]
        if plain
        else [],
    }


def _attempts(board: Board) -> Counter[str]:
    """How often a model was run on the benchmark that it was run on most, in whatever settings."""
    most: Counter[str] = Counter()
    for column in board.columns:
        aside = [one.cell for one in (*column.variants, *column.excluded)]
        found: Counter[str] = Counter()
        for cell in (*column.cells.values(), *aside, *column.limited):
            found[cell.spec.model] += len(cell.runs)
        most |= found
    return most


def _row(row: Mapping[str, Any], board: Board, scale: Scale, group: int) -> dict[str, Any]:
    name = row["model"]
    card = board.models.get(name)
    return {
        **{key: row[key] for key in ("rating", "low", "high", "best", "worst", "tier", "votes")},
        "title": short(card.label if card else name, 80),
        "url": model_url(name) if card else None,
        "apart": row["group"] != group,
        "svg": interval(scale, row["rating"], row["low"], row["high"]),
    }


def _relation(rows: Sequence[Mapping[str, Any]], board: Board, view: View, lang: Language) -> Any:
    """Scores against ratings, for the models that have both; None for fewer than two."""
    points = []
    for row in rows:
        line = view.lines.get(row["model"])
        if line is not None and line.mean is not None:
            card = board.models[row["model"]]
            points.append(
                Point(
                    title=short(card.label, 60), url=model_url(row["model"]), open=card.open,
                    x=row["rating"], y=line.mean, low=line.mean, high=line.mean,
                )
            )  # fmt: skip
    if len(points) < 2:
        return None
    return scatter(points, x_title=lang.text("arena.rating"), y_title=lang.text("mean"), front=False)
