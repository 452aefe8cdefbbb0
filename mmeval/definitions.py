"""What a file of `benchmarks/` or `adapters/` declares: Benchmark, Metric, Capabilities, Options, Adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, runtime_checkable

from mmeval.errors import AdapterError
from mmeval.metrics.base import Metric
from mmeval.types import JSON, Modality, Prompt, Reply, Row, Sample, Status

if TYPE_CHECKING:
    from mmeval.scorers import Scorer

Policy = Literal["score", "zero", "exclude"]


class Source(Protocol):
    """Where rows come from; `mmeval.data` has the implementations."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows in their fixed order; raises DataError naming the row and the column."""
        ...

    def describe(self) -> Mapping[str, JSON]:
        """Id, config, split, revision, path, seed: what `run.json` records."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One file of `benchmarks/`. Capabilities without a default are unknown only if None is written."""

    name: str
    version: str
    title: str
    about: str
    data: Source
    to_sample: Callable[[Row], Sample | None]
    """None drops the row (a split or modality that is not part of the benchmark)."""
    score: Scorer
    profile: str
    """Default scoring profile; the file says why."""
    metric: Metric
    cluster: str | None
    """What a cluster is (`image`, `document`, `template`), or None."""
    license: str | None
    url: str | None
    paper: str | None
    rows: int | None
    chance: float | None
    """Expected headline of random answers, in the metric's own range."""
    labels: Literal["public", "hidden", "user-supplied"] = "public"
    redistribute: bool = False
    """Whether the licence lets a site show the media and texts."""
    system: str | None = None
    max_tokens: int | None = None
    temperature: float | None = 0.0
    policy: Mapping[Status, Policy] = field(
        default_factory=lambda: {"truncated": "score", "refused": "zero", "filtered": "zero", "empty": "zero"}
    )
    """What the headline does with a status: score the reply, count 0, or (when absent) leave it out."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Generation options that every adapter has; None = the provider's default."""

    system: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an adapter declares about itself."""

    version: str
    """Part of the cache key: raise it when the same request would be sent differently."""
    inputs: frozenset[Modality]
    options: type[Options]
    outputs: frozenset[Modality] = frozenset({"text"})
    max_images: int | None = None
    max_image_bytes: int | None = None
    max_image_pixels: int | None = None
    max_image_side: tuple[tuple[int, int], ...] = ()
    """Longest side in pixels by number of images in the prompt: (up to this many, pixels), ascending."""
    image_mimes: frozenset[str] = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
    env: str | None = None
    """Environment variable that holds the key."""
    extra: str | None = None
    """`pip install 'mmeval-harness[EXTRA]'`."""
    sdk: str | None = None
    """Distribution whose version is recorded."""
    cacheable: bool = True
    """False where a reply depends on more than the prompt and the options."""
    transport_options: frozenset[str] = frozenset()
    """Option names that cannot change a reply (timeouts, device placement); not in the cache key."""


class Adapter(Protocol):
    """One provider: a file of `adapters/` has `class Adapter(model, options)` of this shape."""

    capabilities: ClassVar[Capabilities]

    def __init__(self, model: str, options: Any) -> None: ...

    @property
    def endpoint(self) -> str:
        """Base URL or `local`; part of the cache key and the unit of rate limiting."""
        ...

    async def connect(self) -> None:
        """Import the SDK, read the key, load weights; raises UsageError with the way out."""
        ...

    async def ask(self, prompt: Prompt, options: Any) -> Reply:
        """Answer one prompt, or raise RetryableError or FatalError."""
        ...

    async def close(self) -> None:
        """Give back connections and memory."""
        ...


@runtime_checkable
class NeedsSamples(Protocol):
    """An adapter that is no model but a reference (random, majority): it reads the samples beforehand."""

    def prepare(self, samples: Iterable[Sample]) -> None:
        """Called once before the first `ask`, with the samples in their order."""
        ...


State = Literal["running", "ended", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """How far a submitted batch is."""

    state: State
    """ended: what there is can be collected, even where some requests failed or expired."""
    done: int = 0
    total: int = 0
    note: str = ""
    """What the provider says about it, in one line."""


@runtime_checkable
class Describes(Protocol):
    """An adapter that knows more about how it answered: device, precision, digest of the weights."""

    def describe(self) -> Mapping[str, JSON]:
        """What `run.json` records under `provenance.adapter`; asked once, after the last reply."""
        ...


@runtime_checkable
class Batches(Protocol):
    """An adapter that can also hand in many prompts at once, for half the price and an answer within a day."""

    batch_requests: ClassVar[int]
    """Prompts in one batch at most."""
    batch_bytes: ClassVar[int]
    """Media and text bytes in one batch at most, before base64."""

    async def submit(self, requests: Sequence[tuple[str, Prompt]], options: Any) -> str:
        """Hand in prompts under keys of at most 64 characters of `[A-Za-z0-9_-]`.

        Returns:
            A handle of one line that another process can poll and collect with.
        """
        ...

    async def poll(self, handle: str) -> BatchState:
        """How far the batch is; raises FatalError when the provider does not know it any more."""
        ...

    def collect(self, handle: str) -> AsyncIterator[tuple[str, Reply | AdapterError]]:
        """The replies and failures by key, in any order; keys that are missing were not answered."""
        ...


@runtime_checkable
class NormalizesOptions(Protocol):
    """An adapter that knows which options its model or API refuses, or wants."""

    def sent(self, options: Any) -> Any:
        """The options as they will be sent; recorded with the run, and part of the cache key."""
        ...


class FindsAdapters(Protocol):
    """The part of `mmeval.catalog.Catalog` that an adapter may use."""

    def adapter(self, provider: str) -> type[Adapter]:
        """The adapter class of one provider; raises CatalogError when there is none."""
        ...


@runtime_checkable
class UsesCatalog(Protocol):
    """An adapter class that finds other adapters by name, because it wraps one.

    `Catalog.adapter` returns a subclass whose `catalog` is the catalog that was asked.
    """

    catalog: FindsAdapters


def capabilities_of(adapter: type[Adapter], model: str) -> Capabilities:
    """The capabilities of one model: those of the class, unless it says more in `capabilities_for(model)`."""
    of_model = getattr(adapter, "capabilities_for", None)
    capabilities: Capabilities = of_model(model) if of_model is not None else adapter.capabilities
    return capabilities
