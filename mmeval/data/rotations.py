"""Circular evaluation of any multiple-choice question: it is asked once for each rotation of its options.

A model that guesses by position is right in some rotations and wrong in others (CircularEval of MMBench,
arXiv 2307.06281).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from mmeval.scorers.targets import ALPHABET
from mmeval.types import Prompt, Sample, Text

__all__ = ["lists_options", "original", "rotations"]

MARK = "#rotation"
REFERS = re.compile(
    r"\b(?:above|below|preceding|previous|following)\b|\b(?:all|none|both|neither) of (?:the|these|them)\b"
    r"|\b[A-J] *(?:and|or|&|,) *[A-J]\b|以上|上述|都(?:是|对|不)",
    re.IGNORECASE,
)
"""An option that speaks of other options or of its place cannot be moved."""


def rotations(sample: Sample) -> list[Sample]:
    """The question with its options rotated by 0, 1, ..., N-1 places; the question alone if that is not possible.

    Letters stay in place and the texts of the options move, in the prompt, in `choices`, and in a target that names
    letters. The tags `rotation_of` and `rotations` hold the id of the question and N; N is 1 for a question that cannot
    be rotated: without options, with options that are not in one text of the prompt, or that refer to each other.
    """
    spans = _spans(sample)
    letters = _letters(sample)
    if spans is None or letters is None:
        return [_tagged(sample, sample.id, 1)]
    count = len(sample.choices)
    return [
        replace(
            _tagged(sample, f"{sample.id}{MARK}{by}", count, of=sample.id),
            prompt=_moved(sample, *spans, by),
            choices=tuple(sample.choices[(i + by) % count] for i in range(count)),
            target=sample.target if not letters else ", ".join(sorted(_shifted(one, by, count) for one in letters)),
            cluster=sample.cluster or sample.id,
        )
        for by in range(count)
    ]


def lists_options(sample: Sample) -> bool:
    """Whether one text of the prompt lists the options in order, each after its letter."""
    texts = (part.text for part in sample.prompt if isinstance(part, Text))
    return bool(sample.choices) and any(_find(text, sample.choices) is not None for text in texts)


def original(key: str) -> str:
    """The id of the question that a rotation with this id belongs to."""
    return key.rpartition(MARK)[0] or key


def _tagged(sample: Sample, key: str, count: int, *, of: str | None = None) -> Sample:
    return replace(sample, id=key, tags={**sample.tags, "rotation_of": of or key, "rotations": str(count)})


def _shifted(letter: str, by: int, count: int) -> str:
    return ALPHABET[(ALPHABET.index(letter) - by) % count]


def _letters(sample: Sample) -> tuple[str, ...] | None:
    """The letters that the target names; none if it is the text of an option or hidden. None if it cannot be read."""
    target = sample.target
    if target is None or target in sample.choices:
        return ()
    if not isinstance(target, str):
        return None
    parts = [part.strip(" ()[].").upper() for part in target.split(",")]
    valid = ALPHABET[: len(sample.choices)]
    return tuple(parts) if all(len(part) == 1 and part in valid for part in parts) else None


def _spans(sample: Sample) -> tuple[int, list[tuple[int, int]]] | None:
    """The part of the prompt with the options, and where the text of each begins and ends."""
    many = 2 <= len(sample.choices) <= len(ALPHABET) and len(set(sample.choices)) == len(sample.choices)
    if not many or any(not text.strip() or REFERS.search(text) for text in sample.choices):
        return None
    for at in reversed(range(len(sample.prompt))):
        part = sample.prompt[at]
        found = _find(part.text, sample.choices) if isinstance(part, Text) else None
        if found is not None:
            return at, found
    return None


def _find(text: str, choices: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where each option stands after its letter, in order; the last such place in the text."""
    end, found = len(text), []
    for letter, option in reversed(list(zip(ALPHABET, choices, strict=False))):
        label = re.compile(
            rf"(?:^|[\s(\[])\(?{letter}[).:\]、．：]\s*{re.escape(option)}(?=\s|\Z|[,;.)\]])", re.IGNORECASE
        )
        places = list(label.finditer(text, 0, end))
        if not places:
            return None
        start = places[-1].end() - len(option)
        found.append((start, start + len(option)))
        end = places[-1].start() + 1
    ordered = found[::-1]
    return ordered if all(a[1] <= b[0] for a, b in pairwise(ordered)) else None


def _moved(sample: Sample, at: int, spans: Sequence[tuple[int, int]], by: int) -> Prompt:
    part = sample.prompt[at]
    assert isinstance(part, Text)
    pieces, last = [], 0
    for i, (start, end) in enumerate(spans):
        other = spans[(i + by) % len(spans)]
        pieces += [part.text[last:start], part.text[slice(*other)]]
        last = end
    text = "".join([*pieces, part.text[last:]])
    return (*sample.prompt[:at], replace(part, text=text), *sample.prompt[at + 1 :])
