"""What the search in the header finds: models and benchmarks; questions it reads from their lists."""

from __future__ import annotations

from collections.abc import Iterator

from mmeval.board.cards import DESCRIBED
from mmeval.sitegen import data
from mmeval.sitegen.links import benchmark_url, model_url
from mmeval.sitegen.site import File, Site
from mmeval.sitegen.text import clean
from mmeval.store import slug


def pages(site: Site) -> Iterator[File]:
    """The file of names."""
    board = site.board
    models = [
        [clean(card.label), model_url(name), clean(f"{name} {card.organization or ''}")]
        for name, card in sorted(board.models.items())
        if board.of(name) and not name.startswith(DESCRIBED)
    ]
    benchmarks = [
        [clean(c.card.title), benchmark_url(c.card.name), clean(f"{c.card.name} {c.card.group}"), slug(c.card.name)]
        for c in board.columns
    ]
    yield data.data_file("search", {"models": models, "benchmarks": benchmarks})
