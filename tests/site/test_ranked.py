"""The board cannot be gamed: what is missing does not help, tries are averaged, and limited runs displace nothing."""

from __future__ import annotations

import functools
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mmeval.board import Board, Column, collect
from mmeval.board.stored import Reader
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.sitegen.cells import slices
from tests import ledger
from tests.browsing import until
from tests.once import once
from tests.site.conftest import make
from tests.site.test_board import column as shown
from tests.site.test_rows import row_of

MEAN, PAIRS = "toy_mmbench_v11", "toy_hallusionbench"
SHAPE = ledger.Shape(models=2, benchmarks=7, samples=200, failures=0.0, references=False, holes=0.0, replies=False)
HARD = range(190, 200)
"""The hardest samples, on which a model had better fail."""


def lines(name: str, score: Callable[[int], float | None], status: str = "unsupported") -> list[dict[str, Any]]:
    """One record for each sample; without a score, it has this status."""
    made = []
    for i, sample in enumerate(ledger.stored_samples(name, SHAPE)):
        line = ledger.record(sample, 1.0, i, random.Random(i), SHAPE)
        value = score(i)
        scored = {"value": value, "answer": "A", "note": "", "rule": "letter", "span": None}
        failed = {"reply": None, "failure": {"kind": status, "message": "", "attempts": 1}, "cost": None}
        made.append(
            line
            | ({"status": "ok", "score": scored} if value is not None else {"status": status, "score": None, **failed})
        )
    return made


def right(i: int, name: str) -> float:
    """Right on every second pair, but on no hard one; of the other pairs, on the first if only whole pairs count."""
    return float(i % 4 < (3 if name == PAIRS else 2) and i not in HARD)


RUNS: dict[str, tuple[Callable[[int, str], float | None], str]] = {
    "honest/half": (right, ""),
    "gamer/unsupported": (lambda i, name: 1.0 if i % 4 < (3 if name == PAIRS else 2) else None, "unsupported"),
    "gamer/fails": (lambda i, name: None if i in HARD else right(i, name), "error"),
    "gamer/one": (lambda i, name: None if i == 199 else right(i, name), "timeout"),
    "gamer/two": (lambda i, name: None if i >= 198 else right(i, name), "invalid_input"),
}


def fill(root: Path) -> None:
    ledger.write_cards(root, SHAPE)
    results = root / "results"
    for name in (MEAN, PAIRS):
        for model, (score, status) in RUNS.items():
            made = lines(name, functools.partial(score, name=name), status)
            ledger.write_lines(results, model, name, made, replies=False)
        folder = results / "_samples" / f"{name}@1"
        ledger.write_sample_file(folder, ledger.stored_samples(name, SHAPE), SHAPE)
    draw = random.Random(70)
    for seed in range(8):
        luck = [float(draw.random() < 0.7) for _ in range(SHAPE.samples)]
        tried = lines(MEAN, luck.__getitem__)
        options = {"temperature": 0.0, "max_tokens": 512, "seed": seed}
        ledger.write_lines(results, "lucky/eight", MEAN, tried, replies=False, options=options)
    warm = {"temperature": 1.0, "max_tokens": 512, "seed": None}
    ledger.write_lines(results, "honest/half", MEAN, lines(MEAN, lambda i: 1.0), replies=False, options=warm)
    for model in ("short/a", "short/b"):
        few = lines(MEAN, lambda i: 1.0)[:10]
        limited = ledger.write_lines(results, model, MEAN, few, replies=False, limit=10)
        edit(limited / "run.json", samples_digest="ten")
    make(root, langs=("en",))


def edit(file: Path, **changed: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))


