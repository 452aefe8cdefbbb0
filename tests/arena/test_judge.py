"""A model as the voter: verdicts to votes, its agreement with people, and the correction by people's votes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmeval.arena.fit import fit_table
from mmeval.arena.judge import judge_benchmark, judged_votes
from mmeval.arena.pairs import choose_pairs
from mmeval.arena.tracks import judge_tracks
from mmeval.arena.vote import Vote
from mmeval.stats.bradley_terry import SCALE
from mmeval.types import Record, Reply, Score
from tests.arena.conftest import mmeval, runs


def record(first: str, second: str, verdict: str | None) -> Record:
    tags = {"benchmark": "b", "sample": "1", "model_a": first, "model_b": second, "category0": "charts"}
    tags |= {"style_a": json.dumps({"length": len(first)}), "style_b": json.dumps({"length": len(second)})}
    values = {"first": 1.0, "second": 0.0, "tie": 0.5, None: 0.0}
    return Record(id=first, epoch=1, status="ok", score=Score(value=values[verdict], answer=verdict), tags=tags, at=5.0)


@pytest.mark.parametrize(
    ("verdicts", "winner"),
    [
        (("first", "second"), "model_a"),
        (("second", "first"), "model_b"),
        (("first", "first"), "tie"),
        (("tie", "tie"), "tie"),
        (("first", "tie"), "tie"),
        (("first", None), None),
    ],
    ids=["agrees on x", "agrees on yy", "follows the place", "tie", "half a tie", "no verdict"],
)
def test_both_orders_make_one_vote(verdicts: tuple[str | None, str | None], winner: str | None) -> None:
    found = list(judged_votes([record("x", "yy", verdicts[0]), record("yy", "x", verdicts[1])], "lab/judge"))
    assert [vote.winner for vote in found] == ([winner] if winner else [])
    for vote in found:
        assert (vote.model_a, vote.voter, vote.category) == ("x", "judge:lab/judge", ("charts",))
        assert (vote.style_a, vote.style_b) == ({"length": 1}, {"length": 2})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"verdict": "first"}', "first"),
        ('I think so.\n```json\n{"verdict" : "second"}\n```', "second"),
        ('{"verdict": "first"} no, {"verdict": "tie"}', "tie"),
        ("the first one", None),
        ("", None),
    ],
)
def test_verdicts(text: str, answer: str | None) -> None:
    rule = judge_benchmark([], {}).score.rule("official")
    made = rule(None, Reply(text=text, finish="stop"))  # type: ignore[arg-type,operator]
    assert made.answer == answer


def votes_of(rng: np.random.Generator, number: int, *, seen: int, bias: float) -> tuple[list[Vote], list[Vote]]:
    """Judge votes on all pairs, and people's on `seen` of them; the judge likes y more than people do."""
    judged, human = [], []
    for i in range(number):
        first, second = ("x", "y") if rng.random() < 0.5 else ("y", "x")
        for odds, voter, found in ((0.0, f"v{i % 50}", human), (bias, "judge:lab/judge", judged)):
            chance = 1 / (1 + np.exp(odds if first == "x" else -odds))
            winner = "model_a" if rng.random() < chance else "model_b"
            vote = Vote(model_a=first, model_b=second, winner=winner, voter=voter, benchmark="b", sample=str(i))
            if found is judged or i < seen:
                found.append(vote)
    return judged, human


@pytest.mark.slow
def test_people_correct_a_biased_judge() -> None:
    """By people's votes x and y are equal; the judge prefers y by 140 points."""
    rng = np.random.default_rng(1)
    gaps, covered = [], []
    for _ in range(16):
        (track,) = judge_tracks(*votes_of(rng, 400, seen=100, bias=140 / SCALE))
        assert track.corrected is not None
        rows = {row.model: row for row in track.corrected.rows}
        gaps.append(rows["y"].rating - rows["x"].rating)
        covered.append(rows["x"].low <= 1000 <= rows["x"].high)
        raw = {row.model: row for row in track.table.rows}
        assert raw["y"].rating > raw["x"].rating
        assert track.agreement is not None
        assert track.agreement.pairs == 100
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / np.sqrt(16)
    assert np.mean(covered) >= 0.75


def test_a_judge_that_agrees_has_a_kappa_of_one() -> None:
    _, human = votes_of(np.random.default_rng(2), 60, seen=60, bias=0.0)
    turned = {"model_a": "model_b", "model_b": "model_a"}
    judged = [
        vote._replace(voter="judge:j", model_a=vote.model_b, model_b=vote.model_a, winner=turned[vote.winner])
        for vote in human
    ]
    (track,) = judge_tracks(judged, human)
    assert track.agreement is not None
    assert (track.agreement.same, track.agreement.kappa.value) == (1.0, 1.0)
    assert track.corrected is not None
    ratings = [{row.model: row.rating for row in table.rows} for table in (track.corrected, fit_table(human))]
    assert ratings[0] == pytest.approx(ratings[1])


def test_few_common_pairs_correct_nothing() -> None:
    judged, human = votes_of(np.random.default_rng(3), 60, seen=10, bias=0.0)
    (track,) = judge_tracks(judged, human)
    assert track.corrected is None
    (track,) = judge_tracks(judged, [])
    assert track.agreement is None


@pytest.mark.slow
def test_a_judge_votes_through_the_engine_once(project: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(project, tmp_path / "project"))
    (root / "judge.json").write_text('{"*": "{\\"verdict\\": \\"first\\"}"}')
    words = ["arena", "judge", *runs(root), "--pairs", "8", "--judge", "mock/scripted"]
    words += ["--judge-options", "script=judge.json", "--cache", "off"]
    done = mmeval(root, *words)
    assert done.exit_code == 0, done.output
    assert "judged by mock/scripted · 8 votes on" in done.output
    judged = [json.loads(line) for line in (root / "results" / "_arena" / "judged.jsonl").read_text().splitlines()]
    assert [vote["winner"] for vote in judged] == ["tie"] * 8, "it always says first"
    (run,) = (root / "results" / "_arena" / "runs").glob("*/*/*/run.json")
    assert json.loads(run.read_text())["totals"]["requests"] == 16
    before = run.read_bytes()
    assert mmeval(root, *words).exit_code == 0
    assert run.read_bytes() == before, "asked again"
    assert mmeval(root, "site", "build").exit_code == 0
    assert "Judged by mock/scripted" in (root / "_site" / "arena.html").read_text()
    assert "arena_judge" not in (root / "_site" / "index.html").read_text()


def test_who_judges_has_to_be_said(project: Path) -> None:
    done = mmeval(project, "arena", "judge", *runs(project))
    assert "--judge PROVIDER/MODEL" in str(done.exception)


def test_pairs_without_their_picture_are_not_judged() -> None:
    from tests.arena.test_page import question

    class Info:
        spec = type("Spec", (), {"benchmark": "gone", "version": "1", "variant": ""})

    asked = [question(i, "a", "b") for i in range(3)]
    pairs, _ = choose_pairs(asked, 3)
    for one in asked:
        object.__setattr__(one, "run", type("Run", (), {"info": Info})())
    assert list(judge_benchmark(pairs, {}).data.rows()) == []
