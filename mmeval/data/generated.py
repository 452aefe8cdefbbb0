"""Generated sets: rows drawn from a seed instead of stored."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mmeval.definitions import Source
from mmeval.types import JSON, Row

__all__ = ["Make", "generated"]

Make: TypeAlias = Callable[[random.Random], Row | Sequence[Row]]
ROOM = 64 << 20
"""Bytes of drawn rows that are kept: several models are asked about the same ones, and drawing is what takes time."""


def generated(make: Make, *, n: int, seed: int) -> Source:
    """Rows that a program draws: `n` calls of `make`, each with its own random generator.

    Args:
        make: returns one row, or several that belong together (questions about one image). The same generator gives
            the same rows: what was drawn is kept and not drawn again in this process, as long as there is room.
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
            made = _KEPT.drawn(self.make, f"{self.seed}:{draw}")
            if isinstance(made, Mapping):
                yield {"id": str(draw), "draw": draw, **made}
                continue
            for part, row in enumerate(made):
                yield {"id": f"{draw}.{part}", "draw": draw, **row}

    def describe(self) -> Mapping[str, JSON]:
        """Kind, number of draws and seed. The definition's digest covers the program."""
        return {"kind": "generated", "n": self.n, "seed": self.seed}


@dataclass(frozen=True, slots=True)
class _Made:
    rows: Row | Sequence[Row]
    size: int
    make: Make
    """Its address is part of the key, so it must live as long as its rows."""


class _Kept:
    """The rows drawn last. Every caller gets a copy, so that none can change what the next one is asked."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], _Made] = {}
        self._size = 0
        self._lock = threading.Lock()

    def drawn(self, make: Make, seed: str) -> Row | Sequence[Row]:
        if (found := self._made.get((id(make), seed))) is not None:
            return copy.deepcopy(found.rows)
        rows = make(random.Random(seed))  # noqa: S311 - not used for security
        if (size := _size(rows)) <= ROOM:
            self._keep(seed, _Made(copy.deepcopy(rows), size, make))
        return rows

    def _keep(self, seed: str, made: _Made) -> None:
        with self._lock:
            if (key := (id(made.make), seed)) in self._made:
                return
            self._made[key] = made
            self._size += made.size
            while self._size > ROOM:
                self._size -= self._made.pop(next(iter(self._made))).size


def _size(value: Any) -> int:
    """Bytes of a plain value, roughly; more than there is room for if it holds anything else."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return 8 if value is None or isinstance(value, int | float) else ROOM + 1


_KEPT = _Kept()
