"""`gate.yaml`: what is gated, how large a drop is tolerated, and what to do when the evidence is thin."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from mmeval.comparable import Subject
from mmeval.errors import UsageError
from mmeval.store import canonical

__all__ = [
    "Baseline", "Bench", "Budget", "EarlyFail", "Errors", "Extend", "Guards", "Policy", "Tier", "read_policy",
    "schema",
]  # fmt: skip

Tier = Literal["critical", "supporting", "advisory"]
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
    """Where the runs are that the candidate is compared with."""

    path: Path = Field(
        default=Path("results/baselines"), description="folder of baseline runs, as `mmeval gate accept` fills"
    )
    ref: str | None = Field(default=None, description="read that folder at this git ref, e.g. origin/main")
    mode: Literal["stored", "control", "rerun"] = Field(
        default="stored",
        description="stored: as committed; control: ask some baseline items again to tell drift of the provider from "
        "your change; rerun: ask the whole baseline again",
    )
    control: int = Field(default=50, ge=10, description="how many samples mode control asks again")


class EarlyFail(_Strict):
    """Stop asking once a regression is proven."""

    enabled: bool = Field(default=True, description="false asks everything before deciding")
    against: Literal["margin", "zero"] = Field(
        default="margin",
        description="margin: proof that the drop exceeds the margin, which can never contradict a pass; zero: proof of "
        "any drop, sooner",
    )
    alpha: float = Field(default=0.01, gt=0, lt=0.5, description="chance of a false alarm over all looks together")


class Errors(_Strict):
    """Samples without a measurement: they are never counted as wrong."""

    max_rate: float = Field(
        default=0.02, ge=0, lt=1, description="above this share of unmeasured samples nothing is decided"
    )
    overlap: float = Field(default=0.95, gt=0, le=1, description="share of sample ids that both runs must have")
    treat_missing: Literal["bound", "ignore"] = Field(
        default="bound", description="bound: the decision must hold whatever the unmeasured samples would have scored"
    )


class Extend(_Strict):
    """What to ask more, once, when the first look is inconclusive; each look then has half of alpha."""

    factor: float = Field(default=2.0, gt=1, le=10, description="samples of the second look over those of the first")


class Budget(_Strict):
    """Where to stop spending: exit code 6."""

    usd: float | None = Field(default=None, gt=0, description="US dollars")
    samples: int | None = Field(default=None, gt=0, description="samples asked, over all benchmarks")
    minutes: float | None = Field(default=None, gt=0, description="wall clock")


class Guards(_Strict):
    """Rules beside the score; a rise above the figure fails, rates only when it is significant as well."""

    latency_p95: Share | None = Field(default=None, description="e.g. +20%")
    cost_per_sample: Share | None = Field(default=None, description="e.g. +15%")
    refusal_rate: Points | None = Field(default=None, description="refused, filtered or empty; e.g. +1pp")
    truncation_rate: Points | None = Field(default=None, description="cut at the token limit; e.g. +1pp")
    parse_failure: Points | None = Field(default=None, description="replies without an answer; e.g. +1pp")
    error_rate: Points | None = Field(default=None, description="unmeasured samples; e.g. +1pp")


class Bench(_Strict):
    """One gated benchmark."""

    tier: Tier = Field(
        default="supporting", description="critical and supporting can fail the gate, advisory never does"
    )
    margin: float = Field(
        default=0.03, gt=0, lt=1, description="largest drop of the mean score that is tolerated, 0.03 = 3 pp"
    )
    relative_margin: float | None = Field(
        default=None, gt=0, lt=1, description="of the baseline's score, where that is below relative_below"
    )
    relative_below: float = Field(
        default=0.2, gt=0, le=1, description="baseline score below which relative_margin holds"
    )
    n: int | None = Field(default=None, ge=2, description="ask only this many of the baseline's samples, drawn by seed")
    unit: Literal["sample", "cluster"] = Field(
        default="sample",
        description="cluster: a cluster is right when all its samples are (circular evaluation, pairs)",
    )
    model: str | None = Field(default=None, description="PROVIDER/MODEL of the baseline, where several are stored")
    guards: Guards | None = Field(default=None, description="instead of the gate's own")


class Policy(_Strict):
    """The whole file."""

    version: Literal[1] = Field(description="of this format")
    name: str = Field(
        default="gate", pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$", description="tells several gates apart"
    )
    subject: Subject = Field(default="model", description="what the change is about: the only thing that may differ")
    model: str | None = Field(default=None, description="PROVIDER/MODEL of the candidate; `-m` wins")
    options: dict[str, Any] = Field(default_factory=dict, description="adapter options of the candidate")
    baseline: Baseline = Baseline()
    alpha: float = Field(
        default=0.05, gt=0, lt=0.5, description="chance of a false pass per benchmark, and of a false fail"
    )
    early_fail: EarlyFail = EarlyFail()
    errors: Errors = Errors()
    on_inconclusive: Literal["pass", "warn", "fail", "extend"] = Field(
        default="warn", description="pass and warn end with 0, fail with 3; extend asks more once, then warns"
    )
    extend: Extend = Extend()
    epochs: int = Field(default=1, ge=1, description="replies per sample")
    seed: int = Field(default=0, description="of the order of samples and of every draw")
    budget: Budget = Budget()
    defaults: dict[str, Any] = Field(default_factory=dict, description="fields of every benchmark that lacks them")
    guards: Guards = Guards()
    benchmarks: dict[str, Bench] = Field(min_length=1, description="by name")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        """Put the defaults into every benchmark before its fields are checked."""
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
        """Alpha of one look: half where a second one is allowed."""
        return self.alpha / 2 if self.on_inconclusive == "extend" else self.alpha

    def guards_of(self, name: str) -> Guards:
        """The rules beside the score of one benchmark."""
        return self.benchmarks[name].guards or self.guards


def read_policy(file: Path) -> Policy:
    """Read a gate.yaml.

    Raises:
        UsageError: one line with the file, the key, and the nearest key where one is unknown.
    """
    import yaml

    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; docs/gate.md has one to copy") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, Mapping):
        raise UsageError(f"{file}: expected keys such as version, benchmarks; found {type(data).__name__}")
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{file}: {_first(error)}") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        close = difflib.get_close_matches(key, _keys(Policy), n=1, cutoff=0.5)
        return f"unknown key {where!r}" + (f"; did you mean {close[0]}?" if close else "")
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" + ("" if isinstance(first["input"], Mapping) else f" (got {first['input']!r})")


def _keys(model: type[BaseModel]) -> list[str]:
    found: list[str] = []
    for part in (model, Baseline, EarlyFail, Errors, Extend, Budget, Guards, Bench):
        found += part.model_fields
    return found


def schema() -> dict[str, Any]:
    """JSON schema of gate.yaml, for editors; docs/gate.schema.json is this."""
    made = Policy.model_json_schema()
    bench = made["$defs"]["Bench"]
    # A benchmark may stand without settings, and `defaults` has the same keys.
    made["properties"]["benchmarks"]["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Bench"}, {"type": "null"}]}
    made["properties"]["defaults"] = {**bench, "title": "Defaults"}
    for name in ("latency_p95", "cost_per_sample", "refusal_rate", "truncation_rate", "parse_failure", "error_rate"):
        made["$defs"]["Guards"]["properties"][name]["anyOf"].append({"type": "string"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
