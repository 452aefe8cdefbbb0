"""A server process that an adapter starts, waits for, and stops together with everything that it has started."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mmeval.errors import FatalError, UsageError
from mmeval.providers.setup import Secret

if TYPE_CHECKING:
    import aiohttp

LOG = logging.getLogger("mmeval.providers")
SUPERVISOR = Path(__file__).with_name("supervise.py")
ATTEMPTS = 3
"""Starts, when another process takes the port between our choice and the server's bind."""
POLL_S = 0.2
READY_S = 5.0
"""Longest time for one answer to the question whether the server is ready."""
REPORT_S = 5.0
"""Seconds between two reports of progress while the server starts."""
GRACE_S = 15.0
"""Seconds from SIGTERM to SIGKILL."""
TAIL = 1 << 16
"""Bytes at the end of the log that are searched for an error."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR = re.compile(r"\bERROR\b|Error\b|error:|out of memory")
_VAGUE = re.compile(r"See root cause above|Traceback")


class ManagedServer:
    """A server on a free port of the loopback interface.

    The server runs in a session of its own under a supervisor process, which kills it and its descendants when
    `close` asks for it, when the server itself ends, and when this process ends in any way, SIGKILL included.
    A descendant that leaves the process group escapes. Its output goes to a temporary file, which is kept when the
    server fails.

    Args:
        name: names the server in messages, `provider/model`.
        command: the command line for a port.
        key_env: environment variable in which the server expects its key. The key is random, and is in no command
            line, log or message.
        ready: path that answers 200 once the server can be asked.
        startup_s: longest time until then.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[int], Sequence[str]],
        *,
        key_env: str,
        ready: str = "/health",
        startup_s: float = 900.0,
    ) -> None:
        self.name = name
        self.secret = Secret(secrets.token_urlsafe(24))
        self.url = ""
        """`http://127.0.0.1:PORT`, once started."""
        self.command: tuple[str, ...] = ()
        self._make, self._key_env, self._ready, self._startup_s = command, key_env, ready, startup_s
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._failed = False

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
        if self._process is not None and self._process.poll() is not None:
            raise FatalError(self._failure("the server ended"), kind="gone")

    async def close(self) -> None:
        """Stop the server and all that it has started. Does nothing when no server runs."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await asyncio.to_thread(_wait, process)
        if self._log is not None and not self._failed:
            self._log.unlink(missing_ok=True)

    def _spawn(self) -> None:
        # Not in a thread: a cancelled wait for the thread would lose the process.
        port = _free_port()
        self.url, self.command = f"http://127.0.0.1:{port}", tuple(self._make(port))
        handle, log = tempfile.mkstemp(prefix="mmeval-server-", suffix=".log")
        self._log, self._failed = Path(log), False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the adapter's command
                [sys.executable, "-IS", str(SUPERVISOR), str(os.getpid()), str(GRACE_S), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                start_new_session=True,
                env={**os.environ, self._key_env: self.secret.value},
            )
        finally:
            os.close(handle)

    async def _until_ready(self) -> None:
        import aiohttp

        assert self._process is not None
        LOG.info("server starts", extra={"model": self.name, "url": self.url})
        begin = reported = time.monotonic()
        patience = aiohttp.ClientTimeout(total=min(READY_S, self._startup_s))
        async with aiohttp.ClientSession(timeout=patience) as session:
            while not await self._answers(session):
                now = time.monotonic()
                if self._process.poll() is not None:
                    raise UsageError(self._failure("the server ended while starting"))
                if now - begin > self._startup_s:
                    raise UsageError(self._failure(f"the server was not ready within {self._startup_s:g} s", tail=True))
                if now - reported > REPORT_S:
                    reported, said = now, await asyncio.to_thread(self._said)
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
        self._failed = True
        return f"{self.name}: {what}: {self._said(error=not tail)} (log: {self._log})"

    def _said(self, *, error: bool = False) -> str:
        """The last line of the log; with `error`, the last one that names an error, where there is one."""
        assert self._log is not None
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - TAIL))
            text = _ANSI.sub("", file.read().decode("utf-8", "replace"))
        lines = [line.strip() for line in text.splitlines() if line.strip()] or ["the log is empty"]
        telling = [line for line in lines if error and _ERROR.search(line) and not _VAGUE.search(line)]
        return self.secret.scrub((telling or lines)[-1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S + 5)
    # The supervisor leads the group. Should it have been killed, its group is still there.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
