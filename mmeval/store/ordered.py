"""A journal's records in the order of their ids, however many there are: an external merge sort."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

from mmeval.errors import StoreError
from mmeval.store import load_record
from mmeval.types import Record

__all__ = ["Ordered"]

Entry: TypeAlias = tuple[str, int, int, str]
"""Sample id, epoch, number of the line, the line."""
CHUNK = 20_000


class Ordered:
    """The last record of every (id, epoch), sorted; can be walked as often as needed.

    Memory is O(CHUNK): sorted chunks beyond the first go to temporary files, whose bytes together
    are those of the journal.
    """

    def __init__(self, journals: Iterable[Path], *, spill: Path) -> None:
        self._stack = ExitStack()
        self._scratch = spill
        self._chunks: list[Path] = []
        self._last: list[Entry] = []
        number = 0
        for journal in journals:
            for entry in _entries(journal, number):
                number = entry[2]
                self._last.append(entry)
                if len(self._last) >= CHUNK:
                    self._spill()
        self._last.sort()

    def __enter__(self) -> Ordered:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _spill(self) -> None:
        if not self._chunks:
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(dir=self._scratch, prefix=".sort."))
            self._folder = Path(folder)
        self._last.sort()
        chunk = self._folder / str(len(self._chunks))
        with chunk.open("w", encoding="utf-8") as file:
            for name, epoch, number, line in self._last:
                file.write(f"{json.dumps([name, epoch, number])}\t{line}")
        self._chunks.append(chunk)
        self._last.clear()

    def __iter__(self) -> Iterator[Record]:
        """Records by id and epoch; of several of one sample the last that was written."""
        held: Entry | None = None
        for entry in heapq.merge(*map(_read, self._chunks), self._last):
            if held is not None and held[:2] != entry[:2]:
                yield load_record(held[3])
            held = entry
        if held is not None:
            yield load_record(held[3])


def _entries(journal: Path, start: int) -> Iterator[Entry]:
    if not journal.exists():
        return
    with journal.open(encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            try:
                data = json.loads(line)
                yield data["id"], data["epoch"], start + number, line
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(f"{journal}:{number}: damaged record: {error}") from None


def _read(chunk: Path) -> Iterator[Entry]:
    with chunk.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            key, _, record = line.partition("\t")
            name, epoch, number = json.loads(key)
            yield name, epoch, number, record
