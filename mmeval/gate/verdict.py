"""The decision of a gate: one value that all reports render."""

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
    """The result of one guard."""

    rule: str
    decision: Literal["pass", "fail", "inconclusive"]
    text: str
    """Both figures and the limit."""


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
    """Paths of thumbnails on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkVerdict:
    """The verdict on one benchmark."""

    name: str
    tier: str
    decision: Decision
    reasons: tuple[str, ...]
    """Sentences, the decisive one first."""
    tag: str | None = None
    """`improved`, `worse within margin` or `stopped early`."""
    margin: float = 0.0
    base: float | None = None
    """Mean score over the pairs, 0 to 1."""
    candidate: float | None = None
    difference: Difference | None = None
    p_adjusted: float | None = None
    """p-value of "no drop", adjusted over the gated benchmarks (Holm)."""
    planned: int = 0
    """Samples of the baseline that the gate compares."""
    unmeasured: int = 0
    asked: int = 0
    """Samples that the candidate has."""
    proven_after: int | None = None
    """Samples after which a regression was proven and the run stopped."""
    detectable: float | None = None
    """True drop that this comparison detects with probability 80 %."""
    needed: int | None = None
    """Pairs to pass with probability 80 % at this difference; None if it is beyond the margin."""
    guards: tuple[GuardResult, ...] = ()
    flips: tuple[Flip, ...] = ()
    """At most 50 losses, the largest first, then at most 50 gains."""
    base_run: str | None = None
    candidate_run: str | None = None
    base_model: str | None = None
    candidate_model: str | None = None
    cost: float | None = None
    """US dollars that the candidate cost; None = unknown."""

    @property
    def gated(self) -> bool:
        """Whether this benchmark can fail the gate."""
        return self.tier != "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict of a gate."""

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
    """The command that made the verdict."""
    policy_file: str = "gate.yaml"
    notes: tuple[str, ...] = ()
    seconds: float | None = None
    schema_version: int = field(default=SCHEMA)

    @property
    def cost(self) -> float | None:
        """US dollars over all benchmarks; None if the cost of one is unknown."""
        costs = [bench.cost for bench in self.benchmarks]
        return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)

    def as_json(self) -> dict[str, Any]:
        """The content of gate.json; `schema_version` changes with its form."""
        return {**asdict(self), "cost": self.cost}
