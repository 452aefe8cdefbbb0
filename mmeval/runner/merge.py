"""Merge the shards of a run, made on machines that share nothing, into the run that one machine would have made."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from mmeval import store
from mmeval.comparable import refused
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import DataError, UsageError
from mmeval.runner.finish import summarise
from mmeval.runner.targets import job_of
from mmeval.store import Files, Run, RunInfo, Spec, Summary

__all__ = ["merge"]


def merge(runs: Sequence[Run], benchmark: Benchmark, results: Path) -> Run:
    """Write the whole run and return it.

    Args:
        runs: one complete run per shard, in any order, with their journals.
        benchmark: the benchmark of the shards; its metric computes the numbers of the whole run.
        results: the results folder for the whole run.

    Raises:
        UsageError: a shard is missing, given twice or not complete, or two runs differ in more than their shard.
        DataError: a sample is in two shards.
    """
    spec = _whole(runs)
    folder = store.adopt(results, spec)
    folder.mkdir(parents=True, exist_ok=True)
    with Files(folder).journal.open("wb") as whole:
        for run in sorted(runs, key=_index):
            with run.files.journal.open("rb") as part:
                shutil.copyfileobj(part, whole)
            if run.files.media.exists():
                shutil.copytree(run.files.media, Files(folder).media, dirs_exist_ok=True)
    summary = summarise(folder, benchmark)
    planned, found = sum(run.info.planned for run in runs), sum(summary.counts.values())
    if found != planned:
        raise DataError(f"{folder}: the shards planned {planned} samples but have {found} different ids")
    info = _info(runs, spec, summary, planned)
    store.write_info(folder, info)
    return Run(folder, info)


def benchmark_of(run: Run, settings: Settings, file: Path | None = None) -> Benchmark:
    """The benchmark of a run, exactly as it was run: from the catalog, or a file of questions.

    Raises:
        UsageError: the definition or file is not the one that was run, or a file is missing or superfluous.
    """
    found = job_of(run, settings, file)
    if found.digest != run.info.spec.definition_digest:
        path = settings.catalog.definition("benchmarks", run.info.spec.benchmark).path
        raise UsageError(f"{path} is not the file that was run; check out the version of the run")
    return found.benchmark


def _whole(runs: Sequence[Run]) -> Spec:
    for run in runs:
        foreign = refused(runs[0].info, run.info, "merge")
        if foreign:
            raise UsageError(f"{runs[0].path} and {run.path} are not shards of one run: {'; '.join(map(str, foreign))}")
        if run.info.spec.shard is None:
            raise UsageError(f"{run.path}: not a shard; run with --shard I/N")
        if run.info.status != "complete" or not run.files.journal.exists():
            raise UsageError(f"{run.path}: the shard is not complete or has no journal; run its command again")
    count = int(str(runs[0].info.spec.shard).split("/")[1])
    have = sorted(_index(run) for run in runs)
    if have != list(range(1, count + 1)):
        missing = sorted(set(range(1, count + 1)) - set(have))
        raise UsageError(f"shards {have} of {count}: {f'{missing} missing' if missing else 'one was given twice'}")
    return runs[0].info.spec.model_copy(update={"shard": None})


def _index(run: Run) -> int:
    return int(str(run.info.spec.shard).split("/")[0])


def _info(runs: Sequence[Run], spec: Spec, summary: Summary, planned: int) -> RunInfo:
    totals = [run.info.totals for run in runs]
    return runs[0].info.summarised(
        summary,
        status="complete" if summary.measured else "failed",
        reason=None if summary.measured else "nothing was measured",
        totals={
            "requests": sum(total.requests for total in totals),
            "retries": sum(total.retries for total in totals),
            "wall_s": round(sum(total.wall_s for total in totals), 3),
        },
        spec=spec,
        planned=planned,
        provenance={
            "merged": [run.path.name for run in runs],
            "error_rate": summary.failed / planned if planned else 1.0,
        },
    )
