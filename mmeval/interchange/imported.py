"""The result of every importer, and how it is written as a run that is marked third-party."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.errors import DataError
from mmeval.stats.intervals import mean
from mmeval.types import Record

BENCHMARKS: Mapping[str, str] = {
    "MMBench_TEST_EN_V11": "mmbench_test_en", "MMBench_TEST_CN_V11": "mmbench_test_cn",
    "MMBench_DEV_EN_V11": "mmbench_dev_en", "MMBench_DEV_CN_V11": "mmbench_dev_cn",
    "MMStar": "mmstar", "MMMU_VAL": "mmmu_val", "MMMU_DEV_VAL": "mmmu_val", "MathVista": "mathvista",
    "MathVista_MINI": "mathvista", "OCRBench": "ocrbench", "AI2D": "ai2d", "AI2D_TEST": "ai2d",
    "HallusionBench": "hallusionbench", "MMVet": "mmvet", "MME": "mme", "SEEDBench_IMG": "seedbench_img",
    "RealWorldQA": "realworldqa", "POPE": "pope", "BLINK": "blink", "ScienceQA_TEST": "scienceqa_img",
    "ChartQA_TEST": "chartqa", "TextVQA_VAL": "textvqa", "DocVQA_VAL": "docvqa", "InfoVQA_VAL": "infovqa",
    "MMVP": "mmvp", "VStarBench": "vstar", "MathVision": "mathvision", "LogicVista": "logicvista",
    "PuzzleVQA": "puzzlevqa", "VisualPuzzles": "visualpuzzles", "VisuLogic": "visulogic", "MUIRBench": "muirbench",
    "mmmu_val": "mmmu_val", "mmstar": "mmstar", "mathvista_testmini": "mathvista", "ai2d": "ai2d",
    "ocrbench": "ocrbench", "hallusion_bench_image": "hallusionbench", "mmvet": "mmvet", "mme": "mme", "pope": "pope",
    "realworldqa": "realworldqa", "scienceqa_img": "scienceqa_img", "chartqa": "chartqa", "textvqa_val": "textvqa",
    "docvqa_val": "docvqa", "infovqa_val": "infovqa", "vqav2_val": "vqav2", "gqa": "gqa", "ok_vqa_val2014": "okvqa",
    "vizwiz_vqa_val": "vizwiz", "seedbench": "seedbench_img", "mathvision_test": "mathvision", "mmvp": "mmvp",
}  # fmt: skip
"""Names in other tools, with our name of the benchmark. Other names stay, in lower case."""


_NO_SCORES = "the file holds replies without scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of one model on one benchmark that another tool measured."""

    tool: str
    """`vlmevalkit`, `lmms-eval`, `inspect`, `evalscope` or `openvlm`. It is also the version of the
    benchmark, so that imported runs do not share a column with our own."""
    model: str
    benchmark: str
    """Its name in the other tool."""
    source: Path
    records: Sequence[Record] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Numbers stated in the file, by name; the first is the headline if no record has a score."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the file says about how it was made: versions, options, dates."""
    planned: int | None = None
    """Samples that were to be asked, if the file says so; else as many as it has."""
    status: store.RunStatus = "complete"
    reason: str | None = None
    """Why it is not complete."""


def benchmark_name(name: str) -> str:
    """Our name of a benchmark, else the other tool's name in lower case."""
    return BENCHMARKS.get(name) or re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_") or "unnamed"


def write(found: Imported, results: Path) -> store.Run:
    """Write the run folder; importing the same file again writes the same folder."""
    spec = _spec(found)
    folder = store.adopt(results, spec)
    files, scored = store.Files(folder), [record for record in found.records if record.score is not None]
    numbers, primary = _numbers(found, scored)
    summary = store.Summary(
        counts=Counter(record.status for record in found.records),
        unparsed=sum(record.score is not None and record.score.answer is None for record in scored),
        samples_digest=_ids_digest(found.records) if found.records else None,
        metrics=numbers,
    )
    info = store.RunInfo(
        status="running",
        spec=spec,
        provenance={"imported": {"tool": found.tool, "file": found.source.name, **found.facts}},
        planned=max(found.planned or 0, len(found.records)),
        primary_metric=primary,
        origin="third-party",
    ).summarised(summary, status=found.status, reason=found.reason or (None if numbers else _NO_SCORES), totals={})
    ordered = sorted(found.records, key=lambda record: (record.id, record.epoch))
    store.write_scores(files.scores, (store.ScoreRow.of(record, record.score) for record in ordered))
    store.write_journal(files.journal, ordered)
    store.write_info(folder, info)
    return store.read_run(folder)


def _spec(found: Imported) -> store.Spec:
    digest = hashlib.sha256(found.source.read_bytes()).hexdigest()
    return store.Spec(
        model=found.model if "/" in found.model else f"imported/{found.model}",
        benchmark=benchmark_name(found.benchmark),
        version=found.tool,
        profile=found.tool,
        endpoint="third-party",
        epochs=max((record.epoch for record in found.records), default=1),
        definition_digest="",
        adapter_digest="",
        scorer="",
        data={"kind": "imported", "id": found.benchmark, "file": found.source.name, "sha256": digest},
    )


def _numbers(found: Imported, scored: Sequence[Record]) -> tuple[dict[str, store.Number], str]:
    """The metrics and the name of the primary one: computed from scores if there are any, else as stated."""
    stated = {
        name: store.Number(value=value, low=value, high=value, n=0, method="stated by the source, no interval")
        for name, value in found.metrics.items()
    }
    if not scored:
        return stated, next(iter(stated), "")
    whole = mean([record.score.value for record in scored if record.score], [record.cluster for record in scored])
    return {
        "mean_score": store.Number.of(whole),
        **{f"mean_score/stated {n}": v for n, v in stated.items()},
    }, "mean_score"


def clustered(records: Sequence[Record]) -> list[Record]:
    """The records; if a sample was asked several times, each sample is a cluster, because its epochs are alike."""
    repeated = any(record.epoch > 1 for record in records)
    return [replace(record, cluster=record.cluster or record.id) if repeated else record for record in records]


def _ids_digest(records: Sequence[Record]) -> str:
    ids = sorted({record.id for record in records})
    return hashlib.sha256("\n".join(ids).encode("utf-8", "surrogatepass")).hexdigest()


def number(value: Any) -> float | None:
    """A finite number from a number, a bool or a text; None for anything else."""
    if isinstance(value, bool):
        return float(value)
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found == found and abs(found) != float("inf") else None


def unit(value: float, where: str) -> float:
    """The value, if it is in [0, 1]; raises DataError otherwise, because its scale cannot be guessed."""
    if not 0.0 <= value <= 1.0:
        raise DataError(f"{where}: score {value:g} is not in [0, 1]")
    return value
