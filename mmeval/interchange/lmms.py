"""Import lmms-eval: `*_results.json` with the numbers of all tasks, `*_samples_TASK.jsonl` with samples of one task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
_SAMPLES = re.compile(r"(?:.*_)?samples_(?P<task>.+)\.jsonl")
_SCORES = ("score", "acc", "accuracy", "correct", "hit", "exact_match")


def read_results(file: Path, *, model: str | None = None) -> Iterator[Imported]:
    """One run without samples per task of a results file; raises DataError naming the file."""
    whole = read_json(file, DataError)
    tasks = whole.get("results") if isinstance(whole, dict) else None
    if not isinstance(tasks, dict) or not tasks:
        raise DataError(f"{file}: there is no `results`")
    name = model or _model(whole)
    for task, scores in tasks.items():
        metrics = _metrics(scores if isinstance(scores, dict) else {})
        if metrics:
            facts = {
                "version": whole.get("lmms_eval_version"),
                "git_hash": whole.get("git_hash"),
                "date": whole.get("date"),
            }
            known = {key: value for key, value in facts.items() if value is not None}
            yield Imported(tool="lmms-eval", model=name, benchmark=task, source=file, metrics=metrics, facts=known)


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
    """The run in a samples file; the model is the name of its folder unless it is given."""
    found = _SAMPLES.fullmatch(file.name)
    task = benchmark or (found["task"] if found else None)
    if task is None:
        raise UsageError(f"{file.name}: pass --benchmark, because the name is not `..._samples_TASK.jsonl`")
    records = [_record(row, f"{file} row {number_}") for number_, row in enumerate(jsonl(file).rows())]
    if not records:
        raise DataError(f"{file}: the file has no rows")
    # Model folders are named `organisation__model`.
    name = model or file.resolve().parent.name.replace("__", "/")
    yield Imported(tool="lmms-eval", model=name, benchmark=task, source=file, records=records)


def _record(row: Mapping[str, Any], where: str) -> Record:
    if "doc_id" not in row:
        raise DataError(f"{where}: there is no doc_id among {', '.join(row)}")
    text = _text(row.get("filtered_resps", row.get("resps")))
    return Record(
        id=str(row["doc_id"]),
        epoch=1,
        status="ok" if text.strip() else "empty",
        reply=Reply(text=text, finish="stop"),
        score=_score(row),
    )


def _text(replies: Any) -> str:
    """The first reply of a text, a list of texts, or a list of lists."""
    while isinstance(replies, list):
        replies = replies[0] if replies else ""
    return "" if replies is None else str(replies)


def _score(row: Mapping[str, Any]) -> Score | None:
    """The first metric of the row whose value is, or contains, a number in [0, 1]."""
    for name, value in row.items():
        if name in _PLAIN:
            continue
        found = _value(value)
        if found is not None and 0.0 <= found <= 1.0:
            said = value.get("pred_answer", value.get("pred")) if isinstance(value, dict) else None
            return Score(value=found, answer=str(said) if said is not None else None, rule=f"imported:{name}")
    return None


def _value(value: Any) -> float | None:
    if isinstance(value, dict):
        return next((number(value[key]) for key in _SCORES if number(value.get(key)) is not None), None)
    return number(value) if isinstance(value, bool | int | float) else None
