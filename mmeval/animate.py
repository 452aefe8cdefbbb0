"""Make films and sounds: drawn shapes that move, encoded as a film, and tones.

The same arguments give the same frames and samples and, with the same version of PyAV, the same bytes.
"""

from __future__ import annotations

import io
import random
import wave
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from mmeval import draw

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as Picture

    Samples: TypeAlias = np.ndarray[Any, np.dtype[np.int16]]

__all__ = ["RATE", "TIMBRES", "Place", "Tone", "acted", "asked", "film", "line", "samples", "tones", "turns", "wav"]

RATE = 16_000
"""Samples per second."""
TIMBRES = ("whistle", "buzz", "hiss")
LOUD = 9_000
EDGE_S = 0.01
"""Seconds over which a tone gets loud and falls silent, so that it does not click."""


class Tone(NamedTuple):
    """A tone, or silence."""

    seconds: float
    hertz: float = 440.0
    timbre: str = "whistle"
    """One of TIMBRES; empty for silence."""


class Place(NamedTuple):
    """Where a shape is at one moment, as shares of the side of the picture from 0 to 1, and its colour."""

    x: float
    y: float
    colour: str


Actor: TypeAlias = "Callable[[float], Place | None]"
"""Where a shape is at a time from 0 to 1; None: it is not there."""
Scene: TypeAlias = tuple[Any, str, list[str]]
"""What is shown or heard, the right answer to the question about it, and all answers."""


class _Frame(draw.Canvas):
    @property
    def picture(self) -> Picture:
        return self._image.reduce(draw.SCALE)


def acted(
    rng: random.Random,
    actors: Mapping[str, Actor],
    *,
    frames: int = 36,
    fps: int = 12,
    side: int = 128,
) -> bytes:
    """A film of shapes on paper.

    Args:
        rng: tints the paper and the colours.
        actors: by shape, where it is at a time from 0 (first frame) to 1 (last); None: it is not there.
        frames: number of pictures.
        fps: pictures per second.
        side: of a picture, in pixels; even.
    """
    paper, tints = draw.paper(rng), {colour: draw.vary(rng, colour) for colour in draw.COLOURS}

    def shown(number: int) -> Picture:
        canvas = _Frame(side, side, background=paper)
        for shape, place in ((shape, actor(number / (frames - 1))) for shape, actor in actors.items()):
            if place is not None:
                canvas.shape(shape, place.x * side, place.y * side, 0.12 * side, tints[place.colour])
        return canvas.picture

    return film(map(shown, range(frames)), fps=fps)


def line(rng: random.Random, colour: str) -> tuple[Callable[[float], Place], list[str]]:
    """A straight way from one side of the picture (0) to the other (1), and the words for right and wrong."""
    across, back, level = rng.random() < 0.5, rng.random() < 0.5, rng.uniform(0.3, 0.7)

    def way(share: float) -> Place:
        at = 0.15 + 0.7 * (1 - share if back else share)
        return Place(at, level, colour) if across else Place(level, at, colour)

    words = ["to the right", "to the left"] if across else ["down", "up"]
    return way, words[::-1] if back else words


def turns(colours: Sequence[str]) -> list[Actor]:
    """Shapes that appear and vanish in the middle one after the other, as many as there are colours."""

    def shown(number: int, time: float) -> Place | None:
        now = min(len(colours) - 1, int(len(colours) * time))
        return Place(0.5, 0.5, colours[number]) if now == number else None

    return [partial(shown, number) for number in range(len(colours))]


def asked(rng: random.Random, scenes: Mapping[str, Scene], record: Callable[[Any], bytes]) -> list[Mapping[str, Any]]:
    """Rows of a drawn benchmark, one for each kind of question.

    Args:
        rng: draws the order of the options; numbers stay in theirs.
        scenes: by kind of question.
        record: makes a film or sound of what a scene shows.
    """
    return [
        {
            "clip": {"bytes": record(shown), "path": None},
            "kind": kind,
            "answer": answer,
            "options": options if answer.isdecimal() else rng.sample(options, len(options)),
        }
        for kind, (shown, answer, options) in scenes.items()
    ]


def film(frames: Iterable[Picture], *, fps: int = 12, sound: Samples | None = None, keys: int = 12) -> bytes:
    """Pictures of one even size as an MP4 file (H.264, and AAC if there is sound).

    Args:
        frames: the pictures; at least one.
        fps: pictures per second.
        sound: samples of 16 bits at RATE.
        keys: distance of key frames, in frames.
    """
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        options = {"crf": "20", "preset": "veryfast", "threads": "1", "g": str(keys)}
        stream = file.add_stream("libx264", rate=fps, options=options)
        stream.pix_fmt = "yuv420p"
        voice: Any = file.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        for number, picture in enumerate(frames):
            if not number:
                stream.width, stream.height = picture.size
            frame: Any = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if sound is not None:
            file.mux(voice.encode(_block(sound)))
            file.mux(voice.encode(None))
    return out.getvalue()


def _block(sound: Samples) -> Any:
    import av

    block = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
    block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
    return block


def samples(tones: Iterable[Tone], rng: random.Random) -> Samples:
    """Tones one after the other as samples of 16 bits at RATE; `rng` makes the hiss."""
    import numpy as np

    return np.concatenate([_tone(tone, rng) for tone in tones])


def tones(some: Iterable[Tone], pause: Tone, rng: random.Random) -> bytes:
    """Tones with a pause before and after each, as a WAV file."""
    return wav(samples([pause, *(one for tone in some for one in (tone, pause))], rng))


def _tone(tone: Tone, rng: random.Random) -> Samples:
    import numpy as np

    at = np.arange(round(tone.seconds * RATE))
    turns = at * tone.hertz / RATE
    if tone.timbre == "whistle":
        made = np.sin(2 * np.pi * turns)
    elif tone.timbre == "buzz":
        made = np.where(turns % 1 < 0.5, 0.6, -0.6)
    elif tone.timbre == "hiss":
        made = np.random.default_rng(rng.getrandbits(32)).uniform(-0.8, 0.8, len(at))
    else:
        made = np.zeros(len(at))
    edges = np.minimum(1.0, np.minimum(at, len(at) - at) / (EDGE_S * RATE))
    found: Samples = np.rint(LOUD * made * edges).astype(np.int16)
    return found


def wav(sound: Samples, *, rate: int = RATE) -> bytes:
    """Samples of 16 bits as a WAV file with one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound.astype("<i2").tobytes())
    return out.getvalue()
