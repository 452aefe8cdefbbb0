"""Guards the responses of servers that mmeval does not trust.

Redirects are refused, because a redirected request takes its prompt and key to a host that the run does not name.
Bodies are read, and decompressed, up to a limit. Every adapter reads its responses through this module.
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mmeval.errors import FatalError, RetryableError

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver
    from aiohttp.connector import Connection

MAX_BODY = 64_000_000
"""Bytes of one response, counted both as received and after decompression."""
MAX_BATCH = 1_000_000_000
"""The same for the results of a batch, which hold up to 100,000 answers."""
MAX_TOTAL = 512_000_000
"""Bytes of all responses that are being read at the same time. One that finds no room is asked for again."""
CHUNK = 1 << 14
"""Bytes read at a time. Deflate expands at most 1032 times, so one chunk takes the event loop some 20 ms."""
ACCEPTED = {"Accept-Encoding": "gzip, deflate"}
"""Request headers: `ResponseBody` decompresses only these two."""
_GZIP, _ZLIB, _RAW = 31, 15, -15
_MEMBERS = 1000
_LIMIT: ContextVar[int] = ContextVar("limit", default=MAX_BODY)


@contextmanager
def bodies_up_to(limit: int) -> Iterator[None]:
    """Responses that the current task reads inside this block may have as many bytes."""
    token = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(token)


class _Room:
    """The room that all responses take, in every thread."""

    def __init__(self) -> None:
        self._taken, self._lock = 0, Lock()

    def take(self, size: int) -> int:
        """Take, or give back, so many bytes; returns what is taken in all."""
        with self._lock:
            self._taken += size
            return self._taken


_ROOM = _Room()


class ResponseBody:
    """Collects the chunks of one response and decompresses them; a context manager that gives back its room.

    Args:
        headers: of the response, with case-insensitive names.

    Raises:
        FatalError: (`oversized`) the body is, or says that it is, larger than the limit.
        RetryableError: the body cannot be decompressed (`malformed`), or the other responses that are being read leave
            no room for it (`overloaded`).
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._limit = _LIMIT.get()
        self._received = self._members = 0
        self._content = bytearray()  # a list of chunks of one byte each would take 40 times their size
        self._inflater: Any = None
        self.coding = headers.get("content-encoding", "").strip().lower()
        if self.coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise RetryableError("the response is compressed in a way that was not asked for", kind="malformed")
        self.compressed = self.coding not in ("", "identity")
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 18 or int(length) > self._limit):
            raise self._oversized()

    def __enter__(self) -> ResponseBody:
        return self

    def __exit__(self, *exc: object) -> None:
        _ROOM.take(-len(self._content))
        self._content = bytearray()  # the traceback of an error refers to this object

    def add(self, chunk: bytes) -> None:
        """Take the next chunk as it was received."""
        self._received += len(chunk)
        for part in self._inflated(chunk) if self.compressed else (chunk,):
            self._content += part
            taken = _ROOM.take(len(part))
            if len(self._content) > self._limit:
                raise self._oversized()
            if taken > max(MAX_TOTAL, self._limit):
                raise RetryableError(
                    f"the responses in flight take more than {MAX_TOTAL / 1e6:g} MB; lower --concurrency",
                    kind="overloaded",
                )
        if self._received > self._limit:
            raise self._oversized()

    def content(self) -> bytes:
        """All chunks, decompressed."""
        return bytes(self._content)

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflater is None or self._inflater.eof:
                if self._inflater is not None and not data.startswith(b"\x1f\x8b"):
                    return  # what follows a stream is padding, unless it is another member of a gzip file
                self._members += 1
                if self._members > _MEMBERS:
                    raise RetryableError("the response is made of too many gzip members", kind="malformed")
                self._inflater = zlib.decompressobj(self._window(data))
            try:
                yield self._inflater.decompress(data, self._limit - len(self._content) + 1)
            except zlib.error as error:
                raise RetryableError(f"the response cannot be decompressed: {error}", kind="malformed") from None
            data = self._inflater.unused_data

    def _window(self, data: bytes) -> int:
        if self.coding != "deflate":
            return _GZIP
        # Some servers send `deflate` without the header of zlib.
        return _ZLIB if data[0] & 15 == 8 else _RAW

    def _oversized(self) -> FatalError:
        return FatalError(
            f"the response is larger than {self._limit / 1e6:g} MB; a model's answer never is: check -o base_url=",
            kind="oversized",
        )


async def read_body(chunks: AsyncIterator[bytes], headers: Mapping[str, str]) -> bytes:
    """Read a response as `ResponseBody` does, and let other tasks run between two compressed chunks."""
    with ResponseBody(headers) as body:
        async for chunk in chunks:
            body.add(chunk)
            if body.compressed:
                await asyncio.sleep(0)
        return body.content()


def refuse_redirect(status: int, headers: Mapping[str, str]) -> None:
    """Raise FatalError (`redirect`) for a status from 300 to 399; it names the host that the server points to."""
    if not 300 <= status < 400:
        return
    location = headers.get("location", "")
    try:
        parts = urlsplit(location)
        scheme, host = parts.scheme and f"{parts.scheme}:", parts.netloc.rpartition("@")[2]
        target = f"{scheme}//{host}" if host else parts.path
    except ValueError:
        target = "an invalid URL"
    raise FatalError(
        f"status {status}: the server redirects to {target[:100] or 'nowhere'}, and mmeval follows no redirects;"
        " if you trust that server, name it with -o base_url=",
        kind="redirect",
        status=status,
    )


async def guard_httpx(response: Any) -> None:
    """A response hook for a client of httpx or httpx2, `event_hooks={"response": [guard_httpx]}`."""
    library = sys.modules[type(response).__module__.partition(".")[0]]
    refuse_redirect(response.status_code, response.headers)
    async with aclosing(aiter(response.stream)) as chunks:
        content = await read_body(chunks, response.headers)
    await response.stream.aclose()
    if "content-encoding" in response.headers:
        del response.headers["content-encoding"]
    response.stream = library.ByteStream(content)


def guarded_session(resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session of aiohttp whose responses are guarded. It honours HTTP_PROXY and its relatives.

    Args:
        resolver: finds the addresses of hosts; None: as the machine does.
    """
    import aiohttp

    class Guarded(aiohttp.ClientResponse):
        async def start(self, connection: Connection) -> aiohttp.ClientResponse:
            started = await super().start(connection)
            refuse_redirect(self.status, self.headers)
            return started

        async def read(self) -> bytes:
            if self._body is None:
                try:
                    self._body = await read_body(self.content.iter_chunked(CHUNK), self.headers)
                except BaseException:
                    self.close()
                    raise
            return await super().read()

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, resolver=resolver),
        trust_env=True,
        auto_decompress=False,
        headers=ACCEPTED,
        response_class=Guarded,
    )
