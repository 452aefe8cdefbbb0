"""The generators of picture puzzles."""

from collections.abc import Sequence

from mmeval.fresh.items import Generator
from mmeval.fresh.puzzles.clocks import Clocks
from mmeval.fresh.puzzles.dots import Dots
from mmeval.fresh.puzzles.folding import Folding
from mmeval.fresh.puzzles.graphs import Graphs
from mmeval.fresh.puzzles.jugs import Jugs
from mmeval.fresh.puzzles.latin import Latin
from mmeval.fresh.puzzles.marbles import Marbles
from mmeval.fresh.puzzles.matrices import Matrices
from mmeval.fresh.puzzles.pipes import Pipes
from mmeval.fresh.puzzles.routes import Routes
from mmeval.fresh.puzzles.sliding import Sliding
from mmeval.fresh.puzzles.turns import Turns

__all__ = ["GENERATORS"]

GENERATORS: Sequence[Generator] = (
    Marbles(), Matrices(), Dots(), Sliding(), Routes(), Clocks(), Turns(), Graphs(), Latin(), Jugs(), Folding(),
    Pipes(),
)  # fmt: skip
