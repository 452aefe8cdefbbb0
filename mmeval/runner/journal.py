"""The journal of a run while it is written: append-only, locked against a second writer, readable after any crash."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from array import array
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path

from mmeval.errors import RunFailedError, StoreError
from mmeval.faults import foreseen
from mmeval.store import OPEN, Files, dump_line, read_journal
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
    return int.from_bytes(
        hashlib.blake2b(f"{epoch}\0{sample}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


class Journal:
    """The journal of a run folder, open for appending.

    Every record is a single `write` of one line. A killed process leaves at most one torn line, which the next one
    cuts off when it opens the journal, and temporary files, which it deletes. The lock is on the file itself and ends
    with the process.

    Args:
        folder: of the run; it is created.
        always: every record is on the disk when `write` returns, and survives a power cut.

    Raises:
        StoreError: another process is writing this run, or the folder cannot be used.
    """

    def __init__(self, folder: Path, *, always: bool = False) -> None:
        self.file, self.always = Files(folder).journal, always
        self.damaged: list[int] = []
        """Numbers of the lines that cannot be read, once `finished` was called."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise foreseen(error) or StoreError(f"{folder}: {error.strerror}") from None
        if not _locked(self._handle):
            os.close(self._handle)
            raise StoreError(f"{folder}: another process is writing this run; wait for it or stop it")
        Files(folder).clean()
        found = os.fstat(self._handle).st_size
        self._size = self._cut_torn_line()
        self.torn = found > self._size
        """Whether the last line was incomplete."""
        if always:
            _sync_folders(folder)

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

    @property
    def empty(self) -> bool:
        """Whether it has no record."""
        return self._size == 0

    def finished(self) -> Finished:
        """The samples and epochs that need no further request. Damaged lines are skipped and noted in `damaged`."""
        self.damaged.clear()
        lines = read_journal(self.file, damaged=self.damaged)
        return Finished(array("Q", (fingerprint(line.id, line.epoch) for line in lines if line.status not in OPEN)))

    def write(self, record: Record) -> None:
        """Append one record; raises RunFailedError if the disk is full, and leaves the journal intact."""
        line = dump_line(record)
        try:
            written = os.write(self._handle, line)
            if written != len(line):
                raise OSError(28, os.strerror(28))
            if self.always:
                os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            raise RunFailedError(
                f"{self.file}: {error.strerror}; nothing is lost: free some space and run the same command again"
            ) from None
        self._size += written

    def sync(self) -> None:
        """Flush everything written so far to the disk."""
        os.fsync(self._handle)

    def move_damaged(self) -> int:
        """Move the lines that cannot be read to a side file; returns how many. The lock is kept."""
        self.finished()
        if self.damaged:
            damaged = set(self.damaged)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=f".{self.file.name}.")
            with (
                self.file.open("rb") as lines,
                os.fdopen(handle, "wb", closefd=False) as good,
                Files.damaged(self.file).open("ab") as bad,
            ):
                for number, line in enumerate(lines, 1):
                    (bad if number in damaged else good).write(line)
            self._replace(handle, name)
        return len(self.damaged)

    def _replace(self, handle: int, name: str) -> None:
        """Make the file `name` the journal. It is locked before it takes the place of the old one."""
        os.fsync(handle)
        os.fchmod(handle, 0o644)
        fcntl.fcntl(handle, fcntl.F_SETFL, os.O_APPEND)
        _locked(handle)
        os.replace(name, self.file)
        os.close(self._handle)
        self._handle, self._size = handle, os.fstat(handle).st_size

    def close(self) -> None:
        """Sync, unlock and close; an empty journal is deleted, with the folders that hold nothing else."""
        self.sync()
        if self.empty:
            self.file.unlink(missing_ok=True)
            with suppress(OSError):
                for folder in list(self.file.parents)[:3]:  # of the run, its benchmark and its model
                    folder.rmdir()
        os.close(self._handle)

    def check(self) -> None:
        """Raise RunFailedError if somebody deleted, replaced or shortened the file while it was written."""
        try:
            now, own = self.file.stat(), os.fstat(self._handle)
        except OSError:
            fault = "was deleted"
        else:
            if (now.st_ino, now.st_dev) == (own.st_ino, own.st_dev) and own.st_size == self._size:
                return
            fault = "was changed"
        raise RunFailedError(
            f"{self.file}: {fault} while the run was writing it; run the same command again: "
            "replies that are in the response cache are not paid for twice"
        )


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folders(folder: Path) -> None:
    """Flush the names of the folder and its file to the disk, up to the results folder."""
    for one in (folder, *list(folder.absolute().parents)[:3]):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
