"""Twins of the sets that ask about one thing several times, and of those about counts and drawings; rows are our own."""

from __future__ import annotations

from tests.benchmarks.twin import IMG, B, I, L, S, Twin, b64, pic
from tests.data.pictures import png

LETTER = "Answer with the option's letter from the given choices directly."
NUMBER = "Answer with a number only, for example 3."
DEPTH = "Two points are marked in the picture, A and B. Which of them is closer to the camera?"
TICKS = "Answer with the option's letter from the given choices directly. Enclose the option's letter within ``."
PLEASE = "Please answer directly with only the letter of the correct option and nothing else."
JSON_ANSWER = (
    "Answer with a JSON object that has two keys: 'solution' with the steps that lead to the answer, and "
    "'short answer' with the answer alone. "
)


def seed(number: int, kind: str, target: str) -> list[dict]:
    """The ten variants of one problem."""
    return [
        {"index": str(10 * number + n), "image": b64(number), "question": f"How long is side {n}?", "answer": target,
         "answer_type": kind, "varid": str(n + 1), "qid": str(10 * number), "subject": "geometry",
         "knowledge_level": "high school"}
        for n in range(10)
    ]  # fmt: skip


def composite(problem: str, gold: str) -> list[dict]:
    """A problem of two steps with its parts."""
    return [
        {"ID": problem, "split": "testmini", "knowledge concept": "area", "question": f"What is {key}?",
         "option": "A. 1; B. 2; C. 3; D. 4", "answer": answer, "image_path": pic(10), "key": key,
         "question number": 1, "knowledge concept description": ""}
        for key, answer in zip(("2steps_1", "2steps_2", "2steps_multi"), gold, strict=True)
    ]  # fmt: skip


def rotated(shade: int) -> list[dict]:
    """One question in four cycles."""
    return [
        {"index": str(n), "question": "What is on the sign?", "A": "one", "B": "two", "C": "three", "D": "four",
         "answer": gold, "category": "single", "cycle_category": str(n), "image": b64(shade)}
        for n, gold in enumerate("ABCD")
    ]  # fmt: skip


ROTATED = {"index": S, "question": S, "A": S, "B": S, "C": S, "D": S, "answer": S, "category": S, "cycle_category": S,
           "image": S}  # fmt: skip
SIGN = "What is on the sign?\nA. one\nB. two\nC. three\nD. four\nAnswer the option letter directly."

