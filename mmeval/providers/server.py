"""A server that an adapter starts, waits for, and stops."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mmeval.errors import FatalError, UsageError
from mmeval.providers.process import ManagedProcess
from mmeval.providers.setup import Secret

if TYPE_CHECKING:
    import aiohttp

__all__ = ["ManagedServer"]

LOG = logging.getLogger("mmeval.providers")
ATTEMPTS = 3
"""Starts, when another process takes the port between our choice and the server's bind."""
POLL_S = 0.2
READY_S = 5.0
"""Longest time for one answer to the question whether the server is ready."""
REPORT_S = 5.0
"""Seconds between two reports of progress while the server starts."""
ADVICE = (
    (
        r"out of memory|No available memory for the cache|larger than the available KV cache",
        "; the model does not fit: split it over more GPUs with -o tensor=N, or make room with -o args, such as a"
        " shorter context",
    ),
    (r"gated repo|401 Client Error|Access to model .* is restricted", "; log in to the hub: set HF_TOKEN"),
)
"""What the log says, and the way out."""


class ManagedServer:
    """A server on a free port of the loopback interface, in a `ManagedProcess`.

    Args:
        name: names the server in messages, `provider/model`.
        command: the command line for a port.
        secret: the key that the server expects: random, and in no command line, log or message.
        env: more environment variables of the server; one of them, or a file, tells it the key.
        ready: path that answers 200 once the server can be asked.
        startup_s: longest time until then.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[int], Sequence[str]],
        *,
        secret: Secret,
        env: Mapping[str, str],
        ready: str = "/health",
        startup_s: float = 900.0,
    ) -> None:
        self.name, self.secret = name, secret
        self.url = ""
        """`http://127.0.0.1:PORT`, once started."""
        self.command: tuple[str, ...] = ()
        self.process = ManagedProcess(name, log="server", secret=secret)
        self._make, self._env, self._ready, self._startup_s = command, env, ready, startup_s

    @staticmethod
    def new_secret() -> Secret:
        """A random key."""
        return Secret(secrets.token_urlsafe(24))

    async def start(self) -> None:
        """Start the server and wait until it is ready.

        Raises:
            UsageError: it ended or took too long; with the line of its log that says why.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._spawn()
                await self._until_ready()
            except BaseException as error:
                await self.close()
                if attempt == ATTEMPTS or "address already in use" not in str(error).lower():
                    raise
            else:
                return

    def check(self) -> None:
        """Raise FatalError (`gone`) if the server has ended by itself."""
        if self.process.ended:
            raise FatalError(self._failure("the server ended"), kind="gone")

    async def close(self) -> None:
        """Stop the server and all that it has started. Does nothing when no server runs."""
        await self.process.close()

    def _spawn(self) -> None:
        port = _free_port()
        self.url, self.command = f"http://127.0.0.1:{port}", tuple(self._make(port))
        self.process.start(self.command, env=self._env)

    async def _until_ready(self) -> None:
        import aiohttp

        LOG.info("server starts", extra={"model": self.name, "url": self.url})
        begin = reported = time.monotonic()
        patience = aiohttp.ClientTimeout(total=min(READY_S, self._startup_s))
        async with aiohttp.ClientSession(timeout=patience) as session:
            while not await self._answers(session):
                now = time.monotonic()
                if self.process.ended:
                    raise UsageError(self._failure("the server ended while starting"))
                if now - begin > self._startup_s:
                    late = f"the server was not ready within -o startup_s={self._startup_s:g}"
                    raise UsageError(self._failure(late, tail=True))
                if now - reported > REPORT_S:
                    reported, said = now, await asyncio.to_thread(self.process.said)
                    about = {"model": self.name, "after_s": round(now - begin), "said": said}
                    LOG.info("server is starting", extra=about)
                await asyncio.sleep(POLL_S)
        LOG.info("server is ready", extra={"model": self.name, "after_s": round(time.monotonic() - begin, 1)})

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        with suppress(OSError, TimeoutError):  # nobody listens yet, or it hangs
            async with session.get(self.url + self._ready) as response:
                return response.status == 200
        return False

    def _failure(self, what: str, *, tail: bool = False) -> str:
        text = self.process.failure(what, tail=tail)
        return text + next((way for said, way in ADVICE if re.search(said, text)), "")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
