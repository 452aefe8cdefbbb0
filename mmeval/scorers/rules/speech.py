"""What was said, word for word."""

from __future__ import annotations

from mmeval.scorers import targets
from mmeval.scorers.base import Scorer
from mmeval.scorers.readers import thinking
from mmeval.scorers.readers.speech import units
from mmeval.scorers.rules.text import levenshtein
from mmeval.types import Reply, Sample, Score

__all__ = ["speech_errors"]

SHOWN = 400
"""Characters of a transcript that a score keeps."""


def speech_errors() -> Scorer:
    """A transcript, in the unit of the sample's tag `unit`, after Whisper's basic normalisation of both texts.

    The value is the error rate of the sample, at most 1. The answer is `errors/units: text`, which the metric
    `error_rate` sums, for a reply can have more errors than the target has words.
    """
    return Scorer(name="speech_errors", version=1, rules={"mmeval": _errors})


def _errors(sample: Sample, reply: Reply) -> Score:
    unit = sample.tags.get("unit", "word")
    text = thinking.split(reply.text).answer
    wanted, said = units(targets.plain(sample.target), unit), units(text, unit)
    wrong = edits(wanted, said)
    shown = ("" if unit == "character" else " ").join(said)[:SHOWN]
    value = min(1.0, wrong / len(wanted)) if wanted else float(bool(said))
    return Score(value=value, answer=f"{wrong}/{len(wanted)}: {shown}", rule=unit, note=f"{wrong} errors")


def edits(reference: list[str], said: list[str]) -> int:
    """Units to insert, delete or replace."""
    names = {unit: chr(0x20000 + place) for place, unit in enumerate({*reference, *said})}
    return levenshtein("".join(names[unit] for unit in reference), "".join(names[unit] for unit in said))
