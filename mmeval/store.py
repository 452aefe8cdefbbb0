"""The run folder: `run.json`, an append-only `records.jsonl`, and the small `scores.csv` that is committed.

results/<model>/<benchmark>@<version>[+<variant>]/<run>/{run.json, records.jsonl, scores.csv}
results/_samples/<benchmark>@<version>[+<variant>]/<digest>.jsonl   prompts by sample, shared by all models
results/_samples/<benchmark>@<version>[+<variant>]/thumbs/<sha256>.webp
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmeval.errors import StoreError
from mmeval.types import (
    JSON,
    Audio,
    Estimate,
    Failure,
    Image,
    Modality,
    Part,
    Record,
    Reply,
    Sample,
    Score,
    Status,
    Text,
    Usage,
)

SCHEMA = 1
RunStatus = Literal["running", "complete", "partial", "failed", "cancelled"]
COLUMNS = ("id", "epoch", "status", "score", "answer", "rule", "cluster")


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spec(_Stored):
    """Everything that decides what a run asks and how it scores; its digest names the run folder."""

    model: str
    """`provider/model`."""
    benchmark: str
    version: str
    variant: str = ""
    """`blind`, `shuffled-image`, ...; empty for the plain benchmark."""
    profile: str
    judge: str | None = None
    judge_digest: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    """Generation options with defaults resolved, nulls included."""
    endpoint: str
    epochs: int = 1
    limit: int | None = None
    seed: int = 0
    shard: str | None = None
    subset: str | None = None
    """Digest of the sample ids, where only some were chosen."""
    definition_digest: str
    adapter_digest: str
    scorer_digest: str
    data: dict[str, Any] = Field(default_factory=dict)
    """The source's own description: id, revision, split, digests."""
    media_policy: dict[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()


class Number(_Stored):
    """A stored Estimate."""

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95

    @classmethod
    def of(cls, estimate: Estimate) -> Number:
        """From the in-memory value."""
        return cls(**asdict(estimate))


class Totals(_Stored):
    """Tokens, money and time of a run; None = unknown, never 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    judge_tokens: int | None = None
    judge_cost: float | None = None
    requests: int = 0
    retries: int = 0
    cached: int = 0
    wall_s: float = 0.0


class RunInfo(_Stored):
    """`run.json`."""

    schema_version: Literal[1] = 1
    status: RunStatus
    spec: Spec
    provenance: dict[str, Any] = Field(default_factory=dict)
    """Versions, git, environment, argv, one rendered example, times."""
    samples: str | None = None
    """Digest of the sorted sample ids: the name of the file under `_samples/`."""
    planned: int = 0
    counts: dict[Status, int] = Field(default_factory=dict)
    unparsed: int = 0
    metrics: dict[str, Number] = Field(default_factory=dict)
    """Headline under the metric's own name, sub-scores as `name/slice`."""
    reason: str | None = None
    """Why the run is not complete, in one line."""
    headline: str = ""
    excluded: Number | None = None
    """The headline with failures that count as zero left out instead: both numbers are always here."""
    totals: Totals = Totals()
    throttle: dict[str, Any] = Field(default_factory=dict)
    origin: Literal["mmeval", "third-party"] = "mmeval"


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
class Run:
    """A run folder that was read and found whole."""

    path: Path
    info: RunInfo

    def scores(self) -> Iterator[ScoreRow]:
        """The rows of scores.csv in file order."""
        return read_scores(self.path / "scores.csv")

    def records(self) -> Iterator[Record]:
        """The journal in the order of arrival; a torn last line is dropped."""
        return read_records(self.path / "records.jsonl")


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder that looks like a run and cannot be used, with the reason."""

    path: Path
    reason: str


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, for digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def asking_order(seed: int, key: str, cluster: str | None) -> tuple[bytes, str]:
    """Sort key of a random order of samples that only the seed decides; clusters stay together."""
    return hashlib.sha256(f"{seed}:{cluster or key}".encode("utf-8", "surrogatepass")).digest(), key


def slug(name: str) -> str:
    """A folder name for a model; what had to be changed is told apart by six hex digits."""
    plain = name.replace("/", "__")
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", plain).lstrip(".")[:80]
    return safe if safe == plain else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def benchmark_folder(spec: Spec) -> str:
    """`<benchmark>@<version>[+<variant>]`."""
    return f"{slug(spec.benchmark)}@{slug(spec.version)}" + (f"+{slug(spec.variant)}" if spec.variant else "")


def run_path(root: Path, spec: Spec) -> Path:
    """Where the run of this spec lives; the same spec always has the same folder."""
    return root / slug(spec.model) / benchmark_folder(spec) / spec.digest[:12]


def write_atomic(path: Path, text: str) -> None:
    """Write aside, fsync and rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # a temporary file is private, a result is for everyone who may read the folder
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_info(folder: Path, info: RunInfo) -> None:
    """Replace run.json."""
    write_atomic(folder / "run.json", json.dumps(info.model_dump(mode="json"), indent=1, sort_keys=True) + "\n")


def read_run(folder: Path) -> Run:
    """Read run.json; raises StoreError that names the folder and the reason."""
    file = folder / "run.json"
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"{folder}: no run.json") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"{file}: not JSON: {error}") from None
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version != SCHEMA:
        raise StoreError(f"{file}: schema version {version!r}, this mmeval reads {SCHEMA}")
    try:
        return Run(folder, RunInfo.model_validate(raw))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StoreError(f"{file}: {where}: {first['msg']}") from None


