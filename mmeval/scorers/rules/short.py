"""Short answers of several kinds under one prompt: in a JSON object, or in braces.

The tag `kind` says what a sample asks.
"""

from __future__ import annotations

import json
import re
from collections import deque

from mmeval.documents import MALFORMED
from mmeval.scorers import targets
from mmeval.scorers.base import Extract, Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import numbers, quantities
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.readers.polarity import read_yes_no
from mmeval.scorers.readers.published import first_braces
from mmeval.scorers.rules.free import last_braces, same_decimal
from mmeval.scorers.rules.text import same_text
from mmeval.scorers.rules.text import short_answer as read_short
from mmeval.scorers.rules.tolerance import close_amount
from mmeval.types import Sample

__all__ = ["drawn_answer", "short_answer"]

LETTERS = "ABCDE"
CLOSE = 0.001
_KEY = re.compile(
    r'"short[ _]answer"\s{0,8}:\s{0,8}(?:"(?P<text>[^"\\]{0,400}(?:\\.[^"\\]{0,400}){0,40})"|(?P<bare>[-\w.]{1,60}))'
)


def short_answer() -> Scorer:
    """An answer that a JSON object has under `short answer`: a letter, a number to three decimals, or a text.

    `official` reads nothing but that object (the authors let a model rewrite other replies, which stay unparsed here),
    and a text is right if it is a part of the target. `mmeval` reads any reply, and the texts must agree.
    """
    return Scorer(
        name="short_answer",
        version=1,
        rules={"mmeval": Staged(_own_short, _same_short), "official": Staged(_json_short, _published_short)},
    )


def _kind(sample: Sample) -> str:
    return sample.tags.get("kind", "text")


def _own_short(text: str, sample: Sample) -> Extraction:
    keyed = deque(_KEY.finditer(text), maxlen=1)
    start, end = _value(keyed[0]) if keyed else (0, len(text))
    found = _of_kind(text[start:end], sample)
    if found.answer is None or found.span is None:
        return found
    return Extraction(found.answer, "json" if keyed else found.rule, (found.span[0] + start, found.span[1] + start))


def _value(match: re.Match[str]) -> tuple[int, int]:
    return match.span("text" if match["text"] is not None else "bare")


def _of_kind(text: str, sample: Sample) -> Extraction:
    if _kind(sample) == "multiple choice":
        return read_letter(text, LETTERS)
    return numbers.read_number(text) if _kind(sample) == "float" else read_short(text, sample)


def _same_short(answer: str, sample: Sample) -> Grade:
    if _kind(sample) == "multiple choice":
        return same_text(answer, sample)
    if _kind(sample) == "float":
        return close_amount(answer, sample, absolute=CLOSE)
    target = targets.plain(sample.target)
    return Grade(float(states(answer, [target])), f"target {target[:80]}")


def _json_short(text: str, sample: Sample) -> Extraction:
    begin, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[begin : end + 1].replace("\\", ""), strict=False) if 0 <= begin < end else None
    except MALFORMED:
        found = None
    answer = found.get("short answer") if isinstance(found, dict) else None
    return Extraction(answer, "json") if isinstance(answer, str) and answer else Extraction(None, "unparsed")


def _published_short(answer: str, sample: Sample) -> Grade:
    target = targets.plain(sample.target)
    if _kind(sample) == "float":
        said, want = (quantities.python_float(text.split(" ")[0]) for text in (answer, target))
        return Grade(float(said is not None and want is not None and abs(said - want) <= CLOSE), f"target {target}")
    if _kind(sample) == "multiple choice":
        letters = [letter for letter in LETTERS if letter in answer.upper()]
        return Grade(float(letters == [target] or answer.upper() == target), f"target {target}")
    return Grade(float(answer.lower() in target.lower()), f"target {target[:80]}")


