"""The board: one table for each view. It is complete in the HTML; board.js makes it interactive."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmeval.board import Board
from mmeval.board.cards import DESCRIBED
from mmeval.board.months import months
from mmeval.board.views import View
from mmeval.sitegen import data
from mmeval.sitegen.boardrows import SIZES, WIDE, Rows, fact_heads, folds, group_title, groups_of, head
from mmeval.sitegen.cells import shown
from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.front import front
from mmeval.sitegen.links import benchmark_url, chart_path, model_url, snapshot_url, view_url
from mmeval.sitegen.openvlm import is_openvlm
from mmeval.sitegen.site import File, Page, Site
from mmeval.store import slug

NAV = Nav("index.html", "nav.index", 10)
WORDS = (
    "any",
    "shown",
    "score",
    "interval",
    "measured",
    "runs",
    "n",
    "failed",
    "truncated",
    "unparsed",
    "fact.cost",
    "open.group",
    "weight",
    "found.none",
    "found.columns",
    "found.partly",
    "ranks.large",
    "ranks.partly",
    "show.all",
    "wait",
)
"""Messages that board.js needs."""
FACTS = "org,params,access,cost,coverage"
FACTS_OPENVLM = "params,llm,enc"
"""Columns that the button for facts shows. The OpenVLM board shows size, language model and vision encoder."""
CELLS, FEWEST = 10_000, 60
"""Cells of the rows that a page holds, and the fewest rows; the others are in a data file."""
WHOLE = 4_000
"""Up to this number of cells, a table is whole in the browser; of a larger one, rows outside the view are short."""


def pages(site: Site) -> Iterator[Page | File]:
    """A page and its data for each view."""
    pairs = data.pair_files(site)
    yield from pairs.values()
    for view in site.views:
        yield Page(view_url(view.name), "board.html", functools.partial(context, view, site))
        yield data.data_file(f"views/{slug(view.name)}", data.view_data(view, pairs))
        yield data.data_file(f"views/{slug(view.name)}-weights", data.weighed_data(view, site.ranks))
        yield from more_rows(view, slug(view.name), site)


def more_rows(view: View, name: str, site: Site) -> Iterator[File]:
    """The rows that have no room on the page of a large view, rendered in each language."""
    rest = view.order[room(view) :]
    if not rest:
        return
    for place in site.renderer.places(view_url(view.name)):
        rows = Rows(view, site.board.models, site.leaders, place.language)
        text = site.renderer.page("boardrows.html", place, rows=[rows.row(model) for model in rest], bar=rows.wide)
        yield data.data_file(f"views/{name}-rows-{place.language.code}", text)


def room(view: View) -> int:
    """How many rows the page of a view holds."""
    return max(FEWEST, CELLS // max(1, len(view.columns)))


def context(view: View, site: Site, lang: Language) -> dict[str, Any]:
    """The variables of board.html for one view."""
    past = [{"month": month, "url": snapshot_url(month)} for month in reversed(months(site.board))]
    return {
        "dataset": data.dataset(site.board, site.options.title) if view.name == "all" else None,
        "past": past if view.name == "all" else [],
        "old": None,
        "front": front(view, site.board, site.asked, lang) if view.name == "all" and view.order else None,
        "share": shared(site) if view.name == "all" and view.order else None,
        "limited": limited(view, site.board) if view.name == "all" else None,
        **board_page(view, site.board, site.views, site.leaders, lang),
    }


def limited(view: View, board: Board) -> dict[str, Any] | None:
    """The benchmarks that no model was asked in full, where others were: they have no column in the table."""
    columns = [column for column in board.columns if not column.full and column not in view.columns]
    if not columns:
        return None
    names = sorted({name for column in columns for name in column.cells if not name.startswith(DESCRIBED)})
    return {
        "heads": [{"title": column.card.title, "url": benchmark_url(column.card.name)} for column in columns],
        "rows": [
            {
                "title": board.models[name].label,
                "url": model_url(name),
                "reference": board.models[name].reference,
                "cells": [shown(column.cells[name], column) if name in column.cells else None for column in columns],
            }
            for name in sorted(names, key=lambda name: (board.models[name].reference is not None, name))
        ],
    }


def shared(site: Site) -> dict[str, Any]:
    """The variables of share.html for the whole board."""
    return {
        "title": site.options.title,
        "updated": site.board.updated,
        "chart": chart_path("index.html"),
        "badge": "",
        "files": data.downloads("data/board"),
    }


def board_page(
    view: View, board: Board, views: Sequence[View], leaders: Mapping[str, frozenset[str]], lang: Language
) -> dict[str, Any]:
    """The variables of board.html that all boards have."""
    t = lang.text
    rows, groups = Rows(view, board.models, leaders, lang), groups_of(view)
    suites = {frozenset(c.card.name for c in one.columns) for one in views if not is_openvlm(one)}
    heads = [
        {
            "name": name,
            "title": group_title(name, lang),
            "fold": int(folds(groups, columns)),
            "preset": folds(groups, columns) and frozenset(c.card.name for c in columns) not in suites,
            "columns": [head(column) for column in columns],
        }
        for name, columns in groups
    ]
    wide = len(view.columns) >= WIDE
    return {
        "view": view.name,
        "title": view_title(view, lang),
        "about": "view.openvlm.about" if is_openvlm(view) else "view.about",
        "views": [{"url": view_url(v.name), "title": view_title(v, lang, short=True)} for v in views],
        "missing": view.missing,
        "whole": WHOLE,
        "facts_shown": FACTS_OPENVLM if is_openvlm(view) else FACTS,
        "samples": [c.card.title for c in view.columns if view.ranks and c.compared(view.ranks.models) == "samples"],
        "counts": {
            "models": sum(1 for name in view.order if board.models[name].reference is None),
            "benchmarks": len(view.columns),
            "rows": len(view.order),
        },
        "updated": board.updated[:10] or "–",
        "words": json.dumps({key: lang.messages[key] for key in WORDS}, ensure_ascii=False, sort_keys=True),
        "sizes": [*SIZES, ("?", t("unknown"))],
        "average": t("openvlm.score" if is_openvlm(view) else "overall"),
        "facts": fact_heads(view, lang),
        "groups": heads,
        "most": data.RANKED,
        "folded": ",".join(name for name, columns in groups if wide and folds(groups, columns)),
        "rows": [rows.row(name) for name in view.order[: room(view)]],
        "bar": rows.wide,
    }


def view_title(view: View, lang: Language, *, short: bool = False) -> str:
    """A message for the whole board and the OpenVLM view; a suite has its own title."""
    if view.name == "all":
        return lang.text("view.all" if short else "board.title")
    return lang.text("view.openvlm") if view.name == "openvlm" else view.title
