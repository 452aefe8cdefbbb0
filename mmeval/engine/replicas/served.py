"""What runs in a copy: the adapter, asked by messages.

    python -m mmeval.engine.replicas.served FD

serves one connected socket that it inherits, until the other end closes it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from mmeval.catalog import Catalog
from mmeval.definitions import Adapter, Describes, Options
from mmeval.engine.replicas.wire import Message, connected, error_of, packed, read_frame, unpacked, write_frame

__all__ = ["Served"]


class Served:
    """One connected adapter.

    Args:
        about: what `router.Copied.about` says: provider, model, options, search path and working directory.
        files: whether the asker sees the same files.
    """

    def __init__(self, about: Mapping[str, Any], *, files: bool = True) -> None:
        if Path(about["folder"]).is_dir():
            os.chdir(about["folder"])
        made = Catalog(tuple(map(Path, about["paths"]))).adapter(about["provider"])
        self._options_of = TypeAdapter(made.capabilities.options)
        self._read: dict[str, Options] = {}
        self._adapter: Adapter = made(about["model"], self._options(about["options"]))
        self._files = files

    def _options(self, text: str) -> Options:
        """The options from their JSON; equal texts are the same object."""
        if text not in self._read:
            self._read[text] = self._options_of.validate_python(json.loads(text))
        return self._read[text]

    async def connect(self) -> dict[str, Any]:
        """Connect the adapter; what it says about itself, or the error."""
        try:
            await self._adapter.connect()
        except Exception as error:  # noqa: BLE001 - the boundary of the process
            return {"error": error_of(error)}
        return self._described()

    async def ask(self, head: Mapping[str, Any], blobs: Sequence[bytes]) -> Message:
        """One reply, or the error."""
        try:
            reply = await self._adapter.ask(unpacked(head["request"], blobs), self._options(head["options"]))
        except Exception as error:  # noqa: BLE001 - the boundary of the process
            return {"error": error_of(error)}, []
        made: list[bytes] = []
        return {"reply": packed(reply, made, files=self._files), **self._described()}, made

    def _described(self) -> dict[str, Any]:
        return {"about": dict(self._adapter.describe())} if isinstance(self._adapter, Describes) else {}

    async def close(self) -> None:
        """Close the adapter."""
        await self._adapter.close()


async def _serve(sock: socket.socket) -> None:
    """Answer frames until the socket is closed: first `connect`, then any number of `ask` and `cancel`."""
    reader, writer = await connected(sock)
    head, _ = await read_frame(reader)
    served, told = await _opened(head)
    writer.writelines(write_frame(told))
    if served is None:
        await writer.drain()
        return
    asked: dict[int, asyncio.Task[None]] = {}

    async def answer(number: int, head: Mapping[str, Any], blobs: Sequence[bytes]) -> None:
        said, made = await served.ask(head, blobs)
        writer.writelines(write_frame({"number": number, **said}, made))
        await writer.drain()

    try:
        while True:
            head, blobs = await read_frame(reader)
            number = head["number"]
            if "request" in head:
                asked[number] = asyncio.ensure_future(answer(number, head, blobs))
                asked[number].add_done_callback(lambda _, number=number: asked.pop(number, None))  # type: ignore[misc]
            elif number in asked:
                asked[number].cancel()
    except (asyncio.IncompleteReadError, ConnectionError):
        for task in list(asked.values()):
            task.cancel()
        await served.close()


async def _opened(about: Mapping[str, Any]) -> tuple[Served | None, dict[str, Any]]:
    try:
        served = Served(about)
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        return None, {"error": error_of(error)}
    told = await served.connect()
    return (None if "error" in told else served), told


if __name__ == "__main__":
    asyncio.run(_serve(socket.socket(fileno=int(sys.argv[1]))))
