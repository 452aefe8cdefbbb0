"""`run.json`: the settings that identify a run, and what the run measured."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from mmeval.store.statuses import OPEN
from mmeval.types import Estimate, Status, Want

SCHEMA = 2
RunStatus = Literal["running", "complete", "partial", "failed", "cancelled"]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spec(_Stored):
    """Everything that determines what a run asks and how it scores; its digest names the run folder."""

    model: str
    """`provider/model`."""
    benchmark: str
    version: str
    variant: str = ""
    """`blind`, `shuffled-image`, ...; empty for the plain benchmark."""
    profile: str
    judge: str | None = None
    judge_digest: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    """Generation options after defaults are filled in, nulls included."""
    endpoint: str
    epochs: int = 1
    limit: int | None = None
    seed: int = 0
    shard: str | None = None
    subset: str | None = None
    """Digest of the sample ids, if only some samples were selected."""
    definition_digest: str
    adapter_digest: str
    scorer: str
    """Identity of the scoring rule: name, parameters, profile, version."""
    data: dict[str, Any] = Field(default_factory=dict)
    """The data source's description of itself: id, revision, split, digests."""
    media_policy: dict[str, Any] = Field(default_factory=dict)
    recipe: str | None = None
    """`NAME#DIGEST`, the recipe that was followed and the digest of what it sets in this run; None: none was."""
    want: Want | None = None
    """What a reply had to hold; None: not recorded, as by earlier versions and other tools."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields. Pydantic would keep what was derived from the old ones, and their digest."""
        made = super().model_copy(update=update, deep=deep)
        for name in made.__dict__.keys() - type(self).model_fields.keys():
            del made.__dict__[name]
        return made

    @property
    def recipe_name(self) -> str | None:
        """The recipe without its digest."""
        return None if self.recipe is None else self.recipe.partition("#")[0]

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """All fields as JSON values."""
        return self.model_dump(mode="json")

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical JSON, hexadecimal, without keys that came later and decide nothing.

        A run without a recipe is named as before there were any; what it wants follows from its benchmark and variant.
        """
        left_out = {"want"} if self.recipe else {"want", "recipe"}
        told = {key: value for key, value in self.plain.items() if key not in left_out}
        return hashlib.sha256(canonical(told)).hexdigest()


class Number(_Stored):
    """A stored Estimate."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95
    few_clusters: bool = False

    @classmethod
    def of(cls, estimate: Estimate) -> Number:
        """The stored form of an estimate."""
        return cls(**asdict(estimate))


class Bounds(_Stored):
    """What the headline could be if all that is missing had been measured."""

    missing: int
    """Records without a score that counts."""
    wrong: Number | None = None
    """The headline with every missing record counted as wrong: as bad as it can be. None: it cannot be bounded."""
    right: Number | None = None
    """With every missing record counted as right."""


class Totals(_Stored):
    """Tokens, money and time of a run over all its processes, also killed ones; None = unknown, never 0.

    Requests that were in flight when a process was killed are missing. So are the tokens of empty replies that were
    asked again at once.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    judge_tokens: int | None = None
    judge_cost: float | None = None
    requests: int = 0
    retries: int = 0
    cached: int = 0
    wall_s: float = 0.0


class Measures(_Stored):
    """Speed and price of a run, stored beside a baseline because a baseline has no journal."""

    latency_p95: float | None = None
    """Seconds, over the replies that a model gave; cached replies are left out."""
    cost_per_sample: float | None = None
    """US dollars; None = unknown."""
    latency_s: dict[str, float] = {}
    """Seconds by sample, a mean over its epochs; cached replies are left out. Older baselines have none."""
    cost: dict[str, float] = {}
    """US dollars by sample, a mean over its epochs; samples whose price is unknown are left out."""


@dataclass(slots=True)
class Summary:
    """What the records of a run add up to: the measured part of run.json."""

    counts: Counter[Status] = field(default_factory=Counter)
    """Records by status."""
    unparsed: int = 0
    """Records with a score but without an answer."""
    measured: int = 0
    """Records with a score from a scorer or judge."""
    damaged: int = 0
    """Lines of the journal that cannot be read."""
    samples_digest: str | None = None
    """sha256 of the sorted sample ids."""
    scores_digest: str | None = None
    """sha256 of scores.csv."""
    metrics: dict[str, Number] = field(default_factory=dict)
    excluded: Number | None = None
    bounds: Bounds | None = None
    totals: Totals = field(default_factory=Totals)
    """Without the wall time, which is the runner's to add. Requests and retries are those that records name."""
    models: Counter[str] = field(default_factory=Counter)
    """Replies by the model id that the provider reported."""

    @property
    def failed(self) -> int:
        """Samples without a result that another attempt may bring."""
        return sum(self.counts[status] for status in OPEN)


