"""Numbers: equality within a tolerance, and the five-percent rule of chart questions."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import numbers, quantities
from mmeval.scorers.readers.amounts import amounts
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.rules.text import short_answer, whole
from mmeval.types import Sample

ABSOLUTE = 1e-9
"""Difference that is always accepted, because of rounding in decimal notation."""
CHANGE = 0.05
"""Maximum relative error of the relaxed rule."""


def numeric(tolerance: float = 0.0, *, absolute: float = ABSOLUTE) -> Scorer:
    """A number; correct if `|p - t| <= max(tolerance * |t|, absolute)` for any target `t`.

    `official` requires a reply that is just a number. `mmeval` reads the number that the reply claims.
    """
    own = functools.partial(close_amount, tolerance=tolerance, absolute=absolute)
    published = functools.partial(close, tolerance=tolerance, absolute=absolute)
    rules = {"mmeval": Staged(read_number, own), "official": Staged(whole, published)}
    return Scorer(name="numeric", version={"mmeval": 2}, rules=rules)


def read_number(text: str, sample: Sample) -> Extraction:
    """Extract the number that the reply claims, else the only one that it names."""
    return numbers.read_number(text)


def close(answer: str, sample: Sample, *, tolerance: float = 0.0, absolute: float = ABSOLUTE) -> Grade:
    """1 if the answer is within the tolerance of a target."""
    said = quantities.parse(answer)
    if said is None:
        return Grade(0.0, "not a number")
    for target in targets.texts(sample):
        want = quantities.parse(target)
        if want and abs(said.value - want.value) <= max(tolerance * abs(want.value), absolute):
            return Grade(1.0, f"target {target}")
    return Grade(0.0, f"target {', '.join(targets.texts(sample))[:80]}")


def close_amount(answer: str, sample: Sample, *, tolerance: float = 0.0, absolute: float = ABSOLUTE) -> Grade:
    """The same, but `50%` is also 0.5, unless both are percentages."""
    for target in targets.texts(sample):
        for said, want in _pairs(answer, target):
            if abs(said - want) <= max(tolerance * abs(want), absolute):
                return Grade(1.0, f"target {target}")
    return Grade(0.0, f"target {', '.join(targets.texts(sample))[:80]}")


def _pairs(answer: str, target: str) -> Iterator[tuple[float, float]]:
    """The values of two numbers that may be compared: as they stand, and a percentage as a fraction of one."""
    said, want = quantities.parse(answer), quantities.parse(target)
    if said and want:
        yield said.value, want.value
        if said.percent != want.percent:
            yield said.value / (100 if said.percent else 1), want.value / (100 if want.percent else 1)


def relaxed() -> Scorer:
    """Within 5 % of a numeric target, else equal as a text, ignoring case.

    Source: the relaxed accuracy of chart question answering (Methani et al. 2020; Masry et al. 2022).
    """
    return Scorer(
        name="relaxed",
        version={"mmeval": 2},
        rules={
            "official": Staged(whole, relaxed_any),
            "vlmevalkit-2024": Staged(whole, relaxed_any),
            "vlmevalkit-2026-08": Staged(whole, relaxed_any),
            "lmms-0.7.3": Staged(unstripped, relaxed_literal),
            "mmeval": Staged(read_like_target, relaxed_own),
        },
    )


def read_like_target(text: str, sample: Sample) -> Extraction:
    """Extract a number if all targets are numbers, else a short text; several numbers if there are several targets."""
    wanted = [quantities.parse(target) for target in targets.texts(sample)]
    if not all(wanted):
        return short_answer(text, sample)
    found = read_number(text, sample)
    return Extraction(text.strip(), "all-targets") if found.answer is None and _all_named(text, sample) else found


def _all_named(text: str, sample: Sample) -> bool:
    """Whether a reply names several numbers, which are all targets and all there are."""
    wanted = {want.value for want in map(quantities.parse, targets.texts(sample)) if want}
    return len(wanted) > 1 and wanted == {one.value for one in amounts(text)}


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
    """The same rule with mmeval's grammar of numbers; a text may stand in a sentence."""
    accepted = targets.texts(sample)
    for target in accepted:
        if any(said == want or (want and _within(said, want)) for said, want in _pairs(answer, target)):
            return Grade(1.0, f"target {target}")
        if answer.strip().casefold() == target.strip().casefold():
            return Grade(1.0, f"target {target}")
    texts = [target for target in accepted if not quantities.parse(target)]
    return Grade(
        float(_all_named(answer, sample) or states(answer, texts)), f"target {targets.plain(sample.target)[:80]}"
    )


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
        return quantities.python_float(text)
    value = quantities.python_float(text.rstrip("%"))
    return None if value is None else value / 100.0
