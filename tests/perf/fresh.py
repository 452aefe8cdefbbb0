"""What the drawn questions keep: python -m tests.perf.fresh [--items 1000] [--generator NAME ...] [--by-step | --pictures].

For each generator: how many puzzles are different, how many items ask the same about the same picture as one before, on
how many the second solver agrees, how many right answers pass and how many near misses are refused. Only those items are
drawn for that whose puzzle came before, and of `fresh_puzzles`, whose pictures all show their paper, those on paper of
the same colour. With `--pictures` all items are drawn as they are asked, with the milliseconds of one, and a solver that
only listens (`tests/perf/fresh_ears.py`) has to agree on sounds. `--by-step` tells for each step the stated chance, what
the best guess without the picture and a random one solve, and the accuracy of a scripted solver with noise
(`tests/perf/fresh_noise.py`). The command fails if a promise is broken.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from mmeval.fresh import STEPS, Generator, Item, draw
from mmeval.fresh.puzzles import GENERATORS as PUZZLES
from mmeval.fresh.style import Page, Style
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
    puzzles: set[bytes] = field(default_factory=set)
    repeated: int = 0
    agreed: int = 0
    accepted: int = 0
    refused: int = 0
    asked: int = 0
    seconds: float = 0.0

    def add(self, generator: Generator, item: Item, seconds: float) -> None:
        self.items += 1
        self.seconds += seconds
        self.puzzles.add(puzzle(item))
        self.agreed += generator.solve(item.facts) == item.main.target and (not item.sound or by_ear(generator, item))
        for one in (item.main, *item.probes):
            about = (one.form, one.target)
            self.asked += 1
            self.accepted += score(*about, right(*about), one.choices).value == 1
            self.refused += score(*about, near_miss(*about, one.choices), one.choices).value == 0

    def row(self, name: str, *, timed: bool) -> str:
        took = f" {1000 * self.seconds / self.items:6.0f}" if timed else ""
        return (
            f"{name:10} {self.items:6} {len(self.puzzles):8} {self.repeated:9} {self.agreed:6} "
            f"{self.accepted / self.asked:8.1%} {self.refused / self.asked:8.1%}{took}"
        )

    def holds(self) -> bool:
        """Whether no item is repeated, both solvers agree, and every answer is scored as it should be."""
        return not self.repeated and self.agreed == self.items and self.accepted == self.refused == self.asked


def puzzle(item: Item) -> bytes:
    """A digest of the facts and the main question."""
    return hashlib.sha256(f"{item.description}\0{item.main.text}".encode()).digest()


def shown(item: Item) -> bytes:
    """A digest of what an item shows."""
    return hashlib.sha256(
        b"".join((*item.images, *(item.film.frames if item.film else ()), item.sound or b""))
    ).digest()


@contextmanager
def looks() -> Iterator[list[Style]]:
    """The looks of the items that are drawn."""
    made: list[Style] = []
    begin = Style.__init__

    def noted(self: Style, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        made.append(self)

    with mock.patch.object(Style, "__init__", noted):
        yield made


@contextmanager
def without_pictures(generator: Generator) -> Iterator[None]:
    """Let a generator draw nothing: most of its time goes into pictures."""
    module = sys.modules[type(generator).__module__]
    with ExitStack() as patches:

        def put(there: Any, name: str, returned: Any) -> None:
            def nothing(*given: object, **named: object) -> Any:
                return returned

            patches.enter_context(mock.patch.object(there, name, nothing))

        for name in ("line", "box", "circle", "oval", "polygon", "text"):
            put(Page, name, None)
        put(Page, "png", b"")
        for name, made in (("_picture", b""), ("filmed", None), ("recorded", b"")):
            if hasattr(module, name):
                put(module, name, made)
        yield


def _added(generator: Generator, items: int) -> Iterator[tuple[Kept, Item, tuple[int, int]]]:
    """The counts so far, the item that came last, its step and index."""
    found = Kept()
    for index in range(items // len(STEPS)):
        for step in STEPS:
            before = time.process_time()
            item = draw(generator, "proof", step, index)
            found.add(generator, item, time.process_time() - before)
            yield found, item, (step, index)


def from_facts(generator: Generator, items: int) -> Kept:
    """The counts, with the pictures of those items alone that may be alike."""
    found, alike = Kept(), defaultdict(list)
    with without_pictures(generator), looks() as made:
        for found, item, at in _added(generator, items):  # noqa: B007 - the last one has all counts
            alike[puzzle(item), made[-1].paper if generator in PUZZLES else None].append(at)
            made.clear()
    for places in alike.values():
        if len(places) > 1:
            found.repeated += len(places) - len({shown(draw(generator, "proof", *at)) for at in places})
    return found


def from_pictures(generator: Generator, items: int) -> Kept:
    """The counts, with all pictures as they are asked."""
    found, seen = Kept(), set()
    for found, item, _ in _added(generator, items):  # noqa: B007 - the last one has all counts
        seen.add((shown(item), item.main.text))
    found.repeated = items - len(seen)
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
    if not given.by_step:
        print(f"generator   items  puzzles  repeated agreed accepted  refused{'     ms' if given.pictures else ''}")
    broken = [one.name for one in chosen if not reported(one, given)]
    sys.exit(f"broken: {', '.join(broken)}" if broken else None)


def reported(generator: Generator, given: argparse.Namespace) -> bool:
    """Print the rows of a generator; whether its promises hold."""
    if not given.by_step:
        found = (from_pictures if given.pictures else from_facts)(generator, given.items)
        print(found.row(generator.name, timed=given.pictures), flush=True)
        return found.holds()
    with without_pictures(generator):
        rows = dict(by_step(generator, given.items))
    for name, shares in rows.items():
        print(f"{generator.name:10} {name:10}", *(f"{share:5.0%}" for share in shares), flush=True)
    return near(rows, given.items)


if __name__ == "__main__":
    main()
