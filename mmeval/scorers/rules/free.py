"""Open answers that are matched loosely: by substrings, by numbers, or by what is in braces."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.readers.polarity import denies_existence
from mmeval.scorers.readers.tokens import match_tokens
from mmeval.scorers.rules.text import short_answer, whole
from mmeval.scorers.rules.tolerance import read_like_target
from mmeval.types import Sample

LONGEST = 20_000
"""Number of characters that are searched for numbers, so that long runs of digits stay cheap."""
Candidate = str | float
_INDICATORS = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_TRIVIAL = frozenset(":,.!?;'")
_GROUPED = re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b")
_SCIENTIFIC = re.compile(r"-?\d{1,400}(?:\.\d{1,400})?[eE][+-]?\d+")
_SIMPLE = re.compile(r"-?(?:\d{1,400}\.\d+|\.\d+|\d{1,400}\b)(?![eE][+-]?\d+)(?![,\d])")


def candidates(text: str) -> list[Candidate]:
    """Everything in a reply that may be its answer: the text after indicator words, and the numbers in it."""
    tails = list(_tails(text)) or [text.strip().strip(".").lower()]
    found = [tail[:LONGEST] for tail in tails]
    for tail in tuple(found):
        for pattern in (_GROUPED, _SCIENTIFIC, _SIMPLE):
            found += pattern.findall(tail)
    unique: dict[Candidate, None] = {}
    for item in found:
        unique |= dict.fromkeys(normalise(item))
    return list(unique)


def _tails(text: str) -> Iterator[str]:
    """For each line, the shortest text after an indicator. In the last line, `=` is an indicator, too."""
    lines = text.strip().strip(".").lower().split("\n")
    for index, line in enumerate(lines):
        marks = (*_INDICATORS, "=") if index == len(lines) - 1 else _INDICATORS
        best = ""
        for mark in marks:
            if mark in line:
                tail = line.rsplit(mark, 1)[1].strip()
                best = tail if not best or len(tail) < len(best) else best
        if best and best not in _TRIVIAL:
            yield best


def normalise(text: str) -> list[Candidate]:
    """A number rounded to two decimals, or the lower-cased text. A single character gets a space before or after it."""
    said = text.strip()
    value = numbers.python_float(said.replace(",", ""))
    if value is not None:
        return [round(value, 2)]
    said = said.lower()
    return [f" {said}", f"{said} "] if len(said) == 1 else [said]


def open_match(text: str, accepted: Sequence[str]) -> bool:
    """Whether a candidate equals an accepted number or contains an accepted text."""
    wanted = [form for target in accepted for form in normalise(target)]
    phrases = [form for form in wanted if isinstance(form, str)]
    for candidate in candidates(text):
        if isinstance(candidate, str):
            if any(phrase in candidate for phrase in phrases):
                return True
        elif candidate in wanted:
            return True
    return False


def open_answer() -> Scorer:
    """Open questions with short targets, matched by numbers (two decimals) and substrings.

    `lmms-0.7.2` reproduces a release that iterates over characters and gives almost every reply 0. `vlmevalkit-*`
    makes the target option A of a question with two options.
    """
    pseudo = Staged(whole, pseudo_choice)
    return Scorer(
        name="open_answer",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, _open_grade),
            "mmeval": Staged(_open_reading, _stated),
            "vlmevalkit-2024": pseudo,
            "vlmevalkit-2026-08": pseudo,
            "lmms-0.7.3": Staged(whole, _open_grade),
            "lmms-0.7.2": Staged(whole, _characters),
        },
    )


def _open_grade(answer: str, sample: Sample) -> Grade:
    accepted = targets.texts(sample)
    return Grade(float(open_match(answer, accepted)), f"target {', '.join(accepted)[:80]}")


def _open_reading(text: str, sample: Sample) -> Extraction:
    """A number if a target is one, else the reply unless it gives no answer."""
    if any(numbers.parse(target) for target in targets.texts(sample)):
        return read_like_target(text, sample)
    found = short_answer(text, sample)
    return found if found.answer is None or found.rule != "whole-reply" else Extraction(text.strip(), found.rule)


def _stated(answer: str, sample: Sample) -> Grade:
    """1 if the answer is the number of a target, to two decimals, or claims the text of a target."""
    accepted, said = targets.texts(sample), numbers.parse(answer)
    wanted = [numbers.parse(target) for target in accepted]
    equal = said is not None and any(want and round(said.value, 2) == round(want.value, 2) for want in wanted)
    return Grade(float(equal or states(answer, accepted)), f"target {', '.join(accepted)[:80]}")


def _characters(answer: str, sample: Sample) -> Grade:
    accepted = targets.texts(sample)
    return Grade(float(characters_match(answer, accepted)), f"target {', '.join(accepted)[:80]}")


def characters_match(text: str, accepted: Sequence[str]) -> bool:
    """Match the characters of the first candidate; only an empty target can be contained in a character."""
    empty = any(form == "" for target in accepted for form in normalise(target))
    return empty and bool(str(candidates(text)[0]))


def pseudo_letters(text: str, target: str) -> tuple[str | None, str]:
    """The letter found and the expected letter, with the target as option A and `Other Answers` as option B.

    If the target is a single capital, that capital is the expected letter.
    """
    found = match_tokens(text, {"A": target, "B": "Other Answers"}, 3)
    expected = target if len(target) == 1 and target.isascii() and target.isupper() else "A"
    return found.answer, expected


def pseudo_choice(answer: str, sample: Sample) -> Grade:
    """1 if the letter found is the expected one."""
    inferred, expected = pseudo_letters(answer, targets.plain(sample.target))
    return Grade(float(inferred == expected), f"read as option {inferred}, expected {expected}")


def contains(*, keep_case_tag: str = "", keep_case: Sequence[str] = ()) -> Scorer:
    """Correct if any accepted text occurs in the reply, as scene-text benchmarks score it.

    Args:
        keep_case_tag: tag of a sample that decides how its texts are compared.
        keep_case: values of that tag for which case counts and spaces do not (formulas).
    """
    grade = functools.partial(_contains, keep_case_tag=keep_case_tag, keep_case=keep_case)
    narrow = functools.partial(grade, half_width=True)
    rules = dict.fromkeys(("official", "mmeval", "vlmevalkit-2024", "vlmevalkit-2026-08"), Staged(whole, grade))
    return Scorer(name="contains", version=1, rules={**rules, "lmms-0.7.3": Staged(whole, narrow)})


def _contains(
    answer: str, sample: Sample, *, keep_case_tag: str = "", keep_case: Sequence[str] = (), half_width: bool = False
) -> Grade:
    formula = sample.tags.get(keep_case_tag, "") in keep_case
    hit = contains_any(answer, targets.texts(sample), formula=formula, half_width=half_width)
    return Grade(float(hit), f"target {targets.plain(sample.target)[:80]}")


def contains_any(text: str, accepted: Sequence[str], *, formula: bool = False, half_width: bool = False) -> bool:
    """Whether an accepted text occurs in the reply.

    Args:
        text: the reply.
        accepted: accepted texts; an empty one always occurs.
        formula: ignore spaces but not case. By default, case is ignored and spaces inside the text count.
        half_width: convert full-width ASCII to plain ASCII first (not in formulas).
    """
    fold = _fold_formula if formula else _fold_narrow if half_width else _fold_words
    said = fold(text)
    return any(fold(target) in said for target in accepted)


def _fold_words(text: str) -> str:
    return text.lower().strip().replace("\n", " ")


def _fold_formula(text: str) -> str:
    return text.strip().replace("\n", " ").replace(" ", "")


_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _fold_narrow(text: str) -> str:
    return _fold_words(text.translate(_HALF))


_BLANKS = re.compile(r"\s+")
_PLAIN_DECIMAL = re.compile(r"-?(?:\d+\.\d+|\d+|\.\d+)")


def last_braces(text: str) -> str | None:
    """Lower-cased content of the last pair of braces that is on one line."""
    found = None
    for line in text.strip().lower().split("\n"):
        start = line.find("{")
        while start >= 0 and (end := line.find("}", start)) >= 0:
            found = line[start + 1 : end]
            start = line.find("{", end)
    return found


def same_decimal(prediction: str, target: str) -> bool:
    """Whether two texts are equal without outer quotes and a final full stop, or are equal decimals without commas."""
    said, want = _trimmed(prediction), _trimmed(target)
    a, b = said.strip().replace(",", ""), want.strip().replace(",", "")
    if len(a) <= LONGEST and len(b) <= LONGEST and _PLAIN_DECIMAL.fullmatch(a) and _PLAIN_DECIMAL.fullmatch(b):
        return Decimal(a) == Decimal(b)
    return said == want


def _trimmed(text: str) -> str:
    said = _BLANKS.sub(" ", text.strip().lower().strip("\"'`"))
    return said[:-1].rstrip() if said.endswith(".") else said


def braced() -> Scorer:
    """A final answer in curly braces. Officially, the last pair of braces must contain the target."""

    def in_braces(text: str, sample: Sample) -> Extraction:
        found = last_braces(text)
        return Extraction(found, "last-braces" if found is not None else "unparsed")

    def within(answer: str, sample: Sample) -> Grade:
        hit = any(target.strip().lower() in answer for target in targets.raw_texts(sample))
        return Grade(float(hit), f"target {targets.plain(sample.target)[:80]}")

    def equal(answer: str, sample: Sample) -> Grade:
        hit = any(same_decimal(answer, target) for target in targets.raw_texts(sample))
        return Grade(float(hit), f"target {targets.plain(sample.target)[:80]}")

    def own(text: str, sample: Sample) -> Extraction:
        found = last_braces(text)
        return Extraction(found, "last-braces") if found else read_like_target(text, sample)

    rules = dict.fromkeys(("official", "vlmevalkit-2026-08"), Staged(in_braces, within))
    return Scorer(
        name="braced",
        version={"mmeval": 2},
        rules={**rules, "mmeval": Staged(own, equal), "lmms-0.7.3": Staged(whole, equal)},
    )


_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
           "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
COUNT_WORDS = {word: str(value) for value, word in enumerate(_COUNTS)} | {"none": "0"}


def count_of(text: str) -> str:
    """The stripped, lower-cased text, with a number word up to twenty as digits."""
    said = text.strip().lower()
    return COUNT_WORDS.get(said, said)


def same_count(answer: str, sample: Sample, *, first: bool = False) -> Grade:
    """1 if the reply is the target with number words as digits, or if the first numbers of both are equal."""
    target, said = targets.plain(sample.target), answer.strip()
    if not first:
        return Grade(float(count_of(answer) == count_of(target)), f"target {target}")
    found = [re.search(r"\d+", text) for text in (said, target.strip())]
    one, two = (match[0] if match else text for match, text in zip(found, (said, target.strip()), strict=True))
    return Grade(float(one == two), f"target {target}")


def count(*, lmms_first: bool = False) -> Scorer:
    """Counts, with number words up to twenty. `vlmevalkit` accepts the target as a substring.

    Args:
        lmms_first: lmms-eval takes the first number of the reply, whatever is around it.
    """

    def substring(answer: str, sample: Sample) -> Grade:
        target = targets.plain(sample.target)
        return Grade(float(target in answer), f"target {target}")

    def literal(answer: str, sample: Sample) -> Grade:
        target = targets.plain(sample.target)
        return Grade(float(answer.strip() == target), f"target {target}")

    def own(text: str, sample: Sample) -> Extraction:
        found = read_number(text)
        none = found.answer is None and denies_existence(text)
        return Extraction("0", "existence") if none else found

    def number(answer: str, sample: Sample) -> Grade:
        target = targets.plain(sample.target)
        said, want = numbers.parse(answer), numbers.parse(count_of(target))
        return Grade(float(bool(said and want and said.value == want.value)), f"target {target}")

    return Scorer(
        name="count",
        version={"mmeval": 2},
        rules={
            "mmeval": Staged(own, number),
            "official": Staged(whole, literal),
            "vlmevalkit-2026-08": Staged(whole, substring),
            "lmms-0.7.3": Staged(whole, functools.partial(same_count, first=lmms_first)),
        },
    )
