"""What was said, word for word."""

from __future__ import annotations

from dataclasses import dataclass

from mmeval.scorers import targets
from mmeval.scorers.base import JudgeRule, Rule, Scorer
from mmeval.scorers.readers import thinking, transcripts
from mmeval.scorers.readers.speech import units
from mmeval.scorers.rules.text import levenshtein
from mmeval.types import Reply, Sample, Score

__all__ = ["compared", "speech_errors"]

SHOWN = 400
"""Characters of a transcript that a score keeps."""


def speech_errors() -> Scorer:
    """A transcript, in the unit of the sample's tag `unit`.

    The value is the error rate of the sample, at most 1. The answer is `errors/units: text`, which the metric
    `error_rate` sums, for a reply can have more errors than the target has words.

    `mmeval` compares after Whisper's basic normalisation of both texts. `whisper` is the rule of the Whisper paper, by
    which most reports score: its English normaliser for English (a tag `language` that begins with `en`, or none),
    its basic one for others, and characters instead of words where a language writes no spaces.
    """
    return _Speech(name="speech_errors", version=1, rules={"mmeval": _errors, "whisper": _by_whisper})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speech(Scorer):
    def rule(self, profile: str) -> Rule | JudgeRule:
        """The rule of a profile; raises UsageError where it needs a package that is not there."""
        if profile == "whisper":
            transcripts.require()
        return Scorer.rule(self, profile)


def _errors(sample: Sample, reply: Reply) -> Score:
    unit = sample.tags.get("unit", "word")
    text = thinking.split(reply.text).answer
    wanted, said = units(targets.plain(sample.target), unit), units(text, unit)
    return compared(wanted, said, unit)


def _by_whisper(sample: Sample, reply: Reply) -> Score:
    spaced = sample.tags.get("unit", "word") == "word"
    english = spaced and sample.tags.get("language", "en").startswith("en")
    text, target = thinking.split(reply.text).answer, targets.plain(sample.target)
    wanted, said = (transcripts.whisper(one, english=english, characters=not spaced) for one in (target, text))
    return compared(wanted, said, "word" if spaced else "character")


def compared(wanted: list[str], said: list[str], unit: str) -> Score:
    """The error rate of units against those of the target, with the errors and the text as the answer."""
    wrong = edits(wanted, said)
    shown = ("" if unit == "character" else " ").join(said)[:SHOWN]
    value = min(1.0, wrong / len(wanted)) if wanted else float(bool(said))
    return Score(value=value, answer=f"{wrong}/{len(wanted)}: {shown}", rule=unit, note=f"{wrong} errors")


def edits(reference: list[str], said: list[str]) -> int:
    """Units to insert, delete or replace."""
    names = {unit: chr(0x20000 + place) for place, unit in enumerate({*reference, *said})}
    return levenshtein("".join(names[unit] for unit in reference), "".join(names[unit] for unit in said))
