"""Caches scores that were read and checked as small files, so that the next build does not read them again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from mmeval.board import vectorfile
from mmeval.board.cards import BenchmarkCard, benchmark_card
from mmeval.board.collect import read_checked
from mmeval.board.filedigests import FileDigests, Seen
from mmeval.board.vectors import Vector
from mmeval.catalog import Catalog
from mmeval.errors import StoreError
from mmeval.store import Run, canonical, read_run

VERSION = 7
"""Raise it when the same files would be read, checked or stored differently."""


class Key(NamedTuple):
    """What a run was read from."""

    name: str
    """Of its cache file: everything that its scores come from."""
    source: str
    """Everything that its pages show, but for the samples."""
    journal: str
    """sha256 of the journal; empty without one."""


class Reader:
    """Reads runs through a folder of cached vectors. A run that fails its checks is never cached."""

    def __init__(self, cache: Path, digests: FileDigests | None = None) -> None:
        self.cache = cache
        self.digests = digests or FileDigests(cache / "files.json")
        self.keys: dict[Path, Key] = {}
        self.samples: dict[tuple[Any, ...], str] = {}

    def __call__(self, run: Run, card: BenchmarkCard) -> Vector:
        """The scores of a run; raises StoreError as `read_checked` does."""
        key = self.keys.get(run.path) or self._key(run, card, self.digests.of)
        assert key is not None  # `of` always has an answer
        stored = vectorfile.load(
            f"{self.cache}/runs/{key.name}", f"{self.cache}/ids", source=key.source, journal=key.journal
        )
        if stored is not None:
            return stored
        vector = read_checked(run, card)
        if self.digests.same(run.files.shown()):  # nobody has written while they were read
            vectorfile.keep(vector, self.cache / "runs" / key.name, self.cache / "ids")
        return replace(vector, source=key.source, journal=key.journal)

    def _key(self, run: Run, card: BenchmarkCard, digest: Callable[[str], str | None]) -> Key | None:
        """The key of a run; None if one of its files has no digest."""
        found = [digest(file) for file in run.files.shown()]
        if None in found:
            return None
        scores, journal, *others = map(str, found)
        source = [run.digest, scores, journal]
        parts = [VERSION, *source, card.digest, self._samples(run)]
        key = Key(_sha(parts)[:40], _sha([*source, *others]), journal)
        self.keys[run.path] = key
        return key

    def _samples(self, run: Run) -> str:
        """The digest of the samples of a run, looked for once for all runs that share them."""
        spec = run.info.spec
        place = (run.path.parents[2], spec.benchmark, spec.version, spec.variant, run.info.samples_digest)
        if place not in self.samples:
            file = run.samples()
            self.samples[place] = self.digests.of(str(file)) if file else ""
        return self.samples[place]

    def missing(self, runs: Sequence[Run], catalog: Catalog) -> list[Path]:
        """Folders of the runs that have to be read, grouped by benchmark."""
        cards = {name: benchmark_card(name, catalog) for name in {run.info.spec.benchmark for run in runs}}
        here = set(os.listdir(self.cache / "runs")) if (self.cache / "runs").is_dir() else set()

        def absent(run: Run) -> bool:
            key = self._key(run, cards[run.info.spec.benchmark], self.digests.known)
            return key is None or key.name not in here

        found = [run.path for run in runs if absent(run)]
        return sorted(found, key=lambda folder: (folder.parent.name, folder))


def prime(folders: Sequence[Path], catalog: Catalog, cache: Path) -> Mapping[str, Seen]:
    """Read and cache some runs in a worker process; returns the digests of their files.

    `collect` reports those that cannot be read.
    """
    reader = Reader(cache, FileDigests())
    for folder in folders:
        try:
            run = read_run(folder)
            reader(run, benchmark_card(run.info.spec.benchmark, catalog))
        except StoreError:
            continue
    return reader.digests.found


def _sha(parts: Any) -> str:
    return hashlib.sha256(canonical(parts)).hexdigest()
