"""Correct answers that are structures are read as facts, in both languages, and never as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from mmeval.sitegen.env import environment, languages, source_folder
from mmeval.sitegen.expected import target_facts, target_line, target_text
from mmeval.store import StoredSample

BOX = {"box": [0.1, 0.2, 0.3, 0.4], "width": 10, "height": 10}
SHAPES = {
    "task": "draw_shapes",
    "kind": "relation",
    "groups": [{"count": 1, "colour": "blue", "shape": "circle"}, {"count": 4, "colour": "red", "shape": "square"}],
}
GROUPS = [
    ["kind", 0, [["", "relation"]]],
    ["groups", 1, [["count", "1"], ["colour", "blue"], ["shape", "circle"]]],
    ["groups", 2, [["count", "4"], ["colour", "red"], ["shape", "square"]]],
]


@pytest.mark.parametrize(
    ("target", "text", "facts"),
    [
        ("B", "B · two", []),
        (["a", "b"], "a | b", []),
        (None, "", []),
        (BOX, "10 %, 20 %, 30 %, 40 %", []),
        ({"answer": 3, "tolerance": 0.0}, "3", []),
        ({"answer": 7.6, "tolerance": 0.25}, "7.6", [["tolerance", 0, [["", "0.25"]]]]),
        ({"answer": ["C3", "F3"], "ordered": False}, "C3 | F3", []),
        ({"answer": {"A2": "right ramp"}, "words": ["left ramp"]}, "", [["A2", 0, [["", "right ramp"]]]]),
        ({"heights": [3, 6], "colours": ["red", "red"]}, "",
         [["heights", 0, [["", "3, 6"]]], ["colours", 0, [["", "red, red"]]]]),
        (SHAPES, "", GROUPS),
        ({"questions": [{"ask": "Is it red?", "answer": "yes", "needs": [0]}]}, "",
         [["questions", 1, [["", "Is it red?"], ["answer", "yes"]]]]),
        ({f"k{n}": n for n in range(30)}, "", [[f"k{n}", 0, [["", str(n)]]] for n in range(24)] + [["…", 0, [["", "+ 6"]]]]),
    ],
)  # fmt: skip
def test_a_target_is_a_text_with_facts(target: Any, text: str, facts: list[Any]) -> None:
    sample = StoredSample(id="1", prompt=(), target=target, choices=("one", "two"))
    assert (target_text(sample), target_facts(target)) == (text, facts)
    assert "{" not in target_line(sample)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "group 2|count| 4|<bdi>red"), ("zh", "组 2|数量| 4|<bdi>red")], ids=["en", "zh"]
)
def test_facts_are_named_in_both_languages_and_escaped(lang: str, said: str) -> None:
    (language,) = languages([lang], [source_folder()])
    made = environment((source_folder(),)).get_template("components.html").module
    facts = target_facts({**SHAPES, "<b>": "<i>"})
    html = str(made.expected("", facts, language.text))  # type: ignore[attr-defined]
    assert all(part.strip() in html for part in said.split("|"))
    assert "&lt;i&gt;" in html
    assert "<i>" not in html
