"""The nouns of mmeval: small frozen values without I/O."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[Any] | dict[str, Any] | None"
Row: TypeAlias = Mapping[str, Any]
Modality = Literal["text", "image", "audio", "video"]
Finish = Literal["stop", "length", "refused", "filtered"]
Status = Literal[
    "ok", "truncated", "refused", "filtered", "empty", "unsupported",
    "invalid_input", "timeout", "error", "judge_error",
]  # fmt: skip
STATUSES: tuple[Status, ...] = Status.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text in a prompt."""

    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes as they came from the data set; `mmeval.media` probes, limits and encodes them."""

    data: bytes = field(repr=False)
    mime: str
    """`image/png`, ..., or `application/octet-stream` when the header is not recognised."""
    sha256: str
    source: str = ""
    """Where the bytes came from: file, or data set id, revision, row and column."""
    width: int | None = None
    height: int | None = None


class Image(Media):
    """A still picture."""

    __slots__ = ()


class Audio(Media):
    """A sound clip."""

    __slots__ = ()


class Video(Media):
    """A moving picture."""

    __slots__ = ()


Part: TypeAlias = Text | Image | Audio | Video
Prompt: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question of a benchmark."""

    id: str
    prompt: Prompt
    target: JSON
    """The gold: a letter, a text, a list of accepted texts, or a dict that its scorer reads."""
    choices: tuple[str, ...] = ()
    """Option texts in the order A, B, C, ...; empty for open questions."""
    cluster: str | None = None
    """Samples of one image, document or template share a cluster; intervals respect it."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Slices for sub-scores and grouping keys (`category`, `group`, `pair`, ...)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request as the provider counted them; None = it did not say."""

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a provider's rate-limit headers said; seconds until the window is refilled."""

    requests: int | None = None
    requests_left: int | None = None
    requests_reset_s: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered."""

    text: str
    finish: Finish
    reasoning: str | None = None
    usage: Usage = Usage()
    latency_s: float = 0.0
    model: str | None = None
    """The model id that the provider says has answered."""
    cached: bool = False
    request_id: str | None = None
    limits: Limits | None = None
    """For the throttle only; never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a scorer made of one reply."""

    value: float
    """In [0, 1]."""
    answer: str | None
    """What was extracted; None = unparsed."""
    note: str = ""
    """Why it got that value."""
    rule: str = ""
    """Id of the extraction rule that decided."""
    span: tuple[int, int] | None = None
    """Where in the reply text the answer stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no reply or no score."""

    kind: str
    message: str
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One sample, asked once: a reply or a failure, and its score."""

    id: str
    epoch: int
    status: Status
    reply: Reply | None = None
    failure: Failure | None = None
    score: Score | None = None
    cluster: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    cost: float | None = None
    """US dollars; None = the price is unknown."""
    judge_usage: Usage | None = None
    judge_cost: float | None = None
    at: float = 0.0
    """Unix time of the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95


Ask: TypeAlias = Callable[[Prompt], Awaitable[Reply]]
