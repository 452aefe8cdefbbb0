"""Import evalscope: `reports/MODEL/DATASET.json`, and the samples in `reviews/MODEL/DATASET_SUBSET.jsonl` beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmeval.data import jsonl
from mmeval.documents import read_json
from mmeval.errors import DataError, UsageError
from mmeval.interchange.imported import Imported, clustered, number, unit
from mmeval.types import Failure, Record, Reply, Score

_USABLE = (None, "success", "fallback")
"""Statuses of a score that counts; with any other the judge gave none."""


def is_report(whole: Any) -> bool:
    """Whether a JSON document looks like a report."""
    return isinstance(whole, dict) and "dataset_name" in whole and isinstance(whole.get("metrics"), list)


def is_review(row: Any) -> bool:
    """Whether a line looks like one of a reviews file."""
    return isinstance(row, dict) and isinstance(row.get("sample_score"), dict)


def read(file: Path, *, model: str | None = None, benchmark: str | None = None) -> Iterator[Imported]:
    """The run of a report with the samples of all its subsets, or the run that a reviews file belongs to.

    Raises:
        DataError: a file is not what evalscope writes; the message names it.
        UsageError: the reviews lie without their report, and no benchmark is given.
    """
    if file.suffix.lower() == ".jsonl":
        report = _report_of(file)
        if report is None and benchmark is None:
            raise UsageError(f"{file}: its report is not in ../../reports; pass --benchmark")
        if report is None:
            records = _records(file, "")
            yield Imported(
                tool="evalscope", model=model or file.resolve().parent.name, benchmark=benchmark or file.stem,
                source=file, records=clustered(records),
            )  # fmt: skip
            return
        file = report
    yield _run(file, model, benchmark)


def _run(file: Path, model: str | None, benchmark: str | None) -> Imported:
    whole = read_json(file, DataError)
    if not is_report(whole):
        raise DataError(f"{file}: there are no `dataset_name` and `metrics` as in a report of evalscope")
    reviews = [one for one in _reviews(file, whole) if one[0].is_file()]
    names = [f"{subset}/" if len(reviews) > 1 else "" for _, subset in reviews]
    records = [record for (path, _), name in zip(reviews, names, strict=True) for record in _records(path, name)]
    asked = _table(whole.get("execution_summary")).get("requested")
    planned = asked if isinstance(asked, int) else None
    missing = max(0, (planned or 0) - len(records)) if records else 0
    return Imported(
        tool="evalscope",
        model=model or str(whole.get("model_name") or "unknown"),
        benchmark=benchmark or str(whole["dataset_name"]),
        source=file,
        records=clustered(records),
        metrics=_metrics(whole),
        planned=planned,
        status="partial" if missing else "complete",
        reason=f"evalscope has no review of {missing} of {planned} samples" if missing else None,
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _subsets(whole: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Metric, subset and its numbers; sums over other subsets are left out."""
    for metric in _listed(whole.get("metrics")):
        for category in _listed(metric.get("categories")):
            for subset in _listed(category.get("subsets")):
                if not subset.get("is_aggregate"):
                    yield _metric_name(metric), str(subset.get("name")), subset


def _metric_name(metric: Mapping[str, Any]) -> str:
    identity = _table(metric.get("identity"))
    return str(metric.get("name") or metric.get("legacy_name") or identity.get("name") or "score")


def _reviews(report: Path, whole: Mapping[str, Any]) -> list[tuple[Path, str]]:
    """The files with the samples of each subset, whether they exist or not."""
    folder = report.resolve().parent.parent.parent / "reviews" / report.resolve().parent.name
    subsets = dict.fromkeys(subset for _, subset, _ in _subsets(whole) if "/" not in subset)
    return [(folder / f"{report.stem}_{subset}.jsonl", subset) for subset in subsets]


def _report_of(reviews: Path) -> Path | None:
    place = reviews.resolve()
    for report in sorted((place.parent.parent.parent / "reports" / place.parent.name).glob("*.json")):
        whole: Any = read_json(report, DataError) if place.name.startswith(f"{report.stem}_") else {}
        if is_report(whole) and place in [path for path, _ in _reviews(report, whole)]:
            return report
    return None


def _metrics(whole: Mapping[str, Any]) -> dict[str, float]:
    """The score of each metric, the primary one first, then those of the subsets."""
    primary = whole.get("primary_metric_identity")
    metrics = sorted(_listed(whole.get("metrics")), key=lambda metric: metric.get("identity") != primary)
    found = {_metric_name(metric): number(metric.get("score")) for metric in metrics}
    found |= {f"{metric}/{name}": number(subset.get("score")) for metric, name, subset in _subsets(whole)}
    return {name: value for name, value in found.items() if value is not None}


def _records(file: Path, prefix: str) -> list[Record]:
    seen: Counter[str] = Counter()
    records: list[Record] = []
    for line, row in enumerate(jsonl(file).rows(), 1):
        where = f"{file}:{line}"
        if not is_review(row):
            raise DataError(f"{where}: there is no `sample_score`")
        found = row["sample_score"]
        group = found.get("group_id")
        key = prefix + str(found.get("sample_id", row.get("index")) if group is None else group)
        seen[key] += 1
        turn = found.get("generation_index")
        records.append(_record(row, key, turn + 1 if isinstance(turn, int) else seen[key], where))
    if not records:
        raise DataError(f"{file}: the file has no rows")
    return records


def _record(row: Mapping[str, Any], key: str, epoch: int, where: str) -> Record:
    score = _table(row["sample_score"].get("score"))
    text, said = score.get("prediction"), score.get("extracted_prediction")
    reply = Reply(text=text if isinstance(text, str) else "", finish="stop")
    values = _table(score.get("value"))
    name = score.get("main_score_name") if score.get("main_score_name") in values else next(iter(values), None)
    value = number(values[name]) if name is not None else None
    if score.get("status") not in _USABLE or value is None:
        message = str(score.get("explanation") or score.get("status") or "there is no score")[:500]
        failure = Failure(kind="judge_error", message=message)
        return Record(id=key, epoch=epoch, status="judge_error", reply=reply, failure=failure)
    answer = None if said is None else str(said)[:500]
    return Record(
        id=key,
        epoch=epoch,
        status="ok" if reply.text.strip() else "empty",
        reply=reply,
        score=Score(value=unit(value, where), answer=answer, rule=f"imported:{name}"),
    )