TWINS = {
    "dynamath": Twin(
        columns={
            "index": S, "image": S, "question": S, "answer": S, "answer_type": S, "varid": S, "qid": S, "subject": S,
            "knowledge_level": S,
        },
        rows=[*seed(1, "float", "2.5"), *seed(2, "multiple choice", "B")],
        prompt=[1, f"How long is side 0?\n{JSON_ANSWER}Give the short answer as a number with three decimals."],
        replies=['{"solution": "As 5/2.", "short answer": "2.500"}'] * 10 + ["So it is B."] * 9 + ["C"], value=0.5,
    ),
    "wemath": Twin(
        columns={
            "ID": S, "split": S, "knowledge concept": S, "question": S, "option": S, "answer": S, "image_path": IMG,
            "key": S, "question number": I, "knowledge concept description": S,
        },
        rows=[*composite("1", "ABC"), *composite("2", "ABC"), *composite("3", "ABC"), *composite("4", "ABC")],
        prompt=[10, f"What is 2steps_1?\nA. 1; B. 2; C. 3; D. 4\n{LETTER}"],
        replies=["A", "B", "C", "A", "B", "D", "A", "C", "C", "D", "D", "D"],  # mastered, not generalised, by rote, neither
        value=(1 + 0.5) / 4,
    ),
    "naturalbench": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "type": S},
        rows=[
            {"index": str(n), "image": b64(11 + n % 2), "question": f"Is cup {n // 2} full?", "answer": gold,
             "type": "yes_no" if n < 4 else "multiple_choice"}
            for n, gold in enumerate(["Yes", "No", "No", "Yes", "A", "B", "B", "A"])
        ],
        prompt=[11, "Is cup 0 full? Please answer Yes or No."],
        replies=["Yes", "No.", "no", "Yes, it is", "A", "A red one, so B", "B", "B"], value=0.5,
    ),
    "hrbench_4k": Twin(columns=ROTATED, rows=rotated(13), prompt=[13, SIGN], replies=["A", "B", "C", "A"], value=0.75),
    "hrbench_8k": Twin(columns=ROTATED, rows=rotated(14), prompt=[14, SIGN], replies=["A", "A", "A", "A"], value=0.25),
    "mmsi": Twin(
        columns={"id": I, "images": L(B), "question_type": S, "question": S, "answer": S, "thought": S},
        rows=[{"id": 0, "images": [pic(15)["bytes"], pic(16)["bytes"]], "question_type": "MSR", "thought": "",
               "question": "Where is the door? Options: A: left, B: right, C: behind, D: ahead", "answer": "B"}],
        prompt=[15, 16, f"Where is the door? Options: A: left, B: right, C: behind, D: ahead\n{TICKS}"],
        replies=["``B``"], value=1.0,
    ),
    "mmsi_circular": Twin(
        columns={"index": S, "question": S, "A": S, "B": S, "answer": S, "category": S, "image": S, "g_index": S},
        rows=[
            {"index": index, "question": "Where?", "A": a, "B": b, "answer": gold, "category": "MSR", "image": b64(17),
             "g_index": "1"}
            for index, a, b, gold in [("1", "left", "right", "A"), ("1000001", "right", "left", "B")]
        ],
        prompt=[17, "Question: Where?\nOptions:\nA. left\nB. right\nPlease select the correct answer from the options above. \n"],
        replies=["A", "B"], value=1.0,
    ),
    "crpe": Twin(
        columns={"image": IMG, "text": S, "correct_option": S, "category": S},
        rows=[
            {"image": pic(18), "text": f"What is the man riding?\nA. {a}\nB. {b}\nC. {c}\nD. {d}\n{PLEASE}",
             "correct_option": gold, "category": "object"}
            for gold, (a, b, c, d) in zip("ADCB", ("horn", "norh", "rnho", "ohrn"), strict=True)
        ],
        prompt=[18, f"What is the man riding?\nA. h\nB. o\nC. r\nD. n\n{PLEASE}"], replies=["A", "D", "C", "A"], value=0.0,
    ),
    "da2k": Twin(
        columns={"image": S, "point1": L(I), "point2": L(I), "closer_point": S},
        rows=[
            {"image": "images/indoor/a.png", "point1": [1, 2], "point2": [6, 5], "closer_point": "point1"},
            {"image": "images/indoor/a.png", "point1": [4, 4], "point2": [0, 0], "closer_point": "point1"},
        ],
        files={"images/indoor/a.png": png(23)},
        prompt=["drawn", f"{DEPTH}\nAnswer with the letter of the point only."],
        replies=["A", "A"], value=0.5,
    ),
    "countqa": Twin(
        columns={"image": IMG, "questions": L(S), "answers": L(S), "is_focused": S, "categories": L(S)},
        rows=[{"image": pic(19), "questions": ["How many forks?", "How many cups?"], "answers": ["12", "0"]}],
        prompt=[19, f"How many forks?\n{NUMBER}"], replies=["There are 12.", "13"], value=0.5,
    ),
    "pixmocount": Twin(
        columns={"image": IMG, "question": S, "answer": S},
        rows=[{"image": pic(20), "question": "<image>How many geese are there?", "answer": "4"}],
        prompt=[20, f"How many geese are there?\n{NUMBER}"], replies=["four"], value=1.0,
    ),
    "vlmsareblind": Twin(
        columns={"task": S, "image": IMG, "prompt": S, "groundtruth": S, "metadata": S},
        rows=[
            {"task": task, "image": pic(21), "prompt": f"{task}?", "groundtruth": gold, "metadata": ""}
            for task, gold in [
                ("Touching Circles", "Yes"), ("Circled Letter", "e"), ("Olympic Counting - Circles", "5"),
                ("Counting Grid - Word Grids", "3,4"), ("Counting Grid - Blank Grids", "5,6"), ("Subway Connections", "2"),
            ]
        ],
        prompt=[21, "Touching Circles?"],
        replies=["Yes, they touch.", "The letter is {E}.", "{15}", "rows={3} columns={4}", "6 rows and 5 columns", "I count {2} paths."],
        value=(1 + 1 + 0 + 0.5 + 1) / 5,
    ),
    "vlmsarebiased": Twin(
        columns={"ID": S, "image": IMG, "topic": S, "prompt": S, "ground_truth": S, "expected_bias": S},
        rows=[
            {"ID": "1", "image": pic(22), "topic": "Animals", "prompt": "How many legs? Answer in curly brackets, e.g., {9}.",
             "ground_truth": "5", "expected_bias": "4"},
            {"ID": "2", "image": pic(22), "topic": "Optical Illusion", "prompt": "Equal?", "ground_truth": "No",
             "expected_bias": "Yes"},
        ],
        prompt=[22, "How many legs? Answer in curly brackets, e.g., {9}."], replies=["It has 4 + 1 legs, {5}.", "{Yes}"],
        value=0.5,
    ),
}  # fmt: skip
