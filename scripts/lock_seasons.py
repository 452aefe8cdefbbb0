"""Write benchmarks/fresh/digests.json, what the public seasons draw: python -m scripts.lock_seasons [--check].

A season that is drawn no more keeps its digests. It refuses a season that asks the same question twice; take another
seed then.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, Generator, draw
from mmeval.fresh.digests import FILE, Digests, digest, drawn, read
from mmeval.fresh.seasons import Season, all_public

COMMAND = "python -m scripts.lock_seasons"


def generators() -> Iterator[Generator]:
    """Every generator of the bundled fresh benchmarks."""
    catalog = Catalog()
    for name in catalog.benchmarks():
        if name.startswith("fresh_"):
            yield from catalog.benchmark(name).data.generators  # type: ignore[attr-defined]


def first(generator: Generator, season: Season) -> str:
    """The digest of the first item of each step."""
    return digest([draw(generator, season.seed, step, 0) for step in STEPS])


def whole(generator: Generator, season: Season) -> str:
    """The digest of all items; exits where two of them ask the same."""
    items = drawn(generator, season)
    asked = {f"{item.description}\0{item.main.text}" for item in items}
    if len(asked) < len(items):
        sys.exit(
            f"season {season.name}: {generator.name} asks {len(items) - len(asked)} questions twice; take another seed"
        )
    return digest(items)


def current(season: Season, locked: Digests) -> dict[str, dict[str, str]]:
    """The digests of a season; those of generators that have changed since stay."""
    there = season.generators or {}
    now = {one.name: one for one in generators() if there.get(one.name) == one.version}
    kept = {name: dict(locked.get(season.name, {})[name]) for name in there.keys() - now.keys()}
    return kept | {name: {"first": first(one, season), "all": whole(one, season)} for name, one in now.items()}


def main() -> None:
    locked = read()
    now = {name: current(season, locked) for name, season in all_public().items()}
    if "--check" in sys.argv:
        sys.exit(None if locked == now else f"the seasons draw other items than {FILE} says")
    FILE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
