"""The forms in which people write the words that a question lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.readers.numerals import ORDINALS, spelled

__all__ = ["forms"]

_PARTS = re.compile(r"[A-Za-z]+|[0-9]+|[^\sA-Za-z0-9_-]+")
_SPELLINGS = {"grey": "gr[ae]y", "theatre": "theat(?:re|er)", "centre": "cent(?:re|er)", "colour": "colou?r"} | {
    month[:3].lower(): rf"{month[:3]}(?:{month[3:]}|\.)?"
    for month in (
        "January", "February", "March", "April", "June", "July", "August", "September", "October", "November",
        "December",
    )
}  # fmt: skip
_SIDES = {
    "left": "left(?:wards?)?|west|links|gauche|izquierda|左",
    "right": "right(?:wards?)?|east|rechts|droite|derecha|右",
    "up": "up(?:wards?)?|north|oben|haut|arriba|上",
    "down": "down(?:wards?)?|south|unten|bas|abajo|下",
    "above": "above|oben", "below": "below|unten",
}  # fmt: skip
_TOWARDS = r"(?:to\sthe\s|nach\s|[àa]\s|en\s|vers\sl[ae]\s|hacia\s(?:la\s)?|a\sla\s|向|往)?"
_SHORTEST = 3
"""Letters of a part that may stand for its word."""


def forms(words: Sequence[str]) -> list[tuple[str, str]]:
    """Each word with the pattern of its forms, to be used without regard to case; longer words come first.

    Hyphens, blanks and underscores are alike, and numbers may be words. A part stands for its word where no other word
    has it: the last part, or the first where all words end alike (`left` for `left ramp`).
    """
    parts = {word: _PARTS.findall(word) for word in words}
    every = list(parts.values())
    return [
        (word, "|".join((_whole(word, parts[word]), *_turned(parts[word]), *_short(word, parts[word], every))))
        for word in sorted(words, key=len, reverse=True)
    ]


def _whole(word: str, parts: Sequence[str]) -> str:
    aside = word.startswith("to the ")
    first, *rest = parts[2:] if aside else parts
    said, before = _part(first), first
    for part in rest:
        gap = r"(?:[\s_-]{1,2}|,?\s(?:and\s)?(?:to\sthe\s)?)" if part in _SIDES else r"[\s_-]{1,2}"
        said += (gap if before.isalpha() and part.isalpha() else r"[\s_-]{0,2}") + _part(part)
        before = part
    if aside:  # the other directions are `up` and `down`
        return rf"{_TOWARDS}{said}|(?-i:{first[0].upper()})"
    plural = "s?" if before.islower() and before not in _SIDES else ""
    return (_TOWARDS if word in _SIDES else "") + said + plural


def _turned(parts: Sequence[str]) -> list[str]:
    """`right and above` for `above right`."""
    if len(parts) != 2 or not set(parts) <= set(_SIDES):
        return []
    return [rf"(?:to\sthe\s)?{_part(parts[1])},?\sand\s(?:to\sthe\s)?{_part(parts[0])}"]


def _short(word: str, parts: Sequence[str], every: Sequence[Sequence[str]]) -> list[str]:
    """The part that stands for a word, if there is one."""
    if len(parts) == 1 or "-" in word:
        return []
    part = parts[0] if len({each[-1] for each in every}) == 1 else parts[-1]
    alone = sum(part in each for each in every) == 1 and part.isalpha() and len(part) >= _SHORTEST
    return [_part(part)] if alone else []


def _part(part: str) -> str:
    if part.isdigit():
        return rf"0?(?:{part}|{spelled(int(part))})" if len(part) < 3 else part
    if part.lower() in ORDINALS:
        place = ORDINALS[part.lower()]
        return rf"(?:{part}|{place}(?:st|nd|rd|th))"
    if part == "May":  # in small letters it is another word
        return "(?-i:May|MAY)"
    return f"(?:{_SIDES[part]})" if part in _SIDES else _SPELLINGS.get(part.lower(), re.escape(part))
