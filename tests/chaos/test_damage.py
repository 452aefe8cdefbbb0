"""Every file of a run, damaged in every way: what readers say, and what the same command makes of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import StoreError, runner, store
from mmeval.board import BenchmarkCard, read_checked
from mmeval.cli import app
from mmeval.cli._runs import find_run
from mmeval.compare import read_side
from mmeval.engine.options import Settings
from mmeval.runner import Session, run_one
from mmeval.runner.journal import Journal
from mmeval.store import Files, Run
from tests.engine.conftest import make_benchmark

pytestmark = pytest.mark.chaos
N = 6
BENCHMARK = make_benchmark(N)


@pytest.fixture
def whole(tmp_path: Path) -> Run:
    return run_one(BENCHMARK, "mock/echo", settings(tmp_path))


def settings(home: Path) -> Settings:
    return Settings(results=home / "results", cache="off")


@dataclass(frozen=True)
class Again:
    """What the same command did."""

    run: Run
    warnings: list[str]
    asked: int


def again(home: Path) -> Again:
    given, asked = settings(home), []
    session = Session(given)

    async def command() -> Run:
        try:
            plan = runner.plan(runner.job(BENCHMARK, given), "mock/echo", given)
            return (await session.run([plan], on_record=asked.append))[0]
        finally:
            await session.close()

    run = asyncio.run(command())
    return Again(run, session.resources.warnings, len(asked))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def garbage(file: Path) -> None:
    file.write_bytes(os.urandom(200) + b"\xff\n")


def zeros(file: Path) -> None:
    """What some file systems leave after a power cut: the length is right, the content is missing."""
    file.write_bytes(b"\0" * file.stat().st_size)


def edited(old: str, new: str) -> Callable[[Path], object]:
    def edit(file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


INFO: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, ""),
    "empty": (empty, "not JSON"),
    "cut": (cut, "not JSON"),
    "zeros": (zeros, "not JSON"),
    "garbage": (garbage, "not JSON"),
    "nested deeply": (lambda file: file.write_text("[" * 100_000), "not JSON"),
    "a list": (lambda file: file.write_text("[]"), "schema version None"),
    "a status that does not exist": (edited('"complete"', '"finished"'), "status: expected"),
    "a key that does not exist": (edited('"counts"', '"count"'), "no such key"),
}
"""Damage to run.json, and what is wrong with it."""


@pytest.mark.parametrize("damage", INFO)
def test_run_json_is_written_again_from_the_journal(whole: Run, tmp_path: Path, damage: str) -> None:
    scores = whole.files.scores.read_bytes()
    act, fault = INFO[damage]
    act(whole.files.info)
    with pytest.raises(
        StoreError, match=rf"{re.escape(fault)}.*mmeval repair .*{whole.path.name}" if fault else "no run.json"
    ):
        store.read_run(whole.path)
    done = again(tmp_path)
    assert (done.run.info.status, done.asked) == ("complete", 0)
    assert done.run.files.scores.read_bytes() == scores
    assert done.run.info.totals.requests == N, "the journal knows how many requests there were"
    assert bool(done.warnings) == bool(fault)
    assert Files.damaged(whole.files.info).exists() == bool(fault)
    assert all("written again" in warning for warning in done.warnings)


def test_run_json_of_a_newer_version_is_left_alone(whole: Run, tmp_path: Path) -> None:
    edited('"schema_version": 2', '"schema_version": 3')(whole.files.info)
    before = whole.files.info.read_bytes()
    with pytest.raises(StoreError, match=r"schema version 3.*update mmeval"):
        again(tmp_path)
    assert whole.files.info.read_bytes() == before


def flip(file: Path, line: int, byte: int) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    data = bytearray(lines[line])
    data[byte] ^= 0x01
    lines[line] = bytes(data)
    file.write_bytes(b"".join(lines))


def unsealed(file: Path) -> None:
    """The journal of an older version."""
    file.write_bytes(re.sub(rb',"requests":\d+,"retries":\d+(.*),"crc":"\w+"', rb"\1", file.read_bytes()))


def joined(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\n", b" ", 1))


def inserted(line: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(line + b"\n" + file.read_bytes())


JOURNAL: dict[str, tuple[Callable[[Path], object], int, int]] = {
    "missing": (Path.unlink, 0, N),
    "empty": (empty, 0, N),
    "the last line is torn": (lambda file: file.write_bytes(file.read_bytes()[:-9]), 0, 1),
    "the end is zeros": (lambda file: file.write_bytes(file.read_bytes() + b"\0" * 4096), 0, 0),
    "a digit of an answer": (lambda file: flip(file, 1, 9), 1, 1),
    "two bytes in two lines": (lambda file: (flip(file, 1, 200), flip(file, 4, 300)), 2, 2),
    "the checksum": (lambda file: flip(file, 2, -4), 1, 1),
    "a line of garbage": (inserted(b"\xff\xfe nonsense"), 1, 0),
    "a line of zeros": (inserted(b"\0" * 100), 1, 0),
    "a line with other JSON": (inserted(b'{"id": 3}'), 1, 0),
    "a line that is nested deeply": (inserted(b"[" * 100_000), 1, 0),
    "two lines in one": (joined, 1, 2),
    "all of it": (garbage, 2, N),
    "no checksums, as of an older version": (unsealed, 0, 0),
}
"""Damage to the journal of an unfinished run, lines that cannot be read, and samples that are asked again."""


@pytest.mark.parametrize("damage", JOURNAL)
def test_damaged_lines_are_skipped_and_their_samples_asked_again(whole: Run, tmp_path: Path, damage: str) -> None:
    scores, journal = whole.files.scores.read_bytes(), whole.files.journal
    whole.files.info.unlink()
    whole.files.scores.unlink()
    act, lines, samples = JOURNAL[damage]
    act(journal)
    if damage == "all of it":
        lines = journal.read_bytes().count(b"\n")
    if lines:
        with pytest.raises(StoreError, match=r"records\.jsonl:\d+: damaged record: .*; `mmeval repair "):
            list(whole.records())
    done = again(tmp_path)
    assert (done.run.info.status, done.asked) == ("complete", samples)
    assert done.run.files.scores.read_bytes() == scores
    assert done.run.info.provenance.get("damaged_lines", 0) == lines
    assert [f"skipped {lines} damaged lines" in warning for warning in done.warnings] == [True] * bool(lines)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert (out.exit_code, "scores.csv: is the one that the run wrote" in out.output) == (0, True), out.output
    assert len({record.id for record in whole.records()}) == N
    side = Files.damaged(journal)
    assert (side.read_bytes().count(b"\n") if side.exists() else 0) == lines


SCORES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "no scores.csv"),
    "empty": (empty, "has changed since the run"),
    "cut": (lambda file: file.write_bytes(file.read_bytes()[:-1]), "has changed since the run"),
    "zeros": (zeros, "scores.csv"),
    "garbage": (garbage, "scores.csv"),
    "another score": (edited(",ok,1.0,", ",ok,0.0,"), "has changed since the run"),
    "a row less": (
        lambda file: file.write_bytes(file.read_bytes().rsplit(b"\n", 2)[0] + b"\n"),
        "has changed since the run",
    ),
    "other line ends": (edited("\n", "\r\n"), "has changed since the run"),
}
"""Damage to scores.csv of a complete run, and what every reader says."""


@pytest.mark.parametrize("damage", SCORES)
def test_scores_are_trusted_only_as_the_run_wrote_them(whole: Run, tmp_path: Path, damage: str) -> None:
    scores = whole.files.scores.read_bytes()
    act, fault = SCORES[damage]
    act(whole.files.scores)
    readers: list[Callable[[], object]] = [
        lambda: list(whole.scores()), whole.check, lambda: find_run(str(whole.path), tmp_path / "results"),
        lambda: store.copy_run(whole, tmp_path / "copy", store.Measures()), lambda: read_side(whole),
        lambda: read_checked(whole, BenchmarkCard(name="x", title="x", group="x")),
    ]  # fmt: skip
    for reader in readers:
        with pytest.raises(StoreError, match=rf"{re.escape(fault)}.*; `mmeval repair "):
            reader()
    done = again(tmp_path)
    assert (done.run.info.status, done.asked) == ("complete", 0)
    assert done.run.files.scores.read_bytes() == scores
    assert ["written again from the journal" in warning for warning in done.warnings] == [True]
    assert again(tmp_path).warnings == []


@pytest.mark.parametrize(
    "verb",
    ["show RUN", "diff RUN RUN", "merge RUN", "rescore RUN --profile official", "export every-eval-ever RUN -o x"],
)
def test_every_verb_that_takes_a_run_refuses_changed_scores(whole: Run, verb: str) -> None:
    cut(whole.files.scores)
    out = CliRunner().invoke(app, verb.replace("RUN", str(whole.path)).split())
    assert isinstance(out.exception, StoreError), out.output
    assert "has changed since the run" in str(out.exception)


@pytest.mark.parametrize("name", ["run.json", "scores.csv"])
def test_without_a_journal_nothing_is_asked_again_by_surprise(whole: Run, tmp_path: Path, name: str) -> None:
    whole.files.journal.unlink()
    cut(whole.path / name)
    with pytest.raises(StoreError, match="mmeval repair"):
        again(tmp_path)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert out.exit_code == 5
    assert "restore it from git or a copy, or delete the folder" in out.output


def test_a_third_party_run_needs_no_digest(whole: Run) -> None:
    store.write_info(whole.path, whole.info.model_copy(update={"scores_digest": None, "origin": "third-party"}))
    edited("1.0", "0.5")(whole.files.scores)
    run = store.read_run(whole.path)
    run.check()
    assert len(list(run.scores())) == N


BATCHES = {
    "empty": empty,
    "cut": cut,
    "zeros": zeros,
    "garbage": garbage,
    "a list": lambda file: file.write_text("[1]"),
}


@pytest.mark.parametrize("damage", BATCHES)
def test_lost_handles_of_batches_are_a_question_for_a_person(tmp_path: Path, damage: str) -> None:
    """Submitting the batches again might pay for them twice, so nothing is asked."""
    from mmeval.runner.provider_batch import ProviderBatch

    batch = ProviderBatch.__new__(ProviderBatch)
    batch._file = Files(tmp_path).batches
    batch._write(["one", "two"], done=True)
    assert batch._left() == (["one", "two"], True)
    BATCHES[damage](batch._file)
    with pytest.raises(
        StoreError, match=r"\.batches\.json: damaged: .*delete this file: the same command submits again"
    ):
        batch._left()


LEFT = [
    ".samples.part", ".scores.csv.k2j3", ".run.json.x_1", ".records.jsonl.9", "..batches.json.q", ".batches.4711", "media/.a.png.12",
]  # fmt: skip


def leave(folder: Path) -> list[Path]:
    files = [*(folder / name for name in LEFT), folder / ".sort.abc" / "0"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\xff half a line")
    return files


def test_what_a_killed_process_left_is_deleted_at_the_next_start(whole: Run, tmp_path: Path) -> None:
    files = leave(whole.path)
    (whole.path / "media" / "kept.png").write_bytes(b"x")
    samples = whole.samples()
    assert samples is not None
    stored = samples.read_bytes()
    samples.unlink()
    whole.files.info.unlink()
    assert again(tmp_path).run.samples() == samples
    assert samples.read_bytes() == stored
    assert [file for file in files if file.exists()] == []
    assert {file.name for file in whole.path.iterdir()} == {"run.json", "records.jsonl", "scores.csv", "media"}
    assert (whole.path / "media" / "kept.png").exists()


def test_files_of_a_process_that_still_writes_are_left_alone(whole: Run, tmp_path: Path) -> None:
    whole.files.info.unlink()
    journal = Journal(whole.path)
    files = leave(whole.path)
    with pytest.raises(StoreError, match="another process"):
        again(tmp_path)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert isinstance(out.exception, StoreError)
    assert all(file.exists() for file in files)
    journal.close()


def test_repair_says_what_is_missing(whole: Run, tmp_path: Path) -> None:
    """Damaged lines, changed scores and a cut run.json, one after the other."""
    flip(whole.files.journal, 1, 60)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert out.exit_code == 0, out.output
    assert out.output.splitlines() == [
        "records.jsonl: moved 1 damaged line to records.jsonl.damaged", "scores.csv: is the one that the run wrote",
    ]  # fmt: skip
    cut(whole.files.info)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert out.exit_code == 5
    assert "moved to run.json.damaged; run the command that made the run again" in out.output
    done = again(tmp_path)
    assert (done.run.info.status, done.asked, done.warnings) == ("complete", 1, [])


def test_repair_writes_scores_again(tmp_path: Path) -> None:
    """A benchmark of the catalog; one reply was lost with its line."""
    given = Settings(results=tmp_path / "results", cache="off", limit=5)
    whole = run_one("bar_reading", "mock/echo", given)
    scores = whole.files.scores.read_bytes()
    empty(whole.files.scores)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert (out.exit_code, whole.files.scores.read_bytes()) == (0, scores), out.output
    assert "scores.csv: written again from the journal, as the run left it" in out.output
    empty(whole.files.scores)
    flip(whole.files.journal, 1, 60)
    out = CliRunner().invoke(app, ["repair", str(whole.path)])
    assert out.exit_code == 5
    assert "1 of 5 samples are missing; run the command that made the run again" in out.output
    left = store.read_run(whole.path)
    assert (left.info.status, len(list(left.scores()))) == ("partial", 4)
    assert run_one("bar_reading", "mock/echo", given).info.status == "complete"
    assert whole.files.scores.read_bytes() == scores


def test_json_of_run_json_is_unchanged_by_a_repair_of_scores(whole: Run, tmp_path: Path) -> None:
    before = json.loads(whole.files.info.read_text())
    cut(whole.files.scores)
    after = json.loads(again(tmp_path).run.files.info.read_text())
    for name in ("counts", "metrics", "scores_digest", "samples_digest", "spec", "planned"):
        assert after[name] == before[name], name
    assert after["totals"]["requests"] == before["totals"]["requests"]
