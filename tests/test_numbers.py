"""What people read, as a table."""

from __future__ import annotations

import pytest

from mmeval import Estimate
from mmeval import formatting as numbers

HALF = Estimate(value=0.7125, low=0.6985, high=0.7265, n=900, method="wilson")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (numbers.points(0.5), "50.0"),
        (numbers.points(None), "n/a"),
        (numbers.points(float("nan")), "n/a"),
        (numbers.points(-0.031, signed=True), "-3.1"),
        (numbers.points(0.031, signed=True), "+3.1"),
        (numbers.points(0.85, scale=1000), "850.0"),
        (numbers.score(HALF), "71.2 [69.8, 72.7]"),
        (numbers.score(None), "n/a"),
        (numbers.interval(HALF), "[69.8, 72.7]"),
        (numbers.money(None), "n/a"),
        (numbers.money(0.0), "$0.00"),
        (numbers.money(0.0012), "$0.0012"),
        (numbers.money(1234.5), "$1,234.50"),
        (numbers.count(None), "n/a"),
        (numbers.count(412), "412"),
        (numbers.count(12_345), "12.3k"),
        (numbers.count(4_500_000), "4.5M"),
        (numbers.duration(0.85), "850 ms"),
        (numbers.duration(12.2), "12 s"),
        (numbers.duration(200), "3 min 20 s"),
        (numbers.duration(7500), "2 h 05 min"),
        (numbers.duration(None), "n/a"),
        (numbers.plural(1, "row"), "1 row"),
        (numbers.plural(0, "row"), "0 rows"),
        (numbers.plural(1000, "reply", "replies"), "1,000 replies"),
    ],
)
def test_number(made: str, expected: str) -> None:
    assert made == expected
