"""Whatever kills a run: the same command again gives the same files and asks for nothing that was answered."""

from __future__ import annotations

import functools
import os
import resource
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mmeval.engine.options import Settings
from mmeval.runner import run_one
from mmeval.runner.journal import Journal
from mmeval.types import Record
from tests.chaos.kills import kill_again_and_again
from tests.engine.conftest import make_benchmark

pytestmark = pytest.mark.chaos


@dataclass(frozen=True)
class Whole:
    """A finished run and the bytes of its files."""

    settings: Settings
    path: Path
    journal: bytes
    scores: bytes


@pytest.mark.slow
def test_kill_at_five_moments(project, provider) -> None:
    """`python -m tests.perf.kills` does the same twenty times in a run of 2,000 samples."""
    kill_again_and_again(project(500), kills=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_polite_signal_loses_nothing_at_all(project, provider, number: signal.Signals) -> None:
    provider.faults = replace(provider.faults, latency=0.05)
    run = project(400)
    code, out = run.stop_at("run", 100, number)
    assert code == 130, out
    assert "resume: " in out
    code, out = run.run("run")
    assert code == 0, out
    assert run.repeated() == 0
    assert len(provider.attempts) == 400


def test_a_laptop_asleep_loses_nothing_and_asks_nothing_twice(project, provider) -> None:
    """The whole process stands still for longer than any request may take, with answers waiting in its sockets."""
    provider.faults = replace(provider.faults, latency=0.3)
    run = project(300, "--timeout", "2")
    process = run.start("asleep")
    while provider.counts["requests"] < 150:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGCONT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    assert run.repeated() == 0
    assert len(provider.attempts) == 300


@pytest.mark.parametrize("jump_s", [-7200.0, 7200.0])
def test_a_clock_that_jumps_changes_no_duration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float) -> None:
    real, seen = time.time, []

    def jump(record: Record) -> None:
        seen.append(record)
        monkeypatch.setattr(time, "time", lambda: real() + jump_s)

    settings = Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", max_minutes=5)
    run = run_one(make_benchmark(20), "mock/echo", settings, on_record=jump)
    assert run.info.status == "complete"
    assert len(seen) == 20
    assert 0 <= run.info.totals.wall_s < 60


def test_a_full_disk_is_one_line_and_resumable(project, provider) -> None:
    """A file size limit makes writes fail half-way, as a full disk does."""
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (60_000, 60_000))
    run = project(400)
    assert run.run("clean")[0] == 0
    provider.reset()
    code, out = run.run("full", limit=limit)
    assert code not in (0, 1), out
    assert "Traceback" not in out
    asked = len(provider.attempts)
    code, out = run.run("full")
    assert code == 0, out
    assert run.scores("full") == run.scores("clean")
    assert len(provider.attempts) == 400
    assert run.repeated() <= asked


def test_two_writers_of_one_run(project, provider) -> None:
    provider.faults = replace(provider.faults, latency=0.2)
    run = project(200)
    first = run.start("same")
    while provider.counts["requests"] < 5:
        time.sleep(0.002)
    os.killpg(first.pid, signal.SIGSTOP)  # it cannot end before the second one has looked
    code, out = run.run("same")
    os.killpg(first.pid, signal.SIGCONT)
    assert code == 2, out
    assert "another process" in out
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert run.repeated() == 0


def test_two_runs_on_one_cache(project, provider) -> None:
    """Two processes with different benchmarks settings share a cache file; both finish, neither disturbs the other."""
    provider.faults = replace(provider.faults, latency=0.02)
    run = project(300)
    cache = ["--cache-file", str(run.home / "shared.sqlite")]
    both = [run.start(name, *cache, "--epochs", epochs) for name, epochs in (("one", "1"), ("two", "2"))]
    for process in both:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out
    code, out = run.run("three", *cache)
    assert code == 0, out
    assert provider.counts["requests"] <= 600 + 300
    before = provider.counts["requests"]
    assert run.run("four", *cache)[0] == 0
    assert provider.counts["requests"] == before, "everything was in the cache"


def cut(folder: Path, journal: bytes, length: int) -> None:
    """The folder as a crash leaves it: the first bytes of the journal, nothing finished."""
    for name in ("scores.csv", "run.json"):
        (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)  # closing an empty journal deletes its folder
    (folder / "records.jsonl").write_bytes(journal[:length])


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    settings = Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite")
    path = run_one(make_benchmark(4), "mock/echo", settings).path
    return Whole(settings, path, (path / "records.jsonl").read_bytes(), (path / "scores.csv").read_bytes())


def test_a_journal_cut_at_every_byte_keeps_its_whole_records(whole: Whole) -> None:
    for length in range(len(whole.journal) + 1):
        cut(whole.path, whole.journal, length)
        journal = Journal(whole.path)
        lines = whole.journal[:length].count(b"\n")
        assert len(journal.finished()) == lines, f"cut at byte {length}"
        assert journal.file.read_bytes() == b"".join(whole.journal.splitlines(keepends=True)[:lines])
        journal.close()


@pytest.mark.parametrize("part", range(0, 101, 5))
def test_a_cut_journal_resumes_to_the_same_scores(whole: Whole, part: int) -> None:
    cut(whole.path, whole.journal, len(whole.journal) * part // 100)
    assert run_one(make_benchmark(4), "mock/echo", whole.settings).info.status == "complete"
    assert (whole.path / "scores.csv").read_bytes() == whole.scores
