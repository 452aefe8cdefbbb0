"""Analog clocks: whether the hands show the time."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from mmeval import draw
from mmeval.generation.seeing import pixels
from mmeval.generation.tasks import Facts, Task
from mmeval.types import JSON, Image, Media

if TYPE_CHECKING:
    from mmeval.generation.seeing import Mask

__all__ = ["CLOCKS"]

SIDE = 512
MINUTE_OFF, HOUR_OFF = 9.0, 15.0
"""By how many degrees a hand may be wrong: a minute and a half, and half an hour."""
APART = 25
"""Least angle between the hands of the times that are asked for."""
TURNS = 720
"""Directions in which a face is searched for hands."""


def _draw(rng: Random) -> dict[str, JSON]:
    while True:
        hour, minute = rng.randint(1, 12), rng.choice(range(0, 60, 5))
        hands = _angles(hour, minute)
        if _between(*hands) >= APART and abs(_between(*hands) - 180) > 8:
            return {"kind": "full hour" if minute == 0 else "in between", "hour": hour, "minute": minute}


def _angles(hour: int, minute: int) -> tuple[float, float]:
    """Directions of the hour and the minute hand, in degrees clockwise from twelve."""
    return (30 * hour + minute / 2) % 360, 6.0 * minute


def _between(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def _prompt(facts: Facts) -> str:
    return (
        f"An analog clock that shows {facts['hour']}:{facts['minute']:02}, seen straight from the front, on a plain "
        "white background. A round white face with a black rim and twelve short black ticks, a short thick black hour "
        "hand, a long thin black minute hand, no second hand, no digits, no text."
    )


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    hour, minute = _angles(facts["hour"], facts["minute"])
    if flaw == "hour":
        hour += rng.choice((-60, 60))
    elif flaw == "minute":
        minute += rng.choice((-30, 30))
    elif flaw == "hands swapped":
        hour, minute = minute, hour
    canvas = draw.Canvas(SIDE, SIDE)
    radius, ink = SIDE * rng.uniform(0.36, 0.46), (20, 20, 24)
    centre = (SIDE / 2 + rng.uniform(-8, 8), SIDE / 2 + rng.uniform(-8, 8))
    canvas.shape("circle", *centre, radius, ink)
    canvas.shape("circle", *centre, radius * 0.96, (255, 255, 255))
    for tick in range(12):
        canvas.line(_at(centre, 30 * tick, radius * 0.86), _at(centre, 30 * tick, radius * 0.93), ink, width=3)
    hands = [(hour, rng.uniform(0.42, 0.5), 9), (minute, rng.uniform(0.72, 0.8), 5)]
    for angle, length, width in hands[:1] if flaw == "one hand" else hands:
        canvas.line(centre, _at(centre, angle, radius * length), ink, width=width)
    if flaw == "second hand":
        away = max(range(0, 360, 15), key=lambda angle: min(_between(angle, hour), _between(angle, minute)))
        canvas.line(centre, _at(centre, away, radius * 0.78), ink, width=3)
    return canvas.png()


def _at(centre: tuple[float, float], degrees: float, radius: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    assert isinstance(made, Image)
    hands = sorted(_hands(made), key=lambda hand: hand[1])
    hour, minute = _angles(facts["hour"], facts["minute"])
    two = len(hands) == 2
    return {
        "two hands": two,
        "hour hand": two and _between(hands[0][0], hour) <= HOUR_OFF,
        "minute hand": two and _between(hands[1][0], minute) <= MINUTE_OFF,
    }


def _hands(made: Image) -> list[tuple[float, float]]:
    """Direction in degrees, and length as a share of the face's radius, of every hand.

    A hand is dark from near the centre outwards; a tick or a digit is not.
    """
    import numpy as np
    from scipy import ndimage

    dark = pixels(made).mean(axis=2) < 110
    rows, columns = dark.nonzero()
    if not len(rows):
        return []
    (top, bottom), (left, right) = (rows.min(), rows.max()), (columns.min(), columns.max())
    centre, radius = ((top + bottom) / 2, (left + right) / 2), (bottom - top + right - left) / 4
    reach = np.array([_reach(dark, centre, radius, 360 * turn / TURNS) for turn in range(TURNS)])
    spokes = reach > 0.3
    labels, count = ndimage.label(spokes)
    if spokes[0] and spokes[-1] and count > 1:
        labels[labels == count] = labels[0]
    return [_hand(reach, np.flatnonzero(labels == number)) for number in np.unique(labels[labels > 0])]


def _reach(dark: Mask, centre: tuple[float, float], radius: float, degrees: float) -> float:
    """How far a direction is dark, as a share of the radius, from a tenth of it outwards; ticks begin behind 0.82."""
    import numpy as np

    shares = np.arange(0.12, 0.82, 0.01)
    angle = math.radians(degrees)
    rows = np.clip(np.round(centre[0] - shares * radius * math.cos(angle)).astype(int), 0, dark.shape[0] - 1)
    columns = np.clip(np.round(centre[1] + shares * radius * math.sin(angle)).astype(int), 0, dark.shape[1] - 1)
    light = np.flatnonzero(~dark[rows, columns])
    end = light[0] if len(light) else len(shares) - 1
    return 0.0 if end == 0 else float(shares[end])


def _hand(reach: object, turns: object) -> tuple[float, float]:
    import numpy as np

    far, where = np.asarray(reach), np.asarray(turns)
    angles = np.radians(where * 360 / TURNS)
    weights = far[where] ** 2
    x, y = (weights * np.sin(angles)).sum(), (weights * np.cos(angles)).sum()
    return math.degrees(math.atan2(x, y)) % 360, float(far[where].max())


CLOCKS = Task(
    name="draw_clocks", version=1, want="image", draw=_draw, prompt=_prompt, make=_make, check=_check,
    flaws=("hour", "minute", "hands swapped", "one hand", "second hand"),
)  # fmt: skip
