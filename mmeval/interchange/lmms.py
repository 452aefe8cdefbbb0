"""Import lmms-eval: `*_results.json` with the numbers of all tasks, `*_samples_TASK.jsonl` with samples of one task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.data import jsonl
from mmeval.documents import read_json
from mmeval.errors import DataError, UsageError
from mmeval.interchange.imported import Imported, number
from mmeval.types import Record, Reply, Score

_PLAIN = frozenset(
    ("doc_id", "doc", "target", "arguments", "input", "resps", "filtered_resps", "doc_hash", "prompt_hash",
     "target_hash", "token_counts", "input_media", "filter", "metrics", "schema_version")
)  # fmt: skip
_SAMPLES = re.compile(r"(?P<date>.*?_)?samples_(?P<task>.+)\.jsonl")
_ANSWERS = ("pred_answer", "parsed_pred", "extracted_answer", "prediction", "pred", "answer_pred")
"""Keys under which a metric may say what it compared, the preferred one first."""
_SCORES = ("score", "acc", "accuracy", "correct", "hit", "exact_match")


def read_results(file: Path, *, model: str | None = None) -> Iterator[Imported]:
    """One run per task of a results file, with the samples of the file beside it, if there is one.

    Raises:
        DataError: a file is not what lmms-eval writes; the message names it.
    """
    whole = _results(file)
    for task, scores in whole["results"].items():
        metrics = _metrics(scores if isinstance(scores, dict) else {})
        samples = file.with_name(f"{file.name.removesuffix('results.json')}samples_{task}.jsonl")
        if file.name.endswith("results.json") and "/" not in task and samples.is_file():
            yield from read_samples(samples, model=model)
        elif metrics:
            yield Imported(
                tool="lmms-eval", model=model or _model(whole), benchmark=task, source=file, metrics=metrics,
                facts=_facts(whole),
            )  # fmt: skip


def _results(file: Path) -> dict[str, Any]:
    whole = read_json(file, DataError)
    if not isinstance(whole, dict) or not isinstance(whole.get("results"), dict) or not whole["results"]:
        raise DataError(f"{file}: there is no `results`")
    return whole


def _facts(whole: Mapping[str, Any]) -> dict[str, Any]:
    known = {"version": whole.get("lmms_eval_version"), "git_hash": whole.get("git_hash"), "date": whole.get("date")}
    return {key: value for key, value in known.items() if value is not None}


def _model(whole: Mapping[str, Any]) -> str:
    """The checkpoint of `pretrained=`, else the name of the model class."""
    config = whole.get("config")
    config = config if isinstance(config, dict) else {}
    found = re.search(r"(?:pretrained|model_version|model)=([^,\s]+)", str(config.get("model_args") or ""))
    name = found[1] if found else whole.get("model_name") or config.get("model")
    return str(name or "unknown")


def _metrics(scores: Mapping[str, Any]) -> dict[str, float]:
    """The values of the `metric,filter` keys, without standard errors."""
    found: dict[str, float] = {}
    for key, value in scores.items():
        name, _, kind = key.partition(",")
        plain = number(value) if not isinstance(value, str) else None
        if plain is not None and kind and not name.endswith("_stderr"):
            found[name if kind == "none" else f"{name} ({kind})"] = plain
    return found


def read_samples(file: Path, *, model: str | None = None, benchmark: str | None = None) -> Iterator[Imported]:
    """The run in a samples file.

    The results file beside it says which model it was, which metric is the headline, and the numbers. Without it, the
    model is the name of the folder, and the first metric of a sample is its score.
    """
    found = _SAMPLES.fullmatch(file.name)
    task = benchmark or (found["task"] if found else None)
    if task is None:
        raise UsageError(f"{file.name}: pass --benchmark, because the name is not `..._samples_TASK.jsonl`")
    results = file.with_name(f"{found['date'] or ''}results.json") if found else file
    whole = _results(results) if results != file and results.is_file() else {}
    stated = whole.get("results", {}).get(found["task"] if found else task)
    metrics = _metrics(stated) if isinstance(stated, dict) else {}
    records: dict[str, Record] = {}
    for n, row in enumerate(jsonl(file).rows()):
        record = _record(row, f"{file} row {n}", list(metrics))
        records.setdefault(record.id, record)  # a task with several filters repeats all rows for each
    if not records:
        raise DataError(f"{file}: the file has no rows")
    # Model folders are named `organisation__model`.
    name = model or (_model(whole) if whole else file.resolve().parent.name.replace("__", "/"))
    yield Imported(
        tool="lmms-eval", model=name, benchmark=task, source=file, records=list(records.values()),
        metrics=metrics, facts=_facts(whole),
    )  # fmt: skip


def _record(row: Mapping[str, Any], where: str, metrics: Sequence[str]) -> Record:
    if "doc_id" not in row:
        raise DataError(f"{where}: there is no doc_id among {', '.join(row)}")
    scored = _text(row.get("filtered_resps", row.get("resps")))
    text = _text(row.get("resps", row.get("filtered_resps")))
    return Record(
        id=str(row["doc_id"]),
        epoch=1,
        status="ok" if text.strip() else "empty",
        reply=Reply(text=text, finish="stop"),
        score=_score(row, scored, metrics),
    )


def _text(replies: Any) -> str:
    """The first reply of a text, a list of texts, or a list of lists."""
    while isinstance(replies, list):
        replies = replies[0] if replies else ""
    return "" if replies is None else str(replies)


def _score(row: Mapping[str, Any], scored: str, metrics: Sequence[str]) -> Score | None:
    """The headline's value for the row, else the first metric that is, or contains, a number in [0, 1].

    The answer is the one that the metric names; where it names none, the filtered reply is what was scored.
    """
    for name in [*(name for name in metrics if name in row), *(name for name in row if name not in metrics)]:
        value = row[name]
        found = _value(value) if name not in _PLAIN else None
        if found is not None and 0.0 <= found <= 1.0:
            said = next((value[key] for key in _ANSWERS if key in value), None) if isinstance(value, dict) else scored
            return Score(value=found, answer=None if said is None else str(said)[:500], rule=f"imported:{name}")
    return None


def _value(value: Any) -> float | None:
    if isinstance(value, dict):
        return next((number(value[key]) for key in _SCORES if number(value.get(key)) is not None), None)
    return number(value) if isinstance(value, bool | int | float) else None
