"""The file of the response cache: opening it whatever its state, checking, repairing and pruning it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from mmeval.engine import salvage
from mmeval.errors import StoreError

__all__ = [
    "CacheInfo",
    "Damage",
    "check",
    "connect",
    "damaged",
    "info",
    "media_folder",
    "open_or_replace",
    "parsed",
    "prune",
    "read_only",
    "repair",
    "set_aside",
]

MAGIC = b"SQLite format 3\0"
TABLE = """
CREATE TABLE IF NOT EXISTS replies (
  key BLOB PRIMARY KEY, model TEXT NOT NULL, at REAL NOT NULL, reply TEXT NOT NULL
) WITHOUT ROWID
"""
JOBS = """
CREATE TABLE IF NOT EXISTS jobs (
  key BLOB PRIMARY KEY, at REAL NOT NULL, job TEXT NOT NULL
) WITHOUT ROWID
"""
Row = tuple[bytes, str, float, str]
WRITING_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """The content of a cache file."""

    file: Path
    replies: int
    size: int
    """Bytes on disk."""
    media: int
    """Bytes of the images, sounds and films of the replies, which lie beside the file."""
    models: Mapping[str, int]
    """Replies by model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What a check of a cache file found."""

    replies: int
    """Rows that can be read."""
    bad: int
    """Rows whose reply cannot be read."""
    problem: str | None = None
    """What SQLite says about the file, or None."""

    @property
    def clean(self) -> bool:
        """Whether nothing is damaged."""
        return not self.bad and self.problem is None


def connect(file: Path) -> sqlite3.Connection:
    """Open a cache file, or create it; raises sqlite3.Error, and StoreError for the database of another program."""
    connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "replies" not in tables:
            raise StoreError(f"{file}: a database, but not a response cache: it has {', '.join(sorted(tables))}")
        _to_wal(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(TABLE)
        connection.execute(JOBS)
    except BaseException:
        connection.close()
        raise
    return connection


def open_or_replace(file: Path, *, ours: bool) -> tuple[sqlite3.Connection, str | None]:
    """Open a cache file; a damaged one is renamed and a new one takes its place.

    Args:
        file: the cache.
        ours: whether the place is mmeval's own, so that whatever lies there was once a cache.

    Returns:
        The connection, and a warning for the user or None.

    Raises:
        StoreError: the file was never a cache.
        OSError, sqlite3.OperationalError: the disk is full, read-only or not reachable.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return connect(file), None
    except sqlite3.OperationalError:
        raise  # about the disk or a lock, not about the content
    except sqlite3.DatabaseError as error:
        if not ours and not _was_database(file):
            raise StoreError(f"{file}: not a response cache: {error}") from None
        aside = set_aside(file)
        return connect(file), damaged(file, aside, error)


def damaged(file: Path, aside: Path, error: Exception) -> str:
    """The warning about a damaged cache."""
    return f"the response cache {file} is damaged ({error}); it is now {aside}: `mmeval cache repair {aside}`"


def set_aside(file: Path) -> Path:
    """Rename a cache file, with its write-ahead log, out of the way; returns its new path."""
    aside = file.with_name(f"{file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    os.replace(file, aside)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(file.with_name(file.name + suffix), aside.with_name(aside.name + suffix))
    return aside


def parsed(reply: object) -> dict[str, Any] | None:
    """The reply in a row as a dict; None for a damaged row."""
    try:
        data = json.loads(reply) if isinstance(reply, str) else None
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict) and isinstance(data.get("text"), str) and isinstance(data.get("usage"), dict):
        return data
    return None


def check(file: Path) -> Damage:
    """Read every row of a cache; raises StoreError when the file does not exist."""
    if not file.exists():
        raise StoreError(f"{file}: no such file")
    good = bad = 0
    problem: str | None = None
    try:
        with closing(read_only(file)) as connection:
            problem = _integrity(connection)
            for _, _, _, reply in connection.execute("SELECT key, model, at, reply FROM replies"):
                good, bad = (good + 1, bad) if parsed(reply) is not None else (good, bad + 1)
    except sqlite3.DatabaseError as error:
        problem = problem or str(error)
    return Damage(replies=good, bad=bad, problem=problem)


