"""Run folders that cannot be trusted are listed with the reason and are on no other page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mmeval.data import from_file
from mmeval.engine.options import Settings
from mmeval.runner import run_one
from tests.site.conftest import make


def change(field: str, value: object) -> Callable[[Path], None]:
    def apply(run: Path) -> None:
        raw = json.loads((run / "run.json").read_text())
        target, *rest = field.split(".")
        if rest:
            raw[target][rest[0]] = value
        else:
            raw[target] = value
        (run / "run.json").write_text(json.dumps(raw))

    return apply


def better_score(run: Path) -> None:
    raw = json.loads((run / "run.json").read_text())
    raw["metrics"]["accuracy"]["value"] += 0.1
    (run / "run.json").write_text(json.dumps(raw))


def edit_csv(old: str, new: str) -> Callable[[Path], None]:
    def apply(run: Path) -> None:
        file = run / "scores.csv"
        file.write_text(file.read_text().replace(old, new, 1))

    return apply


def test_thousands_of_broken_folders_are_counted(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmeval.sitegen.pages.problems.LISTED", 2)
    for run in (copy / "results" / "alder__vision-1a").glob("*/*/run.json"):
        run.unlink()
    made = make(copy, langs=("en",))
    page = (copy / "_site" / "problems.html").read_text()
    assert page.count("no run.json") == 2
    assert f"And {made.problems - 2} more folders." in page


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(
            lambda run: (run / "run.json").write_text('{"schema_version": 1, "sta'), "not JSON", id="half-written"
        ),
        pytest.param(lambda run: (run / "run.json").unlink(), "no run.json", id="no-run-json"),
        pytest.param(change("schema_version", 9), "schema version 9", id="foreign-version"),
        pytest.param(change("status", "running"), "not finished", id="running"),
        pytest.param(change("status", "partial"), "not finished", id="partial"),
        pytest.param(change("spec.profile", "lenient"), "not named after its spec", id="edited-spec"),
        pytest.param(better_score, "scores.csv gives", id="edited-metric"),
        pytest.param(change("counts", {"ok": 1}), "run.json counts", id="edited-counts"),
        pytest.param(edit_csv(",0.0,", ",1.0,"), "scores.csv gives", id="edited-score"),
        pytest.param(edit_csv(",0.0,", ",7.5,"), "not in [0, 1]", id="impossible-score"),
        pytest.param(lambda run: (run / "scores.csv").unlink(), "no scores.csv", id="no-scores"),
        pytest.param(change("unheard_of", 1), "unheard_of", id="unknown-field"),
    ],
)
def test_reason_is_listed(copy: Path, damage: Callable[[Path], None], reason: str) -> None:
    run = next((copy / "results" / "alder__vision-1a").glob("toy_chartqa@*/*"))
    damage(run)
    made = make(copy, langs=("en",))
    page = (copy / "_site" / "problems.html").read_text()
    assert made.problems == 1
    assert run.relative_to(copy / "results").as_posix() in page
    assert reason in page
    assert "alder__vision-1a/toy_chartqa" not in (copy / "_site" / "b" / "toy_chartqa.html").read_text()


def test_scores_edited_by_hand_are_found_without_the_definition_too(tmp_path: Path) -> None:
    """A file of questions is no benchmark of the catalog: nothing can be computed anew, but the digest tells."""
    (tmp_path / "q.jsonl").write_text('{"question": "2 + 2?", "answer": "4"}\n{"question": "3 + 3?", "answer": "6"}\n')
    settings = Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", options={"reply": "4"})
    run = run_one(from_file(tmp_path / "q.jsonl"), "mock/echo", settings)
    assert make(tmp_path).problems == 0
    scores = run.path / "scores.csv"
    scores.write_text(scores.read_text().replace(",0.0,", ",1.0,"))
    assert make(tmp_path).problems == 1
    assert "scores.csv has changed since the run" in (tmp_path / "_site" / "problems.html").read_text()