ERROR_RATES = ("wer", "mer")
"""Metrics of runs that do not say whether lower is better."""


class RunInfo(_Stored):
    """`run.json`."""

    schema_version: Literal[2] = 2
    status: RunStatus
    spec: Spec
    provenance: dict[str, Any] = Field(default_factory=dict)
    """Versions, git, environment, argv, times; see `mmeval.provenance`."""
    samples_digest: str | None = None
    """Digest of the sorted sample ids: the name of the file under `_samples/`."""
    scores_digest: str | None = None
    """sha256 of scores.csv as the run left it; None if mmeval did not make the run."""
    planned: int = 0
    counts: dict[Status, int] = Field(default_factory=dict)
    unparsed: int = 0
    metrics: dict[str, Number] = Field(default_factory=dict)
    """The headline under the name in `primary_metric`, sub-scores as `name/slice`."""
    reason: str | None = None
    """Why the run is not complete or has no metrics, in one line."""
    primary_metric: str = ""
    scale: float = 100.0
    """Factor with which the metrics are shown."""
    lower_is_better: bool | None = None
    """Whether the scores are error rates; None in runs that do not say so, where the metric's name tells."""
    excluded: Number | None = None
    """The headline without the failures that count as zero in it; both numbers are always stored."""
    bounds: Bounds | None = None
    """The headline with what is missing counted; None if nothing is missing, or in runs of mmeval 0.1."""
    totals: Totals = Totals()
    throttle: dict[str, Any] = Field(default_factory=dict)
    origin: Literal["mmeval", "third-party"] = "mmeval"

    @property
    def wrong(self) -> float:
        """The score of a sample that is wrong: 0, or 1 where lower is better."""
        return float(self.primary_metric in ERROR_RATES if self.lower_is_better is None else self.lower_is_better)

    @property
    def ended(self) -> float:
        """Unix time of the last thing that is known to have happened to the run; 0 if nothing is."""
        times = [self.provenance.get(name) for name in ("start", "end", "rescored_at")]
        return max((float(time) for time in times if isinstance(time, int | float)), default=0.0)

    def summarised(
        self, summary: Summary, *, status: RunStatus, reason: str | None, totals: Mapping[str, Any], **changes: Any
    ) -> RunInfo:
        """This info with what the records of a run add up to.

        Args:
            summary: of the records.
            status: how the run ended.
            reason: why it is not complete; None if it is.
            totals: `requests`, `retries` and `wall_s`, which the records do not hold.
            **changes: further fields; `provenance` is added to what is here.
        """
        return self.model_copy(
            update={
                **changes,
                "status": status,
                "reason": reason,
                "provenance": {**self.provenance, **changes.get("provenance", {})},
                "samples_digest": summary.samples_digest,
                "scores_digest": summary.scores_digest,
                "counts": dict(summary.counts),
                "unparsed": summary.unparsed,
                "metrics": summary.metrics,
                "excluded": summary.excluded,
                "bounds": summary.bounds,
                "totals": summary.totals.model_copy(update=dict(totals)),
            }
        )


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, as UTF-8: the input of digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )
