"""The place that a question asks for, as a mark on its picture: a box, a polygon or a mask.

A target holds fractions of the picture (see `scorers.rules.places`), a mark percent. question.js draws answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmeval.types import JSON

__all__ = ["target_label", "target_marks"]

RUNS = 2_000
"""Most runs of a mask that are drawn; of a finer mask only every second, third, ... row."""


def target_marks(target: JSON) -> list[dict[str, Any]]:
    """The mark of a target that is a place in the picture; none for any other target, or a damaged one."""
    try:
        return _marks(target) if isinstance(target, dict) and {"width", "height"} <= set(target) else []
    except (TypeError, ValueError, LookupError, ArithmeticError):  # stored samples may come from anywhere
        return []


def target_label(target: JSON) -> str:
    """A place as people read it, in percent of the picture; empty for a target that is none, or that is an area."""
    return "".join(str(mark["label"]) for mark in target_marks(target))


def _marks(target: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "box" in target:
        return _box(target["box"])
    if "polygon" in target:
        corners = " ".join(f"{100 * x:.2f} {100 * y:.2f}" for x, y in target["polygon"])
        return [{"kind": "area", "d": f"M{corners}z", "label": "", "tone": "gold"}]
    return _mask(target["mask"]) if "mask" in target else []


def _mask(mask: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A mask as strips, each as high as the rows that it stands for."""
    width, height = mask["size"]
    rows = sorted({row for row, _, _ in mask["runs"]})
    step = 1 + len(mask["runs"]) // RUNS
    kept = set(rows[::step])
    strips = "".join(
        f"M{100 * first / width:.2f} {100 * row / height:.2f}h{100 * length / width:.2f}v{100 * step / height:.2f}"
        f"h{-100 * length / width:.2f}z"
        for row, first, length in mask["runs"]
        if row in kept
    )
    return [{"kind": "area", "d": strips, "label": "", "tone": "gold"}]


def _box(place: Sequence[Any]) -> list[dict[str, Any]]:
    x, y, *far = (round(100 * part, 2) for part in place)
    label = ", ".join(f"{part:g} %" for part in (x, y, *far))
    return [{"kind": "box", "x": x, "y": y, "w": far[0] - x, "h": far[1] - y, "label": label, "tone": "gold"}]
