"""Write benchmarks/fresh/digests.json, what the public seasons draw: python -m scripts.lock_seasons [--check].

The digest of a generator covers the pixels, sounds, questions and answers of its items. Of a film it covers the frames
as they are drawn, for the encoded file depends on the version of PyAV. It refuses a season that asks the same question
twice; take another seed then.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Iterator, Mapping

import numpy as np
from PIL import Image

from mmeval.catalog import Catalog
from mmeval.fresh import STEPS, Generator, Item, draw
from mmeval.fresh.seasons import Season, all_public, table

FILE = table().with_name("digests.json")
COMMAND = "python -m scripts.lock_seasons"
Digests = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Season, generator, then `first` (the first item of each step) and `all`."""


def generators() -> Iterator[Generator]:
    """Every generator of the bundled fresh benchmarks."""
    catalog = Catalog()
    for name in catalog.benchmarks():
        if name.startswith("fresh_"):
            yield from catalog.benchmark(name).data.generators  # type: ignore[attr-defined]


def digest(items: list[Item]) -> str:
    """sha256 over what people and models see of items, and over their answers, hexadecimal."""
    found = hashlib.sha256()
    for item in items:
        for picture in (*item.images, *(item.film.frames if item.film else ())):
            found.update(np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).tobytes())
        found.update(item.sound or b"")
        said = [[q.text, q.form, q.target, q.choices] for q in (item.main, *item.probes)]
        found.update(json.dumps([said, item.description, dict(item.facts)], sort_keys=True).encode())
    return found.hexdigest()


def first(generator: Generator, season: Season) -> str:
    """The digest of the first item of each step."""
    return digest([draw(generator, season.seed, step, 0) for step in STEPS])


def whole(generator: Generator, season: Season) -> str:
    """The digest of all items; exits where two of them ask the same."""
    items = [draw(generator, season.seed, step, index) for index in range(season.per_step) for step in STEPS]
    asked = {f"{item.description}\0{item.main.text}" for item in items}
    if len(asked) < len(items):
        sys.exit(
            f"season {season.name}: {generator.name} asks {len(items) - len(asked)} questions twice; take another seed"
        )
    return digest(items)


def read() -> Digests:
    """The digests as they are locked."""
    digests: Digests = json.loads(FILE.read_text(encoding="utf-8"))
    return digests


def main() -> None:
    now = {
        name: {one.name: {"first": first(one, season), "all": whole(one, season)} for one in generators()}
        for name, season in all_public().items()
    }
    if "--check" in sys.argv:
        sys.exit(None if read() == now else f"the seasons draw other items than {FILE} says")
    FILE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
