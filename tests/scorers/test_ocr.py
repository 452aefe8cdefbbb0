"""The tasks of OCRBench v2. The values are those of the port of the authors' code in lmms-eval 0.7.3, which was run on them."""

import time

import pytest

from mmeval.scorers import ocr_task
from mmeval.scorers.rules.ocr import KINDS
from mmeval.types import Reply, Sample

TABLE = '<table><tr><th>Café</th><td colspan="2">two</td></tr></table>'
MARKDOWN = "|12|b c|b c|12|\n|---|---|---|---|\n|12|12|a|b c|"
OTHER = "|b c|12|b c|12|\n|---|---|---|---|\n|b c|a|a||\n||b c| |b c|\n|b c|12||b c|"
FIELDS = "{'shop': ['p', 'q r'], 'sum': 'V 2', 'date': 'v'}"
WIDE = "{'c0': 'x'}", '{"a0": 4, "d1": "x", "d2": "1.5", "b3": {"q": "2", "r": 3}}'


def scored(kind: str, answer: str, reply: str) -> float:
    answers = answer.split("/") if kind == "located" else [answer]
    box = answers if kind == "located" else [28, 18, 94, 124]
    sample = Sample(id="1", prompt=(), target={"answers": answers, "box": box}, tags={"kind": kind})
    return ocr_task().rule("official")(sample, Reply(text=reply, finish="stop")).value


@pytest.mark.parametrize(
    ("kind", "answer", "reply", "value"),
    [
        ("table-html", TABLE, TABLE.replace("two", "<br>tw"), 0.8125),
        ("table-html", TABLE, f"Here:\n```html\n{TABLE}\n```", 1),
        ("table-html", TABLE, TABLE.replace("</td>", "").replace("</table>", ""), 1),
        ("table-html", TABLE, "no table", 0),
        ("table-markdown", MARKDOWN, OTHER, 0.3),
        ("chart", *WIDE, 1 / 6),
        (
            "chart",
            "{'b0': 'x', 'a1': 4, 'c2': '1.5'}",
            "```python\ndata = {'c0': 'x', 'c1': 'x', 'd2': 4}\n```",
            11 / 18,
        ),
        ("outline", "\\begin {table} x\n# Title\n## Part b\n", "| a | b |\n# Title", 2 / 3),
        ("outline", "text one", "\n## Part b\n# Title\n# Title", 1 / 3),
        ("keys", FIELDS, "{'shop': 'qr', 'sum': 'P', 'tip': 'v2'}", 0.25),
        ("keys", FIELDS, "shop: p\nsum = V2", 2 / 3),
        ("answered-and-located", "Open", '{"answer":"open","bbox":[1,2,100,100]}', 0.739766),
        ("located", "10/10/100/200", "(0, 0, 9, 9), then [10, 10, 100, 105] [1, 2, 3, 1200]", 0.5),
        ("counted", "10", "about 9 words", 0.9),
        ("counted", "10", "20", 0),
        ("selection", "BCD", "B、C、D", 1),
        ("letters", "B", "The answer is B", 0),
        ("words", "the quick brown fox jumps over", "the quick brown fox jumped over", 29 / 31),
    ],
)
def test_each_task_has_a_rule_of_its_own(kind, answer, reply, value):
    assert scored(kind, answer, reply) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("noise", ["<table><tr><td>" * 9_000, "# a\n" * 30_000, "{'a': [" * 20_000])
def test_a_long_reply_is_read_in_time(noise):
    start = time.process_time()
    for kind in KINDS:
        scored(kind, "10/10/100/200" if kind == "located" else "10", noise)
    assert time.process_time() - start < 3
