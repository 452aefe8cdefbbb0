"""Runs in Weights & Biases (offline) and MLflow (a folder)."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mmeval import UsageError
from mmeval.cli import app
from mmeval.interchange import tracking


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": "1", "question": "How many?", "answer": 4, "category": "a=b"},
        {"id": "2", "question": "?", "answer": 5},
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def run(tracker: str) -> Result:
    words = ["q.jsonl", "-m", "mock/echo", "-o", "reply=4", "--cache-file", "c.sqlite", "--track", tracker]
    return CliRunner().invoke(app, ["run", *words])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the packages themselves
def test_mlflow_gets_numbers_spec_and_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (folder / "ml").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    out = run("mlflow")
    assert (out.exit_code, "not recorded" in out.output) == (0, False), out.output
    (score,) = (folder / "ml").glob("*/*/metrics/accuracy")
    kept = score.parent.parent
    assert float(score.read_text().split()[1]) == 0.5
    assert float((kept / "metrics" / "accuracy_category_a_b").read_text().split()[1]) == 1.0
    assert (kept / "params" / "model").read_text() == "mock/echo"
    assert Path((kept / "tags" / "mmeval.run").read_text(), "run.json").is_file()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_wandb_gets_numbers_spec_and_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(folder))
    out = run("wandb")
    assert (out.exit_code, "not recorded" in out.output) == (0, False), out.output
    (log,) = folder.glob("wandb/offline-run-*/*.wandb")
    wanted = (b"mock/echo", b"accuracy", str(folder / "results").encode())
    end = time.monotonic() + 20  # a process of its own writes the file
    while not all(part in log.read_bytes() for part in wanted):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_missing_package_is_said_before_anything_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracking.importlib.util, "find_spec", lambda name: None)
    out = run("wandb")
    assert isinstance(out.exception, UsageError)
    assert str(out.exception) == "--track wandb needs `pip install 'mmeval-harness[wandb]'`"
    assert not (folder / "results").exists()


def test_a_tracker_that_fails_does_not_cost_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(run: object) -> None:
        raise OSError("no route to host\nTraceback")

    monkeypatch.setattr(tracking.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(tracking, "TRACKERS", {"mlflow": broken})
    out = run("mlflow")
    assert out.exit_code == 0
    assert "mmeval: mlflow: results/mock__echo/" in out.stderr
    assert "is not recorded: no route to host\n" in out.stderr
    assert list(folder.glob("results/*/*/*/run.json"))
