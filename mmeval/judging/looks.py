"""Films that go slowly over a photograph, as it was taken or spoilt: which of the two looks better?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING

from mmeval.animate import film
from mmeval.judging.item import Item
from mmeval.judging.photos import photograph
from mmeval.scorers.judges.verdicts import RIGHT

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = ["SPOILT", "draw"]

SUBJECTS = ("astronaut", "cat", "cup")
"""The photographs in colour."""
SIDE, ROOM, FRAMES, FPS = 256, 40, 12, 6
"""Of a frame, and how far the camera goes, in pixels."""
TILES = 4
"""Along each side of a frame that is cut up."""


def draw(rng: Random, kind: str, label: str) -> Item:
    """A film of a photograph as it was taken, or spoilt in the way of this kind."""
    subject = rng.choice(SUBJECTS)
    seen = _seen(rng, photograph(subject))
    made = film(seen if label == RIGHT else map(SPOILT[kind](rng.getrandbits(32)), seen), fps=FPS)
    return Item(made, f"{subject}, the camera moves slowly", None, "")


def _seen(rng: Random, photo: Picture) -> Iterator[Picture]:
    """What the camera sees on its way from one corner of the photograph to another."""
    from PIL import ImageOps

    whole = ImageOps.fit(photo, (SIDE + ROOM, SIDE + ROOM))
    (left, top), (right, bottom) = rng.sample([(x, y) for x in (0, ROOM) for y in (0, ROOM)], 2)
    for number in range(FRAMES):
        x, y = (a + (b - a) * number // (FRAMES - 1) for a, b in ((left, right), (top, bottom)))
        yield whole.crop((x, y, x + SIDE, y + SIDE))


def _pale(seed: int) -> Callable[[Picture], Picture]:
    """With a fifth of its contrast, and hardly any colour."""
    from PIL import ImageEnhance

    del seed
    return lambda picture: ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(0.2)).enhance(0.3)


def _tinted(seed: int) -> Callable[[Picture], Picture]:
    """With every hue turned into another: green skin, a purple cat."""
    from PIL import Image as Pillow

    turn = Random(seed).randint(80, 176)  # noqa: S311 - no secret

    def spoil(picture: Picture) -> Picture:
        hue, saturation, value = picture.convert("HSV").split()
        hues = hue.point(lambda one: (one + turn) % 256)
        strong = saturation.point(lambda one: min(255, one * 2))
        return Pillow.merge("HSV", (hues, strong, value)).convert("RGB")

    return spoil


def _cut_up(seed: int) -> Callable[[Picture], Picture]:
    """In sixteen tiles, in another order."""
    side = SIDE // TILES
    places = [(x * side, y * side) for y in range(TILES) for x in range(TILES)]
    order = Random(seed).sample(places, len(places))  # noqa: S311 - no secret

    def spoil(picture: Picture) -> Picture:
        page = picture.copy()
        for (x, y), place in zip(places, order, strict=True):
            page.paste(picture.crop((x, y, x + side, y + side)), place)
        return page

    return spoil


SPOILT: Mapping[str, Callable[[int], Callable[[Picture], Picture]]] = {
    "pale": _pale, "false colours": _tinted, "cut up": _cut_up,
}  # fmt: skip
"""What nobody would do to a photograph to make it look better; each is made from a seed, the same for all frames."""
