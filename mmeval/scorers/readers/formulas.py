r"""mmeval's own reading of mathematical answers: values with roots, pi and fractions, tuples, percentages, units.

Two values are equal if they are equal exactly; a decimal stands for a value with more digits if it has at least PLACES
of them, or if it is the target and the other is an exact expression that rounds to it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from mmeval.scorers.readers.latex import value_of

PLACES = 4
"""Decimals with which a rounded answer stands for an irrational or periodic value."""
LONGEST = 300
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|!|,|;|quad)(?![a-zA-Z])|\\\(|\\\)|\\\[|\\\]|[$*_`\s]|\\\$|[€£¥]")
_SPACE = re.compile(r"\\[,;!]")
_TEXT = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox|rm)\s?\{([^{}]{0,60})\}")
_UNIT = re.compile(
    r"(?:(?<=[0-9}π)])|(?<=\\pi))\s{0,4}(?:°|\^\{?\\circ\}?|\\degree"
    r"|[a-zA-Z]{1,12}(?:/[a-zA-Z]{1,6})?(?:\^?\{?[23²³]\}?)?)\.?$"
)
_ASSIGNED = re.compile(r"^(?:\\?[A-Za-z∠△]{1,8}(?:_\{?\w\}?)?)(?:=|\\approx|≈)")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:(?:,|\{,\})[0-9]{3})+(?:\.[0-9]+)?")
_ROOT = re.compile(r"√\s?(?:\(([^()]{1,60})\)|([0-9]+|[a-z]))")
_SHORT_ROOT = re.compile(r"\\sqrt([0-9])")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s?([0-9])([0-9])")
_WORKING = re.compile(r":|^[-0-9.]+[-+][-+0-9.]+$")
"""A ratio, or a sum of numbers that is left to the reader."""
_SYMBOLIC = re.compile(r"(?:\\[a-zA-Z]+|[a-zA-Z]{1,2}(?![a-zA-Z])|[-+*/^_=(){}\[\]0-9., |<>'])+")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_ALTERNATIVE = re.compile(r"\b(?:or|and|is|no|if|it|so|I|A|a)\b|\d [a-zA-Z]")
_DECIMAL = re.compile(r"-?[0-9]*\.([0-9]+)")


class Formula(NamedTuple):
    """A value as it is written."""

    number: Fraction | float
    percent: bool
    exact: bool
    decimals: int | None
    """Digits after the point if it is a decimal."""


def tidy(text: str) -> str:
    """A formula without layout, units, `x =` and separators of thousands."""
    said = _TEXT.sub(r" \1", _SPACE.sub(" ", text.strip(" \t\n$")[:LONGEST])).replace("\\%", "%").rstrip(" .。,")
    said = _UNIT.sub("", said.replace("−", "-"))
    said = _ASSIGNED.sub("", _LAYOUT.sub("", said))
    if _GROUPED.fullmatch(said.rstrip("%")):
        said = said.replace("{,}", "").replace(",", "")
    said = _ROOT.sub(lambda m: rf"\sqrt{{{m[1] or m[2]}}}", said).replace("π", "\\pi")
    return _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", _SHORT_ROOT.sub(r"\\sqrt{\1}", said))


def formula(text: str) -> Formula | None:
    """The value of a formula, or None if it has none."""
    said = tidy(text)
    plain = said.removesuffix("%")
    value = value_of(plain) if plain and not _WORKING.search(plain) else None
    if value is None:
        return None
    decimal = _DECIMAL.fullmatch(plain)
    return Formula(value.number, plain != said, value.exact, len(decimal[1]) if decimal else None)


def readable(text: str) -> bool:
    """Whether a text is a formula, with a value or with variables, or a tuple of formulas."""
    parts = _tuple(tidy(text))
    return _symbolic(text) or (all(map(formula, parts)) if parts else formula(text) is not None)


def _symbolic(text: str) -> bool:
    """Whether a text is a short formula with variables, such as `2x + 1`."""
    said = text.strip().strip("$.")
    variables = any(char.isalpha() for char in _COMMAND.sub("", said))
    return len(text) <= LONGEST and variables and bool(_SYMBOLIC.fullmatch(said)) and not _ALTERNATIVE.search(said)


def equal(answer: str, target: str) -> bool:
    """Whether an answer is the target: as a formula, a tuple or a text."""
    said, want = tidy(answer), tidy(target)
    if not said or not want:
        return False
    if said.casefold() == want.casefold():
        return True
    parts, wanted = _tuple(said), _tuple(want)
    if parts and wanted:
        return len(parts) == len(wanted) and all(equal(a, b) for a, b in zip(parts, wanted, strict=True))
    a, b = formula(answer), formula(target)
    return a is not None and b is not None and _same(a, b)


def _tuple(text: str) -> list[str] | None:
    bounded = len(text) > 2 and (text[0], text[-1]) in (("(", ")"), ("[", "]"), ("{", "}"))
    return text[1:-1].split(",") if bounded and "," in text and text.count("(") < 2 else None


def _same(said: Formula, want: Formula) -> bool:
    pairs = [(said.number, want.number)]
    if said.percent != want.percent:
        pairs.append((said.number / (100 if said.percent else 1), want.number / (100 if want.percent else 1)))
    return any(_close(a, b, said, want) for a, b in pairs)


def _close(a: Fraction | float, b: Fraction | float, said: Formula, want: Formula) -> bool:
    if abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(b))):
        return True
    if said.decimals is not None and want.decimals is None:
        return said.decimals >= PLACES and round(float(b), said.decimals) == float(a)
    return said.decimals is None and bool(want.decimals) and round(float(a), want.decimals or 0) == float(b)
