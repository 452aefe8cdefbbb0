"""The records of a journal in the order of their ids, whatever their number: an external merge sort."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from mmeval.store import load_record, read_journal
from mmeval.types import Record

__all__ = ["Ordered"]

Entry: TypeAlias = tuple[str, int, int, bytes]
"""Sample id, epoch, number of the line, the line."""
CHUNK = 20_000
"""Lines that are sorted in memory."""


class Ordered:
    """The last record of every (id, epoch), sorted; can be iterated as often as needed.

    Memory is O(CHUNK). Sorted chunks are spilled to temporary files that together take as much disk as the journal.

    Args:
        journal: the file.
        spill: folder for the temporary files.
        damaged: takes the numbers of damaged lines, which are skipped; without it they raise StoreError.
    """

    def __init__(self, journal: Path, *, spill: Path, damaged: list[int] | None = None) -> None:
        self._stack = ExitStack()
        self._folder = journal.parent
        self._spill_to = spill
        self._chunks: list[Path] = []
        self._last: list[Entry] = []
        for number, line in enumerate(read_journal(journal, damaged=damaged)):
            self._last.append((line.id, line.epoch, number, line.raw))
            if len(self._last) >= CHUNK:
                self._spill()
        self._last.sort()

    def __enter__(self) -> Ordered:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _spill(self) -> None:
        if not self._chunks:
            made = tempfile.TemporaryDirectory(dir=self._spill_to, prefix=".sort.")
            self._spilled = Path(self._stack.enter_context(made))
        self._last.sort()
        chunk = self._spilled / str(len(self._chunks))
        with chunk.open("wb") as file:
            for name, epoch, number, line in self._last:
                file.write(json.dumps([name, epoch, number]).encode() + b"\t" + line)
        self._chunks.append(chunk)
        self._last.clear()

    def __iter__(self) -> Iterator[Record]:
        """Records by id and epoch; if a sample was asked again, only its last record."""
        for lines in self._groups():
            yield load_record(lines[-1], self._folder)

    def attempts(self) -> Iterator[list[Record]]:
        """All records of every id and epoch, in the order of their lines: the last one counts."""
        for lines in self._groups():
            yield [load_record(line, self._folder) for line in lines]

    def _groups(self) -> Iterator[list[bytes]]:
        entries = heapq.merge(*map(_read, self._chunks), self._last)
        for _, group in groupby(entries, key=lambda entry: entry[:2]):
            yield [line for *_, line in group]


def _read(chunk: Path) -> Iterator[Entry]:
    with chunk.open("rb") as lines:
        for line in lines:
            key, _, record = line.partition(b"\t")
            name, epoch, number = json.loads(key)
            yield name, epoch, number, record
