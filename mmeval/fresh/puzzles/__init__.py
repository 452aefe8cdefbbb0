"""The generators of picture puzzles."""

from collections.abc import Sequence

from mmeval.fresh.items import Generator
from mmeval.fresh.puzzles.marbles import Marbles

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (Marbles(),)
