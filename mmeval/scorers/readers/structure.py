"""Answers that stand in a box, in an answer tag or in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(r"<(?:answer|final_answer)>", re.IGNORECASE)
_BOX = re.compile(r"\\(?:boxed|fbox)\s{0,2}\{")
_KEY = re.compile(
    r'"(?:final[_ ]?answer|correct[_ ]?(?:answer|option)|answer|choice|option|selected(?:[_ ]option)?|prediction|result'
    r'|value|label|letter|count|response|答案)"\s{0,8}:\s{0,8}(?:"(?P<text>[^"\\]{0,400}(?:\\.[^"\\]{0,400}){0,40})"|(?P<bare>[-\w.]{1,60})(?=\s{0,8}[,}\]]))',
    re.IGNORECASE,
)
_LIKE_JSON = re.compile(r'\s{0,8}(?:```(?:json)?\s{0,8})?\{\s{0,8}(?:"|$)')
_LETTERS = re.compile(r"[^\W\d_]")
_JOINING = ("", "or", "and", "或", "和", "或者")
REACH = 400
"""Maximum length of the content of a box or tag."""
MOST = 64
"""Number of boxes or tags that are looked at, counted from the end."""


class Structured(NamedTuple):
    """The content of a box, tag or value, and its position in the text."""

    rule: str
    start: int
    end: int


def structured(text: str) -> Structured | None:
    """The last answer in a box, a tag or JSON; an empty range if there is such a form without a single whole answer."""
    found = None
    if "\\boxed" in text or "\\fbox" in text:
        found = _alone(text, "boxed", list(_boxes(text)))
    if found is None and "<" in text:
        found = _alone(text, "tag", list(_tags(text)))
    if found is None and "{" in text:
        found = _json(text)
    return found


def _alone(text: str, rule: str, ranges: list[tuple[int, int]]) -> Structured | None:
    """The last range, unless it is joined to the one before by a word such as `or`."""
    if not ranges:
        return None
    start, end = ranges[-1]
    if len(ranges) > 1 and text[slice(*ranges[-2])].strip() != text[start:end].strip():
        between = text[ranges[-2][1] + 1 : start]
        if (
            len(between) < 24
            and "".join(_LETTERS.findall(between)).removeprefix("text").removesuffix("boxed") in _JOINING
        ):
            return Structured(rule, start, start)
    return Structured(rule, start, end)


def closing(text: str, start: int) -> int | None:
    """Index of the brace that closes the group opened before `start`, if it is within REACH."""
    depth = 1
    for index in range(start, min(len(text), start + REACH)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return index
    return None


def _boxes(text: str) -> Iterator[tuple[int, int]]:
    for match in list(_BOX.finditer(text))[-MOST:]:
        end = closing(text, match.end())
        # The reply may be cut off right after the content.
        yield match.end(), end if end is not None else min(len(text), match.end() + REACH)


def _tags(text: str) -> Iterator[tuple[int, int]]:
    for match in list(_TAG.finditer(text))[-MOST:]:
        end = text.find("</", match.end(), match.end() + REACH)
        yield match.end(), end if end >= 0 else min(len(text), match.end() + REACH)


def _json(text: str) -> Structured | None:
    last = None
    for match in _KEY.finditer(text):
        last = match
    if last:
        kind = "text" if last["text"] is not None else "bare"
        return Structured("json", *last.span(kind))
    begun = _LIKE_JSON.match(text)
    return Structured("json", begun.end(), begun.end()) if begun else None
