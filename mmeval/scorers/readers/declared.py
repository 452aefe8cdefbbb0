"""Finds the places where a reply declares its answer in words: `The answer is`, `Answer:`, `答案是`."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from mmeval.scorers.readers.structure import REACH

_LEAD = re.compile(
    r"\b(?:answer|choice|option|solution|result)s?\b[*_ \t]{0,4}"
    r"(?:\s{0,3}(?:should|must|would|could|will)\s{1,3}be\b|\s{0,3}\bis\b|\s{0,2}[:：=])"
    r"|答案[是为為：:]|选择?|選擇?|정답은|답은|답:|答えは|\bi\s(?:choose|select|pick)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\n|[.!?](?=\s|$)|[。！？]|\\\]|\\\)")
MOST = 64
"""Number of declarations that are considered, counted from the end of the reply."""


class Declared(NamedTuple):
    """The text after a lead-in, up to the end of the sentence (exclusive)."""

    rule: str
    start: int
    end: int


def declarations(text: str) -> list[Declared]:
    """All declared answers, the last one first. Takes linear time."""
    ends = deque((match.end() for match in _LEAD.finditer(text)), maxlen=MOST)
    return [_after(text, end) for end in reversed(ends)]


def _after(text: str, begin: int) -> Declared:
    start = begin
    while start < len(text) and text[start] in " \t\n*_:：" and start - begin < 20:
        start += 1
    stop = _SENTENCE.search(text, start, start + REACH)
    return Declared("declared", start, stop.start() if stop else min(len(text), start + REACH))
