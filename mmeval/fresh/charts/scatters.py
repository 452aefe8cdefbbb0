"""A scatter plot of groups, told apart by colour and marker."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.charts import kinds
from mmeval.fresh.charts.asks import demand
from mmeval.fresh.charts.canvas import MARKERS, Look, axis, draw, legend, look, title
from mmeval.fresh.charts.scales import GRAIN, Scale, said, scale, tidy
from mmeval.fresh.charts.subjects import names
from mmeval.fresh.items import Item, Question
from mmeval.types import JSON

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZES = {1: (2, 2, 8), 2: (2, 5, 9), 3: (3, 4, 8), 4: (3, 6, 10), 5: (4, 6, 9)}
"""Groups, and fewest and most points of each, by step."""
NEAR = 0.045
"""Distance of two points at least, as a part of the axes: 14 pixels or more."""


class Scatters:
    """The generator."""

    name: ClassVar[str] = "scatters"
    version: ClassVar[int] = 2

    def draw(self, rng: random.Random, step: int) -> Item:
        """Points that suit the question of the step."""
        many, fewest, most = SIZES[step]
        paper, across, up = look(rng, entries=many), scale(rng, fine=step > 2), scale(rng, fine=step > 2)
        series, share = names(rng, many, series=True), rng.random()

        def attempt() -> tuple[dict[str, Any], Question]:
            groups = _groups(rng, series, (fewest, most), across, up)
            facts: dict[str, Any] = {"step": step, "groups": groups, "x": across.facts(), "y": up.facts()}
            return facts, ASKS[step](rng, facts, across, up, share)

        facts, question = kinds.clear(attempt)
        return Item(
            images=(_picture(rng, paper, facts, across, up),),
            main=question,
            probes=tuple(_probes(rng, facts, across)),
            facts=facts,
            description=_description(facts, across, up),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Point by point."""
        groups, asked = facts["groups"], facts["ask"]
        if "words" in asked:
            tally = {name: _beyond(points, asked) for name, points in groups.items()}
            return {"answer": max(tally, key=tally.__getitem__), "words": asked["words"]}
        if facts["step"] == 2:
            points = sorted(groups[asked["group"]])
            return {"answer": points[-1 if asked["side"] == "right" else 0][1], "tolerance": asked["tolerance"]}
        return {"answer": sum(_beyond(groups[name], asked) for name in asked["groups"]), "tolerance": 0.0}


def _beyond(points: list[list[float]], asked: Mapping[str, Any]) -> int:
    count = 0
    for x, y in points:
        count += x > asked["x"] and y > asked["y"]
    return count


def _groups(
    rng: random.Random, series: list[str], counts: tuple[int, int], across: Scale, up: Scale
) -> dict[str, list[list[float]]]:
    """Points that keep their distance from each other."""
    found: list[tuple[float, float]] = []
    steps = [round((one.top - one.start) / one.minor * GRAIN) for one in (across, up)]
    groups: dict[str, list[list[float]]] = {}
    for name in series:
        groups[name] = []
        for _ in range(rng.randint(*counts)):
            while True:
                x, y = (rng.randint(2, most - 2) for most in steps)
                at = x / steps[0], y / steps[1]
                if all((at[0] - a) ** 2 + (at[1] - b) ** 2 > NEAR**2 for a, b in found):
                    break
            found.append(at)
            groups[name].append([tidy(x * across.minor / GRAIN), tidy(y * up.minor / GRAIN)])
    return groups


def _line(rng: random.Random, values: list[float], on: Scale) -> float:
    """A numbered line in the middle of an axis that no value is close to."""
    lines = [line for line in on.majors[1:-1] if all(abs(value - line) > 0.55 * on.minor for value in values)]
    demand(bool(lines))
    return rng.choice(lines)


def _all(facts: Mapping[str, Any], names: list[str] | None = None) -> list[list[float]]:
    return [point for name, points in facts["groups"].items() if names is None or name in names for point in points]


# `share` is drawn once for an item, from 0 to 1: it picks the answer of a count, so that all counts come up alike.


def _ask_count(rng: random.Random, facts: dict[str, Any], across: Scale, up: Scale, share: float) -> Question:
    name = rng.choice(list(facts["groups"]))
    facts["ask"] = {"groups": [name], "x": -1, "y": -1}
    _, fewest, most = SIZES[1]
    text = f"How many points does {name} have?"
    return forms.number(text, len(facts["groups"][name]), among=most - fewest + 1)


