"""The lines of `records.jsonl`, `scores.csv` and the samples files, to values and back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from mmeval.errors import StoreError
from mmeval.store.generated import load_media, media_reference
from mmeval.types import JSON, Failure, Modality, Part, Record, Reply, Sample, Score, Status, Text, Usage

COLUMNS = ("id", "epoch", "status", "score", "answer", "rule", "cluster")


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of scores.csv."""

    id: str
    epoch: int
    status: Status
    score: float | None
    answer: str | None
    rule: str
    cluster: str | None


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One prompt part as it is kept: text, or a reference to media by digest and origin."""

    kind: Modality
    text: str | None = None
    sha256: str | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One line of `_samples/.../<digest>.jsonl`: what was asked, without media bytes."""

    id: str
    prompt: tuple[StoredPart, ...]
    target: JSON
    choices: tuple[str, ...] = ()
    cluster: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sample: Sample) -> StoredSample:
        """Drop the bytes, keep their digests."""
        parts = tuple(_stored_part(part) for part in sample.prompt)
        return cls(sample.id, parts, sample.target, sample.choices, sample.cluster, sample.tags)


def _stored_part(part: Part) -> StoredPart:
    if isinstance(part, Text):
        return StoredPart("text", text=part.text)
    return StoredPart(part.kind, None, part.sha256, part.mime, part.width, part.height, part.source)


def read_samples(file: Path) -> Iterator[StoredSample]:
    """Stream StoredSamples; raises StoreError naming file and line."""
    with file.open(encoding="utf-8", errors="surrogatepass") as lines:
        for number, line in enumerate(lines, 1):
            try:
                data = json.loads(line)
                parts = tuple(StoredPart(**part) for part in data["prompt"])
                yield StoredSample(**{**data, "prompt": parts, "choices": tuple(data["choices"])})
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(f"{file}:{number}: {error}") from None


def dump_sample(sample: StoredSample) -> str:
    """One line, without the newline."""
    return _dump({**_shallow(sample), "prompt": [_shallow(part) for part in sample.prompt], "tags": dict(sample.tags)})


def dump_record(record: Record) -> str:
    """One line of records.jsonl, without the newline; `limits` is never stored."""
    data = _shallow(record)
    if record.reply is not None:
        data["reply"] = dump_reply(record.reply)
    for name in ("failure", "score", "judge_usage"):
        if data[name] is not None:
            data[name] = _shallow(data[name])
    data["tags"] = dict(record.tags)
    return _dump(data)


def dump_reply(reply: Reply) -> dict[str, Any]:
    """A reply as it is stored: without `limits`, its media by digest."""
    data = _shallow(reply)
    del data["limits"]
    data["usage"] = _shallow(reply.usage)
    data["media"] = [media_reference(one) for one in reply.media]
    for name in ("scores", "media"):
        if not data[name]:
            del data[name]
    return data


def _shallow(value: Any) -> dict[str, Any]:
    # dataclasses.asdict copies deeply, which is most of the cost of writing a record.
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _dump(data: dict[str, Any]) -> str:
    text = _ENCODE(data)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair from a model: kept as an escape
        return json.dumps(data, separators=(",", ":"))
    return text


def load_record(line: str, folder: Path = Path()) -> Record:
    """The inverse of dump_record; raises ValueError or KeyError on a damaged line.

    `folder` is that of the run, where the media of a reply lie.
    """
    data: dict[str, Any] = json.loads(line)
    reply, failure, score, judge = data["reply"], data["failure"], data["score"], data.get("judge_usage")
    if judge is not None:
        data["judge_usage"] = Usage(**judge)
    if reply is not None:
        media = tuple(load_media(one, folder) for one in reply.pop("media", ()))
        reply = Reply(
            **{**reply, "usage": Usage(**reply["usage"]), "scores": tuple(reply.get("scores", ())), "media": media}
        )
    if score is not None:
        score = Score(**{**score, "span": tuple(score["span"]) if score["span"] else None})
    return Record(**{**data, "reply": reply, "failure": Failure(**failure) if failure else None, "score": score})


def read_records(file: Path) -> Iterator[Record]:
    """Stream a journal; a last line without its newline is dropped, damage elsewhere is a StoreError."""
    if not file.exists():
        return
    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                return
            try:
                yield load_record(line, file.parent)
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(f"{file}:{number}: damaged record: {error}") from None


def write_scores(file: IO[str], rows: Iterator[ScoreRow]) -> None:
    """Write scores.csv: header and rows in the order given."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        score = "" if row.score is None else repr(row.score)
        writer.writerow([row.id, row.epoch, row.status, score, row.answer or "", row.rule, row.cluster or ""])


def read_scores(file: Path) -> Iterator[ScoreRow]:
    """Stream scores.csv; raises StoreError naming file and line."""
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                yield _score_row(row)
            except (KeyError, ValueError, TypeError) as error:
                raise StoreError(f"{file}:{number}: {error}") from None


def _score_row(row: Mapping[str, Any]) -> ScoreRow:
    score = float(row["score"]) if row["score"] else None
    return ScoreRow(
        row["id"], int(row["epoch"]), row["status"], score, row["answer"] or None, row["rule"], row["cluster"] or None
    )
