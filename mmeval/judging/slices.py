"""A labelled slice: things made by our own program, right or wrong, and a judge's question about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from mmeval.data import generated
from mmeval.definitions import Benchmark
from mmeval.judging import films, objects, scenes, signs
from mmeval.judging.item import Draw
from mmeval.media import of_kind
from mmeval.metrics import accuracy
from mmeval.scorers import Scorer, questions_about, verdicts, written
from mmeval.scorers.judges.verdicts import RIGHT, WRONG, asked_of_a_judge
from mmeval.types import Row, Sample, Want

__all__ = ["SLICES", "Slice", "benchmark_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One kind of thing to judge, and the rule that asks the judge."""

    name: str
    """Of its benchmark, by which a judged benchmark names its slice."""
    version: int
    """Raised when a change draws other items."""
    want: Want
    """What the judged models make."""
    kinds: tuple[str, ...]
    draw: Draw
    scorer: Callable[[], Scorer]
    profile: str = "mmeval"


SLICES: Mapping[str, Slice] = {
    one.name: one
    for one in (
        Slice(name="judge_objects", version=1, want="image", kinds=objects.KINDS_OF_FACT, draw=objects.draw,
              scorer=questions_about),
        Slice(name="judge_scenes", version=1, want="image", kinds=scenes.KINDS_OF_FACT, draw=scenes.draw,
              scorer=questions_about),
        Slice(name="judge_signs", version=1, want="image", kinds=signs.MISTAKES, draw=signs.draw, scorer=written),
        Slice(name="judge_films", version=1, want="video", kinds=films.KINDS_OF_FACT, draw=films.draw,
              scorer=questions_about),
    )
}  # fmt: skip


def benchmark_of(name: str, *, title: str, about: str | None, each: int, seed: int) -> Benchmark:
    """The benchmark of a slice, which asks the judge as a model: `each` right and as many wrong items of each kind.

    The headline is the balanced accuracy: the mean of the shares of right and of wrong items that the judge calls so.
    """
    one = SLICES[name]
    rows = 2 * each * len(one.kinds)
    return Benchmark(
        name=name, version=str(one.version), title=title, about=about or "",
        data=generated(partial(_rows, one), n=each, seed=seed), to_sample=partial(_sample, one),
        score=verdicts(one.scorer(), profile=one.profile), profile="mmeval",
        metric=accuracy(by=("category", "label"), macro="label"), cluster=None, license="CC0-1.0", url=None, paper=None,
        rows=rows, chance=0.5, redistribute=True, tags=("generated", "judging"),
    )  # fmt: skip


def _rows(one: Slice, rng: Random) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "label": label, "seed": rng.getrandbits(48)} for kind in one.kinds for label in (RIGHT, WRONG)
    ]


def _sample(one: Slice, row: Row) -> Sample:
    right = row["label"] == RIGHT
    item = one.draw(Random(row["seed"]), row["kind"], right)  # noqa: S311 - no secret
    rule: Any = one.scorer().rule(one.profile)
    return asked_of_a_judge(
        rule, name=row["id"], prompt=item.prompt, target=item.target, made=of_kind(one.want, item.made), right=right,
        says=item.says, kind=row["kind"],
    )  # fmt: skip
