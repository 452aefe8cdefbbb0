"""Mathematical answers: find the final answer, normalise its notation, compare as text or as a value (two decimals)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import quantities
from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.readers.formulas import equal, readable
from mmeval.scorers.readers.latex import value_of
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.structure import structured
from mmeval.scorers.rules.text import clean, whole
from mmeval.types import Sample

LETTERS = "ABCDE"
LONGEST = 20_000
"""Number of characters that are read, from the end of a reply."""
_FLAGS = ("the final answer is", "the answer is", "the correct answer is", "the answer should be")
_BOX = "oxed{"
SHORT = 60
"""Maximum length of a reply that may be a formula as a whole."""
_FORMULA = re.compile(r"(?:=|\bis)\s{0,2}\$?([^=$\n]{1,60}?)\$?(?:\s[a-z]{1,12}(?:\^?[23²³])?)?\.?$")

# Applied in this order, as in the published code. The text is already lower case.
_FIRST = (
    (" ", ""), ("\\,", ""), ("∞", "\\infty"), ("+\\infty", "\\infty"), ("\\\\", "\\"), ("\n", ""), ("\\text", ""),
    ("\\mbox", ""), ("bmatrix", "pmatrix"), ("\\left", ""), ("\\right", ""), ("^{\\circ}", ""), ("^\\circ", ""),
    ("{m}^3", ""), ("m^3", ""), ("{units}", ""), ("units", ""), ("{km}", ""), ("km", ""),
)  # fmt: skip
_SECOND = (
    ("\n", ""), ("\\!", ""), ("\\\\", "\\"), ("tfrac", "frac"), ("dfrac", "frac"), ("\\left", ""), ("\\right", ""),
    ("^{\\circ}", ""), ("^\\circ", ""), ("\\$", ""), ("$", ""),
)  # fmt: skip
_THIRD = (("\\%", ""), (" .", " 0."), ("{.", "{0."))
_BARE_ROOT = re.compile(r"\\sqrt([^{])")
_ASSIGNED = re.compile(r"\s*[a-z]\s*=")
_SHORT_ROOT = re.compile(r"\\sqrt([^{[])")
_RATIO = re.compile(r"(-?(?:0|[1-9]\d*))/(-?(?:0|[1-9]\d*))")


def final_answer(text: str) -> str:
    """The final answer in a reply: a letter at its end, a number after `is`, a box, or the text after a lead-in."""
    said = text.strip()[-LONGEST:]
    for x in LETTERS:
        if said.endswith((f" {x}.", f" ({x}).")) or said.startswith((f"{x}\n", f"({x})\n", f"({x}) {x}\n")):
            said = x
    tail = said.rsplit("is ", 1)[-1].rstrip(".")
    if quantities.python_float(tail) is not None:
        said = tail
    boxes = said.count(_BOX)
    if boxes > 1:
        return "\\boxed{" + said.rsplit(_BOX, 1)[1]
    return said if boxes else _after_flags(said)


def _after_flags(text: str) -> str:
    for flag in _FLAGS:
        for form in (flag, flag.replace("the", "The")):
            text, found = (text.rsplit(form, 1)[-1].strip(), form in text)
            text = text.split("\n")[0].split(". ")[0] if found else text
    return text


def clean_math(text: str) -> str:
    """A final answer without units and layout commands; only the text after the last equals sign."""
    said = text.lower().replace("{}", "")
    start, end = said.find(_BOX), said.rfind("}")
    if 0 <= start < end - len(_BOX) + 1:
        said = said[start + len(_BOX) : end]
    closing, opening = said.find("}"), said.find("{")
    if closing >= 0 and (opening == -1 or closing < opening):
        said = said[:closing]
    said = said.split("=")[-1].split("\\approx")[-1]
    for old, new in _FIRST:
        said = said.replace(old, new)
    return _strip(said)


def _strip(text: str) -> str:
    for old, new in _SECOND:
        text = text.replace(old, new)
    text = text.split("\\text{ ", 1)[0]
    for old, new in _THIRD:
        text = text.replace(old, new)
    if not text:
        return text
    text = "0" + text if text[0] == "." else text
    for mark in ("=", "\\approx"):
        text = text.split(mark)[-1] if text.count(mark) == 1 else text
    rooted = "sqrt" in text
    text = (_BARE_ROOT.sub(r"\\sqrt{\1}", text) if rooted else text).replace(" ", "")
    text = _brace_fractions(text) if rooted else text
    if text == "0.5":
        return "\\frac{1}{2}"
    ratio = _RATIO.fullmatch(text)
    return f"\\frac{{{ratio[1]}}}{{{ratio[2]}}}" if ratio else text


def braced(text: str) -> str:
    r"""Add the braces that are missing around the arguments of `\frac` and `\sqrt`."""
    return _brace_fractions(_SHORT_ROOT.sub(r"\\sqrt{\1}", text))


def _brace_fractions(text: str) -> str:
    r"""Turn `\frac12` into `\frac{1}{2}`; a text with an incomplete fraction is unchanged."""
    head, *rest = text.split("\\frac")
    out = [head]
    for part in rest:
        if part.startswith("{"):
            out.append(part)
        elif len(part) < 2:
            return text
        elif part[1] == "{":
            out.append(f"{{{part[0]}}}{part[1:]}")
        else:
            out.append(f"{{{part[0]}}}{{{part[1]}}}{part[2:]}")
    return "\\frac".join(out)


def published_answer(text: str) -> str:
    """The cleaned final answer, with `(a)` and `{a}` reduced to the letter."""
    said = clean_math(final_answer(text))
    for x in LETTERS.lower():
        said = said.replace(f"({x})", x)
    for x in LETTERS.lower():
        said = said.replace(f"{{{x}}}", x)
    return said.rstrip(".").lstrip(":").strip()


def same_math(answer: str, target: str, *, irrational: bool = True) -> bool:
    """Whether two answers are equal as texts, as tuples, or as values with two decimals.

    Args:
        answer: a cleaned answer.
        target: the expected answer.
        irrational: whether roots and pi can be evaluated. One release of lmms-eval cannot, because of a lost import.
    """
    said, want = answer.lower(), target.lower()
    if not said.replace(" ", "") or not want.replace(" ", ""):
        return False
    if said.strip() == want.strip():
        return True
    said, want = _evaluate_tuple(said, irrational), _evaluate_tuple(want, irrational)
    if said == want:
        return True
    a, b = _rounded(said, irrational), _rounded(want, irrational)
    return a is not None and a == b


def _rounded(text: str, irrational: bool) -> float | None:
    value = value_of(_ASSIGNED.sub("", text, count=1) if _ASSIGNED.match(text) else text)
    if value is None or not (irrational or value.exact):
        return None
    return round(float(value.number), 2)


def _evaluate_tuple(text: str, irrational: bool) -> str:
    """A tuple such as `(1/2, 3)` with evaluated elements; the text itself if an element cannot be evaluated."""
    if len(text) < 2 or (text[0], text[-1]) not in (("(", ")"), ("[", "]")) or "," not in text:
        return text
    parts = []
    for part in text[1:-1].split(","):
        if "infty" in part or part in ("a", "-a"):
            parts.append(part)
            continue
        value = _rounded(part, irrational)
        if value is None:
            return text
        parts.append(str(int(value)) if value == int(value) and "." not in part else str(value))
    return text[0] + ",".join(parts) + text[-1]


def math_match(text: str, choices: Sequence[str], target: str, *, irrational: bool = True) -> bool:
    """Whether a reply gives the letter of the target, the value of that option, or the target itself."""
    said = published_answer(text)
    value = choices[ord(target) - ord("A")] if len(target) == 1 and "A" <= target < chr(65 + len(choices)) else ""
    return same_math(target, said, irrational=irrational) or same_math(value, said, irrational=irrational)


def math_answer() -> Scorer:
    """A letter or a value. The target is a letter if the sample has choices, else a value."""
    rational = functools.partial(_published, irrational=False)
    return Scorer(
        name="math_answer",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, _published),
            "lmms-0.7.2": Staged(whole, _published),
            "lmms-0.7.3": Staged(whole, rational),
            "mmeval": Staged(read_math, _own),
        },
    )


def _published(answer: str, sample: Sample, *, irrational: bool = True) -> Grade:
    target = targets.plain(sample.target)
    hit = math_match(answer, sample.choices, target, irrational=irrational)
    return Grade(float(hit), f"read as {published_answer(answer)[:60]}, target {target}")


def read_math(text: str, sample: Sample) -> Extraction:
    """Extract a letter if there are choices, else a box, a declared formula, or the number that is claimed."""
    if sample.choices:
        letter = read_letter(text, targets.letters(sample, LETTERS), sample.choices)
        if letter.answer is not None:
            return letter
    place = structured(text)
    if place is not None:
        said = clean(text[place.start : place.end])
        return Extraction(said, place.rule, (place.start, place.end)) if said else Extraction(None, "unparsed")
    for start, end, rule in _formulas(text):
        if readable(text[start:end]):
            return Extraction(clean(text[start:end]), rule, (start, end))
    return read_number(text)


def _formulas(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a formula may be the answer: after a lead-in, as the whole reply, and last in the reply after `=`."""
    yield from ((place.start, place.end, place.rule) for place in declarations(text))
    if len(text) <= SHORT:
        yield 0, len(text), "bare"
    for match in [*_FORMULA.finditer(text, max(0, len(text) - SHORT))][-1:]:
        if any(mark in match[1] for mark in ("sqrt", "pi", "√", "π", "(")):
            yield *match.span(1), "last-formula"


def _own(answer: str, sample: Sample) -> Grade:
    target = targets.plain(sample.target)
    forms = (target, targets.options(sample, "").get(target, ""))
    return Grade(float(any(equal(answer, form) for form in forms if form)), f"target {target}")
