import pytest

from mmeval import Reply, Sample
from mmeval.scorers import table_match

GOLD = r"Year \t Sales \t Cost \n 2020 \t 10 \t 5 \n 2021 \t 20 \t 8"


@pytest.mark.parametrize(
    ("profile", "kind", "reply", "value"),
    [
        ("official", "bar", GOLD, 1.0),
        # 3 of 4 cells: union 5, overlap .6 reaches .5, .55 and .6.
        ("official", "bar", GOLD.replace("20 \\t 8", "20 \\t 9"), 0.3),
        ("official", "radar", GOLD.replace("20 \\t 8", "22 \\t 8"), 1.0),
        ("vlmevalkit-2026-08", "radar", GOLD.replace("20 \\t 8", "22 \\t 8"), 0.3),
        ("official-slight", "bar", GOLD.replace("20 \\t 8", "21 \\t 8").replace("Sales", "Sale"), 1.0),
        ("official-slight", "bar", GOLD.replace("20 \\t 8", "22 \\t 8"), 0.3),
        ("official-high", "bar", GOLD.replace("20 \\t 8", "22 \\t 8"), 1.0),
        ("official", "bar", "```csv\nYear,Sales,Cost\n2020,10,5\n2021,20,8\n```", 0.0),
        ("mmeval", "bar", "```csv\nYear,Sales,Cost\n2020,10,5\n2021,20,8\n```", 1.0),
        ("official", "bar", "I see a chart.", 0.0),
        ("official", "bar", "", 0.0),
    ],
)  # fmt: skip
def test_tables(profile, kind, reply, value):
    sample = Sample(id="1", prompt=(), target={"csv": GOLD, "chart_type": kind})
    assert table_match().rule(profile)(sample, Reply(text=reply, finish="stop")).value == pytest.approx(value)
