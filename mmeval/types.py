"""The nouns of mmeval: small frozen values without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias

from mmeval.parts import Audio as Audio
from mmeval.parts import Form as Form
from mmeval.parts import Frames as Frames
from mmeval.parts import Image as Image
from mmeval.parts import Media as Media
from mmeval.parts import Modality as Modality
from mmeval.parts import Part as Part
from mmeval.parts import Prompt as Prompt
from mmeval.parts import Text as Text
from mmeval.parts import Video as Video

JSON: TypeAlias = "bool | int | float | str | list[Any] | dict[str, Any] | None"
Row: TypeAlias = Mapping[str, Any]
Want = Literal["text", "choice", "image", "audio", "video"]
MEDIA: frozenset[Want] = frozenset({"image", "audio", "video"})
"""What a model makes beside text."""
Finish = Literal["stop", "length", "refused", "filtered"]
Status = Literal[
    "ok", "truncated", "refused", "filtered", "empty", "unsupported",
    "invalid_input", "timeout", "error", "judge_error",
]  # fmt: skip
STATUSES: tuple[Status, ...] = Status.__args__  # type: ignore[attr-defined]


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
    epoch: int = 1
    """Which repetition of the sample this is. A model that draws from a seed draws another one in each."""
    best: int | None = None
    """How many of the highest scores the reply keeps, with the places of their choices; None = all, in order."""

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
    description: str | None = None
    """What the media show, in words that suffice to answer; None where nobody has written it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request used, as the provider counted it; None = it did not say."""

    input: int | None = None
    """Tokens, as all up to `cached`."""
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None
    images: int | None = None
    """Images made, where they are billed by number."""
    seconds: float | None = None
    """Of film or sound made, where it is billed by length."""
    characters: int | None = None
    """Of text spoken, where speech is billed by them."""

    def as_json(self) -> dict[str, Any]:
        """As journals and the cache store it: without counts of what was made where nothing was."""
        made = ("images", "seconds", "characters")
        counts = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: count for name, count in counts.items() if count is not None or name not in made}

    @classmethod
    def total(cls, usages: Sequence[Usage]) -> Usage:
        """The tokens of several requests; a count that none of them has stays unknown."""
        columns = ([getattr(one, name.name) for one in usages] for name in fields(cls))
        known = ([count for count in column if count is not None] for column in columns)
        return cls(*(sum(counts) if counts else None for counts in known))


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
    places: tuple[int, ...] = ()
    """Which choices the scores are of, best first, where only the highest are kept; empty = all choices, in order."""
    tokens: tuple[int, ...] = ()
    """Tokens of each choice whose score is a log-probability: their sum and their mean can prefer different choices."""
    media: tuple[Media, ...] = ()
    """What the model made (`want="image"`, `"audio"` or `"video"`); files in the run folder once it is recorded."""
    seed: int | None = None
    """What the media were drawn from, where that is known: the same seed makes the same again."""
    sent: tuple[tuple[int, int], ...] = ()
    """Width and height of the pictures of the prompt as they were sent; empty if they were sent as in the data."""
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

    def trimmed(self, request: Request) -> Reply:
        """The reply with as many of its highest scores as the request keeps. Of equal ones, the first are kept."""
        count = len(self.scores)
        if request.best is None or self.places or count <= request.best or count != len(request.choices):
            return self
        places = tuple(sorted(range(count), key=lambda i: -self.scores[i])[: request.best])
        tokens = tuple(self.tokens[i] for i in places) if self.tokens else ()
        return replace(self, scores=tuple(self.scores[i] for i in places), places=places, tokens=tokens)


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
class Seen:
    """What was shown of one film or sound."""

    kind: Modality
    sha256: str
    """Of the whole file."""
    seconds: float
    """Length of the clip."""
    frames: int | None = None
    """Pictures that were sent; None: the film itself was, or it is a sound."""
    width: int | None = None
    """Of a picture that was sent, or of the film; pixels."""
    height: int | None = None
    at: tuple[float, ...] = ()
    """When the pictures stand in the film, in seconds from its beginning, in the order in which they were sent."""


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
    seen: tuple[Seen, ...] = ()
    """What was shown of each film and sound of the prompt."""
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
