"""Runs of schema 1: read, shown, compared with new ones, and found again when the same run is started."""

from __future__ import annotations

import fcntl
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmeval import store
from mmeval.board import collect
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.compare import changes
from mmeval.engine.options import Settings
from mmeval.errors import StoreError
from mmeval.runner import job, run_one
from mmeval.runner.plan import plan
from mmeval.store import schema1
from mmeval.store.runs import list_runs

ROOT = Path(__file__).parents[2]
STORED = Path(__file__).parent / "schema1"
"""One run of six samples, made by the last version that wrote schema 1."""
RUN = Path("mock__echo/bar_reading@1/8d91af9a02ba")
COMMITTED = [run for folder in ("results", "results/baselines") for run in list_runs(ROOT / folder)[0]]


def a_spec(**changed) -> dict:
    raw = json.loads((STORED / RUN / "run.json").read_text())
    return {**raw["spec"], **changed}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder with the stored run, whose rule, benchmark and adapter are those of today, however these change."""
    catalog, spec = Catalog(), a_spec()
    today = {
        "scorers": {spec["scorer_digest"]: catalog.benchmark("bar_reading").score.identity("mmeval")},
        "definitions": {spec["definition_digest"]: catalog.definition("benchmarks", "bar_reading").digest},
        "adapters": {spec["adapter_digest"]: catalog.definition("adapters", "mock").identity},
        "judges": {},
    }
    monkeypatch.setattr(schema1, "_tables", lambda: today)
    shutil.copytree(STORED, tmp_path / "results")
    return Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", limit=6)


def test_a_run_is_read_under_the_new_names():
    run = store.read_run(STORED / RUN)
    assert (run.info.schema_version, run.info.primary_metric, run.info.spec.scorer) == (
        2,
        "accuracy",
        "choice/mmeval@1",
    )
    assert run.info.samples_digest is not None
    assert run.info.scores_digest is not None
    assert (run.spec_digest[:12], run.info.spec.digest == run.spec_digest) == (run.path.name, False)


def test_the_digest_of_a_spec_is_the_stored_one_where_defaults_were_left_out():
    whole = {"spec": a_spec()}
    short = {"spec": {key: value for key, value in a_spec().items() if key not in ("limit", "epochs")} | {"limit": 6}}
    assert schema1.spec_digest(short) == schema1.spec_digest(whole)


@pytest.mark.parametrize(
    ("digest", "scorer"), [("9" * 64, "unknown#999999999999"), ("", "")], ids=["of another version", "imported"]
)
def test_a_rule_that_is_not_in_the_table(digest, scorer):
    spec = schema1.upgrade({"spec": a_spec(scorer_digest=digest, definition_digest=digest)})["spec"]
    assert (spec["scorer"], spec["definition_digest"]) == (scorer, digest)


@pytest.mark.parametrize(
    "raw", [{}, {"spec": None}, {"spec": {}}, {"spec": {"scorer_digest": 1}}, {"spec": a_spec(model=1)}]
)
def test_a_damaged_file_is_an_error_with_a_name(tmp_path, raw):
    (tmp_path / "run.json").write_text(json.dumps({"schema_version": 1, **raw}))
    with pytest.raises(StoreError, match=r"run\.json: "):
        store.read_run(tmp_path)


def test_the_committed_runs_are_of_rules_that_are_known():
    fresh = {Catalog().benchmark(name).score.identity("mmeval") for name in ("fresh_puzzles", "fresh_scenes")}
    assert {run.info.spec.scorer for run in COMMITTED} == {"choice/mmeval@2", "exact_text/mmeval@2", *fresh}
    assert [run.path for run in COMMITTED if run.path.name != run.spec_digest[:12]] == []


def test_the_table_knows_the_definitions_of_the_stored_run():
    new, old = schema1.upgrade({"spec": a_spec()})["spec"], a_spec()
    assert [key for key in ("definition_digest", "adapter_digest") if new[key] == old[key]] == []


def test_a_new_run_differs_in_nothing_from_the_stored_one(settings, tmp_path):
    fresh = settings.model_copy(update={"results": tmp_path / "fresh"})
    run = run_one("bar_reading", "mock/echo", fresh)
    assert changes(store.read_run(STORED / RUN).info, run.info) == ()
    assert run.info.metrics["accuracy"].few_clusters, "8 pictures with 3 questions each"
    shown = CliRunner().invoke(app, ["show", str(run.path)]).output
    assert "few effective clusters" in shown


def test_a_complete_run_is_not_asked_again(settings):
    before = (settings.results / RUN / "records.jsonl").read_bytes()
    run = run_one("bar_reading", "mock/echo", settings)
    assert run.info.status == "complete"
    assert (run.path / "records.jsonl").read_bytes() == before
    assert [folder.name for folder in run.path.parent.iterdir()] == [run.info.spec.digest[:12]]
    assert json.loads((run.path / "run.json").read_text())["schema_version"] == 2
    assert collect(settings.results).problems == []


def test_an_interrupted_run_goes_on(settings):
    folder = settings.results / RUN
    lines = (folder / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(lines[:4]))
    (folder / "scores.csv").unlink()
    raw = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**raw, "status": "running"}))
    run = run_one("bar_reading", "mock/echo", settings)
    assert (run.info.status, run.info.metrics["accuracy"].value) == ("complete", raw["metrics"]["accuracy"]["value"])
    assert (run.path / "records.jsonl").read_text().startswith("".join(lines[:4]))
    assert run.info.totals.requests == raw["totals"]["requests"] + 2
    assert not folder.exists()


def spec_of(settings):
    return plan(job("bar_reading", settings), "mock/echo", settings).spec


def test_other_runs_stay_where_they_are(settings):
    other = spec_of(settings.model_copy(update={"limit": 5}))
    assert not store.adopt(settings.results, other).exists()
    assert (settings.results / RUN).exists()


def test_a_run_that_another_process_writes_is_left_alone(settings):
    with (settings.results / RUN / "records.jsonl").open("rb") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another process is writing this run"):
            store.adopt(settings.results, spec_of(settings))
    assert (settings.results / RUN).exists()


def test_a_crash_between_the_two_steps_is_made_good(settings, monkeypatch):
    def crash(self, target):
        raise KeyboardInterrupt

    spec = spec_of(settings)
    monkeypatch.setattr(Path, "rename", crash)
    with pytest.raises(KeyboardInterrupt):
        store.adopt(settings.results, spec)
    monkeypatch.undo()
    folder = store.adopt(settings.results, spec)
    assert store.read_run(folder).info.status == "complete"
    assert not (settings.results / RUN).exists()
