"""Requests, replies and errors as messages: one JSON object and the raw bytes of media.

A frame is a header (length of the JSON, number of blobs, length of each), the JSON in ASCII, and the blobs. Only the
values of `mmeval.types` and policies can be in a message; decoding runs no code that the message chooses.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol

from mmeval import sampling, types
from mmeval.errors import AdapterError, FatalError, MediaError, MMEvalError, RetryableError, UsageError
from mmeval.types import Media

__all__ = [
    "MAX_BLOBS",
    "MAX_BYTES",
    "Message",
    "connected",
    "error_of",
    "packed",
    "raised",
    "read_frame",
    "unpacked",
    "write_frame",
]

Message = tuple[dict[str, Any], list[bytes]]
"""A JSON object and the blobs that it refers to."""
MAX_BYTES = 1 << 33
"""Most bytes of one part of a frame. Both ends are mmeval; this finds a broken stream before memory is full."""
MAX_BLOBS = 1 << 16
BUFFER = 1 << 22
"""Bytes that a socket and its reader hold, so that a message with pictures is written and read at once."""
_HEAD = struct.Struct("!QI")
_VALUES = {
    name: value
    for name, value in {**vars(types), **vars(sampling)}.items()
    if isinstance(value, type) and is_dataclass(value)
}
_ERRORS: dict[str, type[MMEvalError]] = {
    cls.__name__: cls for cls in (RetryableError, FatalError, MediaError, UsageError)
}


class Reads(Protocol):
    """The part of a stream reader that a frame is read from."""

    async def readexactly(self, n: int) -> bytes:
        """N bytes; raises IncompleteReadError at the end of the stream."""
        ...


def write_frame(head: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """The pieces of a frame, in order."""
    text = json.dumps(head, separators=(",", ":")).encode("ascii")
    sizes = struct.pack(f"!{len(blobs)}Q", *map(len, blobs))
    return [_HEAD.pack(len(text), len(blobs)) + sizes + text, *blobs]


async def read_frame(stream: Reads) -> Message:
    """The next frame.

    Raises:
        asyncio.IncompleteReadError: the stream has ended.
        ValueError: this is no frame.
    """
    length, count = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    if count > MAX_BLOBS:
        raise ValueError(f"a frame with {count} blobs")
    sizes = struct.unpack(f"!{count}Q", await stream.readexactly(8 * count))
    if max(length, *sizes, 0) > MAX_BYTES:
        raise ValueError("a frame with a part of more than 8 GiB")
    head = json.loads(await stream.readexactly(length))
    return head, [await stream.readexactly(size) for size in sizes]


async def connected(sock: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The streams of a connected socket."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    return await asyncio.open_connection(sock=sock, limit=BUFFER)


def packed(value: Any, blobs: list[bytes], *, files: bool = True) -> Any:
    """A value of `mmeval.types` as JSON; bytes are appended to `blobs`.

    Args:
        value: the value.
        blobs: receives the bytes.
        files: whether the reader sees the same files, so that media in files go by path.

    Raises:
        TypeError: the value holds something that is not of `mmeval.types`.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        blobs.append(value)
        return {"bytes": len(blobs) - 1}
    if isinstance(value, Path):
        return {"path": str(value.resolve())}
    if isinstance(value, tuple | list):
        return [packed(item, blobs, files=files) for item in value]
    if type(value).__name__ in _VALUES:
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        if isinstance(value, Media) and value.path is not None and not files:
            given |= {"data": value.read(), "path": None}
        inside = {name: packed(item, blobs, files=files) for name, item in given.items()}
        return {"is": type(value).__name__, **inside}
    raise TypeError(f"a {type(value).__name__} cannot be sent to a replica")


def unpacked(value: Any, blobs: Sequence[bytes]) -> Any:
    """What `packed` got, with tuples for lists."""
    if isinstance(value, list):
        return tuple(unpacked(item, blobs) for item in value)
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return blobs[value["bytes"]]
    if "is" not in value:
        return Path(value["path"])
    return _VALUES[value["is"]](**{name: unpacked(item, blobs) for name, item in value.items() if name != "is"})


def error_of(error: Exception) -> dict[str, Any]:
    """An exception as JSON; one that is not an error of a request becomes a FatalError of kind `adapter`."""
    if type(error).__name__ not in _ERRORS:
        error = FatalError(f"{type(error).__name__}: {error}", kind="adapter")
    about: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, AdapterError):
        about |= {"kind": error.kind, "status": error.status, "retry_after_s": error.retry_after_s}
    return about


def raised(about: Mapping[str, Any]) -> MMEvalError:
    """The exception that `error_of` got."""
    given = dict(about)
    return _ERRORS[given.pop("type")](given.pop("message"), **given)
