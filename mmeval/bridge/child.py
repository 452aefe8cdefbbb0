"""A child process that runs a task's code: bounded in time and memory, without keys, in a folder of its own."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from mmeval.errors import MMEvalError

__all__ = ["Child", "TaskError", "surroundings"]

LONGEST = 1 << 28
"""Bytes of the longest answer."""
START = "import sys; sys.path.insert(0, sys.argv[1]); from worker.server import main; del sys.path[0]; main()"
PASSED = ("PATH", "LANG", "LC_ALL", "TZ")
"""Variables that the process gets; no other, so that it sees no key."""


class TaskError(MMEvalError):
    """The code of a task failed, ended its process, or took too long.

    Args:
        text: what happened.
        kind: `data`, `hook`, `judge`, `media`, `number`, `package` or `unknown`.
        package: that is missing.
    """

    def __init__(self, text: str, kind: str = "hook", package: str = "") -> None:
        super().__init__(text)
        self.kind, self.package = kind, package


def surroundings(folder: Path) -> dict[str, str]:
    """The environment variables of a process that runs a task's code and keeps its files in a folder."""
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    own = {"HF_HOME": f"{folder}/hf", "HOME": str(folder), "TMPDIR": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    # Modules that could ask a judge build a client when they are imported, which fails without a key.
    return {**passed, **own, **offline, "OPENAI_API_KEY": "none"}


class Child:
    """Asks the worker, which is started when it is needed and again after it has ended.

    Args:
        python: the interpreter of the environment.
        first: requests that bring a new process to where the last one was; a caller may add to them.
    """

    def __init__(self, python: Path, first: list[dict[str, Any]] | None = None) -> None:
        self.python, self.first = python, first if first is not None else []
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._lock = threading.RLock()
        atexit.register(self.close)

    def ask(self, request: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """The answer; raises TaskError. After a time-out or an end, the next request meets a new process."""
        with self._lock:
            if self._process is None:
                self._start()
                for before in self.first:
                    self._asked(before, max(seconds, 600.0))
            return self._asked(request, seconds)

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mmeval-bridge-"))
        self._process = subprocess.Popen(  # noqa: S603
            [str(self.python), "-I", "-B", "-c", START, str(Path(__file__).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=surroundings(self._folder),
            start_new_session=True,
        )

    def _asked(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._line(self._process, seconds))
        except (OSError, ValueError, TaskError) as error:
            code = self._process.poll()
            self.close()
            raise TaskError(str(error) if isinstance(error, TaskError) else f"its process ended ({code})") from None
        if "error" in answer:
            raise TaskError(answer["error"], answer["kind"], answer.get("package", ""))
        return answer

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert process.stdout is not None
        text, end = bytearray(), time.monotonic() + seconds
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                if not waiting.select(max(0.0, end - time.monotonic())):
                    raise TaskError(f"its code took longer than {seconds:.0f} s")
                part = os.read(process.stdout.fileno(), 1 << 20)
                if not part:
                    raise TaskError("its code ended its process, or took too much memory")
                text += part
                if len(text) > LONGEST:
                    raise TaskError(f"its answer is longer than {LONGEST >> 20} MiB")
        return bytes(text)

    def close(self) -> None:
        """End the process with all that it started, and delete its folder."""
        process, folder = self._process, self._folder
        self._process = self._folder = None
        if process is not None:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
