"""The parts of a prompt: text, images, sounds and films; and the form that is asked of those that a model makes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

from mmeval.sampling import AudioPolicy, ImagePolicy, VideoPolicy

__all__ = ["Audio", "Form", "Frames", "Image", "Media", "Modality", "Part", "Prompt", "Text", "Video"]

Modality = Literal["text", "image", "audio", "video"]


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text in a prompt."""

    kind: ClassVar[Modality] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a film with their times: for a model in this process, whose processor takes them as one film."""

    images: tuple[Image, ...]
    """In the order in which they are shown."""
    times: tuple[float, ...]
    """When each is on screen, in seconds from the start of the clip, ascending."""
    seconds: float
    """Length of the clip."""


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
    start: float | None = None
    """Where the clip begins in the film or sound, in seconds; None: at its beginning."""
    end: float | None = None
    """Where it ends; None: at its end."""
    subtitles: Path | None = None
    """A file with the subtitles of a film, .srt or .vtt. Its times are those of the whole film."""
    policy: VideoPolicy | AudioPolicy | ImagePolicy | None = None
    """How a film, a sound or a picture is shown. A run sets it."""
    frames: Frames | None = None
    """Of a film that goes to an adapter with `Capabilities.frames`; it has neither bytes nor a path then."""

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
class Form:
    """The size and the length that a request asks for; None = whatever the model likes."""

    width: int | None = None
    """Pixels, as height."""
    height: int | None = None
    ratio: float | None = None
    """Width to height, where the provider promises no exact size."""
    within: float = 0.04
    """How far the ratio may be off, as a share: providers round sizes to whole blocks of pixels."""
    megapixels: float | None = None
    """About how many, within a factor of RESOLUTION."""
    seconds: float | None = None
    """Length of a film or a sound, give or take SECONDS."""

    RESOLUTION: ClassVar[float] = 2.0
    SECONDS: ClassVar[float] = 0.5

    def differs(self, width: int | None, height: int | None, seconds: float | None) -> str | None:
        """What was made instead of what was asked for, in words; None if it is that."""
        if width and height and not self._fits(width, height):
            return f"{width}x{height} pixels instead of {self._size()}"
        if self.seconds is not None and seconds is not None and abs(seconds - self.seconds) > self.SECONDS:
            return f"{seconds:.3g} s instead of {self.seconds:.3g} s"
        return None

    def _fits(self, width: int, height: int) -> bool:
        exact = self.width in (None, width) and self.height in (None, height)
        like = self.ratio is None or abs(math.log(width / height / self.ratio)) <= math.log1p(self.within)
        many = self.megapixels and abs(math.log(width * height / 1e6 / self.megapixels)) > math.log(self.RESOLUTION)
        return exact and like and not many

    def _size(self) -> str:
        if self.width or self.height:
            return f"{self.width or 'any'}x{self.height or 'any'}"
        ratio = f"a ratio of {self.ratio:.3g} to 1" if self.ratio else None
        many = f"about {self.megapixels:.3g} megapixels" if self.megapixels else None
        return " and ".join(filter(None, (ratio, many)))
