"""Readers of files that anybody may have written: whatever the bytes, the result is a value or an MMEvalError."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmeval import MMEvalError, store
from mmeval.data import from_file
from mmeval.gate.policy import read_policy
from mmeval.interchange import imported, readers
from mmeval.metrics.agreement import read_labels
from mmeval.runner import read_config
from mmeval.store import RunInfo, Spec
from mmeval.types import Failure, Record, Reply, Score, Usage

BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
EVIL: list[Any] = [
    None, True, -1, 0, 10**400, 1e308, float("nan"), float("inf"), "", " ", "nan", "=1+1", "\ud800", "\0", "../../etc",
    "x" * 5000, "[[[[", "9" * 5000, [], [[]], [None], {}, {"": {}}, {"a": [{}]},
]  # fmt: skip
RECORD = Record(
    id="q1", epoch=1, status="ok", reply=Reply(text="red", finish="stop", usage=Usage(1, 2)),
    score=Score(value=1.0, answer="red", rule="r", span=(0, 3)), failure=Failure(kind="k", message="m"), tags={"a": "b"},
)  # fmt: skip
SPEC = Spec(
    model="m/x", benchmark="b", version="1", profile="p", endpoint="local", definition_digest="d", adapter_digest="a",
    scorer="s",
)  # fmt: skip


def questions(file: Path) -> None:
    made = from_file(file)
    for row in islice(made.data.rows(), 20):
        made.to_sample(row)


def imports(form: str | None = None) -> Callable[[Path], None]:
    def read(file: Path) -> None:
        for found in readers.read(file, form=form, model="m", benchmark=None if form == "openvlm" else "b"):
            imported.write(found, file.parent / "results")

    return read


def eval_log(document: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as log:
        for name, value in document.items():
            # zipfile cuts a name at a NUL, and cannot write one that is empty.
            log.writestr(name.partition("\0")[0] or "unnamed", json.dumps(value))
    return out.getvalue()


ROW = {"question": "2 < 3?", "answer": "yes", "options": ["yes", "no"], "id": "1", "image": None, "category": "x"}
SAMPLE = {
    "id": "q1", "prompt": [{"kind": "text", "text": "?"}], "target": "A", "choices": ["x", "y"], "cluster": None,
    "tags": {"a": "b"},
}  # fmt: skip
CSV = "id,question,answer,A,B,image,category\n1,what?,A,x,y,,c\n2,who?,B,x,y,,c\n"
INSPECT = {
    "header.json": {"eval": {"model": "m", "task": "t"}, "results": {"scores": [{"name": "s", "metrics": {"a": {"value": 1}}}]}},
    "samples/1.json": {
        "id": 1, "epoch": 1, "scores": {"s": {"value": "C", "answer": "B", "explanation": "e"}}, "error": None,
        "output": {"model": "m", "choices": [{"message": {"content": "B"}, "stop_reason": "stop"}], "usage": {"input_tokens": 1}},
    },
}  # fmt: skip
POLICY = {
    "version": 1, "options": {"a": 1}, "guards": {"latency_p95": "+20%"}, "defaults": {"margin": 0.1},
    "benchmarks": {"quiz": {"margin": 0.03, "tier": "critical"}, "other": None},
}  # fmt: skip
LMMS = {"results": {"mmmu_val": {"acc,none": 0.5, "acc_stderr,none": 0.1}}, "config": {"model_args": "pretrained=a/b"}}
OPENVLM = {"time": "241106103059", "results": {"m": {"META": {"Method": ["m", "u"]}, "MMStar": {"Overall": 50.0}}}}

Target = tuple[str, Callable[[Path], object], Any, Callable[[Any], bytes]]


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()


def as_line(document: Any) -> bytes:
    return as_json(document) + b"\n"


def as_table(document: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(document)
    return out.getvalue().encode("utf-8", "backslashreplace")


TABLE = list(csv.reader(io.StringIO(CSV)))
SCORES = [list(store.COLUMNS), ["q1", "1", "ok", "1.0", "red", "r", ""], ["q2", "1", "error", "", "", "", "c"]]
TARGETS: dict[str, Target] = {
    "questions.jsonl": ("q.jsonl", questions, ROW, as_line),
    "questions.csv": ("q.csv", questions, TABLE, as_table),
    "questions.tsv": ("q.tsv", questions, TABLE, lambda rows: as_table(rows).replace(b",", b"\t")),
    "run.json": ("run.json", lambda file: store.read_run(file.parent),
                 json.loads(RunInfo(status="complete", spec=SPEC, counts={"ok": 1}).model_dump_json()), as_json),
    "scores.csv": ("scores.csv", lambda file: list(store.read_scores(file)), SCORES, as_table),
    "records.jsonl": ("records.jsonl", lambda file: list(store.read_records(file)),
                      json.loads(store.dump_record(RECORD)), as_line),
    "samples.jsonl": ("s.jsonl", lambda file: list(store.read_samples(file)), SAMPLE, as_line),
    "labels.csv": ("l.csv", read_labels, [["human", "judge"], ["1", "1"], ["0", "1"]], as_table),
    "labels.jsonl": ("l.jsonl", read_labels, {"human": 1, "judge": "yes"}, as_line),
    "gate.yaml": ("gate.yaml", lambda file: read_policy(file).digest, POLICY, as_json),
    "run.toml": ("run.toml", lambda file: read_config(file, {}),
                 {"limit": 3, "options": {"a": 1}, "benchmarks": ["a"], "models": ["a/b"]},
                 lambda found: b"\n".join(f"{k} = {json.dumps(v)}".encode() for k, v in found.items() if k != "options")),
    "lmms results": ("x_results.json", imports("lmms-results"), LMMS, as_json),
    "lmms samples": ("x_samples_t.jsonl", imports("lmms-samples"),
                     {"doc_id": 1, "filtered_resps": ["B"], "target": "B", "acc": 1.0}, as_line),
    "VLMEvalKit csv": ("m_MMStar.csv", imports("vlmevalkit"), [["index", "prediction", "hit"], ["1", "B", "1"]], as_table),
    "VLMEvalKit json": ("m_MMStar.json", imports("vlmevalkit"), [{"index": 1, "prediction": "B", "hit": 1}], as_json),
    "inspect": ("log.eval", imports("inspect"), INSPECT, eval_log),
    "OpenVLM": ("OpenVLM.json", imports("openvlm"), OPENVLM, as_json),
}  # fmt: skip


def places(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value in a document."""
    yield at
    entries = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in entries:
        yield from places(value, (*at, key))


