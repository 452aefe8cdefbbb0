"""Numbers: equality within a tolerance, and the five-percent rule of chart questions."""

from __future__ import annotations

import functools

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.rules.text import short_answer, whole
from mmeval.types import Sample

ABSOLUTE = 1e-9
"""Difference that is always accepted, because of rounding in decimal notation."""
CHANGE = 0.05
"""Maximum relative error of the relaxed rule."""


def numeric(tolerance: float = 0.0, *, absolute: float = ABSOLUTE) -> Scorer:
    """A number; correct if `|p - t| <= max(tolerance * |t|, absolute)` for any target `t`.

    `official` requires a reply that is just a number. `mmeval` reads the declared number, else the last one.
    """
    grade = functools.partial(close, tolerance=tolerance, absolute=absolute)
    return Scorer(
        name="numeric", version=1, rules={"mmeval": Staged(read_number, grade), "official": Staged(whole, grade)}
    )


def read_number(text: str, sample: Sample) -> Extraction:
    """Extract the first number of the declared answer, else the last number of the reply."""
    alone = numbers.parse(text.strip().rstrip("."))
    if alone:
        return Extraction(text.strip().rstrip("."), "bare")
    for place in declarations(text):
        found = numbers.find_first(text, place.start, place.end)
        if found:
            return Extraction(text[found.start : found.end], place.rule, (found.start, found.end))
    found = numbers.find_last(text)
    if found is None:
        return Extraction(None, "unparsed")
    return Extraction(text[found.start : found.end], "last-number", (found.start, found.end))


def close(answer: str, sample: Sample, *, tolerance: float = 0.0, absolute: float = ABSOLUTE) -> Grade:
    """1 if the answer is within the tolerance of a target."""
    said = numbers.parse(answer)
    if said is None:
        return Grade(0.0, "not a number")
    for target in targets.texts(sample):
        want = numbers.parse(target)
        if want and abs(said.value - want.value) <= max(tolerance * abs(want.value), absolute):
            return Grade(1.0, f"target {target}")
    return Grade(0.0, f"target {', '.join(targets.texts(sample))[:80]}")


def relaxed() -> Scorer:
    """Within 5 % of a numeric target, else equal as a text, ignoring case.

    Source: the relaxed accuracy of chart question answering (Methani et al. 2020; Masry et al. 2022).
    """
    return Scorer(
        name="relaxed",
        version=1,
        rules={
            "official": Staged(whole, relaxed_any),
            "vlmevalkit-2024": Staged(whole, relaxed_any),
            "vlmevalkit-2026-08": Staged(whole, relaxed_any),
            "lmms-0.7.3": Staged(unstripped, relaxed_literal),
            "mmeval": Staged(read_like_target, relaxed_own),
        },
    )


def read_like_target(text: str, sample: Sample) -> Extraction:
    """Extract a number if a target is a number, else a short text."""
    if any(numbers.parse(target) for target in targets.texts(sample)):
        found = read_number(text, sample)
        if found.answer is not None:
            return found
    return short_answer(text, sample)


def unstripped(text: str, sample: Sample) -> Extraction:
    """Extract the whole reply with its whitespace."""
    return Extraction(text, "whole-reply", (0, len(text)))


def relaxed_any(answer: str, sample: Sample) -> Grade:
    """Best result over the targets; a target that is a list literal counts as its elements."""
    right = any(relaxed_match(answer.strip(), target) for target in targets.texts(sample))
    return Grade(float(right), f"target {targets.plain(sample.target)[:80]}")


def relaxed_literal(answer: str, sample: Sample) -> Grade:
    """Best result over the targets; a target that is a list literal is compared as a text."""
    right = any(relaxed_match(answer, target) for target in targets.raw_texts(sample))
    return Grade(float(right), f"target {targets.plain(sample.target)[:80]}")


def relaxed_own(answer: str, sample: Sample) -> Grade:
    """The same rule with mmeval's grammar of numbers, which accepts `1,000`, `$5` and `5%`."""
    said = numbers.parse(answer)
    for target in targets.texts(sample):
        want = numbers.parse(target)
        if said and want:
            if said.value == want.value or (want.value and _within(said.value, want.value)):
                return Grade(1.0, f"target {target}")
        elif answer.strip().casefold() == target.strip().casefold():
            return Grade(1.0, f"target {target}")
    return Grade(0.0, f"target {targets.plain(sample.target)[:80]}")


def relaxed_match(prediction: str, target: str) -> bool:
    """The published rule, with its order of operations, because rounding decides at the boundary."""
    said, want = _fraction(prediction), _fraction(target)
    if said is not None and want:
        return _within(said, want)
    return prediction.lower() == target.lower()


def _within(said: float, want: float) -> bool:
    return abs(said - want) / abs(want) <= CHANGE


def _fraction(text: str) -> float | None:
    """Python's `float` of a text; a percent sign at the end divides by 100."""
    if not text.endswith("%"):
        return numbers.python_float(text)
    value = numbers.python_float(text.rstrip("%"))
    return None if value is None else value / 100.0
