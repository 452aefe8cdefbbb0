"""Exact counts of ids in data of any length."""

from __future__ import annotations

from mmeval.spill import digest, spill

__all__ = ["Repeats"]


class Repeats:
    """Counts ids in bounded memory."""

    def __init__(self) -> None:
        self._table = spill("ids (id BLOB PRIMARY KEY, n INTEGER)")

    def add(self, name: str) -> int:
        """Count an id; returns how often it has occurred, including this time."""
        counted = self._table.execute(
            "INSERT INTO ids VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1 RETURNING n", (digest(name),)
        )
        n: int = counted.fetchone()[0]
        return n
