"""A gate on a file of questions, from its first run to a report with the questions that were lost."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from mmeval.engine.rate import throttle
from tests.gate.conftest import Command

POLICY = """\
version: 1
model: mock/scripted
options: {script: replies.json}
on_inconclusive: fail
benchmarks:
  data/q.jsonl: {tier: critical, margin: 0.05}
"""
N = 150


def answer(folder: Path, share: float) -> None:
    """The model gives this share of the right answers from now on."""
    rng = random.Random(0)
    replies = {f"How many are {i}?": str(i) if rng.random() < share else "none" for i in range(N)}
    (folder / "replies.json").write_text(json.dumps(replies))


@pytest.fixture
def project(mmeval: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("MMEVAL_PATH")
    (tmp_path / "data").mkdir()
    rows = [{"id": f"s{i}", "text": f"How many are {i}?", "answer": str(i)} for i in range(N)]
    (tmp_path / "data" / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "gate.yaml").write_text(POLICY)
    answer(tmp_path, 0.8)
    words = ["run", "data/q.jsonl", "-m", "mock/scripted", "-o", "script=replies.json", "--columns", "question=text"]
    (ran,) = json.loads(mmeval(*words, "--json").out)
    assert mmeval("gate", "accept", ran["path"], "--reason", "first").code == 0
    return mmeval


def test_plan_run_and_compare(project: Command, tmp_path: Path) -> None:
    planned = project("gate", "plan", "--json")
    assert (planned.code, json.loads(planned.out)[0]["n"]) == (0, N), planned.err
    assert project("gate", "run").out.startswith("PASS: 1 benchmark")
    assert project("gate", "compare", "results/baselines", "results").out.startswith("PASS: 1 benchmark")
    assert project("gate", "selftest").out.count(" ok") == 4
    (tmp_path / "data" / "q.jsonl").rename(tmp_path / "moved.jsonl")
    assert project("gate", "run").err == "mmeval: gate.yaml: benchmarks: data/q.jsonl: no such file\n"
    assert project("gate", "compare", "results/baselines", "results").code == 0, "stored runs need no file"


def test_the_report_shows_the_questions_but_a_comment_does_not(project: Command, tmp_path: Path) -> None:
    """A file of questions is its owner's: the page stays with the job, the comment may be public."""
    answer(tmp_path, 0.3)
    (tmp_path / "cache.sqlite").unlink()
    for path in sorted((tmp_path / "results" / "mock__scripted").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    ended = project("gate", "run", "--report", "out")
    assert ended.code == 1, ended.out
    assert 'td class="q">How many are' in (tmp_path / "out" / "gate.html").read_text()
    assert "How many are" not in (tmp_path / "out" / "gate.comment.md").read_text()


def test_the_limit_of_open_files_is_said(project: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle.resource, "getrlimit", lambda which: (70, 70))
    assert "because `ulimit -n` is 70; raise it" in project("gate", "run").err
