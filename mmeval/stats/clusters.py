"""Sums by cluster in bounded memory: above MOST clusters, they are in a temporary SQLite table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from sqlite3 import Connection

from mmeval.spill import digest, spill

__all__ = ["ClusterSums"]


class ClusterSums:
    """The number of values in each cluster, and their sum."""

    MOST = 50_000

    def __init__(self) -> None:
        self._near: dict[Hashable, list[float]] = {}
        self._table: Connection | None = None

    def add(self, cluster: Hashable, value: float) -> None:
        """Add one value."""
        entry = self._near.setdefault(cluster, [0, 0.0])
        entry[0] += 1
        entry[1] += value
        if len(self._near) > self.MOST:
            self._spill()

    def __len__(self) -> int:
        if self._table is None:
            return len(self._near)
        self._spill()
        count: int = self._table.execute("SELECT count(*) FROM sums").fetchone()[0]
        return count

    def __iter__(self) -> Iterator[tuple[float, float]]:
        if self._table is None:
            return ((count, total) for count, total in self._near.values())
        self._spill()
        return iter(self._table.execute("SELECT n, total FROM sums ORDER BY cluster"))

    def _spill(self) -> None:
        if self._table is None:
            self._table = spill("sums (cluster BLOB PRIMARY KEY, n INTEGER, total REAL)")
        rows = ((digest(repr(cluster)), *entry) for cluster, entry in self._near.items())
        self._table.executemany(
            "INSERT INTO sums VALUES (?, ?, ?) ON CONFLICT (cluster) "
            "DO UPDATE SET n = n + excluded.n, total = total + excluded.total",
            sorted(rows),
        )
        self._near.clear()
