"""How much goes into one batch: as much as memory holds, found by trying and remembered for the next command."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

__all__ = ["Room"]

SLOW_S = 20.0
"""A batch that takes longer than this is large enough: a stopped run loses the replies of the running batch."""

BELOW = 0.75
"""The part of a batch that did not fit to which later batches may grow."""


class Room:
    """The most tokens in a batch: its rows times the tokens of its longest row, images and expected reply included.

    Grows while the memory that a batch needs says that more fits, by a factor of two at most. Shrinks when a batch does
    not fit, and stays below that size from then on.
    """

    def __init__(self, file: Path, name: str, first: int) -> None:
        """`first`: tokens in the first batch of a model that never ran here."""
        self._file, self._name, self._first = file, name, first
        known = self._read().get(name)
        self._kept = known if _valid(known) else None
        self.tokens: int = self._kept[0] if self._kept else first
        self._ceiling: int | None = self._kept[1] if self._kept else None

    def fitted(self, cost: int, *, need: float, free: float, seconds: float) -> None:
        """Learn from a batch that was answered.

        Args:
            cost: tokens in the batch.
            need: the most memory that a batch has needed so far, in bytes.
            free: memory for a batch, in bytes.
            seconds: how long it took.
        """
        if cost < self.tokens / 2 or seconds > SLOW_S:
            return
        fits = cost * free / need if need > 0 else 2 * self.tokens
        self.tokens = max(self.tokens, int(min(2 * self.tokens, fits, self._ceiling or fits)))

    def overflowed(self, cost: int) -> None:
        """Learn from a batch that did not fit in memory."""
        self.tokens = max(1, min(self.tokens, cost // 2))
        self._ceiling = max(1, min(self._ceiling or cost, int(BELOW * cost)))

    def keep(self) -> None:
        """Remember it for the next command, if it has changed."""
        now = [self.tokens, self._ceiling]
        if now in (self._kept, [self._first, None]):
            return
        with contextlib.suppress(OSError):  # then the next command finds out again
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(f".{os.getpid()}.part")
            part.write_text(json.dumps({**self._read(), self._name: now}, indent=1, sort_keys=True))
            part.replace(self._file)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def _valid(known: Any) -> bool:
    """Whether this is what `keep` writes."""
    if not isinstance(known, list) or len(known) != 2:
        return False
    tokens, ceiling = known
    return type(tokens) is int and tokens > 0 and (ceiling is None or (type(ceiling) is int and ceiling > 0))
