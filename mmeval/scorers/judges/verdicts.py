"""A judge, graded: is the verdict that its rule reads in a reply the one that is known to be right?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mmeval.errors import ScoreError, UsageError
from mmeval.scorers.base import JudgeRule, Scorer
from mmeval.scorers.identity import stages_of
from mmeval.types import JSON, Media, Reply, Request, Sample, Score, Text

__all__ = [
    "HALF", "ON", "RIGHT", "WRONG", "Read", "asked_of_a_judge", "by_consistency", "in_full", "its_value", "likelier",
    "verdicts", "without_errors",
]  # fmt: skip

RIGHT, HALF, WRONG = "right", "half right", "wrong"
"""The labels of what a judge looks at, and its verdicts."""
ON = {label: f"on what is {label}" for label in (RIGHT, HALF, WRONG)}
"""The rule of a score, which is in scores.csv: the label."""
Read: TypeAlias = Callable[[Score], str]
"""The verdict that a score of a judge's rule means. Behind a colon may stand what a metric reads."""


def in_full(score: Score) -> str:
    """Right if the rule gives the highest value."""
    return RIGHT if score.value == 1 else WRONG


def without_errors(score: Score) -> str:
    """Right if the rule, whose value is an error rate, gives 0, and the errors: `wrong: 2/9`."""
    return f"{RIGHT if score.value == 0 else WRONG}: {(score.answer or '').partition(':')[0]}"


def likelier(score: Score) -> str:
    """Right if the rule, whose value is the chance of the right answer, finds it more likely than all others."""
    return RIGHT if score.value > 0.5 else WRONG


def by_consistency(score: Score) -> str:
    """What the rule's mark for consistency means, 0, 1 or 2."""
    found = re.search(r"consistency ([012])", score.answer or "")
    if found is None:
        raise ScoreError("the judge's rule gives no mark for consistency")
    return (WRONG, HALF, RIGHT)[int(found[1])]


def its_value(score: Score) -> str:
    """The value itself, where no value alone means right or wrong."""
    return f"{score.value:.6f}"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Compares what a judge's rule makes of a reply with the label of the sample."""

    rule: JudgeRule
    read: Read
    graded: bool
    """Whether the value says how near the rule's value is to the label, instead of whether the verdict is the label."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions of the judge's rule, and the one that reads the verdict."""
        return (*stages_of(self.rule), self.read)

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """The score, with the verdict as its answer and the label in its `rule`.

        A reply that is no verdict has no answer, and scores 0.
        """
        assert isinstance(sample.target, dict)
        label, judged = sample.target["label"], _judged(sample.id, sample.target["prompt"], sample.target["target"])
        try:
            found = self.rule.parse(judged, _made(sample), reply)
        except ScoreError as error:
            return Score(value=0.0, answer=None, note=str(error), rule=ON[label])
        if not isinstance(found, Score):
            raise ScoreError("the judge's rule asks more than one question")
        told, near = self.read(found), found.value if label == RIGHT else 1 - found.value
        value = near if self.graded else float(told.partition(":")[0] == label)
        return Score(value=value, answer=told, note=found.note, rule=ON[label])


def verdicts(scorer: Scorer, *, profile: str, read: Read = in_full, graded: bool = False) -> Scorer:
    """Grades a model as the judge of a scorer's rule.

    Args:
        scorer: that asks judges.
        profile: of its rule.
        read: the verdict in a score of the rule.
        graded: let the value be that of the rule on what is right, and 1 minus it on what is wrong; else it is 1 if
            the verdict is the label.

    Raises:
        UsageError: the rule asks no judge.
    """
    rule = scorer.rule(profile)
    if not scorer.needs_judge(profile):
        raise UsageError(f"scorer {scorer.name}: profile {profile!r} asks no judge")
    made: Any = Verdicts(rule, read, graded)  # type: ignore[arg-type]
    name = f"verdicts_{scorer.name}" + ("" if profile == "mmeval" else f"_{profile}")
    return Scorer(name=name, version=1, rules={"mmeval": made})


def asked_of_a_judge(
    rule: JudgeRule, *, name: str, prompt: str, target: JSON, made: Media, label: str, says: str, kind: str,
    pair: str | None = None,
) -> Sample:  # fmt: skip
    """A sample that asks a model exactly what the rule asks a judge about something made.

    Args:
        rule: of the judge; it must have one question.
        name: id of the sample.
        prompt: what a model was asked to make.
        target: what the rule compares it with.
        made: the image, sound or film.
        label: whether it is what was asked for.
        says: the answer of a judge that sees what is there.
        kind: slices the scores, beside the label.
        pair: names what this item is compared with.

    Raises:
        ScoreError: the rule asks nothing.
    """
    asked = rule.prompt(_judged(name, prompt, target), Reply(text="", finish="stop", media=(made,)))
    if isinstance(asked, Score):
        raise ScoreError("the judge's rule asks nothing")
    request = asked if isinstance(asked, Request) else Request(prompt=asked)
    return Sample(
        id=name, prompt=request.prompt, choices=request.choices, cluster=pair,
        target={"label": label, "answer": says, "prompt": prompt, "target": target},
        tags={"category": kind, "label": label, **({"pair": pair} if pair else {})},
    )  # fmt: skip


def _judged(name: str, prompt: str, target: JSON) -> Sample:
    return Sample(id=name, prompt=(Text(prompt),), target=target, tags={"unit": "word"})


def _made(sample: Sample) -> Reply:
    return Reply(text="", finish="stop", media=tuple(p for p in sample.prompt if not isinstance(p, Text)))
