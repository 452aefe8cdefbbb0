"""`mmeval WORDS` as a process of its own, forked from one that has imported it: the imports are paid once, not per start.

It is a real process with its own session, signals, working directory and pipe. How the interpreter starts the package
is left to the tests that start it by `python -m mmeval`.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PRELOADED = ("mmeval.cli.run", "mmeval.runner.lifecycle", "aiohttp", "openai", "openai.resources.chat", "scipy.special")
"""What a run with an SDK imports. None of it starts a thread, so that a fork of it is safe."""


class Forked:
    """As much of `subprocess.Popen` as tests need: `pid`, `poll()`, `communicate()` and `returncode`."""

    def __init__(
        self, words: Sequence[str], cwd: Path, env: Mapping[str, str], *, limit: Callable[[], object] | None = None
    ) -> None:
        """Start it; `limit`, which must be picklable, is called in the new process first."""
        reader, writer = _server().Pipe(duplex=False)
        self._process = _server().Process(target=_command, args=(writer, list(words), cwd, dict(env), limit))
        self._process.start()
        writer.close()
        self.pid = self._process.pid or 0
        self._said = b""
        self._reading = threading.Thread(target=self._read, args=(reader,), daemon=True)
        self._reading.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    poll = returncode.fget  # type: ignore[assignment]

    def communicate(self, timeout: float) -> tuple[str, None]:
        """All output, stdout and stderr in one, when the process has ended."""
        self._reading.join(timeout)
        self._process.join(timeout)
        if self._reading.is_alive() or self.returncode is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self._said.decode(), None

    def _read(self, reader: Connection) -> None:
        with reader, open(os.dup(reader.fileno()), "rb") as pipe:
            self._said = pipe.read()


def start() -> None:
    """Start what is forked from, whose socket lies in today's folder for temporary files."""
    _server()
    forkserver.ensure_running()


@cache
def _server() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, __name__])
    return context


def _command(
    writer: Connection, words: list[str], cwd: Path, env: dict[str, str], limit: Callable[[], object] | None
) -> None:
    """The forked process: what a shell would set, then the program."""
    from mmeval.cli import main

    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for stream in (1, 2):
        os.dup2(writer.fileno(), stream)
    writer.close()
    # New streams: the old ones take the pipe for what they wrote to before.
    sys.stdout, sys.stderr = (open(stream, "w", closefd=False) for stream in (1, 2))  # noqa: SIM115 - until it ends
    sys.argv = ["mmeval", *words]
    if limit is not None:
        limit()
    try:
        main()
    finally:
        atexit._run_exitfuncs()
