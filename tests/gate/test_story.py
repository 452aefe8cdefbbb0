"""A team's month with the gate, through the command line, with real runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.gate.conftest import Command, Ended

POLICY = """\
version: 1
subject: model
benchmarks:
  quiz: {tier: critical, margin: 0.03}
"""


@pytest.fixture
def story(mmeval: Command, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A baseline that was run and accepted, by the first test that wants it."""
    first = tmp_path_factory.getbasetemp() / "story"
    if first.exists():
        shutil.copytree(first, tmp_path, dirs_exist_ok=True)
        return mmeval
    (tmp_path / "gate.yaml").write_text(POLICY)
    ran = mmeval("run", "quiz", "-m", "quizzer/base", "--json")
    assert ran.code == 0, ran.err
    folder = json.loads(ran.out)[0]["path"]
    accepted = mmeval("gate", "accept", folder, "--reason", "first baseline")
    assert accepted.code == 0, accepted.err
    shutil.copytree(tmp_path, first)
    return mmeval


def gate(command: Command, *words: str) -> tuple[Ended, dict]:
    ended = command("gate", "run", *words, "--json")
    return ended, json.loads(ended.out) if ended.out else {}


@pytest.mark.parametrize(
    ("model", "code", "decision"),
    [
        ("quizzer/same", 0, "pass"),
        ("quizzer/worse-6", 1, "fail"),
        ("quizzer/worse-40", 1, "fail"),
        ("quizzer/down", 5, "incomplete"),
        ("quizzer/shaky", 5, "incomplete"),
    ],
)
def test_candidates(story: Command, model: str, code: int, decision: str) -> None:
    ended, verdict = gate(story, "-m", model)
    assert (ended.code, verdict["decision"]) == (code, decision), ended.err
    assert verdict["summary"].startswith(decision.upper())


def test_a_broken_model_stops_early(story: Command) -> None:
    ended, verdict = gate(story, "-m", "quizzer/worse-40", "--concurrency", "4")
    bench = verdict["benchmarks"][0]
    assert ended.code == 1
    assert bench["tag"] == "stopped early"
    asked = (Path(bench["candidate_run"]) / "records.jsonl").read_text().count("\n")
    assert asked < 400, "asking goes on after the proof"
    again, second = gate(story, "-m", "quizzer/worse-40")
    assert again.code == 1
    assert second["benchmarks"][0]["tag"] == "stopped early"
    assert (Path(bench["candidate_run"]) / "records.jsonl").read_text().count("\n") == asked, "proof is not asked twice"


def test_against_zero_stops_sooner(story: Command, tmp_path: Path) -> None:
    asked = {}
    for against in ("margin", "zero"):
        (tmp_path / "gate.yaml").write_text(POLICY + f"early_fail: {{against: {against}}}\n")
        ended, verdict = gate(story, "-m", "quizzer/worse-10")
        assert (ended.code, verdict["benchmarks"][0]["tag"]) == (1, "stopped early")
        asked[against] = verdict["benchmarks"][0]["proven_after"]
        shutil.rmtree(tmp_path / "results" / "quizzer__worse-10")
    assert asked["zero"] < asked["margin"] < 500


def test_nothing_stops_where_stopping_is_off(story: Command, tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY + "early_fail: {enabled: false}\n")
    ended, verdict = gate(story, "-m", "quizzer/worse-40")
    assert (ended.code, verdict["benchmarks"][0]["difference"]["n"]) == (1, 1000)


def test_too_small_a_sample(story: Command, tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY.replace("margin: 0.03", "margin: 0.03, n: 110"))
    ended, verdict = gate(story, "-m", "quizzer/same")
    assert (ended.code, verdict["decision"]) == (0, "inconclusive")
    assert verdict["benchmarks"][0]["needed"] > 110
    (tmp_path / "gate.yaml").write_text(
        POLICY.replace("margin: 0.03", "margin: 0.03, n: 110") + "on_inconclusive: fail\n"
    )
    ended, verdict = gate(story, "-m", "quizzer/same")
    assert (ended.code, verdict["decision"]) == (3, "inconclusive")


def test_extend_asks_more_once(story: Command, tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(
        POLICY.replace("margin: 0.03", "margin: 0.03, n: 160") + "on_inconclusive: extend\nextend: {factor: 5}\n"
    )
    ended, verdict = gate(story, "-m", "quizzer/same")
    assert (ended.code, verdict["decision"]) == (0, "pass")
    assert verdict["benchmarks"][0]["difference"]["n"] == 800


def test_changed_prompt(story: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "changed"
    (project / "benchmarks").mkdir(parents=True)
    source = Path(__file__).parent / "project"
    text = (source / "benchmarks" / "quiz.py").read_text()
    (project / "benchmarks" / "quiz.py").write_text(text.replace("which letter?", "which letter is it?"))
    (project / "adapters").symlink_to(source / "adapters")
    monkeypatch.setenv("MMEVAL_PATH", str(project))
    ended, verdict = gate(story, "-m", "quizzer/same")
    assert (ended.code, verdict["decision"]) == (4, "not comparable")
    assert "definition_digest" in verdict["summary"]
    assert len(list((tmp_path / "results").glob("quizzer__same*"))) == 0, "nothing is paid for"
    (tmp_path / "gate.yaml").write_text(POLICY.replace("subject: model", "subject: prompt"))
    ended, verdict = gate(story, "-m", "quizzer/base")
    assert (ended.code, verdict["decision"]) == (0, "pass")


def test_a_margin_that_is_too_small_is_refused_before_anything_is_asked(story: Command, tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text(POLICY.replace("margin: 0.03", "margin: 0.03, n: 60"))
    ended, _ = gate(story, "-m", "quizzer/same")
    assert (ended.code, "60 samples" in ended.err) == (2, True)
    assert not list((tmp_path / "results").glob("quizzer__same*"))
