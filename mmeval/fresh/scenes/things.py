"""Simple drawn objects: each has one colour, by which it is named, and dark and light details."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmeval.fresh.shapes import SHAPES
from mmeval.fresh.style import RGB, Page

__all__ = ["KINDS", "Pen", "bounds", "plural", "thing"]

Points = list[tuple[float, float]]
BODY, DARK, LIGHT = "body", "dark", "light"
DETAILS: Mapping[str, RGB] = {DARK: (58, 56, 60), LIGHT: (250, 248, 242)}


@dataclass(frozen=True, slots=True)
class Part:
    """A filled outline, or a stroke of a given width, in a square from -1 to 1 with y downwards."""

    role: str
    points: Points
    stroke: float = 0.0


@dataclass(frozen=True, slots=True)
class Pen:
    """How the objects of one picture are drawn."""

    edge: RGB
    width: float
    """Of the outlines, in pixels; those of small objects are finer."""


def _oval(x: float, y: float, across: float, down: float, first: float = 0.0, last: float = 1.0) -> Points:
    """A part of an oval, from and to parts of a full turn, clockwise from the right."""
    count = max(3, round(24 * (last - first)))
    turns = [2 * math.pi * (first + (last - first) * place / count) for place in range(count + (last - first < 1))]
    return [(x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns]


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


DRAWN: Mapping[str, Sequence[Part]] = {
    "cup": (
        Part(BODY, _oval(0.45, -0.05, 0.42, 0.38, -0.25, 0.25), 0.2),
        Part(BODY, [(-0.85, -0.7), (0.55, -0.7), (0.4, 0.8), (-0.7, 0.8)]),
        Part(LIGHT, _oval(-0.15, -0.7, 0.7, 0.15)),
    ),
    "house": (
        Part(BODY, _box(-0.72, -0.15, 0.72, 0.95)),
        Part(DARK, [(-0.98, -0.12), (0, -0.95), (0.98, -0.12)]),
        Part(LIGHT, _box(-0.5, 0.1, -0.08, 0.48)),
        Part(DARK, _box(0.15, 0.3, 0.52, 0.95)),
    ),
    "tree": (
        Part(DARK, _box(-0.14, 0.3, 0.14, 0.98)),
        Part(BODY, [(-0.8, 0.5), (-0.3, -0.1), (-0.58, -0.1), (0, -0.98), (0.58, -0.1), (0.3, -0.1), (0.8, 0.5)]),
    ),
    "car": (
        Part(BODY,[
            (-0.98, 0.45), (-0.95, 0.0), (-0.6, -0.08), (-0.35, -0.5), (0.4, -0.5), (0.65, -0.05), (0.98, 0.08),
            (0.98, 0.45),
        ]),
        Part(LIGHT, [(-0.42, -0.06), (-0.25, -0.38), (0.02, -0.38), (0.02, -0.06)]),
        Part(LIGHT, [(0.12, -0.06), (0.12, -0.38), (0.33, -0.38), (0.48, -0.06)]),
        Part(DARK, _oval(-0.52, 0.45, 0.23, 0.23)),
        Part(DARK, _oval(0.55, 0.45, 0.23, 0.23)),
    ),
    "fish": (
        Part(BODY, [(0.35, 0), (0.98, -0.5), (0.85, 0), (0.98, 0.5)]),
        Part(BODY, _oval(-0.22, 0, 0.74, 0.46)),
        Part(LIGHT, _oval(-0.6, -0.1, 0.13, 0.13)),
        Part(DARK, _oval(-0.62, -0.1, 0.05, 0.05)),
    ),
    "key": (
        Part(BODY,[
            (-0.15, -0.12), (0.98, -0.12), (0.98, 0.45), (0.8, 0.45), (0.8, 0.12), (0.62, 0.12), (0.62, 0.35),
            (0.45, 0.35), (0.45, 0.12), (-0.15, 0.12),
        ]),
        Part(BODY, _oval(-0.5, 0, 0.46, 0.46)),
        Part(LIGHT, _oval(-0.5, 0, 0.2, 0.2)),
    ),
    "boat": (
        Part(DARK, [(0.0, -0.98), (0.0, 0.4)], 0.1),
        Part(BODY, [(0.1, -0.9), (0.1, 0.25), (0.85, 0.25)]),
        Part(BODY, [(-0.1, -0.6), (-0.1, 0.25), (-0.65, 0.25)]),
        Part(BODY, [(-0.95, 0.38), (0.95, 0.38), (0.6, 0.9), (-0.6, 0.9)]),
    ),
    "book": (
        Part(BODY, _box(-0.72, -0.92, 0.72, 0.92)),
        Part(LIGHT, _box(-0.3, -0.62, 0.5, -0.12)),
        Part(DARK, _box(-0.72, -0.92, -0.5, 0.92)),
    ),
    "umbrella": (
        Part(DARK, [(0, -0.2), (0, 0.75), (0.08, 0.88), (0.2, 0.9), (0.3, 0.75)], 0.11),
        Part(BODY,[
            *_oval(0, 0.0, 0.96, 0.92, 0.5, 1.0), (0.64, -0.13), (0.32, 0.0), (0, -0.13), (-0.32, 0.0),
            (-0.64, -0.13),
        ]),
    ),
    "flag": (
        Part(DARK, _box(-0.72, -0.98, -0.58, 0.98)),
        Part(BODY, [(-0.58, -0.9), (0.0, -0.78), (0.85, -0.9), (0.85, 0.08), (0.0, 0.2), (-0.58, 0.08)]),
    ),
    "mushroom": (
        Part(LIGHT, [(-0.26, -0.1), (0.26, -0.1), (0.36, 0.92), (-0.36, 0.92)]),
        Part(BODY, [*_oval(0, 0.05, 0.95, 0.95, 0.5, 1.0)]),
    ),
    "lamp": (
        Part(DARK, _box(-0.08, 0.1, 0.08, 0.85)),
        Part(DARK, _oval(0, 0.85, 0.5, 0.12)),
        Part(BODY, [(-0.38, -0.92), (0.38, -0.92), (0.8, 0.2), (-0.8, 0.2)]),
    ),
    "bottle": (
        Part(BODY,[
            (-0.16, -0.75), (0.16, -0.75), (0.16, -0.35), (0.42, -0.05), (0.42, 0.96), (-0.42, 0.96),
            (-0.42, -0.05), (-0.16, -0.35),
        ]),
        Part(DARK, _box(-0.2, -0.97, 0.2, -0.72)),
        Part(LIGHT, _box(-0.42, 0.2, 0.42, 0.65)),
    ),
    **{
        name: (Part(BODY, [(x, y) for x, y in (corners(0, 0, 1) if corners else _oval(0, 0, 0.9, 0.9))]),)
        for name, corners in SHAPES.items()
        if name in ("circle", "triangle", "star", "square")
    },
}  # fmt: skip
KINDS: Sequence[str] = tuple(DRAWN)
"""Objects that people name alike and tell apart."""
SIDES = ((-1, -1), (1, 1))


def plural(name: str) -> str:
    """The words for several objects of a kind, or of a kind and colour."""
    return name if name.endswith("fish") else f"{name}s"


def bounds(kind: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an object, in its square from -1 to 1."""
    spread = [
        (x + sx * p.stroke / 2, y + sy * p.stroke / 2) for p in DRAWN[kind] for x, y in p.points for sx, sy in SIDES
    ]
    xs, ys = zip(*spread, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def thing(page: Page, kind: str, x: float, y: float, radius: float, *, fill: RGB, pen: Pen) -> None:
    """Draw an object in the square of 2 x `radius` pixels around (x, y)."""
    fills, outline = {**DETAILS, BODY: fill}, min(pen.width, radius / 12)
    for part in DRAWN[kind]:
        points = [(x + radius * dx, y + radius * dy) for dx, dy in part.points]
        if part.stroke:
            width = part.stroke * radius
            page.line(*points, colour=pen.edge, width=width + 2 * outline)
            page.line(*points, colour=fills[part.role], width=width)
        else:
            page.polygon(points, fill=fills[part.role])
            page.line(*points, points[0], colour=pen.edge, width=outline)
