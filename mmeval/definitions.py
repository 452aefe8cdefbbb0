"""What a file of `benchmarks/` or `adapters/` declares, and what an adapter may be able to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from mmeval.errors import AdapterError
from mmeval.metrics.base import Metric
from mmeval.scorers.base import Scorer, Write
from mmeval.types import JSON, Form, Modality, Reply, Request, Row, Sample, Status, Usage, Want

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
    """One file of `benchmarks/`. A field without a default has to be written: None says that it is unknown."""

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
    released: date | None = None
    """The day on which its questions became public. A sample can have its own in the tag `released` (ISO date)."""
    redistribute: bool = False
    """Whether the licence lets a site show the media and texts."""
    want: Want = "text"
    """What a reply has to hold: a text, a score per choice, or media."""
    judge_slice: str | Mapping[str, str] | None = None
    """The benchmark with labelled items on which its judge is measured, such as `judge_objects` or one of your own; by
    profile, with `*` for all others, if profiles ask in different forms. None: there is none."""
    video: str | None = None
    """How its films are shown unless `--video` says otherwise: a policy in words (docs/video-audio.md). None: it has
    no films."""
    audio: str | None = None
    """How its sounds are given unless `--audio` says otherwise. None: it has no sounds."""
    system: str | None = None
    max_tokens: int | None = None
    temperature: float | None = 0.0
    policy: Mapping[Status, Policy] = field(
        default_factory=lambda: {"truncated": "score", "refused": "zero", "filtered": "zero", "empty": "zero"}
    )
    """What the headline does with a status: score the reply, count it as wrong (`zero`), or (when absent) leave it
    out; then it is missing, and ranks count it as wrong."""
    tags: tuple[str, ...] = ()

    def slice_of(self, profile: str) -> str | None:
        """The labelled slice of the judge that a profile asks."""
        named = self.judge_slice
        return named.get(profile, named.get("*")) if isinstance(named, Mapping) else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Generation options that every adapter has; None = the provider's default."""

    system: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


