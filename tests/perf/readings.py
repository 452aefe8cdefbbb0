"""How often mmeval's own reading errs, against what a person reads: `python -m tests.perf.readings [--show] [FILE...]`.

A file is a list of `{scorer, target, choices, kind, part, replies}`. Each reply is a pair: the text, and the answer (kind
`answer`) or the value (kind `value`) that a careful person gives it. `notations.json` has `form` and `question` instead of
`scorer`, and its numbers are compared by value. A reading is *false* if it finds an answer that the person does not
find, and *not read* if it finds none where the person finds one. No rule was changed for what is not read in the part `unseen`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval import scorers
from mmeval.fresh.scoring import RULES
from mmeval.scorers.readers.quantities import parse
from mmeval.types import Reply, Sample, Text

ROOT = Path(__file__).parents[1] / "scorers"
FILES = (ROOT / "readings.json", ROOT / "reading_traps.json")
PROFILE = "mmeval"
Case = Mapping[str, Any]


def verdict(case: Case) -> str:
    """`right`, `false` or `not read`."""
    asked = (Text(case["question"]),) if "question" in case else ()
    sample = Sample(id="1", prompt=asked, target=case["target"], choices=tuple(case.get("choices", ())))
    scorer = RULES[case["form"]] if "form" in case else getattr(scorers, case["scorer"])()
    score: Any = scorer.rule(PROFILE)(sample, Reply(text=case["text"], finish="stop"))
    if case.get("form") == "number" and score.answer is not None and case["want"] is not None:
        return "right" if parse(score.answer).value == float(case["want"]) else "false"  # type: ignore[union-attr]
    if case.get("kind") == "value":
        if score.value == case["want"]:
            return "right"
        return "not read" if score.answer is None else "false"
    if score.answer == case["want"]:
        return "right"
    return "not read" if score.answer is None else "false"


def cases(file: Path) -> list[Case]:
    """The replies of a file."""
    groups = json.loads(file.read_text(encoding="utf-8"))
    return [{**group, "text": text, "want": want} for group in groups for text, want in group["replies"]]


def parts(files: Iterable[Path] = FILES) -> dict[str, list[Case]]:
    """The replies of all files, by file and part."""
    found: dict[str, list[Case]] = {}
    for file in files:
        for case in cases(file):
            part = f", {case['part']}" if "part" in case else ""
            found.setdefault(f"`{file.name}`{part}", []).append(case)
    return found


def report(files: Iterable[Path] = FILES) -> str:
    """A table in Markdown: false readings and replies not read, for each part, and for each scorer of the unseen one."""
    rows = ["| replies | number | false | not read |", "| --- | --- | --- | --- |"]
    for name, each in parts(files).items():
        rows.append(_row(name, each))
        if name.endswith("unseen"):
            kinds = dict.fromkeys(map(_kind, each))
            rows += [_row(f"… `{one}`", [case for case in each if _kind(case) == one]) for one in kinds]
    return "\n".join(rows)


def _kind(case: Case) -> str:
    return str(case.get("scorer") or case["form"])


def _row(name: str, each: Sequence[Case]) -> str:
    n = Counter(map(verdict, each))
    shares = (f"{100 * n[kind] / n.total():.1f} %" for kind in ("false", "not read"))
    return f"| {name} | {n.total()} | {' | '.join(shares)} |"


def main() -> None:
    """Print the table, and the replies that are not read as people do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    parser.add_argument("--show", action="store_true", help="print the replies that are not read right")
    given = parser.parse_args()
    print(report(given.files))
    wrong = [(verdict(case), case) for each in parts(given.files).values() for case in each] if given.show else []
    for found, case in wrong:
        if found != "right":
            print(f"{found:8} {_kind(case):12} {case['text']!r} -> {case['want']!r} ({case['target']!r})")


if __name__ == "__main__":
    main()
