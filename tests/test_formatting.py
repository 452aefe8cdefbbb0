"""Foreign text made harmless: for terminals, and for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmeval import store
from mmeval.formatting import guarded, line, plain, unguarded
from mmeval.store import ScoreRow


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, 中文, é, 🙂", "plain text, 中文, é, 🙂"),
        ("two\nlines", "two\nlines"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://e.vil\x07link", " ]8;;http://e.vil link"),
        ("\x9b2Jgone", "gone"),
        ("tab\tbell\x07null\0", "tab bell null "),
        ("\u202eturned\u2066", " turned "),
        ("half \ud83d", "half  "),
        ("👩\u200d🔬 می\u200cخواهم", "👩\u200d🔬 می\u200cخواهم"),
        ("\x1b[" + "1" * 100_000, " [" + "1" * 100_000),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert line(text) == expected.replace("\n", " ")


@pytest.mark.parametrize(
    "cell", ["=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x"]
)
def test_a_formula_is_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "A", "-5", "+3.25", "-1,000", "1e-3", "-2e5", "-50%", "'quoted'", "it's", "a=b"])
def test_an_ordinary_cell_keeps_its_bytes(cell: str) -> None:
    assert guarded(cell) == cell == unguarded(cell)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r15.x,\"\n"), max_size=8))
def test_reading_undoes_the_guard(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_scores_are_safe_in_a_spreadsheet_and_read_back_as_they_were(tmp_path: Path) -> None:
    rows = [
        ScoreRow("=cmd|' /C calc'!A0", 1, "ok", 1.0, "@SUM(1)", "+rule", "\tcluster"),
        ScoreRow("-7", 1, "ok", 0.0, "-0.5", "rule", None),
    ]
    file = tmp_path / "scores.csv"
    store.write_scores(file, rows)
    assert list(store.read_scores(file)) == rows
    cells = [cell for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")] == []
    assert file.read_text(encoding="utf-8").endswith("-7,1,ok,0.0,-0.5,rule,\n")
