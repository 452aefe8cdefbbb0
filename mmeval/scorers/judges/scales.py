"""Judges that rate what a model made on scales. The prompts are our own wording of the published rubrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmeval.errors import ScoreError
from mmeval.scorers.base import Scorer
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.judges.base import fill
from mmeval.scorers.judges.making import FRAMES, seen
from mmeval.scorers.judges.ratings import parsed
from mmeval.scorers.readers import thinking
from mmeval.types import Prompt, Reply, Request, Sample, Score, Text

__all__ = ["wise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A rule that asks a judge once for whole numbers on some scales, from 0 to the same highest mark."""

    name: str
    ask: str
    """Text with the fields `{question}`, the prompt that the model was given, and `{gold}`, the target."""
    weights: Mapping[str, float]
    """By scale, its part of the value; they add up to 1."""
    highest: int

    @property
    def digest(self) -> str:
        """sha256 of what is asked and how much each scale counts, hexadecimal."""
        return joined([self.name, self.ask, describe(self.weights), str(self.highest), FRAMES])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request."""
        return (seen(reply), Text(fill(self.ask, sample, "")))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """The weighted mean of the marks over the highest; raises ScoreError unless every scale has one."""
        del sample, reply
        said = thinking.split(verdicts[-1].text).answer
        found = parsed(said)
        marks = {name: self._mark(found.get(name), said) for name in self.weights}
        value = sum(self.weights[name] * mark for name, mark in marks.items()) / self.highest
        told = ", ".join(f"{name} {mark}" for name, mark in marks.items())
        return Score(value=min(1.0, value), answer=told, rule=f"judge:{self.name}")

    def _mark(self, given: object, said: str) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= self.highest:
            raise ScoreError(f"{said[:60]!r} has no {', '.join(self.weights)} from 0 to {self.highest}")
        return given


WISCORE = Rated(
    name="wiscore",
    ask="""A model was asked for a picture by a prompt that hints at something instead of naming it. Give the picture
three marks from 0 to 2. Be severe: 2 is rare, and where you waver between two marks, give the lower one.

consistency, whether it shows what the prompt means:
0: what matters most is missing or wrong. 1: a part of it is right. 2: everything is right, without exception.
realism, whether it could be true:
0: impossible, or plainly artificial. 1: believable, with flaws that can be seen. 2: it could be a photograph.
aesthetics, how good it looks:
0: ugly or badly composed. 1: agreeable, nothing more. 2: the work of a master.

Prompt: {question}
What it means: {gold}

Reply with JSON only: {"consistency": 0 to 2, "realism": 0 to 2, "aesthetics": 0 to 2}.""",
    weights={"consistency": 0.7, "realism": 0.2, "aesthetics": 0.1},
    highest=2,
)
VERIFIED = Rated(
    name="verified",
    ask="""A model was asked for a picture by a prompt that hints at something instead of naming it. Does the picture
show what the prompt means?

right is 1 if the picture shows what is explained below, with the objects, states and relations that it needs, and if
it is clear enough to tell. Beauty and style do not count. right is 0 if something of that is missing, wrong or too
vague to tell, if the picture shows only the words of the prompt and not their meaning, or if it is spoilt. In doubt
it is 0.

Prompt: {question}
What it means: {gold}

Reply with JSON only: {"right": 0 or 1}.""",
    weights={"right": 1.0},
    highest=1,
)


def wise() -> Scorer:
    """A judge rates whether a picture shows what its prompt hints at (Niu et al., WISE, arXiv 2503.07265).

    `wiscore` is (0.7 consistency + 0.2 realism + 0.1 aesthetics) / 2, each from 0 to 2. `verified` is the rule of
    WISE_Verified (2026), right or wrong. The target explains what the prompt means.
    """
    return Scorer(name="wise", version=1, rules={"wiscore": WISCORE, "verified": VERIFIED})