def _ask_end(rng: random.Random, facts: dict[str, Any], across: Scale, up: Scale, share: float) -> Question:
    name, side = rng.choice(list(facts["groups"])), rng.choice(("left", "right"))
    inorder = sorted(facts["groups"][name], reverse=side == "right")
    demand(abs(inorder[0][0] - inorder[1][0]) > 0.55 * across.minor)
    demand(inorder[0][1] >= 5 * up.within())
    facts["ask"] = {"group": name, "side": side, "tolerance": up.within()}
    text = f"Which value on the vertical axis has the point of {name} that is farthest to the {side}?"
    return forms.number(text, inorder[0][1], tolerance=up.within(), accepted=up.accepted())


def _ask_above(rng: random.Random, facts: dict[str, Any], across: Scale, up: Scale, share: float) -> Question:
    points = _all(facts)
    line = _line(rng, [y for _, y in points], up)
    count = len([1 for _, y in points if y > line])
    demand(count == 2 + int(share * 12))
    facts["ask"] = {"groups": list(facts["groups"]), "x": -1, "y": line}
    text = f"How many points of all groups lie above {said(line)} on the vertical axis?"
    return forms.number(text, count, among=12)


def _ask_corner(rng: random.Random, facts: dict[str, Any], across: Scale, up: Scale, share: float) -> Question:
    chosen = rng.sample(list(facts["groups"]), 2)
    points = _all(facts, chosen)
    x, y = _line(rng, [one[0] for one in points], across), _line(rng, [one[1] for one in points], up)
    inside = [one for one in points if one[0] > x and one[1] > y]
    demand(len(inside) == 1 + int(share * 8))
    facts["ask"] = {"groups": chosen, "x": x, "y": y}
    text = (
        f"How many points of {chosen[0]} and {chosen[1]} together lie to the right of {said(x)} on the horizontal axis "
        f"and above {said(y)} on the vertical axis?"
    )
    return forms.number(text, len(inside), among=8)


def _ask_most(rng: random.Random, facts: dict[str, Any], across: Scale, up: Scale, share: float) -> Question:
    points, words = _all(facts), list(facts["groups"])
    x, y = _line(rng, [one[0] for one in points], across), _line(rng, [one[1] for one in points], up)
    counts = [len([1 for one in facts["groups"][name] if one[0] > x and one[1] > y]) for name in words]
    demand(counts.count(max(counts)) == 1)
    facts["ask"] = {"words": words, "x": x, "y": y}
    text = (
        f"Which group has the most points to the right of {said(x)} on the horizontal axis and above {said(y)} on the "
        "vertical axis?"
    )
    return forms.word(text, words[counts.index(max(counts))], words)


ASKS = {1: _ask_count, 2: _ask_end, 3: _ask_above, 4: _ask_corner, 5: _ask_most}


def _probes(rng: random.Random, facts: Mapping[str, Any], across: Scale) -> Iterator[Question]:
    words = sorted(facts["groups"])
    yield forms.number("How many groups of points are there?", len(words))
    yield forms.number("What is the highest number written at the horizontal axis?", across.top)
    points = [(x, name) for name in words for x, _ in facts["groups"][name]]
    points.sort(reverse=True)
    if points[0][0] - points[1][0] > 0.55 * across.minor:
        yield forms.word("Which group does the point farthest to the right belong to?", points[0][1], words)


def _description(facts: Mapping[str, Any], across: Scale, up: Scale) -> str:
    told = [
        f"{name}: {', '.join(f'({said(x)}, {said(y)})' for x, y in points)}."
        for name, points in facts["groups"].items()
    ]
    return (
        f"A scatter plot. {across.told('The horizontal axis')} {up.told('The vertical axis')} Each group has its own "
        f"colour and marker. The points as (horizontal, vertical). {' '.join(told)}"
    )


def _picture(rng: random.Random, look: Look, facts: Mapping[str, Any], across: Scale, up: Scale) -> bytes:
    marks, size = rng.sample(MARKERS, len(facts["groups"])), rng.choice((36, 44))

    def paint(axes: Axes) -> None:
        for place, (name, points) in enumerate(facts["groups"].items()):
            x, y = zip(*points, strict=True)
            axes.scatter(x, y, s=size, marker=marks[place], color=look.colours[place], label=name, clip_on=False)
        axis(axes, across, look, name="Length (cm)", which="x")
        axis(axes, up, look, name="Weight (g)")
        title(axes, "Samples by group", look)
        legend(axes, look)

    return draw(look, paint, height=310)
