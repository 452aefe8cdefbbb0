"""Generated sets: rows drawn from a seed instead of stored."""

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
    """Rows that a program draws: `n` calls of `make`, each with its own random generator.

    Args:
        make: returns one row, or several that belong together (questions about one image).
        n: number of calls.
        seed: seeds each generator together with the number of the call, so a row does not depend on the others.

    Each row gets an `id` (`17`, or `17.0`, `17.1`, ... when a call returns several) and `draw`, the number of its call.
    """
    return Generated(make, n, seed)


@dataclass(frozen=True, slots=True)
class Generated:
    """The source behind `generated`; `dataclasses.replace(source, seed=...)` draws other rows of the same kind."""

    make: Make = field(repr=False)
    n: int
    seed: int

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows. Never uses the network."""
        for draw in range(self.n):
            made = self.make(random.Random(f"{self.seed}:{draw}"))  # noqa: S311 - not used for security
            if isinstance(made, Mapping):
                yield {"id": str(draw), "draw": draw, **made}
                continue
            for part, row in enumerate(made):
                yield {"id": f"{draw}.{part}", "draw": draw, **row}

    def describe(self) -> Mapping[str, JSON]:
        """Kind, number of draws and seed. The definition's digest covers the program."""
        return {"kind": "generated", "n": self.n, "seed": self.seed}