def added(default: Any) -> Any:
    """The default of an option that an adapter did not always have.

    A run that does not use the option is named, and its replies are cached, as if there was no such option.
    """
    return field(default=default, metadata={"added": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an adapter can take and give; None = no limit, or none that is known."""

    version: str
    """Part of the cache key: raise it when the same request would be sent differently."""
    inputs: frozenset[Modality]
    options: type[Options]
    wants: frozenset[Want] = frozenset({"text"})
    """What a reply can hold. Samples that want something else are `unsupported`."""
    scores: Literal["likelihood", "similarity"] | None = None
    """What its scores of choices are; None: either, as those of a reference."""
    max_images: int | None = None
    max_image_bytes: int | None = None
    max_image_pixels: int | None = None
    max_image_side: tuple[tuple[int, int], ...] = ()
    """Longest side in pixels by number of images in the prompt: (up to this many, pixels), ascending."""
    image_mimes: frozenset[str] = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
    clips: bool = False
    """Whether it takes the start and end of a film itself; else a clip is cut out before it is sent."""
    frames: bool = False
    """Whether a film that is shown as `native` goes to it as `Frames`, which mmeval decodes, instead of as a file."""
    env: str | None = None
    """Environment variable that holds the key."""
    extra: str | None = None
    """`pip install 'mmeval-harness[EXTRA]'`."""
    sdk: str | None = None
    """Distribution whose version is recorded."""
    cacheable: bool = True
    """False where a reply depends on more than the prompt and the options."""
    transport_options: frozenset[str] = frozenset()
    """Options that cannot change a reply (timeouts, device placement); not in the cache key."""
    queue: int | None = None
    """Requests that an adapter with a queue of its own takes at once, to make batches of them. None of them has a
    time limit: most of their time they wait for the others."""
    request_options: frozenset[str] = frozenset()
    """Options of the adapter's own that go with each request. All others are fixed when it connects, and models
    that differ in them do not share a connection. The fields of `Options` always go with the request."""


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

    async def ask(self, request: Request, options: Any) -> Reply:
        """Answer one request, or raise RetryableError or FatalError."""
        ...

    async def close(self) -> None:
        """Give back connections and memory."""
        ...


# Optional abilities. An adapter has one by having its methods; nothing else is ever looked up on an adapter.


@runtime_checkable
class NeedsSamples(Protocol):
    """A reference (random, majority) rather than a model: it sees the samples of a benchmark beforehand."""

    def prepare(self, samples: Iterable[Sample], write: Write) -> None:
        """Called once before the first `ask`.

        Args:
            samples: in their order.
            write: gives the accepted answers of a sample, as replies that the rule of the run scores 1.
        """
        ...


@runtime_checkable
class NormalizesOptions(Protocol):
    """Knows which options its model or API refuses or requires."""

    def normalize_options(self, options: Any) -> Any:
        """The options as they will be sent; recorded with the run, and part of the cache key."""
        ...


@runtime_checkable
class VariesByModel(Protocol):
    """An adapter class whose capabilities depend on the model."""

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """The capabilities of one model."""
        ...


@runtime_checkable
class CountsImageTokens(Protocol):
    """An adapter class that knows what an image costs."""

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: Any) -> int | None:
        """Input tokens of one image of this size in pixels; None where the provider's rule is unknown."""
        ...


@runtime_checkable
class CountsClipTokens(Protocol):
    """An adapter class that knows what a film or a sound costs that is sent as it is."""

    @staticmethod
    def clip_tokens(model: str, kind: Modality, seconds: float, fps: float | None, options: Any) -> int | None:
        """Input tokens of a clip; `fps` is what its policy asks for. None where the provider's rule is unknown."""
        ...


@runtime_checkable
class CountsMade(Protocol):
    """An adapter class that knows what one image, sound or film costs that its model makes."""

    @staticmethod
    def made(model: str, want: Want, text: str, options: Any) -> Usage | None:
        """What a reply to a prompt with this text will use, as far as it is billed; None where that is unknown."""
        ...


@runtime_checkable
class StatesForm(Protocol):
    """Asks its model for a size or a length. What arrives in another one is an error, not a reply."""

    def form(self, request: Request, options: Any) -> Form:
        """The size and the length that this request asks for, as far as the provider promises them."""
        ...


@runtime_checkable
class Jobs(Protocol):
    """Makes what takes minutes by jobs: each is started once, then looked at until it ends.

    A job is on disk before it is looked at, so that one that was paid for is found again after a crash, or after a
    download that failed. That needs an adapter whose replies can be cached.
    """

    def takes_long(self, request: Request) -> bool:
        """Whether this request is answered by a job; others go to `ask`."""
        ...

    async def start(self, request: Request, options: Any) -> str | Reply:
        """Start a job, and return a handle of one line by which another process finds it.

        A provider that answers at once makes this the Reply, or, if the answer only names where the media are, a handle
        that says so.
        """
        ...

    async def look(self, job: str, request: Request, options: Any) -> Reply | None:
        """The reply, or None while the job runs.

        Raises:
            RetryableError: looking failed; the job may still succeed.
            FatalError: the job has failed, or the provider does not know it any more; another one is started when the
                sample is asked again. After `auth`, `permission`, `quota`, `redirect` or `error`, the job is kept.
        """
        ...


@runtime_checkable
class TellsAccess(Protocol):
    """An adapter class that can be let in in more ways than by one key."""

    @staticmethod
    def access(environment: Mapping[str, str]) -> tuple[bool, str]:
        """Whether an environment lets its models be asked, and by what, without any secret: for `mmeval doctor`."""
        ...


@runtime_checkable
class Describes(Protocol):
    """Knows more about how it answered: device, precision, digest of the weights."""

    def describe(self) -> Mapping[str, JSON]:
        """What `run.json` records under `provenance.adapter`; called after the last reply of a run."""
        ...


@runtime_checkable
class Replicates(Protocol):
    """A local model of which several copies can run on one machine, one for each GPU."""

    def replicas(self) -> int:
        """How many copies the options ask for; 1 runs in this process."""
        ...


BatchStatus = Literal["running", "ended", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """How far a submitted batch is."""

    state: BatchStatus
    """ended: the results can be collected, even where single requests failed or expired."""
    done: int = 0
    total: int = 0
    note: str = ""
    """What the provider says about it, in one line."""


@runtime_checkable
class Batches(Protocol):
    """Takes many requests at once, for about half the price and an answer within a day."""

    batch_requests: ClassVar[int]
    """Most requests in one batch."""
    batch_bytes: ClassVar[int]
    """Most bytes of media and text in one batch, before base64."""

    async def submit(self, requests: Sequence[tuple[str, Request]], options: Any) -> str:
        """Submit requests under keys of at most 64 characters of `[A-Za-z0-9_-]`.

        Returns:
            A handle of one line with which another process can poll and collect.
        """
        ...

    async def poll(self, handle: str) -> BatchState:
        """How far the batch is; raises FatalError when the provider no longer knows it."""
        ...

    def collect(self, handle: str) -> AsyncIterator[tuple[str, Reply | AdapterError]]:
        """Replies and failures by key, in any order; a missing key was not answered."""
        ...


class FindsAdapters(Protocol):
    """The part of `mmeval.catalog.Catalog` that an adapter may use."""

    def adapter(self, provider: str) -> type[Adapter]:
        """The adapter class of one provider; raises CatalogError when there is none."""
        ...


@runtime_checkable
class UsesCatalog(Protocol):
    """An adapter class that looks up other adapters by name.

    `Catalog.adapter` returns a subclass of it with `catalog` set to that catalog.
    """

    catalog: FindsAdapters


def capabilities_of(adapter: type[Adapter], model: str) -> Capabilities:
    """The capabilities of one model of an adapter class."""
    return adapter.capabilities_for(model) if isinstance(adapter, VariesByModel) else adapter.capabilities
