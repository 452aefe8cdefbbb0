"""Twins of the sets about boxes and points; all rows are our own. Replies are in thousandths."""

from __future__ import annotations

import io

from PIL import Image

from tests.benchmarks.twin import IMG, F, I, L, S, Twin, pic

CLICK = "Find the element of this screenshot that the instruction means, and answer with one point to click, as [x, y]."
BOX = 'Locate the object that matches the description "{}" in the image. Report its bounding box in JSON format.'
POINTS = "Output the point coordinates in JSON format."


def mask() -> dict:
    """White in its right half."""
    picture, out = Image.new("L", (8, 8)), io.BytesIO()
    picture.paste(255, (4, 0, 8, 8))
    picture.save(out, "PNG")
    return {"bytes": out.getvalue(), "path": None}


def refer(shade: int) -> Twin:
    """A picture of 8x8 pixels with two expressions for one box, in one split."""
    return Twin(
        columns={
            "question_id": S, "image": IMG, "question": S, "answer": L(S), "segmentation": L(F), "bbox": L(F),
            "iscrowd": I, "file_name": S,
        },
        rows=[{"question_id": "1", "image": pic(shade), "question": "", "answer": ["left cup", "the blue one"],
               "bbox": [2.0, 2.0, 4.0, 2.0], "file_name": "a.jpg"}],
        prompt=[shade, BOX.format("left cup")],
        replies=['{"bbox_2d": [250, 250, 750, 500]}', '[{"bbox_2d": [250, 250, 750, 500]}, {"bbox_2d": [0, 0, 9, 9]}]'],
        value=0.5, answers=["[0.25, 0.25, 0.75, 0.5]", None],
    )  # fmt: skip


TWINS = {
    "refcoco": refer(1),
    "refcoco_plus": refer(2),
    "refcocog": refer(3),
    "screenspot": Twin(
        columns={"file_name": S, "bbox": L(F), "instruction": S, "data_type": S, "data_source": S, "image": IMG},
        rows=[
            {"file_name": "a.png", "bbox": [0.1, 0.1, 0.3, 0.2], "instruction": "close the window", "image": pic(4),
             "data_type": "icon", "data_source": "macos"},
            {"file_name": "a.png", "bbox": [0.5, 0.5, 0.6, 0.6], "instruction": "save", "image": pic(4),
             "data_type": "text", "data_source": "macos"},
        ],
        prompt=[4, f"{CLICK}\nInstruction: close the window"], replies=["[100, 200]", "pyautogui.click(x=499, y=550)"],
        value=0.5,
    ),
    "screenspot_v2": Twin(
        columns={"bbox": L(F), "instruction": S, "data_type": S, "image": IMG},
        rows=[{"bbox": [0.1, 0.1, 0.3, 0.2], "instruction": "go back", "image": pic(5), "data_type": "icon"}],
        prompt=[5, f"{CLICK}\nInstruction: go back"], replies=["<point>200 150</point>"], value=1.0,
    ),
    "screenspot_pro": Twin(
        columns={
            "id": S, "image": IMG, "bbox": L(I), "img_size": L(I), "instruction": S, "ui_type": S, "group": S,
            "application": S, "platform": S,
        },
        rows=[{"id": "p1", "image": pic(6), "bbox": [4, 4, 8, 6], "img_size": [8, 8], "instruction": "cut",
               "ui_type": "icon", "group": "CAD", "application": "inventor", "platform": "windows"}],
        prompt=[6, f"{CLICK}\nInstruction: cut"], replies=["I click at (750, 625)."], value=1.0,
    ),
    "osworld_g": Twin(
        columns={"instruction": S, "image": IMG, "image_size": L(I), "box_type": S, "box_coordinates": L(F)},
        rows=[
            {"instruction": f"open {kind}", "image": pic(7), "image_size": [8, 8], "box_type": kind, "box_coordinates": at}
            for kind, at in [
                ("bbox", [2, 2, 2, 2]), ("polygon", [0, 0, 4, 4]), ("polygon", [4, 0, 8, 4, 4, 8, 0, 4]),
                ("refusal", [-1, -1, -1, -1]), ("refusal", [-1, -1, -1, -1]),
            ]
        ],
        prompt=[7, f"{CLICK} If there is no such element, say so.\nInstruction: open bbox"],
        replies=["[400, 400]", "[400, 400]", "[50, 50]", "There is no such element.", "[100, 100]"], value=0.6,
    ),
    "refspatial": Twin(
        columns={"id": I, "image": IMG, "mask": IMG, "object": S, "prompt": S, "suffix": S, "step": I},
        rows=[{"id": 0, "image": pic(8), "mask": mask(), "object": "cup", "prompt": "Point at the cup.",
               "suffix": "Between 0 and 1.", "step": 2}],
        prompt=[8, f"Point at the cup. {POINTS}"],
        replies=['[{"point_2d": [900, 100]}, {"point_2d": [400, 100]}, {"point_2d": [600, 999]}, {"point_2d": [1000, 5]}]'],
        value=0.5,
    ),
}  # fmt: skip
