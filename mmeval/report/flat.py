"""A run as flat rows: everything that is known about each sample, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmeval.report.samples import picture
from mmeval.store import Run, ScoreRow, StoredSample, read_samples
from mmeval.types import Record, Usage

__all__ = ["SAMPLE_COLUMNS", "sample_rows"]

SAMPLE_COLUMNS = (
    "model", "benchmark", "id", "epoch", "question", "choices", "target", "reply", "answer", "score", "status", "rule",
    "note", "failure", "tags", "cluster", "input_tokens", "output_tokens", "cost", "latency_s", "cached", "media",
    "run",
)  # fmt: skip


def sample_rows(run: Run) -> Iterator[dict[str, Any]]:
    """One row per sample and epoch, sorted, with the keys SAMPLE_COLUMNS; None where nothing is known.

    Score, answer and rule are those that count in the headline: a refusal that the benchmark counts as wrong has the
    score 0. What a folder does not hold is None: the replies of a run whose journal is on another machine, the
    questions of one whose samples are. `media` are the files or the places in a data set that the media came from,
    `latency_s` is in seconds, `cost` in US dollars, without the judge.

    Raises:
        StoreError: a file is damaged, or scores.csv is not the one that the run wrote.
    """
    scores = {(row.id, row.epoch): row for row in run.scores()} if run.files.scores.exists() else {}
    records = {(record.id, record.epoch): record for record in run.records()}
    stored = run.samples()
    samples = {sample.id: sample for sample in read_samples(stored)} if stored else {}
    spec = run.info.spec
    about = {"model": spec.model, "benchmark": spec.benchmark + (f"+{spec.variant}" if spec.variant else "")}
    for key in sorted(scores.keys() | records.keys()):
        record, score = records.get(key), scores.get(key)
        if score is None and record is not None:
            score = ScoreRow.of(record, record.score)
        assert score is not None, "every key has a record or a score"
        found = {
            **about,
            **score._asdict(),
            **_asked(run, samples.get(score.id)),
            **_answered(record),
            "run": str(run.path),
        }
        yield {name: found[name] for name in SAMPLE_COLUMNS}


def _asked(run: Run, sample: StoredSample | None) -> dict[str, Any]:
    if sample is None:
        return dict.fromkeys(("question", "choices", "target", "media"))
    return {
        "question": "\n".join(part.text for part in sample.prompt if part.text),
        "choices": list(sample.choices) or None,
        "target": sample.target,
        "media": [str(picture(run, part) or part.source) for part in sample.prompt if part.kind != "text"],
    }


def _answered(record: Record | None) -> dict[str, Any]:
    reply = record.reply if record else None
    usage = reply.usage if reply else Usage()
    failure = record.failure if record else None
    return {
        "reply": reply.text if reply else None,
        "note": record.score.note if record and record.score else None,
        "failure": f"{failure.kind}: {failure.message}" if failure else None,
        "tags": dict(record.tags) if record else {},
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "cost": record.cost if record else None,
        "latency_s": reply.latency_s if reply else None,
        "cached": reply.cached if reply else None,
    }
