"""The first screen says what the data say, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmeval.board import Board
from mmeval.board.cell import Cell
from mmeval.board.findings import hardest
from mmeval.board.vectors import LEVELS, outcome
from mmeval.board.views import View, make_view, shown_columns
from mmeval.sitegen.asked import asked_of
from mmeval.sitegen.charts import Point, sized
from mmeval.sitegen.env import Language, languages, source_folder
from mmeval.sitegen.front import drawn, front, questions, sentence
from mmeval.store import ScoreRow

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def lang() -> Language:
    return languages(["en"], [source_folder()])[0]


@pytest.fixture(scope="module")
def view(board: Board) -> View:
    return make_view("all", board.columns, board)


def of(board: Board, keep: Callable[[str], bool]) -> Board:
    """The board with some of its models."""
    columns = [replace(c, cells={name: cell for name, cell in c.cells.items() if keep(name)}) for c in board.columns]
    return replace(board, columns=columns, models={name: card for name, card in board.models.items() if keep(name)})


def test_a_judge_that_was_measured_changes_no_rank(board: Board) -> None:
    """A labelled slice is a benchmark on which all other models have nothing."""
    one, *others = (column for column in board.columns if column.full)
    judged = replace(one, card=replace(one.card, group="judging"))
    assert judged not in shown_columns(replace(board, columns=[judged, *others]))
    assert shown_columns(replace(board, columns=[judged])) == [judged], "a board of judges ranks them"


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (1, "{} is first."),
        (2, "2 models share first place."),
        (6, "No model is ahead: 6 are tied."),
    ],
)
def test_the_sentence_counts_who_is_tied_for_first(
    board: Board, view: View, lang: Language, first: int, said: str
) -> None:
    assert view.ranks is not None
    models = [name for name in view.order if board.models[name].reference is None]
    ranges = {
        name: replace(view.ranks.intervals[name], best=1 if place < first else first + 1)
        for place, name in enumerate(models)
    }
    found = sentence(replace(view, ranks=replace(view.ranks, intervals=ranges)), board, models, lang)
    assert found["title"] == said.format(board.models[models[0]].label)


def test_questions_go_from_easy_to_hard_and_have_pictures(board: Board, view: View) -> None:
    found = questions([asked_of(column, board) for column in view.columns])
    assert len(found) == 7
    rates = [one["share"] for one in found]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] - rates[-1] > 40
    assert all(one["thumb"] and one["text"] for one in found)
    assert len({one["about"] for one in found}) > 3


@pytest.mark.parametrize(
    ("score", "wrong", "code"), [(1, 0, "r"), (0.5, 0, "p"), (0, 0, "w"), (0, 1, "r"), (0.5, 1, "p"), (1, 1, "w")]
)
def test_of_an_error_rate_none_is_right(score: float, wrong: float, code: str) -> None:
    assert outcome(ScoreRow("0", 1, "ok", score, "0/9: text", "word", None), wrong) == code


def turned(cell: Cell) -> Cell:
    """The same run, as if its scores were errors."""
    return replace(cell, vector=replace(cell.vector, wrong=1.0))


def test_questions_with_few_errors_are_easy(board: Board) -> None:
    """The same numbers as scores and as error rates: shares, hard questions and the levels of the pages turn round."""
    column = max(board.columns, key=lambda column: len(column.cells))
    models = [name for name in column.cells if board.models[name].reference is None]
    errors = replace(
        column, card=replace(column.card, higher_is_better=False),
        cells={name: turned(cell) for name, cell in column.cells.items()},
    )  # fmt: skip
    solved = [[share for share, *_ in asked_of(one, board).solved] for one in (column, errors)]
    assert solved[1] == pytest.approx([1 - share for share in solved[0]])
    hard, easy = (hardest(one, models) for one in (column, errors))
    assert not {one.id for one in hard} & {one.id for one in easy}
    whole = next(cell for cell in column.cells.values() if not cell.vector.missing)
    levels = [[LEVELS.index(code) for code in one.vector.levels] for one in (whole, turned(whole))]
    assert {a + b for a, b in zip(*levels, strict=True)} <= {59, 60, 61}


def test_one_model_stands_beside_the_references_with_what_it_got_wrong(board: Board, lang: Language) -> None:
    model = next(name for name in board.models if board.models[name].reference is None)
    alone = of(board, lambda name: name == model or board.models[name].reference is not None)
    asked = [asked_of(column, alone) for column in alone.columns]
    found = front(make_view("all", alone.columns, alone), alone, asked, lang)
    assert found["one"]
    assert found["plot"] is None
    assert found["sentence"]["title"].startswith(board.models[model].label)
    assert "The bars show it beside" in found["sentence"]["text"]
    lonely = of(board, lambda name: name == model)
    view = make_view("all", lonely.columns, lonely)
    assert "baseline/random" in sentence(view, lonely, [model], lang)["text"], "there is nothing beside it"
    assert {row["reference"] for row in found["forest"]["rows"]} >= {"", "random"}
    assert found["questions"]
    assert all(one["share"] < 100 for one in found["questions"])
    assert "PROVIDER/MODEL" in found["command"]


def test_a_small_plot_names_its_front_inside_its_frame() -> None:
    points = [
        Point(title=f"A model with a long name {i}", url="", x=x, y=y, low=y, high=y)
        for i, (x, y) in enumerate([(1, 50), (1.01, 90), (900, 60)])
    ]
    svg = str(drawn(points, sized))
    assert svg.count('class="on"') == 2
    assert 'class="name"' in svg


def test_the_first_screen_leads_on(visit: Visit, site: Path) -> None:
    tab = visit("index.html", width=1440, height=900)
    assert tab.locator("h1").count() == 1
    assert tab.locator(".forest tbody tr").count() == 6
    assert tab.locator(".strip li").count() == 7
    for link in tab.eval_on_selector_all(
        ".hero a[href], .strip a[href]", "all => all.map(a => a.getAttribute('href'))"
    ):
        assert link.startswith("#") or (site / link.partition("#")[0]).is_file(), link


def test_an_empty_board_says_how_to_begin(tmp_path: Path) -> None:
    from mmeval.catalog import Catalog
    from mmeval.sitegen.build import Build, Options

    (tmp_path / "results").mkdir()
    made = Build(Options(results=tmp_path / "results", out=tmp_path / "_site", cache=tmp_path, catalog=Catalog()))
    made.make(next(kind for kind in made.kinds if kind.name == "board"))
    text = (tmp_path / "_site" / "index.html").read_text(encoding="utf-8")
    assert "mmeval quickstart" in text
    assert "mmeval run BENCHMARK" in text
