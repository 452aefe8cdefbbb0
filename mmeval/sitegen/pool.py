"""The heavy part of a build in parallel: reading scores and writing the pages of runs."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mmeval.sitegen.env import Language, Place, render
from mmeval.sitegen.pages import question as samples
from mmeval.sitegen.writer import put
from mmeval.store import read_run

T = TypeVar("T")
R = TypeVar("R")
FEW = 40
"""Jobs that are done sooner here than by processes that have to start first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The pages of one run that are out of date."""

    folder: Path
    root: Path
    out: Path
    facts: dict[str, Any]
    """What the sample pages share."""
    fronts: tuple[dict[str, Any], ...]
    """What the run's front page says, by language."""
    langs: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The files of one run, and what is wrong with its journal."""

    files: list[str]
    problem: str = ""


def work(job: Job) -> Made:
    """Write all pages of one run."""
    run = read_run(job.folder)
    files = []
    for language, front in zip(job.langs, job.fronts, strict=True):
        place = Place(f"{job.facts['run_dir']}/index.html", language, job.langs)
        put(job.out / place.file, render("run.html", place, **front).encode("utf-8", "replace"))
        files.append(place.file)
    found = samples.views(run, job.root)
    files += samples.write_run(found, job.out, job.facts, job.langs)
    unread = (run.path / "records.jsonl").exists() and not any(
        a["note"] or a["failure"] or a["reply"] for s in found for a in s["answers"]
    )
    return Made(files, samples.damage(run) if unread else "")


@contextmanager
def workers(jobs: int) -> Iterator[Callable[[Callable[[T], R], Sequence[T]], Iterator[R]]]:
    """A `map` over processes where there is much to do, else the plain one; results come in order."""
    count = min(os.cpu_count() or 1, 8)
    if jobs <= FEW or count < 2:
        yield lambda call, items: map(call, items)
        return
    # spawn, not fork: numpy's threads do not survive a fork
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield lambda call, items: pool.map(call, items, chunksize=8)
