"""Twins without the hub: rows under the contract of the real source, films and sounds in one folder for all of them.

What `datasets` and the archives add is tested once: films with Video-MME in test_twins.py, sounds with LibriSpeech in
test_clips.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from mmeval import Benchmark, Sample, animate, data
from mmeval.animate import Tone
from mmeval.catalog import Catalog
from mmeval.data.archives import Unpacked
from mmeval.data.contract import checked
from mmeval.data.pins import Composite
from mmeval.definitions import Source
from tests.benchmarks.twin import Twin, _part

FILMS = ("one.mp4", "two.mp4")
SOUNDS = ("one.wav", "two.wav")


def film(shade: int) -> bytes:
    """A second of film that gets brighter."""
    return animate.film(Image.new("RGB", (64, 48), (shade + 8 * i,) * 3) for i in range(12))


def sound(pitch: float) -> bytes:
    return animate.tones([Tone(0.3, pitch)], Tone(0.1, timbre=""), Random(0))


def fill(folder: Path) -> Path:
    """Write the films and sounds. They are found by their names, in whatever folder a row says."""
    for number, name in enumerate(FILMS):
        (folder / name).write_bytes(film(10 + 50 * number))
    words = [
        {"text": text, "start_time": 0.1 * n, "end_time": 0.1 * n + 0.1} for n, text in enumerate(("It", "begins."))
    ]
    (folder / "one.jsonl").write_text("\n".join(map(json.dumps, words)))
    for number, name in enumerate(SOUNDS):
        (folder / name).write_bytes(sound(300 + 200 * number))
    return folder


@dataclass(frozen=True)
class Laid:
    real: Source
    rows_: Sequence[Mapping[str, Any]]
    folder: Path

    def rows(self, *, offline: bool = False) -> Iterator[Mapping[str, Any]]:
        for row in checked(self.rows_, self.real.columns, where=self.real.where):
            yield {**row, "folder": str(self.folder)}

    def describe(self) -> Mapping[str, Any]:
        return self.real.describe()


def laid(source: Source, twin: Twin, folder: Path, index: int = 0) -> Source:
    if isinstance(source, Composite) and not isinstance(source, Unpacked):
        parts = enumerate(source.sources())
        return source.with_sources(tuple(laid(part, twin, folder, at) for at, part in parts))
    leaf = source.source if isinstance(source, Unpacked) else source
    return Laid(leaf, _part(twin, leaf, index)[1], folder)


def load(name: str, twin: Twin, folder: Path) -> tuple[Benchmark, list[Sample]]:
    benchmark = Catalog().benchmark(name)
    benchmark = replace(benchmark, data=laid(benchmark.data, twin, folder))
    return benchmark, list(data.samples(benchmark))
