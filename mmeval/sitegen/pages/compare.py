"""The comparison of two to five models, computed in the browser from the models' data files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mmeval.board.cards import DESCRIBED
from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.site import Page, Site
from mmeval.store import slug

NAV = Nav("compare.html", "nav.compare", 60)
WORDS = (
    *("side", "legend", "ahead", "behind", "level", "apart", "detail", "difference", "better", "others", "bytag"),
    *("flips", "flip", "first", "means", "one", "twice", "unknown", "many", "nothing", "broken"),
)
"""Messages that compare.js needs, below `compare.`."""


def pages(site: Site) -> Iterator[Page]:
    """The page itself."""
    yield Page("compare.html", "compare.html", lambda lang: context(site, lang))


def context(site: Site, lang: Language) -> dict[str, Any]:
    """The names of the models; the browser loads the data of those that a reader chooses."""
    board = site.board
    given = {name: card for name, card in board.models.items() if board.of(name) and not name.startswith(DESCRIBED)}
    named = sorted((card.label, slug(name)) for name, card in given.items())
    best = site.views[0].order if site.views else []
    words = {key: lang.messages[f"compare.{key}"] for key in WORDS}
    words |= {key: lang.messages[key] for key in ("interval", "benchmark", "model")}
    return {
        "best": [slug(name) for name in best[:2]],
        "models": [{"title": title, "file": file} for title, file in named],
        "words": json.dumps(words, ensure_ascii=False, sort_keys=True),
    }
