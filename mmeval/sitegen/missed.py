"""The questions that a model missed although most others solve them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mmeval.sitegen.asked import Asked
from mmeval.sitegen.questions import card_of
from mmeval.sitegen.text import short
from mmeval.store import slug

LISTED, EACH = 12, 3
"""Questions of a page, and of one benchmark."""
MOST = 0.5
"""Share of the models that solve a question from which missing it says something about a model."""


def missed(models: Iterable[str], benchmarks: Sequence[Asked]) -> dict[str, list[dict[str, Any]]]:
    """For each model questions as `question_card` shows them, those first that nearly every other model solves.

    The cards of one benchmark are made together, because its samples are read for them.
    """
    chosen = {model: _chosen(model, benchmarks) for model in models}
    cards = {
        (model, asked.name, place): _card(model, asked, place)
        for one in benchmarks
        for model, found in chosen.items()
        for asked, place in found
        if asked is one
    }
    return {model: [cards[model, asked.name, place] for asked, place in found] for model, found in chosen.items()}


def _chosen(model: str, benchmarks: Sequence[Asked]) -> list[tuple[Asked, int]]:
    found = [one for asked in benchmarks if model in asked.outcomes for one in _of(model, asked)]
    found.sort(key=lambda one: (-one[0], one[1].name, one[2]))
    return [(asked, place) for _, asked, place in found[:LISTED]]


def _of(model: str, asked: Asked) -> list[tuple[float, Asked, int]]:
    """The easiest questions of a benchmark that the model answered wrongly; what failed is no answer."""
    own = asked.outcomes[model]
    out: list[tuple[float, Asked, int]] = []
    for place in asked.easy_first:
        share = asked.solved[place][0]
        if share < MOST or len(out) == EACH:
            break
        if own[place] in "wu":
            out.append((share, asked, place))
    return out


def _card(model: str, asked: Asked, place: int) -> dict[str, Any]:
    answer = short(asked.answers(model)[place], 40)
    about = f"{asked.column.card.title} · {answer}" if answer else asked.column.card.title
    card = card_of(asked, place, about)
    return {**card, "url": f"{card['url']}&m={slug(model)}", "outcome": asked.outcomes[model][place]}
