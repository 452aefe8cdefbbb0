"""Shards of one run, asked on machines that share nothing, become the run that one machine would have made."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from mmeval import store
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import DataError, UsageError
from mmeval.runner.finish import Summary, summarise
from mmeval.runner.targets import jobs
from mmeval.store import Run, RunInfo, RunStatus, Spec

__all__ = ["merge"]


def merge(runs: Sequence[Run], benchmark: Benchmark, results: Path) -> Run:
    """Put all shards of a run together in the folder of the whole run.

    Args:
        runs: one complete run per shard, in any order, with their journals.
        benchmark: the one that they ran; its metric makes the numbers of the whole.
        results: the results folder that the whole run goes to.

    Raises:
        UsageError: a shard is missing, twice there or not complete, or two runs differ in more than their shard.
        DataError: a sample is in two shards.
    """
    spec = _whole(runs)
    folder = store.adopt(results, spec)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "records.jsonl").open("wb") as journal:
        for run in sorted(runs, key=_index):
            with (run.path / "records.jsonl").open("rb") as part:
                shutil.copyfileobj(part, journal)
    summary = summarise([folder / "records.jsonl"], benchmark, folder)
    planned = sum(run.info.planned for run in runs)
    if sum(summary.counts.values()) != planned:
        raise DataError(f"{folder}: {planned} samples were planned, {sum(summary.counts.values())} ids are different")
    info = _info(runs, spec, summary, planned)
    store.write_info(folder, info)
    return Run(folder, info)


def benchmark_of(spec: Spec, settings: Settings, file: Path | None = None) -> Benchmark:
    """The benchmark of a run, from the catalog or from its file of questions.

    Raises:
        UsageError: the file is not the one that was run, a run of a file of questions is given none, or another is.
    """
    if spec.data.get("kind") == "file":
        return _of_questions(spec, settings, file)
    if file is not None:
        raise UsageError(f"--file {file}: the shards asked {spec.benchmark}, which is no file of questions")
    found = settings.catalog.definition("benchmarks", spec.benchmark)
    if found.digest != spec.definition_digest:
        raise UsageError(f"{found.path} is not the file that was run; check out the version of the shards")
    return settings.catalog.benchmark(spec.benchmark)


def _of_questions(spec: Spec, settings: Settings, file: Path | None) -> Benchmark:
    if file is None:
        raise UsageError(f"the shards asked {spec.data['path']}: name that file with --file")
    columns = cast("dict[str, str]", spec.data.get("columns") or {})
    (found,) = jobs([str(file)], settings.model_copy(update={"columns": columns}))
    if found.digest != spec.definition_digest:
        raise UsageError(f"{file} is not the file that was run: its content or its name is another")
    return found.benchmark


def _whole(runs: Sequence[Run]) -> Spec:
    specs = {run.info.spec.model_copy(update={"shard": None}).digest: run.info.spec for run in runs}
    if len(specs) > 1:
        raise UsageError(f"{runs[0].path} and another run differ in {', '.join(_differences(list(specs.values())))}")
    for run in runs:
        if run.info.spec.shard is None:
            raise UsageError(f"{run.path}: not a shard; run with --shard I/N")
        if run.info.status != "complete" or not (run.path / "records.jsonl").exists():
            raise UsageError(f"{run.path}: not complete, or without its journal; run its command again")
    count = int(str(runs[0].info.spec.shard).split("/")[1])
    have = sorted(_index(run) for run in runs)
    if have != list(range(1, count + 1)):
        missing = sorted(set(range(1, count + 1)) - set(have))
        raise UsageError(f"shards {have} of {count}: {f'{missing} missing' if missing else 'one is there twice'}")
    return runs[0].info.spec.model_copy(update={"shard": None})


def _index(run: Run) -> int:
    return int(str(run.info.spec.shard).split("/")[0])


def _differences(specs: Sequence[Spec]) -> list[str]:
    first, second = (spec.model_dump(mode="json") for spec in specs[:2])
    return sorted(key for key in first if first[key] != second[key] and key != "shard")


def _info(runs: Sequence[Run], spec: Spec, summary: Summary, planned: int) -> RunInfo:
    first = runs[0].info
    rate = summary.failed / planned if planned else 1.0
    status: RunStatus = "complete" if summary.measured else "failed"
    totals = summary.totals.model_copy(
        update={
            "requests": _total(runs, "requests"),
            "retries": _total(runs, "retries"),
            "wall_s": round(sum(run.info.totals.wall_s for run in runs), 3),
        }
    )
    return first.model_copy(
        update={
            "spec": spec,
            "status": status,
            "reason": None if summary.measured else "nothing was measured",
            "provenance": {**first.provenance, "merged": [run.path.name for run in runs], "error_rate": rate},
            "samples_digest": summary.samples_digest,
            "scores_digest": summary.scores_digest,
            "planned": planned,
            "counts": dict(summary.counts),
            "unparsed": summary.unparsed,
            "metrics": summary.metrics,
            "excluded": summary.excluded,
            "totals": totals,
        }
    )


def _total(runs: Sequence[Run], name: str) -> Any:
    return sum(getattr(run.info.totals, name) for run in runs)
