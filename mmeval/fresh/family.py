"""A family of generators as a benchmark, in any of its seasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from mmeval.definitions import Benchmark
from mmeval.fresh import seasons
from mmeval.fresh.items import STEPS, Generator
from mmeval.fresh.scoring import RULES, scorer
from mmeval.fresh.source import Drawn, to_sample
from mmeval.metrics.understanding import understood_and_solved
from mmeval.scorers.base import Scorer

__all__ = ["family"]


def family(
    name: str,
    *,
    title: str,
    about: str,
    generators: Sequence[Generator],
    chance: float | None,
    rules: Mapping[str, Scorer] = RULES,
    video: str | None = None,
    audio: str | None = None,
) -> Callable[[str], Benchmark]:
    """The benchmark of a season, by the season's name.

    Args:
        name: of the benchmark.
        title: for people.
        about: one or two sentences.
        generators: what draws the items, in their order within a step.
        chance: expected share of main questions that random answers solve.
        rules: how the forms of its answers are read.
        video: how its films are shown, as in `Benchmark.video`.
        audio: how its sounds are given, as in `Benchmark.audio`.
    """

    def season(version: str) -> Benchmark:
        found = seasons.named(version)
        return Benchmark(
            name=name, version=found.name, title=title, about=about,
            data=Drawn(found, generators, name), to_sample=to_sample, score=scorer(rules), profile="mmeval",
            metric=understood_and_solved(), cluster="item", license="CC0-1.0", url=None, paper=None, rows=None,
            chance=chance, released=_released(found.name), redistribute=found.public, video=video, audio=audio,
            tags=("generated", "fresh", f"{len(generators)} generators", f"{len(STEPS)} steps"),
        )  # fmt: skip

    return season


def _released(season: str) -> date | None:
    """The first day of a season named after a month; None for a private one."""
    return date.fromisoformat(f"{season}-01") if season != seasons.PRIVATE else None
