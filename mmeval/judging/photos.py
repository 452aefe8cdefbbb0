"""Photographs of cats, cups and people, put beside each other, and one fact about them as GenEval asks it.

What each photograph shows is known, and so what a picture shows that is made of them. A cup comes in four colours. The
target has the fact both as a question and as what a detector has to find.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from mmeval.catalog import bundled
from mmeval.fresh.scenes.stage import a
from mmeval.judging.item import Item
from mmeval.scorers.judges.verdicts import RIGHT

__all__ = ["FILES", "KINDS_OF_FACT", "detected", "draw", "photograph"]

KINDS_OF_FACT = ("one object", "two objects", "counting", "colour", "position")
FILES = {"cat": ("cat",), "cup": ("cup",), "person": ("astronaut", "photographer")}
NEVER = ("bird", "bottle", "chair", "dog")
"""What is in none of them."""
HUES = {"red": 250, "green": 90, "blue": 160, "purple": 195}
"""Of 256, as Pillow counts them."""
GLAZE, RIM, MOUTH = 5, (158, 156, 142, 115), (168, 60, 79, 66)
"""The hue of the cup and its saucer in the photograph; ellipses around them, and around what is inside the cup: middle
and half axes, in pixels."""
WIDTH, HEIGHT = 640, 480
CELLS = tuple((x, y) for y in (120, 360) for x in (107, 320, 533))
"""Middles of places for photographs, in pixels."""
SIZE = (170, 205)
"""Of the longer side of a photograph, in pixels."""
WAYS = {"left of": (-1, 0), "right of": (1, 0), "above": (0, -1), "below": (0, 1)}
"""By GenEval's words, the direction across (right is positive) and down."""
SAID = {"left of": "to the left of", "right of": "to the right of"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A photograph in a picture."""

    name: str
    x: int
    y: int
    """Its middle, in pixels."""
    colour: str = ""
    """Of a cup."""


def draw(rng: Random, kind: str, label: str) -> Item:
    """An item of one of the five kinds; the answer is that to its question."""
    return _drawn(rng, kind, label == RIGHT)[0]


def detected(rng: Random, kind: str, label: str) -> Item:
    """The same item with the answer of a detector."""
    item, boxes = _drawn(rng, kind, label == RIGHT)
    return replace(item, says=json.dumps({"objects": boxes}))


def _drawn(rng: Random, kind: str, right: bool) -> tuple[Item, list[dict[str, Any]]]:
    """An item, and what is in its picture."""
    asks = {"counting": _counted, "colour": _coloured, "position": _placed}
    shown, prompt, target, says = asks.get(kind, _there)(rng, right, kind)
    made, boxes = _picture(rng, shown)
    return Item(made, prompt, target, says), boxes


Drawn = tuple[Sequence[Shown], str, dict[str, Any], str]
"""What is shown, the prompt, the target, and the right answer to its question."""


def _target(ask: str, answer: str, *include: dict[str, Any], exclude: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    objects = {"include": list(include), "exclude": list(exclude)}
    return {"questions": [{"ask": ask, "answer": answer}], "objects": objects}


def _anywhere(rng: Random, names: Sequence[str]) -> list[Shown]:
    places = rng.sample(CELLS, len(names))
    return [Shown(name, x, y, _tint(rng, name)) for name, (x, y) in zip(names, places, strict=True)]


def _tint(rng: Random, name: str) -> str:
    return rng.choice(sorted(HUES)) if name == "cup" else ""


def _there(rng: Random, right: bool, kind: str) -> Drawn:
    one, other, third = rng.sample(sorted(FILES), 3)
    two = kind == "two objects"
    asked = one if right or two or rng.random() < 0.5 else rng.choice(NEVER)
    names = [one if right or asked != one else third, *([other] if two or rng.random() < 0.5 else [])]
    wanted = (asked, other) if two else (asked,)
    include = [{"class": name, "count": 1} for name in wanted]
    target = _target(f"Is there {a(asked)} in the picture?", "yes", *include)
    prompt = f"a photo of {' and '.join(map(a, wanted))}"
    return _anywhere(rng, names), prompt, target, "yes" if right else "no"


def _counted(rng: Random, right: bool, kind: str) -> Drawn:
    del kind
    name, count = rng.choice(sorted(FILES)), rng.randint(2, 4)
    shown = count if right else count + rng.choice((-1, 1))
    exclude = [{"class": name, "count": count + 1}]
    ask, include = f"How many {name}s are in the picture?", {"class": name, "count": count}
    target = _target(ask, str(count), include, exclude=exclude)
    return _anywhere(rng, [name] * shown), f"a photo of {count} {name}s", target, str(shown)


def _coloured(rng: Random, right: bool, kind: str) -> Drawn:
    del kind
    colour, instead = rng.sample(sorted(HUES), 2)
    beside = rng.sample(["cat", "person"], rng.randint(0, 2))
    cup, *others = _anywhere(rng, ["cup", *beside])
    target = _target(f"Is the cup {colour}?", "yes", {"class": "cup", "count": 1, "color": colour})
    shown = [replace(cup, colour=colour if right else instead), *others]
    return shown, f"a photo of {a(colour)} cup", target, "yes" if right else "no"


def _placed(rng: Random, right: bool, kind: str) -> Drawn:
    del kind
    (one, other), where = rng.sample(sorted(FILES), 2), rng.choice(sorted(WAYS))
    side = 1 if right else -1
    across, down = (part * side for part in WAYS[where])
    shown = [
        Shown(name, WIDTH // 2 + turn * across * 160 + rng.randint(-25, 25), HEIGHT // 2 + turn * down * 120
              + rng.randint(-15, 15), _tint(rng, name))
        for name, turn in ((one, 1), (other, -1))
    ]  # fmt: skip
    include = {"class": other, "count": 1}, {"class": one, "count": 1, "position": [where, 0]}
    target = _target(f"Is the {one} {SAID.get(where, where)} the {other}?", "yes", *include)
    return shown, f"a photo of {a(one)} {where} {a(other)}", target, "yes" if right else "no"


def _picture(rng: Random, shown: Sequence[Shown]) -> tuple[bytes, list[dict[str, Any]]]:
    """A JPEG file of photographs on a pale ground, and where they are, as a detector tells it."""
    from PIL import Image, ImageEnhance, ImageOps

    shade = rng.randint(205, 245)
    page = Image.new("RGB", (WIDTH, HEIGHT), (shade, shade - rng.randint(0, 8), shade - rng.randint(0, 16)))
    boxes: list[dict[str, Any]] = []
    for one in shown:
        photo = photograph(rng.choice(FILES[one.name]), one.colour)
        photo = ImageOps.mirror(photo) if rng.random() < 0.5 else photo
        photo = ImageOps.contain(photo, (size := rng.randint(*SIZE), size))
        photo = ImageEnhance.Brightness(photo).enhance(rng.uniform(0.85, 1.15))
        left, top = one.x - photo.width // 2, one.y - photo.height // 2
        page.paste(photo, (left, top))
        box = [left, top, left + photo.width, top + photo.height]
        boxes.append({"name": one.name, "score": 0.99, "box": box, "fits": one.colour})
    file = io.BytesIO()
    page.save(file, "JPEG", quality=90)
    return file.getvalue(), boxes


@functools.cache
def photograph(file: str, colour: str = "") -> Any:
    """One of the photographs, as a picture of Pillow; the cup in a colour."""
    import numpy as np
    from PIL import Image

    with Image.open(bundled() / "benchmarks" / "judging" / "photos" / f"{file}.jpg") as opened:
        photo = opened.convert("RGB")
    if not colour:
        return photo
    pixels = np.array(photo.convert("HSV")).astype(int)
    hue, saturation = pixels[..., 0], pixels[..., 1]
    reddish = (np.abs((hue - GLAZE + 128) % 256 - 128) < 16) & (saturation > 110)
    glazed = reddish & _within(hue.shape, RIM) & ~_within(hue.shape, MOUTH)
    pixels[..., 0] = np.where(glazed, (hue - GLAZE + HUES[colour]) % 256, hue)
    return Image.fromarray(pixels.astype("uint8"), "HSV").convert("RGB")


def _within(shape: tuple[int, ...], ellipse: tuple[int, int, int, int]) -> Any:
    import numpy as np

    x, y, wide, high = ellipse
    down, across = np.mgrid[: shape[0], : shape[1]]
    return ((across - x) / wide) ** 2 + ((down - y) / high) ** 2 < 1
