"""The plot: names cover no point, axes do not exaggerate, and a reader chooses what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mmeval.sitegen.charts import Point, place, scatter
from tests.browsing import until

Visit = Callable[..., Any]
RNG = np.random.default_rng(3)


@pytest.mark.parametrize("count", [2, 20, 300])
def test_a_name_covers_no_point_and_no_other_name(count: int) -> None:
    points = [(float(x), float(y)) for x, y in RNG.uniform((60, 60), (680, 340), (count, 2))]
    boxes: list[tuple[float, float, float, float]] = []
    for at in points:
        if box := place(at, 90.0, points, boxes):
            boxes.append(box)
    assert boxes if count < 300 else True
    for left, top, right, bottom in boxes:
        assert not any(left < x < right and top < y < bottom for x, y in points)
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def ticks_of(svg: str) -> list[float]:
    return [float(t) for t in re.findall(r'text-anchor="middle">([\d.]+)<', svg)]


@pytest.mark.parametrize("prices", [(1.53, 1.54), (0.01, 30.0)])
def test_the_axis_of_money_spans_a_factor_of_four(prices: tuple[float, float]) -> None:
    points = [Point(title=f"m{x}", url="m.html", x=x, y=50, low=48, high=52) for x in prices]
    marks = ticks_of(str(scatter(points, x_title="$", y_title="score", log=True)))
    assert len(marks) >= 2
    assert marks[-1] / marks[0] >= 2
    assert (marks[-1] / marks[0] > 400) is (prices[0] == 0.01)


def test_a_reader_chooses_axes_and_models(visit: Visit) -> None:
    tab = visit("plots.html")
    circles = "document.querySelectorAll('#plot circle').length"
    until(tab, "document.getElementById('shown').textContent !== ''")
    every = tab.evaluate(circles)
    assert every >= 3
    tab.select_option('[name="x"]', "size")
    tab.select_option('[name="y"]', "toy_chartqa")
    tab.fill('[name="q"]', "vision birch")
    until(tab, f"{circles} === 1")
    assert tab.locator("#numbers tbody tr:visible").count() == 1
    assert tab.evaluate("location.hash") == "#x=size&y=toy_chartqa&q=vision%20birch"
    tab.reload()
    until(tab, f"{circles} === 1")
    assert tab.locator("#plot .title").first.text_content() == "Parameters"
    assert " B" in tab.inner_html("#plot")
    tab.select_option('[name="x"]', "date")
    assert ">2026<" in tab.inner_html("#plot")
    tab.select_option('[name="x"]', "size")
    tab.fill('[name="q"]', "")
    until(tab, f"{circles} > 1")
    tab.fill('[name="since"]', "2999-01-01")
    until(tab, f"{circles} === 0")
    tab.fill('[name="since"]', "")
    counted = [every := tab.evaluate(circles)]
    for size in ("0-4", "4-10", "10-20", "20-40", "40-", "?"):
        tab.select_option('[name="size"]', size)
        counted.append(tab.evaluate(circles))
    assert sum(counted[1:]) == every > max(counted[1:]), "each model has one size"
    tab.select_option('[name="size"]', "")
    tab.fill('[name="q"]', "nobody")
    until(tab, f"{circles} === 0")
    assert "Choose other axes" in tab.inner_text("#plot")


def test_the_drawn_axis_of_money_is_as_wide_in_the_browser(visit: Visit) -> None:
    marks = '#plot text[text-anchor="middle"]'
    first = visit("plots.html", js=False).locator(marks).all_text_contents()
    tab = visit("plots.html")
    until(tab, "document.getElementById('shown').textContent !== ''")
    assert tab.locator(marks).all_text_contents() == first != [], "the page and its script draw the same axis"
