"""What pages show and play: the frames that a model saw, side by side, the wave form of a sound, a small copy of it."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmeval.errors import MediaError
from mmeval.media.images import THUMBNAIL_BYTES, decoded
from mmeval.parts import Image

if TYPE_CHECKING:
    import numpy as np

__all__ = ["WAVE", "small_sound", "strip", "wave_form"]

COLUMNS, SIDE, GAP = 8, 96, 2
"""Frames in a row, the longest side of one, and what is between two; pixels."""
WAVE = (320, 48)
"""Width and height of a wave form in pixels; it is drawn at twice the size."""
BIT_RATE = 32_000
"""Of a small copy: an eighth of 16,000 samples per second."""
COLOUR = (74, 138, 181, 255)
"""Can be seen on white and on black."""


def strip(frames: Sequence[Image]) -> bytes:
    """The frames as one WebP of at most THUMBNAIL_BYTES, `COLUMNS` in a row; raises MediaError as `decoded` does."""
    from PIL import Image as Pillow

    small = [decoded(frame).convert("RGB") for frame in frames]
    for picture in small:
        picture.thumbnail((SIDE, SIDE))
    width, height = small[0].width + GAP, small[0].height + GAP
    rows = -(-len(small) // COLUMNS)
    sheet = Pillow.new("RGBA", (min(len(small), COLUMNS) * width - GAP, rows * height - GAP), (0, 0, 0, 0))
    for place, picture in enumerate(small):
        sheet.paste(picture, (place % COLUMNS * width, place // COLUMNS * height))
    while True:
        for quality in (70, 50, 30):
            file = io.BytesIO()
            sheet.save(file, "WEBP", quality=quality, method=4)
            if len(file.getvalue()) <= THUMBNAIL_BYTES:
                return file.getvalue()
        sheet = sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4))


def wave_form(file: Path) -> bytes:
    """The loudest samples of each moment of a WAV file of one channel and 16 bits, as a WebP without a background.

    The loudest of all fills the height. Raises MediaError when the file holds nothing.
    """
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageDraw

    samples = _samples(file)[1].astype(np.int32)
    width, height = 2 * WAVE[0], 2 * WAVE[1]
    edges = np.linspace(0, len(samples), width + 1).astype(int)[:-1].clip(max=len(samples) - 1)
    peaks = np.maximum.reduceat(np.abs(samples), edges)
    picture = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for x, peak in enumerate(peaks / max(1, peaks.max())):
        half = max(1, round(float(peak) * (height // 2 - 1)))
        pen.line([(x, height // 2 - half), (x, height // 2 + half - 1)], fill=COLOUR)
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True)
    return out.getvalue()


def small_sound(file: Path) -> bytes:
    """A WAV file of one channel and 16 bits as MP3. Raises MediaError when the file holds nothing."""
    import av

    rate, samples = _samples(file)
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as made:
        stream = made.add_stream("libmp3lame", rate=rate, layout="mono")
        stream.bit_rate = BIT_RATE
        block = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        block.sample_rate, block.pts = rate, 0
        made.mux(stream.encode(block))
        made.mux(stream.encode(None))
    return out.getvalue()


def _samples(file: Path) -> tuple[int, np.ndarray[Any, np.dtype[np.int16]]]:
    """Samples per second, and the samples."""
    import numpy as np

    with wave.open(str(file)) as sound:
        rate, samples = sound.getframerate(), np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    if not len(samples):
        raise MediaError(f"{file.name}: no sound in it")
    return rate, samples
