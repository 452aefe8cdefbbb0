"""Tables that may outgrow memory: a temporary SQLite database that spills to disk."""

from __future__ import annotations

import hashlib
import sqlite3

__all__ = ["digest", "spill"]

CACHE_KB = 2_000


def spill(table: str) -> sqlite3.Connection:
    """A connection to a new temporary database with one table, inside a transaction. Closing it deletes the database.

    Args:
        table: name and columns, as in `ids (id BLOB PRIMARY KEY, n INTEGER)`.
    """
    # A generator that reads rows may be closed by another thread.
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KB}"):
        made.execute(f"PRAGMA {setting}")
    made.execute(f"CREATE TABLE {table} WITHOUT ROWID")
    made.execute("BEGIN")
    return made


def digest(name: str) -> bytes:
    """A 16-byte key for a name of any length. Among a billion names, a collision has probability 1e-21."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
