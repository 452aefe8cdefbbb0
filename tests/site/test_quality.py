"""The quality of a benchmark on its page, on the command line, and as a smaller set of samples for a gate."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from mmeval import UsageError
from mmeval.board import Board
from mmeval.board.leakage import after_cutoff, blind_gains, published
from mmeval.board.quality import quality
from mmeval.cli import app
from mmeval.compare import compare, read_side
from mmeval.errors import NotComparableError
from mmeval.gate.offline import case_of
from mmeval.gate.policy import Bench, Policy
from mmeval.store import list_runs

NAME = "toy_mmmu_val"


@pytest.fixture
def here(ledger_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ledger_root)
    monkeypatch.setenv("MMEVAL_PATH", str(ledger_root))
    return ledger_root


def called(*words: str) -> Any:
    found = CliRunner().invoke(app, words)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def text_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def column_of(board: Board, name: str = NAME) -> Any:
    return next(column for column in board.columns if column.card.name == name)


def models_of(board: Board, name: str = NAME) -> list[str]:
    return [model for model in column_of(board, name).cells if board.models[model].reference is None]


def test_page_and_command_say_the_same(here: Path, site: Path, board: Board) -> None:
    told = json.loads(called("items", NAME, "--json").output)
    found = quality(column_of(board), models_of(board))
    assert found is not None
    assert found.reliability is not None
    assert (told["models"], told["items"], told["left_out"]) == (found.models, found.items, found.left_out)
    assert told["reliability"]["value"] == pytest.approx(found.reliability.value)
    page = text_of((site / "b" / f"{NAME}.html").read_text())
    assert f"Reliability: {found.reliability.value:.2f} [" in page.replace("−", "-")
    assert f"every model is right on {100 * found.all_right:.1f}%" in page
    assert "Answer keys: a check for wrong ones takes 8 models." in page
    printed = called("items", NAME).output
    assert f"{NAME}: {found.models} models, {found.items} samples" in printed
    assert "Suspect keys: not shown" in printed


def test_too_few_models_are_told_so(board: Board, here: Path) -> None:
    assert quality(column_of(board), models_of(board)[:4]) is None
    with pytest.raises(UsageError, match="no run of nothing"):
        called("items", "nothing")


def test_where_each_sample_lacks_a_model_the_whole_ones_are_analysed(board: Board) -> None:
    column, (*most, last) = column_of(board), models_of(board)
    values = column.cells[last].vector.values.copy()
    values[len(values) // 3 :] = np.nan
    torn = replace(column.cells[last], vector=replace(column.cells[last].vector, values=values))
    before, after = (
        quality(replace(column, cells={**column.cells, **changed}), [*most, last]) for changed in ({}, {last: torn})
    )
    assert before
    assert after
    assert after.models < before.models
    assert after.items > len(values) / 2


def test_suspect_keys_are_listed(board: Board) -> None:
    column = column_of(board)
    cell = column.cells[models_of(board)[0]]
    draw, skill = np.random.default_rng(0), np.linspace(0.15, 0.95, 12)
    table = (draw.random((12, len(cell.vector.ids))) < skill[:, None]).astype(float)
    table[:, 7] = skill < 0.5  # its key is wrong: only the weak ones are "right"
    cells = {f"m/{i}": replace(cell, vector=replace(cell.vector, values=row)) for i, row in enumerate(table)}
    found = quality(replace(column, cells=cells), list(cells))
    assert found is not None
    assert found.suspects is not None
    assert found.suspects[0].id == cell.vector.ids[7]
    assert (found.suspects[0].number, found.suspects[0].strong, found.suspects[0].weak) == (
        8,
        0.0,
        pytest.approx(5 / 6),
    )
    assert found.suspected <= 3


def test_subset_is_chosen_priced_and_gated(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "ids.json"
    printed = called("gate", "subset", NAME, "-n", "20", "--out", str(out)).output
    made = json.loads(out.read_text())
    assert len(made["ids"]) == 20
    assert f"ids: {out}" in printed.replace("\n", "")
    assert 0 <= made["loss"]["chosen"] < made["loss"]["full"] <= 1
    runs = [run for run in list_runs(here / "results")[0] if run.info.spec.benchmark == NAME][:2]
    policy = Policy(version=1, benchmarks={NAME: Bench(ids=out, margin=0.2)})
    case = case_of(NAME, policy, *runs)
    assert case.comparison is not None
    whole = compare(*map(read_side, runs))
    asked = {pair.id for pair in case.comparison.pairs} | set(case.comparison.unmeasured)
    assert asked == set(made["ids"]) < {pair.id for pair in whole.pairs} | set(whole.unmeasured)


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ({"benchmark": NAME, "ids": ["nobody"]}, NotComparableError, "the baseline lacks 1 of its samples"),
        ({"benchmark": "other", "ids": ["a"]}, UsageError, "names samples of 'other'"),
        ({"benchmark": NAME, "ids": []}, UsageError, "a list of sample ids under `ids`"),
        ([1], UsageError, "a list of sample ids under `ids`"),
    ],
)
def test_bad_ids_files(here: Path, tmp_path: Path, content: Any, error: type[Exception], said: str) -> None:
    (tmp_path / "ids.json").write_text(json.dumps(content))
    run = next(run for run in list_runs(here / "results")[0] if run.info.spec.benchmark == NAME)
    policy = Policy(version=1, benchmarks={NAME: Bench(ids=tmp_path / "ids.json")})
    with pytest.raises(error, match=said):
        case_of(NAME, policy, run, run)


@pytest.mark.parametrize(
    ("words", "said"), [(["-n", "60"], "expected a number between"), (["-n", "1"], "must be at least 2")]
)
def test_bad_sizes(here: Path, tmp_path: Path, words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        called("gate", "subset", NAME, *words, "--out", str(tmp_path / "x.json"))


def test_blind_gain_has_the_interval_of_the_paired_difference(board: Board, site: Path, here: Path) -> None:
    column = column_of(board)
    (found,) = blind_gains(column)
    sides = [read_side(column.cells[name].run) for name in (f"baseline/blind:{found.model}", found.model)]
    expected = compare(*sides, level=0.95).difference
    assert expected is not None
    assert found.gain.value == pytest.approx(found.sighted - found.blind)
    assert (found.gain.low, found.gain.high) == pytest.approx((expected.low, expected.high))
    assert found.leak is not None
    assert found.leak.low is not None
    assert found.leak.low < found.leak.value
    page = text_of((site / "m" / "alder__vision-1a.html").read_text())
    assert "What seeing is worth" in page
    assert f"{100 * found.gain.value:.1f} [" in page.replace("−", "-")


def test_newer_samples_have_their_own_score(board: Board) -> None:
    column, name = column_of(board), models_of(board)[0]
    ids = column.cells[name].vector.ids
    cards = {one: SimpleNamespace(cutoff=None) for one in column.cells}
    cards[name] = SimpleNamespace(cutoff=date(2025, 1, 31))
    tags = {key: {"released": "2025-06-01" if i < 20 else "2024-06-01"} for i, key in enumerate(ids)}
    (found,) = after_cutoff(column, cards, tags)  # type: ignore[arg-type]
    values = column.cells[name].vector.values
    assert found.after is not None
    assert found.before is not None
    assert found.difference is not None
    assert found.after.value == pytest.approx(np.nanmean(values[:20]))
    assert found.before.value == pytest.approx(np.nanmean(values[20:]))
    assert found.difference.value == pytest.approx(found.after.value - found.before.value)
    assert found.difference.low < found.difference.value < found.difference.high
    assert after_cutoff(column, cards, {}) == [], "nobody knows when the samples became public"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("released", "paper", "day"),
    [
        (None, "https://arxiv.org/abs/2307.06281", date(2023, 7, 1)),
        (date(2024, 2, 3), "https://arxiv.org/abs/2307.06281", date(2024, 2, 3)),
        (None, "https://arxiv.org/abs/2313.06281", None),
        (None, None, None),
    ],
)
def test_day_of_publication(board: Board, released: date | None, paper: str | None, day: date | None) -> None:
    assert published(replace(column_of(board).card, released=released, paper=paper)) == day
