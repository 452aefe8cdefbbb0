"""The run folder: one reader for every file, and what it says about each kind of damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mmeval import store
from mmeval.compare import read_side
from mmeval.errors import MMEvalError, RunFailedError, StoreError
from mmeval.store import OPEN, REFUSALS, UNMEASURED, Files, Measures, Run, Summary, counted
from mmeval.types import STATUSES, Record, Score, Status
from tests import ledger
from tests.gate.runs import base_scores, rows, write

HEADER = "id,epoch,status,score,answer,rule,cluster\n"
GOOD = "a,1,ok,1.0,A,rule,\n"

SCORES: list[tuple[str, bytes | None, str]] = [
    ("missing", None, "no scores.csv"),
    ("other header", b"id,score\na,1\n", "scores.csv:1: the header is 'id,score'"),
    ("no header", GOOD.encode(), "scores.csv:1: the header is"),
    ("too few cells", f"{HEADER}{GOOD}b,1,ok\n".encode(), "scores.csv:3: 3 cells, expected 7"),
    ("too many cells", f"{HEADER}{GOOD[:-1]},x,\n".encode(), "scores.csv:2: 9 cells, expected 7"),
    ("text for a score", f"{HEADER}a,1,ok,good,A,r,\n".encode(), "scores.csv:2: could not convert string to float"),
    ("NaN", f"{HEADER}a,1,ok,nan,A,r,\n".encode(), "scores.csv:2: sample 'a': score nan is not in [0, 1]"),
    ("infinity", f"{HEADER}a,1,ok,inf,A,r,\n".encode(), "score inf is not in [0, 1]"),
    ("above 1", f"{HEADER}{GOOD}b,1,ok,1.5,A,r,\n".encode(), "scores.csv:3: sample 'b': score 1.5 is not in [0, 1]"),
    ("below 0", f"{HEADER}a,1,ok,-0.1,A,r,\n".encode(), "score -0.1 is not in [0, 1]"),
    ("text for an epoch", f"{HEADER}a,one,ok,1,A,r,\n".encode(), "scores.csv:2: invalid literal for int()"),
    ("unknown status", f"{HEADER}a,1,fine,1,A,r,\n".encode(), "sample 'a': unknown status 'fine'"),
    ("the same row twice", f"{HEADER}{GOOD}{GOOD}".encode(), "scores.csv:3: sample 'a', epoch 1, appears twice"),
    ("not UTF-8", HEADER.encode() + b"\xff,1,ok,1,A,r,\n", "codec can't decode"),
]
"""Name, content of the file (None: no file), and what the error says."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return write(tmp_path, rows(base_scores(3)))


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in SCORES], ids=[case[0] for case in SCORES])
def test_damaged_scores(run: Run, content: bytes | None, message: str) -> None:
    run.files.scores.unlink()
    if content is not None:
        run.files.scores.write_bytes(content)
    with pytest.raises(StoreError) as found:
        list(run.scores())
    assert message in str(found.value)
    assert str(run.path) in str(found.value)


@pytest.mark.parametrize("content", [None, "", HEADER, f"{HEADER}\n\n"], ids=["missing", "0 bytes", "header", "blank"])
def test_a_run_without_scores_has_measured_nothing(run: Run, content: str | None) -> None:
    run.files.scores.unlink()
    if content is not None:
        run.files.scores.write_text(content)
        assert list(run.scores()) == []
    with pytest.raises(RunFailedError, match="measured nothing"):
        read_side(run)


def test_scores_come_back_as_they_were_written(tmp_path: Path) -> None:
    odd = [store.ScoreRow('a,\n"b"', 2, "truncated", 1 / 3, "é\n\udc80", "r", "c"), *rows([None, 0.0])]
    store.write_scores(tmp_path / "scores.csv", odd)
    back = list(store.read_scores(tmp_path / "scores.csv"))
    assert back[0].score == 1 / 3
    assert back[0].answer == "é\n\\udc80", "UTF-8 has no lone surrogate"
    assert [back[0].id, *back[1:]] == [odd[0].id, *odd[1:]]


RUN: list[tuple[str, Callable[[dict], object] | str | None, str]] = [
    ("missing", None, "no run.json"),
    ("torn", '{"schema_version": 2, "sta', "not JSON"),
    ("a list", "[]", "schema version None"),
    ("another schema", lambda raw: raw.update(schema_version=9), "schema version 9"),
    ("unknown field", lambda raw: raw.update(colour="red"), "colour: no such key"),
    ("unknown status", lambda raw: raw.update(status="fine"), "status: expected"),
    ("no model", lambda raw: raw["spec"].pop("model"), "spec.model: is missing"),
]


@pytest.mark.parametrize(("damage", "message"), [case[1:] for case in RUN], ids=[case[0] for case in RUN])
def test_damaged_run_json(run: Run, damage: Callable[[dict], object] | str | None, message: str) -> None:
    file = run.files.info
    raw = json.loads(file.read_text())
    if callable(damage):
        damage(raw)
    file.unlink()
    if damage is not None:
        file.write_text(damage if isinstance(damage, str) else json.dumps(raw))
    with pytest.raises(StoreError) as found:
        store.read_run(run.path)
    assert message in str(found.value)
    assert store.is_run(run.path) == (damage is not None)


