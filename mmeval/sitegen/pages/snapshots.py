"""The board at the end of each earlier month, made from the runs that had ended by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmeval.board.months import as_of, months
from mmeval.board.views import View, make_view, shown_columns
from mmeval.sitegen import data
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import snapshot_url
from mmeval.sitegen.pages.board import board_page, more_rows
from mmeval.sitegen.site import File, Page, Site


def pages(site: Site) -> Iterator[Page | File]:
    """A page and its data for each month."""
    for month in months(site.board):
        yield from snapshot(month, site)


def snapshot(month: str, site: Site) -> Iterator[Page | File]:
    """One month."""
    then = replace(site, board=as_of(site.board, month))
    view = make_view("all", shown_columns(then.board), then.board, cache=site.options.cache)
    listed = list(reversed(months(site.board)))
    yield Page(snapshot_url(month), "board.html", lambda lang: context(month, listed, view, then, lang))
    pairs = data.pair_files(then)
    yield from pairs.values()
    cells = {"cells": data.past_cells(then.board, site.board)}
    yield data.data_file(f"views/s-{month}", data.view_data(view, pairs) | cells)
    yield data.data_file(f"views/s-{month}-weights", data.weighed_data(view, then.ranks))
    yield from more_rows(view, f"s-{month}", then)


def context(month: str, listed: Sequence[str], view: View, then: Site, lang: Language) -> Mapping[str, Any]:
    """The variables of board.html; other views are of today, so there are no links to them."""
    return {
        **board_page(view, then.board, [], then.leaders, lang),
        "dataset": None,
        "past": [{"month": one, "url": snapshot_url(one)} for one in listed],
        "old": month,
        "front": None,
        "limited": None,
        "share": None,
        "view": f"s-{month}",
        "title": lang.text("view.snapshot", month=month),
    }
