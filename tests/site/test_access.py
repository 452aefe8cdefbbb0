"""Every kind of page in both languages and both colour schemes passes axe-core; the keyboard alone does everything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import until

Visit = Callable[..., Any]
VENDOR = Path(__file__).parent / "vendor"
AXE = VENDOR / "axe.min.js"
PAGES = (
    "index.html",
    "v/openvlm.html",
    "b/toy_chartqa.html",
    "benchmarks.html",
    "gallery.html",
    "q/toy_chartqa.html#q-toy_chartqa-0007",
    "m/alder__vision-1a.html",
    "run",
    "samples",
    "compare.html#m1=alder__vision-1a&m2=birch__vision-1b",
    "models.html",
    "plots.html",
    "problems.html",
    "arena.html",
    "changelog.html",
    "method.html",
    "submit.html",
)


DRAWN = ("b/toy_chartqa.html", "q/toy_chartqa.html#q-toy_chartqa-0007", "run")
"""Those that a script completes."""


def place(site: Path, page: str) -> str:
    first = min(site.glob("r/*/toy_chartqa*")).relative_to(site).as_posix()
    return {"run": f"{first}/index.html", "samples": f"{first}/1.html"}.get(page, page)


def test_axe_is_the_one_that_was_checked() -> None:
    digest, name = (VENDOR / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(visit: Visit, site: Path, page: str, dark: bool) -> None:
    path = place(site, page)
    tab = visit(f"zh/{path}" if dark else path, dark=dark)
    if "compare" in page:
        until(tab, "document.querySelectorAll('#out table').length > 0")
    if page in DRAWN:
        until(tab, "document.querySelector('#question, #view, .mx figcaption')?.textContent")
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")["violations"]
    assert [
        (v["id"], v["impact"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:300]) for v in found
    ] == []


def test_the_languages_are_checked_in_the_other_scheme_too(visit: Visit) -> None:
    for path, dark in [("index.html#pm=1", True), ("zh/index.html#pm=1", False), ("zh/m/alder__vision-1a.html", False)]:
        tab = visit(path, dark=dark)
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")["violations"]
        assert [v["id"] for v in found] == []


def test_the_board_by_keyboard_alone(visit: Visit) -> None:
    tab = visit("index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.locator('#tools [name="q"]').focus()
    tab.keyboard.type("birch")
    until(tab, "document.querySelectorAll('#board tbody tr:not([hidden])').length < 9")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.name") == "org"
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.querySelector('#filters').open") is False
    tab.locator('#board thead th[data-k="toy_chartqa"] button').focus()
    tab.keyboard.press("Enter")
    until(tab, "location.hash.includes('sort=-toy_chartqa')")


WATCH = """reached = []; known = new Set(); addEventListener('focusin', ({target: e}) => {
  known.add(e); reached.push([[...known].indexOf(e), (s => s.outlineStyle + s.outlineWidth)(getComputedStyle(e)),
  e.outerHTML.slice(0, 120)]); })"""
"""Writes down each element that the keyboard comes to: its place among them, the ring around it, and how it begins."""


def tab_until(tab: Any, expression: str, most: int = 200) -> None:
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"(e => {expression})(document.activeElement)"):
            return
    raise AssertionError(f"the Tab key never reached {expression}")


@pytest.mark.parametrize("page", PAGES)
def test_the_tab_key_gets_around_and_is_seen(visit: Visit, site: Path, page: str) -> None:
    tab = visit(place(site, page))
    if "compare" in page:
        until(tab, "document.querySelectorAll('#out table').length > 0")
    tab.evaluate(WATCH)
    for _ in range(12):
        for _ in range(10):
            tab.keyboard.press("Tab")
        if tab.evaluate("known.size < reached.length"):
            break  # it has left the page and is back at its beginning
    seen = tab.evaluate("reached")
    assert [shown for _, ring, shown in seen if ring == "none0px"] == []
    assert 'class="skip"' in seen[0][2]
    assert len({place for place, _, _ in seen}) > 8, "no trap"
    for _ in range(2):  # between the end of a page and its beginning there is a step
        tab.keyboard.press("Shift+Tab")
    assert tab.evaluate("reached.at(-1)[0]") != seen[-1][0]


def test_the_comparison_by_keyboard_alone(visit: Visit) -> None:
    tab = visit("compare.html")
    tab_until(tab, "e.name === 'm1'")
    tab.keyboard.type("Alder Vision 1a")
    tab_until(tab, "e.name === 'm2'")
    tab.keyboard.type("Birch Vision 1b")
    until(tab, "document.querySelectorAll('#out table').length > 1")
    tab_until(tab, "e.className === 'link' && e.textContent === 'Mathvista'")
    tab.keyboard.press("Enter")
    until(tab, "location.hash.includes('b=toy_mathvista')")
    tab_until(tab, "e.closest('.flips') && e.href.includes('#s')")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelector('article.sample.current') !== null")
    assert "toy_mathvista" in tab.evaluate("location.href")


def test_a_run_by_keyboard_alone(visit: Visit, site: Path) -> None:
    tab = visit(f"{place(site, 'run')}#s57")
    tab.wait_for_selector("#strip .marks")
    tab_until(tab, "e.dataset.f === 'w'")
    tab.keyboard.press("Space")
    until(tab, "location.hash.endsWith('&f=w')")
    tab_until(tab, "e.parentNode.className === 'marks'")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    until(tab, "location.hash.startsWith('#s58&')")
    until(tab, "document.activeElement.closest('article#s58.current') !== null")
    tab.keyboard.press("j")
    until(tab, "document.activeElement.closest('article.current') !== null")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_read_without_script(visit: Visit, site: Path, page: str) -> None:
    tab = visit(place(site, page), js=False)
    assert tab.inner_text("h1")
    assert len(tab.inner_text("main")) > 60
    if "compare" in page:
        assert "JavaScript" in tab.inner_text("noscript")


def test_it_prints(visit: Visit) -> None:
    tab = visit("index.html")
    tab.emulate_media(media="print")
    for hidden in ("#tools", ".top nav", ".side", "footer", "#board thead th a"):
        assert not tab.locator(hidden).first.is_visible(), hidden
    assert tab.evaluate("document.querySelector('#board table').offsetWidth") < 1047, (
        "nine benchmarks fit a landscape page"
    )
    assert tab.evaluate("getComputedStyle(document.querySelector('#board')).maxHeight") == "none"
    assert tab.locator("#board tbody tr:visible").count() == 9


SHIFT = """() => new Promise(go => new PerformanceObserver(list => go(
  list.getEntries().reduce((sum, e) => sum + (e.hadRecentInput ? 0 : e.value), 0))).observe({type: "layout-shift", buffered: true})
  || setTimeout(() => go(0), 300))"""


@pytest.mark.parametrize(
    "page",
    [
        "index.html",
        "compare.html#m1=alder__vision-1a&m2=birch__vision-1b",
        "plots.html",
        "q/toy_chartqa.html#q-toy_chartqa-0007",
        "run",
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_loads(visit: Visit, site: Path, page: str, width: int) -> None:
    tab = visit(place(site, page), width=width)
    if "compare" in page:
        until(tab, "document.querySelectorAll('#out table').length > 0")
    assert tab.evaluate(SHIFT) < 0.05
