"""Bar charts: how many bars, in which colours, and how high they are in proportion to each other."""

from __future__ import annotations

from random import Random

from mmeval import draw
from mmeval.generation.seeing import Thing, pixels, things
from mmeval.generation.tasks import Facts, Task
from mmeval.types import JSON, Image, Media

__all__ = ["BARS"]

SIDE = 512
TOLERANCE = 0.06
"""By how much a height may be wrong, as a share of the highest bar."""
LEVEL = 0.03
"""By how much the feet of bars may differ, as a share of the image's side."""
NARROWEST = 0.02
"""Width of the narrowest bar, as a share of the image's side; what is narrower is an axis."""


def _draw(rng: Random) -> dict[str, JSON]:
    count, many = rng.randint(3, 6), rng.random() < 0.5
    heights: list[JSON] = list(rng.sample(range(2, 11), count))
    colours = rng.sample([name for name in sorted(draw.COLOURS) if name != "black"], 5)
    shown: list[JSON] = [colours[i % 5] if many else colours[0] for i in range(count)]
    return {"kind": "many colours" if many else "one colour", "heights": heights, "colours": shown}


def _prompt(facts: Facts) -> str:
    heights, colours = facts["heights"], facts["colours"]
    bars = ", ".join(f"{colour} {height}" for colour, height in zip(colours, heights, strict=True))
    return (
        f"A bar chart on a plain white background with exactly {len(heights)} vertical bars that stand on one "
        f"horizontal line. From left to right, their colours and heights in units are: {bars}. The bars have the same "
        "width and gaps between them. Solid colours, no numbers, no labels, no grid, no shadows."
    )


def _make(facts: Facts, rng: Random, flaw: str | None) -> bytes:
    heights, colours = list(facts["heights"]), list(facts["colours"])
    at = rng.randrange(len(heights))
    if flaw == "height":
        heights[at] += 2 if heights[at] < max(heights) - 1 else -2
    elif flaw == "order":
        heights = [*heights[1:], heights[0]]
    elif flaw == "one missing":
        del heights[at], colours[at]
    elif flaw == "one too many":
        heights.append(rng.randint(2, 10))
        colours.append(colours[0])
    elif flaw == "colour":
        colours[at] = rng.choice(sorted(set(draw.COLOURS) - set(colours)))
    return _drawn(heights, colours, rng, floating=flaw == "feet")


def _drawn(heights: list[int], colours: list[str], rng: Random, *, floating: bool) -> bytes:
    canvas = draw.Canvas(SIDE, SIDE)
    foot, unit = SIDE * rng.uniform(0.85, 0.92), SIDE * rng.uniform(0.06, 0.075)
    pitch = SIDE * 0.9 / len(heights)
    width = pitch * rng.uniform(0.45, 0.7)
    tints = {colour: draw.vary(rng, colour) for colour in colours}
    if rng.random() < 0.5:
        canvas.line((SIDE * 0.04, foot), (SIDE * 0.96, foot), draw.INK, width=1)
    for place, (height, colour) in enumerate(zip(heights, colours, strict=True)):
        left = SIDE * 0.05 + pitch * place + (pitch - width) / 2
        lift = SIDE * 0.08 if floating and place == 0 else 0
        canvas.box(left, foot - lift - height * unit, left + width, foot - lift, tints[colour])
    return canvas.png()


def _check(facts: Facts, made: Media) -> dict[str, bool]:
    assert isinstance(made, Image)
    bars = sorted(_bars(made), key=lambda bar: bar.x)
    heights, colours = facts["heights"], facts["colours"]
    right = len(bars) == len(heights)
    return {
        f"{len(heights)} bars": right,
        "colours": right and [bar.colour for bar in bars] == colours,
        "heights": right and _in_proportion([bar.bottom - bar.top for bar in bars], heights),
        "feet on one line": bool(bars) and max(bar.bottom for bar in bars) - min(bar.bottom for bar in bars) < LEVEL,
    }


def _bars(made: Image) -> list[Thing]:
    """Things of the form of a bar. A line that joins their feet is removed first: it is thin."""
    from scipy import ndimage

    rgb = pixels(made)
    side = max(rgb.shape[:2])
    thick = max(2, round(NARROWEST * side))
    found = things(ndimage.grey_closing(rgb, size=(thick, 1, 1)))
    return [one for one in found if one.right - one.left > NARROWEST and one.form in ("rectangle", "square")]


def _in_proportion(found: list[float], wanted: list[float]) -> bool:
    """Whether heights agree after the scale that fits best (least squares)."""
    scale = sum(f * w for f, w in zip(found, wanted, strict=True)) / sum(w * w for w in wanted)
    worst = max(abs(f - scale * w) for f, w in zip(found, wanted, strict=True))
    return worst <= TOLERANCE * scale * max(wanted)


BARS = Task(
    name="draw_bars", version=1, want="image", draw=_draw, prompt=_prompt, make=_make, check=_check,
    flaws=("height", "order", "one missing", "one too many", "colour", "feet"),
)  # fmt: skip
