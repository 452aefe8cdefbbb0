"""The word or phrase that solves a puzzle; small differences in spelling do not count."""

from __future__ import annotations

import re

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.rules.text import short_answer
from mmeval.types import Sample

_BRACES = re.compile(r"\{\{?\{?([^{}]{1,400})\}")
_NO_WORD = re.compile(r"[^\w\s]|_")
_ARTICLES = frozenset(("a", "an", "the"))


def phrase() -> Scorer:
    """The phrase equals an accepted text, ignoring case, punctuation, articles and extra spaces.

    The authors graded by hand. `official` requires the phrase in braces (`{{{phrase}}}`); `mmeval` also accepts a
    declared answer.
    """
    return Scorer(
        name="phrase",
        version={"mmeval": 2},
        rules={"official": Staged(in_braces, same_phrase), "mmeval": Staged(said, same_phrase)},
    )


def in_braces(text: str, sample: Sample) -> Extraction:
    """Extract the content of the last braces."""
    found = list(_BRACES.finditer(text))
    if not found:
        return Extraction(None, "unparsed")
    return Extraction(found[-1][1].strip(), "braces", found[-1].span(1))


def said(text: str, sample: Sample) -> Extraction:
    """Extract the content of the last braces, else the declared answer or the whole reply."""
    found = in_braces(text, sample)
    return found if found.answer else short_answer(text, sample)


def plain_phrase(text: str) -> str:
    """The words in lower case without articles, separated by single spaces."""
    words = _NO_WORD.sub(" ", text.casefold()).split()
    return " ".join(word for word in words if word not in _ARTICLES)


def same_phrase(answer: str, sample: Sample) -> Grade:
    """1 if the phrases have the same words."""
    accepted = targets.raw_texts(sample)
    return Grade(float(plain_phrase(answer) in map(plain_phrase, accepted)), f"target {' or '.join(accepted)[:80]}")
