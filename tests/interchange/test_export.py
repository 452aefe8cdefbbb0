"""Runs as what other tools read."""

import csv
import datetime
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from mmeval import UsageError, data
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.interchange import evalever, hubresults, tables, vlmevalkit
from mmeval.interchange.submission import write_mmbench
from mmeval.report.flat import SAMPLE_COLUMNS
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


def test_flat_tables_hold_one_row_per_sample(run, tmp_path: Path):
    for form in ("csv", "parquet"):
        out = CliRunner().invoke(app, ["export", form, str(run.path), str(run.path), "-o", str(tmp_path / f"s.{form}")])
        assert (out.exit_code, out.stdout.strip()) == (0, f"{tmp_path / f's.{form}'}: 4 rows")
    frame = pq.read_table(tmp_path / "s.parquet").to_pylist()
    assert tuple(frame[0]) == SAMPLE_COLUMNS
    first, second = frame[:2]
    assert (first["id"], first["reply"], first["score"], first["choices"]) == ("one", "B", 1.0, ["cat", "dog"])
    assert (second["target"], second["answer"], second["tags"]) == ("4", "5", '{"category": "counting"}')
    cells = list(csv.DictReader((tmp_path / "s.csv").read_text().splitlines(keepends=True)))
    assert [(row["id"], row["score"], row["choices"]) for row in cells[:2]] == [
        ("one", "1.0", '["cat", "dog"]'), ("two", "0.0", ""),
    ]  # fmt: skip


def test_hostile_texts_stay_texts_in_a_table(tmp_path: Path):
    row = dict.fromkeys(SAMPLE_COLUMNS) | {"question": "=1+1", "reply": "\ud800", "target": {"a": 1}, "score": 0.5}
    assert tables.write_csv(tmp_path / "s.csv", [row], SAMPLE_COLUMNS) == 1
    assert tables.write_parquet(tmp_path / "s.parquet", [row], SAMPLE_COLUMNS) == 1
    (cells,) = csv.DictReader((tmp_path / "s.csv").read_text().splitlines())
    assert (cells["question"], cells["reply"], cells["target"]) == ("'=1+1", "\\ud800", '{"a": 1}')
    (found,) = pq.read_table(tmp_path / "s.parquet").to_pylist()
    assert (found["question"], found["reply"], found["score"]) == ("=1+1", "\\ud800", 0.5)


@pytest.mark.parametrize("form", ["hf-eval-results", "submission"])
def test_forms_for_one_run_refuse_two(run, tmp_path: Path, form: str):
    out = CliRunner().invoke(app, ["export", form, str(run.path), str(run.path), "-o", str(tmp_path / "out")])
    assert isinstance(out.exception, UsageError)
    assert not (tmp_path / "out").exists()


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
    (headline, *_) = evalever.aggregate(moved, evalever.About())["evaluation_results"]
    assert headline["source_data"]["hf_repo"] == "acme/vqa"


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
    with pytest.raises(UsageError, match="asked as it is"):
        vlmevalkit.write(run, benchmark, tmp_path / "out")
    plain = run.info.model_copy(update={"spec": run.info.spec.model_copy(update={"variant": ""})})
    table, n = vlmevalkit.write(replace(run, info=plain), benchmark, tmp_path / "out")
    assert (table.name, n) == ("mock__echo_MMBench_TEST_EN_V11.tsv", 2)
    first = next(csv.DictReader(table.read_text().splitlines(), delimiter="\t"))
    assert first == dict(zip(header[:-1], cells[0][:-1], strict=True)) | {"prediction": "A"}
    (back,) = vlmevalkit.read(table)
    assert [(record.id, record.reply and record.reply.text) for record in back.records] == [
        ("7", "A"),
        ("1000007", "A"),
    ]


def test_only_tables_of_vlmevalkit_go_back_to_it(run, tmp_path: Path):
    with pytest.raises(UsageError, match="its data is not a table of VLMEvalKit"):
        vlmevalkit.write(run, Catalog().benchmark("bar_reading"), tmp_path)


def test_import_verb(tmp_path: Path):
    fixtures = Path(__file__).parent / "fixtures"
    out = CliRunner().invoke(app, ["import", str(fixtures / "tiny_choice.eval"), "--results", str(tmp_path)])
    assert out.exit_code == 0
    assert "3 samples, mean_score 33.3" in out.stdout