@pytest.fixture(scope="session")
def gamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with gamers and its site; tests must not change it."""
    return once(tmp_path_factory, "gamed", fill)


@pytest.fixture(scope="session")
def gamers(gamed: Path) -> Board:
    return collect(gamed / "results", catalog=Catalog((gamed,)))


def column(board: Board, name: str) -> Column:
    return next(one for one in board.columns if one.card.name == name)


@pytest.mark.parametrize(
    ("model", "wrong", "measured", "right", "why"),
    [
        ("honest/half", 0.48, 0.48, 0.48, ""),
        ("gamer/unsupported", 0.5, 1.0, 1.0, "coverage"),
        ("gamer/fails", 0.48, 96 / 190, 0.53, "coverage"),
        ("gamer/one", 0.48, 96 / 199, 0.485, ""),
        ("gamer/two", 0.48, 96 / 198, 0.49, ""),
    ],
)
def test_what_is_missing_counts_as_wrong(
    gamers: Board, model: str, wrong: float, measured: float, right: float, why: str
) -> None:
    cell = column(gamers, MEAN).cells[model]
    assert (cell.headline.value, cell.measured.value, cell.right.value) == pytest.approx((wrong, measured, right))
    assert cell.headline.low < wrong < cell.headline.high
    assert cell.unranked == why


@pytest.mark.parametrize(
    ("model", "wrong", "right", "why"),
    [
        ("gamer/unsupported", 0.5, 1.0, "coverage"),
        ("gamer/fails", 0.48, 0.53, "coverage"),
        ("gamer/one", 0.48, 0.48, ""),
        ("gamer/two", 0.48, 0.49, ""),
    ],
)
def test_a_headline_that_is_no_mean_is_bounded_too(
    gamers: Board, model: str, wrong: float, right: float, why: str
) -> None:
    cell = column(gamers, PAIRS).cells[model]
    assert cell.vector.pseudo
    assert (cell.headline.value, cell.right.value, cell.unranked) == (pytest.approx(wrong), pytest.approx(right), why)


def test_sub_scores_count_what_is_missing_as_wrong(gamers: Board) -> None:
    one = column(gamers, MEAN)
    values = [part["value"] for part in slices(one.cells["gamer/unsupported"], one)]
    assert values == pytest.approx([50.0] * 5)


@pytest.mark.parametrize("name", [MEAN, PAIRS])
def test_a_model_that_fails_where_it_is_wrong_gains_no_rank(gamers: Board, name: str) -> None:
    from mmeval.board.ranks import rank_columns

    one = column(gamers, name)
    models = gamers.ranked([one])
    ranks = rank_columns([one], models)
    assert ranks is not None
    assert {"gamer/one", "gamer/two", "honest/half"} <= set(models)
    assert not {"gamer/unsupported", "gamer/fails"} & set(models)
    honest = ranks.intervals["honest/half"]
    assert (ranks.intervals["gamer/two"].best, ranks.intervals["gamer/two"].worst) == (honest.best, honest.worst)


def test_eight_tries_show_their_mean(gamers: Board) -> None:
    cell = column(gamers, MEAN).cells["lucky/eight"]
    tries = [one.headline.value for one in cell.runs]
    assert len(tries) == 8
    assert cell.headline.value == pytest.approx(sum(tries) / 8)
    assert max(tries) > 0.72
    assert cell.headline.value == pytest.approx(0.7, abs=0.02)


def test_another_temperature_is_listed_and_not_chosen(gamers: Board) -> None:
    one = column(gamers, MEAN)
    (other,) = one.variants
    assert (other.cell.spec.model, other.cell.headline.value) == ("honest/half", 1.0)
    assert (other.reason, other.value) == ("options", "temperature 1.0")


def test_limited_runs_are_not_in_the_column(gamers: Board) -> None:
    one = column(gamers, MEAN)
    assert sorted(cell.spec.model for cell in one.limited) == ["short/a", "short/b"]
    assert len(one.cells["honest/half"].vector.ids) == 200


def test_cached_runs_are_the_same(gamed: Path, gamers: Board, tmp_path: Path) -> None:
    for _ in range(2):
        board = collect(gamed / "results", catalog=Catalog((gamed,)), reader=Reader(tmp_path))
    for name in (MEAN, PAIRS):
        for model, cell in column(gamers, name).cells.items():
            again = column(board, name).cells[model]
            assert (again.headline, again.right, again.unranked) == (cell.headline, cell.right, cell.unranked)
            assert list(again.vector.counted) == list(cell.vector.counted)


PAGES: dict[str, tuple[str, Sequence[str]]] = {
    "board": (
        "index.html",
        ["not ranked: no score on more than 1% of the questions <bdi>(Hallusionbench)</bdi>", ' u">48.0<i>'],
    ),
    "benchmark": (
        f"b/{MEAN}.html",
        ['100.0<br><span class="none">[50.0, 100.0]</span>', '50.5<br><span class="none">[48.0, 53.0]</span>', "not ranked: no score on more than 1% of the questions", "Other settings",
         "option <bdi>temperature 1.0</bdi>", "Runs on some of the questions", '<td class="n">8</td>'],
    ),
    "model": ("m/gamer__fails.html", ['50.5<br><span class="none">[48.0, 53.0]</span>', "not ranked: no score on more than 1% of the questions"]),
    "variant": ("m/honest__half.html", ["Other settings", "option <bdi>temperature 1.0</bdi>", "100.0"]),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_so(gamed: Path, page: str) -> None:
    file, said = PAGES[page]
    text = (gamed / "_site" / file).read_text(encoding="utf-8")
    assert [one for one in said if one not in text] == []


def test_run_pages_say_so_and_every_pooled_run_has_one(gamed: Path) -> None:
    (page,) = (gamed / "_site" / "r" / "gamer__fails").glob(f"{MEAN}*/index.html")
    assert (
        "10 questions have no score. Without them, the score is 50.5; counted as wrong it is 48.0" in page.read_text()
    )
    assert len(list((gamed / "_site" / "r" / "lucky__eight").glob("*/index.html"))) == 8


def test_a_row_without_a_rank_has_none_in_the_files_either(gamed: Path) -> None:
    made = json.loads((gamed / "_site" / "data" / "board.json").read_text())
    rows = {row["model"]: row for row in made["rows"] if row["benchmark"] == MEAN}
    fails = rows["gamer/fails"]
    assert (fails["unranked"], fails["missing"], fails["value"]) == ("coverage", 10, pytest.approx(0.48))
    assert (fails["measured"], fails["if_missing_right"]) == (pytest.approx(96 / 190), pytest.approx(0.53))
    assert rows["lucky/eight"]["runs"] == 8
    assert {(row["list"], row["model"]) for row in made["aside"]} == {
        ("setting", "honest/half"), ("limited", "short/a"), ("limited", "short/b"),
    }  # fmt: skip
    row = row_of(gamed / "_site" / "index.html", "gamer/fails")
    assert '<td class="rank"></td>' in row


def test_rows_without_a_rank_have_none_among_chosen_columns_either(visit: Callable[..., Any], gamed: Path) -> None:
    tab = visit(f"index.html#hide={PAIRS}", root=gamed / "_site")
    until(tab, "document.querySelector('#board tbody td.rank').textContent !== ''")
    ranks = dict(zip(shown(tab, "model"), shown(tab, "rank"), strict=True))
    assert {name for name, rank in ranks.items() if not rank} == {"gamer/unsupported", "gamer/fails"}
    assert set(ranks.values()) > {"1"}


def test_the_openvlm_view_gives_them_no_averages(visit: Callable[..., Any], gamed: Path) -> None:
    """Neither as it is built, nor for chosen columns; and nobody's Avg Rank counts them."""
    for state in ("", f"#hide={PAIRS}"):
        tab = visit(f"v/openvlm.html{state}", root=gamed / "_site")
        found = dict(zip(shown(tab, "model"), zip(shown(tab, "mean"), shown(tab, "avgrank"), strict=True), strict=True))
        assert found["gamer/unsupported"] == found["gamer/fails"] == ("", "")
        assert found["honest/half"] == ("48.0", "1.50" if not state else "2.00")


