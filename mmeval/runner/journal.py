"""The journal of a run: append-only, locked against a second writer, whole after any crash."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from array import array
from bisect import bisect_left
from pathlib import Path

from mmeval.errors import RunFailedError, StoreError
from mmeval.store import dump_record
from mmeval.types import Record, Status

__all__ = ["OPEN", "Finished", "Journal"]

OPEN: frozenset[Status] = frozenset({"error", "timeout", "judge_error"})
"""Records with such a status are asked again when the run is resumed."""
BLOCK = 1 << 16


class Finished:
    """Which (id, epoch) are answered: eight bytes each, so a million samples are 8 MB."""

    def __init__(self, keys: array[int]) -> None:
        self._keys = array("Q", sorted(keys))

    def __contains__(self, key: tuple[str, int]) -> bool:
        if not self._keys:
            return False
        wanted = fingerprint(*key)
        at = bisect_left(self._keys, wanted)
        return at < len(self._keys) and self._keys[at] == wanted

    def __len__(self) -> int:
        return len(self._keys)


def fingerprint(sample: str, epoch: int) -> int:
    """64 bits of a sample id and epoch; among a million two are equal with probability 3e-8."""
    return int.from_bytes(hashlib.blake2b(f"{epoch}\0{sample}".encode(), digest_size=8).digest(), "big")


class Journal:
    """`records.jsonl`, open for appending.

    Each record is one `write` of one line, so that a kill leaves at most one torn line, and opening
    cuts that off. The lock is on the file itself and goes with the process.

    Raises:
        StoreError: another process writes this run, or the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "records.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}") from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise StoreError(f"{folder}: another process is writing this run; wait for it or stop it") from None
        self._size = self._cut_torn_line()

    def _cut_torn_line(self) -> int:
        size = end = os.fstat(self._handle).st_size
        while end > 0:
            start = max(0, end - BLOCK)
            at = os.pread(self._handle, end - start, start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end != size:
            os.ftruncate(self._handle, end)
        return end

    def finished(self) -> Finished:
        """What needs no further request; raises StoreError where the journal is damaged."""
        keys = array("Q")
        with self.file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    data = json.loads(line)
                    if data["status"] not in OPEN:
                        keys.append(fingerprint(data["id"], data["epoch"]))
                except (ValueError, KeyError, TypeError) as error:
                    raise StoreError(f"{self.file}:{number}: damaged record: {error}") from None
        return Finished(keys)

    def write(self, record: Record) -> None:
        """Append one record; raises RunFailedError where the disk is full, with the journal left whole."""
        line = (dump_record(record) + "\n").encode("utf-8", "surrogatepass")
        try:
            written = os.write(self._handle, line)
            if written != len(line):
                raise OSError(28, os.strerror(28))
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            raise RunFailedError(
                f"{self.file}: {error.strerror}; nothing is lost: make room and run the same command again"
            ) from None
        self._size += written

    def sync(self) -> None:
        """Force what was written to the disk."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Sync, unlock and close; an empty journal is taken away again."""
        self.sync()
        if self._size == 0:
            self.file.unlink(missing_ok=True)
        os.close(self._handle)
