"""Reads the rows of a damaged SQLite file page by page, without the tree that should lead to them.

It knows just what the table of the response cache needs: index pages (a table WITHOUT ROWID is stored as an index),
their overflow pages, and the record format. Source: https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["rows"]

INTERIOR, LEAF = 2, 10
"""Types of index pages."""
DAMAGED = (struct.error, IndexError, ValueError, UnicodeDecodeError)


def rows(file: Path, *, columns: int) -> Iterator[tuple[Any, ...]]:
    """Every record with this many columns that some page of the file still holds, in no order and perhaps twice."""
    with file.open("rb") as opened:
        pages = Pages(opened, page_size(opened))
        for number in range(2, pages.count + 1):
            for record in pages.records(number):
                if len(record) == columns:
                    yield record


def page_size(file: Any) -> int:
    """As the header says; SQLite's default where the header is damaged."""
    file.seek(16)
    size = int.from_bytes(file.read(2), "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and not size & (size - 1) else 4096


class Pages:
    """Pages of one file, counted from 1."""

    def __init__(self, file: Any, size: int) -> None:
        self.file, self.size = file, size
        self.count = file.seek(0, 2) // size

    def page(self, number: int) -> bytes:
        """One page; raises ValueError beyond the end of the file."""
        if not 1 <= number <= self.count:
            raise ValueError("no such page")
        self.file.seek((number - 1) * self.size)
        data: bytes = self.file.read(self.size)
        return data

    def records(self, number: int) -> Iterator[tuple[Any, ...]]:
        """The records of an index page; nothing for pages of other types."""
        page = self.page(number)
        if page[0] not in (INTERIOR, LEAF):
            return
        start = 12 if page[0] == INTERIOR else 8
        for cell in range(int.from_bytes(page[3:5], "big")):
            try:
                at = int.from_bytes(page[start + 2 * cell : start + 2 * cell + 2], "big")
                yield record(self.payload(page, at + (4 if page[0] == INTERIOR else 0)))
            except DAMAGED:
                continue

    def payload(self, page: bytes, at: int) -> bytes:
        """The payload of a cell, with what lies on overflow pages."""
        length, at = varint(page, at)
        most, least = (self.size - 12) * 64 // 255 - 23, (self.size - 12) * 32 // 255 - 23
        if length <= most:
            return page[at : at + length]
        local = least + (length - least) % (self.size - 4)
        local = local if local <= most else least
        data, following = page[at : at + local], int.from_bytes(page[at + local : at + local + 4], "big")
        for _ in range(self.count):
            if len(data) >= length:
                break
            overflow = self.page(following)
            following = int.from_bytes(overflow[:4], "big")
            data += overflow[4:]
        return data[:length]


def record(payload: bytes) -> tuple[Any, ...]:
    """The values of one record."""
    end, at = varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        width = WIDTHS[kind] if kind < len(WIDTHS) else (kind - 12) // 2
        data, at = payload[at : at + width], at + width
        if len(data) < width:
            raise ValueError("the record is cut short")
        values.append(_value(kind, data))
    return tuple(values)


WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)


def _value(kind: int, data: bytes) -> Any:
    if kind >= 12:
        return data.decode() if kind % 2 else data
    if kind == 7:
        return struct.unpack(">d", data)[0]
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(data, "big", signed=True) if kind else None


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer of up to nine bytes, and where it ends."""
    value = 0
    for i in range(8):
        byte = data[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    return value << 8 | data[at + 8], at + 9
