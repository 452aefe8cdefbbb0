"""Decodes clips in child processes, each clip once for each policy."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from mmeval.errors import MediaError, RunFailedError
from mmeval.faults import foreseen
from mmeval.media.kept import Kept
from mmeval.parts import Media

__all__ = ["Decoder", "Job", "Made", "decoder", "decoder_version", "worked"]

SILENT_S = 60.0
"""A worker that says nothing for so long hangs."""
LONGEST_S = 1800.0
"""Longest time for one clip."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""Faults of the disk that results are written to."""
SCHEMA = 2
"""Raise it when the same job would give other files."""


def decoder_version() -> str:
    """The decoder and its version: part of what decides which frames a file has."""
    return f"PyAV {version('av')}"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to make of one clip."""

    op: str
    """`frames`, `sound`, `voice`, `cut`, `probe`, `glance` or `changes`."""
    clip: Media
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """sha256 of everything that decides the result, hexadecimal."""
        clip = self.clip
        told = [SCHEMA, decoder_version(), self.op, clip.sha256, clip.start, clip.end, self.policy]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a job, and what is known about them."""

    folder: Path
    meta: Mapping[str, Any]


class Decoder:
    """Worker processes and the clips that they have decoded.

    Args:
        kept: where results lie.
        workers: number of processes; one per core by default.
        silent_s: seconds after which a worker that says nothing is ended.
    """

    def __init__(self, kept: Kept | None = None, *, workers: int | None = None, silent_s: float = SILENT_S) -> None:
        self.kept, self.silent_s = kept or Kept(), silent_s
        self.decoded: Counter[str] = Counter()
        """How often each job was done, by its key."""
        self._most = workers or len(os.sched_getaffinity(0))
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Made]]] = queue.SimpleQueue()
        self._open: dict[str, Future[Made]] = {}
        self._lock = threading.Lock()
        self._threads = 0

    def want(self, job: Job) -> Future[Made]:
        """The result, from the disk or from a worker. Equal jobs that are under way share one.

        The future raises MediaError, with the name of this clip, when it cannot be used.
        """
        mine: Future[Made] = Future()
        self._shared(job).add_done_callback(lambda done: _passed_on(done, mine, job.clip))
        return mine

    def _shared(self, job: Job) -> Future[Made]:
        key = job.key
        with self._lock:
            known = self._open.get(key)
            if known is not None:
                return known
            future: Future[Made] = Future()
            self._open[key] = future
            if self._threads < self._most:
                self._threads += 1
                # Daemons: a worker that hangs must not keep the program from ending.
                threading.Thread(target=self._serve, name=f"mmeval-decoder-{self._threads}", daemon=True).start()
        future.add_done_callback(lambda _: self._open.pop(key, None))
        self._jobs.put((job, future))
        return future

    def _serve(self) -> None:
        worker = _Worker(self.silent_s)
        while True:
            job, future = self._jobs.get()
            try:
                future.set_result(self._made(job, worker))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the clip gets it
                future.set_exception(error)

    def _made(self, job: Job, worker: _Worker) -> Made:
        found = self.kept.get(job.key)
        if found is None:
            try:
                found = self.kept.put(job.key, lambda out: self._work(job, worker, out))
            except OSError as error:
                known = foreseen(error)
                if isinstance(known, RunFailedError):  # no other clip would fare better
                    raise known from None
                raise MediaError(str(error.strerror or error)) from None
        return Made(*found)

    def _work(self, job: Job, worker: _Worker, out: Path) -> dict[str, Any]:
        self.decoded[job.key] += 1
        with _as_file(job.clip, self.kept.folder) as path:
            clip = {"path": path, "start": job.clip.start, "end": job.clip.end, "name": job.clip.sha256}
            told = {"op": job.op, "out": str(out), "policy": dict(job.policy), **clip}
            answer = worker.do(told)
            if answer.get("died"):  # something else may have ended it
                answer = worker.do(told)
        if answer.get("errno") in FULL:
            raise OSError(answer["errno"], os.strerror(answer["errno"]), str(out))
        if "error" in answer:
            raise MediaError(answer["error"])
        return answer


def _passed_on(done: Future[Made], mine: Future[Made], clip: Media) -> None:
    """Give a shared result to one of those who wait for it: equal clips may have different names."""
    if not mine.set_running_or_notify_cancel():
        return
    error = done.exception()
    if isinstance(error, MediaError):
        mine.set_exception(MediaError(f"{_name(clip)}: {error}"))
    elif error is not None:
        mine.set_exception(error)
    else:
        mine.set_result(done.result())


class _Worker:
    """One child process, started when it is needed and again after it was ended."""

    def __init__(self, silent_s: float) -> None:
        self.silent_s = silent_s
        self._process: subprocess.Popen[bytes] | None = None

    def do(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of the worker; one with `error` if it hangs or dies."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            return self._answer(process)
        except (OSError, ValueError) as error:
            return {**self._ended(f"the decoder has failed: {error}"), "died": True}

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "mmeval.media.worker"]
            path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the run, which lets what it has begun end
                env={**os.environ, "PYTHONPATH": path},
            )
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert process.stdout is not None
        begin, text = time.monotonic(), b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while True:
                if not waiting.select(self.silent_s) or time.monotonic() - begin > LONGEST_S:
                    return self._ended(f"decoding it took longer than {time.monotonic() - begin:.0f} s")
                part = os.read(process.stdout.fileno(), 1 << 16)
                if not part:
                    why = "decoding it ended the decoder: it is damaged, or takes too much memory"
                    return {**self._ended(why), "died": True}
                text += part
                *lines, text = text.split(b"\n")
                for line in lines:
                    if line and line != b".":
                        answer: dict[str, Any] = json.loads(line)
                        return answer

    def _ended(self, why: str) -> dict[str, Any]:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            self._process = None
        return {"error": why}


@contextmanager
def _as_file(clip: Media, folder: Path) -> Iterator[str]:
    """The path of a clip; bytes are written to a file for as long as it is open."""
    if clip.path is not None:
        yield str(clip.path.resolve())
        return
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder) as file:
        file.write(clip.read())
        file.flush()
        yield file.name


def _name(clip: Media) -> str:
    return clip.source or clip.sha256[:12]


def worked(keys: Collection[str]) -> dict[str, Any]:
    """What `run.json` says about the clips of a run: the decoder, how many, and how many were decoded for it."""
    done = decoder().decoded
    return {"decoder": decoder_version(), "clips": len(keys), "decoded": sum(done[key] for key in keys)}


@cache
def decoder() -> Decoder:
    """The decoder of this process."""
    return Decoder()
