"""Text in scenes: what is written on the sign above an object?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.scenes import asking
from mmeval.fresh.scenes.stage import EFFORT, HEIGHT, WIDTH, Stage, Thing, mixed, names, read
from mmeval.fresh.style import Page
from mmeval.types import JSON

PLAN = {
    1: (2, 1, 24, 3, 0.0),
    2: (4, 2, 22, 4, 0.0),
    3: (6, 2, 18, 5, 0.2),
    4: (8, 2, 14, 6, 0.3),
    5: (12, 3, 12, 7, 0.35),
}
"""Objects, rows, size of the writing in pixels, digits of a number, and how far the ink fades, by step."""
WORDS = (
    "BREAD", "PIANO", "LEMON", "TIGER", "CHAIR", "STONE", "RIVER", "CANDY", "PLANT", "MOTOR", "SUGAR", "HOTEL",
    "PAPER", "SALAD", "TOWER", "WHEEL", "MUSIC", "CORAL", "BADGE", "FRUIT",
)  # fmt: skip
OPTIONS = 6
"""Words between which a question lets one choose, at least."""
BOARDS = ((250, 248, 240), (252, 240, 200), (226, 238, 250), (44, 52, 62), (34, 74, 60))


class Signs:
    """The generator."""

    name: ClassVar[str] = "signs"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """Objects under signs that differ from each other in few letters or digits."""
        stage, (count, rows, size, digits, faded) = Stage(rng), PLAN[step]
        things = _street(rng, names(rng, count, kinds=6, shades=4), rows)
        numbers = rng.random() < 0.5
        pool = _numbers(rng, count, digits, step) if numbers else _words(rng, max(count, OPTIONS), step)
        said, asked = pool[:count], rng.randrange(count)
        facts: dict[str, Any] = {
            "things": [one.facts() for one in things],
            "signs": said,
            "asked": things[asked].name,
            "words": [] if numbers else sorted(pool),
        }
        return Item(
            images=(_picture(rng, stage, things, said, size, faded),),
            main=_question(facts, said[asked]),
            probes=_probes(rng, things, said),
            facts=facts,
            description=_description(things, said),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Walk along the signs to the object."""
        for one, said in zip(read(facts["things"]), facts["signs"], strict=True):
            if one.name == facts["asked"]:
                return {"answer": said, "words": facts["words"]} if facts["words"] else _whole(said)
        raise ValueError(f"there is no {facts['asked']}")


def _whole(said: str) -> JSON:
    return {"answer": int(said), "tolerance": 0.0}


def _street(rng: random.Random, looks: Sequence[tuple[str, str]], rows: int) -> list[Thing]:
    """Objects in rows, with room for a sign above each."""
    across = -(-len(looks) // rows)
    width, height = WIDTH / across, HEIGHT / rows
    radius = int(min(34, 0.26 * width, 0.22 * height))
    things = []
    for place, (kind, colour) in enumerate(looks):
        row, column = divmod(place, across)
        x, y = width * (column + 0.5) + rng.uniform(-4, 4), height * (row + 0.68) + rng.uniform(-6, 6)
        things.append(Thing(kind=kind, colour=colour, x=round(x), y=round(y), radius=radius))
    return things


def _numbers(rng: random.Random, count: int, digits: int, step: int) -> list[str]:
    """Different numbers; above step 2 most come from one number by changes of one or two digits."""
    first = str(rng.randrange(10 ** (digits - 1), 10**digits))
    found = [first]
    while len(found) < count:
        new = list(first) if step > 2 else list(str(rng.randrange(10 ** (digits - 1), 10**digits)))
        for place in rng.sample(range(1, digits), rng.randint(1, 2)):
            new[place] = rng.choice("0123456789")
        if "".join(new) not in found:
            found.append("".join(new))
    rng.shuffle(found)
    return found


def _words(rng: random.Random, count: int, step: int) -> list[str]:
    """Different words; above step 2 all are one word with one or two letters changed."""
    if step < 3:
        return rng.sample(WORDS, count)
    first = rng.choice(WORDS)
    found = [first]
    while len(found) < count:
        new = list(first)
        for place in rng.sample(range(len(new)), 1 if step > 3 else 2):
            new[place] = rng.choice("ABCDEFGHKLMNOPRSTUW")
        if "".join(new) not in found:
            found.append("".join(new))
    rng.shuffle(found)
    return found


def _question(facts: Mapping[str, Any], said: str) -> Question:
    if facts["words"]:
        return forms.word(f"Which word is on the sign above the {facts['asked']}?", said, facts["words"])
    return forms.number(f"Which number is on the sign above the {facts['asked']}?", int(said))


def _probes(rng: random.Random, things: Sequence[Thing], said: Sequence[str]) -> tuple[Question, ...]:
    place = rng.randrange(len(things))
    listed = sorted(one.name for one in things)
    return (
        forms.word(f"Which object is below the sign that says {said[place]}?", things[place].name, listed),
        forms.number("How many signs are in the picture?", len(said)),
        asking.present(rng, things),
    )


def _description(things: Sequence[Thing], said: Sequence[str]) -> str:
    pairs = [f"a sign that says {words} above {one.phrase}" for one, words in zip(things, said, strict=True)]
    return f"Objects in rows, each with a sign above it. From left to right, row by row: {'; '.join(pairs)}."


def _picture(
    rng: random.Random, stage: Stage, things: Sequence[Thing], said: Sequence[str], size: int, faded: float
) -> bytes:
    page = stage.page()
    for one, words in zip(things, said, strict=True):
        _sign(rng, stage, page, one, words, size, faded)
    return stage.put(page, things).png(effort=EFFORT)


def _sign(rng: random.Random, stage: Stage, page: Page, one: Thing, words: str, size: int, faded: float) -> None:
    board = rng.choice(BOARDS)
    ink = (24, 24, 28) if board[1] > 128 else (250, 250, 246)
    half = page.look.type(size).getlength(words) / 4 + size * 0.4
    bottom = one.y - one.radius - 6
    top = bottom - 1.5 * size
    page.box(one.x - half, top, one.x + half, bottom, fill=board, edge=stage.pen.edge, width=1)
    page.text(one.x, (top + bottom) / 2, words, size=size, colour=mixed(ink, board, faded))
