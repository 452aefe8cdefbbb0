"""How often an id came before, exactly, for files of any length: what does not fit into memory lies on disk."""

from __future__ import annotations

import hashlib
import sqlite3

__all__ = ["Repeats"]

CACHE_KB = 2_000


class Repeats:
    """Counts ids in a temporary table of SQLite, which spills to a file of its own once it is large."""

    def __init__(self) -> None:
        # A generator of rows may be closed by another thread than the one that reads.
        self._table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KB}"):
            self._table.execute(f"PRAGMA {setting}")
        self._table.execute("CREATE TABLE ids (id BLOB PRIMARY KEY, n INTEGER) WITHOUT ROWID")
        self._table.execute("BEGIN")

    def add(self, name: str) -> int:
        """How often the id has come, this time included."""
        key = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        counted = self._table.execute(
            "INSERT INTO ids VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1 RETURNING n", (key,)
        )
        n: int = counted.fetchone()[0]
        return n