def list_runs(root: Path) -> tuple[list[Run], list[Problem]]:
    """All run folders below `root`, sorted by path, and those that cannot be read."""
    runs: list[Run] = []
    problems: list[Problem] = []
    for file in sorted(root.glob("*/*@*/*/")):
        if file.relative_to(root).parts[0] == "_samples":
            continue
        try:
            runs.append(read_run(file))
        except StoreError as error:
            problems.append(Problem(file, str(error)))
    return runs, problems


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
    kind: Modality = "image" if isinstance(part, Image) else "audio" if isinstance(part, Audio) else "video"
    return StoredPart(kind, None, part.sha256, part.mime, part.width, part.height, part.source)


def samples_path(root: Path, info: RunInfo) -> Path:
    """The file of StoredSamples of a run; it may be absent where the licence forbids to share it."""
    return root / "_samples" / benchmark_folder(info.spec) / f"{info.samples}.jsonl"


def thumbnail_path(root: Path, info: RunInfo, sha256: str) -> Path:
    """A small WebP picture of one image, where the licence allows it."""
    return root / "_samples" / benchmark_folder(info.spec) / "thumbs" / f"{sha256}.webp"


def read_samples(file: Path) -> Iterator[StoredSample]:
    """Stream StoredSamples; raises StoreError naming file and line."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                data = json.loads(line)
                parts = tuple(StoredPart(**part) for part in data["prompt"])
                yield StoredSample(**{**data, "prompt": parts, "choices": tuple(data["choices"])})
            except (ValueError, KeyError, TypeError) as error:
                raise StoreError(f"{file}:{number}: {error}") from None


def dump_sample(sample: StoredSample) -> str:
    """One line, without the newline."""
    return json.dumps(asdict(sample), ensure_ascii=False, separators=(",", ":"))


def dump_record(record: Record) -> str:
    """One line of records.jsonl, without the newline; `limits` is never stored."""
    data = asdict(record)
    if data["reply"] is not None:
        del data["reply"]["limits"]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def load_record(line: str) -> Record:
    """The inverse of dump_record; raises ValueError or KeyError on a damaged line."""
    data: dict[str, Any] = json.loads(line)
    reply, failure, score, judge = data["reply"], data["failure"], data["score"], data.get("judge_usage")
    if judge is not None:
        data["judge_usage"] = Usage(**judge)
    if reply is not None:
        reply = Reply(**{**reply, "usage": Usage(**reply["usage"])})
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
                yield load_record(line)
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
