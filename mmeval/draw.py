"""Draw images: a canvas, and the three scenes of the bundled benchmarks.

The same arguments give the same pixels and, with the same Pillow version, the same PNG bytes, so a drawn data set needs
no download. A scene uses its `random.Random` for tints and positions only, never for content.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeAlias

__all__ = ["COLOURS", "SHAPES", "Canvas", "bars", "grid", "marked", "paper", "sequence", "vary"]

RGB: TypeAlias = tuple[int, int, int]
Thing: TypeAlias = tuple[str, str]
"""(colour name, shape name)"""

COLOURS: Mapping[str, RGB] = {
    "red": (214, 48, 49),
    "green": (46, 160, 67),
    "blue": (52, 90, 220),
    "yellow": (240, 200, 40),
    "purple": (146, 64, 180),
    "black": (32, 32, 36),
}
SHAPES = ("circle", "square", "triangle", "star")
INK: RGB = (90, 90, 96)
SCALE = 2
"""Factor by which images are drawn larger and then averaged down, for smooth edges."""


class Canvas:
    """An image to draw on. Lengths are pixels of the finished image; the origin is the top left corner."""

    def __init__(self, width: int, height: int, *, background: RGB = (255, 255, 255)) -> None:
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (width * SCALE, height * SCALE), background)
        self._pen = ImageDraw.Draw(self._image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: RGB) -> None:
        """A filled rectangle."""
        self._pen.rectangle([round(v * SCALE) for v in (left, top, right, bottom)], fill=colour)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: RGB = INK, *, width: int = 1) -> None:
        """A straight line."""
        points = [round(v * SCALE) for v in (*start, *end)]
        self._pen.line(points, fill=colour, width=width * SCALE)

    def shape(self, name: str, x: float, y: float, radius: float, colour: RGB) -> None:
        """One of SHAPES, centred on (x, y)."""
        cx, cy, r = x * SCALE, y * SCALE, radius * SCALE
        if name == "circle":
            self._pen.ellipse([cx - r, cy - r, cx + r, cy + r], fill=colour)
        elif name == "square":
            self._pen.rectangle([cx - 0.85 * r, cy - 0.85 * r, cx + 0.85 * r, cy + 0.85 * r], fill=colour)
        elif name == "triangle":
            self._pen.polygon([(cx, cy - r), (cx - r, cy + 0.8 * r), (cx + r, cy + 0.8 * r)], fill=colour)
        elif name == "star":
            self._pen.polygon(_star(cx, cy, r), fill=colour)
        else:
            raise ValueError(f"no shape {name!r}; there are {', '.join(SHAPES)}")

    def text(self, x: float, y: float, words: str, *, size: int, colour: RGB = INK) -> None:
        """Text centred on (x, y) in Pillow's built-in font; `size` in pixels."""
        from PIL import ImageFont

        self._pen.text(
            (x * SCALE, y * SCALE), words, fill=colour, font=ImageFont.load_default(size * SCALE), anchor="mm"
        )

    def png(self) -> bytes:
        """The finished image as PNG."""
        out = io.BytesIO()
        self._image.reduce(SCALE).save(out, "PNG", compress_level=6)
        return out.getvalue()


def marked(picture: bytes, marks: Mapping[str, tuple[float, float]]) -> bytes:
    """A picture with points marked by letters; returns JPEG bytes.

    Args:
        picture: the bytes of a picture.
        marks: x and y in pixels by letter.

    Raises:
        OSError: the picture cannot be decoded.
    """
    from PIL import Image, ImageDraw, ImageFont

    with Image.open(io.BytesIO(picture)) as opened:
        canvas = opened.convert("RGB")
    pen, radius = ImageDraw.Draw(canvas), max(3.0, min(canvas.size) / 60)
    font = ImageFont.load_default(max(10, round(3 * radius)))
    for letter, (x, y) in marks.items():
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill="red", outline="white", width=2)
        pen.text((x, y - 1.5 * radius), letter, "red", font, "ms", stroke_width=2, stroke_fill="white")
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=95)
    return out.getvalue()


def paper(rng: random.Random) -> RGB:
    """A light background with a random tint."""
    light = rng.randint(232, 255)
    return light, min(255, light + rng.randint(-5, 5)), min(255, light + rng.randint(-5, 5))


def vary(rng: random.Random, colour: str) -> RGB:
    """A slight variation of a named colour."""
    red, green, blue = (max(0, min(255, value + rng.randint(-16, 16))) for value in COLOURS[colour])
    return red, green, blue


def sequence(rng: random.Random, things: Sequence[Thing], *, cell: int = 56) -> bytes:
    """Things in a row of square cells, and a last cell with a question mark; returns PNG bytes."""
    height = cell * 3 // 2
    canvas = Canvas(cell * (len(things) + 1), height, background=paper(rng))
    for index, (colour, shape) in enumerate(things):
        x = cell * (index + 0.5) + rng.uniform(-0.04, 0.04) * cell
        y = height / 2 + rng.uniform(-0.12, 0.12) * cell
        canvas.shape(shape, x, y, cell * rng.uniform(0.32, 0.4), vary(rng, colour))
    canvas.text(cell * (len(things) + 0.5), height / 2, "?", size=cell * 2 // 3)
    return canvas.png()


def bars(rng: random.Random, values: Mapping[str, int], *, top: int, size: int = 192) -> bytes:
    """A bar chart with a labelled axis from 0 to `top`; one bar per colour, in the given order; returns PNG bytes."""
    canvas = Canvas(size, size, background=paper(rng))
    left, floor, step = size / 6, size * 0.94, size * 0.88 / top
    for tick in range(top + 1):
        y = floor - tick * step
        canvas.line((left, y), (size * 0.98, y), (214, 214, 218))
        canvas.text(left * 0.6, y, str(tick), size=size // 16)
    pitch = (size * 0.98 - left) / len(values)
    for index, (colour, value) in enumerate(values.items()):
        middle, half = left + pitch * (index + 0.5), pitch * rng.uniform(0.3, 0.42)
        canvas.box(middle - half, floor - value * step, middle + half, floor, vary(rng, colour))
    canvas.line((left, floor), (size * 0.98, floor), width=2)
    return canvas.png()


def grid(rng: random.Random, things: Mapping[tuple[int, int], Thing], *, size: int = 192) -> bytes:
    """Things by (row, column) on a 3 x 3 grid without lines; returns PNG bytes."""
    canvas = Canvas(size, size, background=paper(rng))
    cell = size / 3
    for (row, column), (colour, shape) in things.items():
        x, y = ((index + 0.5 + rng.uniform(-0.1, 0.1)) * cell for index in (column, row))
        canvas.shape(shape, x, y, cell * rng.uniform(0.28, 0.38), vary(rng, colour))
    return canvas.png()


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = [math.pi * (index / 5 - 0.5) for index in range(10)]
    lengths = [radius if index % 2 == 0 else 0.42 * radius for index in range(10)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a, r in zip(angles, lengths, strict=True)]
