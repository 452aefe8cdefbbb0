"""The lines of the journal, of scores.csv and of the samples files: written, read and validated."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from mmeval import media
from mmeval.documents import special
from mmeval.errors import StoreError
from mmeval.formatting import guarded, unguarded
from mmeval.store.atomic import replacing
from mmeval.store.layout import Files
from mmeval.types import (
    JSON,
    STATUSES,
    Failure,
    Modality,
    Part,
    Record,
    Reply,
    Sample,
    Score,
    Seen,
    Status,
    Text,
    Usage,
)

T = TypeVar("T")

DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a line with other content than ours may raise."""
COLUMNS = ("id", "epoch", "status", "score", "answer", "rule", "cluster")
MANY: Final = 100
"""Choices that are written for every sample; the same thousand for each of 50,000 would be more than a gigabyte."""
SEAL = b',"crc":"%08x"}'
"""How a line of a journal ends: the CRC-32 of everything before. Lines of older versions have none."""
SEALED = re.compile(rb',"crc":"([^"]*)"}\n?\Z')
WAY_OUT = "`mmeval repair {}` says what can be saved"
"""Ends every message about a damaged file of a run; the placeholder is the run folder."""


class ScoreRow(NamedTuple):
    """One line of scores.csv; a tuple, because millions of them are made when a site is built."""

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
    start: float | None = None
    """Bounds of a clip, in seconds."""
    end: float | None = None


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
    about = (part.sha256, part.mime, part.width, part.height, part.source, part.start, part.end)
    return StoredPart(part.kind, None, *about)


def read_samples(file: Path) -> Iterator[StoredSample]:
    """Stream StoredSamples; raises StoreError naming file and line."""
    choices: tuple[str, ...] = ()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                data = json.loads(line)
                parts = tuple(StoredPart(**part) for part in data["prompt"])
                choices = choices if data["choices"] is None else tuple(data["choices"])
                yield StoredSample(**{**data, "prompt": parts, "choices": choices})
            except DAMAGED as error:
                raise StoreError(f"{file}:{number}: {error}") from None


def dump_sample(sample: StoredSample, before: StoredSample | None = None) -> str:
    """One line, without the newline. More than MANY choices that the line `before` has, too, are null."""
    same = before is not None and len(sample.choices) > MANY and sample.choices == before.choices
    data = {**_shallow(sample), "prompt": [_bounded(part) for part in sample.prompt], "tags": dict(sample.tags)}
    return _dump({**data, "choices": None} if same else data)


def _bounded(part: StoredPart) -> dict[str, Any]:
    """A part; the bounds of a clip only where there are any."""
    return {name: value for name, value in _shallow(part).items() if value is not None or name not in ("start", "end")}


def dump_line(record: Record) -> bytes:
    """One line of a journal, with its checksum and the newline."""
    body = dump_record(record).encode().removesuffix(b"}")
    return body + SEAL % zlib.crc32(body) + b"\n"


def dump_record(record: Record) -> str:
    """A record as JSON; `limits` is never stored."""
    data = _shallow(record)
    if record.reply is not None:
        data["reply"] = dump_reply(record.reply)
    for name in ("failure", "score"):
        if data[name] is not None:
            data[name] = _shallow(data[name])
    if record.judge_usage is not None:
        data["judge_usage"] = record.judge_usage.as_json()
    data["tags"] = dict(record.tags)
    data["seen"] = [_shallow(one) for one in record.seen]
    if not record.seen:
        del data["seen"]
    return _dump(data)


def dump_reply(reply: Reply) -> dict[str, Any]:
    """A reply as JSON, without `limits` and with its media by digest."""
    data = _shallow(reply)
    del data["limits"]
    data["usage"] = reply.usage.as_json()
    data["media"] = [media.reference(one) for one in reply.media]
    for name in ("scores", "places", "tokens", "media", "sent"):
        if not data[name]:
            del data[name]
    if reply.seed is None:
        del data["seed"]
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
    """The inverse of dump_record and dump_line; raises ValueError, KeyError or TypeError for a damaged line.

    Args:
        line: of a journal.
        folder: the run folder, where the media of a reply are.
    """
    data, _ = opened(line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line)
    reply, failure, score, judge = data["reply"], data["failure"], data["score"], data.get("judge_usage")
    if judge is not None:
        data["judge_usage"] = Usage(**judge)
    if reply is not None:
        made = tuple(media.load(one, Files(folder).media) for one in reply.pop("media", ()))
        numbers = {name: tuple(reply.get(name, ())) for name in ("scores", "places", "tokens")}
        sent = tuple((int(width), int(height)) for width, height in reply.get("sent", ()))
        reply = Reply(**{**reply, "usage": Usage(**reply["usage"]), **numbers, "media": made, "sent": sent})
    data["seen"] = tuple(Seen(**{**one, "at": tuple(one["at"])}) for one in data.get("seen", ()))
    if score is not None:
        score = Score(**{**score, "span": tuple(score["span"]) if score["span"] else None})
    return Record(**{**data, "reply": reply, "failure": Failure(**failure) if failure else None, "score": score})


class JournalLine(NamedTuple):
    """One line of a journal and what it is about, without the cost of a whole Record."""

    id: str
    epoch: int
    status: Status
    raw: bytes


