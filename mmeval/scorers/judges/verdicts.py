"""A judge, graded: is the verdict that its rule reads in a reply the one that is known to be right?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmeval.errors import ScoreError, UsageError
from mmeval.scorers.base import JudgeRule, Scorer
from mmeval.scorers.identity import stages_of
from mmeval.types import JSON, Media, Reply, Request, Sample, Score, Text

__all__ = ["Verdicts", "asked_of_a_judge", "verdicts"]

RIGHT, WRONG = "right", "wrong"
"""The labels of what a judge looks at, and its verdicts."""
ON = {RIGHT: "on what is right", WRONG: "on what is wrong"}
"""The rule of a score, which is in scores.csv: the label."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Compares the verdict of a judge's rule with the label of the sample."""

    rule: JudgeRule
    accepts: float
    """The value that the rule gives to what is right; every other one means wrong."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions of the judge's rule."""
        return (*stages_of(self.rule), said)

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """1 if the verdict is the label, which `rule` names. A reply that is no verdict has no answer, and scores 0."""
        assert isinstance(sample.target, dict)
        label, judged = sample.target["label"], _judged(sample.id, sample.target["prompt"], sample.target["target"])
        try:
            found = self.rule.parse(judged, _made(sample), reply)
        except ScoreError as error:
            return Score(value=0.0, answer=None, note=str(error), rule=ON[label])
        if not isinstance(found, Score):
            raise ScoreError("the judge's rule asks more than one question")
        verdict = said(found, self.accepts)
        return Score(value=float(verdict == label), answer=verdict, note=found.note, rule=ON[label])


def said(score: Score, accepts: float) -> str:
    """The verdict that a score of a judge's rule means."""
    return RIGHT if score.value == accepts else WRONG


def verdicts(scorer: Scorer, *, profile: str, accepts: float = 1.0) -> Scorer:
    """Grades a model as the judge of a scorer's rule.

    Args:
        scorer: that asks judges.
        profile: of its rule.
        accepts: the value that the rule gives to what is right, such as 0 for an error rate.

    Raises:
        UsageError: the rule asks no judge.
    """
    rule = scorer.rule(profile)
    if not scorer.needs_judge(profile):
        raise UsageError(f"scorer {scorer.name}: profile {profile!r} asks no judge")
    made: Any = Verdicts(rule, accepts)  # type: ignore[arg-type]
    return Scorer(name=f"verdicts_{scorer.name}", version=1, rules={"mmeval": made})


def asked_of_a_judge(
    rule: JudgeRule, *, name: str, prompt: str, target: JSON, made: Media, right: bool, says: str, kind: str
) -> Sample:
    """A sample that asks a model exactly what the rule asks a judge about something made.

    Args:
        rule: of the judge; it must have one question.
        name: id of the sample.
        prompt: what a model was asked to make.
        target: what the rule compares it with.
        made: the image, sound or film.
        right: whether it is what was asked for.
        says: the answer of a judge that sees what is there.
        kind: slices the scores, beside the label.

    Raises:
        ScoreError: the rule asks for something other than a text.
    """
    judged = _judged(name, prompt, target)
    asked = rule.prompt(judged, Reply(text="", finish="stop", media=(made,)))
    if isinstance(asked, Request | Score):
        raise ScoreError("the judge's rule asks for something other than a text")
    label = RIGHT if right else WRONG
    told = {"label": label, "answer": says, "prompt": prompt, "target": target}
    return Sample(id=name, prompt=asked, target=told, tags={"category": kind, "label": label})


def _judged(name: str, prompt: str, target: JSON) -> Sample:
    return Sample(id=name, prompt=(Text(prompt),), target=target, tags={"unit": "word"})


def _made(sample: Sample) -> Reply:
    return Reply(text="", finish="stop", media=tuple(p for p in sample.prompt if not isinstance(p, Text)))
