"""Every Eval Ever documents, against the schemas that the project publishes."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from mmeval import data, store
from mmeval.cli import app
from mmeval.interchange import evalever
from mmeval.interchange.imported import write
from mmeval.interchange.readers import read
from mmeval.runner import Settings, run_one

FIXTURES = Path(__file__).parent / "fixtures"
RESULTS = Path(__file__).parents[2] / "results"
VERSIONS = ("0.2.2", "0.3.0")
QUESTIONS = [
    {"id": "one", "question": "Which?", "answer": "B", "options": ["cat", "dog"], "category": "pets"},
    {"id": "two", "question": "How many?", "answer": 4, "category": "counting"},
    {"id": "three", "question": "Who?", "answer": ["me", "I"], "category": "counting"},
]


@cache
def validator(kind: str, version: str) -> jsonschema.Draft7Validator:
    file = FIXTURES / "every_eval_ever" / f"{kind}-{version}.schema.json"
    return jsonschema.Draft7Validator(json.loads(file.read_text(encoding="utf-8")))


def faults(folder: Path, version: str) -> list[str]:
    found = [(file, "eval", file.read_text()) for file in folder.rglob("*.json")]
    found += [(file, "instance", line) for file in folder.rglob("*.jsonl") for line in file.read_text().splitlines()]
    assert found
    return [
        f"{file.name}: {error.json_path}: {error.message}"
        for file, kind, text in found
        for error in validator(kind, version).iter_errors(json.loads(text))
    ]


def export(folder: Path, *runs: Path) -> tuple[dict, list[dict]]:
    out = CliRunner().invoke(
        app, ["export", "every-eval-ever", *map(str, runs), "-o", str(folder), "--organization", "Acme"]
    )
    assert out.exit_code == 0, out.output
    aggregate, *samples = (Path(line) for line in out.stdout.splitlines() if line.endswith((".json", ".jsonl")))
    lines = samples[0].read_text().splitlines() if samples else []
    return json.loads(aggregate.read_text()), [json.loads(line) for line in lines]


@pytest.fixture
def run(tmp_path: Path) -> store.Run:
    file = tmp_path / "small.jsonl"
    file.write_text("\n".join(map(json.dumps, QUESTIONS)))
    settings = Settings(
        results=tmp_path / "results", cache_file=tmp_path / "c.sqlite", options={"script": '["B", "5", "\\ud800 me"]'}
    )
    return run_one(data.from_file(file), "mock/scripted", settings)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_own_runs_are_valid(run, tmp_path: Path, version: str):
    export(tmp_path / "out", run.path, *(r.path for r in store.list_runs(RESULTS)[0][:3]))
    assert faults(tmp_path / "out", version) == []


def test_a_document_that_breaks_the_schema_is_noticed(run, tmp_path: Path):
    document, _ = export(tmp_path / "out", run.path)
    del document["model_info"]["additional_details"]["deployment_type"]
    assert not validator("eval", "0.3.0").is_valid(document)


def test_own_runs_are_of_the_first_party_and_name_their_samples(run, tmp_path: Path):
    document, lines = export(tmp_path / "out", run.path)
    headline = document["evaluation_results"][0]
    assert document["schema_version"] == "0.3.0"
    assert document["model_info"]["additional_details"]["deployment_type"] == "self_deployed"
    assert document["source_metadata"] == {
        "source_name": "mmeval", "source_type": "evaluation_run", "source_organization_name": "Acme",
        "evaluator_relationship": "first_party",
    }  # fmt: skip
    assert (headline["score_details"]["score"], headline["score_details"]["uncertainty"]["num_samples"]) == (1 / 3, 3)
    place = document["detailed_evaluation_results"]["file_path"]
    assert re.fullmatch(r"data/small/mock/scripted/[0-9a-f-]{36}_samples\.jsonl", place)
    content = (tmp_path / "out" / place).read_bytes()
    assert document["detailed_evaluation_results"]["checksum"] == hashlib.sha256(content).hexdigest()
    by_id = {line["sample_id"]: line for line in lines}
    assert {line["evaluation_result_id"] for line in lines} == {headline["evaluation_result_id"]}
    assert {line["evaluation_id"] for line in lines} == {document["evaluation_id"]}
    assert by_id["one"]["evaluation"] == {"score": 1.0, "is_correct": True}
    assert by_id["one"]["answer_attribution"][0]["extracted_value"] == "B"
    assert by_id["three"]["input"]["reference"] == ["me", "I"]
    assert by_id["three"]["output"]["raw"] == ["\ud800 me"]
    assert by_id["two"]["metadata"]["tag category"] == "counting"


def test_samples_without_a_score_have_no_line_but_are_counted(tmp_path: Path):
    run = write(next(read(FIXTURES / "acme__tiny-vlm" / "20261123_192518_samples_mmstar.jsonl")), tmp_path / "results")
    scores = run.files.scores.read_text().replace("1,1,ok,0.0,T,imported:average,", "1,1,error,,,,")
    run.files.scores.write_text(scores)
    document, lines = export(tmp_path / "out", run.path)
    assert [line["sample_id"] for line in lines] == ["0", "2"]
    assert document["detailed_evaluation_results"]["total_rows"] == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["tiny_choice.eval", "acme__tiny-vlm/20261123_192518_results.json"])
def test_imported_runs_are_of_a_third_party(tmp_path: Path, name: str, version: str):
    run = write(next(read(FIXTURES / name)), tmp_path / "results")
    document, lines = export(tmp_path / "out", run.path)
    assert document["source_metadata"]["evaluator_relationship"] == "third_party"
    assert document["source_metadata"]["source_type"] == ("evaluation_run" if lines else "documentation")
    assert faults(tmp_path / "out", version) == []


def test_judged_runs_and_strange_names(run, tmp_path: Path):
    spec = run.info.spec.model_copy(update={"model": "openrouter/data", "judge": "openai/gpt-4o", "benchmark": "con."})
    number = next(iter(run.info.metrics.values())).model_copy(update={"value": 2800.0})
    info = run.info.model_copy(update={"spec": spec, "metrics": {"points": number}, "primary_metric": "points"})
    (file,) = evalever.write(store.Run(run.path, info), [], {}, tmp_path / "out", evalever.About(judge_prompt="Rate."))
    assert faults(tmp_path / "out", "0.3.0") == []
    assert file.relative_to(tmp_path / "out").parts[:4] == ("data", "con_", "openrouter", "data_")
    (metric,) = json.loads(file.read_text())["evaluation_results"]
    assert metric["metric_config"]["llm_scoring"]["input_prompt"] == "Rate."
    assert "max_score" not in metric["metric_config"]  # 2800 is outside of 0 to 1, so the scale is unknown
