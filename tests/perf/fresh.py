"""What the drawn questions keep: python -m tests.perf.fresh [--items 1000] [--generator NAME ...] [--by-step | --pictures].

For each generator: how many questions are different, on how many items the second solver agrees, how many right answers
pass and how many near misses are refused. With `--pictures` they are drawn, too: how many pictures, films and sounds are
different, and the milliseconds of one item; a solver that only listens (`tests/perf/fresh_ears.py`) has to agree on sounds. `--by-step` tells for each
step the stated chance, what the best guess without the picture and a random one solve, and the accuracy of a scripted
solver with noise (`tests/perf/fresh_noise.py`). The command fails if a promise is broken.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from mmeval.fresh import STEPS, Generator, Item, draw
from mmeval.fresh.style import Page
from scripts.lock_seasons import generators
from tests.fresh.oracle import near_miss, right, score
from tests.perf.fresh_ears import by_ear
from tests.perf.fresh_guess import best_guess, margin, random_guess
from tests.perf.fresh_noise import accuracy

NOISY = 400
"""Items of each step for the scripted solver."""


@dataclass
class Kept:
    """Counts for one generator."""

    items: int = 0
    pictures: set[bytes] = field(default_factory=set)
    questions: set[bytes] = field(default_factory=set)
    agreed: int = 0
    accepted: int = 0
    refused: int = 0
    asked: int = 0
    seconds: float = 0.0

    def add(self, generator: Generator, item: Item, seconds: float) -> None:
        self.items += 1
        self.seconds += seconds
        shown = (*item.images, *(item.film.frames if item.film else ()), item.sound or b"")
        self.pictures.add(hashlib.sha256(b"".join(shown)).digest())
        self.questions.add(hashlib.sha256(f"{item.description}\0{item.main.text}".encode()).digest())
        self.agreed += generator.solve(item.facts) == item.main.target and (not item.sound or by_ear(generator, item))
        for one in (item.main, *item.probes):
            about = (one.form, one.target)
            self.asked += 1
            self.accepted += score(*about, right(*about), one.choices).value == 1
            self.refused += score(*about, near_miss(*about, one.choices), one.choices).value == 0

    def row(self, name: str) -> str:
        return (
            f"{name:10} {self.items:6} {len(self.pictures):8} {len(self.questions):9} {self.agreed:6} "
            f"{self.accepted / self.asked:8.1%} {self.refused / self.asked:8.1%} {1000 * self.seconds / self.items:6.0f}"
        )

    def holds(self, *, pictures: bool) -> bool:
        """Whether no two pictures are alike, both solvers agree, and every answer is scored as it should be."""
        exact = self.agreed == self.items and (not pictures or len(self.pictures) == self.items)
        return exact and self.accepted == self.refused == self.asked


def without_pictures(every: list[Generator]) -> None:
    """Let generators draw nothing: most of their time goes into pictures."""
    for name in ("line", "box", "circle", "oval", "polygon", "text"):
        setattr(Page, name, lambda *given, **named: None)
    Page.png = lambda self, *, effort=6: b""  # type: ignore[method-assign]
    for one in every:
        module = sys.modules[type(one).__module__]
        for name, drawn in (("_picture", b""), ("filmed", None), ("recorded", b"")):
            if hasattr(module, name):
                setattr(module, name, lambda *given, drawn=drawn, **named: drawn)


def kept(generator: Generator, items: int) -> Kept:
    found = Kept()
    for index in range(items // len(STEPS)):
        for step in STEPS:
            before = time.process_time()
            item = draw(generator, "proof", step, index)
            found.add(generator, item, time.process_time() - before)
    return found


def by_step(generator: Generator, items: int) -> Iterator[tuple[str, list[float]]]:
    """The stated chance, what two guesses solve, and the accuracy of the scripted solver, by step."""
    drawn = [[draw(generator, "guess", step, index) for index in range(items // len(STEPS))] for step in STEPS]
    rng = random.Random(0)
    yield "stated", [sum(item.main.chance for item in some) / len(some) for some in drawn]
    yield "best guess", [best_guess(some) for some in drawn]
    yield "random", [random_guess(some, rng) for some in drawn]
    yield "noisy", accuracy(generator, min(NOISY, items // len(STEPS)))


def near(rows: dict[str, list[float]], items: int) -> bool:
    """Whether no guess beats the stated chance by more than chance does."""
    bars = [chance + margin(chance, items // (2 * len(STEPS))) for chance in rows["stated"]]
    return all(share <= bar for name in ("best guess", "random") for share, bar in zip(rows[name], bars, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--generator", nargs="*", default=[])
    parser.add_argument("--by-step", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    given = parser.parse_args()
    chosen = [one for one in generators() if not given.generator or one.name in given.generator]
    broken = []
    if not given.pictures:
        without_pictures(chosen)
    if not given.by_step:
        print("generator   items pictures questions agreed accepted  refused     ms")
    for one in chosen:
        if given.by_step:
            rows = dict(by_step(one, given.items))
            for name, shares in rows.items():
                print(f"{one.name:10} {name:10}", *(f"{share:5.0%}" for share in shares), flush=True)
            holds = near(rows, given.items)
        else:
            found = kept(one, given.items)
            print(found.row(one.name), flush=True)
            holds = found.holds(pictures=given.pictures)
        broken += [] if holds else [one.name]
    sys.exit(f"broken: {', '.join(broken)}" if broken else None)


if __name__ == "__main__":
    main()
