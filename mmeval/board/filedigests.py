"""Digests of files, remembered between builds: a file that looks as it did is not read again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mmeval.board.kept import keep, kept
from mmeval.board.vectors import file_digest

VERSION = 1
"""Raise it when the table has another form."""
TICK, COARSE = 50_000_000, 2_000_000_000
"""Nanoseconds. More than a tick of the clock that stamps files, and of one that counts in seconds (FAT: two)."""


class Seen(NamedTuple):
    """What a file looked like, and its digest."""

    look: tuple[int, ...]
    """Size, time of the last change of content, and of any change, which no program can set back, both in nanoseconds;
    number on disk."""
    digest: str
    """sha256, hexadecimal."""
    settled: bool = True
    """Whether the last change was long enough ago to leave another time than the next one."""


class FileDigests:
    """sha256 of files. `keep` stores what was found for the next build.

    What was changed just before it was read is not stored: a second change within one tick of the clock would leave the
    file's size and time as they are.
    """

    def __init__(self, table: Path | None = None) -> None:
        self.table = table
        self.stored = _load(table) if table else {}
        self.found: dict[str, Seen] = {}

    def known(self, path: str) -> str | None:
        """The digest of a file that looks as it did; empty if there is none, None if it has to be read."""
        look = _look(path)
        if look is None:
            return ""
        seen = self.found.get(path) or self.stored.get(path)
        if seen is None or seen.look != look:
            return None
        self.found[path] = seen
        return seen.digest

    def of(self, path: str) -> str:
        """The digest of a file; empty if there is none, or if it cannot be read."""
        known = self.known(path)
        if known is not None:
            return known
        now, look = time.time_ns(), _look(path)
        digest = file_digest(Path(path))
        if look is not None and digest:
            self.found[path] = Seen(look, digest, _settled(look, now))
        return digest

    def same(self, paths: Iterable[str]) -> bool:
        """Whether files still look as they did when `of` gave their digests."""
        return all((seen.look if (seen := self.found.get(path)) else None) == _look(path) for path in paths)

    def keep(self) -> None:
        """Store what was found, if it differs from what was stored."""
        stored = {path: seen for path, seen in self.found.items() if seen.settled}
        if self.table and stored != self.stored:
            files = {path: [*seen.look, seen.digest] for path, seen in stored.items()}
            keep(self.table, {"version": VERSION, "files": files})


def _look(path: str) -> tuple[int, ...] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _settled(look: tuple[int, ...], now: int) -> bool:
    newest = max(look[1], look[2])
    return newest + (TICK if newest % 1_000_000_000 else COARSE) < now


def _load(table: Path) -> dict[str, Seen]:
    """The stored table; empty if there is none, or one that is damaged or of another version."""
    raw = kept(table)
    if raw is None or raw["version"] != VERSION:
        return {}
    return {path: Seen(tuple(look), digest) for path, (*look, digest) in raw["files"].items()}
