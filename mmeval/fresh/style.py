"""How drawn questions look: fonts, colours, paper and noise, so that no model can key on one style.

The fonts lie in this package, so that a picture has the same pixels on every machine.
"""

from __future__ import annotations

import functools
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

__all__ = ["COLOURS", "DEVIATION", "FONTS", "RGB", "Page", "Style", "normal", "png", "style"]

RGB: TypeAlias = tuple[int, int, int]
FONTS = tuple(sorted(Path(__file__).with_name("fonts").glob("*.[ot]tf")))
COLOURS: Mapping[str, RGB] = {
    "red": (209, 42, 47),
    "green": (38, 148, 66),
    "blue": (44, 92, 214),
    "orange": (236, 132, 22),
    "purple": (134, 60, 178),
    "yellow": (236, 200, 36),
    "black": (30, 30, 34),
    "grey": (132, 134, 140),
    "pink": (236, 128, 180),
    "brown": (122, 78, 44),
}
"""Colours that people name alike; vary them with `Style.shade` only."""
DEVIATION = 209
"""Standard deviation of the sum of eight random bytes."""
SCALE = 2
"""Factor by which pages are drawn larger and then averaged down, for smooth edges."""


@dataclass(frozen=True, slots=True)
class Style:
    """The look of one item."""

    font: Path
    paper: RGB
    ink: RGB
    noise: int
    """Standard deviation of the noise on each pixel, in tenths of a level of 255."""
    seed: int
    """Of the noise."""

    @property
    def pale(self) -> RGB:
        """The ink of helping lines."""
        red, green, blue = (round(0.8 * a + 0.2 * b) for a, b in zip(self.paper, self.ink, strict=True))
        return red, green, blue

    def type(self, size: float) -> ImageFont.FreeTypeFont:
        """The font at a size in pixels of the finished picture."""
        return _type(self.font, round(size * SCALE))

    def shade(self, rng: random.Random, colour: str, by: int = 14) -> RGB:
        """A named colour, varied so little that its name stays."""
        red, green, blue = (max(0, min(255, value + rng.randint(-by, by))) for value in COLOURS[colour])
        return red, green, blue


def style(rng: random.Random) -> Style:
    """Draw a look: a font, a light paper, a dark ink, and a little noise on half of the pictures."""
    light, tint = rng.randint(238, 255), rng.randint(-6, 6)
    paper = (min(255, light + tint), light, min(255, light - tint))
    dark = rng.randint(20, 72)
    noise = rng.choice((0, rng.randint(15, 50)))
    return Style(
        rng.choice(FONTS), paper, (dark, dark, min(255, dark + rng.randint(0, 24))), noise, rng.getrandbits(32)
    )


@functools.lru_cache(maxsize=256)
def _type(font: Path, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    # The basic layout engine is part of Pillow; the other one depends on what the machine has installed.
    return ImageFont.truetype(str(font), size, layout_engine=ImageFont.Layout.BASIC)


class Page:
    """A picture to draw on. Lengths are pixels of the finished picture; the origin is the top left corner."""

    def __init__(self, width: int, height: int, look: Style) -> None:
        from PIL import Image, ImageDraw

        self.look = look
        self.image: Image.Image = Image.new("RGB", (width * SCALE, height * SCALE), look.paper)
        self.pen: ImageDraw.ImageDraw = ImageDraw.Draw(self.image)

    def line(self, *points: tuple[float, float], colour: RGB | None = None, width: float = 1) -> None:
        """A line through points."""
        self.pen.line(_scaled(points), fill=colour or self.look.ink, width=max(1, round(width * SCALE)), joint="curve")

    def box(
        self, left: float, top: float, right: float, bottom: float, *, fill: RGB | None = None, edge: RGB | None = None,
        width: float = 1,
    ) -> None:  # fmt: skip
        """A rectangle: filled, outlined, or both."""
        corners = _scaled(((left, top), (right, bottom)))
        self.pen.rectangle(corners, fill=fill, outline=edge, width=max(1, round(width * SCALE)))

    def circle(
        self, x: float, y: float, radius: float, *, fill: RGB | None = None, edge: RGB | None = None, width: float = 1
    ) -> None:
        """A circle around (x, y)."""
        corners = _scaled(((x - radius, y - radius), (x + radius, y + radius)))
        self.pen.ellipse(corners, fill=fill, outline=edge, width=max(1, round(width * SCALE)))

    def oval(self, x: float, y: float, across: float, down: float, *, fill: RGB) -> None:
        """A filled oval around (x, y), with its half width and half height."""
        self.pen.ellipse(_scaled(((x - across, y - down), (x + across, y + down))), fill=fill)

    def polygon(
        self, points: Sequence[tuple[float, float]], *, fill: RGB | None = None, edge: RGB | None = None
    ) -> None:
        """A closed shape."""
        self.pen.polygon(_scaled(points), fill=fill, outline=edge)

    def text(
        self, x: float, y: float, words: str, *, size: float, colour: RGB | None = None, anchor: str = "mm"
    ) -> None:
        """A line of text; `anchor` as in Pillow, by default the middle of the text."""
        self.pen.text(
            _scaled([(x, y)])[0], words, font=self.look.type(size), fill=colour or self.look.ink, anchor=anchor
        )

    def png(self, *, effort: int = 6) -> bytes:
        """The finished picture as PNG."""
        return png(self.image.reduce(SCALE), self.look, effort=effort)


def png(image: Image.Image, look: Style, *, effort: int = 6) -> bytes:
    """An RGB image with the noise of its look, as PNG, compressed with an effort of 1 to 9."""
    out = io.BytesIO()
    _noisy(image, look).save(out, "PNG", compress_level=effort)
    return out.getvalue()


def normal(count: int, seed: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Nearly normal whole numbers with mean 0 and a standard deviation of `DEVIATION`, alike on every machine."""
    import numpy as np

    raw = np.random.PCG64(seed).random_raw(count)
    found: np.ndarray[Any, np.dtype[np.int64]] = raw.view(np.uint8).reshape(count, 8).sum(axis=1, dtype=np.int64)
    return found - 1020  # the mean of the sum of eight random bytes


def _scaled(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(round(x * SCALE), round(y * SCALE)) for x, y in points]


def _noisy(image: Image.Image, look: Style) -> Image.Image:
    """The picture with noise, in whole numbers."""
    if not look.noise:
        return image
    import numpy as np
    from PIL import Image

    pixels = np.asarray(image, dtype=np.int64)
    height, width, _ = pixels.shape
    noise = normal(height * width, look.seed).reshape(height, width) * look.noise // (10 * DEVIATION)
    return Image.fromarray(np.clip(pixels + noise[..., None], 0, 255).astype(np.uint8))


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: `red, blue and green`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def columns(count: int) -> str:
    """The letters of a grid's columns."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]


def cell(column: int, row: int) -> str:
    """The name of a cell, counted from 0: `B3` is the second column, third row."""
    return f"{columns(26)[column]}{row + 1}"
