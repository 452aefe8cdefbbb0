"""The lines of the journal, of scores.csv and of the samples files: written, read and validated."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from mmeval.documents import special
from mmeval.errors import StoreError
from mmeval.formatting import guarded, unguarded
from mmeval.store.atomic import replacing
from mmeval.store.generated import load_media, media_reference, save_media
from mmeval.types import JSON, STATUSES, Failure, Modality, Part, Record, Reply, Sample, Score, Status, Text, Usage

T = TypeVar("T")

DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a line with other content than ours may raise."""
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

    @classmethod
    def of(cls, record: Record, score: Score | None) -> ScoreRow:
        """The row of a record; `score` is the one that counts, see `counted`."""
        value, answer, rule = (score.value, score.answer, score.rule) if score else (None, None, "")
        return cls(record.id, record.epoch, record.status, value, answer, rule, record.cluster)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of a stored prompt: text, or media by digest and origin."""

    kind: Modality
    text: str | None = None
    sha256: str | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One line of a samples file: a Sample without the bytes of its media."""

    id: str
    prompt: tuple[StoredPart, ...]
    target: JSON
    choices: tuple[str, ...] = ()
    cluster: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sample: Sample) -> StoredSample:
        """The sample with media replaced by their digests."""
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
            except DAMAGED as error:
                raise StoreError(f"{file}:{number}: {error}") from None


def dump_sample(sample: StoredSample) -> str:
    """One line, without the newline."""
    return _dump({**_shallow(sample), "prompt": [_shallow(part) for part in sample.prompt], "tags": dict(sample.tags)})


def dump_record(record: Record) -> str:
    """One line of a journal, without the newline; `limits` is never stored."""
    data = _shallow(record)
    if record.reply is not None:
        data["reply"] = dump_reply(record.reply)
    for name in ("failure", "score", "judge_usage"):
        if data[name] is not None:
            data[name] = _shallow(data[name])
    data["tags"] = dict(record.tags)
    return _dump(data)


def dump_reply(reply: Reply) -> dict[str, Any]:
    """A reply as JSON, without `limits` and with its media by digest."""
    data = _shallow(reply)
    del data["limits"]
    data["usage"] = _shallow(reply.usage)
    data["media"] = [media_reference(one) for one in reply.media]
    for name in ("scores", "media"):
        if not data[name]:
            del data[name]
    return data


def _shallow(value: Any) -> dict[str, Any]:
    # dataclasses.asdict copies deeply; that would be most of the cost of writing a record.
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _dump(data: dict[str, Any]) -> str:
    text = _ENCODE(data)
    try:
        text.encode()
    except UnicodeEncodeError:  # a model wrote half of a surrogate pair: stored as an escape
        return json.dumps(data, separators=(",", ":"))
    return text


def load_record(line: str | bytes, folder: Path = Path()) -> Record:
    """The inverse of dump_record; raises ValueError, KeyError or TypeError for a damaged line.

    Args:
        line: of a journal.
        folder: the run folder, where the media of a reply are.
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


class JournalLine(NamedTuple):
    """One line of a journal and what it is about, without the cost of a whole Record."""

    id: str
    epoch: int
    status: Status
    raw: bytes


def _journal_line(line: bytes) -> JournalLine:
    data = json.loads(line)
    return JournalLine(data["id"], data["epoch"], data["status"], line)


def read_journal(file: Path) -> Iterator[JournalLine]:
    """Stream the lines of a journal without making records; otherwise as `read_records`."""
    return _parsed(file, _journal_line)


def read_records(file: Path) -> Iterator[Record]:
    """Stream the records of a journal; raises StoreError naming file and line for damage.

    A missing file has no records. A last line without a newline was cut off by a crash and is dropped.
    """
    return _parsed(file, lambda line: load_record(line, file.parent))


def _parsed(file: Path, parse: Callable[[bytes], T]) -> Iterator[T]:
    if not file.is_file():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield parse(line)
            except DAMAGED as error:
                raise StoreError(f"{file}:{number}: damaged record: {error}") from None


def write_journal(file: Path, records: Iterable[Record]) -> None:
    """Write a whole journal at once, with the media of its replies; a run in progress appends to its own instead."""
    with replacing(file) as lines:
        for record in records:
            save_media(file.parent, record.reply.media if record.reply else ())
            lines.write(dump_record(record) + "\n")


_LATENCY = re.compile(rb'"latency_s":([0-9.e+-]+)[^{}]*?"cached":false')


def median_latency(file: Path) -> float | None:
    """Median seconds of the replies in a journal that did not come from the cache; None without any.

    The file is searched by pattern, not parsed: journals of millions of records are read when a site is built.
    """
    if not file.is_file():
        return None
    found = sorted(float(value) for value in _LATENCY.findall(file.read_bytes()))
    known = [value for value in found if value > 0]
    return known[len(known) // 2] if known else None


def write_scores(file: Path, rows: Iterable[ScoreRow]) -> None:
    """Replace scores.csv: a header, then the rows in the order given. Cells are `guarded`, which reading undoes."""
    with replacing(file) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            score = "" if row.score is None else repr(row.score)
            answer, cluster = row.answer or "", row.cluster or ""
            cells = [row.id, row.epoch, row.status, score, answer, row.rule, cluster]
            writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def read_scores(file: Path) -> Iterator[ScoreRow]:
    """Stream and validate scores.csv.

    Raises:
        StoreError: the file is missing or not CSV, a column is missing, a value is not what its column holds, a score
            is not in [0, 1], or a sample and epoch appear twice. The message names file and line.
    """
    try:
        if kind := special(file):
            raise StoreError(f"{file} is {kind}, not a file")
        lines = file.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        raise StoreError(f"{file.parent}: no {file.name}") from None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror or error}") from None
    with lines:
        reader = csv.reader(lines)
        try:
            yield from _score_rows(reader)
        except (ValueError, csv.Error) as error:
            raise StoreError(f"{file}:{reader.line_num}: {error}") from None


def _score_rows(reader: Iterator[list[str]]) -> Iterator[ScoreRow]:
    header = next(reader, list(COLUMNS))
    if header != list(COLUMNS):
        raise ValueError(f"the header is {','.join(header)!r}, expected {','.join(COLUMNS)!r}")
    seen: set[tuple[str, int]] = set()
    for cells in reader:
        if cells:
            row = _score_row(cells)
            if (row.id, row.epoch) in seen:
                raise ValueError(f"sample {row.id!r}, epoch {row.epoch}, appears twice")
            seen.add((row.id, row.epoch))
            yield row


def _score_row(cells: Sequence[str]) -> ScoreRow:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells, expected {len(COLUMNS)}")
    name, epoch, status, value, answer, rule, cluster = map(unguarded, cells)
    score = float(value) if value else None
    if score is not None and not 0 <= score <= 1:
        raise ValueError(f"sample {name!r}: score {score} is not in [0, 1]")
    if status not in _KNOWN:
        raise ValueError(f"sample {name!r}: unknown status {status!r}")
    return ScoreRow(name, int(epoch), _KNOWN[status], score, answer or None, rule, cluster or None)


_KNOWN: Final[Mapping[str, Status]] = {status: status for status in STATUSES}
