"""How many tasks of lmms-eval load, make prompts, score and aggregate through the bridge, on made-up documents.

    python -m scripts.bridge_coverage TASKS.jsonl

Needs `mmeval bridge lmms install`. Writes a line for each task to the file and prints the tables of docs/bridge.md. A
task that has a line is not tried again.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mmeval.bridge
from mmeval.bridge import install, lmms
from mmeval.bridge.child import surroundings
from mmeval.errors import UsageError

AT_ONCE = 30
"""Tasks of one process."""
LONGEST_S = 900.0
LATE = 75
"""As the twin process exits after a task that took too long."""
STAGES = {"listed": "task", "code loads": "loads", "prompt": "prompt", "score": "score", "aggregate": "numbers"}


def tried(names: Iterable[str]) -> list[dict[str, Any]]:
    """What the twin process says; a task that ends or stops it is tried alone, and then given up."""
    names = list(names)
    folder = str(Path(mmeval.bridge.__file__).parent)
    start = f"import sys, runpy; sys.path.insert(0, {folder!r}); runpy.run_path({twin()!r}, run_name='__main__')"
    with TemporaryDirectory() as room:
        command, env = [str(install.python()), "-I", "-B", "-c", start, *names], surroundings(Path(room))
        try:
            done = subprocess.run(command, capture_output=True, cwd=room, env=env, timeout=LONGEST_S, check=False)
            lines, late = done.stdout, done.returncode == LATE
        except subprocess.TimeoutExpired as slow:
            lines, late = slow.stdout or b"", False
    found = [json.loads(line) for line in lines.splitlines()]
    if late:
        return [*found, *(tried(names[len(found) :]) if names[len(found) :] else ())]
    if names and len(found) < len(names):
        stuck = {"task": names[len(found)], "media": True, "loads": False, "fault": "ended or hung"}
        return [*found, stuck, *tried(names[len(found) + 1 :])] if names[len(found) + 1 :] else [*found, stuck]
    return found


def twin() -> str:
    return str(Path(__file__).with_name("bridge_twin.py"))


def chunks(names: list[str]) -> Iterator[list[str]]:
    yield from (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def known(file: Path) -> dict[str, dict[str, Any]]:
    """What an earlier call has found, which is not tried again."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {one["task"]: one for one in map(json.loads, lines)}


def refusal(config: dict[str, Any]) -> str | None:
    """Why the bridge refuses a task whose code would work."""
    try:
        lmms._refuse("", {"config": config, "judge_of_all": None})
        lmms._hub("", config)
    except UsageError as error:
        return str(error).removeprefix(lmms.PREFIX).partition(":")[0].partition("(")[0].strip() or str(error)
    return None


def outcome(one: dict[str, Any]) -> str:
    """How far a task comes, and else what holds it up."""
    fault = str(one.get("fault", ""))
    if one.get("judge_of_all") or (one.get("judge") and not one.get("loads")):
        return "asks a judge about all replies at once, or by a client that cannot be answered, and is refused"
    if fault.startswith("needs "):
        return fault if fault in ("needs torch", "needs spacy") else "needs another package"
    if fault:
        own = any(word in fault for word in ("LocalEntryNotFound", "LookupError", "FileNotFound", "ConnectionError"))
        return "wants data from the network when it is loaded" if own else "its code fails when it is loaded"
    if one.get("refused"):
        return "is refused for its data: not one split on the hub, YouTube, several replies, other ways of reading"
    stages = ("prompt", "prompt"), ("score", "score"), ("numbers", "aggregate")
    missing = next((name for key, name in stages if not one.get(key)), None)
    if missing:
        return f"no {missing} on a made-up document"
    return "works from the prompt to the aggregate, " + ("with a judge" if one.get("judge") else "without a judge")


def main() -> None:
    file = Path(sys.argv[1])
    shown = [one for one in tried([]) if one.get("kind") == "generate_until" and one.get("media")]
    alike: dict[str, list[str]] = {}
    for one in shown:  # tasks of one folder with the same functions differ in their data alone: one of them is tried
        alike.setdefault(str(one["code"]), []).append(one["task"])
    members, found = {some[0]: some for some in alike.values()}, known(file)
    names = sorted(name for name in members if name not in found)
    random.Random(0).shuffle(names)  # so that what is done at any time stands for the rest
    print(f"{len(shown):,} tasks ask for a text and show something; {len(members)} of them have different code")
    with ThreadPoolExecutor(2) as pool, file.open("a", encoding="utf-8") as out:
        for some in pool.map(tried, chunks(names)):
            made = [{**one, "task": name} for one in some for name in members[one["task"]]]
            found |= {one["task"]: one for one in made}
            out.writelines(json.dumps(one) + "\n" for one in made)
            out.flush()
    table([{**found[one["task"]], "refused": refusal(one["config"])} for one in shown])


def table(found: list[dict[str, Any]]) -> None:
    print("| stage | tasks |\n| --- | --- |")
    for stage, key in STAGES.items():
        print(f"| {stage} | {sum(bool(one.get(key)) for one in found):,} |")
    print("\n| what becomes of a task | tasks |\n| --- | --- |")
    for what, n in Counter(map(outcome, found)).most_common():
        print(f"| {what} | {n:,} |")
    print()
    for fault, n in Counter(one["fault"] for one in found if one.get("fault")).most_common(12):
        print(f"- {n}: {' '.join(fault.split())}")


if __name__ == "__main__":
    main()
