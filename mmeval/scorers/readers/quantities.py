r"""The grammar of numbers in replies. No code is evaluated.

    number   = [currency] sign? magnitude scale? percent?
    sign     = "+" | "-" | U+2212
    magnitude = fraction | decimal exponent?
    decimal  = digits | grouped ; each with an optional "." digits, or "." digits
    grouped  = 1 to 3 digits, then groups of "," and exactly 3 digits
    fraction = digits "/" digits            (denominator not 0)
    exponent = ("e" | "E") sign? digits
    percent  = "%"

Only ASCII digits count: underscores, `inf`, `nan` and full-width digits are not numbers. The compatibility
profiles use Python's `float` instead, which accepts all four.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_DECIMAL = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,8}(?![0-9])|[0-9]{1,40})(?:\.[0-9]{0,40})?|\.[0-9]{1,40}"
_NUMBER = (
    rf"(?P<sign>[-+\u2212])?[$€£¥]?\s?(?P<sign2>[-\u2212])?"
    rf"(?:(?P<top>[0-9]{{1,18}})\s?/\s?(?P<bottom>[0-9]{{1,18}})(?![0-9/])|(?P<decimal>{_DECIMAL})(?P<exponent>[eE][-+]?[0-9]{{1,3}})?)"
    r"(?P<percent>\s?%)?"
)
_WHOLE = re.compile(_NUMBER)


class Number(NamedTuple):
    """A number found in a text."""

    value: float
    """The percent sign is ignored: `5%` has the value 5."""
    percent: bool
    start: int
    end: int


def parse(text: str) -> Number | None:
    """Parse a text that consists of one number."""
    stripped = text.strip()
    match = _WHOLE.fullmatch(stripped) if len(stripped) <= 200 else None
    return _number(match) if match else None


def _number(match: re.Match[str]) -> Number | None:
    if match["top"] is not None:
        if int(match["bottom"]) == 0:
            return None
        value = int(match["top"]) / int(match["bottom"])
    else:
        value = float(match["decimal"].replace(",", "") + (match["exponent"] or ""))
    if match["sign"] in ("-", "\u2212") or match["sign2"]:
        value = -value
    return Number(value, bool(match["percent"]), *match.span()) if math.isfinite(value) else None


def python_float(text: str) -> float | None:
    """Python's `float` of a text (including `nan` and `inf`), or None; for the compatibility profiles."""
    try:
        return float(text)
    except (ValueError, OverflowError):
        return None
