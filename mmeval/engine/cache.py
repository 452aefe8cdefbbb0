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

from mmeval.engine.cachefile import connect, damaged, media_folder, open_or_replace, parsed, read_only, set_aside
from mmeval.media import decoder, decoder_version, load, reference, save
from mmeval.sampling import ImagePolicy
from mmeval.types import Media, Reply, Request, Text, Usage

__all__ = ["Cache", "Identity", "default_file"]

KEY_SCHEMA = 1
Mode = Literal["on", "off", "read", "refresh"]
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
AT_ONCE = 500
"""Keys per query; SQLite limits the number of parameters."""
STORED = tuple(
    name
    for name in Reply.__dataclass_fields__
    if name not in ("limits", "cached", "usage", "scores", "places", "tokens", "media", "sent", "seed")
)


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
        parts = [["text", p.text] if isinstance(p, Text) else _identity(p) for p in request.prompt]
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
        if request.best is not None:
            whole["best"] = request.best
        return hashlib.sha256(CANONICAL(whole).encode()).digest()


def _identity(part: Media) -> list[Any]:
    """A part with everything that decides how it is shown; of an image, its type and content."""
    if part.policy is None:
        return [part.mime, part.sha256]
    if isinstance(part.policy, ImagePolicy):
        return [part.mime, part.sha256, part.policy.describe()]
    lines = None
    if part.subtitles is not None and getattr(part.policy, "subtitles", "off") != "off":
        lines = decoder().kept.digest(part.subtitles) if part.subtitles.is_file() else "missing"
    told = {**part.policy.describe(), "start": part.start, "end": part.end, "lines": lines}
    return [part.mime, part.sha256, told, decoder_version()]