def drawn_answer() -> Scorer:
    """An answer in braces about a drawn picture: `number`, `letter`, `yes_no`, or the `grid` of rows and columns.

    `mmeval` reads the last braces, else what the reply says in words. `vlmevalkit-2026-08` takes the first braces, and
    `within`, its rule for the counts of circles and pentagons and for yes and no, the target anywhere in the reply.
    """
    return Scorer(
        name="drawn_answer",
        version=1,
        rules={
            "mmeval": Staged(_own_drawn, _same_drawn),
            "vlmevalkit-2026-08": Staged(_published_drawn, _published_same),
        },
    )


_CELL = r"\{?\s{0,4}(\d{1,4})\s{0,4}\}?"
_GRIDS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"rows?\s{{0,4}}[:=]?\s{{0,4}}{_CELL}\W{{0,8}}(?:and\s{{1,4}})?columns?\s{{0,4}}[:=]?\s{{0,4}}{_CELL}",
        rf"{_CELL}\s{{0,4}}rows?\W{{0,8}}(?:and|by|x)?\s{{0,4}}{_CELL}\s{{0,4}}columns?",
        r"\{\s{0,4}(\d{1,4})\s{0,4}\}\s{0,4}[,x×]?\s{0,4}\{\s{0,4}(\d{1,4})\s{0,4}\}",
        r"[({]\s{0,4}(\d{1,4})\s{0,4}[,x×]\s{0,4}(\d{1,4})\s{0,4}[)}]",
        r"(?<![\d.])(\d{1,4})\s{0,4}[x×,]\s{0,4}(\d{1,4})(?![\d.])",
    )
)
"""Rows and columns, the plainest form first."""


def _own_drawn(text: str, sample: Sample) -> Extraction:
    if _kind(sample) == "grid":
        return _grid(text)
    braced = last_braces(text)
    said = text if braced is None else braced
    readers: dict[str, Extract] = {"number": _number, "yes_no": lambda text, sample: read_yes_no(text)}
    found = readers.get(_kind(sample), read_short)(said, sample)
    return found if braced is None else Extraction(found.answer, "last-braces" if found.answer else found.rule)


def _number(text: str, sample: Sample) -> Extraction:
    return numbers.read_number(text)


def _grid(text: str) -> Extraction:
    """The last pair in the plainest form that occurs."""
    for form in _GRIDS:
        found = deque(form.finditer(text), maxlen=1)
        if found:
            return Extraction(f"{int(found[0][1])},{int(found[0][2])}", "grid", found[0].span())
    return Extraction(None, "unparsed")


def _same_drawn(answer: str, sample: Sample) -> Grade:
    target = targets.plain(sample.target).strip().strip("{}")
    if _kind(sample) == "grid":
        return Grade(float(answer == re.sub(r"\s", "", target)), f"target {target}")
    return Grade(float(same_decimal(answer, target)), f"target {target}")


_ROWS, _COLUMNS = (re.compile(rf"{name}s?[^{{}}]{{0,200}}\{{(\d+)\}}") for name in ("[Rr]ow", "[Cc]olumn"))
_PAIR = re.compile(r"\((\d+),\s*(\d+)\)")


def _published_drawn(text: str, sample: Sample) -> Extraction:
    if sample.tags.get("within"):
        return Extraction(text.strip() or None, "whole-reply")
    if _kind(sample) != "grid":
        inside = first_braces(text)
        return Extraction(inside, "first-braces" if inside else "unparsed")
    rows, columns, pair = _ROWS.search(text), _COLUMNS.search(text), _PAIR.search(text)
    found = (rows[1], columns[1]) if rows and columns else (pair[1], pair[2]) if pair else None
    return Extraction(f"{int(found[0])},{int(found[1])}", "grid") if found else Extraction(None, "unparsed")


def _published_same(answer: str, sample: Sample) -> Grade:
    target = targets.plain(sample.target)
    if sample.tags.get("within"):
        return Grade(float(target.lower() in answer.lower()), f"target {target}")
    same = re.sub(r"\s", "", target) if _kind(sample) == "grid" else target
    return Grade(float(answer == same), f"target {target}")
