"""Films of an object that moves before others: one thing in them changes, or nothing does; or they have a style.

Or a defect, or hardly anything moves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from mmeval.animate import film
from mmeval.fresh.scenes.stage import Stage, Thing, a, colours, mixed
from mmeval.fresh.style import COLOURS, RGB, SCALE
from mmeval.judging.item import Item
from mmeval.judging.objects import OBJECTS
from mmeval.scorers.judges.verdicts import RIGHT

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

__all__ = [
    "BACKGROUNDS", "DEFECTS", "MOTIONS", "STYLES", "SUBJECTS", "background", "motion", "quality", "style", "subject",
]  # fmt: skip

SIDE, FRAMES, FPS = 256, 12, 6
"""The side is a multiple of 64, or an encoder makes other bytes each time."""
LARGE, SMALL = 46, 26
"""Radius of the object that moves, and of those that stand behind it."""
OBJECT, BEHIND = ("colour", "kind"), ("ground", "behind")
SUBJECTS = {"colour": ((), ("colour",)), "form": ((), ("kind",)), "against the background": (BEHIND, OBJECT)}
BACKGROUNDS = {"colour": ((), ("ground",)), "things": ((), ("behind",)), "against the subject": (OBJECT, BEHIND)}
"""What changes in the right and in the wrong film, by kind."""
MOTIONS = {"stands still": 0.0, "creeps": 0.15}
"""How much of its way the object goes in a wrong film, by kind: 0, or about 2 pixels from frame to frame."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a frame shows."""

    kind: str
    colour: str
    """Of the object that moves."""
    ground: RGB
    behind: tuple[Thing, ...]


def subject(rng: Random, kind: str, label: str) -> Item:
    """The object that moves stays the same, whatever is behind it, or changes at once."""
    return _changed(rng, SUBJECTS[kind][label != RIGHT])


def background(rng: Random, kind: str, label: str) -> Item:
    """What is behind it stays the same, whatever it does, or changes at once."""
    return _changed(rng, BACKGROUNDS[kind][label != RIGHT])


def style(rng: Random, kind: str, label: str) -> Item:
    """The film has the style of this kind, or none."""
    look, _ = _looks(rng)
    pictures = _pictures(rng, [look] * FRAMES)
    made = film(map(STYLES[kind], pictures) if label == RIGHT else pictures, fps=FPS)
    return Item(made, f"{_moves(look)}, {kind}", kind, "")


def motion(rng: Random, kind: str, label: str) -> Item:
    """The object goes all its way, about 12 pixels from frame to frame, or hardly any of it."""
    look, _ = _looks(rng)
    made = film(_pictures(rng, [look] * FRAMES, 1.0 if label == RIGHT else MOTIONS[kind]), fps=FPS)
    return Item(made, _moves(look), None, "")


def quality(rng: Random, kind: str, label: str) -> Item:
    """The pictures are as drawn, or have a defect."""
    look, _ = _looks(rng)
    pictures = _pictures(rng, [look] * FRAMES)
    made = film(pictures if label == RIGHT else map(DEFECTS[kind], pictures), fps=FPS)
    return Item(made, _moves(look), None, "")


def _changed(rng: Random, what: tuple[str, ...]) -> Item:
    first, other = _looks(rng)
    then, at = replace(first, **{name: getattr(other, name) for name in what}), rng.randint(4, FRAMES - 4)
    made = film(_pictures(rng, [first] * at + [then] * (FRAMES - at)), fps=FPS)
    return Item(made, _moves(first), None, "")


def _moves(look: Look) -> str:
    return f"{a(f'{look.colour} {look.kind}')} moves from left to right"


def _looks(rng: Random) -> tuple[Look, Look]:
    """Two looks that differ in everything."""
    tints, kinds = colours(rng, 4), rng.sample(OBJECTS, 8)
    grounds = [mixed(COLOURS[tint], (255, 255, 255), 0.6) for tint in tints[2:]]
    rows = [
        tuple(
            Thing(kind=kind, colour=rng.choice(tints[2:]), x=SIDE * place // 6, y=56, radius=SMALL)
            for kind, place in zip(some, (1, 3, 5), strict=True)
        )
        for some in (kinds[2:5], kinds[5:])
    ]
    one, other = (Look(kinds[n], tints[n], grounds[n], rows[n]) for n in range(2))
    return one, other


def _pictures(rng: Random, looks: list[Look], way: float = 1.0) -> list[Picture]:
    stage, y = Stage(rng), rng.randint(160, 190)
    first, last = LARGE + rng.randint(4, 20), SIDE - LARGE - rng.randint(4, 20)
    pictures = []
    for number, look in enumerate(looks):
        stage.tints = (look.ground, mixed(look.ground, (0, 0, 0), 0.12))
        x = first + int((last - first) * way * number) // (FRAMES - 1)
        moving = Thing(kind=look.kind, colour=look.colour, x=x, y=y, radius=LARGE)
        pictures.append(stage.put(stage.page(SIDE, SIDE), [*look.behind, moving]).image.reduce(SCALE))
    return pictures


def _grey(picture: Picture) -> Picture:
    return picture.convert("L").convert("RGB")


def _coarse(picture: Picture) -> Picture:
    """Of 32 by 32 pixels."""
    from PIL.Image import Resampling

    return picture.reduce(SIDE // 32).resize(picture.size, Resampling.NEAREST)


STYLES: Mapping[str, Callable[[Picture], Picture]] = {"black and white": _grey, "pixel art": _coarse}
"""Of the nine styles that VBench asks for, those that a program can give to a drawing."""


def _blurred(picture: Picture) -> Picture:
    from PIL import ImageFilter

    return picture.filter(ImageFilter.GaussianBlur(4))


def _noisy(picture: Picture) -> Picture:
    """With noise of its own in each frame, the same for the same picture."""
    import numpy as np
    from PIL import Image as Pillow

    pixels = np.asarray(picture, dtype=float)
    grains = np.random.default_rng(int(pixels.sum())).normal(0, 40, pixels.shape)
    return Pillow.fromarray((pixels + grains).clip(0, 255).round().astype(np.uint8))


def _blocky(picture: Picture) -> Picture:
    """As a JPEG file of low quality shows it."""
    from PIL import Image as Pillow

    file = io.BytesIO()
    picture.save(file, "JPEG", quality=4)
    return Pillow.open(file).convert("RGB")


DEFECTS: Mapping[str, Callable[[Picture], Picture]] = {"blurred": _blurred, "noisy": _noisy, "blocky": _blocky}
"""What makes a picture worse for everybody."""