class Cache:
    """Replies by key. Belongs to one event loop; other processes may use the same file.

    Args:
        file: the SQLite file; created if missing.
        mode: `read` never writes, `refresh` never reads, `off` does neither.

    The cache only saves money and time, so nothing that is wrong with its file stops a run: a damaged file is set
    aside, and on a full or read-only disk replies are not cached.

    Raises:
        StoreError: the file was never a cache.
    """

    GROUP_S = 0.05
    """How long replies wait in memory to be written together."""

    def __init__(self, file: Path, *, mode: Mode = "on") -> None:
        self.file, self.mode = file, mode
        self._waiting: dict[bytes, tuple[str, float, str]] = {}
        self._made: list[Media] = []
        """Media of the replies that wait."""
        self._jobs: dict[bytes, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._written: asyncio.Future[None] | None = None
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self.warnings: list[str] = []
        """What is wrong with the file, for the user."""
        self.problem: str | None = None
        """Why replies can no longer be cached, such as a full disk, or None."""
        if mode != "off":
            self._open()

    def _open(self) -> None:
        try:
            self._reader, warning = open_or_replace(self.file, ours=self.file == default_file())
            self._writer = connect(self.file)
        except (OSError, sqlite3.Error) as error:
            self._only_read(error)
            return
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="mmeval-cache")
        if warning is not None:
            self.warnings.append(warning)

    def _only_read(self, error: Exception) -> None:
        """Go on without writing, and without reading where even that is impossible."""
        self.problem = f"{self.file}: {error}"
        try:
            self._reader = read_only(self.file)
            self._reader.execute("SELECT 1 FROM replies LIMIT 1")
        except sqlite3.Error:
            self._reader = None

    def _replace(self, error: Exception) -> None:
        """Set a file aside that turned out to be damaged, and begin a new one; the second time, give up."""
        if self.warnings:
            self._reader, self.problem = None, f"{self.file}: {error}"
            return
        try:
            aside = set_aside(self.file)
        except OSError:
            self._reader, self.problem = None, f"{self.file}: {error}"
            return
        self.warnings.append(damaged(self.file, aside, error))
        self._open()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Reply]:
        """The cached replies by key, marked `cached`; keys without a reply, or with a damaged one, are left out.

        One call for many keys takes about as long as a call for one.
        """
        if self._reader is None or self.mode == "refresh":
            return {}
        found = {key: self._waiting[key][2] for key in keys if key in self._waiting}
        missing = [key for key in keys if key not in found]
        try:
            for start in range(0, len(missing), AT_ONCE):
                some = missing[start : start + AT_ONCE]
                marks = ",".join("?" * len(some))
                found.update(self._reader.execute(f"SELECT key, reply FROM replies WHERE key IN ({marks})", some))  # noqa: S608
        except sqlite3.OperationalError as error:
            self._reader, self.problem = None, f"{self.file}: {error}"
        except sqlite3.DatabaseError as error:
            self._replace(error)
        folder = media_folder(self.file)
        loaded = ((key, _load(text, folder)) for key, text in found.items())
        return {key: reply for key, reply in loaded if reply is not None}

    def put(self, key: bytes, model: str, reply: Reply) -> None:
        """Cache a reply of a model; it is written after GROUP_S, or by `flush`. Incomplete replies are ignored."""
        if self._thread is None or self.mode == "read" or not _cacheable(reply) or self.problem:
            return
        self._waiting[key] = (model, time.time(), _dump(reply))
        self._made += reply.media
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.GROUP_S, self._start_write)

    def _start_write(self) -> None:
        self._timer = None
        if self._written is None and self._waiting:
            self._written = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        group, made = self._waiting, self._made
        batch = [(key, *row) for key, row in group.items()]
        self._made = []
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, batch, made)
        except OSError as error:
            self.problem = f"{self.file}: {error.strerror}"
        except sqlite3.OperationalError as error:
            self.problem = f"{self.file}: {error}"
        except sqlite3.DatabaseError as error:
            self._replace(error)
            batch = []  # it goes into the new file
        for key, *row in batch:
            if group.get(key) == tuple(row):
                del group[key]
        self._written = None
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.GROUP_S, self._start_write)

    def _commit(self, batch: list[tuple[bytes, str, float, str]], made: Sequence[Media]) -> None:
        assert self._writer is not None
        save(media_folder(self.file), made)
        with self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", batch)

    async def job(self, key: bytes) -> str | None:
        """The job that was started for this key and whose reply nobody has fetched yet."""
        if key in self._jobs or self._reader is None:
            return self._jobs.get(key)
        try:
            row = self._reader.execute("SELECT job FROM jobs WHERE key = ?", [key]).fetchone()
        except sqlite3.Error:  # a file that was only read, and that an older version has made
            return None
        return str(row[0]) if row else None

    async def keep_job(self, key: bytes, job: str | None) -> None:
        """Remember a job, on disk before this returns, so that it is never started twice; None forgets it.

        Requests whose replies must not be cached share the empty key. Their jobs are not remembered: one request must
        not get what was made for another.
        """
        if not key:
            return
        self._jobs.pop(key, None)
        if job is not None:
            self._jobs[key] = job
        if self._thread is not None and self.mode != "read" and not self.problem:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write_job, key, job)

    def _write_job(self, key: bytes, job: str | None) -> None:
        assert self._writer is not None
        try:
            if job is None:
                self._writer.execute("DELETE FROM jobs WHERE key = ?", [key])
            else:
                self._writer.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?)", [key, time.time(), job])
        except sqlite3.Error as error:
            self.problem = f"{self.file}: {error}"

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
        if self._thread is not None:
            self._thread.shutdown()
        for connection in (self._writer, self._reader):
            if connection is not None:
                connection.close()


def _cacheable(reply: Reply) -> bool:
    if reply.cached or reply.finish == "filtered":
        return False
    return reply.finish == "refused" or not reply.empty


def _dump(reply: Reply) -> str:
    data = {name: getattr(reply, name) for name in STORED}
    data |= {name: value for name in ("scores", "places", "tokens", "sent") if (value := getattr(reply, name))}
    if reply.seed is not None:
        data["seed"] = reply.seed
    data["usage"] = reply.usage.as_json()
    if reply.media:
        data["media"] = [reference(one) for one in reply.media]
    return json.dumps(data)


def _load(text: object, folder: Path) -> Reply | None:
    """The reply of a row; None for a damaged row or missing media: its request is sent again."""
    data = parsed(text)
    if data is None:
        return None
    try:
        usage = Usage(**data.pop("usage"))
        numbers = {name: tuple(data.pop(name, ())) for name in ("scores", "places", "tokens")}
        sent = tuple((int(width), int(height)) for width, height in data.pop("sent", ()))
        made = tuple(load(one, folder) for one in data.pop("media", ()))
        reply = Reply(**{**data, "usage": usage, **numbers, "media": made, "sent": sent, "cached": True})
    except (TypeError, ValueError, KeyError):
        return None
    return reply if all(one.path and one.path.is_file() for one in made) else None
