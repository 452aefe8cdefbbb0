"""How pictures, films and sounds are shown to a model: a policy, its text form, and which frames it takes.

A number for a film means little without its policy, so a policy states everything that decides what a model sees, and
is part of the identity of a run. docs/video-audio.md explains the rules.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from mmeval.errors import UsageError, nearest

__all__ = [
    "MOST", "PRESETS", "AudioPolicy", "ImagePolicy", "VideoPolicy", "audio_policy", "image_policy", "in_words",
    "resized", "video_policy",
]  # fmt: skip

P = TypeVar("P", "VideoPolicy", "AudioPolicy", "ImagePolicy")
Rule = Literal["middle", "ends", "ends-rounded", "inner", "grid"]
MOST = 4096
"""Most frames of one clip."""
LARGEST = 120_000_000
"""Most pixels to which a picture is scaled up."""
MULTIPLE = 256
"""Largest number of pixels that the sides of a picture are multiples of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPolicy:
    """What a model is shown of a clip. Every field decides what it sees."""

    mode: Literal["frames", "native"] = "frames"
    """`frames`: pictures. `native`: the film itself; the model, its server or its provider takes the frames."""
    rule: Rule | None = None
    """Which frames, see `indices`. None: `middle`, and `grid` with `fps`."""
    frames: int | None = None
    """Number of frames. In native mode a request to the server, where it takes one."""
    fps: float | None = None
    """Frames per second of the film; alternative to `frames`."""
    min: int = 1
    """Fewest frames, with `fps`."""
    max: int = 768
    """Most frames, with `fps`."""
    multiple: int = 1
    """The number of frames is rounded down to a multiple of this."""
    pixels: int | None = None
    """Most pixels of one frame; larger ones are scaled down."""
    total: int | None = None
    """Most pixels of all frames together."""
    order: Literal["time", "shuffled"] = "time"
    """`shuffled` shows whether a model uses the order in time."""
    stamps: bool = False
    """Whether the time of a frame stands before it, as in `[1.5 s]`."""
    subtitles: Literal["off", "frames", "all"] = "off"
    """`frames`: the lines on screen at a frame. `all`: every line of the clip."""
    sound: bool = False
    """Whether the sound track goes with the frames. In native mode the film has it anyway."""

    @property
    def places(self) -> Rule:
        """The rule in force."""
        return self.rule or ("grid" if self.fps is not None else "middle")

    def describe(self) -> dict[str, Any]:
        """Every fact, as `run.json` records it."""
        return {**asdict(self), "rule": self.places}

    def __str__(self) -> str:
        default = VideoPolicy()
        told = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "mode"}
        told["rule"] = None if self.places == replace(self, rule=None).places else self.rule
        changed = [f"{k}={_written(v)}" for k, v in told.items() if v != getattr(default, k)]
        return ",".join(["native"] * (self.mode == "native") + changed)

    def count(self, seconds: float, n: int) -> int:
        """How many frames are taken of a clip of this length that has n; see `indices`."""
        wanted = self.frames if self.frames is not None else math.floor(round(seconds * (self.fps or 1.0), 6))
        count = wanted if self.frames is not None else max(self.min, min(self.max, wanted))
        count = max(1, min(count, n))
        return count - (count % self.multiple if count > self.multiple else 0)

    def indices(self, times: Sequence[float], seconds: float) -> list[int]:
        """Which of the frames of a clip are shown, ascending; none twice.

        Args:
            times: of its n frames, in seconds from its start, ascending.
            seconds: its length.

        With `frames=k` there are min(k, n) of them. With `fps` there are floor(seconds * fps), at least `min`, at most
        `max` and n; then the number is rounded down to `multiple`. With k frames, the rules take number i of k:

        * `middle`: floor((i + 1/2) n / k), the middle of each of k equal parts
        * `ends`: floor(i (n - 1) / (k - 1)), the first and the last frame included
        * `ends-rounded`: the same, rounded to the nearest number, halves to the even one
        * `inner`: floor((i + 1) n / (k + 1)), without the first and the last frame
        * `grid`: the frame on screen at i / fps seconds. Where `min` or `max` changed the number, as `middle`
        """
        n = len(times)
        count = self.count(seconds, n)
        if self.places == "grid" and self.fps is not None and count == math.floor(round(seconds * self.fps, 6)):
            found = [max(0, bisect_right(times, i / self.fps + 1e-6) - 1) for i in range(count)]
        else:
            found = [_place(self.places, i, count, n) for i in range(count)]
        return sorted(set(found))

    def shown(self, indices: Sequence[int], name: str) -> list[int]:
        """The frames in the order in which they are shown; `name` seeds the shuffled one."""
        order = list(indices)
        if self.order == "shuffled":
            random.Random(name).shuffle(order)  # noqa: S311 - no secret
        return order

    def size(self, width: int, height: int, frames: int) -> tuple[int, int]:
        """Size in pixels at which one of so many frames is shown."""
        limits = [self.pixels, self.total // max(1, frames) if self.total else None]
        most = min((limit for limit in limits if limit is not None), default=None)
        if most is None or width * height <= most:
            return width, height
        scale = math.sqrt(most / (width * height))
        return max(1, int(width * scale)), max(1, int(height * scale))


def _place(rule: Rule, i: int, k: int, n: int) -> int:
    if rule in ("ends", "ends-rounded") and k > 1:
        exact = i * (n - 1)
        return exact // (k - 1) if rule == "ends" else round(exact / (k - 1))
    if rule == "inner":
        return min(n - 1, (i + 1) * n // (k + 1))
    return 0 if rule.startswith("ends") else (2 * i + 1) * n // (2 * k)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPolicy:
    """What a model is given of a sound."""

    mode: Literal["wav", "native"] = "wav"
    """`wav`: one channel of 16-bit samples. `native`: the file as it is."""
    rate: int = 16_000
    """Samples per second."""
    max: float | None = None
    """Most seconds; what is longer is cut off."""

    def describe(self) -> dict[str, Any]:
        """Every fact, as `run.json` records it."""
        return asdict(self)

    def __str__(self) -> str:
        default = AudioPolicy()
        told = {"rate": self.rate, "max": self.max}
        return ",".join([self.mode, *(f"{k}={_written(v)}" for k, v in told.items() if v != getattr(default, k))])


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePolicy:
    """The size at which a picture is sent; without any limit, as it is."""

    least: int | None = None
    """Fewest pixels; smaller pictures are scaled up."""
    most: int | None = None
    """Most pixels; larger pictures are scaled down."""
    multiple: int = 1
    """Both sides are rounded to multiples of this."""

    def describe(self) -> dict[str, Any]:
        """Every fact, as `run.json` records it."""
        return asdict(self)

    def __str__(self) -> str:
        default = ImagePolicy()
        told = {key: value for key, value in asdict(self).items() if value != getattr(default, key)}
        return ",".join(f"{key}={value}" for key, value in told.items()) or "native"

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height at which a picture of this size is sent."""
        return resized((width, height), multiple=self.multiple, least=self.least, most=self.most)


def resized(size: tuple[int, int], *, multiple: int, least: int | None, most: int | None) -> tuple[int, int]:
    """A size in pixels with sides that are multiples of a number, and an area within limits.

    Source: `smart_resize` of Qwen2-VL's image processor.
    """
    area = size[0] * size[1]
    width, height = (max(multiple, round(side / multiple) * multiple) for side in size)
    if most and width * height > most:
        scale = math.sqrt(area / most)
        width, height = (max(multiple, math.floor(side / scale / multiple) * multiple) for side in size)
    elif least and width * height < least:
        scale = math.sqrt(least / area)
        width, height = (math.ceil(side * scale / multiple) * multiple for side in size)
    return width, height


PRESETS: Mapping[str, VideoPolicy] = {
    **{f"vlmevalkit-{k}frame": VideoPolicy(frames=k, rule="inner") for k in (8, 16, 32, 64)},
    "vlmevalkit-1fps": VideoPolicy(fps=1.0, max=MOST),
    "vlmevalkit-0.5fps": VideoPolicy(fps=0.5, max=MOST),
    "lmms-32": VideoPolicy(frames=32, rule="ends"),
    # A pair of frames counts once in Qwen's limit of 24,576 patches of 28 x 28 pixels.
    "qwen3-vl": VideoPolicy(
        fps=2.0, min=4, max=512, multiple=2, rule="ends-rounded", pixels=512 * 28 * 28, total=2 * 24_576 * 28 * 28
    ),
    "gemini": VideoPolicy(mode="native", fps=1.0, sound=True),
}
"""Policies named after what the field uses."""


@cache
def video_policy(text: str) -> VideoPolicy:
    """The policy that a text states, such as `frames=32`, `fps=2,max=128,pixels=401408`, `native` or `lmms-32`.

    Raises:
        UsageError: a word, a key or a value is not valid.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    base = VideoPolicy(mode="native") if words[:1] == ["native"] else PRESETS.get(words[0]) if words else None
    rest = words[1:] if base is not None else words
    made = _changed(base or VideoPolicy(), rest, "--video", (*PRESETS, "native"))
    if base is None and made.frames is None and made.fps is None:
        raise UsageError(f"--video {text}: say how many frames, as in frames=32 or fps=2, or native")
    if made.frames is not None and made.fps is not None:
        raise UsageError(f"--video {text}: frames and fps exclude each other")
    for name in ("frames", "min", "max"):
        if not 1 <= (getattr(made, name) or 1) <= MOST:
            raise UsageError(f"--video {name}={getattr(made, name)}: expected 1 to {MOST}")
    if made.places == "grid" and made.fps is None:
        raise UsageError("--video rule=grid: only with fps")
    return made


@cache
def audio_policy(text: str) -> AudioPolicy:
    """The policy that a text states, such as `wav`, `rate=24000` or `native`; raises UsageError."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    modes = get_args(get_type_hints(AudioPolicy)["mode"])
    base = AudioPolicy(mode=words[0]) if words[:1] and words[0] in modes else None  # type: ignore[arg-type]
    made = _changed(base or AudioPolicy(), words[1:] if base else words, "--audio", modes)
    if not 4_000 <= made.rate <= 192_000:
        raise UsageError(f"--audio rate={made.rate}: expected 4000 to 192000 samples per second")
    return made


@cache
def image_policy(text: str) -> ImagePolicy:
    """The policy that a text states, such as `most=1003520`, `least=3136,multiple=28` or `native`.

    Raises:
        UsageError: a word, a key or a value is not valid.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    native = words[:1] == ["native"]
    made = _changed(ImagePolicy(), words[1:] if native else words, "--image", ("native",))
    if (native and made != ImagePolicy()) or not words:
        raise UsageError(f"--image {text}: expected native, or limits such as most=1003520 or least=3136,multiple=28")
    if (made.least or 0) > (made.most or LARGEST):
        limit = f"above most={made.most}" if made.most else f"more than {LARGEST}"
        raise UsageError(f"--image {text}: least={made.least} is {limit}")
    if made.multiple > MULTIPLE:
        raise UsageError(f"--image multiple={made.multiple}: expected 1 to {MULTIPLE}")
    return made


def in_words(described: object) -> str:
    """A policy of run.json in the words of `--video`, `--audio` and `--image`; one that is not known as it stands."""
    for kind in (VideoPolicy, AudioPolicy, ImagePolicy):
        with suppress(TypeError):
            return str(kind(**described))  # type: ignore[arg-type]
    return str(described)


def _changed(base: P, words: Sequence[str], flag: str, names: Sequence[str]) -> P:
    """The policy with the keys that words such as `fps=2` change; raises UsageError."""
    keys = [name for name in get_type_hints(type(base)) if name != "mode"]
    changes: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{flag} {word}: no such policy{nearest(word, names)}; there are {', '.join(names)}")
        if key not in keys:
            raise UsageError(f"{flag} {word}: no key {key!r}{nearest(key, keys)}; there are {', '.join(keys)}")
        changes[key] = _value(get_type_hints(type(base))[key], value, f"{flag} {word}")
    return replace(base, **changes)


def _value(hint: Any, text: str, where: str) -> Any:
    """The value of one key; raises UsageError."""
    if bool in (hint, *get_args(hint)):
        if text not in ("on", "off"):
            raise UsageError(f"{where}: expected on or off")
        return text == "on"
    words = [word for inner in (hint, *get_args(hint)) for word in get_args(inner) if isinstance(word, str)]
    if words:
        if text not in words:
            raise UsageError(f"{where}: expected {', '.join(words)}")
        return text
    kind = float if float in (hint, *get_args(hint)) else int
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        raise UsageError(f"{where}: expected a {'number' if kind is float else 'whole number'} above 0")
    return number


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
