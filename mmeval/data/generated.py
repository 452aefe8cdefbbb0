"""Procedural sets: rows that are drawn from a seed, not stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mmeval.definitions import Source
from mmeval.types import JSON, Row

__all__ = ["Make", "generated"]

Make: TypeAlias = Callable[[random.Random], Row | Sequence[Row]]


def generated(make: Make, *, n: int, seed: int) -> Source:
    """Rows that a program draws: `n` calls of `make`, each with its own generator.

    Args:
        make: a row, or several rows that belong together (questions about one picture).
        n: number of calls.
        seed: with the number of the call it seeds the generator, so a row never depends on its neighbours.

    Each row gets an `id` (`17`, or `17.0`, `17.1`, ... for several) and `draw`, the number of its call.
    """
    return Generated(make, n, seed)


@dataclass(frozen=True, slots=True)
class Generated:
    """The source behind `generated`; `dataclasses.replace(source, seed=...)` draws other rows of the same kind."""

    make: Make = field(repr=False)
    n: int
    seed: int

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; nothing is ever fetched."""
        for draw in range(self.n):
            made = self.make(random.Random(f"{self.seed}:{draw}"))  # noqa: S311 - drawings, no secrets
            if isinstance(made, Mapping):
                yield {"id": str(draw), "draw": draw, **made}
                continue
            for part, row in enumerate(made):
                yield {"id": f"{draw}.{part}", "draw": draw, **row}

    def describe(self) -> Mapping[str, JSON]:
        """Kind, number of draws and seed; the program itself is in the definition's digest."""
        return {"kind": "generated", "n": self.n, "seed": self.seed}
