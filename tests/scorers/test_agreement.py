"""Agreement of a judge with people, against worked examples and another implementation."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa
from typer.testing import CliRunner

from mmeval.cli import app
from mmeval.errors import DataError
from mmeval.metrics.agreement import agreement, read_labels
from mmeval.runner import run_one
from mmeval.store import read_labelled, read_run
from tests.scorers.test_judges import judged_benchmark, settings_for


def spread(table, labels):
    pairs = [
        (h, j) for h, row in zip(labels, table, strict=True) for j, n in zip(labels, row, strict=True) for _ in range(n)
    ]
    return [h for h, _ in pairs], [j for _, j in pairs]


@pytest.mark.parametrize(
    ("table", "labels", "kappa"),
    [
        ([[20, 5], [10, 15]], ("yes", "no"), 0.4),  # the textbook's: po .7, pe .5
        ([[45, 15], [25, 15]], ("yes", "no"), 0.1304),
        ([[25, 35], [5, 35]], ("yes", "no"), 0.2593),
        ([[10, 0], [0, 10]], ("correct", "incorrect"), 1.0),
        ([[0, 10], [10, 0]], ("correct", "incorrect"), -1.0),
    ],
)
def test_kappa(table, labels, kappa):
    found = agreement(*spread(table, labels))
    assert found.kappa.value == pytest.approx(kappa, abs=1e-4)
    assert found.kappa.low <= found.kappa.value <= found.kappa.high
    assert found.table[labels[0]][labels[1]] == table[0][1]


def test_kappa_agrees_with_statsmodels_weights_included():
    table = [[22, 4, 1], [6, 15, 5], [0, 7, 40]]
    found = agreement(*spread(table, ("0", "0.5", "1")))
    assert found.kappa.value == pytest.approx(cohens_kappa(np.array(table)).kappa)
    assert found.weighted.value == pytest.approx(cohens_kappa(np.array(table), wt="quadratic").kappa)


def test_the_interval_agrees_with_the_asymptotic_one():
    table = [[120, 30], [25, 125]]
    found = agreement(*spread(table, ("1", "0"))).kappa
    want = cohens_kappa(np.array(table))
    assert (found.low, found.high) == pytest.approx((want.kappa_low, want.kappa_upp), abs=0.02)


def test_sensitivity_and_specificity():
    found = agreement(*spread([[20, 5], [10, 15]], ("correct", "incorrect")))
    assert (found.sensitivity.value, found.specificity.value) == (pytest.approx(0.8), pytest.approx(0.6))


def test_one_label_is_no_kappa():
    assert agreement(["yes"] * 3, ["yes"] * 3).kappa is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.csv", "human,judge\n1,1\n0,1\n"),
        ("l.tsv", "label\tprediction\n1\t1\n0\t1\n"),
        ("l.jsonl", '{"gold": 1.0, "score": 1}\n{"gold": 0.0, "score": 1}\n'),
    ],
)
def test_label_files(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_labels(tmp_path / name)[:2] == (["1", "0"], ["1", "1"])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("l.csv", "human,judge\n1,\n", r"l\.csv:2: no label in column judge or prediction or score"),
        ("l.csv", "human,judge\n", "no rows"),
        ("l.jsonl", "{\n", r"l\.jsonl:1: not JSON"),
        ("l.jsonl", "[]\n", "not an object"),
        ("missing.csv", None, "No such file"),
    ],
)
def test_a_broken_label_file_is_one_line(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_labels(tmp_path / name)


def test_labels_that_are_no_file_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "l.csv")
    with pytest.raises(DataError, match="is a pipe, not a file"):
        read_labels(tmp_path / "l.csv")


def test_the_command(tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text(
        "human,judge\n" + "yes,yes\n" * 20 + "no,no\n" * 15 + "yes,no\n" * 5 + "no,yes\n" * 10, encoding="utf-8"
    )
    out = CliRunner().invoke(app, ["judge", "agreement", str(file)])
    assert out.exit_code == 0, out.output
    assert "Cohen's kappa      0.400 [" in out.output
    as_json = CliRunner().invoke(app, ["judge", "agreement", str(file), "--json"])
    assert json.loads(as_json.output)["kappa"]["value"] == pytest.approx(0.4)


@pytest.mark.parametrize(("labels", "kappa"), [(("correct", "incorrect"), 1.0), (("1", "0"), 1.0), (("0", "1"), -1.0)])
def test_agreement_is_kept_with_the_run_and_shown(tmp_path, labels, kappa):
    script = json.dumps([{"text": "correct" if i % 2 else "incorrect"} for i in range(20)])
    settings = settings_for(tmp_path, judge="mock/scripted", judge_options={"script": script}, concurrency=1)
    run = run_one(judged_benchmark(), "mock/echo", settings)
    rows = [f"{row.id},{labels[0] if row.score else labels[1]}" for row in run.scores()]
    file = tmp_path / "labels.csv"
    file.write_text("id,human\n" + "\n".join(rows) + "\n", encoding="utf-8")
    cli = CliRunner()
    out = cli.invoke(app, ["judge", "agreement", str(file), "--run", str(run.path)], catch_exceptions=False)
    assert out.exit_code == 0, out.output
    assert read_labelled(read_run(run.path)).kappa.value == pytest.approx(kappa)
    assert read_run(run.path).info == run.info
    shown = cli.invoke(app, ["show", str(run.path)], catch_exceptions=False)
    assert f"mock/scripted, kappa {kappa:.2f} [" in shown.output
    assert "mean corrected to 50.0 [" in shown.output


def test_the_command_corrects_a_lenient_judge(tmp_path):
    """The judge accepts everything; of 40 labelled replies, people accept half."""
    run = run_one(
        judged_benchmark(80), "mock/echo", settings_for(tmp_path, judge="mock/echo", judge_options={"reply": "correct"})
    )
    ids = [row.id for row in run.scores()][:40]
    file = tmp_path / "labels.csv"
    file.write_text("id,human\n" + "".join(f"{name},{i % 2}\n" for i, name in enumerate(ids)), encoding="utf-8")
    words = ["judge", "agreement", str(file), "--run", str(run.path)]
    told = json.loads(CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False).output)["correction"]
    assert (told["judged"]["value"], told["corrected"]["value"], told["bias"]["value"]) == (1.0, 0.5, 0.5)
    assert told["corrected"]["low"] < 0.4 < 0.6 < told["corrected"]["high"]
    assert "as judged          1.000 [" in CliRunner().invoke(app, words, catch_exceptions=False).output


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("x,1", "no labelled sample is in the run"),
        ("{id},perhaps", "the label 'perhaps' is not a number"),
        ("{id},2", "the label '2' is not a number from 0 to 1"),
        ("{id},1\n{id},0", r"labels.csv:3: sample .* has the labels '1' and '0'"),
    ],
)
def test_labels_without_a_value_are_one_line(tmp_path, labels, message):
    run = run_one(
        judged_benchmark(), "mock/echo", settings_for(tmp_path, judge="mock/echo", judge_options={"reply": "correct"})
    )
    name = next(row.id for row in run.scores())
    (tmp_path / "labels.csv").write_text(f"id,human\n{labels.format(id=name)}\n", encoding="utf-8")
    words = ["judge", "agreement", str(tmp_path / "labels.csv"), "--run", str(run.path)]
    with pytest.raises(DataError, match=message):
        CliRunner().invoke(app, words, catch_exceptions=False)
