"""Preference between two answers, asked twice with the answers swapped."""

from __future__ import annotations

import re
from typing import Any

from mmeval.errors import ScoreError
from mmeval.scorers.base import Scorer
from mmeval.scorers.judges.base import Judge, Verdict, fill
from mmeval.scorers.judges.rubrics import verdict_schema
from mmeval.scorers.readers import thinking
from mmeval.types import Prompt, Reply, Sample, Score, Text

PREFERENCE = """Two assistants answered a question. Decide which answer is better: correct first, then helpful, then
clear. Neither length nor the order in which they stand counts.

Question:
{question}

Answer 1:
{gold}

Answer 2:
{answer}

Reply with JSON only: {"verdict": "first"}, {"verdict": "second"} or {"verdict": "tie"}."""
PREFERENCE_SCHEMA = verdict_schema(verdict={"type": "string", "enum": ["first", "second", "tie"]})


class Pairwise:
    """Compares the reply with a reference answer, twice, in both orders. Contradicting verdicts are a tie."""

    schema = PREFERENCE_SCHEMA

    def __init__(self, template: str = PREFERENCE) -> None:
        self._judge = Judge(name="pairwise", template=template, read=_read_preference, schema=self.schema)

    @property
    def digest(self) -> str:
        """sha256 of the prompt and the schema, hexadecimal."""
        return self._judge.digest

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that read a verdict."""
        return self._judge.stages

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """The first prompt: the reference is answer 1, the reply is answer 2."""
        return self._judge.prompt(sample, reply)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """Return the prompt with the answers swapped after the first verdict, and the score after the second."""
        values = [self._value(sample, reply, verdict) for verdict in verdicts]
        if len(values) == 1:
            swap = {"gold": "{answer}", "answer": "{gold}"}
            turned = re.sub(r"\{(gold|answer)\}", lambda match: swap[match[1]], self._judge.template)
            return (Text(fill(turned, sample, thinking.split(reply.text).answer.strip())),)
        value = (values[0] + 1.0 - values[1]) / 2
        note = "" if values[0] + values[1] == 1.0 else "the verdict follows the place"
        return Score(value=value, answer=_NAMES[value], rule="judge:pairwise", note=note)

    def _value(self, sample: Sample, reply: Reply, verdict: Reply) -> float:
        score = self._judge.parse(sample, reply, verdict)
        if not isinstance(score, Score):
            raise ScoreError("the judge returned a prompt instead of a score")
        return score.value


_NAMES = {0.0: "loss", 0.25: "tie, leaning to loss", 0.5: "tie", 0.75: "tie, leaning to win", 1.0: "win"}


def _read_preference(text: str, sample: Sample) -> Verdict:
    """1 if the second answer is better, 0 if the first is, 0.5 for a tie."""
    said = [word for word in ("first", "second", "tie") if word in text.lower()[:2000]]
    if len(said) != 1:
        raise ScoreError(f"{text[:60]!r} names neither first, second nor tie")
    return Verdict({"first": 0.0, "second": 1.0, "tie": 0.5}[said[0]], said[0])


def pairwise() -> Scorer:
    """Whether the reply is preferred over the reference: 1 win, 0 loss, 0.5 if the judge only follows the order."""
    rule = Pairwise()
    return Scorer(name="pairwise", version=1, rules={"official": rule, "mmeval": rule})
