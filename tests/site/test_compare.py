"""The comparison in the browser agrees with the statistics of the library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats as oracle

from mmeval.board import Board
from mmeval.stats.paired import mcnemar
from mmeval.store import slug
from tests.browsing import until

Visit = Callable[..., Any]


@pytest.mark.parametrize("bench", ["toy_ai2d", "toy_chartqa", "toy_ocrbench"])
def test_difference_interval_and_p(visit: Visit, board: Board, bench: str) -> None:
    column = next(c for c in board.columns if c.card.name == bench)
    a, b = sorted(n for n in column.cells if board.models[n].reference is None)[:2]
    x, y = column.cells[a].vector, column.cells[b].vector
    both = ~np.isnan(x.values) & ~np.isnan(y.values)
    d = (y.values - x.values)[both]
    names = [c for c, keep in zip(x.clusters, both, strict=True) if keep]
    codes = {name: i for i, name in enumerate(dict.fromkeys(names))}
    index = np.array([codes[name] for name in names])
    sums, sizes = np.bincount(index, weights=d), np.bincount(index)
    g = len(sums)
    se = np.sqrt(((sums - sizes * d.mean()) ** 2).sum() * g / (g - 1)) / len(d)
    half = oracle.t.ppf(0.975, g - 1) * se
    p = 2 * oracle.t.sf(abs(d.mean() / se), g - 1)
    tab = visit(f"compare.html#m1={slug(a)}&m2={slug(b)}&b={bench}")
    row = tab.locator("table").first.locator("tbody tr", has_text=column.card.title)
    row.wait_for()
    cells = [t.replace("−", "-").replace("+", "") for t in row.locator("td").all_inner_texts()]
    points = (column.card.high - column.card.low) * column.card.scale
    assert float(cells[2]) == pytest.approx(points * d.mean(), abs=0.051)
    low, high = (float(v) for v in cells[3].split(" … "))
    assert [low, high] == pytest.approx([points * (d.mean() - half), points * (d.mean() + half)], abs=0.051)
    assert float(cells[5].replace("<\u00a0", "")) == pytest.approx(p, abs=0.0011)
    assert [int(cells[6]), int(cells[7]), int(cells[8])] == [(d < 0).sum(), (d > 0).sum(), len(d)]
    flips = tab.locator("ol.flips").first.locator("li")
    assert flips.count() == (d < 0).sum()


def test_browser_statistics(visit: Visit) -> None:
    tab = visit("compare.html")
    for t, df in [(0.3, 5), (1.96, 1000), (2.5, 30), (12.0, 3)]:
        assert tab.evaluate(f"mmeval.pt({t}, {df})") == pytest.approx(2 * oracle.t.sf(t, df), rel=1e-6)
    assert tab.evaluate("mmeval.tq(0.05, 59)") == pytest.approx(oracle.t.ppf(0.975, 59), rel=1e-6)
    for gains, losses in [(0, 0), (3, 0), (10, 4), (7, 7), (40, 90)]:
        assert tab.evaluate(f"mmeval.mcnemar({gains}, {losses})") == pytest.approx(mcnemar(gains, losses), rel=1e-6)
    assert tab.evaluate("mmeval.p(2.0)") == pytest.approx(2 * oracle.norm.sf(2.0), abs=2e-7)


def test_a_flip_leads_to_both_answers(visit: Visit, site: Path) -> None:
    tab = visit("compare.html#m1=alder__vision-1a&m2=birch__vision-1b")
    link = tab.locator("ol.flips a").first
    link.wait_for()
    name = tab.locator("ol.flips li bdi").first.inner_text()
    link.click()
    assert name in tab.locator("article.sample.current h2").inner_text()


def test_four_models_and_the_choice_stays_in_the_address(visit: Visit) -> None:
    tab = visit("zh/compare.html")
    for n, name in enumerate(["alder__vision-1a", "birch__vision-1b", "baseline__random"], 1):
        tab.select_option(f'[name="m{n}"]', name)
    until(tab, "document.querySelectorAll('#out h2').length === 4")
    tab.reload()
    until(tab, "document.querySelectorAll('#out h2').length === 4")
    assert tab.evaluate("document.documentElement.lang") == "zh-Hans"
