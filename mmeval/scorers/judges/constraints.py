"""Instructions with constraints: those that can be counted are, the others go to a judge, all in one question."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mmeval.documents import MALFORMED
from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import Scorer
from mmeval.scorers.judges.base import LONGEST, Judge, Verdict
from mmeval.scorers.readers import thinking
from mmeval.scorers.rules.constraints import holds, runs
from mmeval.types import JSON, Prompt, Reply, Sample, Score

__all__ = ["answer_target", "constrained", "constraint_target"]

REFUSED = (
    "some constraints are judged beside a second reply of the model, to the instruction without them, which a run does "
    "not have, and sentences are counted with NLTK"
)


def constraint_target(constraints: Iterable[Mapping[str, Any]]) -> JSON:
    """What a reply must meet: `counted` is a list of checks for each constraint, `judged` a text for each.

    A constraint whose check is not known, or has arguments that it does not take, is judged.
    """
    counted: list[JSON] = []
    judged: list[JSON] = []
    for one in constraints:
        judge = one.get("judge", {})
        checks = [[check["func"], *check["params"]] for check in judge.get("verify_funcs") or ()]
        if judge.get("method") == "rule_based" and checks and all(map(runs, checks)):
            counted.append(checks)
        else:
            judged.append(str(one["value"]))
    return {"counted": counted, "judged": judged}


def answer_target(answers: Iterable[Any]) -> JSON:
    """Texts that a reply must all have."""
    return {"answers": [targets.plain(answer) for answer in answers]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constrained(Judge):
    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that read a verdict and score without one."""
        return self.read, answered, met

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What is left for the judge; the score where nothing is."""
        said, target = thinking.split(reply.text).answer.strip(), _target(sample)
        if not said:
            return Score(value=0.0, answer=None, rule="empty", note="nothing to judge")
        if "answers" in target:
            return answered(said, target["answers"])
        return Judge.prompt(self, _listed(sample), reply) if target["judged"] else met(said, target, ())

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """The share of all constraints that the reply meets."""
        judged = Judge.parse(self, _listed(sample), reply, *verdicts)
        assert isinstance(judged, Score)
        return met(thinking.split(reply.text).answer.strip(), _target(sample), json.loads(judged.answer or "[]"))


def _target(sample: Sample) -> dict[str, Any]:
    assert isinstance(sample.target, dict), f"{sample.id}: the target must be an object"
    return sample.target


def _listed(sample: Sample) -> Sample:
    """The sample whose target is the list of what is judged."""
    lines = (f"{number}. {text}" for number, text in enumerate(_target(sample)["judged"], 1))
    return replace(sample, target="\n".join(lines), tags={**sample.tags, "kind": str(len(_target(sample)["judged"]))})


def met(said: str, target: Mapping[str, Any], judged: Iterable[int]) -> Score:
    """The share of constraints that are met: counted ones, and judged ones with their marks."""
    counted, marks = [int(holds(said, checks)) for checks in target["counted"]], list(judged)
    total = len(counted) + len(marks)
    note = f"counted {sum(counted)}/{len(counted)}, judged {sum(marks)}/{len(marks)}"
    value = (sum(counted) + sum(marks)) / total if total else 0.0
    return Score(value=value, answer=f"{sum(counted) + sum(marks)} of {total} met", rule="constraints", note=note)


def answered(said: str, answers: Iterable[str]) -> Score:
    """1 if every answer occurs in the reply as words of its own, in any case."""
    reply, wanted = _folded(said), [_folded(answer) for answer in answers]
    lacking = [one for one in wanted if not re.search(rf"(?<!\w){re.escape(one)}(?!\w)", reply)]
    note = f"lacks {'; '.join(lacking)[:80]}" if lacking else "has all answers"
    return Score(value=float(not lacking and bool(wanted)), answer=said, rule="all-answers", note=note)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_marks(text: str, sample: Sample) -> Verdict:
    """Read JSON with `met`, a 0 or 1 for each constraint that the judge was shown."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1]) if 0 <= start < end < start + LONGEST else None
    except MALFORMED:
        found = None
    marks, wanted = found.get("met") if isinstance(found, dict) else None, int(sample.tags["kind"])
    if not isinstance(marks, list) or len(marks) != wanted or not all(type(x) is int and x in (0, 1) for x in marks):
        raise ScoreError(f"{text[:60]!r} has no 0 or 1 for each of {wanted} constraints")
    return Verdict(sum(marks) / len(marks), json.dumps(marks))


CONSTRAINED = _Constrained(
    name="constrained",
    template="""Here are constraints, an instruction about the picture that contains them, and a reply. Decide for each
of the {kind} constraints whether the reply meets it.

Constraints:
{gold}

Instruction:
{question}

Reply:
{answer}

1 means that the constraint is met in full, 0 that anything is missing. Look at the picture where a constraint is about
what it shows; do not judge anything else. Reply with JSON only: {"met": [...]}, a 0 or 1 for each, in order.""",
    read=read_marks,
    schema={
        "type": "object", "properties": {"met": {"type": "array", "items": {"type": "integer", "enum": [0, 1]}}},
        "required": ["met"], "additionalProperties": False,
    },
    media=True,
)  # fmt: skip


def constrained() -> Scorer:
    """The share of an instruction's constraints that a reply meets, or whether it has all answers.

    The target is what `constraint_target` or `answer_target` makes. A judge that sees the picture decides what cannot
    be counted; a reply whose constraints can all be counted needs none.
    """
    return Scorer(name="constrained", version=1, rules={"mmeval": CONSTRAINED}, refused={"official": REFUSED})