def changed(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    entries = dict(document) if isinstance(document, dict) else list(document)
    entries[at[0]] = changed(entries[at[0]], at[1:], value)
    return entries


def refused_or_read(name: str, content: bytes) -> None:
    file_name, read, *_ = TARGETS[name]
    folder = Path(tempfile.mkdtemp(prefix="mmeval-fuzz-"))
    try:
        (folder / file_name).write_bytes(content)
        with suppress(MMEvalError):
            read(folder / file_name)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_sound_is_read(name: str, tmp_path: Path) -> None:
    file_name, read, document, dump = TARGETS[name]
    (tmp_path / file_name).write_bytes(dump(document))
    read(tmp_path / file_name)


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(data=st.data())
def test_any_value_in_any_place(name: str, data: st.DataObject) -> None:
    *_, document, dump = TARGETS[name]
    at = data.draw(st.sampled_from(list(places(document))))
    value = data.draw(st.sampled_from(EVIL))
    try:
        content = dump(changed(document, at, value))
    except (ValueError, TypeError, AttributeError, csv.Error):  # cannot be written in this form at all
        return
    refused_or_read(name, content)


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(data=st.data())
def test_any_damage(name: str, data: st.DataObject) -> None:
    *_, document, dump = TARGETS[name]
    whole = dump(document)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    refused_or_read(name, whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:])


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(content=st.binary(max_size=200))
def test_any_bytes(name: str, content: bytes) -> None:
    refused_or_read(name, content)
