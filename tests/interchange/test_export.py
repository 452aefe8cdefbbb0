"""Runs as what other tools read."""

import datetime
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from mmeval import UsageError, data
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.interchange import evalever, hubresults
from mmeval.interchange.submission import write_mmbench
from mmeval.runner import Settings, run_one

QUESTIONS = [
    {"id": "one", "question": "Which?", "answer": "B", "options": ["cat", "dog"], "category": "pets"},
    {"id": "two", "question": "How many?", "answer": 4, "category": "counting"},
]


@pytest.fixture
def run(tmp_path: Path):
    file = tmp_path / "small.jsonl"
    file.write_text("\n".join(map(json.dumps, QUESTIONS)))
    settings = Settings(
        results=tmp_path / "results", cache_file=tmp_path / "c.sqlite", options={"script": '["B", "5"]'}
    )
    return run_one(data.from_file(file), "mock/scripted", settings)


def test_every_eval_ever(run, tmp_path: Path):
    out = CliRunner().invoke(
        app, ["export", "every-eval-ever", str(run.path), "-o", str(tmp_path / "out"), "--organization", "Acme",
              "--results", str(tmp_path / "results")]
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    whole, lines = (Path(line) for line in out.stdout.split())
    document = json.loads(whole.read_text())
    required = {
        "schema_version", "evaluation_id", "retrieved_timestamp", "source_metadata", "eval_library", "model_info",
        "evaluation_results",
    }  # fmt: skip
    assert required <= set(document)
    headline = document["evaluation_results"][0]
    assert headline["score_details"]["score"] == 0.5
    assert headline["score_details"]["uncertainty"]["num_samples"] == 2
    assert all(isinstance(v, str) for v in document["generation_config"]["additional_details"].values())
    first, second = map(json.loads, lines.read_text().splitlines())
    assert (first["sample_id"], first["evaluation"], first["answer_attribution"][0]["extracted_value"]) == (
        "one", {"score": 1.0, "is_correct": True}, "B",
    )  # fmt: skip
    assert second["input"]["reference"] == ["4"]
    assert document["detailed_evaluation_results"]["total_rows"] == 2


def test_hub_results_need_hub_data(run, tmp_path: Path):
    with pytest.raises(UsageError, match="its data is not from the hub"):
        hubresults.entry(run)
    spec = run.info.spec.model_copy(update={"data": {"kind": "hub", "id": "acme/vqa", "revision": "abc"}})
    moved = replace(run, info=run.info.model_copy(update={"spec": spec}))
    (read,) = yaml.safe_load(hubresults.dump([hubresults.entry(moved, user="acme")]))
    assert read["dataset"] == {"id": "acme/vqa", "task_id": "small", "revision": "abc"}
    ended = datetime.datetime.fromtimestamp(run.info.provenance["end"], datetime.UTC)
    assert read["date"] == ended.date().isoformat()
    assert "95% interval [" in read["notes"]
    assert (read["value"], read["source"]["user"], read["evaluation_framework"]) == (50.0, "acme", "mmeval")
    assert (
        evalever.aggregate(moved, organization="Acme")["evaluation_results"][0]["source_data"]["hf_repo"] == "acme/vqa"
    )


def test_hidden_labels_give_a_file_and_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))
    file = tmp_path / "data" / "vlmevalkit" / "MMBench_TEST_EN_V11.tsv"
    file.parent.mkdir(parents=True)
    header = ["index", "question", "hint", "A", "B", "C", "D", "category", "l2-category", "image"]
    cells = [
        ["7", "=1+1?", "", "cat", "dog", "", "", "c", "l", "Q" * 80],
        ["1000007", "=1+1?", "", "dog", "cat", "", "", "c", "l", "7"],
    ]
    file.write_text("\n".join("\t".join(row) for row in [header, *cells]) + "\n")
    settings = Settings(
        results=tmp_path / "results", cache_file=tmp_path / "c.sqlite", ablate="blind", options={"reply": "A"}
    )
    run = run_one("mmbench_test_en", "mock/echo", settings)
    assert (run.info.status, run.info.metrics, run.info.counts["ok"]) == ("complete", {}, 2)
    assert [row.score for row in run.scores()] == [None, None]
    benchmark = data.pinned(Catalog().benchmark("mmbench_test_en"))
    assert write_mmbench(run, benchmark, tmp_path / "out.xlsx") == 2
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("index", "question", "A", "B", "C", "D", "prediction")
    assert rows[1:] == [
        (7, "'=1+1?", "cat", "dog", None, None, "A"),
        (1000007, "'=1+1?", "dog", "cat", None, None, "A"),
    ]


def test_import_verb(tmp_path: Path):
    fixtures = Path(__file__).parent / "fixtures"
    out = CliRunner().invoke(app, ["import", str(fixtures / "tiny_choice.eval"), "--results", str(tmp_path)])
    assert out.exit_code == 0
    assert "3 samples, mean_score 33.3" in out.stdout
