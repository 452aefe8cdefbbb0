"""Uploads to a hub on loopback."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from huggingface_hub import constants
from typer.testing import CliRunner, Result

from mmeval import UsageError, data
from mmeval.cli import app
from mmeval.errors import RunFailedError
from mmeval.runner import Settings, run_one
from tests.interchange.writehub import WriteHub, serve

TOKEN = "hf_secretsecretsecret"
RESULTS = Path(__file__).parents[2] / "results"
(DEMO,) = (RESULTS / "baseline__random" / "bar_reading@1").iterdir()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[WriteHub]:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with serve(TOKEN) as running:
        monkeypatch.setattr(constants, "ENDPOINT", running.url)
        yield running


def push(*words: object) -> Result:
    return CliRunner().invoke(app, ["push", "hf", *map(str, words), "--results", str(RESULTS)])


def test_a_new_data_set_is_private_and_holds_the_run(hub: WriteHub):
    out = push(DEMO, "--repo", "acme/results")
    assert out.exit_code == 0, out.output
    assert out.stdout.strip() == f"{hub.url}/datasets/acme/results: 1 run, 3 files, private"
    assert hub.private == {"acme/results": True}
    place = f"results/baseline__random/bar_reading@1/{DEMO.name}"
    assert sorted(hub.files) == [
        "README.md",
        *(f"{place}/{name}" for name in ("run.json", "samples.parquet", "scores.csv")),
    ]
    assert hub.files[f"{place}/scores.csv"] == (DEMO / "scores.csv").read_bytes()
    rows = pq.read_table(io.BytesIO(hub.files[f"{place}/samples.parquet"])).to_pylist()
    assert (len(rows), rows[0]["target"]) == (390, "C")
    assert TOKEN not in out.output
    assert all(TOKEN.encode() not in content for content in hub.files.values())


def test_samples_stay_here_where_the_licence_is_silent(hub: WriteHub, tmp_path: Path):
    (tmp_path / "mine.jsonl").write_text(json.dumps({"question": "How many?", "answer": 4}))
    settings = Settings(results=tmp_path / "r", cache_file=tmp_path / "c.sqlite", options={"reply": "4"})
    run = run_one(data.from_file(tmp_path / "mine.jsonl"), "mock/echo", settings)
    out = push(run.path, "--repo", "acme/results")
    assert out.exit_code == 0, out.output
    assert "the samples stay here: the licence of mine is not known to allow sharing its samples" in out.stderr
    assert {name.rpartition("/")[2] for name in hub.files} == {"README.md", "run.json", "scores.csv"}


def test_a_public_data_set_has_to_be_meant(hub: WriteHub):
    hub.private["acme/open"] = False
    out = push(DEMO, "--repo", "acme/open")
    assert isinstance(out.exception, UsageError)
    assert str(out.exception) == "--repo acme/open: the data set is public; pass --public to publish there"
    assert hub.files == {}
    assert push(DEMO, "--repo", "acme/open", "--public").exit_code == 0
    assert "README.md" not in hub.files  # the owner's own card stays


@pytest.mark.parametrize(
    ("token", "repo", "broken", "error", "message"),
    [
        ("", "acme/x", False, UsageError, "the hub needs a token: `hf auth login`, or set HF_TOKEN"),
        ("hf_wrongwrongwrong", "acme/x", False, UsageError, "--repo acme/x: the hub does not let this token write there (401)"),
        (TOKEN, "a/b/c", False, UsageError, "--repo a/b/c: "),
        (TOKEN, "acme/x", True, RunFailedError, "--repo acme/x: the hub answered 418; nothing was uploaded"),
    ],
)  # fmt: skip
def test_what_fails_is_one_line_without_the_token(hub, tmp_path, monkeypatch, token, repo, broken, error, message):
    monkeypatch.setenv("HF_TOKEN", token)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    hub.broken = broken
    out = push(DEMO, "--repo", repo)
    assert type(out.exception) is error
    assert str(out.exception).startswith(message)
    assert "\n" not in str(out.exception)
    assert not token or token not in str(out.exception)
    assert hub.files == {}


def test_a_file_that_holds_the_token_stays_here(hub: WriteHub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_TOKEN", "bar_reading")
    out = push(DEMO, "--repo", "acme/x")
    assert str(out.exception).endswith("run.json holds your token; nothing was uploaded")
    assert hub.files == hub.private == {}


def test_nothing_is_uploaded_without_the_name_of_a_data_set():
    assert "--repo" in str(push(DEMO).exception)
