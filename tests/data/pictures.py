"""Tiny real pictures that can be told apart."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from typing import Any


@cache
def png(shade: int = 0, size: tuple[int, int] = (8, 8)) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", size, shade % 256).save(out, "PNG")
    return out.getvalue()


def exact_film(*frames: Any, fps: int = 8) -> bytes:
    """A film without loss: each frame is one grey value, or an RGB array."""
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream = file.add_stream("ffv1", rate=fps, options={"context": "0"})
        stream.width, stream.height, stream.pix_fmt = 16, 16, "bgr0"
        for number, shade in enumerate(frames):
            pixels = np.broadcast_to(np.asarray(shade, dtype=np.uint8), (16, 16, 3))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()
