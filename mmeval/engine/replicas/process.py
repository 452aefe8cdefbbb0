"""A copy in a child process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.engine.replicas.router import CopyEndedError
from mmeval.engine.replicas.wire import Message, connected, raised, read_frame, write_frame
from mmeval.providers import ManagedProcess

__all__ = ["ProcessCopy"]

CLOSE_S = 30.0
"""Longest time for a copy to close its adapter."""


class ProcessCopy:
    """One child process, asked over a socket pair.

    Args:
        name: names it in messages.
        about: what the child needs to make its adapter.
        gpus: its CUDA_VISIBLE_DEVICES; None leaves it as it is.
    """

    files = True
    """It sees the files of this process."""

    def __init__(self, name: str, about: Mapping[str, Any], gpus: str | None) -> None:
        self.ended, self.why = asyncio.Event(), ""
        self._name, self._about, self._gpus = name, about, gpus
        self._process = ManagedProcess(name, log="replica")
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._number = 0
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def start(self) -> Mapping[str, Any]:
        """Start the process and connect its adapter; what the adapter says about itself.

        Raises:
            UsageError: the adapter cannot connect.
            CopyEndedError: the process ended.
        """
        ours, theirs = socket.socketpair()
        try:
            command = [sys.executable, "-m", "mmeval.engine.replicas.served", str(theirs.fileno())]
            self._process.start(command, env=self._env(), pass_fds=(theirs.fileno(),))
        finally:
            theirs.close()
        reader, self._writer = await connected(ours)
        self._writer.writelines(write_frame(self._about))
        try:
            said, _ = await read_frame(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise CopyEndedError(self._process.failure("the process ended while starting")) from None
        if "error" in said:
            raise raised(said["error"])
        self._reading = asyncio.ensure_future(self._read(reader))
        about: Mapping[str, Any] = said.get("about", {})
        return about

    def _env(self) -> dict[str, str]:
        packages = str(Path(__file__).parents[3])
        path = os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH", "")]))
        return {"PYTHONPATH": path, **({} if self._gpus is None else {"CUDA_VISIBLE_DEVICES": self._gpus})}

    async def ask(self, head: Mapping[str, Any], blobs: Sequence[bytes]) -> Message:
        """Send a message and wait for its answer; raises CopyEndedError."""
        if self._writer is None or self.ended.is_set():
            raise CopyEndedError(self.why)
        self._number += 1
        number = self._number
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.writelines(write_frame({"number": number, **head}, blobs))
            with contextlib.suppress(ConnectionError):  # `_read` notices it, too, and fails the answer
                await self._writer.drain()
            return await answer
        except asyncio.CancelledError:
            if not self.ended.is_set():
                self._writer.writelines(write_frame({"number": number}))  # it need not answer any more
            raise
        finally:
            del self._waiting[number]

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head, blobs = await read_frame(reader)
                answer = self._waiting.get(head.pop("number"))
                if answer is not None and not answer.done():
                    answer.set_result((head, blobs))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            self.end(self._process.failure("the process ended"))

    def end(self, why: str) -> None:
        """It can no longer be asked; what is in flight on it gets CopyEndedError."""
        self.why = self.why or why
        self.ended.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(CopyEndedError(self.why))

    async def close(self) -> None:
        """Let the copy close its adapter, then stop the process and all that it has started."""
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()  # the copy sees the end of the stream
        if self._reading is not None and not self.ended.is_set():
            await self._wait()
        self.end(f"{self._name} is closed")
        await self._process.close()

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._process.wait()
