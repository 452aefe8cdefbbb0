"""What pages say beside the numbers: whole numbers with separators, no name twice, no column without a value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmeval.board import Board
from mmeval.sitegen.cells import metric_title, seldom
from mmeval.sitegen.charts import Scale, axis, interval, sized
from mmeval.sitegen.env import environment, languages, source_folder
from mmeval.sitegen.pages.benchmark import by_score


@pytest.mark.parametrize("code", ["en", "zh"])
def test_whole_numbers_have_their_thousands_separated(code: str) -> None:
    (lang,) = languages([code], [source_folder()])
    assert "12,345" in lang.text("board.models", n=12345)
    assert "1,234" in lang.text("shown", n=12, all=1234)
    assert lang.text("board.models", n=1) == lang.text("board.models", n="1")


@pytest.mark.parametrize(
    ("kind", "title", "tag"),
    [
        ("majority", "Majority", ""),
        ("blind", "Blind demo", "blind"),
        (None, "A model", ""),
    ],
)
def test_a_reference_is_not_named_twice(kind: str | None, title: str, tag: str) -> None:
    (lang,) = languages(["en"], [source_folder()])
    macro = environment((source_folder(),)).get_template("macros.html").module.reference  # type: ignore[attr-defined]
    assert re.sub("<.*?>", "", str(macro(lang.text, kind, title))).strip() == tag


def test_references_come_after_all_models(board: Board) -> None:
    for column in board.columns:
        kinds = [board.models[name].reference is not None for name in by_score(column, board)]
        assert kinds == sorted(kinds)
        assert True in kinds


@pytest.mark.parametrize(
    ("name", "shown"), [("accuracy", "Accuracy"), ("word_error_rate", "Word error rate"), ("CIDEr", "CIDEr")]
)
def test_a_metric_has_a_name_for_people(name: str, shown: str) -> None:
    assert metric_title(name) == shown


def test_columns_without_a_number_are_left_out(site: Path) -> None:
    assert seldom([{"failed": 0, "truncated": 2}, {"failed": 0, "truncated": 0}], ("failed", "truncated")) == [
        "truncated"
    ]
    for page in [*(site / "b").glob("*.html"), *(site / "m").glob("*.html")]:
        heads, rows = table_of(page.read_text(encoding="utf-8"))
        assert all(any(row[i] for row in rows) for i in range(1, len(heads))), page


def table_of(text: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the table of scores; a drawing counts as text."""
    start = text.index('id="scores"')
    part = text[start : text.index("</table>", start)]
    head, _, body = part.partition("<tbody>")
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr")[1:]]
    return re.findall(r"<th[^>]*>(.*?)</th>", head, re.DOTALL), rows


@pytest.mark.parametrize(
    ("billions", "shown"), [(0.00034, "0.34 M"), (0.0016, "1.6 M"), (0.5, "0.5 B"), (72.7, "72.7 B")]
)
def test_sizes_are_in_millions_where_they_are_small(billions: float, shown: str) -> None:
    assert sized(billions) == shown


@pytest.mark.parametrize(
    "phrase",
    [
        "for sure",
        "Keys worth checking",
        "need seeing",
        "is held against",
        "Models: {",
        "Problems",
        '"Key"',
        "sub-score",
    ],
)
def test_texts_say_what_they_mean(phrase: str) -> None:
    """Phrases that readers had to read twice do not come back."""
    assert phrase not in (source_folder() / "messages" / "en.toml").read_text(encoding="utf-8")


def test_a_fluid_chart_is_as_wide_as_its_column() -> None:
    x = Scale(0, 100, 100, "%")
    assert 'cx="50%"' in interval(x, 50, 40, 60)
    assert "viewBox" not in interval(x, 50, 40, 60) + axis(x)
    assert "1,000" in axis(Scale(0, 1000))


def test_chinese_sentences_have_chinese_punctuation() -> None:
    text = (source_folder() / "messages" / "zh.toml").read_text(encoding="utf-8")
    assert re.findall(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", text) == []
