"""Recorded sentences, as they were spoken or with one mistake cut into them: does a judge write down what is said?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from mmeval.catalog import bundled
from mmeval.judging.item import Item
from mmeval.types import JSON, Row

__all__ = ["MISTAKES", "Recordings", "item"]

MISTAKES = ("another word", "a word left out", "a word twice", "two words swapped")


class Recordings:
    """The bundled recordings: each as it is, and with a mistake. `scripts/speech_slice.py` makes them."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """A row for each file, with `id`, `kind`, `label`, `text` (the transcript) and `says` (what is heard)."""
        del offline
        for place, row in enumerate(json.loads(_listed())):
            yield {"id": str(place), **row}

    def describe(self) -> Mapping[str, JSON]:
        """The list of the files names each by its sha256."""
        return {"kind": "bundled", "id": "speech", "sha256": hashlib.sha256(_listed()).hexdigest()}


def item(row: Row) -> Item:
    """A recording; the transcript is what was to be said."""
    made = (_folder() / row["file"]).read_bytes()
    return Item(made, f'Say: "{row["text"]}"', row["text"], row["says"])


@cache
def _listed() -> bytes:
    return (_folder() / "items.json").read_bytes()


def _folder() -> Path:
    return bundled() / "benchmarks" / "judging" / "speech"
