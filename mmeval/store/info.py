"""`run.json`: what decides a run, and what came of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mmeval.types import Estimate, Status

SCHEMA = 2
RunStatus = Literal["running", "complete", "partial", "failed", "cancelled"]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spec(_Stored):
    """Everything that decides what a run asks and how it scores; its digest names the run folder."""

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
    """Generation options with defaults resolved, nulls included."""
    endpoint: str
    epochs: int = 1
    limit: int | None = None
    seed: int = 0
    shard: str | None = None
    subset: str | None = None
    """Digest of the sample ids, where only some were chosen."""
    definition_digest: str
    adapter_digest: str
    scorer: str
    """Identity of the scoring rule: name, parameters, profile, version."""
    data: dict[str, Any] = Field(default_factory=dict)
    """The source's own description: id, revision, split, digests."""
    media_policy: dict[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()


class Number(_Stored):
    """A stored Estimate."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95

    @classmethod
    def of(cls, estimate: Estimate) -> Number:
        """From the in-memory value."""
        return cls(**asdict(estimate))


class Totals(_Stored):
    """Tokens, money and time of a run; None = unknown, never 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    judge_tokens: int | None = None
    judge_cost: float | None = None
    requests: int = 0
    retries: int = 0
    cached: int = 0
    wall_s: float = 0.0


class RunInfo(_Stored):
    """`run.json`."""

    schema_version: Literal[2] = 2
    status: RunStatus
    spec: Spec
    provenance: dict[str, Any] = Field(default_factory=dict)
    """Versions, git, environment, argv, one rendered example, times."""
    samples_digest: str | None = None
    """Digest of the sorted sample ids: the name of the file under `_samples/`."""
    scores_digest: str | None = None
    """sha256 of scores.csv as the run left it; None where the run was not made by mmeval."""
    planned: int = 0
    counts: dict[Status, int] = Field(default_factory=dict)
    unparsed: int = 0
    metrics: dict[str, Number] = Field(default_factory=dict)
    """Headline under the metric's own name, sub-scores as `name/slice`."""
    reason: str | None = None
    """Why the run is not complete, in one line."""
    primary_metric: str = ""
    excluded: Number | None = None
    """The headline with failures that count as zero left out instead: both numbers are always here."""
    totals: Totals = Totals()
    throttle: dict[str, Any] = Field(default_factory=dict)
    origin: Literal["mmeval", "third-party"] = "mmeval"


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, for digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )
