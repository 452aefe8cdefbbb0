r"""Amounts in replies: `1,200`, `1 200`, `12,5`, `1.2 million`, `4\times10^3`, `\frac{3}{4}`, `3 out of 5`.

An amount that is no answer has no value: ranges, bounds, times and ratios, tuples, dates, labels (`Step 2`, `#7`, list
numbers) and how sure a model is. A year in a phrase such as `in 2019` only counts if the reply has no other amount.
Nothing is evaluated but powers of whole numbers.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from mmeval.scorers.readers.amountforms import AMOUNT, SCALES
from mmeval.scorers.readers.lexer import LONGEST
from mmeval.scorers.readers.lexicon import TEXT
from mmeval.scorers.readers.numerals import ORDINALS, chinese, english

MOST = 200
"""Maximum number of amounts of a reply that are looked at, counted from the end."""
_LABEL = re.compile(
    r"(?:\b(?:step|figure|fig\.?|questions?|q|table|page|rows?|columns?|line|option|example|problem|equation|version|part"
    r"|case|method|image|photo|picture|panel|item|slide|room|route|level|grade|chapter|section|no\.|phase|图|表|第|步骤)\s?(?:no\.?\s|number\s)?\(?|#)$",
    re.IGNORECASE,
)
_SURE_BEFORE = re.compile(
    r"(?:\b(?:confidence|certainty|confident|certain)\b|置信度|把握)[^.,\n]{0,24}$", re.IGNORECASE
)
_SURE_AFTER = re.compile(r" ?(?:confiden|sure\b|certain|的?把握)", re.IGNORECASE)
_FACTOR = re.compile(r"\s?(?:√|π|\\sqrt|\\pi|\^(?!\{?\\circ))")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|for|since|by|of|from|until|before|after|during|year|late|early)\s$",
    re.IGNORECASE,
)
_YEAR_NAMED = re.compile(r"the (?:19|20)[0-9]{2} [a-z]", re.IGNORECASE)
_YEAR_AFTER = re.compile(r"\s?(?:年|[:：]|-\d)")
_ONE_BEFORE = re.compile(
    r"\b(?:the|this|that|which|no|any|each|every|other|another|last|first|right|left|correct|second|third)\s$",
    re.IGNORECASE,
)
_ONE_AFTER = re.compile(r"\s(?:of|is|that|who|which|can|has|another|should|could|may|might)\b", re.IGNORECASE)
_ENUMERATED = re.compile(r"[.)、]\s{0,3}(?=[^\s\d])")
_SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


class Amount(NamedTuple):
    """An amount in a text."""

    value: float | None
    """None if it cannot be an answer. The percent sign is ignored: `5%` has the value 5."""
    percent: bool
    start: int
    end: int
    year: bool = False
    """Whether it stands where a year does, as in `in 2019`."""


def amounts(text: str) -> list[Amount]:
    """The amounts in the last LONGEST characters of a text, in their order; at most the last MOST."""
    begin = max(0, len(text) - LONGEST)
    found = [_amount(text, match) for match in list(AMOUNT.finditer(text, begin))[-MOST:]]
    numbered = [one for one in found if _enumerates(text, one)]
    if len(numbered) < 2:
        return found
    return [one._replace(value=None) if one in numbered else one for one in found]


def only(text: str) -> Amount | None:
    """The amount that a text consists of, apart from punctuation; a word such as `third` counts, too."""
    said = text.lstrip(" \t\r\n*_`\"'$").rstrip(" \t\r\n*_`\"'$.!。，,")
    if said.lower().removeprefix("the ") in ORDINALS:
        return Amount(float(ORDINALS[said.lower().removeprefix("the ")]), False, 0, len(text))
    match = AMOUNT.fullmatch(said) if said and len(said) <= 80 else None
    return _amount(said, match) if match else None


def _amount(text: str, match: re.Match[str]) -> Amount:
    start, end = match.span()
    if match["none"] or match["before"] or match["more"]:
        return Amount(None, False, start, end)
    value = _value(match)
    if match["sign"] and value is not None and match["sign"].strip().lower() != "+":
        value = -value
    if value is None or _is_label(text, match):
        return Amount(None, False, start, end)
    year = value == int(value) and 1000 <= value <= 2100 and len(match["digits"] or "") == 4
    dated = year and _is_date(text, start, end)
    return Amount(value, bool(match["percent"]), start, end, dated)


def _is_date(text: str, start: int, end: int) -> bool:
    """Whether a number that may be a year stands where years do: `in 2019`, `2019:`, `(2019)`, `the 2019 value`."""
    before, around = _YEAR_BEFORE.search(text, max(0, start - 12), start), text[max(0, start - 1) : end + 1]
    enclosed = around.startswith("(") and around.endswith(")")
    return bool(before or _YEAR_AFTER.match(text, end) or enclosed or _YEAR_NAMED.match(text, max(0, start - 4)))


def _is_label(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    before = max(0, start - 40)
    if _FACTOR.match(text, end):
        return True
    if _LABEL.search(text, max(0, start - 20), start) or _SURE_AFTER.match(text, end):
        return True
    if _SURE_BEFORE.search(text, before, start):
        return True
    lone = (match["words"] or "").lower() == "one"
    return lone and bool(_ONE_BEFORE.search(text, before, start) or _ONE_AFTER.match(text, end))


def _enumerates(text: str, one: Amount) -> bool:
    """Whether it numbers a line: `2. Look left`."""
    line = text.rfind("\n", max(0, one.start - 6), one.start) + 1 or (0 if one.start < 6 else -1)
    inner = line >= 0 and not text[line : one.start].strip(" *#-")
    return inner and one.value in range(1, 40) and _ENUMERATED.match(text, one.end) is not None


def _value(match: re.Match[str]) -> float | None:
    top, bottom = match["top"] or match["top1"] or match["over"], match["bottom"] or match["bottom1"] or match["under"]
    if top is not None:
        value: float | None = int(top) / int(bottom) if int(bottom) else None
    elif match["vulgar"]:
        value = unicodedata.numeric(match["vulgar"])
    elif match["words"]:
        value = english(match["words"])
    elif match["han"]:
        value = chinese(match["han"])
    else:
        value = _powered(match, _decimal(match["digits"]))
    scale = SCALES.get(match["scale"] or (match["letter"] or "").strip()) or SCALES.get(
        (match["scale"] or "").lower(), 1.0
    )
    value = None if value is None else value * scale
    return value if value is not None and math.isfinite(value) else None


def _powered(match: re.Match[str], value: float | None) -> float | None:
    if value is None:
        return None
    if match["power"]:
        whole = abs(value) <= 1e6 and int(match["power"]) <= 64
        return value ** int(match["power"]) if whole else None
    exponent = match["e"] or (match["exponent"] or "").translate(_SUPERSCRIPT)
    return float(f"{value!r}e{exponent}") if exponent and "e" not in repr(value) else value


def _decimal(digits: str) -> float | None:
    """The value of digits with points and commas; None for a list such as `1,2,3`."""
    plain = digits.replace("\\,", "").replace("{,}", "")
    plain = "".join(plain.split())
    commas, points = plain.count(","), plain.count(".")
    if commas and points and plain.rfind(",") > plain.rfind("."):
        return float(plain.replace(".", "").replace(",", "."))
    if points > 1:
        return float(plain.replace(".", ""))
    if commas and (points or re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+", plain)):
        return float(plain.replace(",", ""))
    return None if commas > 1 else float(plain.replace(",", "."))


def marked(text: str, found: Sequence[Amount]) -> tuple[str, list[Amount]]:
    """The text with a symbol in place of each amount that may be an answer, and these amounts in order."""
    strong = [one for one in found if one.value is not None and not one.year]
    chosen = strong or [one for one in found if one.value is not None]
    numbers = {value: index for index, value in enumerate(dict.fromkeys(one.value for one in chosen))}
    parts, at = [], 0
    for one in found:
        parts.append(text[at : one.start])
        parts.append(f" {chr(TEXT + numbers[one.value] % 256)} " if one in chosen else " § ")
        at = one.end
    return "".join((*parts, text[at:])), chosen
