"""Answers about long documents: an integer, a decimal, a text, a list, or that the document does not say it.

The target is `{"answer": "12", "format": "Int"}`; the formats are Int, Float, Str, List and None. Source of the rules:
MMLongBench-Doc (Ma et al. 2024).
"""

from __future__ import annotations

import math
import re
from typing import Any

from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.judges.base import Judge, Verdict
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.readers.quantities import python_float
from mmeval.scorers.rules.text import anls_similarity, clean
from mmeval.scorers.rules.text import short_answer as read_short
from mmeval.scorers.targets import as_list, plain
from mmeval.types import Sample

__all__ = ["UNANSWERABLE", "document_answer"]

UNANSWERABLE = "Not answerable"
_SAYS_SO = (UNANSWERABLE, "unanswerable", "cannot be answered", "not mentioned in the document")
_EXACT = re.compile(
    r"https://|\.py$|ipynb$|^page|^\d{1,30}(?:[-\s]\d{1,30})?$|[ap]\.m\.|^\d{4}[-\s]\d{2}(?:[-\s]\d{2})?$|"
    r"^[\w.%+-]{1,64}@[\w.-]{1,255}\.[a-z]{2,}$"
)
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
CLOSE = 0.01

ASK = """Find the final answer that a reply gives to a question about a document, and write it alone, on one line.

An integer or a decimal: its digits, without unit. Several things: a list such as ["first", "second"]. If the reply says
that the document does not hold the answer, write Not answerable. If it says that it could not read the document, write
Fail to answer. Do not answer the question yourself.

Question: {question}
Reply: {answer}
Final answer: """


def document_answer() -> Scorer:
    """An answer of one of five formats. Officially a judge writes down the answer, which rules then compare.

    `mmeval` reads the answer that the reply declares, without a judge.
    """
    return Scorer(
        name="document_answer",
        version=1,
        rules={
            "official": Judge(name="document-answer", template=ASK, read=_read_judge),
            "mmeval": Staged(_own, _graded),
        },
    )


def _target(sample: Sample) -> tuple[str, str]:
    """The answer and its format; a target that is no object is a text."""
    if not isinstance(sample.target, dict):
        return plain(sample.target), "Str"
    return plain(sample.target.get("answer")), plain(sample.target.get("format"))


def _read_judge(text: str, sample: Sample) -> Verdict:
    said = text.strip().removeprefix("Final answer:").strip().split("\n")[0].strip()
    return Verdict(_value(said, sample), said or None)


def _own(text: str, sample: Sample) -> Extraction:
    if states(text, _SAYS_SO):
        return Extraction(UNANSWERABLE, "unanswerable")
    kind = _target(sample)[1]
    return read_number(text) if kind in ("Int", "Float") else read_short(text, sample)


def _graded(answer: str, sample: Sample) -> Grade:
    return Grade(_value(answer, sample), f"target {_target(sample)[0][:80]}")


def _value(said: str, sample: Sample) -> float:
    gold, kind = _target(sample)
    if kind == "Int":
        one, two = python_float(said), python_float(gold)
        return float(one is not None and two is not None and math.isfinite(one) and int(one) == int(two))
    if kind == "Float":
        return float(_same_float(_plain(said), _plain(gold)))
    if kind == "Str":
        return _same_text(_plain(said), _plain(gold))
    return _same_list(_items(said), _items(gold))


def _plain(text: Any) -> str:
    said = _ASIDE.sub("", str(text).lower()).strip()
    return clean(said.strip("'\"")).lstrip("$").rstrip("%").strip()


def _same_float(said: str, gold: str) -> bool:
    """Within 1 %, or equal to as many decimals as both have, also as a share or a percentage."""
    one, two = python_float(said), python_float(gold)
    if one is None or two is None:
        return False
    return any(_near(one, want) for want in (two / 100, two, two * 100))


def _near(said: float, want: float) -> bool:
    digits = max(min(_decimals(said), _decimals(want)), 2)
    return math.isclose(said, want, rel_tol=CLOSE) or round(said, digits) == round(want, digits)


def _decimals(value: float) -> int:
    return len(str(value).partition(".")[2]) or 3


def _same_text(said: str, gold: str) -> float:
    return float(said == gold) if _EXACT.search(gold) else anls_similarity(said, gold, strict=True)


def _items(text: str) -> list[str]:
    found = as_list(text)
    return sorted(_plain(item) for item in ([text] if found is None else found))


def _same_list(said: list[str], gold: list[str]) -> float:
    if len(said) != len(gold) or not gold:
        return 0.0
    if python_float(gold[0]) is not None or _EXACT.search(gold[0]):
        return float(said == gold)
    return min(anls_similarity(one, two, strict=True) for one, two in zip(said, gold, strict=True))
