"""The decision of a gate: one value that all reports render."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from mmeval.stats.paired import Difference

__all__ = ["EXIT_CODES", "BenchmarkVerdict", "Decision", "Flip", "GuardResult", "Unit", "Verdict"]

SCHEMA = 2
"""2: `summary` was called `headline`."""
Unit = Literal["share", "s", "$"]
Decision = Literal["pass", "fail", "inconclusive", "not comparable", "incomplete", "budget"]
EXIT_CODES: dict[Decision, int] = {
    "pass": 0,
    "fail": 1,
    "inconclusive": 3,
    "not comparable": 4,
    "incomplete": 5,
    "budget": 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardResult:
    """The result of one guard."""

    rule: str
    decision: Literal["pass", "fail", "inconclusive"]
    """`fail`: shown to be worse than the limit. `inconclusive`: not measured."""
    unit: Unit
    base: float | None
    candidate: float | None
    limit: float
    """Tolerated rise: a difference of shares, else a share of the base's figure."""
    p_value: float | None
    """One-sided p-value of "the rise is within the limit"; None if it was not measured."""
    p_adjusted: float | None = None
    """The p-value, adjusted over all guards of the gated benchmarks (Holm)."""

    @property
    def figures(self) -> tuple[str, str, str]:
        """Base, candidate and limit as text."""
        if self.unit == "share":
            base, candidate = ("n/a" if x is None else f"{x:.1%}" for x in (self.base, self.candidate))
            return base, candidate, f"+{100 * self.limit:g} pp"
        base, candidate = ("n/a" if x is None else f"{x:.3g} {self.unit}" for x in (self.base, self.candidate))
        return base, candidate, f"+{100 * self.limit:g} %"

    @property
    def outcome(self) -> str:
        """What was found, with the p-value that decided."""
        if self.p_value is None:
            old = self.base is None
            return f"not measured in the {'baseline; run it again and accept it' if old else 'candidate'}"
        p = self.p_value if self.p_adjusted is None else self.p_adjusted
        return f"{'worse' if self.decision == 'fail' else 'not shown to be worse'} (p = {p:.2g})"

    @property
    def text(self) -> str:
        """All of it in one line."""
        base, candidate, limit = self.figures
        return f"{self.rule} {base} -> {candidate}, limit {limit}: {self.outcome}"


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
    public: bool = True
    """Whether the licence lets the question be published, as in a comment on a pull request."""


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
        made = {**asdict(self), "cost": self.cost}
        for bench, found in zip(made["benchmarks"], self.benchmarks, strict=True):
            bench["guards"] = [{**asdict(guard), "text": guard.text} for guard in found.guards]
        return made
