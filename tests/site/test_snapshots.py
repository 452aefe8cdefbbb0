"""The board of an earlier month: its own scores, its own ranks over chosen columns, its own numbers behind a cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import ledger
from tests.browsing import until
from tests.once import once
from tests.site.conftest import FEW, SHAPE, copied, make
from tests.site.test_board import column

BENCHMARKS = ("toy_ai2d", "toy_chartqa", "toy_hallusionbench")
CHOSEN = "#hide=toy_ai2d"
DAYS = 86400.0


def add_last_month(root: Path) -> None:
    """The same models in the month before, in the opposite order of strength."""
    models = ledger.model_names(SHAPE)
    for name in BENCHMARKS:
        samples = ledger.stored_samples(name, SHAPE)
        for i, model in enumerate(models):
            chance = [0.95 - 0.9 * i / (len(models) - 1)] * len(samples)
            run = ledger.write_run(root / "results", model, name, samples, chance, SHAPE, seed=1)
            a_month_earlier(run / "run.json")


def a_month_earlier(file: Path) -> None:
    raw = json.loads(file.read_text())
    raw["provenance"]["mmeval"] = "0.0.9"
    for key in ("first_start", "start", "end"):
        raw["provenance"][key] -= 31 * DAYS
    file.write_text(json.dumps(raw))


@pytest.fixture(scope="session")
def months(ledger_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the ledger and the month before it; tests must not change it."""

    def fill(root: Path) -> None:
        copied(ledger_root, root)
        add_last_month(root)
        make(root)

    return once(tmp_path_factory, "months", fill) / "_site"


def ranked(tab: Any) -> dict[str, str]:
    until(tab, "[...document.querySelectorAll('#board tbody tr')].filter(r => r.cells[0].textContent).length === 6")
    return dict(zip(column(tab, "model"), column(tab, "rank"), strict=True))


def test_chosen_columns_are_ranked_by_the_runs_of_that_month(visit: Callable[..., Any], months: Path) -> None:
    (page,) = (months / "s").glob("*.html")
    then = ranked(visit(f"s/{page.name}{CHOSEN}", root=months))
    assert then["Alder Vision 1a"].startswith("1")
    assert then["Fir Vision 1b"].endswith("6")
    assert then["Alder Vision 1a"] != then["Fir Vision 1b"]
    hide = ",".join(f"toy_{one}" for one in (*ledger.EIGHT, "chartqa") if f"toy_{one}" not in BENCHMARKS[1:])
    now = ranked(visit(f"index.html#hide={hide}", root=months))
    assert now != then


def test_the_board_leads_to_its_snapshots_and_back(visit: Callable[..., Any], months: Path) -> None:
    tab = visit("zh/index.html", root=months)
    tab.click(".past a >> nth=0")
    until(tab, "location.pathname.includes('/zh/s/2026-') && document.querySelector('#board tbody tr') !== null")
    assert tab.locator("#board tbody tr").count() > 3
    (page,) = (months / "zh" / "s").glob("*.html")
    assert page.stem in tab.inner_text(".note.old"), "an old board says so"
    tab.locator("#time").focus()
    tab.keyboard.press("ArrowRight")
    until(tab, "location.pathname.endsWith('/zh/index.html')")
    tab.go_back()
    tab.click(".note.old a")
    until(tab, "location.pathname.endsWith('/zh/index.html') && document.querySelector('.note.old') === null")


def test_equal_pairs_are_stored_once(few: Path) -> None:
    for file in (few / "results").glob("*/*@*/*/run.json"):
        a_month_earlier(file)
    samples = ledger.stored_samples("toy_chartqa", SHAPE)
    ledger.write_run(few / "results", "new/model", "toy_chartqa", samples, [0.5] * len(samples), SHAPE)
    make(few, langs=("en",))
    names = [f.name.rpartition("-")[0] for f in (few / "_site" / "data" / "pairs").iterdir()]
    assert sorted(names) == sorted([*FEW, "toy_chartqa"]), "of the changed one there are two"


def test_a_cell_of_that_month_says_what_was_behind_it(visit: Callable[..., Any], months: Path) -> None:
    (page,) = (months / "s").glob("*.html")
    tab = visit(f"s/{page.name}", root=months)
    row = tab.locator('#board tbody tr[data-m="alder/vision-1a"]')
    keys = tab.eval_on_selector_all("#board thead tr:nth-child(2) th", "all => all.map(h => h.dataset.k)")
    cell = row.locator("xpath=*").nth(keys.index("toy_chartqa"))
    shown = cell.evaluate("c => c.firstChild.textContent")
    cell.click()
    tab.wait_for_selector("dialog[open]")
    assert tab.locator("dialog dd").first.inner_text() == shown
    assert not tab.locator("#detail-run").is_visible(), "the run that was followed by a newer one has no pages"
