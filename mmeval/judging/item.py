"""One thing to judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from mmeval.types import JSON

__all__ = ["Draw", "Item", "asked", "question"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something made, and what the rule of a judge compares it with."""

    made: bytes
    """A PNG, JPEG, WAV or MP4 file."""
    prompt: str
    """What it was to be."""
    target: JSON
    says: str
    """The answer of a judge that sees what is there; empty where a judge scores choices."""


Draw: TypeAlias = Callable[[Random, str, str], Item]
"""Draws an item of a kind that deserves a label: what its prompt asks for, if that is `right`, or something else."""


def asked(made: bytes, prompt: str, ask: str, right: bool) -> Item:
    """An item with one question, whose answer is yes if it is right."""
    return Item(made, prompt, question(ask, "yes"), "yes" if right else "no")


def question(ask: str, answer: str) -> JSON:
    """The target of a sample with one question, as `questions_about` reads it."""
    return {"questions": [{"ask": ask, "answer": answer}]}
