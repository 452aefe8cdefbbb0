"""Every model on every question as one picture of a few kilobytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from mmeval.board.vectors import OUTCOMES

COLOURS = {
    "r": (0x00, 0x72, 0xB2, 255),
    "p": (0x56, 0xB4, 0xE9, 255),
    "w": (0, 0, 0, 0),
    "u": (0xE6, 0x9F, 0x00, 255),
    "t": (0xF0, 0xE4, 0x42, 255),
    "x": (0xCC, 0x79, 0xA7, 255),
    "f": (0x60, 0x60, 0x60, 255),
}
"""Red, green, blue and opacity by outcome, those of Okabe and Ito. Wrong is clear: the page's colour shows."""


def png(rows: Sequence[str]) -> bytes:
    """A PNG with one pixel for each outcome, four bits each; rows of equal length, at least one of each.

    It is written here because the bytes must be the same for the same rows on every machine, whatever library is there.
    """
    codes = {code: place for place, code in enumerate(OUTCOMES)}
    lines = b"".join(b"\0" + _nibbles([codes[code] for code in row]) for row in rows)
    palette = b"".join(bytes(COLOURS[code][:3]) for code in OUTCOMES)
    clear = bytes(COLOURS[code][3] for code in OUTCOMES)
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 4, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", palette), (b"tRNS", clear), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _nibbles(values: list[int]) -> bytes:
    padded = [*values, 0] if len(values) % 2 else values
    return bytes(padded[i] << 4 | padded[i + 1] for i in range(0, len(padded), 2))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
