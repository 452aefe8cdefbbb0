"""What a season draws, as digests: `benchmarks/fresh/digests.json` has them for each public season and generator.

The digest of a generator covers the pixels, sounds, questions and answers of its items. Of a film it covers the frames
as they are drawn, for the encoded file depends on the version of PyAV.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping

from mmeval.documents import read_json
from mmeval.errors import DataError
from mmeval.fresh.items import STEPS, Generator, Item, draw
from mmeval.fresh.seasons import Season, table

__all__ = ["FILE", "Digests", "digest", "drawn", "read"]

FILE = table().with_name("digests.json")
Digests = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Season, generator, then `first` (the first item of each step) and `all`."""


def drawn(generator: Generator, season: Season) -> list[Item]:
    """All items of a generator in a season, those of one index together."""
    return [draw(generator, season.seed, step, index) for index in range(season.per_step) for step in STEPS]


def digest(items: Iterable[Item]) -> str:
    """sha256 over what people and models see of items, and over their answers, hexadecimal."""
    import numpy as np
    from PIL import Image

    found = hashlib.sha256()
    for item in items:
        for picture in (*item.images, *(item.film.frames if item.film else ())):
            found.update(np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).tobytes())
        found.update(item.sound or b"")
        said = [[q.text, q.form, q.target, q.choices] for q in (item.main, *item.probes)]
        found.update(json.dumps([said, item.description, dict(item.facts)], sort_keys=True).encode())
    return found.hexdigest()


def read() -> Digests:
    """The digests as they are locked."""
    digests: Digests = read_json(FILE, DataError)
    return digests
