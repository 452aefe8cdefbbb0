"""Films of one moving dot, as a judge of films sees them: its colour, and which way it goes."""

from __future__ import annotations

from random import Random

from mmeval.generation import TASKS
from mmeval.judging.item import Item, asked
from mmeval.scorers.judges.verdicts import RIGHT

__all__ = ["KINDS_OF_FACT", "draw"]

KINDS_OF_FACT = ("colour", "way", "number")
FLAWS = {"colour": ("colour",), "way": ("backwards", "turned", "turns back"), "number": ("two things",)}
"""Mistakes of the task that make each kind of fact wrong."""


def draw(rng: Random, kind: str, label: str) -> Item:
    """A film of the checked benchmark `move_dot`, right or with the mistake that makes this fact wrong."""
    task = TASKS["move_dot"]
    facts, right = task.draw(rng), label == RIGHT
    asks = {
        "colour": f"Is the dot in the film {facts['colour']}?",
        "way": f"Does the dot move {facts['way']}, without turning back?",
        "number": "Is there only one thing in the film?",
    }
    made = task.make(facts, rng, None if right else rng.choice(FLAWS[kind]))
    return asked(made, task.prompt(facts), asks[kind], right)
