"""Facts about benchmarks and models, from their definitions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmeval.catalog import Catalog, Definition
from mmeval.data import Variant, varied
from mmeval.definitions import Benchmark
from mmeval.errors import CatalogError, MMEvalError, in_plain_words
from mmeval.types import JSON

Reference = Literal["random", "majority", "blind", "human", "baseline"]
PARTS = ("encoder", "input_projector", "llm", "output_projector", "generator")
"""The five parts of a multimodal LLM, in the order of data flow."""
DESCRIBED = "baseline/described:"
"""Start of the names of models that answer from their own descriptions of the pictures: material for a diagnosis."""


class Price(BaseModel):
    """US dollars per million tokens; None = unknown."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    input: float | None = None
    output: float | None = None
    cached_input: float | None = None
    batch_input: float | None = None
    batch_output: float | None = None


class ModelCard(BaseModel):
    """Facts about a model from `adapters/models.toml`; None or empty = unknown."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str
    title: str = ""
    organization: str | None = None
    released: datetime.date | None = None
    cutoff: datetime.date | None = None
    """The last day of its training data."""
    open: bool | None = None
    parameters: float | None = Field(default=None, gt=0)
    """Billions."""
    parts: dict[str, str] = Field(default_factory=dict)
    license: str | None = None
    """Of its weights."""
    context: int | None = Field(default=None, gt=0)
    """Most tokens of prompt and reply."""
    modalities: tuple[str, ...] = ()
    price: Price = Price()
    price_date: datetime.date | None = None
    url: str | None = None
    reference: Reference | None = None
    """The kind of reference row; None for a model."""

    @property
    def label(self) -> str:
        """The title, or the name if it has none."""
        return self.title or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkCard:
    """Facts about a benchmark; `known` is False if its definition was not found or cannot be loaded."""

    name: str
    title: str
    group: str
    known: bool = False
    version: str = ""
    about: str = ""
    metric_about: str = ""
    higher_is_better: bool | None = None
    low: float = 0.0
    high: float = 1.0
    scale: float = 100.0
    chance: float | None = None
    license: str | None = None
    url: str | None = None
    paper: str | None = None
    rows: int | None = None
    released: datetime.date | None = None
    labels: str = "public"
    redistribute: bool = False
    profile: str = ""
    scorer: str = ""
    system: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    cluster: str | None = None
    policy: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, JSON] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    digest: str = ""
    definition: Benchmark | None = None
    error: str = ""
    """Why its definition cannot be loaded."""

    def share(self, value: float) -> float:
        """A headline as a share of the metric's range: 0 at its low end, 1 at its high end."""
        return (value - self.low) / ((self.high - self.low) or 1.0)


def benchmark_card(name: str, catalog: Catalog = Catalog()) -> BenchmarkCard:
    """The card of one benchmark; a bare one if its definition is not found or cannot be loaded."""
    found = catalog.benchmarks().get(name)
    bare = BenchmarkCard(name=name, title=name, group="other")
    if found is None:
        return bare
    try:
        return _card(found, catalog.benchmark(name))
    except MMEvalError as error:
        return replace(bare, error=str(error))


def _card(found: Definition, made: Benchmark) -> BenchmarkCard:
    metric = made.metric
    return BenchmarkCard(
        name=made.name,
        title=made.title,
        group=found.path.parent.name,
        known=True,
        version=made.version,
        about=made.about,
        metric_about=metric.about,
        higher_is_better=metric.higher_is_better,
        low=metric.low,
        high=metric.high,
        scale=metric.scale,
        chance=made.chance,
        license=made.license,
        url=made.url,
        paper=made.paper,
        rows=made.rows,
        released=made.released,
        labels=made.labels,
        redistribute=made.redistribute,
        profile=made.profile,
        scorer=made.score.name,
        system=made.system,
        max_tokens=made.max_tokens,
        temperature=made.temperature,
        cluster=made.cluster,
        policy={str(status): str(rule) for status, rule in made.policy.items()},
        source=dict(made.data.describe()),
        tags=made.tags,
        digest=found.digest,
        definition=made,
    )


def asked_as(card: BenchmarkCard, variant: str) -> BenchmarkCard:
    """The card with the metric of a variant."""
    if card.definition is None:
        return card
    return replace(card, definition=varied(card.definition, Variant.of(variant)))


def model_cards(names: Sequence[str], catalog: Catalog = Catalog()) -> dict[str, ModelCard]:
    """A card for every name; raises CatalogError that names the model and the wrong field."""
    tables = catalog.model_cards()
    return {name: model_card(name, tables.get(name, {})) for name in names}


def model_card(name: str, table: Mapping[str, Any]) -> ModelCard:
    """One card from its table."""
    facts = {"reference": reference(name), "title": reference_title(name), **table, "name": name}
    try:
        return ModelCard.model_validate(facts)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CatalogError(f"models.toml: {name}: {where}: {in_plain_words(first['msg'])}") from None


def reference_title(name: str) -> str:
    """Such as `Random` or `Blind gpt-4o`; empty for a model."""
    kind, _, rest = name.partition("/")[2].partition(":")
    return f"{kind.capitalize()} {rest.rpartition('/')[2]}".strip() if reference(name) else ""


def reference(name: str) -> Reference | None:
    """The kind of reference row that a model name stands for; None for a model."""
    provider, _, model = name.partition("/")
    if provider == "human":
        return "human"
    if provider != "baseline":
        return None
    kind = model.partition(":")[0]
    known: dict[str, Reference] = {"random": "random", "majority": "majority", "first": "majority", "blind": "blind"}
    return known.get(kind, "baseline")
