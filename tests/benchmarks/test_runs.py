"""Whole runs on twins: through the runner, with baselines and ablations, and with a benchmark whose data is broken."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import data
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.runner import Settings, run_one
from tests.benchmarks.test_twins import TWINS
from tests.benchmarks.twin import place
from tests.data.fakehub import Hub


@pytest.fixture(autouse=True)
def _own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))


def settings(tmp_path: Path, **how) -> Settings:
    return Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", max_error_rate=1.0, **how)


@pytest.mark.parametrize(("model", "ablate"), [
    ("baseline/random", None), ("baseline/majority", None), ("baseline/blind:mock/echo", None),
    ("mock/echo", "blind"), ("mock/echo", "shuffled-image"),
])  # fmt: skip
def test_reference_rows(model: str, ablate, hub: Hub, tmp_path: Path):
    benchmark = place(hub, Catalog().benchmark("mmstar"), TWINS["mmstar"], tmp_path / "data")
    benchmark = replace(benchmark, rows=None)
    run = run_one(benchmark, model, settings(tmp_path, ablate=ablate))
    assert (run.info.status, run.info.planned) == ("complete", 2)
    assert 0.0 <= run.info.metrics["accuracy"].value <= 1.0
    assert run.info.spec.variant == (ablate or "")
    assert run.info.spec.data["revision"] == hub.commit("Lin-Chen/MMStar")
    assert run.info.spec.data["rows"] == 2
    assert len(run.info.spec.data["sha256"]) == 64


def test_other_benchmarks_go_on(hub: Hub, tmp_path: Path):
    place(hub, Catalog().benchmark("mmstar"), TWINS["mmstar"], tmp_path / "data")
    wrong = [
        "run",
        "shape_sequence",
        "mmstar",
        "--limit",
        "2",
        "-m",
        "mock/echo",
        "--results",
        str(tmp_path / "results"),
    ]
    out = CliRunner().invoke(app, [*wrong, "--cache-file", str(tmp_path / "c.sqlite")])
    assert out.exit_code == 5
    assert "skipped: mmstar: 2 rows at" in out.output
    assert "the benchmark declares 1500" in out.output
    assert list((tmp_path / "results").glob("mock__echo/shape_sequence@*/*/scores.csv"))


def test_broken_data_alone_ends_the_command(hub: Hub, tmp_path: Path):
    place(hub, Catalog().benchmark("mmstar"), TWINS["mmstar"], tmp_path / "data")
    out = CliRunner().invoke(app, ["run", "mmstar", "-m", "mock/echo", "--results", str(tmp_path / "results")])
    assert "mmstar: 2 rows at" in str(out.exception)


@pytest.mark.parametrize("name", ["blink", "gqa", "visulogic", "plotqa", "rebus", "algopuzzlevqa", "mmstar"])
def test_pinned_data_of_every_kind_needs_no_network(name: str, hub: Hub, tmp_path: Path):
    benchmark = replace(place(hub, Catalog().benchmark(name), TWINS[name], tmp_path / "data"), rows=None)
    lock = tmp_path / "benchmarks.lock"
    first = list(data.samples(data.pinned(benchmark, lock=lock)))
    hub.requests.clear()
    again = data.pinned(benchmark, lock=lock, offline=True)
    assert list(data.samples(again, offline=True)) == first
    assert hub.requests == []
    assert f'["{name}"]' in lock.read_text()
