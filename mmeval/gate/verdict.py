"""What a gate has decided: one value that every report renders."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from mmeval.stats.paired import Difference

__all__ = ["EXIT_CODES", "BenchmarkVerdict", "Decision", "Flip", "GuardResult", "Verdict"]

SCHEMA = 2
"""2: `summary` was called `headline`."""
Decision = Literal["pass", "fail", "inconclusive", "not comparable", "incomplete", "budget"]
EXIT_CODES: dict[Decision, int] = {
    "pass": 0,
    "fail": 1,
    "inconclusive": 3,
    "not comparable": 4,
    "incomplete": 5,
    "budget": 6,
}


@dataclass(frozen=True, slots=True)
class GuardResult:
    """One rule beside the score."""

    rule: str
    decision: Literal["pass", "fail", "inconclusive"]
    text: str
    """With both figures and the limit."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One sample whose score changed."""

    id: str
    base: float
    candidate: float
    base_answer: str | None
    candidate_answer: str | None
    question: str | None = None
    thumbnails: tuple[str, ...] = ()
    """Paths of small pictures on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkVerdict:
    """One benchmark of a gate."""

    name: str
    tier: str
    decision: Decision
    reasons: tuple[str, ...]
    """Sentences; the first says it all."""
    tag: str | None = None
    """`improved`, `worse within margin`, `stopped early`."""
    margin: float = 0.0
    base: float | None = None
    """Mean score over pairs, 0 to 1."""
    candidate: float | None = None
    difference: Difference | None = None
    p_adjusted: float | None = None
    """Of "no drop", after Holm over the gated benchmarks."""
    planned: int = 0
    """Samples of the baseline that were to be asked."""
    unmeasured: int = 0
    asked: int = 0
    """Samples that the candidate was asked."""
    proven_after: int | None = None
    """Samples after which the regression was proven and asking stopped."""
    detectable: float | None = None
    """True drop that this comparison finds with 80 %."""
    needed: int | None = None
    """Pairs with which this difference passes with 80 %; None where it is beyond the margin."""
    guards: tuple[GuardResult, ...] = ()
    flips: tuple[Flip, ...] = ()
    """The largest losses first, at most 50 of them, then gains."""
    base_run: str | None = None
    candidate_run: str | None = None
    base_model: str | None = None
    candidate_model: str | None = None
    cost: float | None = None
    """US dollars of the candidate; None = unknown."""

    @property
    def gated(self) -> bool:
        """Whether it can stop a change."""
        return self.tier != "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The whole gate."""

    name: str
    decision: Decision
    exit_code: int
    summary: str
    """One sentence: the decision, the benchmark that made it, and its reason."""
    benchmarks: tuple[BenchmarkVerdict, ...]
    subject: str
    alpha: float
    seed: int
    policy_digest: str
    command: str
    """What reproduces it."""
    policy_file: str = "gate.yaml"
    notes: tuple[str, ...] = ()
    seconds: float | None = None
    schema_version: int = field(default=SCHEMA)

    @property
    def cost(self) -> float | None:
        """US dollars of all candidates; None where one is unknown."""
        costs = [bench.cost for bench in self.benchmarks]
        return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)

    def as_json(self) -> dict[str, Any]:
        """The stable form; `schema_version` changes with it."""
        return {**asdict(self), "cost": self.cost}
