"""Runs inside the bridge's environment: tries every stage of a list of tasks on a document that is made up.

Reads names from the arguments and prints one line of JSON for each. A made-up document answers for every column, and
kinds of values, and words of the hook's own code, are tried until one suits the hook: what fails here may work on the
real data. Films and other files of the data set are taken to be where the hook looks for them.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import signal
import sys
import time
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import worker.task
from PIL import Image
from worker.judge import Asked
from worker.package import CLIENTS, installed, names_of
from worker.server import shield
from worker.task import Task

PICTURE = Image.new("RGB", (64, 48), "white")
SOUND = {"array": [0.0] * 160, "sampling_rate": 16000, "path": "a.wav"}
LATE = 75
"""Exit code after a task that took too long; the tasks after it were not tried."""
LONGEST_S = 15
"""Seconds of CPU for all stages of one task, whatever else the machine does."""
SEARCH_S = 2.0
"""Seconds in which a document that suits a stage must be found."""
KINDS: list[Any] = [
    "A", 1, "yes", ["A", "B"], '["A", "B"]', '{"A": "B"}', {"text": "A", "A": "1"}, PICTURE, [PICTURE], SOUND, "(A)",
    "validation_Art_1", "1.0", "[0, 0, 1, 1]", [0.0, 0.0, 1.0, 1.0],
]  # fmt: skip
REPLIES = ("A", "the answer is 1")
VERDICTS = ("1", "yes", '{"score": 1, "pred": "yes", "judgement": "correct"}', "Score: 1", "A", "[[1]]", "1 1")
LISTED = ["w", "x", "y", "z"]
PICTURES: list[Any] = [PICTURE, [PICTURE]]


def encoded() -> str:
    out = io.BytesIO()
    PICTURE.save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode()


class Document(dict[str, Any]):
    """Has every column: the value under test, or by what its name says, or else a kind of value for all others."""

    def __init__(self, kind: Any, picture: Any = PICTURE, **tested: Any) -> None:
        super().__init__(tested)
        self.kind, self.asked = kind, dict[str, None]()
        self.parts = (("image", picture), ("audio", SOUND), ("options", LISTED), ("choices", LISTED))

    def __missing__(self, key: str) -> Any:
        self.asked[str(key)] = None
        named = next((value for part, value in self.parts if part in str(key).lower()), None)
        return self.kind if named is None else named

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]

    def __contains__(self, key: object) -> bool:
        return True


def first(make: Any, words: list[str]) -> tuple[Document | None, Any, str]:
    """The first document that a stage takes, what it made of it, and else the first failure."""
    failed = ""
    plans: list[tuple[Any, Any, dict[str, Any]]] = [(kind, one, {}) for one in PICTURES for kind in KINDS]
    end = time.process_time() + SEARCH_S
    for kind, picture, tested in plans:
        if time.process_time() > end:
            break
        doc = Document(kind, picture, **tested)
        try:
            return doc, make(doc), ""
        except (Exception, SystemExit) as error:  # noqa: BLE001 - hooks raise anything
            failed = failed or f"{type(error).__name__}: {error}"[:100]
        if not tested and any(kind is one for one in KINDS[:3]):
            plans += [(kind, picture, {key: other}) for key in list(doc.asked)[:12] for other in [*KINDS, *words]]
    return None, None, failed


def words_of(hook: Any, seen: set[int]) -> Iterator[str]:
    """The short texts in the code of a hook, and of the functions that it calls."""
    hook = getattr(hook, "func", hook)
    if not isinstance(hook, types.FunctionType) or id(hook) in seen:
        return
    seen.add(id(hook))
    for part in hook.__code__.co_consts:
        for text in part if isinstance(part, tuple | frozenset) else [part]:
            if isinstance(text, str) and 0 < len(text) < 40 and " " not in text:
                yield text
    for name in names_of(hook.__code__):
        value = hook.__globals__.get(name)
        if isinstance(value, dict | list | tuple | set):
            yield from (key for key in list(value)[:5] if isinstance(key, str))
        yield from words_of(value, seen)


@contextmanager
def present() -> Iterator[None]:
    """Every file and folder is there."""
    with ExitStack() as stack:
        for owner, name in ((os.path, "exists"), (os.path, "isfile"), (Path, "exists"), (Path, "is_file")):
            stack.enter_context(mock.patch.object(owner, name, return_value=True))
        stack.enter_context(mock.patch.object(Image, "open", return_value=PICTURE))
        stack.enter_context(mock.patch.object(Path, "read_bytes", return_value=base64.b64decode(PICTURES[-1])))
        yield


def scored(task: Task, reply: str, said: dict[str, list[str] | None]) -> Any:
    """The score of a reply. A judge says whatever it takes to be understood; what it said is kept."""
    if not task.judged():
        said[reply] = None
        return task.score(0, reply)
    fault: Exception = ValueError("its judge is asked more than eight times")
    for verdict in VERDICTS:
        told: list[str] = []
        for _ in range(8):
            said[reply] = told
            try:
                return task.score(0, reply, told)
            except Asked:
                told.append(verdict)
            except Exception as error:  # noqa: BLE001 - hooks raise anything
                fault = error
                break
    raise fault


def stages(task: Task) -> dict[str, Any]:
    """Which of prompt, score and aggregate work on a made-up document."""

    def sample(doc: Document) -> Any:
        task.doc = lambda index: doc
        return task.sample(0)

    said: dict[str, list[str] | None] = {}

    def values(doc: Document) -> Any:
        task.doc = lambda index: doc
        return {reply: scored(task, reply, said) for reply in REPLIES}

    out: dict[str, Any] = {}
    asked = [task.config.get(key) for key in ("doc_to_messages", "doc_to_visual", "doc_to_text")]
    words = list(dict.fromkeys(itertools.chain(*(words_of(hook, set()) for hook in asked))))[:60]
    doc, made, out["prompt_fault"] = first(sample, words)
    out["prompt"] = made is not None
    if task.judged_together():
        return out
    words = list(dict.fromkeys(words_of(task.config.get("process_results"), set())))[:60]
    doc, made, out["score_fault"] = first(values, words)
    out["score"] = made is not None
    if made is not None:
        task.doc = lambda index: doc
        try:
            out["numbers"] = len(task.aggregate([[at, text, None, said[text]] for at, text in enumerate(REPLIES)]))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - hooks raise anything
            out["aggregate_fault"] = f"{type(error).__name__}: {error}"[:100]
    return out


def hooks(config: dict[str, Any]) -> str:
    """What decides how a task treats a document that is made up: its functions, not its data."""
    keys = ("doc_to_", "process_results", "metric_list", "lmms_eval_specific_kwargs", "full_docs")
    return json.dumps({key: value for key, value in sorted(config.items()) if key.startswith(keys)}, default=str)


def late(*_: object) -> None:
    raise SystemExit("took too long")


def main() -> None:
    """Try every task of the arguments; what hooks print goes to the error stream."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    shield()
    PICTURES.append(encoded())
    worker.task.DRAWS = 5
    package = installed()
    signal.signal(signal.SIGPROF, late)
    for name in sys.argv[1:] or package.index:
        told: dict[str, Any] = {"task": name, "loads": False}
        try:
            plain = package.config(package.index[name], code=False)
            told["kind"] = plain.get("output_type", "generate_until")
            told["media"] = "doc_to_visual" in plain or "doc_to_messages" in plain
            told["code"] = [str(package.index[name].parent), hooks(plain)]
            if not sys.argv[1:]:
                told["config"] = plain
            if sys.argv[1:]:
                task = Task(package.config(package.index[name], code=True))
                told |= {"loads": True, "judge": task.judged(), "judge_of_all": task.judged_together()}
                signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
                with present():
                    told |= stages(task)
        except ModuleNotFoundError as error:
            name = (error.name or "").partition(".")[0]
            told |= {"judge": name} if name in CLIENTS else {"fault": f"needs {name}"}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - hooks raise anything
            told["fault"] = f"{type(error).__name__}: {error}"[:100]
        signal.setitimer(signal.ITIMER_PROF, 0)
        out.write(json.dumps(told, default=str) + "\n")
        out.flush()
        if "took too long" in json.dumps(told, default=str):
            sys.exit(LATE)  # what was interrupted may be half imported


if __name__ == "__main__":
    main()
