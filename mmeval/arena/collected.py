"""Votes that a server collects, in SQLite: each is on the disk before it counts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmeval.arena.vote import Vote, dump_vote
from mmeval.errors import DataError, UsageError

__all__ = ["opened", "store_vote", "stored_votes"]


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database, which is made where there is none; raises UsageError for another kind of file."""
    try:
        connection = sqlite3.connect(database, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS votes (voter TEXT, benchmark TEXT, sample TEXT, models TEXT, line TEXT, "
                "PRIMARY KEY (voter, benchmark, sample, models))"
            )
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UsageError(f"{database}: {error}") from None


def store_vote(database: Path, vote: Vote) -> None:
    """Write one vote to the disk; it replaces the voter's earlier one on the same pair of replies."""
    with opened(database) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?)",
            (vote.voter, vote.benchmark, vote.sample, "\0".join(sorted((vote.model_a, vote.model_b))), dump_vote(vote)),
        )


def stored_votes(database: Path) -> Iterator[tuple[str, Any]]:
    """Each vote as an object, with its place; raises DataError if the file is not a database of votes."""
    try:
        connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            for number, (line,) in enumerate(connection.execute("SELECT line FROM votes ORDER BY rowid"), 1):
                yield f"{database}: vote {number}", json.loads(line)
        finally:
            connection.close()
    except (sqlite3.Error, ValueError) as error:
        raise DataError(f"{database}: not a database of votes: {error}") from None
