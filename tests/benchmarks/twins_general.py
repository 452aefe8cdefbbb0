"""Twins of the general sets, the eight of the OpenVLM board among them; all rows are our own."""

import json

from tests.benchmarks.twin import IMG, F, I, L, S, Twin, b64, pic

LETTER = "Answer with the option's letter from the given choices directly."
VLM = "Question: {}\nOptions:\n{}\nPlease select the correct answer from the options above. \n"
SEVEN = {f"image_{n}": IMG for n in range(1, 8)}


def circular(answers: bool) -> Twin:
    """One question in two rotations that share a picture, and one with a hint."""
    columns = {
        "index": S, "question": S, "hint": S, "A": S, "B": S, "C": S, "D": S, **({"answer": S} if answers else {}),
        "category": S, "l2-category": S, "image": S, "source": S, "comment": S, "split": S,
    }  # fmt: skip
    facts = {"category": "object_localization", "l2-category": "finegrained_perception", "split": "dev"}
    rows = [
        {"index": "7", "question": "Which?", "A": "cat", "B": "dog", "answer": "A", "image": b64(1), **facts},
        {"index": "1000007", "question": "Which?", "A": "dog", "B": "cat", "answer": "B", "image": "7", **facts},
        {
            "index": "8",
            "question": "Where?",
            "hint": "nan",
            "A": "left",
            "B": "right",
            "answer": "A",
            "image": b64(2),
            **facts,
        },
        {"index": "1000008", "question": "Where?", "A": "right", "B": "left", "answer": "B", "image": b64(2), **facts},
    ]
    return Twin(
        columns=columns, rows=rows, prompt=[1, VLM.format("Which?", "A. cat\nB. dog")],
        replies=["A", "The answer is B.", "A", "A"], value=0.5 if answers else None,
    )  # fmt: skip


def constraint(text: str, method: str, *checks: list) -> dict:
    judge = {"method": method, "verify_funcs": [{"func": name, "params": params} for name, *params in checks]}
    return {"key": text, "value": text, "judge": judge}


CONSTRAINTS = [
    constraint("Two paragraphs.", "rule_based", ["check_whether_response_paragraph_number_in_range", 2, 2]),
    constraint("At most five words.", "rule_based", ["check_whether_response_word_count_in_range", 1, 5]),
    constraint("Write as a sailor.", "cmp_gpt"),
    constraint("Name the ship.", "direct_gpt"),
    constraint("Be odd.", "rule_based", ["check_that_is_not_known", 1]),
]

