"""A picture of coloured shapes and one change to it: is it made, and does everything else stay as it was?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from random import Random

from mmeval import draw
from mmeval.generation.seeing import Thing, colours, pixels, things
from mmeval.generation.tasks import Facts, Task
from mmeval.types import JSON, Image, Media

__all__ = ["EDITS"]

SIDE, CELLS = 512, 4
FAR = 0.04
"""By how much a thing may move, as a share of the picture's side: models draw anew what they leave alone."""
LARGER = 1.6
"""Factor by which its area may grow or shrink."""
AREAS = {"circle": math.pi, "square": 1.7**2, "triangle": 1.8, "star": 1.234}
"""Of shapes of radius 1."""
PAPER = (255, 255, 255)
OTHER_PAPER = (170, 205, 240)


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape; lengths in pixels of a picture of SIDE."""

    colour: str
    shape: str
    x: float
    y: float
    radius: float

    @property
    def name(self) -> str:
        return f"{self.colour} {self.shape}"


def _draw(rng: Random) -> dict[str, JSON]:
    looks = [(colour, shape) for colour in sorted(draw.COLOURS) for shape in draw.SHAPES]
    cells = rng.sample([(column, row) for column in range(CELLS) for row in range(CELLS)], rng.randint(4, 7))
    pitch = SIDE / CELLS
    shown = []
    for (colour, shape), cell in zip(rng.sample(looks, len(cells)), cells, strict=True):
        x, y = (round((at + 0.5) * pitch + rng.uniform(-9, 9)) for at in cell)
        shown.append(Shape(colour, shape, x, y, rng.randint(26, 36)))
    kind, (one, other) = rng.choice(("recolour", "remove", "reshape", "swap")), rng.sample(range(len(shown)), 2)
    changed = {
        "recolour": [tint for tint in sorted(draw.COLOURS) if (tint, shown[one].shape) not in _looks(shown)],
        "reshape": [form for form in draw.SHAPES if (shown[one].colour, form) not in _looks(shown)],
    }.get(kind, [""])
    if not changed:
        return _draw(rng)
    return {"kind": kind, "things": [asdict(one) for one in shown], "one": one, "other": other,
            "to": rng.choice(changed)}  # fmt: skip


def _looks(shown: Sequence[Shape]) -> set[tuple[str, str]]:
    return {(one.colour, one.shape) for one in shown}


def _things(facts: Facts) -> list[Shape]:
    return [Shape(**one) for one in facts["things"]]


def _prompt(facts: Facts) -> str:
    shown = _things(facts)
    one, other, to = shown[facts["one"]], shown[facts["other"]], facts["to"]
    what = {
        "recolour": f"Make the {one.name} {to}.",
        "remove": f"Remove the {one.name}.",
        "reshape": f"Replace the {one.name} by a {one.colour} {to} of about the same size, at the same place.",
        "swap": f"Swap the places of the {one.name} and the {other.name}.",
    }[facts["kind"]]
    return (
        f"Change this picture. {what} Everything else stays exactly as it is: the same shapes, places, sizes and "
        "colours on the same plain white background, with nothing added."
    )


def _shown(facts: Facts) -> bytes:
    return _drawn(_things(facts), PAPER)


def _edited(shown: Sequence[Shape], kind: str, one: int, other: int, to: str) -> list[Shape]:
    """The shapes after a change."""
    new = list(shown)
    if kind == "recolour":
        new[one] = replace(new[one], colour=to)
    elif kind == "reshape":
        new[one] = replace(new[one], shape=to)
    elif kind == "swap":
        first, second = shown[one], shown[other]
        new[one], new[other] = replace(first, x=second.x, y=second.y), replace(second, x=first.x, y=first.y)
    else:
        del new[one]
    return new


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    shown, kind, to, one = _things(facts), facts["kind"], facts["to"], facts["one"]
    if flaw == "nothing changed":
        return _drawn(_moved(rng, shown), PAPER)
    rest = [place for place in range(len(shown)) if place not in (one, facts["other"])]
    spare = shown[rng.choice(rest)]
    if flaw == "another one changed":
        at = shown.index(spare)
        return _drawn(_moved(rng, _edited(shown, kind, at, one, to or "")), PAPER)
    new = _edited(shown, kind, one, facts["other"], to)
    at = new.index(spare)
    if flaw == "one more changed":
        new[at] = replace(spare, colour=rng.choice(sorted(set(draw.COLOURS) - {spare.colour})))
    elif flaw == "one moved":
        new[at] = replace(spare, x=spare.x + (40 if spare.x < SIDE / 2 else -40))
    elif flaw == "one missing":
        del new[at]
    elif flaw == "one added":
        new.append(Shape("black", "circle", *_free(rng, new), 28))
    return _drawn(_moved(rng, new), OTHER_PAPER if flaw == "another background" else PAPER)


def _free(rng: Random, shown: Sequence[Shape]) -> tuple[float, float]:
    """The middle of a cell without a shape."""
    pitch = SIDE / CELLS
    middles = [((column + 0.5) * pitch, (row + 0.5) * pitch) for column in range(CELLS) for row in range(CELLS)]
    return rng.choice([(x, y) for x, y in middles if all(math.hypot(one.x - x, one.y - y) > 80 for one in shown)])


def _moved(rng: Random, shown: Sequence[Shape]) -> list[Shape]:
    """A little, as in a picture that was drawn anew."""
    return [replace(one, x=one.x + rng.uniform(-4, 4), y=one.y + rng.uniform(-4, 4)) for one in shown]


def _drawn(shown: Sequence[Shape], paper: tuple[int, int, int]) -> bytes:
    canvas = draw.Canvas(SIDE, SIDE, background=paper)
    for one in shown:
        canvas.shape(one.shape, one.x, one.y, one.radius, draw.COLOURS[one.colour])
    return canvas.png()


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    assert isinstance(made, Image)
    rgb, shown = pixels(made), _things(facts)
    found = things(rgb)
    wanted = _edited(shown, facts["kind"], facts["one"], facts["other"], facts["to"])
    same = [one for one in wanted if one in shown]
    changed = [one for one in wanted if one not in shown]
    gone = [one for one in shown if one not in wanted]
    return {
        "the change": all(_there(one, found) for one in changed) and not any(_there(one, found) for one in gone),
        "the rest stays": all(_there(one, found) for one in same),
        "nothing added": len(found) <= len(wanted),
        "background": colours(rgb[0]) == colours(rgb[-1]) == "white",
    }


def _there(one: Shape, found: Sequence[Thing]) -> bool:
    """Whether a shape is among the things that were found, where it was and about as large."""
    area = AREAS[one.shape] * (one.radius / SIDE) ** 2
    return any(
        (thing.colour, thing.form) == (one.colour, one.shape)
        and math.hypot(thing.x - one.x / SIDE, thing.y - _middle(one) / SIDE) < FAR
        and 1 / LARGER < thing.area / area < LARGER
        for thing in found
    )


def _middle(one: Shape) -> float:
    """How far down the centre of gravity of a shape is: that of a triangle is below the middle of its box."""
    return one.y + (0.2 * one.radius if one.shape == "triangle" else 0)


EDITS = Task(
    name="edit_shapes", version=1, want="image", draw=_draw, prompt=_prompt, make=_make, check=_check, shown=_shown,
    flaws=("nothing changed", "another one changed", "one more changed", "one moved", "one missing", "one added",
           "another background"),
)  # fmt: skip
