"""The response cache: one SQLite file in WAL mode, keyed by everything that can change a reply.

Only complete replies of a model are cached: no failures, no empty texts, nothing that a content filter stopped. Writes
are grouped: replies wait in memory for some hundredths of a second, then a thread writes them in one transaction. The
event loop never waits for the disk, and a process holds the lock on the file only briefly.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mmeval.errors import StoreError
from mmeval.types import Reply, Request, Text, Usage

__all__ = ["Cache", "CacheInfo", "Identity", "default_file"]

KEY_SCHEMA = 1
Mode = Literal["on", "off", "read", "refresh"]
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
AT_ONCE = 500
"""Keys per query; SQLite limits the number of parameters."""
STORED = tuple(
    name for name in Reply.__dataclass_fields__ if name not in ("limits", "cached", "usage", "scores", "media")
)
TABLE = """
CREATE TABLE IF NOT EXISTS replies (
  key BLOB PRIMARY KEY, model TEXT NOT NULL, at REAL NOT NULL, reply TEXT NOT NULL
) WITHOUT ROWID
"""


def default_file() -> Path:
    """`$MMEVAL_CACHE` if set, otherwise a file in the user's cache folder."""
    given = os.environ.get("MMEVAL_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mmeval" / "replies.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Where prompts are sent and with which options: the part of the key that all requests of a run share."""

    adapter: str
    adapter_version: str
    endpoint: str
    model: str
    options: Mapping[str, Any]
    """Every option that can change a reply, including unset ones; no transport options and no secrets."""

    def key(self, request: Request, epoch: int) -> bytes:
        """SHA-256, 32 bytes, of the canonical JSON of everything that can change the reply."""
        parts = [["text", p.text] if isinstance(p, Text) else [p.mime, p.sha256] for p in request.prompt]
        whole: dict[str, Any] = {
            "schema": KEY_SCHEMA,
            "adapter": [self.adapter, self.adapter_version],
            "endpoint": self.endpoint,
            "model": self.model,
            "options": self.options,
            "prompt": parts,
            "epoch": epoch,
        }
        if request.want != "text":
            # Choices decide a reply only where they are scored; keys of plain text requests stay as they always were.
            whole |= {"want": request.want, "choices": request.choices}
        return hashlib.sha256(CANONICAL(whole).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """The content of a cache file."""

    file: Path
    replies: int
    size: int
    """Bytes on disk."""
    models: Mapping[str, int]
    """Replies by model."""


class Cache:
    """Replies by key. Belongs to one event loop; other processes may use the same file.

    Args:
        file: the SQLite file; created if missing.
        mode: `read` never writes, `refresh` never reads, `off` does neither.

    Raises:
        StoreError: the file is not a cache, or cannot be opened.
    """

    GROUP_S = 0.05
    """How long replies wait in memory to be written together."""

    def __init__(self, file: Path, *, mode: Mode = "on") -> None:
        self.file, self.mode = file, mode
        self._waiting: dict[bytes, tuple[str, float, str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._written: asyncio.Future[None] | None = None
        self._reader: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self.problem: str | None = None
        """Why replies can no longer be cached, such as a full disk, or None."""
        if mode != "off":
            self._open()

    def _open(self) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._reader = _connect(self.file)
            self._writer = _connect(self.file)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.file}: cannot be used as a response cache: {error}") from None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mmeval-cache")

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """The cached replies by key, marked `cached`; keys without a reply are left out.

        One call for many keys takes about as long as a call for one.
        """
        if self._reader is None or self.mode == "refresh":
            return {}
        found = {key: self._waiting[key][2] for key in keys if key in self._waiting}
        missing = [key for key in keys if key not in found]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            found.update(self._reader.execute(f"SELECT key, reply FROM replies WHERE key IN ({marks})", some))  # noqa: S608
        return {key: _load(text) for key, text in found.items()}

    def put(self, key: bytes, model: str, reply: Reply) -> None:
        """Cache a reply of a model; it is written after GROUP_S, or by `flush`. Incomplete replies are ignored."""
        if self._thread is None or self.mode == "read" or not _cacheable(reply) or self.problem:
            return
        self._waiting[key] = (model, time.time(), _dump(reply))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.GROUP_S, self._start_write)

    def _start_write(self) -> None:
        self._timer = None
        if self._written is None and self._waiting:
            self._written = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        group = self._waiting
        batch = [(key, *row) for key, row in group.items()]
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, batch)
        except sqlite3.Error as error:
            self.problem = f"{self.file}: {error}"
        for key, *row in batch:
            if group.get(key) == tuple(row):
                del group[key]
        self._written = None
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.GROUP_S, self._start_write)

    def _commit(self, batch: list[tuple[bytes, str, float, str]]) -> None:
        with self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", batch)

    async def flush(self) -> None:
        """Wait until all replies put so far are on disk."""
        while self._waiting and not self.problem:
            if self._timer is not None:
                self._timer.cancel()
            self._start_write()
            if self._written is not None:
                await asyncio.shield(self._written)

    async def close(self) -> None:
        """Flush and close."""
        await self.flush()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None and self._reader is not None:
            self._thread.shutdown()
            self._writer.close()
            self._reader.close()


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


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
    _to_wal(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(TABLE)
    return connection


def _cacheable(reply: Reply) -> bool:
    if reply.cached or reply.media or reply.finish == "filtered":  # media are stored with the run, not in the cache
        return False
    return reply.finish == "refused" or not reply.empty


def _dump(reply: Reply) -> str:
    data = {name: getattr(reply, name) for name in STORED}
    if reply.scores:
        data["scores"] = reply.scores
    data["usage"] = {name: getattr(reply.usage, name) for name in Usage.__dataclass_fields__}
    return json.dumps(data)


def _load(text: str) -> Reply:
    data = json.loads(text)
    usage, scores = Usage(**data.pop("usage")), tuple(data.pop("scores", ()))
    return Reply(**{**data, "usage": usage, "scores": scores, "cached": True})


def info(file: Path) -> CacheInfo:
    """Count the replies in a cache file; a missing file is an empty cache."""
    if not file.exists():
        return CacheInfo(file=file, replies=0, size=0, models={})
    with _closing(file) as connection:
        models = dict(connection.execute("SELECT model, count(*) FROM replies GROUP BY model ORDER BY model"))
    return CacheInfo(file=file, replies=sum(models.values()), size=file.stat().st_size, models=models)


def prune(file: Path, *, older_than_s: float | None = None, model: str | None = None) -> int:
    """Delete the replies that match all conditions given, or all replies; returns how many.

    Args:
        file: the cache; nothing happens if it does not exist.
        older_than_s: only replies older than this many seconds.
        model: only replies of this model.

    Raises:
        StoreError: the file is not a cache.
    """
    if not file.exists():
        return 0
    where, values = ["1"], []
    if older_than_s is not None:
        where.append("at < ?")
        values.append(time.time() - older_than_s)
    if model is not None:
        where.append("model = ?")
        values.append(model)  # type: ignore[arg-type]
    with _closing(file) as connection:
        done: int = connection.execute(f"DELETE FROM replies WHERE {' AND '.join(where)}", values).rowcount  # noqa: S608
        connection.execute("VACUUM")
    return done


def _closing(file: Path) -> Any:
    from contextlib import closing

    try:
        return closing(_connect(file))
    except sqlite3.Error as error:
        raise StoreError(f"{file}: not a response cache: {error}") from None
