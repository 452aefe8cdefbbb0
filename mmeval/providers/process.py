"""A child process that is stopped together with everything that it has started, however this process ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mmeval.providers.setup import Secret

__all__ = ["ManagedProcess"]

SUPERVISOR = Path(__file__).with_name("supervise.py")
GRACE_S = 15.0
"""Seconds from SIGTERM to SIGKILL."""
TAIL = 1 << 16
"""Bytes at the end of the log that are searched for an error."""
HEAD = 1 << 22
"""Bytes at the beginning of the log that are searched for the set-up of an engine."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR = re.compile(r"\bERROR\b|Error\b|error:|out of memory")
_VAGUE = re.compile(r"See root cause above|Traceback")


class ManagedProcess:
    """A command in a session of its own, under a supervisor process.

    The supervisor kills the command and its descendants when `close` asks for it, when the command itself ends, and
    when this process ends in any way, SIGKILL included. The output goes to a temporary file, which is kept when the
    process fails.

    Args:
        name: names the process in messages.
        log: the prefix of the log's file name.
        secret: is in no message.
    """

    def __init__(self, name: str, *, log: str, secret: Secret | None = None) -> None:
        self.name = name
        self._prefix, self._secret = log, secret or Secret("")
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._failed = False

    def start(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, pass_fds: Iterable[int] = ()
    ) -> None:
        """Start the command with the environment of this process and `env`, and with these files open."""
        # Not in a thread: a cancelled wait for the thread would lose the process.
        handle, log = tempfile.mkstemp(prefix=f"mmeval-{self._prefix}-", suffix=".log")
        self._log, self._failed = Path(log), False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the adapter's command
                [sys.executable, "-IS", str(SUPERVISOR), str(os.getpid()), str(GRACE_S), *command],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                start_new_session=True,
                pass_fds=tuple(pass_fds),
                env={**os.environ, **(env or {})},
            )
        finally:
            os.close(handle)

    @property
    def ended(self) -> bool:
        """Whether the command was started and has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    async def wait(self) -> None:
        """Wait until the command has ended by itself."""
        while not self.ended:  # noqa: ASYNC110 - nothing tells when a process ends, without a thread that waits
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Stop the command and all that it has started. Does nothing when nothing runs."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await asyncio.to_thread(_wait, process)
        if self._log is not None and not self._failed:
            self._log.unlink(missing_ok=True)

    def failure(self, what: str, *, tail: bool = False) -> str:
        """One line: the name, what happened, the line of the log that says why, and the log's name.

        Args:
            what: happened.
            tail: quote the last line, rather than the last one that names an error.
        """
        self._failed = True
        return f"{self.name}: {what}: {self.said(error=not tail)} (log: {self._log})"

    def said(self, *, error: bool = False) -> str:
        """The last line of the log; with `error`, the last one that names an error, where there is one."""
        lines = self.log_lines() or ["the log is empty"]
        telling = [line for line in lines if error and _ERROR.search(line) and not _VAGUE.search(line)]
        return self._secret.scrub((telling or lines)[-1])

    def log_lines(self) -> list[str]:
        """The lines at the end of the log, without colours and empty lines."""
        assert self._log is not None, "started before"
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - TAIL))
            text = _ANSI.sub("", file.read().decode("utf-8", "replace"))
        return [line.strip() for line in text.splitlines() if line.strip()]

    def log_text(self) -> str:
        """The beginning of the log, where an engine says how it is set up."""
        assert self._log is not None, "started before"
        with self._log.open("rb") as file:
            return self._secret.redact(_ANSI.sub("", file.read(HEAD).decode("utf-8", "replace")))


def _wait(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S + 5)
    # The supervisor leads the group. Should it have been killed, its group is still there.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
