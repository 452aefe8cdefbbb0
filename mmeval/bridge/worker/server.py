"""Reads requests and writes answers, within bounds."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import socket
import sys
from collections.abc import Sequence
from typing import Any

from .judge import Asked
from .package import CLIENTS, Fault, Package, installed
from .parts import short
from .task import Task

__all__ = ["main"]

MEMORY = 12 << 30
"""Bytes of data that this process may hold."""
FILE = 20 << 30
"""Bytes of the largest file that it may write."""


REFUSED: list[str] = []
"""What wanted the network; hooks catch the exception, and go on with less."""


def shield() -> None:
    """Bound memory and files, and cut the network off: everything that a task needs is on disk by now."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def refuse(*what: object, **_: object) -> Any:
        REFUSED.append(short(what[-1] if what else ""))
        raise OSError("a task has no network")

    socket.getaddrinfo = refuse
    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.socket.connect_ex = refuse  # type: ignore[method-assign]


class Server:
    """Answers requests about the package, and about one task."""

    def __init__(self, package: Package) -> None:
        self.package, self.task = package, Task({})

    def list(self) -> dict[str, Any]:
        """The names of all tasks."""
        return {"tasks": sorted(self.package.index)}

    def about(self, task: str) -> dict[str, Any]:
        """What a task is made of; its code is imported."""
        if task not in self.package.index:
            raise Fault("unknown", task)
        config = self.package.config(self.package.index[task], code=True)
        self.task = Task(config)
        plain = {key: value for key, value in config.items() if json_like(value)}
        code = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(self.package.read_files)))
        hooks = [key for key, value in config.items() if callable(value)]
        told = {"config": plain, "hooks": hooks, "code": code.hexdigest(), "judge": self.task.judged()}
        told["judge_of_all"] = self.task.judged_together()
        return {
            **told,
            "metrics": [one["metric"] for one in self.task.metrics],
            "shows": self.task.shows(),
            "rises": self.task.rises,
        }

    def open(self, **files: Any) -> dict[str, Any]:
        """Load the documents."""
        return {"rows": self.task.open(files)}

    def count(self) -> dict[str, Any]:
        """How many documents are open."""
        return {"rows": len(self.task.docs)}

    def sample(self, index: int) -> dict[str, Any]:
        """One prompt."""
        return self.task.sample(index)

    def score(self, index: int, reply: str, verdicts: Sequence[str] | None = None) -> dict[str, Any]:
        """The score of one reply, or what its judge is asked next."""
        try:
            return self.task.score(index, reply, verdicts)
        except Asked:
            return {"ask": self.task.judge.open}

    def aggregate(self, replies: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The metrics of all replies."""
        return {"metrics": self.task.aggregate(replies)}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request; whatever a hook raises, `exit()` too, becomes one with `error`."""
        op, before = request.pop("op"), len(REFUSED)
        try:
            made: dict[str, Any] = getattr(self, op)(**request)
            if op in ("sample", "score") and len(REFUSED) > before:
                raise Fault("hook", "its code wants the network")
        except Fault as fault:
            return {"error": str(fault), "kind": fault.kind}
        except ModuleNotFoundError as error:
            name = (error.name or "").partition(".")[0]
            return {"error": str(error), "kind": "judge" if name in CLIENTS else "package", "package": name}
        except Asked:
            return {"error": "its judge is asked for more than before", "kind": "judge"}
        except SystemExit as end:
            return {"error": f"its code ended the process: exit({short(end.code)})", "kind": "hook"}
        except Exception as error:  # noqa: BLE001 - hooks raise anything
            reason = " ".join(str(error).split())[:300]
            return {"error": f"{type(error).__name__}{': ' * bool(reason)}{reason}", "kind": "hook"}
        return made


def json_like(value: Any) -> bool:
    """Whether a value of a task can be told."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def main() -> None:
    """Answer requests until there are no more. What hooks print goes to the error stream."""
    shield()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    server = Server(installed())
    for line in sys.stdin:
        out.write(json.dumps(server.answer(json.loads(line))) + "\n")
        out.flush()
