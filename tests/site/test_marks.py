"""The place that a question asks for, on its picture."""

from __future__ import annotations

import pytest

from mmeval.sitegen.env import environment, source_folder
from mmeval.sitegen.marks import target_label, target_marks

SIZE = {"width": 640, "height": 400}
BOX = {"kind": "box", "x": 25.0, "y": 10.0, "w": 25.0, "h": 40.0, "label": "25 %, 10 %, 50 %, 50 %", "tone": "gold"}
MASK = {"size": [10, 10], "runs": [[2, 3, 2]]}


@pytest.mark.parametrize(
    ("target", "marks"),
    [
        ({"box": [0.25, 0.1, 0.5, 0.5], **SIZE}, [BOX]),
        ({"polygon": [[0.5, 0], [1, 1], [0, 1]], **SIZE},
         [{"kind": "area", "d": "M50.00 0.00 100.00 100.00 0.00 100.00z", "label": "", "tone": "gold"}]),
        ({"mask": MASK, **SIZE},
         [{"kind": "area", "d": "M30.00 20.00h20.00v10.00h-20.00z", "label": "", "tone": "gold"}]),
        ({"absent": True, **SIZE}, []),
        ({"box": ["a", 1, 2, 3], **SIZE}, []),
        ({"box": [1], **SIZE}, []),
        ({"mask": {"size": [0, 0], "runs": [[0, 0, 1]]}, **SIZE}, []),
        ({"box": [0, 0, 1, 1]}, []),
        ("A", []),
        (None, []),
    ],
)  # fmt: skip
def test_marks_of_a_target(target, marks):
    assert target_marks(target) == marks
    assert target_label(target) == "".join(mark["label"] for mark in marks)


def test_a_fine_mask_is_thinned():
    rows = [[row, 0, 4] for row in range(5000)]
    (mark,) = target_marks({"mask": {"size": [8, 5000], "runs": rows}, **SIZE})
    assert 1000 < mark["d"].count("M") <= 2000


def test_the_frame_draws_them():
    macro = environment((source_folder(),)).get_template("components.html").module.media_frame
    medium = {"kind": "image", "thumb": "t/x.webp", "file": "", "width": 32, "height": 20, "marks": [
        BOX, {"kind": "area", "d": "M1 2z", "label": "", "tone": "gold"}, {"kind": "point", "x": 5, "y": 6, "label": "p", "tone": "right"},
    ]}  # fmt: skip
    drawn = str(macro(medium, 1, True, "", lambda key, **_: key))
    assert '<rect class="gold" x="25.00" y="10.00" width="25.00" height="40.00"/>' in drawn
    assert 'd="M1 2z"' in drawn
    assert 'd="M5.00 6.00h0"' in drawn
    assert "marks.key" in drawn
