"""Finds the places where a reply declares its answer: `The answer is`, `Answer:`, a box, an answer tag."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

_LEAD = re.compile(
    r"\b(?:answer|choice|option|solution|result)s?\b[*_ \t]{0,4}"
    r"(?:\s{0,3}(?:should|must|would|could|will)\s{1,3}be\b|\s{0,3}\bis\b|\s{0,2}[:：=])"
    r"|答案[是为為：:]|选择?|選擇?|정답은|답은|답:|答えは|\bi\s(?:choose|select|pick)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<answer>", re.IGNORECASE)
_BOX = re.compile(r"\\(?:boxed|fbox)\s{0,2}\{")
_SENTENCE = re.compile(r"\n|[.!?](?=\s|$)|[。！？]|\\\]|\\\)")
REACH = 400
"""Number of characters after a lead-in that may belong to the answer."""


class Declared(NamedTuple):
    """A place in a reply that is declared to be the answer."""

    rule: str
    start: int
    end: int
    """Range of the text after the lead-in, up to the end of the sentence, box or tag (exclusive)."""


MOST = 64
"""Number of declarations of each kind that are considered, counted from the end of the reply."""


def declarations(text: str) -> list[Declared]:
    """All declared answers, the last one first. Takes linear time."""
    found = [*_boxes(text), *_tags(text), *_phrases(text)]
    return sorted(found, key=lambda d: d.start, reverse=True)


def _latest(pattern: re.Pattern[str], text: str) -> deque[int]:
    """End positions of the last matches of a pattern."""
    return deque((match.end() for match in pattern.finditer(text)), maxlen=MOST)


def _boxes(text: str) -> Iterator[Declared]:
    for start in _latest(_BOX, text) if "\\" in text else ():
        end = _closing(text, start)
        if end is not None:
            yield Declared("boxed", start, end)


def _closing(text: str, start: int) -> int | None:
    """Index of the brace that closes the group opened before `start`, if it is within REACH."""
    depth = 1
    for index in range(start, min(len(text), start + REACH)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return None


def _tags(text: str) -> Iterator[Declared]:
    for start in _latest(_TAG, text) if "<" in text else ():
        window = text[start : start + REACH].lower()
        end = window.find("</answer>")
        yield Declared("tag", start, start + (end if end >= 0 else len(window)))


def _phrases(text: str) -> Iterator[Declared]:
    for begin in _latest(_LEAD, text):
        start = begin
        while start < len(text) and text[start] in " \t\n*_:：" and start - begin < 20:
            start += 1
        stop = _SENTENCE.search(text, start, start + REACH)
        yield Declared("declared", start, stop.start() if stop else min(len(text), start + REACH))
