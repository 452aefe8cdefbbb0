"""Graph colouring: which colour must the marked circle have?"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from mmeval.fresh import forms
from mmeval.fresh.items import Item, Question
from mmeval.fresh.style import Page, Style, columns, listed, style
from mmeval.types import JSON

SIZES = {1: (4, 2), 2: (5, 2), 3: (6, 3), 4: (7, 3), 5: (9, 3)}
"""Circles, and how many of them have a colour, by step."""
INKS = ("red", "green", "blue")


class Graphs:
    """The generator."""

    name: ClassVar[str] = "graphs"
    version: ClassVar[int] = 1

    def draw(self, rng: random.Random, step: int) -> Item:
        """A graph with a forced circle; from step 2 on, at most one coloured circle is beside it."""
        look, (size, given) = style(rng), SIZES[step]
        names = list(columns(size))
        while True:
            hidden = {name: rng.choice(INKS) for name in names}
            able = [pair for pair in itertools.combinations(names, 2) if hidden[pair[0]] != hidden[pair[1]]]
            links = sorted(rng.sample(able, min(len(able), size + step - 1 + rng.randint(0, 1))))
            known = {name: hidden[name] for name in rng.sample(names, given)}
            forced = [name for name in names if name not in known and _forced(names, links, known, name)]
            fitting = [name for name in forced if step == 1 or _beside(links, known, name) <= 1]
            if fitting:
                break
        asked = rng.choice(fitting)
        facts: dict[str, Any] = {
            "links": [list(pair) for pair in links],
            "known": known,
            "asked": asked,
            "names": names,
        }
        text = (
            f"Every circle gets one of the colours {listed(INKS)}; two circles that are linked by a line "
            "have different "
            f"colours. Which colour must circle {asked} have?"
        )
        return Item(
            images=(_picture(rng, look, facts),),
            main=forms.word(text, hidden[asked], INKS),
            probes=tuple(_probes(rng, facts)),
            facts=facts,
            description=_description(facts),
        )

    def solve(self, facts: Mapping[str, Any]) -> JSON:
        """Strike colours out of the circles; where that stops, assume one and look for a contradiction."""
        left = {name: {facts["known"][name]} if name in facts["known"] else set(INKS) for name in facts["names"]}
        possible = [
            ink for ink in INKS if ink in left[facts["asked"]] and _works(facts, {**left, facts["asked"]: {ink}})
        ]
        (answer,) = possible
        return {"answer": answer, "words": list(INKS)}


def _forced(names: list[str], links: list[tuple[str, str]], known: Mapping[str, str], asked: str) -> bool:
    """Whether all colourings, tried one by one, agree on a circle."""
    open_names, seen = [name for name in names if name not in known], set()
    for inks in itertools.product(INKS, repeat=len(open_names)):
        colours = {**known, **dict(zip(open_names, inks, strict=True))}
        if all(colours[a] != colours[b] for a, b in links):
            seen.add(colours[asked])
            if len(seen) > 1:
                return False
    return len(seen) == 1


def _beside(links: list[tuple[str, str]], known: Mapping[str, str], name: str) -> int:
    return sum(name in pair and any(other in known for other in pair if other != name) for pair in links)


def _works(facts: Mapping[str, Any], left: Mapping[str, set[str]]) -> bool:
    """Whether the circles can be coloured with what is left to each."""
    now = {name: set(inks) for name, inks in left.items()}
    changed = True
    while changed:
        changed = False
        for a, b in [*facts["links"], *([b, a] for a, b in facts["links"])]:
            if len(now[a]) == 1 and now[a] & now[b]:
                now[b] -= now[a]
                changed = True
            if not now[b]:
                return False
    unsure = next((name for name in now if len(now[name]) > 1), None)
    return unsure is None or any(_works(facts, {**now, unsure: {ink}}) for ink in sorted(now[unsure]))


def _probes(rng: random.Random, facts: Mapping[str, Any]) -> Iterator[Question]:
    asked, names = facts["asked"], facts["names"]
    yield forms.number(f"How many lines end at circle {asked}?", sum(asked in pair for pair in facts["links"]))
    name = rng.choice(sorted(facts["known"]))
    yield forms.word(f"Which colour has circle {name}?", facts["known"][name], INKS)
    linked = rng.random() < 0.5
    others = [pair for pair in itertools.combinations(names, 2) if list(pair) not in facts["links"]]
    a, b = rng.choice(facts["links"]) if linked or not others else rng.choice(others)
    yield forms.yes_no(f"Are circles {a} and {b} linked by a line?", [a, b] in facts["links"])


def _description(facts: Mapping[str, Any]) -> str:
    links = listed([f"{a} and {b}" for a, b in facts["links"]])
    known = listed([f"circle {name} is {ink}" for name, ink in sorted(facts["known"].items())])
    return f"Circles {listed(facts['names'])}. Lines link {links}. Of the circles, {known}; the others are white."


def _picture(rng: random.Random, look: Style, facts: Mapping[str, Any]) -> bytes:
    size, radius = 340, 128
    page, turn, count = Page(size, size, look), rng.random(), len(facts["names"])
    # Circles lie on a ring, so that no line passes through a third one.
    order = rng.sample(facts["names"], count)
    at = {
        name: (
            size / 2 + radius * math.cos(2 * math.pi * (place / count + turn)),
            size / 2 + radius * math.sin(2 * math.pi * (place / count + turn)),
        )
        for place, name in enumerate(order)
    }
    for a, b in facts["links"]:
        page.line(at[a], at[b], width=2)
    for name, (x, y) in at.items():
        ink = facts["known"].get(name)
        page.circle(x, y, 19, fill=look.shade(rng, ink) if ink else (255, 255, 255), edge=look.ink, width=2)
        page.text(x, y, name, size=17, colour=(255, 255, 255) if ink else (20, 20, 20))
    return page.png()
