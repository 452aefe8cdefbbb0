"""Items: a drawn picture, film or sound, its question, and the questions that show whether it was understood."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mmeval import animate
from mmeval.types import JSON

__all__ = ["STEPS", "Film", "Generator", "Item", "Question", "UnclearError", "draw"]

STEPS = range(1, 6)
"""The steps of difficulty, from easy to hard."""


class UnclearError(Exception):
    """What was drawn so far allows no question whose answer is plain; the item is begun anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about an item; `mmeval.fresh.forms` makes it with the notation that its answer is read in."""

    text: str
    """The question with its closing instruction, which states the notation of the answer."""
    form: str
    """How a reply is read: a key of `mmeval.fresh.scoring.WITH_POINTS`."""
    target: JSON
    """The exact answer as the rule of the form compares it."""
    choices: tuple[str, ...] = ()
    """Texts of the options A, B, C, ...; empty for open questions."""
    chance: float = 0.0
    """How often a guess is right that knows the question and not the picture; 0 where answers are many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Pictures one after the other. Only their encoding depends on the version of PyAV."""

    frames: tuple[bytes, ...]
    """PNG files of one even size; the same one again while nothing moves."""
    fps: int
    """Pictures per second."""

    def file(self) -> bytes:
        """The film as an MP4 file (H.264)."""
        from PIL import Image

        read = {one: Image.open(io.BytesIO(one)) for one in dict.fromkeys(self.frames)}
        return animate.film((read[one] for one in self.frames), fps=self.fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a generator draws at one step of its dial."""

    images: tuple[bytes, ...] = ()
    """PNG files, in the order in which they are shown."""
    film: Film | None = None
    """A film that is shown after them."""
    sound: bytes | None = None
    """A WAV file that is heard after them."""
    main: Question
    """What has to be solved."""
    probes: tuple[Question, ...]
    """What has to be perceived in order to solve it: two or more questions about single facts of the picture."""
    facts: Mapping[str, JSON]
    """Everything that was drawn and matters. `Generator.solve` answers the main question from it alone."""
    description: str
    """The facts in words, complete: whoever reads it can solve the item without the picture. It does not solve it."""


class Generator(Protocol):
    """Draws items. An item is a function of the generator's version and the random generator alone."""

    @property
    def name(self) -> str:
        """Such as `marbles`: lower-case letters, digits and `_`."""
        ...

    @property
    def version(self) -> int:
        """Raised with every change of what is drawn or asked; seasons fix it."""
        ...

    def draw(self, rng: random.Random, step: int) -> Item:
        """An item of this step, one of `STEPS`. `rng` is its only source of chance.

        Raises:
            UnclearError: chance has drawn what allows no plain question; call it again with the same `rng`.
        """
        ...

    def solve(self, facts: Mapping[str, JSON]) -> JSON:
        """The target of the main question, found from the facts in another way than by `draw`."""
        ...


def draw(generator: Generator, seed: str, step: int, index: int) -> Item:
    """Item `index`, from 0, of a generator at a step of its dial."""
    rng = random.Random(f"{seed}:{generator.name}:{step}:{index}")  # noqa: S311 - no secret
    while True:
        try:
            return generator.draw(rng, step)
        except UnclearError:
            continue
