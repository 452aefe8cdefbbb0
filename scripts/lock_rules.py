"""Write mmeval/scorers/lock.json, the digests of the code behind every rule and metric: python -m scripts.lock_rules.

It refuses unless all recorded vectors still give the same result.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval import metrics, scorers
from mmeval.catalog import Catalog
from mmeval.metrics import Metric
from mmeval.scorers import Scorer
from mmeval.scorers.identity import code_of
from tests.scorers.vectors import failures

LOCK = Path(scorers.__file__).with_name("lock.json")
COMMAND = "python -m scripts.lock_rules"
Lock = Mapping[str, Mapping[str, str]]
"""`rules` and `metrics`: identity to the first twelve digits of the digest of its code."""


def bundled_scorers() -> Iterator[Scorer]:
    catalog = Catalog()
    yield from (catalog.benchmark(name).score for name in catalog.benchmarks())
    makers = (getattr(scorers, name) for name in scorers.__all__)
    functions = [make for make in makers if inspect.isfunction(make)]
    yield from (make() for make in functions if not any(map(required, inspect.signature(make).parameters.values())))


def required(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty


NEEDED: Mapping[str, Mapping[str, Any]] = {
    "grouped": {
        "name": "a",
        "headline": "a",
        "parts": {"a": metrics.groups.Share(value=metrics.groups.every())},
        "about": "",
    },
    "mme_score": {"totals": {"all": ["a"]}},
    "in_every_rotation": {"metric": metrics.accuracy()},
    "with_facts": {"metric": metrics.accuracy(), "tag": "a"},
    "with_own_errors": {"metric": metrics.accuracy()},
    "with_answers": {"metric": metrics.accuracy(), "tag": "a", "name": "b"},
    "page_parts": {"name": "a", "mean": ["b"]},
    "over_prompts": {"metric": metrics.accuracy(), "prompts": 2},
}
"""Arguments of the metrics that need some."""


def bundled_metrics() -> Iterator[tuple[str, Metric]]:
    for name in metrics.__all__:
        make = getattr(metrics, name)
        if inspect.isfunction(make):
            yield name, make(**NEEDED.get(name, {}))


def current() -> Lock:
    rules = {s.identity(profile): s.code(profile)[:12] for s in bundled_scorers() for profile in s.rules}
    numbers = {f"{name}@{metric.version}": code_of([metric.aggregate])[:12] for name, metric in bundled_metrics()}
    return {"metrics": numbers, "rules": rules}


def changed(lock: Lock) -> list[str]:
    """Identities whose code is not the locked one, or that are in one of the two only."""
    now = current()
    return sorted(
        name
        for kind in ("rules", "metrics")
        for name in lock[kind].keys() | now[kind].keys()
        if lock[kind].get(name) != now[kind].get(name)
    )


def read() -> Lock:
    lock: Lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def main() -> None:
    failed = failures()
    if failed:
        sys.exit(f"the lock stays as it is: {len(failed)} recorded vectors give another result: {', '.join(failed)}")
    LOCK.write_text(json.dumps(current(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
