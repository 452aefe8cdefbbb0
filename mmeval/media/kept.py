"""What was decoded, kept on disk: one folder per clip and policy, up to a number of bytes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

__all__ = ["Kept", "KeptInfo", "default_folder"]

LIMIT = 20_000_000_000
"""Bytes; beyond them the folders that were not used for longest are deleted."""
IN_USE_S = 3600.0
"""A folder that was used since then may be needed by a run that goes on, and stays."""
EVERY = 500_000_000
"""Bytes written between two looks at the size of all."""
META = "meta.json"


def default_folder() -> Path:
    """`$MMEVAL_MEDIA` if set, otherwise a folder in the user's cache folder."""
    given = os.environ.get("MMEVAL_MEDIA")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(given) if given else Path(base) / "mmeval" / "media"


@dataclass(frozen=True, slots=True)
class KeptInfo:
    """What a folder of kept clips holds."""

    folder: Path
    clips: int
    size: int
    """Bytes."""


class Kept:
    """Results of decoding by key: 64 hexadecimal characters. Several processes may share a folder."""

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder or default_folder(), limit
        self._written = 0

    def get(self, key: str) -> tuple[Path, dict[str, Any]] | None:
        """The folder with the files of a key, and what is known about them; None if it is not kept."""
        place = self._place(key)
        try:
            meta = json.loads((place / META).read_bytes())
            os.utime(place / META)
        except (OSError, ValueError):
            return None
        return (place, meta) if isinstance(meta, dict) else None

    def put(self, key: str, make: Callable[[Path], dict[str, Any]]) -> tuple[Path, dict[str, Any]]:
        """Let `make` fill a folder, and keep it whole or not at all; raises what `make` raises, and OSError."""
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=".", dir=place.parent))
        try:
            meta = make(aside)
            (aside / META).write_text(json.dumps(meta), encoding="utf-8")
            size = sum(file.stat().st_size for file in aside.iterdir())
            if not (place / META).exists():
                shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):  # another process was first: its files are the same
                aside.rename(place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self._written += size
        if self._written > min(EVERY, self.limit):
            self._written = 0
            self.prune(self.limit)
        return place, meta

    def digest(self, path: Path) -> str:
        """sha256 of a file, hexadecimal; a file is read again only when its size or time changes."""
        state = path.stat()
        told = f"{state.st_size} {state.st_mtime_ns}"
        note = self.folder / "digests" / hashlib.sha256(os.fsencode(path.resolve())).hexdigest()
        with suppress(OSError, ValueError):
            known, digest = note.read_text(encoding="ascii").rsplit(" ", 1)
            if known == told and len(digest) == 64:
                return digest
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with suppress(OSError):  # only a matter of speed
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{told} {digest}", encoding="ascii")
        return digest

    def info(self) -> KeptInfo:
        """How much is kept."""
        sizes = [size for _, _, size in self._all()]
        return KeptInfo(self.folder, len(sizes), sum(sizes))

    def prune(self, limit: int = 0, *, older_than_s: float | None = None, now: float | None = None) -> int:
        """Delete what was not used for longest until `limit` bytes are left; returns the number of clips deleted.

        Args:
            limit: bytes that may stay.
            older_than_s: delete instead what was not used for so many seconds.
            now: Unix time, for tests.
        """
        now = time.time() if now is None else now
        found = sorted(self._all())
        total, deleted = sum(size for _, _, size in found), 0
        for used, place, size in found:
            old = now - used > older_than_s if older_than_s is not None else total > limit
            if old and now - used > (0 if older_than_s is not None else IN_USE_S if limit else 0):
                shutil.rmtree(place, ignore_errors=True)
                total, deleted = total - size, deleted + 1
        return deleted

    def _all(self) -> Iterator[tuple[float, Path, int]]:
        """When each folder was used last, the folder, and its bytes."""
        for meta in self.folder.glob(f"[0-9a-f][0-9a-f]/*/{META}"):
            with suppress(OSError):
                size = sum(file.stat().st_size for file in meta.parent.iterdir())
                yield meta.stat().st_mtime, meta.parent, size

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]
