"""Twins of the sets about space, high resolution, documents and many tasks; rows are our own."""

from __future__ import annotations

from tests.benchmarks.twin import IMG, B, I, L, S, Twin, b64, pic
from tests.data.pictures import png

LETTER = "Answer with the option's letter from the given choices directly."
ENGLISH = (
    "Select the best answer to the above multiple-choice question based on the image. Respond with only the letter "
    "(A, B, C, D, or E) of the correct option.\nThe best answer is:"
)
CHINESE = "根据图像选择上述多项选择题的最佳答案。只需回答正确选项的字母（A, B, C, D 或 E）。\n最佳答案为："
PICK = "Please select the correct answer from the options above. \n"


def lettered(**columns: object) -> dict[str, object]:
    """The columns of a VLMEvalKit table with two options."""
    return {"index": S, "question": S, "A": S, "B": S, "answer": S, **columns, "image": S}


def realworld(question: str, before: str, closing: str, options: list[str], category: str) -> Twin:
    return Twin(
        columns={
            "index": S, "bytes": S, "question": S, "multi-choice options": L(S), "answer": S, "category": S,
            "l2-category": S,
        },
        rows=[
            {"index": str(n), "bytes": b64(7), "question": question, "multi-choice options": options, "answer": gold,
             "category": category, "l2-category": "OCR"}
            for n, gold in enumerate("BE")
        ],
        prompt=[7, "\n".join([f"{question} {before}", *options, closing])],
        replies=["(B) 12", "The best answer is B"], value=0.5, answers=["B", "B"],
    )  # fmt: skip