QUESTIONS = "".join(
    json.dumps({"question": f"Question {i:03d}?", "answer": "A" if i % 2 else "B", "options": ["x", "y"]}) + "\n"
    for i in range(100)
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_CACHE", str(tmp_path / "cache.sqlite"))
    (tmp_path / "q.jsonl").write_text(QUESTIONS)
    return tmp_path


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            "unsupported",
            "50 of 100 samples have no score: 50.0 if all were wrong, 100.0 if all were right; a leaderboard does not rank",
        ),
        (
            "bad_request",
            "50 of 100 samples have no score: 50.0 if all were wrong, 100.0 if all were right; a leaderboard does not rank",
        ),
    ],
)
def test_a_run_says_what_is_missing(project: Path, error: str, said: str) -> None:
    """No `--max-error-rate` gives a rank."""
    gaps = {f"Question {i:03d}?": {"error": error} for i in range(0, 100, 2)}
    (project / "script.json").write_text(json.dumps({"*": "A", **gaps}))
    words = ["q.jsonl", "-m", "mock/scripted", "-o", "script=script.json", "--max-error-rate", "1"]
    done = CliRunner().invoke(app, ["run", *words])
    assert done.exit_code == 0, done.output
    assert said in done.stdout
    (file,) = (project / "results").glob("mock__scripted/*/*/run.json")
    bounds = json.loads(file.read_text())["bounds"]
    assert (bounds["missing"], bounds["wrong"]["value"], bounds["right"]["value"]) == (50, 0.5, 1.0)
    assert said in " ".join(CliRunner().invoke(app, ["show", str(file.parent)]).stdout.split())
    whole = CliRunner().invoke(app, ["run", "q.jsonl", "-m", "mock/echo", "-o", "reply=A"])
    assert "missing" not in whole.stdout
    (base,) = (project / "results").glob("mock__echo/*/*")
    compared = " ".join(CliRunner().invoke(app, ["diff", str(base), str(file.parent)]).stdout.split())
    assert "50.0 if the 50 missing were wrong, 100.0 if right" in compared
    assert re.search(r"if what is missing were counted, the difference would be \S+ to \+50.0 points", compared)
