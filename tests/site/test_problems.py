"""Run folders that cannot be trusted are listed with the reason and are on no other page."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mmeval.data import from_file
from mmeval.engine.options import Settings
from mmeval.runner import run_one
from tests.site.conftest import FEW, copied, keep, make


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


@pytest.mark.slow
def test_thousands_of_broken_folders_are_counted(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmeval.sitegen.pages.problems.LISTED", 2)
    for run in (few / "results").glob("*__vision-1a/*/*/run.json"):
        run.unlink()
    made = make(few, langs=("en",))
    page = (few / "_site" / "problems.html").read_text()
    assert page.count("no run.json") == 2
    assert f"And {made.problems - 2} more folders." in page


def broken_utf8(run: Path) -> None:
    file = run / "scores.csv"
    file.write_bytes(file.read_bytes().replace(b",ok,", b",o\xffk,", 1))


def huge_field(run: Path) -> None:
    csv.field_size_limit(131_072)  # the default, which reading tables of pictures raises for the whole process
    file = run / "scores.csv"
    file.write_text(file.read_text() + "zzz,0,ok,1.0," + '"' + "x" * 200_000 + '",letter,c\n')


def not_an_object(run: Path) -> None:
    (run / "run.json").write_text("[]")


def a_directory(run: Path) -> None:
    (run / "run.json").unlink()
    (run / "run.json").mkdir()


def torn_journal(run: Path) -> None:
    file = run / "records.jsonl"
    lines = file.read_bytes().splitlines(True)
    file.write_bytes(b"".join([*lines[:3], b'{"id": "torn\n', *lines[4:]]))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "half-written": (lambda run: (run / "run.json").write_text('{"schema_version": 1, "sta'), "not JSON"),
    "no-run-json": (lambda run: (run / "run.json").unlink(), "no run.json"),
    "foreign-version": (change("schema_version", 9), "schema version 9"),
    "running": (change("status", "running"), "not finished"),
    "partial": (change("status", "partial"), "not finished"),
    "edited-spec": (change("spec.profile", "lenient"), "not named after its spec"),
    "edited-metric": (better_score, "scores.csv gives"),
    "edited-counts": (change("counts", {"ok": 1}), "run.json counts"),
    "edited-score": (edit_csv(",0.0,", ",1.0,"), "scores.csv gives"),
    "impossible-score": (edit_csv(",0.0,", ",7.5,"), "not in [0, 1]"),
    "no-scores": (lambda run: (run / "scores.csv").unlink(), "no scores.csv"),
    "unknown-field": (change("unheard_of", 1), "unheard_of"),
    "broken-utf8": (broken_utf8, "codec can"),
    "huge-field": (huge_field, "field larger than"),
    "not-an-object": (not_an_object, "schema version None"),
    "run-json-is-a-folder": (a_directory, "is a folder, not a file"),
    "torn-journal": (torn_journal, "its replies are not shown"),
    "empty-scores": (lambda run: (run / "scores.csv").write_text(""), ""),
    "other-columns": (lambda run: (run / "scores.csv").write_text("id,epoch\n1,2\n"), "scores.csv"),
}
DAMAGED = (*FEW, "toy_ai2d", "toy_docvqa")
"""Benchmarks with enough runs for one damage each."""
RANKED_ALL_THE_SAME = {"torn-journal"}


@dataclass(frozen=True)
class Damaged:
    """A site of which some runs are damaged, each in its own way."""

    site: Path
    runs: dict[str, str]
    listed: dict[str, str]
    problems: int


@pytest.fixture(scope="module")
def damaged(ledger_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Damaged:
    root = keep(copied(ledger_root, tmp_path_factory.mktemp("damaged")), DAMAGED)
    runs = sorted((root / "results").glob("*__vision-*/*/*"))
    chosen = dict(zip(DAMAGE, runs, strict=False))
    for name, run in chosen.items():
        DAMAGE[name][0](run)
    made = make(root, langs=("en",))
    page = (root / "_site" / "problems.html").read_text()
    listed = dict(re.findall(r"<tr><th[^>]*><code>(.*?)</code></th><td>(.*?)</td></tr>", page))
    names = {name: run.relative_to(root / "results").as_posix() for name, run in chosen.items()}
    return Damaged(root / "_site", names, listed, made.problems)


@pytest.mark.slow
def test_damage_is_listed_and_never_stops_the_build(damaged: Damaged) -> None:
    assert set(damaged.listed) == set(damaged.runs.values())
    assert damaged.problems == len(damaged.listed) == len(DAMAGE)


@pytest.mark.parametrize("damage", DAMAGE)
def test_reason_is_listed(damaged: Damaged, damage: str) -> None:
    folder = damaged.runs[damage]
    assert DAMAGE[damage][1] in html.unescape(damaged.listed[folder])
    model, benchmark = folder.split("/")[:2]
    page = (damaged.site / "b" / f"{benchmark.partition('@')[0]}.html").read_text()
    assert (f"{model}/{benchmark.partition('@')[0]}" in page) is (damage in RANKED_ALL_THE_SAME)


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


def test_damaged_samples_are_a_problem_of_their_runs_and_never_stop_the_build(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"question": "2 + 2?", "answer": "4"}\n')
    settings = Settings(results=tmp_path / "results", cache_file=tmp_path / "cache.sqlite", options={"reply": "4"})
    run_one(from_file(tmp_path / "q.jsonl"), "mock/echo", settings)
    for file in (tmp_path / "results" / "_samples").rglob("*.jsonl"):
        file.write_bytes(b"\xff{broken\n")
    assert make(tmp_path).problems == 1
    assert "jsonl:1:" in (tmp_path / "_site" / "problems.html").read_text()
