"""Models to ask: found by name, with their options and the recipe that they follow; nothing is connected yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mmeval import store
from mmeval.catalog import Definition
from mmeval.definitions import (
    Adapter,
    Benchmark,
    Capabilities,
    NeedsSamples,
    NormalizesOptions,
    Options,
    capabilities_of,
)
from mmeval.engine.budget import Price
from mmeval.engine.cache import Identity
from mmeval.engine.options import Settings, public, resolve, split_model
from mmeval.errors import UsageError
from mmeval.runner.recipe import COORDINATES, Following, follow

__all__ = ["Model", "ModelSpec", "asked_for", "check_recipe", "has_option", "model"]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model to ask, with options of its own, which win over the options of all models."""

    name: str
    """`provider/model`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    recipe: str | None = None
    """To follow instead of the one of all models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model with its options for one benchmark; nothing is connected yet."""

    name: str
    make: Callable[[], Adapter]
    connection: bytes
    """Names everything that is fixed when the adapter connects; models with the same one share it."""
    needs_samples: bool
    """Whether the adapter has to see the samples of a benchmark, so that no two benchmarks can share it."""
    capabilities: Capabilities
    options: Options
    identity: Identity
    definition: Definition
    """The adapter's file."""
    price: Price
    card: Mapping[str, Any]


def model(name: str, settings: Settings, given: Mapping[str, Any], benchmark: Benchmark | None) -> Model:
    """Find an adapter and resolve its options; imports no SDK.

    Raises:
        UsageError: the provider or an option is unknown.
    """
    provider, inner = split_model(name)
    adapter = settings.catalog.adapter(provider)
    capabilities = capabilities_of(adapter, inner)
    options = resolve(capabilities, given, benchmark=benchmark, adapter=provider)
    card = settings.catalog.model_cards().get(name, {})
    made = adapter(inner, options)
    if isinstance(made, NormalizesOptions):
        options = made.normalize_options(options)
    identity = Identity(
        adapter=provider,
        adapter_version=capabilities.version,
        endpoint=made.endpoint,
        model=inner,
        options=public(options, capabilities),
    )
    return Model(
        name=name,
        make=lambda: adapter(inner, options),
        connection=_connection(identity, options, capabilities),
        needs_samples=isinstance(made, NeedsSamples),
        capabilities=capabilities,
        options=options,
        identity=identity,
        definition=settings.catalog.definition("adapters", provider),
        price=Price.of(card, batch=settings.batch),
        card=card,
    )


def has_option(name: str, key: str, settings: Settings) -> bool:
    """Whether the adapter of a model has an option; raises UsageError if there is no such adapter."""
    return key in options_of(name, settings)


def options_of(name: str, settings: Settings) -> frozenset[str]:
    """The names of the options of a model's adapter; raises UsageError if there is no such adapter."""
    provider, inner = split_model(name)
    found = capabilities_of(settings.catalog.adapter(provider), inner)
    return frozenset(field.name for field in fields(found.options))


def _connection(identity: Identity, options: Options, capabilities: Capabilities) -> bytes:
    per_request = {field.name for field in fields(Options)} | capabilities.request_options
    fixed = {key: value for key, value in asdict(options).items() if key not in per_request}
    return store.canonical([identity.adapter, identity.model, identity.endpoint, fixed])


def asked_for(wanted: ModelSpec, settings: Settings, bench: Benchmark) -> tuple[Model, Following, object]:
    """The model, the recipe that it follows, and how it is said to write coordinates (None: not at all).

    Raises:
        UsageError: the provider, an option or the recipe is unknown, or the model cannot do what the recipe states.
    """
    given = {**settings.options, **wanted.options}
    name = wanted.recipe or settings.recipe
    known = options_of(wanted.name, settings) if name else frozenset[str]()
    followed = follow(name, bench, settings, given, model=wanted.name, known=known)
    for key in followed.given.keys() - known - {COORDINATES}:
        if followed.given[key] is None:  # an option that the recipe sets, the adapter lacks, and the user waives
            given.pop(key, None)
    options = {**followed.options, **given}
    said = options.pop(COORDINATES, None)
    try:
        asked = model(wanted.name, settings, options, bench)
    except UsageError as error:  # an API that lacks an option says so when its adapter is made
        if any(str(error).startswith(f"-o {key}:") for key in followed.options):
            raise UsageError(f"--recipe {name}: {error}") from None
        raise
    return asked, followed.honoured(wanted.name, asdict(asked.options)), said


def check_recipe(benchmark: Benchmark, asked: ModelSpec, settings: Settings) -> None:
    """Raise UsageError if the model cannot do what its recipe states for this benchmark; reads no data."""
    if asked.recipe or settings.recipe:
        asked_for(asked, settings, benchmark)
