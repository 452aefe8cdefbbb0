"""Which rows of the board are models, which are references, and which were not measured here."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmeval.board import collect
from mmeval.board.cards import BenchmarkCard, model_card
from mmeval.board.cell import Column
from mmeval.board.ranks import rank_columns
from mmeval.board.views import percent
from mmeval.catalog import Catalog
from mmeval.sitegen.pages.board import head
from mmeval.store import Files, Verification, bound_files, write_verification
from tests import ledger
from tests.site.conftest import FEW, SHAPE, make


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("baseline/random", "random", "Random"),
        ("baseline/majority", "majority", "Majority"),
        ("baseline/first", "majority", "First"),
        ("baseline/blind:openai/gpt-x", "blind", "Blind gpt-x"),
        ("baseline/other", "baseline", "Other"),
        ("human/experts", "human", "Experts"),
        ("lab/human", None, "lab/human"),
    ],
)
def test_references(name: str, kind: str | None, label: str) -> None:
    card = model_card(name, {})
    assert (card.reference, card.label) == (kind, label)


@pytest.mark.parametrize(
    ("facts", "line", "chance"),
    [
        ({}, "", ""),
        ({"chance": 0.25}, "", "25"),
        ({"high": 2800.0, "scale": 1.0, "chance": 700.0}, "0 0.0357142857", "25"),
        ({"low": -1.0, "scale": 100.0}, "50 0.5", ""),
        ({"high": 2.0, "scale": 1.0, "higher_is_better": False, "chance": 1.5}, "100 -50", "25"),
    ],
)
def test_how_the_browser_gets_from_what_is_shown_to_percent(facts: dict[str, Any], line: str, chance: str) -> None:
    card = BenchmarkCard(name="x", title="X", group="g", **facts)
    made = head(Column(card=card, cells={}))
    assert (made["line"], made["chance"]) == (line, chance)
    for value in (card.low, 0.4, card.high):
        start, slope = map(float, line.split() or (0, 1))
        assert start + slope * value * card.scale == pytest.approx(percent(card, value))


TOLD = "baseline/described:mock/oracle"


def row_of(page: Path, model: str) -> str:
    found = re.search(rf'<tr data-m="{re.escape(model)}".*?</tr>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[0]


def test_people_are_shown_and_never_ranked(few: Path) -> None:
    for name in FEW:
        samples = ledger.stored_samples(name, SHAPE)
        ledger.write_run(few / "results", "human/experts", name, samples, [0.98] * len(samples), SHAPE)
        ledger.write_run(few / "results", TOLD, name, samples, [0.4] * len(samples), SHAPE)
    make(few)
    row = row_of(few / "_site" / "index.html", "human/experts")
    assert 'class="ref"' in row
    assert '<td class="rank"></td>' in row
    assert '<span class="tag">human</span>' in row
    assert '<span class="tag">人类</span>' in row_of(few / "_site" / "zh" / "index.html", "human/experts")
    board = collect(few / "results", catalog=Catalog((few,)))
    page = (few / "_site" / "b" / "toy_chartqa.html").read_text()
    assert page.index("Experts") < page.index("Birch Vision 1b"), "in the order of the scores"
    ranked = sorted(n for n in board.columns[0].cells if board.models[n].reference is None)
    ranks = rank_columns([board.columns[0]], ranked)
    assert ranks is not None
    assert "human/experts" not in ranks.models
    # answers from descriptions serve the diagnosis on the benchmark's page and fill no list of models
    assert TOLD in board.columns[0].cells
    for file in ("index.html", "models.html", "plots.html", "compare.html", "data/search.js", "data/models.csv"):
        text = (few / "_site" / file).read_text()
        assert "experts" in text.lower() or file == "plots.html"
        assert "described" not in text.lower(), file


def verified_runs(folder: Path) -> None:
    for file in folder.glob("*/*/run.json"):
        files = Files(file.parent)
        made = Verification(verdict="verified", files=bound_files(files), checks={}, mmeval="1", at=1.0)
        write_verification(files, made)


def edited(folder: Path) -> None:
    """Verified first; a single byte voids that."""
    verified_runs(folder)
    for file in folder.glob("*/*/run.json"):
        file.write_text(file.read_text() + "\n")


def imported(folder: Path) -> None:
    for file in folder.glob("*/*/run.json"):
        file.write_text(json.dumps(json.loads(file.read_text()) | {"origin": "third-party"}))


def scores_only(folder: Path) -> None:
    for file in folder.glob("*/*/records.jsonl"):
        file.unlink()


@pytest.mark.parametrize(
    ("change", "mark", "tag", "ranked"),
    [
        (edited, "not verified", "", True),
        (verified_runs, "verified", '<span class="tag good">verified</span>', True),
        (scores_only, "scores only", '<span class="tag ">scores only</span>', True),
        (imported, "imported", "not ranked: imported", False),
    ],
)
def test_a_row_says_how_far_it_can_be_trusted(few: Path, change: Any, mark: str, tag: str, ranked: bool) -> None:
    change(few / "results" / "alder__vision-1a")
    make(few, langs=("en",))
    row = row_of(few / "_site" / "index.html", "alder/vision-1a")
    assert f'<td class="f l">{mark}</td>' in row
    assert tag in row
    assert ('<td class="rank"></td>' not in row) is ranked
    (page,) = (few / "_site" / "r" / "alder__vision-1a").glob("toy_chartqa*/index.html")
    assert f"<dd>{mark}" in page.read_text()


def test_only_measured_models_are_ranked_unless_asked(few: Path) -> None:
    board = collect(few / "results", catalog=Catalog((few,)))
    column = board.columns[0]
    card = board.models["alder/vision-1a"].model_copy(update={"name": "mock/echo"})
    mock = replace(board, models={**board.models, "mock/echo": card})
    cells = {**column.cells, "mock/echo": column.cells["alder/vision-1a"]}
    columns = [replace(column, cells=cells)]
    assert "mock/echo" not in mock.ranked(columns)
    assert "mock/echo" in replace(mock, rank_all=True).ranked(columns)
    assert "baseline/random" in replace(mock, rank_all=True).ranked(columns)
    alone = [replace(column, cells={"mock/echo": cells["mock/echo"]})]
    assert mock.ranked(alone) == ["mock/echo"], "a board of mock models alone is ranked"
