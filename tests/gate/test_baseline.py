"""Baselines: moved with a reason, read from a folder or from git, tested, planned with, calibrated."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from mmeval import store
from mmeval.gate.baseline import open_baselines
from mmeval.gate.policy import read_policy
from tests.gate.conftest import PROJECT, Command
from tests.gate.runs import base_scores, flipped, rows, write
from tests.perf.gate_errors import Cell, gate

POLICY = "version: 1\nbenchmarks: {quiz: {margin: 0.03}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gate.yaml").write_text(POLICY)
    return tmp_path


def ledger(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "results/baselines/LEDGER.jsonl").read_text().splitlines()]


def test_accept_moves_the_baseline(mmeval: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    scores = base_scores(400)
    old = write(folder / "results", rows(scores))
    new = write(folder / "results", rows(flipped(scores, gains=12)), model="mock/new")
    assert mmeval("gate", "accept", str(old.path), "--reason", "start").code == 0
    assert mmeval("gate", "accept", str(new.path), "--reason", "better\nmodel").code == 0
    runs, problems = store.list_runs(folder / "results" / "baselines")
    assert [run.info.spec.model for run in runs] == ["mock/new"]
    assert not problems
    assert sorted(file.name for file in runs[0].path.iterdir()) == ["baseline.json", "run.json", "scores.csv"]
    first, second = ledger(folder)
    assert (first["who"], first["reason"], first["replaces"], first["n"]) == ("ada", "start", [], 400)
    assert second["reason"] == "better model"
    assert second["replaces"][0]["difference"] == pytest.approx(12 / 400)
    assert not list((folder / "results" / "baselines").glob("mock__base*")), "nothing is left behind"


def test_accepting_the_same_run_twice_keeps_it(mmeval: Command, folder: Path) -> None:
    run = write(folder / "results", rows(base_scores(100)))
    for _ in range(2):
        assert mmeval("gate", "accept", str(run.path), "--reason", "again").code == 0
    assert len(store.list_runs(folder / "results" / "baselines")[0]) == 1
    assert len(ledger(folder)) == 2


def test_runs_are_named_as_for_every_verb(mmeval: Command, folder: Path) -> None:
    scores = base_scores(400)
    write(folder / "results", rows(scores))
    write(folder / "results", rows(flipped(scores, losses=60)), model="mock/new")
    assert mmeval("gate", "accept", "mock__base", "--reason", "start").code == 0
    (run,) = store.list_runs(folder / "results" / "baselines")[0]
    assert run.info.spec.model == "mock/base"
    assert mmeval("gate", "compare", "mock__base", "mock__new").code == 1
    many = mmeval("gate", "accept", "mock__", "--reason", "which?")
    assert (many.code, "2 runs match 'mock__'" in many.err) == (2, True)


def test_baseline_at_a_git_ref(mmeval: Command, folder: Path) -> None:
    """The pull request has moved the baseline; the gate asks what main says."""
    scores = base_scores(400)
    run = write(folder / "results", rows(scores))
    assert mmeval("gate", "accept", str(run.path), "--reason", "main").code == 0
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(folder)]
    for words in (["init", "-q", "-b", "main"], ["add", "results/baselines"], ["commit", "-qm", "baseline"]):
        subprocess.run([*git, *words], check=True)
    worse = write(folder / "results", rows(flipped(scores, losses=60)), model="mock/new")
    assert mmeval("gate", "accept", str(worse.path), "--reason", "hide it").code == 0
    (folder / "gate.yaml").write_text(POLICY + "baseline: {ref: main}\n")
    assert mmeval("gate", "plan").code == 0
    with open_baselines(read_policy(folder / "gate.yaml")) as root:
        assert [run.info.spec.model for run in store.list_runs(root)[0]] == ["mock/base"]
    (folder / "gate.yaml").write_text(POLICY + "baseline: {ref: nosuchref}\n")
    ended = mmeval("gate", "plan")
    assert (ended.code, "at nosuchref" in ended.err) == (4, True)


def test_plan_says_what_can_be_seen(mmeval: Command, folder: Path) -> None:
    write(folder / "results" / "baselines", rows(base_scores(500)))
    found = json.loads(mmeval("gate", "plan", "--json").out)[0]
    assert (found["n"], found["units"], found["smallest"]) == (500, 500, 104)
    assert [round(100 * x, 1) for x in found["detectable"]] == [2.5, 3.5, 5.0, 6.1]
    assert found["needed"] == [398, 726, 1400, 2081], "more than the normal approximation: 344, 687, 1374, 2061"
    text = mmeval("gate", "plan").out
    assert "probability if nothing has changed" in " ".join(text.split())


@pytest.mark.parametrize(("benchmarks", "n", "runs"), [(1, 300, 400), (3, 200, 150)])
def test_the_chance_to_end_green_is_what_happens(
    mmeval: Command, folder: Path, benchmarks: int, n: int, runs: int
) -> None:
    """What `gate plan` prints for 10 % flips, and how simulated gates end."""
    names = [f"quiz{i}" for i in range(benchmarks)]
    for name in names:
        write(folder / "results" / "baselines", rows(base_scores(n)), benchmark=name)
    (folder / "gate.yaml").write_text(f"version: 1\nbenchmarks: {{{': , '.join(names)}: }}\n")
    (folder / "benchmarks").mkdir()
    for name in names:
        shutil.copy(PROJECT / "benchmarks" / "quiz.py", folder / "benchmarks" / f"{name}.py")
    found = json.loads(mmeval("gate", "plan", "--json", "--path", str(folder)).out)[0]["green"][1]
    assert [one["drop"] for one in found] == [0, 0.015, 0.03]
    rng = np.random.default_rng(5)
    for one in found:
        ends = [gate(Cell(n, 0.1, benchmarks=benchmarks), -one["drop"], rng, stops=False)[0] for _ in range(runs)]
        noise = 2.6 * 0.5 / math.sqrt(runs)
        assert ends.count("pass") / runs == pytest.approx(one["strict"], abs=noise)
        assert 1 - ends.count("fail") / runs == pytest.approx(one["lenient"], abs=noise)


def test_plan_prints_the_chance_to_end_green(mmeval: Command, folder: Path) -> None:
    write(folder / "results" / "baselines", rows(base_scores(300)))
    text = " ".join(mmeval("gate", "plan").out.split())
    assert "no drop half the margin the margin" in text
    assert "quiz 5% 0.0: 68% / 97% 1.5: 25% / 77% 3.0: 4% / 30%" in text


def test_plan_refuses_what_does_not_pass_unchanged(mmeval: Command, folder: Path) -> None:
    write(folder / "results" / "baselines", rows(base_scores(500), clusters=10))
    ended = mmeval("gate", "plan")
    assert ended.code == 2
    assert "500 samples (50 independent) do not pass a margin of 3.0 points" in ended.err


@pytest.mark.parametrize("n", [400, 1200])
def test_selftest_of_a_policy(mmeval: Command, folder: Path, n: int) -> None:
    write(folder / "results" / "baselines", rows(base_scores(n)))
    ended = mmeval("gate", "selftest")
    assert ended.code == 0, ended.out
    assert ended.out.count(" ok") == 4


def test_selftest_sees_a_gate_that_cannot_fail(mmeval: Command, folder: Path) -> None:
    """A margin of 90 points tolerates everything; the baseline has only 30 to lose."""
    write(folder / "results" / "baselines", rows(base_scores(400, right=0.3)))
    (folder / "gate.yaml").write_text("version: 1\nbenchmarks: {quiz: {margin: 0.9}}\n")
    ended = mmeval("gate", "selftest")
    assert ended.code == 1
    assert "WRONG" in ended.out


def test_selftest_without_a_policy(mmeval: Command, tmp_path: Path) -> None:
    ended = mmeval("gate", "selftest")
    assert (ended.code, ended.out.count(" ok")) == (0, 4)


@pytest.fixture
def asked(mmeval: Command, folder: Path) -> Command:
    ran = json.loads(mmeval("run", "quiz", "-m", "quizzer/base", "--limit", "300", "--json").out)
    assert mmeval("gate", "accept", ran[0]["path"], "--reason", "first").code == 0
    return mmeval


def test_calibrate(asked: Command, folder: Path) -> None:
    ended = asked("gate", "calibrate", "--repeats", "2", "--json")
    found = json.loads(ended.out)[0]
    assert (found["pairs"], found["flip_rate"], found["deviation"], found["false_alarms"]) == (3, 0.0, 0.0, 0)
    assert found["passes"] == 3
    assert json.loads((folder / "flaky_items.json").read_text()) == {"quiz": {}}
    assert asked("gate", "calibrate", "--repeats", "0").code == 2


def drift(folder: Path) -> None:
    """What the provider answered when the baseline was made is not what it answers now."""
    file = next((folder / "results" / "baselines").glob("*/*/*/scores.csv"))
    lines = file.read_text().splitlines()
    moved = [line.replace(",0.0,", ",1.0,") for line in lines]
    assert moved != lines
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_text("\n".join(moved) + "\n")
    info = file.with_name("run.json")
    info.write_text(info.read_text().replace(before, hashlib.sha256(file.read_bytes()).hexdigest()))


@pytest.mark.parametrize(
    ("mode", "moved", "code", "message"),
    [
        ("stored", True, 1, "FAIL"),
        ("control", False, 0, "PASS"),
        ("control", True, 4, "drift: the unchanged quizzer/base moved by"),
        ("rerun", True, 0, "PASS"),
    ],
)
def test_drift_is_not_the_authors_fault(
    asked: Command, folder: Path, mode: str, moved: bool, code: int, message: str
) -> None:
    if moved:
        drift(folder)
    (folder / "gate.yaml").write_text(POLICY + f"baseline: {{mode: {mode}, control: 60}}\n")
    ended = asked("gate", "run", "-m", "quizzer/base")
    assert (ended.code, message in ended.out) == (code, True), ended.out


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--max-samples", "40"], 6), (["--max-samples", "4000"], 0), (["--max-minutes", "0.0000001"], 6)],
)
def test_budgets(asked: Command, folder: Path, words: list[str], code: int) -> None:
    ended = asked("gate", "run", "-m", "quizzer/same", *words)
    assert ended.code == code, ended.out
    assert ("budget" in ended.out) == (code == 6)
    if words == ["--max-samples", "40"]:
        journal = next((folder / "results").glob("quizzer__same*/*/*/records.jsonl"))
        assert journal.read_text().count("\n") == 40
