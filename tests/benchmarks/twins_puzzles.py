"""Twins of the puzzle and mathematics sets; all rows are our own."""

import io
import zipfile

from tests.benchmarks.twin import IMG, I, L, S, Twin, b64, pic
from tests.data.pictures import png

LAST = "Think step by step. The last line of the reply must be of the form: Answer: $LETTER"
BOXED = "Solve the problem step by step and put the final answer in one \\boxed{}."


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(f"images/{name}.png", content)
    return out.getvalue()


TWINS = {
    "puzzlevqa": Twin(
        columns={"index": S, "image": S, "question": S, "options": S, "answer": S, "category": S},
        rows=[
            {"index": "0", "image": b64(1), "question": "Which colour is missing?", "answer": "blue",
             "options": "['red', 'blue', 'green', 'black']", "category": "color_grid"},
            {"index": "1", "image": b64(2), "question": "Which size?", "answer": "large",
             "options": "['small', 'medium', 'large']", "category": "size_grid"},
        ],
        prompt=[1, "Question: Which colour is missing?\nOptions:\n(A) red\n(B) blue\n(C) green\n(D) black\n" + LAST],
        replies=["It alternates.\n**Answer:** B", "Answer: (C)"], value=1.0,
    ),
    "algopuzzlevqa": Twin(
        key="maze.json",
        columns={"image": S, "question": S, "options": L(S), "answer": S, "image_caption": S},
        rows=[
            {"image": "images/maze_1.png", "question": "How many left turns?", "options": ["1", "2", "3", "4"],
             "answer": "2", "image_caption": "a maze"},
            {"image": "images/maze_2.png", "question": "Is there a way out?", "options": ["Yes", "No", "", ""],
             "answer": "No", "image_caption": "a maze"},
        ],
        files={"images/maze_1.png": png(3), "images/maze_2.png": png(4)},
        prompt=[3, f"Question: How many left turns?\nOptions:\n(A) 1\n(B) 2\n(C) 3\n(D) 4\n{LAST}"],
        replies=["Answer: B", "Answer: A"], value=0.5,
    ),
    "visualpuzzles": Twin(
        columns={"id": I, "image": IMG, "question": S, "options": L(S), "answer": S, "category": S, "difficulty": S},
        rows=[
            {"id": 1, "image": pic(5), "question": "Which piece fits?", "options": None, "answer": "D",
             "category": "spatial", "difficulty": "hard"},
            {"id": 2, "image": pic(6), "question": "Who lies?", "options": ["Ann's aunt", "Bob"], "answer": "B",
             "category": "deductive", "difficulty": "easy"},
        ],
        prompt=[5, f"Question: Which piece fits?\nOptions: Choose from (A) (B) (C) (D) in the image.\n\n{LAST}".replace("\n\n", "\n")],
        replies=["Answer: \\boxed{D}", "Bob"], value=1.0,
    ),
    "logicvista": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "skill": S},
        rows=[
            {"index": "v1_1", "image": b64(7), "question": "Which follow?", "answer": "A, C", "skill": "deductive"},
            {"index": "v1_382", "image": b64(8), "question": "", "answer": "", "skill": "spatial"},
            {"index": "v1_3", "image": b64(9), "question": "Which one?", "answer": "B", "skill": "spatial"},
        ],
        prompt=[7, "Which follow?\nChoose the right options; the last line of the reply must be of the form: Answer: $LETTERS"],
        replies=["Answer: C, A", "Answer: C"], value=0.5,
    ),
    "mathvision": Twin(
        columns={
            "id": S, "question": S, "options": L(S), "image": S, "decoded_image": IMG, "answer": S, "solution": S,
            "level": I, "subject": S,
        },
        rows=[
            {"id": "1", "question": "How many cubes? <image1>", "options": ["3", "4", "5", "6", "7"], "answer": "B",
             "decoded_image": pic(10), "level": 2, "subject": "counting"},
            {"id": "2", "question": "What is the length? <image1>", "options": [], "answer": "1.41",
             "decoded_image": pic(11), "level": 5, "subject": "metric geometry - length"},
        ],
        prompt=[f"{BOXED}\nHow many cubes? ", 10,
                "\nA. 3\nB. 4\nC. 5\nD. 6\nE. 7\nPut the letter of the right option in the box."],
        replies=["\\boxed{B}", "It is \\boxed{\\sqrt{2}}"], value=1.0,
    ),
    "mathverse": Twin(
        columns={
            "sample_index": S, "problem_index": S, "problem_version": S, "question": S, "image": IMG, "answer": S,
            "question_type": S, "metadata": {"split": S, "source": S, "subject": S, "subfield": S},
            "query_wo": S, "query_cot": S, "question_for_eval": S,
        },
        rows=[
            {"sample_index": "1", "problem_index": "1", "problem_version": "Text Dominant", "question": "Find x.",
             "image": pic(12), "answer": "B", "question_type": "multi-choice", "metadata": {"subject": "Plane Geometry"},
             "query_wo": "Answer with the letter.\nFind x.\nChoices:\nA:1\nB:2"},
            {"sample_index": "2", "problem_index": "1", "problem_version": "Vision Only", "question": "", "image": pic(13),
             "answer": "2", "question_type": "free-form", "metadata": {"subject": "Plane Geometry"},
             "query_wo": "Answer with a number."},
        ],
        prompt=[12, "Answer with the letter.\nFind x.\nChoices:\nA:1\nB:2"], replies=["B", "The answer is 3"], value=0.5,
    ),
    "visulogic": Twin(
        columns={"image_path": S, "question": S, "label": S, "id": S, "tag": S},
        rows=[
            {"image_path": "images/a.png", "question": "Which is next?", "label": "B", "id": "0", "tag": "Spatial"},
            {"image_path": "images/b.png", "question": "Which is odd?", "label": "C", "id": "1", "tag": "Other"},
        ],
        files={"images.zip": archive(a=png(14), b=png(15))},
        prompt=[14, "Which is next?\nSolve the problem step by step; the last line of the reply must be of the form: Answer: \\boxed{$LETTER}"],
        replies=["Answer: (B)", "Answer: \\boxed{A}"], value=0.5,
    ),
    "emma": Twin(
        key="Math",
        columns={
            "pid": S, "question": S, "options": L(S), "answer": S, **{f"image_{n}": IMG for n in range(1, 6)},
            "solution": S, "subject": S, "task": S, "category": S, "source": S, "type": S, "context": S,
        },
        rows=[
            {"pid": "math_1", "question": "Which view is <image_2>, given <image_1>?", "options": ["top", "side"],
             "answer": "B", "image_1": pic(16), "image_2": pic(17), "subject": "Math", "category": "3D",
             "type": "Multiple Choice", "context": ""},
        ],
        more={"Physics": (
            {"pid": S, "question": S, "options": L(S), "answer": S, **{f"image_{n}": IMG for n in range(1, 6)},
             "solution": S, "subject": S, "task": S, "category": S, "source": S, "type": S, "context": S},
            [{"pid": "physics_1", "question": "How fast?", "options": None, "answer": "3.5", "image_1": pic(18),
              "subject": "Physics", "category": "motion", "type": "Open-ended", "context": "A car rolls."}],
        )},
        prompt=["Which view is ", 17, ", given ", 16, "?\nA: top\nB: side\nPut the letter of the right option in one \\boxed{}."],
        replies=["\\boxed{B}", "\\boxed{3.5}"], value=1.0,
    ),
    "zerobench": Twin(
        columns={
            "question_id": S, "question_text": S, "question_images": L(S), "question_answer": S,
            "question_images_decoded": L(IMG), "image_attribution": S,
        },
        rows=[
            {"question_id": "1", "question_text": "How much is it?", "question_images": ["a", "b"],
             "question_answer": "11.90", "question_images_decoded": [pic(19), pic(20)]},
            {"question_id": "2", "question_text": "And this?", "question_images": ["c"], "question_answer": "7",
             "question_images_decoded": [pic(21)]},
        ],
        prompt=[19, 20, "How much is it?\nThink step by step and give the final answer in curly braces, like this: {final answer}"],
        replies=["{111.90}", "{7}"], value=0.5,
    ),
    "rebus": Twin(
        columns={"filename": S, "correct answer": S, "also-correct answer": S, "category": S, "difficulty": S},
        rows=[
            {"filename": "one.png", "correct answer": "The Eiffel Tower", "also-correct answer": None,
             "category": "landmarks", "difficulty": "easy"},
            {"filename": "two.png", "correct answer": "Ohio", "also-correct answer": "O high O", "category": "states",
             "difficulty": "hard"},
        ],
        files={"one.png": png(22), "two.png": png(23)},
        prompt=[22, "This is a rebus puzzle of the category landmarks. Work out which word or phrase the picture spells. "
                "Think step by step and give the final answer in three pairs of curly braces, like {{{this}}}."],
        replies=["So it is {{{the eiffel tower}}}.", "{{{Iowa}}}"], value=0.5,
    ),
    "enigmaeval": Twin(
        columns={"id": S, "question": S, "images": L(S), "answer": S, "split": S},
        rows=[
            {"id": "p1", "question": "Read [image_2], then [image_1].", "images": ["a.png", "b.png"],
             "answer": "LIGHTHOUSE", "split": "normal"},
            {"id": "p2", "question": "Solve.", "images": ["a.png"], "answer": "OAK", "split": "hard"},
        ],
        files={"a.png": png(24), "b.png": png(25)},
        prompt=["Read ", 25, ", then ", 24, ".\nThink step by step. The last line of the reply must be of the form: Answer: $ANSWER"],
        replies=["Answer: Lighthouse", "Answer: elm"], value=0.5,
    ),
}  # fmt: skip
