"""Scenes: a backdrop, and objects that stand apart from each other."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.fresh.scenes.things import KINDS, Pen, thing
from mmeval.fresh.style import COLOURS, RGB, Page, Style, style

__all__ = ["HEIGHT", "WIDTH", "Stage", "Thing", "colours", "names", "read", "scattered", "told"]

WIDTH, HEIGHT = 520, 400
EFFORT = 2
"""Of the compression: most of the time of a picture goes into it, and noise hardly shrinks."""
ALIKE = {
    frozenset(pair.split())
    for pair in (
        "red green", "red orange", "red brown", "green orange", "green blue", "green brown", "blue purple",
        "orange yellow", "orange pink", "purple brown", "yellow pink", "grey pink",
    )
}  # fmt: skip
"""Colours that never stand in one scene: their CIEDE2000 distance is below 18 for normal sight or for one of the three
kinds of colour blindness (Machado, Oliveira and Fernandes 2009, full severity)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object of a scene in a square of 2 x `radius` around (x, y), in pixels."""

    kind: str
    colour: str
    x: int = 0
    y: int = 0
    radius: int = 0

    @property
    def name(self) -> str:
        """Such as `red cup`."""
        return f"{self.colour} {self.kind}"

    @property
    def phrase(self) -> str:
        """Such as `an orange cup`."""
        return a(self.name)

    def facts(self) -> dict[str, Any]:
        """The object as facts of an item."""
        return {"kind": self.kind, "colour": self.colour, "x": self.x, "y": self.y, "radius": self.radius}


def a(name: str) -> str:
    """A name with its article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def read(facts: Sequence[Mapping[str, Any]]) -> list[Thing]:
    """The objects that were written as facts."""
    return [Thing(**one) for one in facts]


def colours(rng: random.Random, count: int) -> list[str]:
    """At most five colours that everyone tells apart."""
    while True:
        found: list[str] = []
        for one in rng.sample(sorted(COLOURS), len(COLOURS)):
            if len(found) < count and not any(frozenset((one, other)) in ALIKE for other in found):
                found.append(one)
        if len(found) == count:
            return found


def names(rng: random.Random, count: int, *, kinds: int, shades: int) -> list[tuple[str, str]]:
    """Different pairs of a kind and a colour, of a few kinds and a few colours."""
    some, tints = rng.sample(KINDS, kinds), colours(rng, shades)
    return rng.sample([(kind, colour) for kind in some for colour in tints], count)


def scattered(
    rng: random.Random, looks: Sequence[tuple[str, str]], radii: Sequence[int], *, gap: int = 8, edge: int = 8
) -> list[Thing]:
    """Objects of these kinds and colours at places where none touches another or the edge."""
    while True:
        found: list[Thing] = []
        for (kind, colour), radius in zip(looks, radii, strict=True):
            place = _free(rng, found, radius, gap, edge)
            if place is None:
                break
            found.append(Thing(kind=kind, colour=colour, x=place[0], y=place[1], radius=radius))
        if len(found) == len(looks):
            return found


def _free(rng: random.Random, there: Sequence[Thing], radius: int, gap: int, edge: int) -> tuple[int, int] | None:
    for _ in range(200):
        x = rng.randint(radius + edge, WIDTH - radius - edge)
        y = rng.randint(radius + edge, HEIGHT - radius - edge)
        if not any(max(abs(x - one.x), abs(y - one.y)) < radius + one.radius + gap for one in there):
            return x, y
    return None


def told(things: Sequence[Thing]) -> str:
    """The objects and the places of their middles in words."""
    said = [f"{one.phrase} at ({one.x}, {one.y})" for one in things]
    return (
        f"A picture of {WIDTH} by {HEIGHT} pixels. The middles of the objects, in pixels from the left and from the "
        f"top: {'; '.join(said)}."
    )


class Stage:
    """The look of a scene: the same for all pictures of an item."""

    def __init__(self, rng: random.Random) -> None:
        self.look: Style = style(rng)
        ink = rng.randint(24, 60)
        self.pen = Pen((ink, ink, ink), rng.choice((1, 1.5, 2)))
        self.shadows = rng.random() < 0.5
        self.tints = (_pale(rng), _pale(rng))
        self.ground = rng.choice(sorted(GROUNDS))
        self.pitch = rng.randint(14, 44)
        self.fills = {one: self.look.shade(rng, one, 5 if one in ("grey", "black") else 14) for one in COLOURS}

    def page(self, width: int = WIDTH, height: int = HEIGHT) -> Page:
        """A picture with the backdrop alone."""
        page = Page(width, height, self.look)
        page.box(0, 0, width, height, fill=self.tints[0])
        GROUNDS[self.ground](page, width, height, self)
        return page

    def picture(self, things: Sequence[Thing]) -> bytes:
        """The scene with these objects as PNG."""
        return self.put(self.page(), things).png(effort=EFFORT)

    def put(self, page: Page, things: Sequence[Thing], *, shadows: bool = True) -> Page:
        """Draw objects, and their shadows where the scene has some."""
        for one in things if shadows and self.shadows else ():
            page.oval(one.x, one.y + 0.98 * one.radius, 0.8 * one.radius, 0.13 * one.radius, fill=self.shadow)
        for one in things:
            thing(page, one.kind, one.x, one.y, one.radius, fill=self.fills[one.colour], pen=self.pen)
        return page

    @property
    def shadow(self) -> RGB:
        """The colour of shadows on the backdrop."""
        return mixed(self.tints[1], (0, 0, 0), 0.2)


def mixed(one: RGB, other: RGB, share: float) -> RGB:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _pale(rng: random.Random) -> RGB:
    """A light tint that no named colour comes near."""
    return rng.randint(216, 250), rng.randint(222, 250), rng.randint(216, 250)


def _plain(page: Page, width: int, height: int, stage: Stage) -> None:
    """The tint alone."""


def _gradient(page: Page, width: int, height: int, stage: Stage) -> None:
    for y in range(height):
        page.box(0, y, width, y + 1, fill=mixed(*stage.tints, y / height))


def _stripes(page: Page, width: int, height: int, stage: Stage) -> None:
    for at in range(-height, width, 2 * stage.pitch):
        corners = [(at, height), (at + stage.pitch, height), (at + stage.pitch + height, 0), (at + height, 0)]
        page.polygon(corners, fill=stage.tints[1])


def _checks(page: Page, width: int, height: int, stage: Stage) -> None:
    side = stage.pitch
    for row in range(height // side + 1):
        for column in range(row % 2, width // side + 1, 2):
            page.box(column * side, row * side, (column + 1) * side, (row + 1) * side, fill=stage.tints[1])


def _waves(page: Page, width: int, height: int, stage: Stage) -> None:
    for y in range(0, height, stage.pitch):
        points = [(x, y + (stage.pitch / 4 if x // 20 % 2 else 0)) for x in range(0, width + 20, 20)]
        page.line(*points, colour=stage.tints[1], width=stage.pitch / 4)


def _horizon(page: Page, width: int, height: int, stage: Stage) -> None:
    page.box(0, height * (0.2 + stage.pitch / 100), width, height, fill=mixed(stage.tints[1], (200, 190, 170), 0.35))


GROUNDS = {
    "plain": _plain,
    "gradient": _gradient,
    "stripes": _stripes,
    "checks": _checks,
    "waves": _waves,
    "horizon": _horizon,
}
