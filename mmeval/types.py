"""The nouns of mmeval: small frozen values without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[Any] | dict[str, Any] | None"
Row: TypeAlias = Mapping[str, Any]
Modality = Literal["text", "image", "audio", "video"]
Want = Literal["text", "choice", "image", "audio", "video"]
Finish = Literal["stop", "length", "refused", "filtered"]
Status = Literal[
    "ok", "truncated", "refused", "filtered", "empty", "unsupported",
    "invalid_input", "timeout", "error", "judge_error",
]  # fmt: skip
STATUSES: tuple[Status, ...] = Status.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text in a prompt."""

    kind: ClassVar[Modality] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """An image, a sound or a film, unchanged: either its bytes, or the file that holds them."""

    kind: ClassVar[Modality]
    data: bytes | None = field(repr=False)
    """None where `path` is set; `read()` works for both."""
    mime: str
    """`image/png`, ..., or `application/octet-stream` when the header is not recognised."""
    sha256: str
    source: str = ""
    """Where the bytes came from: file, or data set id, revision, row and column."""
    width: int | None = None
    height: int | None = None
    path: Path | None = None
    """A file that is read only when its bytes are needed, so that a long film never sits in memory."""

    def read(self) -> bytes:
        """All bytes; raises OSError when the file is gone."""
        if self.data is not None:
            return self.data
        assert self.path is not None, "media hold bytes or a path"
        return self.path.read_bytes()

    @property
    def size(self) -> int:
        """Number of bytes."""
        if self.data is not None:
            return len(self.data)
        assert self.path is not None, "media hold bytes or a path"
        return self.path.stat().st_size


class Image(Media):
    """A still image."""

    __slots__ = ()
    kind = "image"


class Audio(Media):
    """A sound clip."""

    __slots__ = ()
    kind = "audio"


class Video(Media):
    """A film."""

    __slots__ = ()
    kind = "video"


Part: TypeAlias = Text | Image | Audio | Video
Prompt: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a model is asked for one sample."""

    prompt: Prompt
    """The parts, in order."""
    want: Want = "text"
    """What the reply has to hold."""
    choices: tuple[str, ...] = ()
    """The options, where there are any. `want="choice"` scores each; otherwise they are only information."""
    sample: str = ""
    """Id of the sample. It is never sent to a model; references answer by it."""

    def __post_init__(self) -> None:
        if self.want == "choice" and not self.choices:
            raise ValueError("a request for a choice needs choices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question of a benchmark with its correct answer."""

    id: str
    prompt: Prompt
    target: JSON
    """The correct answer: a letter, a text, a list of accepted texts, or a dict that its scorer reads."""
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
    """Empty where something else was wanted."""
    finish: Finish
    scores: tuple[float, ...] = ()
    """One number per choice, higher is better: a summed log-probability or a similarity (`want="choice"`)."""
    tokens: tuple[int, ...] = ()
    """Tokens of each choice whose score is a log-probability: their sum and their mean can prefer different choices."""
    media: tuple[Media, ...] = ()
    """What the model made (`want="image"`, `"audio"` or `"video"`)."""
    reasoning: str | None = None
    usage: Usage = Usage()
    latency_s: float = 0.0
    model: str | None = None
    """The model id that the provider says has answered."""
    cached: bool = False
    request_id: str | None = None
    limits: Limits | None = None
    """For the throttle only; never stored."""

    @property
    def empty(self) -> bool:
        """Whether the reply holds nothing: no text, no scores, no media."""
        return not (self.text.strip() or self.scores or self.media)


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
    requests: int = 0
    """Sent for this record, to the model and to its judge; 0 = everything came from the cache, or not recorded."""
    retries: int = 0
    """Those of them that repeat one that failed."""
    at: float = 0.0
    """Unix time of the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval, which may not hold if `few_clusters` decide (docs/statistics.md)."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95
    few_clusters: bool = False
