"""Pictures, sounds and films that a model is probed with; each holds something that can be asked for."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import wave
from functools import cache
from typing import Any

from mmeval import media
from mmeval.types import Audio, Image, Video

__all__ = ["beeps", "film", "picture", "plain"]

SECONDS = 0.5
"""Of one beep and the silence after it."""
HERTZ = 440
RATE = 16_000


@cache
def picture(number: int, *, side: int = 256) -> Image:
    """A number in black on white."""
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    canvas = Pillow.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(canvas)
    pen.text((side / 2, side / 2), str(number), fill="black", anchor="mm", font=ImageFont.load_default(size=side / 3))
    return _image(canvas, f"number {number}")


@cache
def plain(side: int) -> Image:
    """A grey square, small as a file."""
    from PIL import Image as Pillow

    return _image(Pillow.new("L", (side, side), 128), f"{side} x {side}")


def beeps(count: int) -> Audio:
    """So many short tones with silence between them, as WAV."""
    out = io.BytesIO()
    each = round(SECONDS * RATE)
    loud = (12_000 * math.sin(2 * math.pi * HERTZ * i / RATE) * (i % each < each // 2) for i in range(count * each))
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", round(one)) for one in loud))
    return Audio(out.getvalue(), "audio/wav", _digest(out.getvalue()), f"{count} beeps")


def film() -> Video | None:
    """Eight frames with the numbers 1 to 8, as MP4; None where the package `av` is not installed."""
    try:
        import av
    except ImportError:
        return None
    from PIL import Image as Pillow

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=4)
        stream.width = stream.height = 256
        stream.pix_fmt = "yuv420p"
        for number in range(1, 9):
            with Pillow.open(io.BytesIO(picture(number).read())) as frame:
                made: Any = av.VideoFrame.from_image(frame.convert("RGB"))  # type: ignore[no-untyped-call]
                for packet in stream.encode(made):
                    file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return Video(out.getvalue(), "video/mp4", _digest(out.getvalue()), "numbers 1 to 8")


def _image(canvas: object, source: str) -> Image:
    out = io.BytesIO()
    canvas.save(out, "PNG")  # type: ignore[attr-defined]
    return media.image(out.getvalue(), source=source)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
