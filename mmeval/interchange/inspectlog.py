"""Import logs of inspect_ai: one JSON file, or a zip file `.eval` of JSON, deflated or compressed with Zstandard."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.documents import read_json
from mmeval.errors import DataError
from mmeval.interchange.imported import Imported, clustered, number, unit
from mmeval.store import RunStatus, status_of
from mmeval.types import Failure, Finish, Record, Reply, Score, Status, Usage

_ZSTD = 93
_LOCAL_HEADER = struct.Struct("<4s5HIIIHH")
_LARGEST = 1 << 30
_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
"""Correct, incorrect, partial, no answer."""
_FINISH: Mapping[str, Finish] = {"max_tokens": "length", "model_length": "length", "content_filter": "filtered"}


def read(file: Path, *, model: str | None = None, benchmark: str | None = None) -> Iterator[Imported]:
    """The run in a log; raises DataError naming the file and the member or the sample."""
    if file.suffix.lower() == ".json":
        header = read_json(file, DataError)
        if not is_log(header):
            raise DataError(f"{file}: there is no `eval` and `status` as in a log of inspect")
        samples = header.get("samples") or []
        records = [_record(one, f"{file}: sample {n}") for n, one in enumerate(samples, 1)]
    else:
        header, records = _zipped(file)
    yield _imported(file, header, records, model, benchmark)


def is_log(whole: Any) -> bool:
    """Whether a JSON document looks like a log."""
    return isinstance(whole, dict) and isinstance(whole.get("eval"), dict) and isinstance(whole.get("status"), str)


def _zipped(file: Path) -> tuple[Mapping[str, Any], list[Record]]:
    try:
        with zipfile.ZipFile(file) as log, file.open("rb") as raw:
            names = log.namelist()
            # A log that was not finished has no header, only the start of its journal.
            header = _json(file, log, raw, "header.json" if "header.json" in names else "_journal/start.json")
            members = sorted(name for name in names if name.startswith("samples/") and name.endswith(".json"))
            return header, [_record(_json(file, log, raw, name), f"{file}:{name}") for name in members]
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{file}: not a readable .eval file: {error}") from None


def _imported(
    file: Path, header: Mapping[str, Any], records: Sequence[Record], model: str | None, benchmark: str | None
) -> Imported:
    spec = _table(header.get("eval"))
    facts = {key: spec.get(key) for key in ("created", "packages")} | {"status": header.get("status")}
    status, reason = _ended(header)
    return Imported(
        tool="inspect",
        model=model or str(spec.get("model") or "unknown"),
        benchmark=benchmark or str(spec.get("task") or file.stem).rpartition("/")[2],
        source=file,
        records=clustered(records),
        metrics=_metrics(header.get("results")),
        facts={key: value for key, value in facts.items() if value},
        planned=_planned(spec),
        status=status,
        reason=reason,
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _planned(spec: Mapping[str, Any]) -> int | None:
    """Samples that the log was to have, all epochs together."""
    ids, epochs = _table(spec.get("dataset")).get("sample_ids"), _table(spec.get("config")).get("epochs")
    return len(ids) * (epochs if isinstance(epochs, int) else 1) if isinstance(ids, list) else None


def _ended(header: Mapping[str, Any]) -> tuple[RunStatus, str | None]:
    """The status of the run, and why it is not complete."""
    said, error = header.get("status"), _table(header.get("error"))
    if said == "success":
        return "complete", None
    if said == "cancelled":
        return "cancelled", "inspect was cancelled"
    message = " ".join(str(error.get("message") or "the log was not finished").split())
    return "failed", f"inspect: {message[:300]}"


def _json(file: Path, log: zipfile.ZipFile, raw: Any, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_member(file, log, raw, name))
    except (KeyError, ValueError, RecursionError, zipfile.BadZipFile) as error:
        raise DataError(f"{file}:{name}: {error}") from None
    if not isinstance(found, dict):
        raise DataError(f"{file}:{name}: expected a JSON object")
    return found


def _member(file: Path, log: zipfile.ZipFile, raw: Any, name: str) -> bytes:
    member = log.getinfo(name)
    if member.file_size > _LARGEST:
        raise DataError(f"{file}:{name}: more than 1 GiB when unpacked")
    if member.compress_type != _ZSTD:
        return log.read(name)
    # The standard library cannot read Zstandard members before Python 3.14.
    import pyarrow as pa

    raw.seek(member.header_offset)
    fields = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    raw.seek(fields[9] + fields[10], 1)
    packed = raw.read(member.compress_size)
    try:
        with pa.input_stream(pa.BufferReader(packed), compression="zstd") as stream:
            data: bytes = stream.read(_LARGEST + 1)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{file}:{name}: {error}") from None
    if len(data) != member.file_size:
        raise DataError(f"{file}:{name}: {len(data)} bytes, but the directory says {member.file_size}")
    return data


def _metrics(results: Any) -> dict[str, float]:
    scores = results.get("scores") if isinstance(results, dict) else None
    found: dict[str, float] = {}
    for score in scores if isinstance(scores, list) else []:
        for name, metric in (score.get("metrics") or {}).items() if isinstance(score, dict) else ():
            value = number(metric.get("value")) if isinstance(metric, dict) else None
            if value is not None:
                found[f"{score.get('name')}/{name}"] = value
    return found


def _record(sample: Any, where: str) -> Record:
    if not isinstance(sample, dict) or sample.get("id") is None:
        raise DataError(f"{where}: expected an object with an id")
    error = sample.get("error")
    epoch = sample.get("epoch")
    reply = _reply(sample.get("output"))
    score = _score(sample.get("scores"), where)
    failure = None
    if isinstance(error, dict):
        failure = Failure(kind="error", message=str(error.get("message"))[:500])
    status: Status = "error" if failure else status_of(reply)
    return Record(
        id=str(sample.get("id")),
        epoch=epoch if isinstance(epoch, int) else 1,
        status=status,
        reply=reply,
        score=None if failure else score,
        failure=failure,
    )


def _reply(output: Any) -> Reply:
    output = output if isinstance(output, dict) else {}
    choices = output.get("choices") or [{}]
    first = choices[0] if isinstance(choices[0], dict) else {}
    usage = output.get("usage") if isinstance(output.get("usage"), dict) else {}
    return Reply(
        text=_content((first.get("message") or {}).get("content")),
        finish=_FINISH.get(str(first.get("stop_reason")), "stop"),
        usage=Usage(input=usage.get("input_tokens"), output=usage.get("output_tokens")),
        model=output.get("model") or None,
    )


def _content(content: Any) -> str:
    """The text of a message, which may be a list of parts; reasoning is left out."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(p.get("text")) for p in parts if isinstance(p, dict) and p.get("type") == "text")


def _score(scores: Any, where: str) -> Score | None:
    """The score of the first scorer; None if it is not a number."""
    for name, score in scores.items() if isinstance(scores, dict) else ():
        value = score.get("value") if isinstance(score, dict) else None
        found = _LETTERS.get(value) if isinstance(value, str) else number(value)
        if found is None:
            return None
        said, why = score.get("answer"), score.get("explanation")
        answer = None if said is None else str(said)[:500]
        return Score(value=unit(found, where), answer=answer, rule=f"imported:{name}", note=str(why or "")[:200])
    return None
