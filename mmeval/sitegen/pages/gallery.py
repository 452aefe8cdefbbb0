"""The gallery: all questions of all benchmarks, filtered in the browser; a first selection stands in the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mmeval.sitegen.asked import Asked
from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.questions import card_of
from mmeval.sitegen.site import Page, Site
from mmeval.sitegen.words import words
from mmeval.store import slug

NAV = Nav("gallery.html", "nav.gallery", 40, under="q/")
FIRST = 48
"""Cards in the page itself."""
WORDS = ("question.number", "question.right", "gallery.none", "gallery.shown", "gallery.more")
"""Messages that gallery.js needs."""


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    yield Page("gallery.html", "gallery.html", lambda lang: context(site.asked, lang))


def context(asked: Sequence[Asked], lang: Language) -> dict[str, Any]:
    """The variables of gallery.html."""
    each = max(1, FIRST // max(1, len(asked)))
    cards = [card for one in asked for card in first_cards(one, each)][:FIRST]
    return {
        "benchmarks": [
            {"name": one.name, "title": one.column.card.title, "file": slug(one.name), "count": len(one.ids)}
            for one in asked
        ],
        "count": sum(len(one.ids) for one in asked),
        "cards": cards,
        "words": words(lang, WORDS),
    }


def first_cards(asked: Asked, count: int) -> list[dict[str, Any]]:
    """Some questions of one benchmark, from easy to hard."""
    order = asked.easy_first
    last = len(order) - 1
    places = dict.fromkeys(order[round(last * k / max(1, count - 1))] for k in range(min(count, len(order))))
    return [card_of(asked, i, asked.column.card.title) for i in places]
