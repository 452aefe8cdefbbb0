"""The rows of a fresh benchmark: every item of a season, as its main question and its perception questions."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmeval import media
from mmeval.errors import DataError
from mmeval.fresh.items import STEPS, Generator, Item, Question, draw
from mmeval.fresh.kept import Kept, opened
from mmeval.fresh.seasons import Season
from mmeval.types import JSON, Part, Row, Sample, Text

__all__ = ["Drawn", "to_sample"]

MAIN = "main"
PROBE = "probe"
REMEMBERED = 1024
"""Items that are kept in memory: several models are asked about the same ones, and drawing is what takes time."""
_remembered = functools.lru_cache(maxsize=REMEMBERED)(draw)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The source of a fresh benchmark: its items are drawn, or read from the file of a season that is drawn no more."""

    season: Season
    generators: Sequence[Generator] = field(repr=False)
    family: str = ""
    """The benchmark."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the questions: for each index and step one item of each generator. Never uses the network.

        So the first rows already hold every generator, and `--limit` cuts all of them alike.

        Raises:
            DataError: the season was drawn with other versions of the generators, and its file is not there.
        """
        kept, names = self._kept(), self._names()
        drawn = {one.name: one for one in self.generators}
        for index in range(self.season.per_step):
            for step in STEPS:
                for name in names:
                    one = (name, step, index)
                    item = kept.item(one) if kept else _remembered(drawn[name], self.season.seed, step, index)  # type: ignore[arg-type]
                    yield from _rows(name, item, step, index)

    def describe(self) -> Mapping[str, JSON]:
        """Season, seed or commitment, and the version of each generator."""
        there = self.season.generators
        versions: JSON = self._today() if there is None else {name: there[name] for name in self._names()}
        return {"kind": "fresh", **self.season.describe(), "generators": versions}

    def changed(self) -> str | None:
        """What differs between the season and today's generators; None if the season can be drawn."""
        there = self.season.generators
        if there is None:
            return None
        for name, version in self._today().items():
            if there.get(name) != version:
                had = f"version {there[name]}" if name in there else "no version"
                return f"season {self.season.name} has {had} of {name}, and this mmeval draws version {version}"
        return None

    def within(self) -> bool:
        """Whether the season has generators of this family."""
        return any(one.name in (self.season.generators or {}) for one in self.generators)

    def _today(self) -> dict[str, int]:
        return {one.name: one.version for one in self.generators}

    def _names(self) -> Sequence[str]:
        kept = self._kept()
        return kept.generators(self.family) if kept else list(self._today())

    def _kept(self) -> Kept | None:
        changed = self.changed()
        if changed is None:
            return None
        file, name, release = self.season.file(), self.season.name, self.season.release
        if not file.is_file():
            raise DataError(
                f"{changed}; its questions are read from {file.absolute()}, which does not exist; "
                f"mmeval {release} writes it: mmeval fresh export {name} --out {file.name}"
            )
        return opened(file.absolute(), name)


def _rows(generator: str, item: Item, step: int, index: int) -> Iterator[dict[str, Any]]:
    key = f"{generator}-{step}-{index:02}"
    shared = {"item": key, "generator": generator, "step": step, "images": item.images, "facts": dict(item.facts)}
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
