"""`gate.yaml`: which benchmarks are gated, which drops are tolerated, and what to do with too little evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from mmeval.comparable import Subject
from mmeval.documents import read_yaml
from mmeval.errors import UsageError, in_plain_words, nearest
from mmeval.store import canonical

__all__ = [
    "Baseline", "Bench", "Budget", "EarlyFail", "Errors", "Extend", "Guards", "Policy", "Tier", "read_policy",
    "schema",
]  # fmt: skip

Tier = Literal["critical", "supporting", "advisory"]
FOR_GUARDS = 0.2
"""Share of alpha that a gate with guards spends on them; the rest is for its scores."""
AMOUNT = re.compile(r"\+?(\d+(?:\.\d+)?)\s*(%|pp)")


def _amount(unit: str) -> Any:
    def parse(value: object) -> object:
        if value is None or isinstance(value, float | int):
            return value
        found = AMOUNT.fullmatch(str(value).strip())
        if found is None or found[2] != unit:
            raise ValueError(f"expected a rise such as +{'20%' if unit == '%' else '1pp'}")
        return float(found[1]) / 100

    return BeforeValidator(parse)


Points = Annotated[float, Field(ge=0, le=1), _amount("pp")]
Share = Annotated[float, Field(ge=0), _amount("%")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Baseline(_Strict):
    """The runs that the candidate is compared with."""

    path: Path = Field(
        default=Path("results/baselines"), description="folder of baseline runs, written by `mmeval gate accept`"
    )
    ref: str | None = Field(default=None, description="read the folder at this git ref, e.g. origin/main")
    mode: Literal["stored", "control", "rerun"] = Field(
        default="stored",
        description="stored: as committed; control: run some baseline samples again, to tell drift of the provider "
        "from your change; rerun: run the whole baseline again",
    )
    control: int = Field(default=50, ge=10, description="number of samples that mode control runs again")


class EarlyFail(_Strict):
    """Stop the run as soon as a regression is proven."""

    enabled: bool = Field(default=True, description="false: decide only after all samples")
    against: Literal["margin", "zero"] = Field(
        default="margin",
        description="margin: stop when the drop is proven to exceed the margin, which never contradicts a pass; zero: "
        "stop when any drop is proven, which is sooner",
    )
    alpha: float = Field(default=0.01, gt=0, lt=0.5, description="probability of a false alarm over the whole run")


class Errors(_Strict):
    """How to treat samples that were not measured; they never count as wrong."""

    max_rate: float = Field(
        default=0.02, ge=0, lt=1, description="with a larger share of unmeasured samples, the verdict is INCOMPLETE"
    )
    overlap: float = Field(default=0.95, gt=0, le=1, description="share of sample ids that must be in both runs")
    treat_missing: Literal["bound", "ignore"] = Field(
        default="bound",
        description="bound: the decision must hold for any scores of the unmeasured samples; ignore: leave them out",
    )


class Extend(_Strict):
    """The second look after an inconclusive first one; each look then uses half of alpha."""

    factor: float = Field(default=2.0, gt=1, le=10, description="samples of the second look, as a multiple of `n`")


class Budget(_Strict):
    """Limits of the gate; it stops at the first one with exit code 6."""

    usd: float | None = Field(default=None, gt=0, description="US dollars")
    samples: int | None = Field(default=None, gt=0, description="samples, over all benchmarks")
    minutes: float | None = Field(default=None, gt=0, description="minutes of wall time")


class Guards(_Strict):
    """Limits on other figures than the score: a rise fails if it is shown to be larger than its limit."""

    latency_p95: Share | None = Field(default=None, description="e.g. +20%")
    cost_per_sample: Share | None = Field(default=None, description="e.g. +15%")
    refusal_rate: Points | None = Field(
        default=None, description="replies that are refused, filtered or empty; e.g. +1pp"
    )
    truncation_rate: Points | None = Field(default=None, description="replies cut off at the token limit; e.g. +1pp")
    parse_failure: Points | None = Field(default=None, description="replies in which no answer was found; e.g. +1pp")
    error_rate: Points | None = Field(default=None, description="unmeasured samples; e.g. +1pp")


class Bench(_Strict):
    """One gated benchmark."""

    tier: Tier = Field(
        default="supporting",
        description="critical and supporting benchmarks can fail the gate, advisory ones are only shown",
    )
    margin: float = Field(
        default=0.03, gt=0, lt=1, description="largest tolerated drop of the mean score; 0.03 is 3 points"
    )
    relative_margin: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="margin as a share of the baseline's score, if that score is below relative_below",
    )
    relative_below: float = Field(
        default=0.2, gt=0, le=1, description="baseline score below which relative_margin applies"
    )
    n: int | None = Field(default=None, ge=2, description="use only this many samples of the baseline, drawn by `seed`")
    ids: Path | None = Field(
        default=None, description="use only the samples that this file names; `mmeval gate subset` writes one"
    )
    unit: Literal["sample", "cluster"] = Field(
        default="sample",
        description="cluster: a cluster is right if all its samples are (circular evaluation, pairs)",
    )
    model: str | None = Field(
        default=None, description="PROVIDER/MODEL of the baseline, if baselines of several models are stored"
    )
    guards: Guards | None = Field(default=None, description="replaces the guards of the gate")


class Policy(_Strict):
    """The content of gate.yaml."""

    version: Literal[1] = Field(description="version of this format")
    name: str = Field(
        default="gate",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$",
        description="distinguishes several gates of a repository",
    )
    subject: Subject = Field(
        default="model", description="what the change is about; runs that differ in anything else are not comparable"
    )
    model: str | None = Field(default=None, description="PROVIDER/MODEL of the candidate; `-m` takes precedence")
    options: dict[str, Any] = Field(default_factory=dict, description="adapter options of the candidate")
    baseline: Baseline = Baseline()
    alpha: float = Field(
        default=0.05,
        gt=0,
        lt=0.5,
        description="probability of a false pass per benchmark, and of a false fail over all",
    )
    early_fail: EarlyFail = EarlyFail()
    errors: Errors = Errors()
    on_inconclusive: Literal["pass", "warn", "fail", "extend"] = Field(
        default="warn", description="exit code: pass and warn 0, fail 3; extend takes a second look, then warns"
    )
    extend: Extend = Extend()
    epochs: int = Field(default=1, ge=1, description="replies per sample")
    seed: int = Field(default=0, description="seed of the sample order and of all random draws")
    budget: Budget = Budget()
    defaults: dict[str, Any] = Field(default_factory=dict, description="default fields of every benchmark")
    guards: Guards = Guards()
    benchmarks: dict[str, Bench] = Field(min_length=1, description="the gated benchmarks by name")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        """Apply `defaults` to every benchmark before its fields are validated."""
        if not isinstance(data, Mapping) or not isinstance(data.get("benchmarks"), Mapping):
            return data
        defaults = data.get("defaults") or {}
        if not isinstance(defaults, Mapping):
            return data
        filled = {
            name: {**defaults, **(entry or {})} if entry is None or isinstance(entry, Mapping) else entry
            for name, entry in data["benchmarks"].items()
        }
        return {**data, "benchmarks": filled}

    @property
    def digest(self) -> str:
        """sha256 over the whole policy, hexadecimal."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()

    @property
    def look(self) -> float:
        """Alpha of one look: half of `alpha` if there may be a second one."""
        return self.alpha / 2 if self.on_inconclusive == "extend" else self.alpha

    @property
    def gated(self) -> list[str]:
        """The benchmarks that can fail the gate."""
        return [name for name, bench in self.benchmarks.items() if bench.tier != "advisory"]

    @property
    def guarded(self) -> bool:
        """Whether a guard can fail the gate."""
        return any(self.guards_of(name) != Guards() for name in self.gated)

    @property
    def score_alpha(self) -> float:
        """Probability of a false FAIL by all scores of one look."""
        return self.look * (1 - FOR_GUARDS) if self.guarded else self.look

    @property
    def guard_alpha(self) -> float:
        """Probability of a false FAIL by all guards of one look."""
        return self.look * FOR_GUARDS

    def guards_of(self, name: str) -> Guards:
        """The guards of one benchmark."""
        return self.benchmarks[name].guards or self.guards