TWINS = {
    "erqa": Twin(
        columns={"question_id": S, "question": S, "images": L(B), "answer": S, "question_type": S},
        rows=[
            {"question_id": "E1", "question": "From <image> to <image>, what moved? A. Cup. B. Box. C. Arm. D. None.",
             "images": [png(1), png(2)], "answer": "C", "question_type": "Action Reasoning"},
            {"question_id": "E2", "question": "Which way? A. Left. B. Right. C. Up. D. Down.", "images": [png(3)],
             "answer": "A", "question_type": "Pointing"},
        ],
        prompt=["From", 1, "to", 2, ", what moved? A. Cup. B. Box. C. Arm. D. None."],
        replies=["The arm moved, so the answer is C.", "D"], value=0.5,
    ),
    "embspatial": Twin(
        columns={
            "question_id": S, "question": S, "answer_options": L(S), "answer": I, "relation": S, "data_source": S,
            "image": IMG,
        },
        rows=[
            {"question_id": f"mp3d_{n}", "question": "Which is closest?", "answer_options": ["lamp", "bed", "door", "rug"],
             "answer": n, "relation": "close", "data_source": "mp3d", "image": pic(4)}
            for n in (1, 3)
        ],
        prompt=[4, f"Which is closest?\nA. lamp\nB. bed\nC. door\nD. rug\n{LETTER}"], replies=["The bed", "A"], value=0.5,
    ),
    "cvbench": Twin(
        columns={
            "idx": I, "type": S, "task": S, "image": IMG, "question": S, "choices": L(S), "answer": S, "prompt": S,
            "source": S,
        },
        key="default",
        rows=[
            {"idx": n, "type": "2D", "task": "Count", "image": pic(5), "question": "How many cows?", "choices": ["1", "2"],
             "answer": gold, "prompt": "", "source": source}
            for n, (gold, source) in enumerate([("(A)", "ADE20K"), ("(B)", "COCO"), ("(A)", "Omni3D"), ("(A)", "Omni3D")])
        ],
        prompt=[5, f"How many cows?\nA. 1\nB. 2\n{LETTER}"], replies=["A", "A", "A", "(B)"],
        value=0.25 * 1 + 0.25 * 0 + 0.5 * 0.5,
    ),
    "omnispatial": Twin(
        columns={"image": IMG, "question": S, "options": L(S), "answer": I, "task_type": S, "sub_task_type": S},
        rows=[
            {"image": pic(6), "question": "Who is left of her?", "options": ["Ann", "Bob", "Cid"], "answer": 2,
             "task_type": "Perspective_Taking", "sub_task_type": "Egocentric"},
        ],
        prompt=[6, f"Who is left of her?\nA. Ann\nB. Bob\nC. Cid\n{LETTER}"], replies=["It is Cid (C)."], value=1.0,
    ),
    "mindcube": Twin(
        key="tiny",
        columns={"id": S, "images": L(B), "input_prompt": S, "question": S, "gt_answer": S},
        rows=[
            {"id": f"{setting}_1", "images": [png(8), png(9)], "question": "", "gt_answer": "B",
             "input_prompt": "View 1 <image> View 2 <image> What is behind you? A. Sofa B. Desk"}
            for setting in ("among", "around")
        ],
        prompt=["View 1", 8, "View 2", 9, "What is behind you? A. Sofa B. Desk"],
        replies=["<Answer>B. Desk</Answer>", "A"], value=0.5,
    ),
    "allangles": Twin(
        columns={
            "index": S, "folder": S, "category": S, "pair_idx": S, "image_path": S, "question": S, "A": S, "B": S, "C": S,
            "answer": S, "sourced_dataset": S,
        },
        rows=[
            {"index": n, "folder": "01_tagging", "category": "counting", "pair_idx": pair, "image_path": ["1.png", "2.png"],
             "question": "How many people?", "A": "1", "B": "2", "C": "3", "answer": "B", "sourced_dataset": "EgoHumans"}
            for n, pair in [(0, 1), (1, 0), (2, None)]
        ],
        files={"1.png": png(10), "2.png": png(11)},
        prompt=[10, 11, f"How many people?\nA. 1\nB. 2\nC. 3\n{LETTER}"], replies=["B", "B", "2 people, B"], value=1.0,
    ),
    "mme_realworld": realworld(
        "What is the price?", "The choices are listed below:", ENGLISH,
        ["(A) 11", "(B) 12", "(C) 13", "(D) 14", "(E) The image does not feature the price."], "Perception/OCR",
    ),
    "mme_realworld_cn": realworld(
        "价格是多少?", "选项如下所示:", CHINESE, ["(A) 11", "(B) 12", "（C） 13", "(D) 14", "(E) 图中没有价格。"], "Reasoning/OCR",
    ),
    "mme_realworld_lite": realworld(
        "What is the price?", "The choices are listed below:", ENGLISH,
        ["(A) 11", "(B) 12", "(C) 13", "(D) 14", "(E) The image does not feature the price."], "Perception/OCR",
    ),
    "seedbench_2_plus": Twin(
        columns={
            "question_id": S, "question": S, "choice_A": S, "choice_B": S, "choice_C": S, "choice_D": S, "answer": S,
            "question_image_type": S, "image": IMG,
        },
        rows=[
            {"question_id": "1", "question": "Which line is highest?", "choice_A": "red", "choice_B": "blue",
             "choice_C": "grey", "choice_D": "pink", "answer": "D", "question_image_type": "chart", "image": pic(12)},
        ],
        prompt=[12, f"Which line is highest?\nA. red\nB. blue\nC. grey\nD. pink\n{LETTER}"], replies=["D. pink"], value=1.0,
    ),
    "mmtbench": Twin(
        columns=lettered(category=S, **{"l2-category": S}),
        rows=[
            {"index": str(n), "question": "Which?", "A": "cat", "B": "dog", "answer": "A", "category": task,
             "l2-category": "ocr", "image": b64(13)}
            for n, task in enumerate(["font", "font", "scene"])
        ],
        prompt=[13, f"Question: Which?\nOptions:\nA. cat\nB. dog\n{PICK}"], replies=["A", "B", "A"], value=0.75,
    ),
    "treebench": Twin(
        columns=lettered(category=S, target_instances=S),
        rows=[
            {"index": "1", "question": "What is red?", "A": "cup", "B": "hat", "answer": "B",
             "category": "Perception/Attributes", "image": b64(14), "target_instances": "[[1, 2, 3, 4]]"},
        ],
        prompt=[14, f"Question: What is red?\nOptions:\nA. cup\nB. hat\n{PICK}"], replies=["A hat, so B."], value=1.0,
    ),
    "visonlyqa": Twin(
        columns={
            "id": S, "decoded_image": IMG, "question": S, "prompt_no_reasoning": S, "answer": S, "response_options": L(S),
        },
        rows=[
            {"id": "1", "decoded_image": pic(15), "question": "", "prompt_no_reasoning": "ABC is a triangle. True or False?",
             "answer": "False", "response_options": ["True", "False"]},
            {"id": "2", "decoded_image": pic(15), "question": "", "prompt_no_reasoning": "How long? (a) 1 (b) 2",
             "answer": "b", "response_options": ["a", "b"]},
        ],
        prompt=[15, "ABC is a triangle. True or False?"], replies=["False.", "b"], value=1.0,
    ),
}  # fmt: skip
