"""How often mmeval's own reading errs, against what a person reads: `python -m tests.perf.readings [--show] [FILE...]`.

A file is a list of `{scorer, text, target, choices, want, kind}`: the reply, and the answer (kind `answer`) or the value
(kind `value`) that a careful person gives it. A reading is *false* if it finds an answer that the person does not find, and
*not read* if it finds none where the person finds one.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmeval import scorers
from mmeval.types import Reply, Sample

ROOT = Path(__file__).parents[1] / "scorers"
FILES = (ROOT / "readings.json", ROOT / "reading_traps.json")
PROFILE = "mmeval"
Case = Mapping[str, Any]


def verdict(case: Case) -> str:
    """`right`, `false` or `not read`."""
    sample = Sample(id="1", prompt=(), target=case["target"], choices=tuple(case["choices"]))
    score = getattr(scorers, case["scorer"])().rule(PROFILE)(sample, Reply(text=case["text"], finish="stop"))
    if case["kind"] == "value":
        if score.value == case["want"]:
            return "right"
        return "not read" if score.answer is None else "false"
    if score.answer == case["want"]:
        return "right"
    return "not read" if score.answer is None else "false"


def cases(file: Path) -> list[Case]:
    """The replies of a file."""
    found: list[Case] = json.loads(file.read_text(encoding="utf-8"))
    return found


def table(verdicts: Mapping[str, Iterable[str]]) -> str:
    """Markdown: one row for each key, with shares in percent."""
    rows = ["| | replies | false | not read |", "| --- | --- | --- | --- |"]
    for key, each in verdicts.items():
        n = Counter(each)
        total = n.total()
        rows.append(f"| {key} | {total} | {100 * n['false'] / total:.1f} % | {100 * n['not read'] / total:.1f} % |")
    return "\n".join(rows)


def grouped(all_cases: Iterable[Case]) -> dict[str, list[str]]:
    """Verdicts by scorer, and all of them together."""
    found: dict[str, list[str]] = {}
    for case in all_cases:
        found.setdefault(case["scorer"], []).append(verdict(case))
    return {**found, "together": [one for each in found.values() for one in each]}


def main() -> None:
    """Print a table for each file and part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    parser.add_argument("--show", action="store_true", help="print the replies that are not read right")
    parser.add_argument("--part", help="only this part")
    given = parser.parse_args()
    for file in given.files:
        parts: dict[str, list[Case]] = {}
        for case in cases(file):
            parts.setdefault(case.get("part", "all"), []).append(case)
        for part, each in parts.items():
            if given.part in (None, part):
                print(f"\n{file.name}, {part}\n\n{table(grouped(each))}")
                for case in each if given.show else ():
                    if (found := verdict(case)) != "right":
                        print(
                            f"{found:8} {case['scorer']:12} {case['text']!r} -> {case['want']!r} ({case['target']!r})"
                        )


if __name__ == "__main__":
    main()
