"""The questions of each benchmark: a page that lists them and shows the one that its address names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mmeval.sitegen.asked import Asked
from mmeval.sitegen.env import Language
from mmeval.sitegen.links import anchor, benchmark_url, model_url, questions_url, run_url
from mmeval.sitegen.questions import numbers_in_run, prompt_data, question_entry, question_files
from mmeval.sitegen.site import File, Page, Site
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import short
from mmeval.sitegen.words import ASKED_AND_SAID, words
from mmeval.store import slug

LISTED = 1000
"""Questions that are listed without JavaScript."""
READABLE = 2000
"""Answers up to which the page holds all of them, to be read without JavaScript."""
WORDS = (
    *ASKED_AND_SAID,
    "answer.found",
    "answers.all",
    "mark.third-party",
    "model",
    "nav.gallery",
    "outcome",
    "question.absent",
    "question.next",
    "question.number",
    "question.previous",
    "question.solved",
    "question.unsolved",
    "reply.absent",
    "reply.show",
    "run",
)
"""Messages that question.js needs, beside those of outcomes and references."""


def pages(site: Site) -> Iterator[Page | File]:
    """A page and its data for each benchmark."""
    for asked in site.asked:
        made = functools.partial(worded, functools.cache(functools.partial(context, asked)))
        yield Page(questions_url(asked.name), "question.html", made, asked.content)
        yield from question_files(asked)


def worded(shared: Callable[[], Mapping[str, Any]], lang: Language) -> dict[str, Any]:
    """The variables of question.html in one language."""
    return {**shared(), "words": words(lang, WORDS)}


def context(asked: Asked) -> dict[str, Any]:
    """The variables of question.html that are the same in all languages."""
    card = asked.column.card
    few = len(asked.ids) * len(asked.models) <= READABLE
    return {
        "benchmark": {"title": card.title, "url": benchmark_url(card.name), "file": slug(card.name)},
        "count": len(asked.ids),
        "models": len(asked.models),
        "home": data_url(asked.column.spec.data),
        "rows": [listed(asked, i) for i in range(min(LISTED, len(asked.ids)))],
        "articles": [article(asked, i) for i in range(len(asked.ids))] if few else [],
    }


def listed(asked: Asked, place: int) -> dict[str, Any]:
    """One question of the list."""
    fragment, text, *_, share, _ = question_entry(asked, place, "")
    return {"anchor": fragment, "text": text, "share": share}


def article(asked: Asked, place: int) -> dict[str, Any]:
    """One question with all answers, for readers without JavaScript."""
    value, low, high, n = asked.solved[place]
    answers = [
        {
            "model": short(asked.board.models[name].label, 80),
            "url": model_url(name),
            "run": answer_url(asked, name, place),
            "outcome": asked.outcomes[name][place],
            "answer": short(asked.answers(name)[place], 60),
        }
        for name in asked.models
    ]
    solved = {"share": 100 * value, "low": 100 * low, "high": 100 * high, "n": n}
    return {
        **prompt_data(asked, place),
        "number": place + 1,
        "anchor": anchor(asked.ids[place]),
        "solved": solved,
        "answers": answers,
    }


def answer_url(asked: Asked, model: str, place: int) -> str:
    """A model's answer to a question on the page of its run."""
    cell = asked.column.cells[model]
    numbers = numbers_in_run(asked, cell)
    number = place + 1 if numbers is None else numbers[place]
    return f"{run_url(cell)}#s{number}" if number else run_url(cell)
