"""The comparison in the browser agrees with the statistics of the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats as oracle

from mmeval.board import Board
from mmeval.stats.paired import Units, difference, mcnemar, sign_flip
from mmeval.store import slug
from tests.browsing import until

Visit = Callable[..., Any]


def two_sided(d: np.ndarray, clusters: list[str] | None) -> float:
    sums = Units.of(d, clusters).sums
    return min(1.0, 2 * min(sign_flip(sums), sign_flip(-sums)))


@pytest.mark.parametrize("bench", ["toy_ai2d", "toy_chartqa", "toy_ocrbench"])
def test_difference_interval_and_p(visit: Visit, board: Board, bench: str) -> None:
    column = next(c for c in board.columns if c.card.name == bench)
    a, b = sorted(n for n in column.cells if board.models[n].reference is None)[:2]
    x, y = column.cells[a].vector, column.cells[b].vector
    both = ~np.isnan(x.values) & ~np.isnan(y.values)
    d = (y.values - x.values)[both]
    names = [c for c, keep in zip(x.clusters, both, strict=True) if keep]
    expected = difference(d, names, level=0.95)
    tab = visit(f"compare.html#m1={slug(a)}&m2={slug(b)}&b={bench}")
    row = tab.locator("#detail tbody tr")
    row.wait_for()
    cells = [t.replace("−", "-").replace("+", "") for t in row.locator("td").all_inner_texts()]
    points = (column.card.high - column.card.low) * column.card.scale
    assert float(cells[0]) == pytest.approx(points * d.mean(), abs=0.051)
    low, high = (float(v) for v in cells[1].split(" … "))
    assert [low, high] == pytest.approx([points * expected.low, points * expected.high], abs=0.051)
    assert float(cells[2].replace("<\u00a0", "")) == pytest.approx(two_sided(d, names), abs=0.0011)
    assert [int(cells[3]), int(cells[4]), int(cells[5])] == [(d < 0).sum(), (d > 0).sum(), len(d)]
    flips = tab.locator("ol.flips").first.locator("li")
    assert flips.count() == (d < 0).sum()


def test_mean_over_benchmarks(visit: Visit, board: Board) -> None:
    a, b = sorted(n for n in board.models if board.models[n].reference is None)[:2]
    tab = visit(f"compare.html#m1={slug(a)}&m2={slug(b)}")
    line = tab.locator("#out .verdicts li")
    line.wait_for()
    found = []
    for column in board.columns:
        if {a, b} <= column.cells.keys():
            x, y = column.cells[a].vector, column.cells[b].vector
            d = y.values - x.values
            known = ~np.isnan(d)
            names = [c for c, keep in zip(x.clusters, known, strict=True) if keep]
            found.append(difference(d[known], names, level=0.95))
    value, low, high = (np.array([getattr(one, key) for one in found]) for key in ("value", "low", "high"))
    middle, down, up = (
        value.mean(),
        np.hypot.reduce(value - low) / len(value),
        np.hypot.reduce(high - value) / len(value),
    )
    shown = [float(part) for part in re.findall(r"[-+]?\d+\.\d", line.inner_text().replace("−", "-"))[:3]]
    expected = [100 * middle, 100 * (middle - down), 100 * (middle + up)]
    if "worse" in line.inner_text():
        expected = [-expected[0], -expected[2], -expected[1]]
    assert shown == pytest.approx(expected, abs=0.051)


RNG = np.random.default_rng(4)
SIXTIETHS = RNG.integers(-60, 61, 200) / 60
CASES = {
    "no answer has changed": (np.zeros(40), None, 1e-9),
    "one sample": (np.ones(1), None, 1e-9),
    "right or wrong": (RNG.choice([-1.0, 0, 1], 300, p=[0.1, 0.85, 0.05]), None, 1e-9),
    "clusters": (RNG.choice([-1.0, 0, 1], 300), np.arange(300) // 5, 1e-9),
    "uneven clusters": (RNG.choice([-1.0, 0, 1], 300), np.sqrt(np.arange(300)).astype(int), 1e-9),
    "one cluster": (RNG.choice([-1.0, 0, 1], 30), np.zeros(30, dtype=int), 1e-9),
    "few partial scores": (SIXTIETHS[:12], None, 1e-9),
    "partial scores": (SIXTIETHS, None, 0.02),  # the library draws signs, the browser counts them
    "partial scores in clusters": (SIXTIETHS, np.arange(200) // 4, 0.02),
}


def test_the_browser_has_the_statistics_of_the_library(visit: Visit) -> None:
    tab = visit("compare.html")
    for name, (values, index, tolerance) in CASES.items():
        codes = list(range(len(values))) if index is None else [int(i) for i in index]
        found = tab.evaluate("([values, codes]) => mmeval.difference(values, codes)", [values.tolist(), codes])
        clusters = [str(code) for code in codes]
        expected = difference(values, clusters, level=0.95)
        shown = [found[key] for key in ("value", "low", "high", "se", "n", "gains", "losses")]
        error = np.sqrt(expected.variance / expected.n)
        wanted = [expected.value, expected.low, expected.high, error, expected.n, expected.gains, expected.losses]
        assert shown == pytest.approx(wanted, abs=1e-7), name
        assert found["p"] == pytest.approx(two_sided(values, clusters), abs=tolerance), name


def test_browser_statistics(visit: Visit) -> None:
    tab = visit("compare.html")
    for t, df in [(0.3, 5), (1.96, 1000), (2.5, 30), (12.0, 3)]:
        assert tab.evaluate(f"mmeval.pt({t}, {df})") == pytest.approx(2 * oracle.t.sf(t, df), rel=1e-6)
    assert tab.evaluate("mmeval.tq(0.05, 59)") == pytest.approx(oracle.t.ppf(0.975, 59), rel=1e-6)
    for gains, losses in [(0, 0), (3, 0), (10, 4), (7, 7), (40, 90)]:
        assert tab.evaluate(f"mmeval.mcnemar({gains}, {losses})") == pytest.approx(mcnemar(gains, losses), rel=1e-6)
    alike = {"n": 40, "value": -100, "low": -100, "high": -90, "se": 0, "freedom": 39}
    assert tab.evaluate("one => mmeval.overall([one, one]).p", alike) < 1e-6, "the models differ equally everywhere"
    assert tab.evaluate("one => mmeval.overall([one]).p", {**alike, "value": 0, "low": -9, "high": 9}) == 1
    assert tab.evaluate("mmeval.p(2.0)") == pytest.approx(2 * oracle.norm.sf(2.0), abs=2e-7)


def test_a_flip_shows_the_question_and_leads_to_both_answers(visit: Visit, site: Path) -> None:
    tab = visit("compare.html#m1=alder__vision-1a&m2=birch__vision-1b")
    link = tab.locator("ol.flips a:not(.asked)").first
    link.wait_for()
    picture = tab.locator("ol.flips .asked img").first
    picture.scroll_into_view_if_needed()
    until(tab, "e => e.naturalWidth > 0", picture.element_handle())
    assert tab.locator("ol.flips .asked bdi").first.inner_text().startswith("Picture ")
    place = int(tab.locator("ol.flips li").first.get_attribute("data-i"))
    file = tab.locator("ol.flips .asked").first.get_attribute("href").partition("q/")[2].partition(".html")[0]
    name = tab.evaluate("([file, i]) => mmeval.get('', 's/' + file).then(found => found.ids[i])", [file, place])
    link.click()
    until(tab, "document.querySelector('article.sample.current') !== null")
    assert name in tab.locator("article.sample.current h2").inner_text()


def test_five_models_stand_in_one_table_and_the_choice_stays_in_the_address(visit: Visit, board: Board) -> None:
    names = [slug(name) for name in sorted(board.models)[:5]]
    tab = visit("zh/compare.html")
    for n, name in enumerate(names, 1):
        tab.select_option(f'[name="m{n}"]', name)
    heads = "document.querySelectorAll('#out table')[0]?.tHead.rows[0].cells.length"
    until(tab, f"{heads} === 6")
    tab.reload()
    until(tab, f"{heads} === 6")
    assert tab.evaluate("document.documentElement.lang") == "zh-Hans"
    assert tab.locator("#out .verdicts li").count() == 4
    assert tab.locator("#said .note").count() == 0


A, B = "alder__vision-1a", "birch__vision-1b"
CHOICES = {
    f"m1={A}": ["Choose a second model."],
    f"m1={A}&m2={A}": ["Alder Vision 1a is chosen twice. Choose another model.", "Choose a second model."],
    f"m1={A}&m2=nobody__%3Cb%3E": ["There is no model nobody__<b> on this site.", "Choose a second model."],
    f"m1={A}&m2={B}&m3=nobody": ["There is no model nobody on this site."],
    f"m1={A}&m2={B}&m3=cedar__vision-1a&m4=dogwood__vision-1b&m5=baseline__random&m6=elm__vision-1a": [
        "Only five models fit side by side. Elm Vision 1a is left out."
    ],
}


@pytest.mark.parametrize("choice", CHOICES, ids=["one", "twice", "unknown", "third-unknown", "sixth"])
def test_a_choice_that_does_not_work_is_said(visit: Visit, choice: str) -> None:
    tab = visit(f"compare.html#{choice}")
    until(tab, "document.querySelectorAll('#said .note').length > 0")
    assert tab.locator("#said .note").all_inner_texts() == CHOICES[choice]
    if "m3" in choice:
        until(tab, "document.querySelectorAll('#out table').length > 0")
