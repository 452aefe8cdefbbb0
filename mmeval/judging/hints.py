"""Prompts that hint at two things instead of naming them, as WISE has them, and pictures of both, one or neither."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

from mmeval.fresh.scenes.stage import Stage, a, colours, scattered
from mmeval.fresh.scenes.things import plural
from mmeval.judging.item import Item
from mmeval.judging.objects import OBJECTS
from mmeval.scorers.judges.verdicts import HALF, RIGHT, WRONG

__all__ = ["KINDS_OF_HINT", "marked", "verified"]

KINDS_OF_HINT = ("colour", "number")
TINTS = {
    "red": "of a fire engine", "green": "of fresh grass", "blue": "of a clear sky", "yellow": "of a ripe banana",
    "black": "of coal", "brown": "of chocolate",
}  # fmt: skip
COUNTS = {
    2: ("a bicycle has wheels", "a face has ears"), 3: ("a tricycle has wheels", "a triangle has corners"),
    4: ("a horse has legs", "a year has seasons"), 5: ("a foot has toes", "the Olympic flag has rings"),
}  # fmt: skip
NUMBERS = ("no", "one", "two", "three", "four", "five")
RADIUS = 34
Wish = tuple[str, str, list[tuple[str, str]]]
"""Words that hint at it, words that name it, and what is drawn: kinds with their colours."""


def marked(rng: Random, kind: str, label: str) -> Item:
    """Both things deserve the mark 2 for consistency, one of them 1, and none 0: then all is other than asked for."""
    mark = (WRONG, HALF, RIGHT).index(label)
    return _item(rng, kind, mark, {"consistency": mark, "realism": 0, "aesthetics": 1})


def verified(rng: Random, kind: str, label: str) -> Item:
    """Right if both things are there; a wrong picture has one of them or none."""
    right = label == RIGHT
    return _item(rng, kind, 2 if right else rng.randrange(2), {"right": int(right)})


def _item(rng: Random, kind: str, fulfilled: int, says: dict[str, int]) -> Item:
    stage = Stage(rng)
    wished, instead = (_coloured if kind == "colour" else _counted)(rng)
    kept = set(rng.sample(range(2), fulfilled))
    drawn = [(one if place in kept else other) for place, (one, other) in enumerate(zip(wished, instead, strict=True))]
    looks = [look for _, _, looks in drawn for look in looks]
    (hint, named, _), (second, other, _) = wished
    made = stage.picture(scattered(rng, looks, [RADIUS] * len(looks)))
    return Item(made, f"a picture of {hint} and {second}", f"There are {named} and {other}.", json.dumps(says))


def _coloured(rng: Random) -> tuple[Sequence[Wish], Sequence[Wish]]:
    """Two wishes, and what is drawn instead of each: other things in other colours."""
    kinds = rng.sample(OBJECTS, 4)
    while not set((tints := colours(rng, 4))[:2]) <= TINTS.keys():
        pass
    found = [
        (f"{a(kind)} in the colour {TINTS.get(tint, '')}", a(f"{tint} {kind}"), [(kind, tint)])
        for kind, tint in zip(kinds, tints, strict=True)
    ]
    return found[:2], found[2:]


def _counted(rng: Random) -> tuple[Sequence[Wish], Sequence[Wish]]:
    """The same for numbers of things."""
    kinds, tint = rng.sample(OBJECTS, 4), colours(rng, 1)[0]
    counts = rng.sample(sorted(COUNTS), 2)
    found = [
        (f"as many {plural(kind)} as {rng.choice(COUNTS[count])}", f"{NUMBERS[count]} {plural(kind)}",
         [(kind, tint)] * count)
        for kind, count in zip(kinds, [*counts, *reversed(counts)], strict=True)
    ]  # fmt: skip
    return found[:2], found[2:]