TWINS = {
    "mm_ifeval": Twin(
        columns={"id": S, "question": S, "answer": S, "constraints": S, "tag": S, "infer_type": S, "image": S},
        rows=[
            {"id": "1", "question": "Describe it. Two paragraphs.", "constraints": json.dumps(CONSTRAINTS), "tag": "C-Level",
             "infer_type": "main", "image": b64(51)},
            {"id": "1", "question": "Describe it.", "constraints": "[]", "tag": "C-Level", "infer_type": "aux_cmp_gpt",
             "image": b64(51)},
            {"id": "2", "question": "Which words?", "answer": '["Open", "10"]', "tag": "P-Level", "infer_type": "main",
             "image": b64(52)},
            {"id": "3", "question": "One paragraph.", "constraints": json.dumps([
                constraint("One.", "rule_based", ["check_whether_response_paragraph_number_in_range", 1, 1])]),
             "tag": "C-Level", "infer_type": "main", "image": b64(53)},
        ],
        prompt=[51, "Describe it. Two paragraphs."],
        replies=["Ahoy, the Mary sails!\n\nShe is fast and she is old.", "It says OPEN, from 10 on.", "One."],
        verdicts=['{"met": [1, 1, 0]}'], answers=["3 of 5 met", "It says OPEN, from 10 on.", "1 of 1 met"],
        value=(0.6 + 1 + 1) / 3,
    ),
    "mmbench_dev_en": circular(True),
    "mmbench_dev_cn": circular(True),
    "mmbench_test_en": circular(False),
    "mmbench_test_cn": circular(False),
    "mmstar": Twin(
        columns={
            "index": I, "question": S, "image": IMG, "answer": S, "category": S, "l2_category": S,
            "meta_info": {"source": S, "split": S, "image_path": S},
        },
        rows=[
            {"index": 0, "question": "Which?\nOptions: A: cat, B: dog", "image": pic(3), "answer": "A",
             "category": "coarse perception", "l2_category": "image scene", "meta_info": {"source": "x"}},
            {"index": 1, "question": "Where?\nOptions: A: left, B: right", "image": pic(4), "answer": "B",
             "category": "math", "l2_category": "geometry", "meta_info": {"source": "x"}},
        ],
        prompt=[3, f"Which?\nOptions: A: cat, B: dog\n{LETTER[:-1]}"], replies=["A", "A"], value=0.5,
    ),
    "mmmu_val": Twin(
        columns={
            "id": S, "question": S, "options": S, "explanation": S, **SEVEN, "img_type": S, "answer": S,
            "topic_difficulty": S, "question_type": S, "subfield": S,
        },
        rows=[
            {"id": "validation_Art_Theory_1", "question": "Compare <image 2> with <image 1>.",
             "options": "['the first', '<image 1>']", "image_1": pic(5), "image_2": pic(6), "answer": "B",
             "question_type": "multiple-choice", "subfield": "x"},
            {"id": "validation_Physics_2", "question": "How many volts? <image 1>", "options": "[]", "image_1": pic(7),
             "answer": "['8.4', '8.40']", "question_type": "open", "subfield": "y"},
        ],
        prompt=["Compare ", 6, " with ", 5, ".\n\n(A) the first\n(B) ", 5, f"\n\n{LETTER}"],
        replies=["The answer is (B).", "It is 8.404 V"], value=1.0,
    ),
    "mathvista": Twin(
        columns={
            "pid": S, "question": S, "image": S, "decoded_image": IMG, "choices": L(S), "unit": S, "precision": F,
            "answer": S, "question_type": S, "answer_type": S, "query": S,
            "metadata": {"category": S, "context": S, "grade": S, "img_height": I, "img_width": I, "language": S,
                         "skills": L(S), "source": S, "split": S, "task": S},
        },
        rows=[
            {"pid": "1", "question": "How long?", "decoded_image": pic(8), "choices": None, "precision": 1.0,
             "answer": "1.2", "question_type": "free_form", "answer_type": "float",
             "query": "Hint: one decimal.\nQuestion: How long?", "metadata": {"task": "FQA", "skills": ["ARI", "STA"]}},
            {"pid": "2", "question": "Which?", "decoded_image": pic(9), "choices": ["3/11", "8/11"], "precision": None,
             "answer": "8/11", "question_type": "multi_choice", "answer_type": "text",
             "query": "Question: Which?\nChoices:\n(A) 3/11\n(B) 8/11", "metadata": {"task": "GPS", "skills": ["GEO"]}},
        ],
        prompt=[8, "Hint: one decimal.\nQuestion: How long?"], replies=["The answer is 1.2", "B"], value=1.0,
    ),
    "hallusionbench": Twin(
        columns=dict.fromkeys(
            ["category", "subcategory", "visual_input", "set_id", "figure_id", "sample_note", "question_id",
             "question", "gt_answer_details", "gt_answer", "filename"], S) | {"image": IMG},
        rows=[
            {"category": "VD", "subcategory": "illusion", "visual_input": str(figure + 1), "set_id": "0",
             "figure_id": str(figure), "question_id": str(question), "question": f"Is it {question}?",
             "gt_answer": gold, "gt_answer_details": "The circles are equal.", "image": pic(10 + figure)}
            for figure, question, gold in [(0, 0, "1"), (0, 1, "0"), (1, 0, "0"), (1, 1, "1")]
        ],
        # Right, right, wrong, right: 3/4 of the questions, 1/2 of the figures, 1/2 of the groups.
        prompt=[10, "Is it 0?"], replies=["Yes.", "No", "Yes", "Yes"], value=(3 / 4 + 1 / 2 + 1 / 2) / 3,
    ),
    "ai2d": Twin(
        columns={"question": S, "options": L(S), "answer": S, "image": IMG},
        rows=[
            {"question": "What is A?", "options": ["leaf", "root"], "answer": "1", "image": pic(12)},
            {"question": "What is B?", "options": ["c", "D"], "answer": "0", "image": pic(13)},
        ],
        prompt=[12, VLM.format("What is A?", "A. leaf\nB. root")], replies=["B. root", "A"], value=1.0,
    ),
    "ocrbench": Twin(
        columns={"dataset": S, "question": S, "question_type": S, "answer": L(S), "image": IMG},
        rows=[
            {"dataset": "IIIT5K", "question": "What is written?", "question_type": "Regular Text Recognition",
             "answer": ["CENTRE"], "image": pic(14)},
            {"dataset": "HME100k", "question": "Write the formula.", "image": pic(15), "answer": ["x ^ 2"],
             "question_type": "Handwritten Mathematical Expression Recognition"},
        ],
        prompt=[14, "What is written?"], replies=["It says Centre", "X^2"], value=0.5,
    ),
    "mmvet": Twin(
        columns={"question_id": S, "image": IMG, "question": S, "answer": S, "image_source": S, "capability": S},
        rows=[
            {"question_id": "v1_0", "image": pic(16), "question": "What is x?", "answer": "-1 <AND> -5",
             "capability": "ocr,math"},
            {"question_id": "v1_1", "image": pic(17), "question": "Who?", "answer": "a man <OR> a person",
             "capability": "rec"},
        ],
        prompt=[16, "What is x?"], replies=["x = -1", "a person"], verdicts=["0.5", "1.0"], value=0.75,
    ),
    "mme": Twin(
        columns={"question_id": S, "image": IMG, "question": S, "answer": S, "category": S},
        rows=[
            {"question_id": f"{task}/{image}", "image": pic(18 + image), "category": task, "answer": gold,
             "question": f"Is it {gold}? Please answer yes or no."}
            for task in ("existence", "code_reasoning") for image in (0, 1) for gold in ("Yes", "No")
        ],
        # existence: 4/4 and 2/2 -> 200; code reasoning: 3/4 and 1/2 -> 125; the other twelve subtasks have no rows.
        prompt=[18, "Is it Yes? Please answer yes or no."], replies=["Yes", "No", "Yes", "No", "Yes", "No", "Yes", "Yes"],
        value=325.0,
    ),
    "mmmu_pro_standard": Twin(
        columns={
            "id": S, "question": S, "options": S, "explanation": S, **SEVEN, "img_type": S, "answer": S,
            "topic_difficulty": S, "subject": S,
        },
        rows=[
            {"id": "test_History_1", "question": "<image 1> Who?", "options": str([f"o{n}" for n in range(10)]),
             "image_1": pic(20), "answer": "J", "topic_difficulty": "Hard", "subject": "History"},
        ],
        prompt=[20, " Who?\n" + "\n".join(f"{x}. o{n}" for n, x in enumerate("ABCDEFGHIJ")) + f"\n{LETTER}"],
        replies=["Answer: J"], value=1.0,
    ),
    "mmmu_pro_vision": Twin(
        columns={"id": S, "image": IMG, "options": S, "answer": S, "subject": S},
        rows=[{"id": "test_Art_1", "image": pic(21), "options": "['x', 'y']", "answer": "A", "subject": "Art"}],
        prompt=[21, LETTER], replies=["(A)"], value=1.0,
    ),
    "muirbench": Twin(
        columns={
            "idx": S, "task": S, "image_relation": S, "image_type": S, "question": S, "options": L(S), "answer": S,
            "image_list": L(IMG), "counterpart_idx": S,
        },
        rows=[
            {"idx": "1", "task": "Ordering", "image_relation": "Temporal", "question": "After <image> comes what?",
             "options": ["<image>", "<image>", "None of these"], "answer": "B", "counterpart_idx": "2",
             "image_list": [pic(22), pic(23), pic(24)]},
            {"idx": "2", "task": "Ordering", "image_relation": "Temporal", "question": "After <image> comes what?",
             "options": ["<image>", "None of these"], "answer": "B", "counterpart_idx": "1",
             "image_list": [pic(22), pic(23)]},
        ],
        prompt=["After ", 22, " comes what?\nA. ", 23, "\nB. ", 24, f"\nC. None of these\n{LETTER}"],
        replies=["B", "B"], value=1.0,
    ),
}  # fmt: skip
