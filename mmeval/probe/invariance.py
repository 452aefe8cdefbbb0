"""`mmeval doctor MODEL`: whether a reply depends on what else is in the batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.probe import material
from mmeval.probe.asker import REFUSED, Asker, SpentError
from mmeval.types import Text

__all__ = ["Invariance", "invariance"]

MIXED = 12
SHORT = 24
"""Tokens of a reply."""


@dataclass(frozen=True, slots=True)
class Invariance:
    """Replies to the same questions, asked one by one, one by one again, and all at once."""

    asked: int
    answered: int
    different: int
    """Replies of the questions that differ between one by one and all at once."""
    repeated: bool
    """Whether asking one by one twice gave the same replies; if not, the batch is not to blame."""
    distinct: int
    """Different replies among the questions: with one alone, nothing is shown."""
    example: str = ""


async def invariance(ask: Asker) -> Invariance:
    """Ask questions with one picture, with two and with none; raises SpentError."""
    prompts = list(_prompts())
    alone = [await _said(ask, prompt) for prompt in prompts]
    again = [await _said(ask, prompt) for prompt in prompts[:3]]
    together = await asyncio.gather(*(_said(ask, prompt) for prompt in prompts))
    pairs = [(one, other) for one, other in zip(alone, together, strict=True) if one != other]
    example = f"{pairs[0][0][1][:60]!r} alone, {pairs[0][1][1][:60]!r} in company" if pairs else ""
    return Invariance(
        asked=len(prompts),
        answered=sum(kind == "reply" for kind, _ in alone),
        different=len(pairs),
        repeated=again == alone[:3],
        distinct=len({text for kind, text in alone if kind == "reply"}),
        example=example,
    )


def _prompts() -> Sequence[tuple[Any, ...]]:
    """Questions of several lengths, with one picture, two and none."""
    made: list[tuple[Any, ...]] = []
    for i in range(MIXED):
        words = Text(f"Question {i}: " + "what do you see, and where is it? " * (1 + i % 3))
        pictures = [material.picture(100 + 17 * i + k, side=96 + 32 * (i % 4)) for k in range((1, 2, 0)[i % 3])]
        made.append((*pictures, words))
    return made


async def _said(ask: Asker, prompt: tuple[Any, ...]) -> tuple[str, str]:
    """What came back: a reply with its text, or the refusal; both have to be the same in any company."""
    try:
        return "reply", (await ask(*prompt, max_tokens=SHORT)).text
    except SpentError:
        raise
    except REFUSED as error:
        return "refused", str(error)
