"""What the drawn questions keep: python -m tests.perf.fresh [--items 10000] [--generator NAME ...].

For each generator: how many pictures and how many questions are different, on how many items the second solver agrees,
whether right answers pass and near misses are refused, how often the most frequent answer is right, and the time for one
item. Then the accuracy of a scripted solver that misreads each fact with a probability, by step.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, Generator, Item, draw
from tests.fresh.oracle import near_miss, right, score


@dataclass
class Kept:
    """Counts for one generator."""

    items: int = 0
    pictures: set[bytes] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    agreed: int = 0
    accepted: int = 0
    refused: int = 0
    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, generator: Generator, item: Item, seconds: float) -> None:
        self.items += 1
        self.seconds += seconds
        self.pictures.add(hashlib.sha256(b"".join(item.images)).digest())
        self.questions.add(f"{item.description}\0{item.main.text}")
        self.agreed += generator.solve(item.facts) == item.main.target
        self.answers[right(item.main.form, item.main.target)] += 1
        for one in (item.main, *item.probes):
            self.asked += 1
            self.accepted += score(one.form, one.target, right(one.form, one.target), one.choices).value == 1
            self.refused += (
                score(one.form, one.target, near_miss(one.form, one.target, one.choices), one.choices).value == 0
            )

    def row(self, name: str) -> str:
        majority = self.answers.most_common(1)[0][1] / self.items
        return (
            f"{name:12} {self.items:6} {len(self.pictures):8} {len(self.questions):9} {self.agreed:6} "
            f"{self.accepted / self.asked:8.1%} {self.refused / self.asked:8.1%} {majority:8.1%} {1000 * self.seconds / self.items:6.1f}"
        )


def generators(wanted: list[str]) -> Iterator[Generator]:
    catalog = Catalog()
    for name in catalog.benchmarks():
        if name.startswith("fresh_"):
            found = catalog.benchmark(name).data.generators  # type: ignore[attr-defined]
            yield from (one for one in found if not wanted or one.name in wanted)


def kept(generator: Generator, items: int) -> Kept:
    found = Kept()
    for index in range(items // len(STEPS)):
        for step in STEPS:
            before = time.process_time()
            item = draw(generator, "proof", step, index)
            found.add(generator, item, time.process_time() - before)
    return found


def noisy(generator: Generator, misread: float, items: int) -> list[float]:
    """Accuracy by step of a solver that misreads each fact of an item with a probability, and then answers wrongly."""
    rng, rows = random.Random(0), []
    for step in STEPS:
        facts = [_facts(draw(generator, "noise", step, index).facts) for index in range(items)]
        rows.append(sum(all(rng.random() >= misread for _ in range(n)) for n in facts) / items)
    return rows


def _facts(value: object) -> int:
    """How many single facts an item has."""
    if isinstance(value, dict):
        return sum(map(_facts, value.values()))
    return sum(map(_facts, value)) if isinstance(value, list) else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--generator", nargs="*", default=[])
    given = parser.parse_args()
    print(
        f"{'generator':12} {'items':>6} {'pictures':>8} {'questions':>9} {'agreed':>6} {'accepted':>8} {'refused':>8} {'majority':>8} {'ms':>6}"
    )
    for one in generators(given.generator):
        print(kept(one, given.items).row(one.name), flush=True)
    print("\naccuracy by step of a solver that misreads 3 % of the facts, 40 items each")
    for one in generators(given.generator):
        print(f"{one.name:12}", " ".join(f"{share:6.0%}" for share in noisy(one, 0.03, 40)), flush=True)


if __name__ == "__main__":
    main()
