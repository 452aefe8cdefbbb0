"""A task: what a model is asked to make, how we make it ourselves, and how we see whether the facts are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from mmeval.data import generated
from mmeval.definitions import Benchmark
from mmeval.media import image
from mmeval.metrics import accuracy
from mmeval.scorers.base import Scorer
from mmeval.types import JSON, Media, Reply, Row, Sample, Score, Text, Want

__all__ = ["Facts", "Task", "benchmark_of", "checked"]

Facts = Mapping[str, Any]
"""Everything that a prompt asks for, as JSON: the target of its sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One kind of thing to make, whose facts can be checked without a judge."""

    name: str
    """Of its benchmark."""
    version: int
    """Raised when a change can give the same reply another score."""
    want: Want
    draw: Callable[[Random], dict[str, JSON]]
    """Facts, with a `kind` that slices the scores."""
    prompt: Callable[[Facts], str]
    """What the model is told: every fact that is checked."""
    flaws: tuple[str, ...]
    """Names of single mistakes that `make` can plant."""
    make: Callable[[Facts, Random, str | None], bytes]
    """Our own image, sound or film: right, or with one mistake. The source of chance changes nothing that is asked."""
    check: Callable[[Facts, Media], dict[str, bool]]
    """By fact, whether it holds in what was made."""
    shown: Callable[[Facts], bytes] | None = None
    """The picture in the prompt that is to be changed; None: the prompt is a text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The rule of a task: the facts that hold in what was made."""

    check: Callable[[Facts, Media], dict[str, bool]]
    want: Want
    every: bool
    """Whether all facts have to be right, or their share is the value."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The function that looks."""
        return (self.check,)

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """Look at what was made; raises MediaError if it cannot be decoded."""
        made = next(one for one in reply.media if one.kind == self.want)
        assert isinstance(sample.target, dict)
        facts = self.check(sample.target, made)
        right = [name for name, holds in facts.items() if holds]
        wrong = [name for name, holds in facts.items() if not holds]
        return Score(
            value=float(not wrong) if self.every else len(right) / len(facts),
            answer=", ".join(right) or "nothing is right",
            note=f"wrong: {', '.join(wrong)}" if wrong else "all facts are right",
            rule="facts",
        )


def checked(task: Task) -> Scorer:
    """Checks the facts: `mmeval` needs all of them, `share` gives the share that is right."""
    rules = {name: Checked(task.check, task.want, every) for name, every in (("mmeval", True), ("share", False))}
    return Scorer(name=f"checked_{task.name}", rules=rules, version=task.version)


def benchmark_of(task: Task, *, title: str, about: str | None, n: int, seed: int) -> Benchmark:
    """The benchmark of a task: `n` prompts that follow from a seed."""
    return Benchmark(
        name=task.name, version=str(task.version), title=title, about=about or "",
        data=generated(partial(_row, task), n=n, seed=seed), to_sample=partial(_sample, task),
        score=checked(task), profile="mmeval", metric=accuracy(by=("category",)), want=task.want, temperature=None,
        cluster=None, license="CC0-1.0", url=None, paper=None, rows=n, chance=0.0,
        redistribute=True, tags=("generated", f"makes {task.want}", *(("changes image",) if task.shown else ())),
    )  # fmt: skip


def _row(task: Task, rng: Random) -> dict[str, Any]:
    return {"facts": task.draw(rng)}


def _sample(task: Task, row: Row) -> Sample:
    facts = row["facts"]
    target = {"task": task.name, **facts}
    shown = (image(task.shown(facts)),) if task.shown else ()
    prompt = (*shown, Text(task.prompt(facts)))
    return Sample(id=row["id"], prompt=prompt, target=target, tags={"category": str(facts["kind"])})
