"""A dot that moves: its colour, and which way it goes."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

from mmeval import animate, draw
from mmeval.animate import Place
from mmeval.generation.seeing import Thing, pixels, things
from mmeval.generation.tasks import Facts, Task
from mmeval.media import image
from mmeval.media.decoder import Job, decoder
from mmeval.sampling import video_policy
from mmeval.types import JSON, Media

__all__ = ["DOTS"]

FRAMES = 16
WAYS = {
    "from left to right": (1, 0), "from right to left": (-1, 0), "from top to bottom": (0, 1),
    "from bottom to top": (0, -1), "from the top left to the bottom right": (1, 1),
    "from the bottom right to the top left": (-1, -1),
}  # fmt: skip
"""By name, the direction across (right is positive) and down."""
ANGLE_OFF = 25.0
"""Degrees by which the way may be wrong."""
FARTHEST = 0.3
"""Least length of the way, as a share of the longest side."""
LONELY = 0.85
"""Least share of the frames with exactly one thing in them."""


def _draw(rng: Random) -> dict[str, JSON]:
    way = rng.choice(sorted(WAYS))
    return {"kind": "oblique" if 0 not in WAYS[way] else "straight", "colour": _colour(rng), "way": way}


def _colour(rng: Random) -> str:
    return rng.choice(sorted(draw.COLOURS))


def _prompt(facts: Facts) -> str:
    return (
        f"One solid {facts['colour']} dot on a plain white background moves in a straight line at a steady speed "
        f"{facts['way']}. The camera does not move, the dot keeps its size, and nothing else is in the picture."
    )


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    (across, down), colour = WAYS[facts["way"]], facts["colour"]
    if flaw == "backwards":
        across, down = -across, -down
    elif flaw == "turned":
        across, down = -down, across
    elif flaw == "colour":
        colour = rng.choice(sorted(set(draw.COLOURS) - {colour}))
    reach, level = (0.02, 0.5) if flaw == "stands still" else (rng.uniform(0.28, 0.36), rng.uniform(0.4, 0.6))

    def moving(time: float) -> Place:
        t = abs(2 * time - 1) if flaw == "turns back" else time
        x, y = (0.5 + reach * (2 * t - 1) * side if side else level for side in (across, down))
        return Place(x, y, colour)

    actors: dict[str, animate.Actor] = {"circle": moving}
    if flaw == "two things":
        actors["square"] = lambda _: Place(0.12, 0.85, "black")
    return animate.acted(rng, actors)


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    seen = _seen(made)
    dots = [things[0] for things in seen if things]
    alone = sum(len(things) == 1 for things in seen) >= LONELY * len(seen)
    return {
        "one thing": alone,
        "dot": _mostly([dot.form == "circle" for dot in dots]),
        f"{facts['colour']}": _mostly([dot.colour == facts["colour"] for dot in dots]),
        f"{facts['way']}": _goes(dots, WAYS[facts["way"]]),
    }


def _mostly(found: list[bool]) -> bool:
    return bool(found) and sum(found) >= LONELY * len(found)


def _goes(dots: list[Thing], way: tuple[int, int]) -> bool:
    """Whether the way from the first frame to the last has the right direction, and no step goes back far."""
    if len(dots) < FRAMES / 2:
        return False
    across, down = dots[-1].x - dots[0].x, dots[-1].y - dots[0].y
    length, norm = math.hypot(across, down), math.hypot(*way)
    if length < FARTHEST:
        return False
    angle = math.degrees(math.acos(max(-1.0, min(1.0, (across * way[0] + down * way[1]) / (length * norm)))))
    along = [(dot.x * way[0] + dot.y * way[1]) / norm for dot in dots]
    return angle <= ANGLE_OFF and all(b - a > -0.05 for a, b in pairwise(along))


def _seen(made: Media) -> list[list[Thing]]:
    """The things in frames that are spread evenly over the film; raises MediaError."""
    done = decoder().want(Job("frames", made, video_policy(f"frames={FRAMES}").describe())).result()
    pictures = (image(done.folder / frame["file"]) for frame in done.meta["frames"])
    return [things(pixels(picture)) for picture in pictures]


DOTS = Task(
    name="move_dot", version=1, want="video", draw=_draw, prompt=_prompt, make=_make, check=_check,
    flaws=("backwards", "turned", "colour", "stands still", "turns back", "two things"),
)  # fmt: skip