def opened(line: bytes) -> tuple[dict[str, Any], bool]:
    """The object of a line without its checksum, and whether it had one; raises ValueError if that is wrong."""
    found = SEALED.search(line, max(0, len(line) - 64))
    if found is not None and SEAL % zlib.crc32(line[: found.start()]) != found[0].rstrip(b"\n"):
        raise ValueError("the checksum is wrong")
    data = json.loads(line)
    if not isinstance(data, dict):
        raise TypeError("not an object")
    if found is not None:
        del data["crc"]
    elif not (isinstance(data["id"], str) and isinstance(data["epoch"], int) and data["status"] in _KNOWN):
        raise ValueError("no sample id, epoch and status")
    return data, found is not None


def _journal_line(line: bytes) -> JournalLine:
    data, sealed = opened(line)
    if not sealed:
        load_record(line)  # without a checksum, only a look at every part tells whether the line is whole
    return JournalLine(data["id"], data["epoch"], data["status"], line)


def read_journal(file: Path, *, damaged: list[int] | None = None) -> Iterator[JournalLine]:
    """Stream the lines of a journal without making records; otherwise as `read_records`."""
    return parsed(file, _journal_line, damaged)


def read_records(file: Path, *, damaged: list[int] | None = None) -> Iterator[Record]:
    """Stream the records of a journal.

    A missing file has no records. A last line without a newline was cut off by a crash and is dropped.

    Args:
        file: the journal.
        damaged: takes the numbers of damaged lines, which are skipped.

    Raises:
        StoreError: a line is damaged, and there is no list for its number. The message names file and line.
    """
    return parsed(file, lambda line: load_record(line, file.parent), damaged)


def parsed(file: Path, parse: Callable[[bytes], T], damaged: list[int] | None) -> Iterator[T]:
    """What `parse` makes of each line of a journal; otherwise as `read_records`."""
    if not file.is_file():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                found = parse(line)
            except DAMAGED as error:
                if damaged is None:
                    way_out = WAY_OUT.format(file.parent)
                    raise StoreError(f"{file}:{number}: damaged record: {error}; {way_out}") from None
                damaged.append(number)
            else:
                yield found


def write_journal(file: Path, records: Iterable[Record]) -> None:
    """Write a whole journal at once, with the media of its replies; a run in progress appends to its own instead."""
    with replacing(file) as lines:
        for record in records:
            media.save(Files(file.parent).media, record.reply.media if record.reply else ())
            lines.write(dump_line(record).decode())


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


def read_scores(file: Path, *, digest: str | None = None) -> Iterator[ScoreRow]:
    """Stream and validate scores.csv.

    Args:
        file: scores.csv.
        digest: sha256 of the file as the run left it; it is checked after the last row. None = unknown.

    Raises:
        StoreError: the file is missing or not CSV, a column is missing, a value is not what its column holds, a score
            is not in [0, 1], a sample and epoch appear twice, or the digest differs. The message names file and line.
    """
    way_out = f"; {WAY_OUT.format(file.parent)}" if digest is not None else ""
    with _open_scores(file, way_out) as raw:
        hashing = _Hashing(raw)
        reader = csv.reader(io.TextIOWrapper(io.BufferedReader(hashing, 1 << 16), encoding="utf-8", newline=""))
        try:
            yield from _score_rows(reader)
        except (ValueError, csv.Error) as error:
            raise StoreError(f"{file}:{reader.line_num}: {error}{way_out}") from None
    if digest is not None and hashing.digest.hexdigest() != digest:
        raise _changed(file, way_out)


def check_scores(file: Path, digest: str | None) -> None:
    """Raise StoreError if scores.csv is missing or is not the file with this sha256; None allows every file."""
    if digest is None:
        return
    way_out = f"; {WAY_OUT.format(file.parent)}"
    with _open_scores(file, way_out) as raw:
        if hashlib.file_digest(raw, "sha256").hexdigest() != digest:
            raise _changed(file, way_out)


def _open_scores(file: Path, way_out: str) -> io.BufferedReader:
    try:
        if kind := special(file):
            raise StoreError(f"{file} is {kind}, not a file")
        return file.open("rb")
    except FileNotFoundError:
        raise StoreError(f"{file.parent}: no {file.name}{way_out}") from None
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror or error}{way_out}") from None


def _changed(file: Path, way_out: str) -> StoreError:
    return StoreError(f"{file.parent}: {file.name} has changed since the run: its digest in run.json differs{way_out}")


class _Hashing(io.RawIOBase):
    """Passes bytes on and hashes them, so that a file is read and checked in one pass."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)


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
    # Most rows have no apostrophe, so nothing in them was guarded.
    name, epoch, status, value, answer, rule, cluster = map(unguarded, cells) if "'" in "".join(cells) else cells
    score = float(value) if value else None
    if score is not None and not 0 <= score <= 1:
        raise ValueError(f"sample {name!r}: score {score} is not in [0, 1]")
    if status not in _KNOWN:
        raise ValueError(f"sample {name!r}: unknown status {status!r}")
    return ScoreRow(name, int(epoch), _KNOWN[status], score, answer or None, rule, cluster or None)


_KNOWN: Final[Mapping[str, Status]] = {status: status for status in STATUSES}
