"""The board is dense, stable and easy to get around in: what fits, what moves, what is found, what is said."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmeval.board import Board
from mmeval.board.views import make_view
from mmeval.catalog import Catalog
from mmeval.sitegen.build import Build, Options
from mmeval.sitegen.env import languages, source_folder
from mmeval.sitegen.pages import board as page
from tests.browsing import until
from tests.site.test_board import column

Visit = Callable[..., Any]


def test_twenty_benchmarks_fit_a_laptop(visit: Visit) -> None:
    tab = visit("index.html", width=1440, height=900)
    wide = tab.evaluate(
        """() => { const w = s => document.querySelector(s).getBoundingClientRect().width;
        return ['rank', 'model', 'mean'].reduce((sum, c) => sum + w(`#board tbody .${c}`), 0) + 20 * w('#board th[data-b]'); }"""
    )
    assert wide <= tab.evaluate("document.querySelector('#board').parentElement.clientWidth")


def test_the_page_does_not_move_while_it_loads(visit: Visit) -> None:
    tab = visit("index.html", width=1440, height=900)
    moved = tab.evaluate(
        """() => new Promise(go => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
        .observe({type: 'layout-shift', buffered: true}); setTimeout(() => go(sum), 150); })"""
    )
    assert moved < 0.02


def test_sticky_cells_leave_no_gap(visit: Visit) -> None:
    tab = visit("index.html#pm=1&show=org,date", width=820)
    tab.evaluate("document.querySelector('#board').scrollLeft = 57")
    edges = tab.evaluate(
        """() => { const left = document.querySelector('#board').getBoundingClientRect().left + 1;
        return ['rank', 'model', 'mean'].map(c => document.querySelector(`#board tbody .${c}`).getBoundingClientRect())
          .map(r => [r.left - left, r.right - left]); }"""
    )
    assert edges[0][0] == 0
    assert [start for start, _ in edges[1:]] == [end for _, end in edges[:-1]]


def test_without_script_the_facts_are_as_hidden_as_with_it(visit: Visit) -> None:
    for script in (True, False):
        tab = visit("index.html", js=script)
        assert not tab.locator('#board thead th[data-k="org"]').is_visible()
        assert tab.locator('#board thead th[data-k="toy_chartqa"]').is_visible()


def test_facts_and_intervals_are_switches(visit: Visit) -> None:
    tab = visit("index.html")
    half = tab.locator("#board tbody td[class^=h] i").first
    assert not half.is_visible()
    tab.click("#pm")
    assert half.is_visible()
    tab.click("#factsbutton")
    assert tab.locator('#board thead th[data-k="params"]').is_visible()
    assert tab.evaluate("location.hash") == "#pm=1&show=org,params,access,cost,coverage"


@pytest.mark.parametrize("words", ["ＢＩＲＣＨ 1b", "1b birch", "birch/vision 1b", "fir，BIRCH"])
def test_names_are_found_however_they_are_written(visit: Visit, words: str) -> None:
    tab = visit("index.html#refs=0")
    tab.fill('[name="q"]', words)
    found = column(tab, "model")
    assert "Birch Vision 1b" in found
    assert len(found) == (2 if "，" in words else 1)


def test_a_search_without_result_says_so(visit: Visit) -> None:
    tab = visit("index.html")
    tab.fill('[name="q"]', "GLM 9.9")
    assert column(tab, "model") == []
    assert "GLM 9.9" in tab.inner_text("#none")
    tab.click("#reset")
    assert not tab.locator("#none").is_visible()


def test_without_benchmarks_nobody_is_ranked(visit: Visit, board: Board) -> None:
    tab = visit(f"index.html#hide={','.join(c.card.name for c in board.columns)}")
    until(tab, "document.querySelector('#none').textContent !== ''")
    assert set(column(tab, "rank")) == {""}
    assert set(column(tab, "mean")) == {""}


def test_weights_change_scores_and_are_in_the_address(visit: Visit) -> None:
    tab = visit("index.html#refs=0&complete=1")
    assert tab.locator("#columns *").count() == 0, "a menu of many benchmarks is made when it is opened"
    tab.click("#choice summary")
    tab.fill('#columns input[data-w="toy_chartqa"]', "100000")
    until(tab, "decodeURIComponent(location.hash).includes('w=toy_chartqa:100000')")

    def apart() -> float:
        pairs = zip(column(tab, "mean"), column(tab, "toy_chartqa"), strict=True)
        return max(abs(float(mean or "inf") - float(score)) for mean, score in pairs)

    end = time.monotonic() + 20  # what weights need is fetched when a reader sets some
    while apart() >= 0.11:
        assert time.monotonic() < end
        tab.wait_for_timeout(30)


def test_a_group_is_a_preset(visit: Visit) -> None:
    tab = visit("index.html")
    tab.click('.seg a[data-g="general"]')
    until(tab, "location.hash === '#g=general'")
    assert tab.locator("#board thead th[data-b]:visible").count() == 8
    tab.click(".seg a[data-here]")
    assert tab.locator("#board thead th[data-b]:visible").count() == 9


def test_few_stops_lead_to_the_table_and_arrows_move_in_it(visit: Visit) -> None:
    tab = visit("index.html")
    stops = tab.evaluate(
        """() => { const grid = document.querySelector('#board tbody td[tabindex="0"]');
        return [...document.querySelectorAll('main a, main button, main select, main input, main summary, main [tabindex]')]
          .filter(e => e.checkVisibility() && e.tabIndex >= 0 && (e.compareDocumentPosition(grid) & 4)
            && document.getElementById('table').compareDocumentPosition(e) & 4).length; }"""
    )
    assert stops < 15, "after the link to the table, which is the first of the page"
    tab.locator('#board thead th[data-k="rank"] button').focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.closest('th').dataset.k") == "model"
    tab.locator("#board tbody td").first.focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.tagName") == "A"


def test_phones_show_scores_on_cards(visit: Visit) -> None:
    tab = visit("index.html", width=390)
    card = tab.locator("#board tbody tr").first
    assert card.evaluate("e => getComputedStyle(e).display") == "grid"
    cell = card.locator("td[class^=h]").first
    assert "Chartqa" in cell.evaluate("e => getComputedStyle(e, '::before').content")
    assert not card.locator("td.f").first.is_visible()
    assert not card.locator("td.g").first.is_visible()
    tab.evaluate("location.hash = '#fold=general'")
    until(tab, "document.querySelector('#board').classList.contains('folds')")
    assert card.locator("td.g").first.is_visible(), "the mean of a folded group stands for its benchmarks"
    tab.select_option("[name=order]", "-toy_chartqa")
    until(tab, "location.hash.includes('sort=-toy_chartqa')")


def test_many_benchmarks_are_folded_into_their_groups(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    (english,) = languages(["en"], [source_folder()])
    made = page.board_page(make_view("all", board.columns, board), board, [], {}, english)
    assert made["folded"] == ""
    monkeypatch.setattr(page, "WIDE", 9)
    made = page.board_page(make_view("all", board.columns, board), board, [], {}, english)
    assert made["folded"] == ",".join(group["name"] for group in made["groups"] if group["fold"]) != ""


def built(root: Path, target: Path) -> Build:
    """A build with its static files alone."""
    made = Build(Options(results=root / "results", out=target / "_site", cache=target, catalog=Catalog((root,))))
    made.static()
    return made


def test_two_hundred_benchmarks_make_no_long_menu(
    visit: Visit, ledger_root: Path, board: Board, tmp_path: Path
) -> None:
    made = built(ledger_root, tmp_path)
    one = next(column for column in board.columns if column.card.name == "toy_chartqa")
    cards = [replace(one.card, name=f"b{i}", title=f"Benchmark {i}", group=f"group{i % 5}") for i in range(200)]
    view = replace(make_view("all", [one], board), columns=[replace(one, card=card) for card in cards])
    page_of = functools.partial(page.board_page, view, board, [view], {})
    absent = dict.fromkeys(("dataset", "old", "front", "share", "limited"))
    (place, _) = made.site.renderer.places("many.html")
    file = tmp_path / "_site" / "many.html"
    file.write_text(made.site.renderer.page("board.html", place, **page_of(place.language), **absent, past=[]))
    tab = visit("many.html", root=tmp_path / "_site", width=1440)
    assert tab.evaluate("document.querySelector('#board').scrollWidth") < 1440
    tab.click("#choice summary")
    until(tab, "document.querySelector('#columns details') !== null")
    shown = "[...document.querySelectorAll('#columns input')].filter(one => one.checkVisibility()).length"
    assert tab.evaluate(shown) < 20
    assert tab.locator("#columns").bounding_box()["height"] < 720
    tab.fill("#columns [data-find]", "benchmark 117")
    assert tab.locator("#columns .one:visible").all_inner_texts() == ["Benchmark 117"]


def test_rows_without_room_come_when_they_are_needed(
    visit: Visit, ledger_root: Path, board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "CELLS", 0)
    monkeypatch.setattr(page, "FEWEST", 4)
    monkeypatch.setattr(page, "WHOLE", 0)
    made = built(ledger_root, tmp_path)
    made.make(next(kind for kind in made.kinds if kind.name == "board"))
    tab = visit("v/openvlm.html", root=tmp_path / "_site")
    assert tab.locator("#board tbody tr").count() == 4
    tab.click("#all")
    until(tab, "document.querySelectorAll('#board tbody tr').length === 9")
    tab.reload()
    tab.fill('[name="q"]', "random")
    until(tab, "document.querySelectorAll('#board tbody tr').length === 1")
    assert "Random" in column(tab, "model")[0]
    only_rows_near_the_view_are_whole(visit("v/openvlm.html", root=tmp_path / "_site", height=108))


def only_rows_near_the_view_are_whole(tab: Any) -> None:
    """Names stay for Ctrl+F; the keyboard, printing and saving get every cell."""
    cells = "[...document.querySelectorAll('#board tbody tr')].map(tr => tr.cells.length)"
    tab.click("#all")
    until(tab, "document.querySelectorAll('#board tbody tr').length === 9")
    whole = tab.evaluate(cells)[0]
    assert tab.evaluate(cells) == [whole] * 3 + [3] * 6
    assert all(column(tab, "model"))
    tab.focus("#board tbody td[tabindex='0']")
    for key in ["ArrowRight"] * 3 + ["ArrowDown"] * 3:
        tab.keyboard.press(key)
    assert tab.evaluate(
        "[document.activeElement.parentNode.rowIndex - 2, document.activeElement.className.slice(0, 1)]"
    ) == [3, "h"]
    with tab.expect_download() as caught:
        tab.click("#json")
    saved = json.loads(Path(caught.value.path()).read_text())["rows"]
    assert [row["toy_ai2d"] for row in saved].count(None) < 3
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(cells) == [whole] * 9
