"""Reported numbers beside measured ones: the file, the differences with their intervals, and the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval.board import Aside, Board, Cell, Column
from mmeval.board.reported import Beside, Reported, beside, reported
from mmeval.catalog import Catalog
from mmeval.errors import CatalogError

from .conftest import REPORTED

MODEL = "alder/vision-1a"
HEADING = 'id="reported"'


def test_what_ships_is_read_whole() -> None:
    found = reported(Catalog())
    assert {"Qwen/Qwen2.5-VL-7B-Instruct", "moonshotai/Kimi-K2.5"} <= {one.model for one in found}
    assert len({(one.model, one.benchmark) for one in found}) == len(found)
    assert all(one.url.startswith("https://") for one in found)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('url = "https://example.org/report?a=1&b=2"\n', "", "source.1.url: is missing"),
        ("https://", "javascript:", "source.1.url: expected an address"),
        ("read = 2026-11-27\n", "", "source.1.read: is missing"),
        ('"percent"', '"per cent"', "source.1.unit: expected 'percent', 'share' or 'points'"),
        ('"percent"', '"share"', "50 share is above 1"),
        ("50.0", "-1", "toy_mmstar.value: must be at least 0"),
        ("50.0", "true", "toy_mmstar.value: expected a number"),
        ("50.0", "nan", "toy_mmstar.value: "),
        ("n = 1000", "n = 0", "toy_ocrbench.n: must be greater than 0"),
        (
            "toy_mmstar",
            "toy_mmstr",
            "source.1.numbers.Alder/Vision-1a: no benchmark 'toy_mmstr'; did you mean toy_mmstar",
        ),
        ("qwen3-vl", "qwen3vl", "source.1.recipe: no recipe 'qwen3vl'; did you mean qwen3-vl"),
        ("[[source]]", "[[sauce]]", "sauce: no such key"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(was: str, now: str, said: str, ledger_root: Path, tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "reported.toml").write_text(REPORTED.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        reported(Catalog((tmp_path, ledger_root)))
    assert "reported.toml: " in str(caught.value)
    assert said in str(caught.value)


def number(**changed) -> Reported:
    read = reported(Catalog())[0].read
    about = {"unit": "percent", "n": None, "setting": "", "recipe": None, "url": "https://e.org", "where": "1"}
    return Reported(**{"model": MODEL, "benchmark": "toy_mmstar", "value": 50.0, "read": read, **about, **changed})


def column_of(board: Board, name: str = "toy_mmstar") -> Column:
    return next(column for column in board.columns if column.card.name == name)


def test_the_interval_is_that_of_what_was_measured(board: Board) -> None:
    (one,) = beside([number()], board)
    head = column_of(board).cells[MODEL].headline
    assert one.gap == pytest.approx(100 * head.value - 50)
    assert (one.low, one.high) == pytest.approx((100 * head.low - 50, 100 * head.high - 50))


def test_a_stated_number_of_questions_widens_it(board: Board) -> None:
    bare, few, many = (beside([number(n=n)], board)[0] for n in (None, 50, 5000))
    assert few.low < many.low < bare.low
    assert few.high > many.high > bare.high
    # Newcombe's tenth method, with Wilson's interval of 25 of 50: [0.3664, 0.6336]
    assert bare.gap - few.low == pytest.approx(((bare.gap - bare.low) ** 2 + 13.36**2) ** 0.5, abs=0.01)


@pytest.mark.parametrize(
    ("unit", "value", "said"), [("percent", 87.5, 875.0), ("share", 0.875, 875.0), ("points", 875, 875.0)]
)
def test_units_become_those_of_the_board(unit, value, said, board: Board) -> None:
    (one,) = beside([number(benchmark="toy_ocrbench", unit=unit, value=value)], board)
    assert one.said == pytest.approx(said)


@pytest.mark.parametrize(
    ("model", "n"),
    [("alder/vision-1a", 1), ("Alder/VISION-1A", 1), ("vision-1a", 2), ("other/vision-1a", 0), ("vision-1", 0)],
)
def test_models_are_matched_without_their_provider(model: str, n: int, board: Board) -> None:
    assert len(beside([number(model=model)], board)) == n


def with_recipe(cell: Cell, recipe: str, changed: dict | None = None, **spec) -> Cell:
    info = cell.run.info
    told = {"recipe": {"name": recipe, "changed": changed or {}}}
    made = info.model_copy(
        update={
            "spec": info.spec.model_copy(update={"recipe": f"{recipe}#12345678", **spec}),
            "provenance": {**info.provenance, **told},
        }
    )
    return replace(cell, run=replace(cell.run, info=made))


def found(board: Board, one: Reported, *asides: Cell) -> list[Beside]:
    column = column_of(board)
    variants = [Aside(cell=cell, reason="recipe") for cell in asides]
    return beside([one], replace(board, columns=[replace(column, variants=variants)]))


def test_the_run_that_followed_the_recipe_of_the_report_is_shown(board: Board) -> None:
    row = column_of(board).cells[MODEL]
    same, odd = with_recipe(row, "mine"), with_recipe(row, "mine", {"top_k": {}})
    for recipe, asides, followed, equal in (
        ("mine", (), "", False),
        ("mine", (odd,), "mine", False),
        ("mine", (odd, same), "mine", True),
        (None, (same,), "", False),
    ):
        (one,) = found(board, number(recipe=recipe), *asides)
        assert (one.followed, one.same) == (followed, equal)


def test_runs_on_some_questions_or_of_a_variant_are_left_out(board: Board) -> None:
    row = column_of(board).cells[MODEL]
    for spec in ({"limit": 5}, {"variant": "blind"}):
        (one,) = found(board, number(recipe="mine"), with_recipe(row, "mine", **spec))
        assert one.followed == ""


def test_the_pages_show_them_and_say_how_the_model_was_asked(site: Path) -> None:
    for page in (f"m/{MODEL.replace('/', '__')}.html", "b/toy_mmstar.html"):
        text = (site / page).read_text(encoding="utf-8")
        part = text[text.index(HEADING) :].partition("</section>")[0]
        words = " ".join(re.sub(r"<[^>]+>", " ", part).split())
        assert "asked differently measured without a recipe; the report used recipe qwen3-vl" in words
        assert 'href="https://example.org/report?a=1&amp;b=2"' in part
        assert "table 3 &lt;b&gt;" in part
        assert "50.0 split not stated" in words


def test_a_page_without_reported_numbers_says_nothing(site: Path) -> None:
    for page in ("m/birch__vision-1b.html", "b/toy_chartqa.html", "index.html"):
        assert HEADING not in (site / page).read_text(encoding="utf-8")
