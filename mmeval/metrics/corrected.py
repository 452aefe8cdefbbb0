"""A judged run corrected by human labels on some of its samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmeval.errors import DataError
from mmeval.stats.intervals import mean
from mmeval.stats.ppi import FEWEST, prediction_powered, rogan_gladen
from mmeval.types import Estimate

__all__ = ["Corrected", "Judged", "correct"]

VALUES: Mapping[str, float] = {
    **dict.fromkeys(("correct", "yes", "true", "right"), 1.0),
    **dict.fromkeys(("incorrect", "no", "false", "wrong"), 0.0),
}
"""What the words of people mean."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The judge's word on one sample."""

    value: float
    answer: str | None
    cluster: str | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The mean score of a judged run as the judge gave it, and as people would have given it. All in [0, 1]."""

    labelled: int
    judged: Estimate
    """Mean score over all samples of the run."""
    corrected: Estimate | None
    """By PPI++; None with fewer than 10 labels."""
    by_error_rates: Estimate | None
    """By the judge's sensitivity and specificity (Rogan-Gladen). Samples count as independent. None unless all labels
    and values are 0 or 1, both labels occur, and the judge is better than chance."""
    bias: Estimate
    """Mean of judge minus human on the labelled samples."""


def correct(human: Mapping[str, str], judged: Mapping[str, Judged]) -> Corrected:
    """Correct the mean score of a run.

    Args:
        human: labels by sample id: a number from 0 to 1, correct, incorrect, yes, no, ..., or a word of the judge,
            which then means the value that the judge gives with it.
        judged: every scored sample of the run by id; the labelled ones are a random part of them.

    Raises:
        DataError: no labelled sample is in the run, or a label has no value.
    """
    names = [name for name in human if name in judged]
    if not names:
        raise DataError("no labelled sample is in the run")
    words = _words(judged)
    labels = [_value(human[name], name, words) for name in names]
    known = set(names)
    others = [one for name, one in judged.items() if name not in known]
    found = [judged[name] for name in names]
    given, rest = [one.value for one in found], [one.value for one in others]
    clusters = [one.cluster for one in (*found, *others)]
    whole = list(judged.values())
    return Corrected(
        labelled=len(names),
        judged=mean([one.value for one in whole], [one.cluster for one in whole]),
        corrected=prediction_powered(labels, given, rest, clusters=clusters) if len(names) >= FEWEST else None,
        by_error_rates=_by_error_rates(labels, given, rest) if len(names) >= FEWEST else None,
        bias=mean([f - y for f, y in zip(given, labels, strict=True)], [one.cluster for one in found]),
    )


def _words(judged: Mapping[str, Judged]) -> dict[str, float]:
    """The judge's words that always go with the same value."""
    found: dict[str, set[float]] = {}
    for one in judged.values():
        if one.answer is not None:
            found.setdefault(one.answer.lower(), set()).add(one.value)
    return {word: min(values) for word, values in found.items() if len(values) == 1}


def _value(label: str, name: str, words: Mapping[str, float]) -> float:
    try:
        value = float(label)
    except ValueError:
        value = VALUES.get(label.lower(), words.get(label.lower(), -1.0))
    if not 0.0 <= value <= 1.0:
        raise DataError(f"sample {name!r}: the label {label!r} is not a number from 0 to 1 and no word of the judge")
    return value


def _by_error_rates(labels: Sequence[float], given: Sequence[float], rest: Sequence[float]) -> Estimate | None:
    if {*labels, *given, *rest} - {0.0, 1.0} or not rest:
        return None
    pairs = list(zip(labels, given, strict=True))
    return rogan_gladen(
        sum(rest) / len(rest),
        len(rest),
        hits=pairs.count((1.0, 1.0)),
        right=labels.count(1.0),
        rejections=pairs.count((0.0, 0.0)),
        wrong=labels.count(0.0),
    )
