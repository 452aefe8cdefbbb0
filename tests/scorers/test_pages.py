"""Pages element by element, and constraints that are counted."""

import time

import pytest

from mmeval.errors import DataError
from mmeval.scorers import page_elements
from mmeval.scorers.rules.constraints import CHECKS, holds, runs
from mmeval.scorers.rules.pages import read_page
from mmeval.types import Reply, Sample

TABLE = "<table><tr><td>a</td><td>b</td></tr></table>"
ONE, TWO = (
    "The quick brown fox jumps over the lazy dog until dawn.",
    "A second one, about rivers and mountains of the north.",
)
PAGE = [
    ["text", "A title"],
    ["text", ONE],
    ["text", TWO],
    ["aside", "Figure 1"],
    ["formula", "E = mc^2"],
    ["table", TABLE],
]


def parts(reply: str, page: list[list[str]] = PAGE) -> dict[str, float]:
    sample = Sample(id="1", prompt=(), target=page)
    answer = page_elements().rule("mmeval")(sample, Reply(text=reply, finish="stop")).answer
    return {name: float(value) for name, _, value in (part.rpartition(" ") for part in (answer or "").split(", "))}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (f"# A title\n\n{ONE}\n\n{TWO}\n\nFigure 1\n\n\\[E=mc^2\\]\n{TABLE}", [1, 1, 1, 1]),
        (f"# A title\n{ONE[:20]}\n{ONE[20:]}\n{TWO}\n$$E=mc^2$$\n|a|b|\n|-|-|", [1, 1, 1, 1]),
        (f"A title {ONE}\n\n{TWO}", [1, 0, 0, 1]),
        (f"{TWO}\n\nA title\n\n{ONE}", [1, 0, 0, 1 / 3]),
        (f"A title\n\n{ONE}\n\n{TWO}\n\n{'0' * 94}", [0.5, 0, 0, 1]),
        ("", [0, 0, 0, 0]),
    ],
)
def test_elements_are_matched(reply, expected):
    assert list(parts(reply).values())[:4] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    "noise", ["<table><tr><td>" * 4_000, "$$ x " * 12_000, "a b\n\n" * 12_000, ONE * 1_000, " " * 60_000]
)
def test_a_long_reply_is_read_in_time(noise):
    start = time.process_time()
    parts(noise, [["text", f"{TWO} {n}"] for n in range(100)] + PAGE)
    assert time.process_time() - start < 3


def test_what_is_no_page_is_said():
    with pytest.raises(DataError, match="is not the annotation of a page"):
        read_page("[1]")


@pytest.mark.parametrize(
    ("name", "arguments", "right", "wrong"),
    [
        (
            "whether_response_sentence_number_in_range",
            [2, 2],
            "Dr. Li is here. She reads 3.5 pages!",
            "One. Two. Three.",
        ),
        ("whether_response_word_count_in_range", [1, 3], "a well-read man", "one two three four"),
        ("whether_each_paragraph_sentence_number_in_range_list", [[[1, 1], [2, 2]]], "Ah.\n\nBo. Co!", "Ah.\n\nBo."),
        ("whether_each_paragraph_begin_with_certain_substring", ["*"], "* a\n \n* b", "* a\n\nb"),
        ("whether_each_sentence_end_with_certain_substring", ["!"], "No! Yes!", "No! Yes."),
        ("whether_each_keyword_in_list_metioned_in_range", [["sea"], 1, 1], "The Sea, seas", "sea sea"),
        ("whether_total_keyword_in_list_metioned_in_range", [["sea", "sky"], 2, 3], "sea sky", "sea"),
        ("number_precision_in_response", [2], "1,234.50 and 3.14%", "3.1"),
        ("percentage_number_precision_in_response", [1], "7 of 3.1 %", "3%"),
        ("whether_has_no_arabic_number_in_response", [], "three, in 3D", "There are 3."),
    ],
)
def test_constraints_are_counted(name, arguments, right, wrong):
    check = [f"check_{name}", *arguments]
    assert runs(check)
    assert (holds(right, [check]), holds(wrong, [check])) == (True, False)


@pytest.mark.parametrize("name", CHECKS)
def test_other_arguments_are_refused(name):
    assert not runs([name, {"a": 1}, {"b": 2}, {}, {}])
    assert not runs([f"{name}_now"])
