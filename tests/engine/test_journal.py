"""The journal as a state machine: write, kill at any byte, damage, reopen, repair; and what its lines add up to."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mmeval import store
from mmeval.runner import run_one
from mmeval.runner.finish import summarise
from mmeval.runner.journal import Journal
from mmeval.store import OPEN, Files, RunInfo, dump_line, dump_record, load_record, read_journal
from mmeval.store.ordered import Ordered
from mmeval.types import STATUSES, Failure, Record, Reply, Usage

from .conftest import make_benchmark

IDS = st.sampled_from(["a", "b", "é\u2028", 'q"uote', "\udc80", "x" * 300])


class JournalMachine(RuleBasedStateMachine):
    """Against a model: a list of (record, whether its line is whole)."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.lines: list[tuple[Record, bool]] = []
        self.journal = Journal(self.folder)

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(name=IDS, epoch=st.integers(1, 2), status=st.sampled_from(STATUSES), text=st.text(max_size=40))
    def write(self, name: str, epoch: int, status: str, text: str) -> None:
        reply = Reply(text=text, finish="stop") if text else None
        record = Record(id=name, epoch=epoch, status=status, reply=reply, requests=1)  # type: ignore[arg-type]
        self.journal.write(record)
        self.lines.append((record, True))

    @rule(lost=st.integers(0, 2000))
    def kill(self, lost: int) -> None:
        """The process is gone, and perhaps the last bytes did not reach the disk."""
        data = self._kill()
        kept = data[: max(0, len(data) - lost)]
        self.journal.file.write_bytes(kept)
        del self.lines[kept.count(b"\n") :]
        self._reopen()

    @precondition(lambda self: any(good for _, good in self.lines))
    @rule(draw=st.randoms(use_true_random=False), change=st.integers(1, 255))
    def damage(self, draw, change: int) -> None:
        """One byte of a whole line changes while nobody writes."""
        data = self._kill().split(b"\n")[:-1]
        at = draw.choice([i for i, (_, good) in enumerate(self.lines) if good])
        line = bytearray(data[at])
        byte = draw.randrange(len(line))
        line[byte] ^= change
        data[at] = bytes(line)
        self.journal.file.write_bytes(b"".join(part + b"\n" for part in data))
        self.lines[at] = (self.lines[at][0], False)
        if line[byte] == ord("\n"):  # one line became two, neither of them whole
            self.lines.insert(at, self.lines[at])
        self._reopen()

    @rule()
    def repair(self) -> None:
        assert self.journal.move_damaged() == sum(not good for _, good in self.lines)
        self.lines = [line for line in self.lines if line[1]]

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = Journal(self.folder)

    def _kill(self) -> bytes:
        os.close(self.journal._handle)
        return self.journal.file.read_bytes()

    def _reopen(self) -> None:
        self.journal = Journal(self.folder)

    @invariant()
    def what_is_whole_is_found(self) -> None:
        whole = [record for record, good in self.lines if good]
        finished = self.journal.finished()
        for name in ("a", "b", "never"):
            for epoch in (1, 2):
                done = any((r.id, r.epoch) == (name, epoch) and r.status not in OPEN for r in whole)
                assert ((name, epoch) in finished) == done
        assert len(self.journal.damaged) == sum(not good for _, good in self.lines)
        last = {(record.id, record.epoch): record for record in whole}
        with Ordered(self.journal.file, spill=self.folder, damaged=[]) as records:
            assert {(record.id, record.epoch): record for record in records} == last


JournalMachine.TestCase.settings = how(max_examples=40, stateful_step_count=25, deadline=None)
TestJournalMachine = JournalMachine.TestCase


def test_every_changed_byte_of_a_line_is_noticed(tmp_path: Path) -> None:
    line = dump_line(Record(id="a", epoch=1, status="ok", reply=Reply(text="é", finish="stop"), requests=1))
    assert load_record(line).requests == 1
    for at in range(len(line) - 1):
        for change in (0x01, 0x20, 0x80):
            changed = bytearray(line)
            changed[at] ^= change
            (tmp_path / "records.jsonl").write_bytes(changed)
            damaged: list[int] = []
            assert list(read_journal(tmp_path / "records.jsonl", damaged=damaged)) == [], (at, change)


def test_lines_without_a_checksum_are_read(tmp_path: Path) -> None:
    """The journals of older versions, which do not name requests either."""
    record = Record(id="a", epoch=1, status="ok", reply=Reply(text="B", finish="stop"))
    old = dump_record(record).replace('"requests":0,"retries":0,', "")
    assert "requests" not in old
    assert load_record(old) == record
    (tmp_path / "records.jsonl").write_text(f"{old}\n")
    assert [line.id for line in read_journal(tmp_path / "records.jsonl")] == ["a"]


