"""How often an id came before, exactly, for files of any length."""

from __future__ import annotations

from mmeval.spill import digest, spill

__all__ = ["Repeats"]


class Repeats:
    """Counts ids; memory is bounded."""

    def __init__(self) -> None:
        self._table = spill("ids (id BLOB PRIMARY KEY, n INTEGER)")

    def add(self, name: str) -> int:
        """How often the id has come, this time included."""
        counted = self._table.execute(
            "INSERT INTO ids VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1 RETURNING n", (digest(name),)
        )
        n: int = counted.fetchone()[0]
        return n
