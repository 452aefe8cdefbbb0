"""What the bytes of an image file say without decoding it: its size, and whether it is whole and ordinary."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

__all__ = ["holds", "jpeg_size", "ordinary", "png_size", "whole"]

Size: TypeAlias = tuple[str, int, int]
"""MIME type, width and height in pixels."""
METADATA = 4_000_000
"""Bytes to which the compressed metadata of one picture may inflate."""
_DEFLATE = 1032
"""Deflate shrinks data at most by this factor (RFC 1951: 258 bytes in two bits)."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values per pixel by the colour type of a PNG."""
_BASELINE = (0xC0, 0xC1)


def whole(mime: str, data: bytes) -> bool:
    """Whether the file is complete and can be passed on unseen; False also for types without a cheap check."""
    test = _WHOLE.get(mime)
    return test is not None and test(data)


def holds(mime: str, data: bytes, width: int, height: int) -> bool:
    """Whether so few bytes can hold so many pixels; a header that claims more than that lies."""
    if mime == "image/png":
        return _packed(data) * _DEFLATE + 64 >= _raw(data) - height
    if mime == "image/jpeg" and _jpeg_frame(data)[0] in _BASELINE:
        # Every block of 8 x 8 pixels takes a code for its mean and one for its end: at least two bits.
        return 4 * len(data) >= (width // 8) * (height // 8)
    return True


def ordinary(mime: str, read: Callable[[], bytes]) -> bool:
    """Whether the file holds one picture of the size in its header. What does not is written again before it is sent.

    Args:
        mime: the type of the file.
        read: gives its bytes; not called for types that hold one picture.
    """
    test = _ORDINARY.get(mime)
    return test is None or test(read())


def png_size(data: bytes) -> Size | None:
    """Size from the header of a PNG file; None if it is not one."""
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return ("image/png", width, height) if width and height else None


def jpeg_size(data: bytes) -> Size | None:
    """Size from the frame header of a JPEG file; None leaves the bytes to Pillow."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    _, width, height = _jpeg_frame(data)
    return ("image/jpeg", width, height) if width and height else None


def _jpeg_frame(data: bytes) -> tuple[int, int, int]:
    """Marker, width and height of the first frame header (ITU-T T.81, B.2.2); zeros if there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return marker, int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0, 0


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each chunk of a PNG file; the last one may reach beyond the end."""
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], at + 8, end
        at = end + 4


def _png_whole(data: bytes) -> bool:
    """Every chunk is there and has its checksum (PNG specification, 5.3), and no metadata is a bomb."""
    room = METADATA
    for name, start, end in _chunks(data):
        if zlib.crc32(memoryview(data)[start - 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return False
        if name in (b"zTXt", b"iTXt", b"iCCP"):
            room -= _inflated(name, data[start:end], room)
            if room <= 0:
                return False
        if name == b"IEND":
            return True
    return False


def _inflated(name: bytes, content: bytes, most: int) -> int:
    """Size of the compressed part of a metadata chunk, counted up to `most`."""
    _, _, rest = content.partition(b"\0")
    if name == b"iTXt":
        if rest[:1] != b"\1":
            return 0
        packed = rest[2:].split(b"\0", 2)[-1]  # after the method, the language and the translated keyword
    else:
        packed = rest[1:]
    try:
        return len(zlib.decompressobj().decompress(packed, most))
    except zlib.error:
        return 0


def _packed(data: bytes) -> int:
    """Compressed bytes of the pixels of a PNG file."""
    return sum(min(end, len(data)) - start for name, start, end in _chunks(data) if name == b"IDAT")


def _raw(data: bytes) -> int:
    """Bytes of the pixels of a PNG file before compression, with one more byte per row."""
    if len(data) < 26:
        return 0
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return height * (1 + (width * data[24] * _CHANNELS.get(data[25], 1) + 7) // 8)


def _png_ordinary(data: bytes) -> bool:
    """Not animated, and without compressed pixels that the size in the header leaves no room for."""
    animated = any(name == b"acTL" for name, _, _ in _chunks(data))
    return not animated and _packed(data) <= 2 * _raw(data) + 1024


def _gif_ordinary(data: bytes) -> bool:
    """One frame, which fills the screen (GIF 89a, 18 to 23)."""
    at, frames = 13 + _table(data[10:11]), 0
    while at + 1 < len(data):
        if data[at] == 0x2C:
            frames += 1
            if frames > 1 or data[at + 1 : at + 9] != b"\0\0\0\0" + data[6:10]:
                return False
            at = _after_blocks(data, at + 11 + _table(data[at + 9 : at + 10]))
        elif data[at] == 0x21:
            at = _after_blocks(data, at + 2)
        else:  # the trailer, or what no decoder reads
            break
    return frames == 1


def _table(flags: bytes) -> int:
    """Size of a colour table by the byte of flags before it."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _webp_whole(data: bytes) -> bool:
    """As long as its header says, and with a frame that has the size of the canvas."""
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        return False
    if data[12:16] != b"VP8X" or not _webp_ordinary(data):
        return True
    canvas = tuple(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    return _webp_frame(data) in (canvas, None)


def _webp_frame(data: bytes) -> tuple[int, int] | None:
    """Width and height of the frame of an extended WebP file; None if there is none."""
    at = 12
    while at + 18 <= len(data):
        name, content = data[at : at + 4], data[at + 8 : at + 18]
        if name == b"VP8 ":
            return int.from_bytes(content[6:8], "little") & 0x3FFF, int.from_bytes(content[8:10], "little") & 0x3FFF
        if name == b"VP8L":
            bits = int.from_bytes(content[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return None


def _webp_ordinary(data: bytes) -> bool:
    """Not animated, by the flags of the extended header."""
    return data[12:16] != b"VP8X" or not data[20:21] or not data[20] & 0x02


_WHOLE: Mapping[str, Callable[[bytes], bool]] = {
    "image/png": _png_whole,
    "image/jpeg": lambda data: data[-2:] == b"\xff\xd9",
    "image/gif": lambda data: data[-1:] == b";",
    "image/webp": _webp_whole,
}
_ORDINARY: Mapping[str, Callable[[bytes], bool]] = {
    "image/png": _png_ordinary,
    "image/gif": _gif_ordinary,
    "image/webp": _webp_ordinary,
}
