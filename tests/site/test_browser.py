"""What a reader meets in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import until
from tests.site.conftest import shoot


def a_run(site: Path) -> str:
    return min(site.glob("r/*/toy_chartqa*/1.html")).relative_to(site).as_posix()


def run_page(site: Path) -> str:
    return a_run(site).replace("/1.html", "/index.html")


KINDS = {
    "board": "index.html",
    "openvlm": "v/openvlm.html",
    "benchmark": "b/toy_chartqa.html",
    "benchmarks": "benchmarks.html",
    "gallery": "gallery.html",
    "question": "q/toy_chartqa.html#q-toy_chartqa-0007",
    "questions": "q/toy_chartqa.html",
    "model": "m/birch__vision-1b.html",
    "run": "",
    "samples": "",
    "compare": "compare.html#m1=alder__vision-1a&m2=birch__vision-1b",
    "models": "models.html",
    "plots": "plots.html",
    "problems": "problems.html",
    "changelog": "changelog.html",
    "method": "method.html",
    "submit": "submit.html",
}


@pytest.mark.parametrize("look", ["en-light", "zh-dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_pages_fit_the_screen(visit: Callable[..., Any], site: Path, kind: str, width: int, look: str) -> None:
    path = {"run": run_page(site), "samples": a_run(site)}.get(kind, KINDS[kind])
    tab = visit(f"zh/{path}" if look == "zh-dark" else path, width=width, dark=look == "zh-dark")
    if kind == "compare":
        until(tab, "document.querySelectorAll('#out table').length > 0")
    needed = tab.evaluate("document.documentElement.scrollWidth")
    small = tab.eval_on_selector_all(
        "button, select, input, .button, .views a, .top a",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < (e.closest('#board, .panel') ? 17 : 24)).map(e => e.outerHTML.slice(0, 90))",
    )
    if small or needed > width:
        shoot(tab, f"{kind}-{width}-{look}")
    assert needed <= width
    assert small == [], "targets are 24 pixels high or more (WCAG 2.5.8)"


def test_hostile_replies_are_text(visit: Callable[..., Any], site: Path) -> None:
    tab = visit(a_run(site))
    assert tab.evaluate("window.pwned") is None
    assert tab.locator(".text.reply", has_text="<script>window.pwned=1</script>").count() > 0
    assert tab.locator(".text a, .text img, .text script").count() == 0


def test_reads_without_script(visit: Callable[..., Any], site: Path) -> None:
    tab = visit("index.html", js=False)
    assert tab.locator("#board tbody tr").count() == 9
    tab = visit(a_run(site), js=False)
    assert tab.locator("article.sample").count() == 50
    assert "Answer:" in tab.locator("article.sample").first.inner_text()


def test_the_colour_scheme_stays_and_can_go_back_to_auto(visit: Callable[..., Any]) -> None:
    tab = visit("changelog.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(ground)
    tab.select_option("#theme", "dark")
    dark = tab.evaluate(ground)
    tab.reload()
    assert tab.evaluate(ground) == dark != light
    assert tab.input_value("#theme") == "dark"
    tab.select_option("#theme", "auto")
    tab.reload()
    assert tab.evaluate(ground) == light
    tab.emulate_media(color_scheme="dark")
    assert tab.evaluate(ground) == dark, "auto follows the system again"


def test_the_other_language_shows_the_same_state(visit: Callable[..., Any]) -> None:
    tab = visit("compare.html#m1=alder__vision-1a&m2=birch__vision-1b")
    tab.click(".side a[hreflang]")
    tab.wait_for_url("**/zh/compare.html#m1=alder__vision-1a&m2=birch__vision-1b*")


@pytest.mark.parametrize(("width", "lines"), [(390, 3), (820, 2), (1160, 1), (1900, 1)])
def test_header_main_and_footer_share_one_left_edge(visit: Callable[..., Any], width: int, lines: int) -> None:
    tab = visit("changelog.html", width=width)
    edges = "['.brand', 'h1', 'footer p'].map(name => document.querySelector(name).getBoundingClientRect().left)"
    first, *others = tab.evaluate(edges)
    assert others == [first, first]
    assert tab.evaluate("document.querySelector('.top').offsetHeight") < 54 * lines


def test_an_outcome_has_a_glyph_in_forced_colours_too(visit: Callable[..., Any], site: Path) -> None:
    tab = visit(run_page(site))
    tab.emulate_media(forced_colors="active")
    look = "[...document.querySelectorAll('.tally .o')].map(e => getComputedStyle(e, '::before').content)"
    glyphs = tab.evaluate(look)
    assert len(set(glyphs)) == len(glyphs) > 1
    assert "none" not in glyphs
    edge = tab.evaluate("getComputedStyle(document.querySelector('.tally .o')).borderTopWidth")
    tab.emulate_media(forced_colors="none")
    assert edge == "1px"


def test_filters_and_keys_walk_through_the_wrong_answers(visit: Callable[..., Any], site: Path) -> None:
    tab = visit(run_page(site))
    tab.wait_for_selector("#strip .marks")
    outcomes = tab.evaluate("strip.dataset.outcomes")
    wrong = [i + 1 for i, code in enumerate(outcomes) if code == "w"]
    assert wrong[-1] > 50, "they are in two files"
    tab.click('.filters button[data-f="w"]')
    assert tab.locator(".marks a:not(.dim)").count() == len(wrong)
    seen = [wrong[0]]
    until(tab, "n => location.hash === '#s' + n + '&f=w'", wrong[0])
    until(tab, "n => document.querySelector('.pager a').hash === '#s' + n + '&f=w'", min(n for n in wrong if n > 50))
    for number in wrong[1:]:
        tab.keyboard.press("j")
        until(tab, "n => document.activeElement.closest('article.sample.current')?.id === 's' + n", number)
        seen.append(number)
    tab.keyboard.press("j")
    assert tab.evaluate("location.hash") == f"#s{wrong[-1]}&f=w", "there is no next one"
    tab.keyboard.press("k")
    until(tab, "n => location.hash.startsWith('#s' + n + '&')", wrong[-2])


def test_a_filter_that_only_fits_samples_of_another_file_shows_them_and_leads_back(
    visit: Callable[..., Any], site: Path
) -> None:
    """The answers are in files of fifty: a rare outcome in the second one used to leave the first one empty."""
    (page, code, number) = next(
        (file.relative_to(site).as_posix(), code, outcomes.index(code) + 1)
        for file in sorted(site.glob("r/*/*/index.html"))
        for outcomes in re.findall('data-outcomes="([a-z]+)"', file.read_text(encoding="utf-8"))
        for code in set(outcomes)
        if outcomes.index(code) >= 50
    )
    tab = visit(f"{page}#f={code}")
    until(tab, "n => document.querySelector('#s' + n)?.checkVisibility()", number)
    tab.keyboard.press("j")
    until(tab, "n => location.hash.startsWith('#s' + n + '&')", number)
    tab.click('.filters button[data-f=""]')
    tab.keyboard.press("k")
    until(tab, "n => location.hash === '#s' + (n - 1)", number)
    visit(f"{page}#f=zz")
    until(tab, "document.querySelectorAll('article.sample:not([hidden])').length > 0")
    absent = next(one for one in "xtfu" if one not in tab.evaluate("strip.dataset.outcomes"))
    visit(f"{page}#f={absent}")
    until(tab, "document.querySelector('#view [role=status]') !== null")
    assert tab.inner_text("#view") == "No question of this run has that outcome."
    tab.click('.filters button[data-f=""]')
    until(tab, "document.querySelectorAll('article.sample:not([hidden])').length > 0")


def test_a_sample_has_an_address_of_its_own(visit: Callable[..., Any], site: Path) -> None:
    tab = visit(f"{run_page(site)}#s57")
    until(tab, "document.querySelector('#s57.current') !== null")
    assert tab.locator("#s57").evaluate("e => Math.abs(e.getBoundingClientRect().top) < 400")
    tab.evaluate("location.hash = '#s3'")
    until(tab, "document.querySelector('#s3.current') !== null")
    plain = visit(f"{a_run(site)}#s7", js=False)
    assert plain.locator("#s7").evaluate("e => e.matches(':target')")


@pytest.mark.parametrize("page", ["b/toy_chartqa.html", "m/alder__vision-1a.html", "run"])
def test_pages_without_script_say_the_same(visit: Callable[..., Any], site: Path, page: str) -> None:
    path = run_page(site) if page == "run" else page
    with_script, without = visit(path), visit(path, js=False)
    assert with_script.locator("tbody tr").count() == without.locator("tbody tr").count() > 0
