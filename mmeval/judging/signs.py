"""Signs with the text that was asked for, or with one mistake in it: does a judge read what is written?"""

from __future__ import annotations

import string
from random import Random

from mmeval.fresh.scenes.stage import EFFORT, HEIGHT, WIDTH, Stage
from mmeval.judging.item import Item
from mmeval.scorers.judges.verdicts import RIGHT

__all__ = ["MISTAKES", "WORDS", "draw", "prompt", "wrong"]

WORDS = (
    "HARBOUR", "BAKERY", "LIBRARY", "MARKET", "GARDEN", "BRIDGE", "STATION", "MUSEUM", "SUMMER", "QUIET", "ORANGE",
    "RIVER", "WINDOW", "PEPPER", "COPPER", "VELVET", "JIGSAW", "WALTZ", "ZEBRA", "KAYAK",
)  # fmt: skip
MISTAKES = ("another letter", "a letter missing", "a letter twice", "two letters swapped", "another digit")
BOARDS = ((252, 252, 248), (252, 240, 200), (40, 60, 90), (30, 84, 60))


def text(rng: Random) -> str:
    """One to three words and a number."""
    return " ".join([*rng.sample(WORDS, rng.randint(1, 3)), str(rng.randint(10, 99))])


def prompt(said: str) -> str:
    """What a model is asked for."""
    return (
        "A plain white sign with black printed capital letters, seen straight from the front. It says "
        f'"{said}", and there is no other text in the picture.'
    )


def draw(rng: Random, kind: str, label: str) -> Item:
    """A sign; a wrong one has the mistake of this kind."""
    said = text(rng)
    shown = said if label == RIGHT else wrong(rng, said, kind)
    return Item(_picture(rng, shown), prompt(said), said, shown)


def wrong(rng: Random, said: str, mistake: str) -> str:
    """The text with one mistake, which changes it."""
    digit = mistake == "another digit"
    places = [place for place, sign in enumerate(said) if (sign.isdigit() if digit else sign.isalpha())]
    while True:
        at = rng.choice(places)
        if mistake == "a letter missing":
            new = said[:at] + said[at + 1 :]
        elif mistake == "a letter twice":
            new = said[: at + 1] + said[at:]
        elif mistake == "two letters swapped":
            pair = said[at : at + 2]
            new = said[:at] + (pair[::-1] if pair.isalpha() else pair) + said[at + 2 :]
        else:
            new = said[:at] + rng.choice(string.digits if digit else string.ascii_uppercase) + said[at + 1 :]
        if new != said:
            return new


def _picture(rng: Random, said: str) -> bytes:
    stage = Stage(rng)
    page, size = stage.page(), rng.randint(34, 48)
    while (across := page.look.type(size).getlength(said) / 2) > 0.86 * WIDTH:
        size -= 2
    board, half, y = rng.choice(BOARDS), across / 2 + size * 0.4, HEIGHT / 2 + rng.uniform(-60, 60)
    ink = (24, 24, 28) if board[1] > 128 else (250, 250, 246)
    page.box(WIDTH / 2 - half, y - size, WIDTH / 2 + half, y + size, fill=board, edge=stage.pen.edge, width=2)
    page.text(WIDTH / 2, y, said, size=size, colour=ink)
    return page.png(effort=EFFORT)
