"""One question of each kind and step of difficulty, for benchmarks whose questions have steps."""

from __future__ import annotations

from typing import Any

from mmeval.sitegen import samples
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.questions import card_of

__all__ = ["ladder"]


def ladder(asked: Asked) -> list[dict[str, Any]]:
    """Rows with the name of a kind and its first main question at each step; none where there are no steps."""
    tags = samples.tags_of(asked.column, asked.board.root)
    found: dict[str, dict[str, int]] = {}
    for place, key in enumerate(asked.ids):
        told = tags.get(key, {})
        if "step" in told and told.get("role") == "main":
            found.setdefault(told.get("category", ""), {}).setdefault(told["step"], place)
    steps = sorted({step for each in found.values() for step in each}, key=lambda step: (len(step), step))
    if not asked.listed.public or len(steps) < 2:
        return []
    return [
        {"title": kind, "cards": [card_of(asked, each[step], step) if step in each else None for step in steps]}
        for kind, each in found.items()
    ]
