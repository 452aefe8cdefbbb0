"""A server that attacks its clients: http://127.0.0.1:PORT/SCENARIO/... plays one of `SCENARIOS`.

It writes to the socket itself, because no framework sends what these scenarios need.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass

from tests.loopback import dialects
from tests.loopback.dialects import Said

Writer = asyncio.StreamWriter
MEGABYTE = bytes(1 << 20)
DRIP_S, DRIPS = 0.05, 60
REDIRECTS = ("301", "302", "303", "307", "308")
SCENARIOS = (
    "ok", *(f"redirect-{status}" for status in REDIRECTS), "endless", "endless-500", "bomb", "bomb-deflate", "bomb-500",
    "members", "length", "slow-header", "slow-body", "utf8", "deep", "brotli", "broken-gzip", "key",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The request that a scenario answers."""

    kind: str
    key: str


class Hostile:
    """Start with `with Hostile() as server`."""

    def __init__(self) -> None:
        self.reached: list[bytes] = []
        """What arrived at the target of the redirects."""

    def __enter__(self) -> Hostile:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise RuntimeError("the hostile server did not start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    async def _main(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        target = await asyncio.start_server(self._record, "127.0.0.1", 0)
        self.port, self.target = (s.sockets[0].getsockname()[1] for s in (server, target))
        async with server, target:
            ready.set()
            await self._stop.wait()

    async def _record(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.reached.append(await reader.read(1 << 16))
        writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
            await reader.readexactly(int(headers.get("content-length", 0)))
            path = lines[0].split()[1].split("?")[0]
            raw = dict(line.split(": ", 1) for line in lines[1:] if line)
            key = next(
                (value for name, value in raw.items() if name.lower() in ("authorization", "x-goog-api-key")), ""
            )
            asked = Asked(dialects.dialect(path), key.removeprefix("Bearer "))
            await self._play(path.split("/")[1], asked, writer)
        writer.close()

    async def _play(self, scenario: str, asked: Asked, writer: Writer) -> None:
        name, _, detail = scenario.partition("-")
        if name == "redirect":
            location = f"http://127.0.0.1:{self.target}/elsewhere?token={asked.key}"
            _head(writer, f"{detail} Moved", {"location": location, "content-length": "0"})
        elif name in ("endless", "bomb", "members"):
            await _flood(writer, name, detail)
        elif name == "slow":
            await _slow(writer, detail)
        elif name == "length":
            _head(writer, "200 OK", {"content-length": "1000000000", "content-type": "application/json"})
            writer.write(b'{"id": "x"')
            await asyncio.sleep(DRIP_S * DRIPS)
        else:
            coding = {"brotli": "br", "broken": "gzip"}.get(name)
            body = b"\x1f\x8bnot compressed" if coding else _body(name, asked)
            about = {"content-encoding": coding} if coding else {}
            _head(writer, "200 OK", {"content-length": str(len(body)), "content-type": "application/json", **about})
            writer.write(body)
        await writer.drain()


def _head(writer: Writer, status: str, headers: dict[str, str]) -> None:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "connection: close"]
    writer.write("\r\n".join([*lines, "\r\n"]).encode("latin-1"))


async def _flood(writer: Writer, name: str, detail: str) -> None:
    """A body without an end: as it is, as one compressed stream, or as compressed streams of nothing."""
    coding = "deflate" if detail == "deflate" else "gzip"
    about = {} if name == "endless" else {"content-encoding": coding}
    status = "500 Sorry" if detail == "500" else "200 OK"
    _head(writer, status, {"content-type": "application/json", "transfer-encoding": "chunked", **about})
    pieces = _pieces(name, coding)
    piece = pieces[0]
    while True:
        writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        await writer.drain()
        piece = pieces[1]


@functools.cache
def _pieces(name: str, coding: str) -> tuple[bytes, bytes]:
    """What a flood begins with, and what it repeats."""
    if name == "members":
        return (gzip.compress(b"") * 500,) * 2
    if name == "endless":
        return b'{"text": "', b"x" * (1 << 16)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15 if coding == "deflate" else 31)
    # After a full flush nothing refers to what came before, so each piece can follow any other.
    first, again = (packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first, again


async def _slow(writer: Writer, where: str) -> None:
    """A header or a body that arrives byte by byte."""
    start = b"HTTP/1.1 200 OK\r\nx-slow: " if where == "header" else b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n"
    writer.write(start)
    for _ in range(DRIPS):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(DRIP_S)


def _body(name: str, asked: Asked) -> bytes:
    if name == "deep":
        return b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    said = f"(B) {asked.key}" if name == "key" else "(B) two circles"
    model = asked.key if name == "key" else "m"
    value = dialects.answer(asked.kind, model, Said(text=said, reasoning=said))
    if name == "key":
        value["responseId"] = asked.key
    raw = json.dumps(value).encode()
    return raw.replace(b"(B)", b"(\xff\xfe)") if name == "utf8" else raw