def repair(file: Path, into: Path) -> int:
    """Copy every reply that can still be read into another cache; returns how many there were.

    Replies that the other cache has already stay as they are there. The damaged file is not changed.

    Raises:
        StoreError: the file does not exist.
    """
    if not file.exists():
        raise StoreError(f"{file}: no such file")
    with closing(connect(into)) as target:
        before = target.total_changes
        target.execute("BEGIN IMMEDIATE")
        target.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", _salvaged(file))
        target.execute("COMMIT")
        return target.total_changes - before


def _salvaged(file: Path) -> Iterator[Row]:
    # SQLite knows what its write-ahead log holds, but stops at the first damaged page.
    with suppress(sqlite3.DatabaseError), closing(read_only(file)) as connection:
        yield from filter(_is_row, connection.execute("SELECT key, model, at, reply FROM replies"))
    yield from filter(_is_row, salvage.rows(file, columns=4))


def _is_row(row: tuple[object, ...]) -> TypeGuard[Row]:
    key, model, at, reply = row
    known = isinstance(key, bytes) and isinstance(model, str) and isinstance(at, float | int)
    return known and parsed(reply) is not None


def _integrity(connection: sqlite3.Connection) -> str | None:
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return None if first == "ok" else " ".join(str(first).split())


def read_only(file: Path) -> sqlite3.Connection:
    """Open a cache file without writing to it; text that is not UTF-8 is replaced. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.text_factory = _text
    return connection


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")  # a damaged text spoils its own row and no other


def _was_database(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _to_wal(connection: sqlite3.Connection, *, patience_s: float = 60.0) -> None:
    """Switch to WAL; retries while another process does so on a new file, which SQLite's own timeout does not cover."""
    until = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def media_folder(file: Path) -> Path:
    """Where the media of replies lie: beside the cache file, named by their digests."""
    return file.with_name(f"{file.stem}.media")


def info(file: Path) -> CacheInfo:
    """Count the replies in a cache file; a missing file is an empty cache."""
    if not file.exists():
        return CacheInfo(file=file, replies=0, size=0, media=0, models={})
    with _closing(file) as connection:
        models = dict(connection.execute("SELECT model, count(*) FROM replies GROUP BY model ORDER BY model"))
    media = sum(one.stat().st_size for one in media_folder(file).glob("*"))
    return CacheInfo(file=file, replies=sum(models.values()), size=file.stat().st_size, media=media, models=models)


def prune(file: Path, *, older_than_s: float | None = None, model: str | None = None) -> int:
    """Delete the replies that match all conditions given, or all replies, with their media; returns how many.

    Args:
        file: the cache; nothing happens if it does not exist.
        older_than_s: only replies, and jobs that nobody came back for, older than this many seconds.
        model: only replies of this model.

    Raises:
        StoreError: the file is not a cache.
    """
    if not file.exists():
        return 0
    before = time.time() - older_than_s if older_than_s is not None else time.time()
    with _closing(file) as connection:
        whose, who = (" AND model = ?", [model]) if model is not None else ("", [])
        done: int = connection.execute(f"DELETE FROM replies WHERE at < ?{whose}", [before, *who]).rowcount  # noqa: S608
        if model is None:
            connection.execute("DELETE FROM jobs WHERE at < ?", [before])
        connection.execute("VACUUM")
        _sweep(connection, media_folder(file))
    return done


def _sweep(connection: sqlite3.Connection, folder: Path) -> None:
    """Delete media that no reply refers to; a file of the last hour may belong to a reply that is being written."""
    rows = connection.execute("SELECT reply FROM replies WHERE instr(reply, '\"media\"')")
    kept = {one.get("sha256") for (text,) in rows for one in (parsed(text) or {}).get("media", ())}
    for one in folder.glob("*"):
        if one.stem not in kept and time.time() - one.stat().st_mtime > WRITING_S:
            one.unlink(missing_ok=True)


def _closing(file: Path) -> closing[sqlite3.Connection]:
    try:
        return closing(connect(file))
    except sqlite3.Error as error:
        raise StoreError(f"{file}: {error}; `mmeval cache repair` saves what can be read") from None
