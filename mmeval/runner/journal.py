"""The journal of a run while it is written: append-only, locked against a second writer, intact after any crash."""

from __future__ import annotations

import fcntl
import hashlib
import os
from array import array
from bisect import bisect_left
from pathlib import Path

from mmeval.errors import RunFailedError, StoreError
from mmeval.faults import foreseen
from mmeval.store import OPEN, Files, dump_record, read_journal
from mmeval.types import Record

__all__ = ["Finished", "Journal"]

BLOCK = 1 << 16
"""Bytes that are read at once, from the end, to find the last whole line."""


class Finished:
    """The set of (id, epoch) that need no further request, at eight bytes each: 8 MB for a million samples."""

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
    """64 bits of a sample id and epoch; the chance that any two of a million collide is 3e-8."""
    return int.from_bytes(hashlib.blake2b(f"{epoch}\0{sample}".encode(), digest_size=8).digest(), "big")


class Journal:
    """The journal of a run folder, open for appending.

    Every record is a single `write` of one line. A killed process leaves at most one torn line, which the next one
    cuts off when it opens the journal. The lock is on the file itself and ends with the process.

    Raises:
        StoreError: another process is writing this run, or the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.file = Files(folder).journal
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise foreseen(error) or StoreError(f"{folder}: {error.strerror}") from None
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
        """The samples and epochs that need no further request; raises StoreError if the journal is damaged."""
        lines = read_journal(self.file)
        return Finished(array("Q", (fingerprint(line.id, line.epoch) for line in lines if line.status not in OPEN)))

    def write(self, record: Record) -> None:
        """Append one record; raises RunFailedError if the disk is full, and leaves the journal intact."""
        line = (dump_record(record) + "\n").encode("utf-8", "surrogatepass")
        try:
            written = os.write(self._handle, line)
            if written != len(line):
                raise OSError(28, os.strerror(28))
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            raise RunFailedError(
                f"{self.file}: {error.strerror}; nothing is lost: free some space and run the same command again"
            ) from None
        self._size += written

    def sync(self) -> None:
        """Flush everything written so far to the disk."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Sync, unlock and close; an empty journal is deleted."""
        self.sync()
        if self._size == 0:
            self.file.unlink(missing_ok=True)
        os.close(self._handle)
