"""How many tasks of lmms-eval load, make prompts, score and aggregate through the bridge, on made-up documents.

    python -m scripts.bridge_coverage TASKS.jsonl

Needs `mmeval bridge lmms install`. Writes a line for each task to the file and prints the table of docs/bridge.md.
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
from mmeval.bridge import install
from mmeval.bridge.child import surroundings

AT_ONCE = 30
"""Tasks of one process."""
LONGEST_S = 200.0
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


def main() -> None:
    shown = [one for one in tried([]) if one.get("kind") == "generate_until" and one.get("media")]
    alike: dict[str, list[str]] = {}
    for one in shown:  # tasks of one folder with the same functions differ in their data alone: one of them is tried
        alike.setdefault(str(one["code"]), []).append(one["task"])
    names, found = sorted(some[0] for some in alike.values()), list[dict[str, Any]]()
    random.Random(0).shuffle(names)  # so that what is done at any time stands for the rest
    print(f"{len(shown)} tasks ask for a text and show something; {len(names)} of them have different code")
    members = {some[0]: some for some in alike.values()}
    with ThreadPoolExecutor(2) as pool, Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        for some in pool.map(tried, chunks(names)):
            made = [{**one, "task": name} for one in some for name in members[one["task"]]]
            found += made
            file.writelines(json.dumps(one) + "\n" for one in made)
            file.flush()
    print("| stage | tasks |\n| --- | --- |")
    for stage, key in STAGES.items():
        print(f"| {stage} | {sum(bool(one.get(key)) for one in found):,} |")
    print(f"| ask a judge of their own | {sum(bool(one.get('judge')) for one in found):,} |")
    for fault, n in Counter(one["fault"] for one in found if one.get("fault")).most_common(12):
        print(f"- {n}: {fault}")


if __name__ == "__main__":
    main()
