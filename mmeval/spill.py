"""Room for sums that may outgrow memory: a temporary SQLite database, which spills to a file of its own."""

from __future__ import annotations

import hashlib
import sqlite3

__all__ = ["digest", "spill"]

CACHE_KB = 2_000


def spill(table: str) -> sqlite3.Connection:
    """An open transaction on a new database with one table; it is gone with the connection.

    Args:
        table: name and columns, as in `ids (id BLOB PRIMARY KEY, n INTEGER)`.
    """
    # Whoever reads rows may be closed by another thread than the one that reads.
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KB}"):
        made.execute(f"PRAGMA {setting}")
    made.execute(f"CREATE TABLE {table} WITHOUT ROWID")
    made.execute("BEGIN")
    return made


def digest(name: str) -> bytes:
    """16 bytes that stand for a name of any length; two names of a billion share them with probability 1e-21."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
