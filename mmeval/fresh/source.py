"""The rows of a fresh benchmark: every item of a season, as its main question and its perception questions."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmeval import media
from mmeval.errors import DataError
from mmeval.fresh.items import STEPS, Generator, Item, Question, UnclearError
from mmeval.fresh.seasons import Season
from mmeval.types import JSON, Part, Row, Sample, Text

__all__ = ["Drawn", "draw", "to_sample"]

MAIN = "main"
PROBE = "probe"


def draw(generator: Generator, seed: str, step: int, index: int) -> Item:
    """Item `index`, from 0, of a generator at a step of its dial."""
    rng = random.Random(f"{seed}:{generator.name}:{step}:{index}")  # noqa: S311 - no secret
    while True:
        try:
            return generator.draw(rng, step)
        except UnclearError:
            continue


REMEMBERED = 1024
"""Items that are kept in memory: several models are asked about the same ones, and drawing is what takes time."""
_remembered = functools.lru_cache(maxsize=REMEMBERED)(draw)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The source of a fresh benchmark."""

    season: Season
    generators: Sequence[Generator] = field(repr=False)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the questions: for each index and step one item of each generator. Never uses the network.

        So the first rows already hold every generator, and `--limit` cuts all of them alike.

        Raises:
            DataError: the season was drawn with other versions of the generators.
        """
        self._check_versions()
        for index in range(self.season.per_step):
            for step in STEPS:
                for generator in self.generators:
                    item = _remembered(generator, self.season.seed, step, index)  # type: ignore[arg-type]
                    yield from _rows(generator, item, step, index)

    def describe(self) -> Mapping[str, JSON]:
        """Season, seed or commitment, and the version of each generator."""
        versions: JSON = {one.name: one.version for one in self.generators}
        return {"kind": "fresh", **self.season.describe(), "generators": versions}

    def _check_versions(self) -> None:
        if self.season.generators is None:
            return
        for one in self.generators:
            there = self.season.generators.get(one.name)
            if there != one.version:
                raise DataError(
                    f"season {self.season.name} has {one.name} version {there}, and this mmeval draws version "
                    f"{one.version}; run the season of this release, or install the release that made the season"
                )


def _rows(generator: Generator, item: Item, step: int, index: int) -> Iterator[dict[str, Any]]:
    key = f"{generator.name}-{step}-{index:02}"
    shared = {"item": key, "generator": generator.name, "step": step, "images": item.images, "facts": dict(item.facts)}
    shared |= {"film": item.film and item.film.file(), "sound": item.sound}
    probes = [(f"{key}.{place}", PROBE, str(place), probe) for place, probe in enumerate(item.probes, 1)]
    for name, role, answers, question in [(key, MAIN, MAIN, item.main), *probes]:
        yield {
            **shared,
            "id": name,
            "role": role,
            "answers": answers,
            "question": question,
            "probes": len(item.probes),
            "description": item.description,
        }


def to_sample(row: Row) -> Sample:
    """A row as a sample. What is shown stands in front of the question; all questions of an item form a cluster."""
    question: Question = row["question"]
    return Sample(
        id=row["id"],
        prompt=(*_shown(row), Text(question.text)),
        target=question.target,
        choices=question.choices,
        cluster=row["item"],
        description=row["description"],
        tags={
            "category": row["generator"],
            "step": str(row["step"]),
            "dial": f"{row['generator']} {row['step']}",
            "role": row["role"],
            "form": question.form,
            "item": row["item"],
            "answers": f"{row['generator']} {row['answers']}",
            "probes": str(row["probes"]),
        },
    )


def _shown(row: Row) -> Iterator[Part]:
    many = len(row["images"]) > 1
    for place, data in enumerate(row["images"], 1):
        yield media.image(data, source=f"{row['item']}{f' picture {place}' if many else ''}")
    if row["film"]:
        yield media.video(row["film"], source=row["item"])
    if row["sound"]:
        yield media.audio(row["sound"], source=row["item"])
