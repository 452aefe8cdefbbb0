"""The list of benchmarks: a card for each, by group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmeval.board.views import grouped
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.boardrows import group_title
from mmeval.sitegen.env import Language, Nav, number
from mmeval.sitegen.links import benchmark_url
from mmeval.sitegen.questions import brief_of
from mmeval.sitegen.site import Page, Site
from mmeval.sitegen.text import short

NAV = Nav("benchmarks.html", "nav.benchmarks", 20, under="b/")


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    asked = {one.name: one for one in site.asked}
    yield Page("benchmarks.html", "benchmarks.html", lambda lang: context(site, asked, lang))


def context(site: Site, asked: dict[str, Asked], lang: Language) -> dict[str, Any]:
    """The variables of benchmarks.html."""
    groups = [
        {"title": group_title(name, lang), "cards": [card(asked[column.card.name], lang) for column in columns]}
        for name, columns in grouped(site.board.columns)
    ]
    return {"groups": groups, "count": len(asked)}


def card(asked: Asked, lang: Language) -> dict[str, Any]:
    """One benchmark: what it asks, a picture of a question of middling difficulty, and the best model."""
    about, cells = asked.column.card, asked.column.cells
    best = asked.rivals[0] if asked.rivals else None
    middle = asked.easy_first[len(asked.ids) // 2] if asked.ids else None
    picture = ("", "", 0, 0) if middle is None else brief_of(asked, middle)
    return {
        "title": about.title,
        "url": benchmark_url(about.name),
        "about": short(about.about or "", 160),
        "text": picture[0] if asked.listed.public else "",
        "thumb": picture[1],
        "width": picture[2],
        "height": picture[3],
        "count": len(asked.ids),
        "models": len(asked.rivals),
        "best": asked.board.models[best].label if best else "",
        "score": number(cells[best].headline.value * about.scale) if best else "",
    }