def read_policy(file: Path) -> Policy:
    """Read a gate.yaml.

    Raises:
        UsageError: the file cannot be read or a value is wrong; names the file, the key, and for an unknown key the
            nearest one.
    """
    if not file.exists():
        raise UsageError(f"{file}: no such file; `mmeval new gate NAME` writes one")
    data = read_yaml(file, UsageError)
    if not isinstance(data, Mapping):
        raise UsageError(f"{file}: expected keys such as version and benchmarks, found {type(data).__name__}")
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{file}: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        return f"unknown key {where!r}{nearest(key, _keys())}"
    message = in_plain_words(first["msg"])
    return f"{where}: {message}" + ("" if isinstance(first["input"], Mapping) else f" (got {first['input']!r})")


def _keys() -> list[str]:
    parts = (Policy, Baseline, EarlyFail, Errors, Extend, Budget, Guards, Bench)
    return [key for part in parts for key in part.model_fields]


def schema() -> dict[str, Any]:
    """The JSON schema of gate.yaml for editors, stored as docs/gate.schema.json."""
    made = Policy.model_json_schema()
    bench = made["$defs"]["Bench"]
    # A benchmark may have no settings, and `defaults` has the same keys as a benchmark.
    made["properties"]["benchmarks"]["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Bench"}, {"type": "null"}]}
    made["properties"]["defaults"] = {**bench, "title": "Defaults"}
    for name in ("latency_p95", "cost_per_sample", "refusal_rate", "truncation_rate", "parse_failure", "error_rate"):
        made["$defs"]["Guards"]["properties"][name]["anyOf"].append({"type": "string"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