def answer(tokens: int, *, cached: bool = False, **more) -> Record:
    reply = Reply(text="A", finish="stop", usage=Usage(input=tokens, output=1), cached=cached)
    return Record(**{"id": "a", "epoch": 1, "status": "ok", "reply": reply, "cost": tokens / 100, **more})


FAILED = Record(id="a", epoch=1, status="error", failure=Failure(kind="server", message="500"), requests=3, retries=2)
TOTALS = {
    "asked once": ([answer(10, requests=1)], (1, 0, 10, 0.1)),
    "asked again after a failure": ([FAILED, answer(10, requests=2, retries=1)], (5, 3, 10, 0.1)),
    "failed twice": ([FAILED, FAILED], (6, 4, None, None)),
    "the scorer failed, then the reply came from the cache": (
        [answer(10, requests=1, status="error"), answer(10, cached=True)], (1, 0, 10, 0.1),
    ),
    "the scorer failed, then the model was asked again": (
        [answer(10, requests=1, status="error"), answer(12, requests=1)], (2, 0, 22, 0.22),
    ),
    "from the cache alone": ([answer(10, cached=True)], (0, 0, 10, 0.1)),
}  # fmt: skip


@pytest.mark.parametrize("case", TOTALS)
def test_totals_count_every_line(tmp_path: Path, case: str) -> None:
    """Lines of one sample, and requests, retries, input tokens and cost of the run."""
    records, expected = TOTALS[case]
    Files(tmp_path).journal.write_bytes(b"".join(map(dump_line, records)))
    found = summarise(tmp_path, make_benchmark(1)).totals
    assert (found.requests, found.retries, found.input_tokens) == expected[:3]
    assert found.cost == (None if expected[3] is None else pytest.approx(expected[3]))


def as_killed(folder: Path, lines: int) -> RunInfo:
    """The folder as a killed process leaves it: so many lines, and run.json as it was at the start."""
    files = Files(folder)
    files.journal.write_bytes(b"".join(files.journal.read_bytes().splitlines(keepends=True)[:lines]))
    files.scores.unlink()
    info = store.read_run(folder).info
    begun = info.model_copy(
        update={"status": "running", "counts": {}, "metrics": {}, "scores_digest": None, "totals": store.Totals()}
    )
    store.write_info(folder, begun)
    return info


def test_a_kill_loses_no_request_of_the_totals(settings) -> None:
    given = settings.model_copy(update={"cache": "off"})
    path = run_one(make_benchmark(), "mock/echo", given).path
    undisturbed = as_killed(path, 25)
    resumed = run_one(make_benchmark(), "mock/echo", given).info
    assert resumed.totals.requests == 40
    assert (resumed.totals.input_tokens, resumed.totals.cost) == (
        undisturbed.totals.input_tokens, undisturbed.totals.cost,
    )  # fmt: skip


def test_retries_are_recorded_with_their_sample(settings) -> None:
    options = {"rate_limit_rate": 0.3, "retry_after_s": 0.01}
    run = run_one(make_benchmark(), "mock/flaky", settings.model_copy(update={"options": options, "cache": "off"}))
    records = list(run.records())
    assert sum(record.retries for record in records) == run.info.totals.retries > 0
    assert sum(record.requests for record in records) == run.info.totals.requests


@pytest.mark.parametrize(("sync", "most"), [("interval", 2), ("always", 1000)])
def test_every_record_is_on_the_disk_where_that_is_wanted(settings, monkeypatch, sync: str, most: int) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_size), real(handle))[1])
    run = run_one(make_benchmark(), "mock/echo", settings.model_copy(update={"sync": sync}))
    size, ends = 0, set()
    for line in (run.path / "records.jsonl").read_bytes().splitlines(keepends=True):
        size += len(line)
        ends.add(size)
    assert len(ends & set(synced)) <= most
    assert (ends <= set(synced)) == (sync == "always")


def test_a_reply_is_in_the_journal_before_the_next_one_is_scored(settings) -> None:
    """What a kill during scoring costs: the reply that is being scored, and none of those that came before."""
    bench, found = make_benchmark(), []
    rule = bench.score.rule("official")
    folder: list[Path] = []

    def official(sample, reply):
        folder[:] = folder or list(settings.results.glob("*/*/*"))
        found.append(Files(folder[0]).journal.read_bytes().count(b"\n"))
        return rule(sample, reply)

    run_one(replace(bench, score=replace(bench.score, rules={"official": official})), "mock/echo", settings)
    assert found == list(range(40))