RECORD = store.dump_record(Record(id="a", epoch=1, status="ok"))
JOURNAL = [
    ("not JSON", f"{RECORD}\nnonsense\n".encode(), "records.jsonl:2: damaged record"),
    ("not an object", b"3\n", "records.jsonl:1: damaged record"),
    ("no status", RECORD.replace('"status":"ok",', "").encode() + b"\n", "records.jsonl:1: damaged record"),
    ("not UTF-8", b"\xff\xfe\xfa\n", "records.jsonl:1: damaged record"),
]


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in JOURNAL], ids=[case[0] for case in JOURNAL])
@pytest.mark.parametrize("reader", [store.read_records, store.read_journal])
def test_damaged_journal(run: Run, reader: Callable, content: bytes, message: str) -> None:
    run.files.journal.write_bytes(content)
    with pytest.raises(StoreError, match=message):
        list(reader(run.files.journal))


@pytest.mark.parametrize("reader", [store.read_records, store.read_journal])
def test_a_torn_last_line_is_dropped(run: Run, reader: Callable) -> None:
    assert list(reader(run.files.journal)) == [], "a run without a journal has no records"
    run.files.journal.write_text(f"{RECORD}\n{RECORD[:20]}")
    assert [line.id for line in reader(run.files.journal)] == ["a"]


def test_a_written_journal_is_read_back(run: Run) -> None:
    records = [Record(id=name, epoch=1, status="ok", score=Score(value=1.0, answer="\udc80")) for name in "ab"]
    store.write_journal(run.files.journal, records)
    assert list(run.records()) == records


def test_a_copied_run_keeps_what_is_committed(run: Run, tmp_path: Path) -> None:
    assert store.read_measures(run) is None
    store.copy_run(run, tmp_path / "copy", Measures(latency_p95=2.0))
    copy = store.read_run(tmp_path / "copy")
    assert (copy.info, list(copy.scores())) == (run.info, list(run.scores()))
    assert store.read_measures(copy) == Measures(latency_p95=2.0)
    copy.files.measures.write_text('{"latency_p95": "slow"}')
    with pytest.raises(StoreError, match=r"baseline\.json: 1 validation error"):
        store.read_measures(copy)


def test_samples_are_found_published_or_not_and_for_a_baseline(run: Run, tmp_path: Path) -> None:
    assert run.samples() is None
    shared = store.samples_path(tmp_path, run.info)
    shared.parent.mkdir(parents=True)
    store.unpublished(shared).write_text("")
    assert run.samples() == store.unpublished(shared)
    shared.write_text("")
    assert run.samples() == shared
    baseline = write(tmp_path / "baselines", rows(base_scores(3)))
    assert baseline.samples() == shared


MEANING: dict[Status, tuple[bool, bool, bool]] = {
    "ok": (False, False, False),
    "truncated": (False, False, False),
    "refused": (False, False, True),
    "filtered": (False, False, True),
    "empty": (False, False, True),
    "unsupported": (True, False, False),
    "invalid_input": (True, False, False),
    "timeout": (True, True, False),
    "error": (True, True, False),
    "judge_error": (True, True, False),
}
"""Status: unmeasured, asked again, a reply without an answer."""


@pytest.mark.parametrize("status", STATUSES)
def test_what_a_status_means(status: Status) -> None:
    assert (status in UNMEASURED, status in OPEN, status in REFUSALS) == MEANING[status]
    summary = Summary()
    summary.counts[status] = 3
    assert summary.failed == (3 if MEANING[status][1] else 0)


SCORE = Score(value=1.0, answer="A", rule="letter")


@pytest.mark.parametrize(
    ("status", "policy", "zeros", "value"),
    [
        ("ok", {}, True, 1.0),
        ("ok", {"ok": "zero"}, True, 1.0),
        ("truncated", {}, True, None),
        ("truncated", {"truncated": "score"}, True, 1.0),
        ("truncated", {"truncated": "score"}, False, 1.0),
        ("refused", {"refused": "zero"}, True, 0.0),
        ("refused", {"refused": "zero"}, False, None),
        ("error", {"refused": "zero"}, True, None),
    ],
)
def test_what_enters_the_headline(status: Status, policy: dict[Status, str], zeros: bool, value: float | None) -> None:
    found = counted(Record(id="a", epoch=1, status=status, score=SCORE), policy, zeros=zeros)
    assert (found.value if found else None) == value


def test_one_builder_of_run_json(run: Run) -> None:
    summary = Summary(unparsed=1, samples_digest="s", scores_digest="c", measured=2)
    summary.counts["ok"] = 2
    made = run.info.summarised(
        summary, status="partial", reason="cut", totals={"requests": 4}, planned=9, provenance={"end": 1.0}
    )
    assert (made.status, made.reason, made.planned, made.counts, made.unparsed) == ("partial", "cut", 9, {"ok": 2}, 1)
    assert (made.samples_digest, made.scores_digest, made.totals.requests) == ("s", "c", 4)
    assert made.provenance == {**run.info.provenance, "end": 1.0}
    assert made.spec == run.info.spec


def test_store_errors_end_with_2_and_empty_runs_with_5() -> None:
    codes: dict[type[MMEvalError], int] = {StoreError: 2, RunFailedError: 5}
    assert {kind: kind.exit_code for kind in codes} == codes


def test_names_of_files_are_in_the_store_alone() -> None:
    names = [Files(Path()).info, Files(Path()).journal, Files(Path()).scores, Files(Path()).batches]
    names += [Files(Path()).samples_part, Files(Path()).measures]
    package = Path(store.__file__).parents[1]
    for file in package.rglob("*.py"):
        if file.parent.name != "store":
            text = file.read_text(encoding="utf-8")
            assert not [name for name in map(str, names) if f'"{name}"' in text], file


def test_settings_copied() -> None:
    """A copy with other settings has a name of its own, also when the first was asked for its name before."""
    first = ledger.spec("a/b", "chart", shard="0/2")
    assert first.digest != first.model_copy(update={"shard": None}).digest == ledger.spec("a/b", "chart").digest
