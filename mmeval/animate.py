"""Make films and sounds: pictures encoded as a film, and tones.

The same arguments give the same frames and samples and, with the same version of PyAV, the same bytes.
"""

from __future__ import annotations

import io
import math
import random
import wave
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["RATE", "TIMBRES", "Tone", "film", "samples", "wav"]

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


def film(frames: Iterable[Picture], *, fps: int = 12, sound: Sequence[int] = (), keys: int = 12) -> bytes:
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
        voice: Any = file.add_stream("aac", rate=RATE, layout="mono") if sound else None
        for number, picture in enumerate(frames):
            if not number:
                stream.width, stream.height = picture.size
            frame: Any = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if voice is not None:
            file.mux(voice.encode(_block(sound)))
            file.mux(voice.encode(None))
    return out.getvalue()


def _block(sound: Sequence[int]) -> Any:
    import av
    import numpy as np

    block = av.AudioFrame.from_ndarray(np.asarray([sound], dtype=np.int16), format="s16", layout="mono")
    block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
    return block


def samples(tones: Iterable[Tone], rng: random.Random) -> list[int]:
    """Tones one after the other as samples of 16 bits at RATE; `rng` makes the hiss."""
    return [value for tone in tones for value in _tone(tone, rng)]


def _tone(tone: Tone, rng: random.Random) -> list[int]:
    count = round(tone.seconds * RATE)
    if not tone.timbre:
        return [0] * count
    turn = tone.hertz / RATE
    made: Callable[[int], float] = {
        "whistle": lambda i: math.sin(2 * math.pi * i * turn),
        "buzz": lambda i: 0.6 if (i * turn) % 1 < 0.5 else -0.6,
        "hiss": lambda _: rng.uniform(-0.8, 0.8),
    }[tone.timbre]
    edge = EDGE_S * RATE
    return [round(LOUD * made(i) * min(1.0, i / edge, (count - i) / edge)) for i in range(count)]


def wav(values: Sequence[int]) -> bytes:
    """Samples as a WAV file with one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in values))
    return out.getvalue()
