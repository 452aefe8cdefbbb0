"""Twins of the open and multiple-choice sets about photographs and documents; all rows are our own."""

from tests.benchmarks.twin import IMG, I, L, S, Twin, b64, pic

WORD = "Answer the question using a single word or phrase."
LETTER = "Answer with the option's letter from the given choices directly."
UNSURE = "When the provided information is insufficient, respond with 'Unanswerable'.\n" + WORD
TEN = ["red"] * 5 + ["dark red"] * 3 + ["pink", "crimson"]
YES = ["yes"] * 10


def said(answers: list[str]) -> list[dict]:
    return [{"answer": a, "answer_confidence": "yes", "answer_id": i} for i, a in enumerate(answers, 1)]


TWINS = {
    "vqav2": Twin(
        columns={
            "question_type": S, "multiple_choice_answer": S, "image_id": I, "answer_type": S, "question_id": I,
            "question": S, "image": IMG, "answers": L({"answer": S, "answer_confidence": S, "answer_id": I}),
        },
        rows=[
            {"question_type": "what", "multiple_choice_answer": "red", "answers": said(TEN), "image_id": 7,
             "answer_type": "other", "question_id": 7001, "question": "What colour is the kite?", "image": pic(1)},
            {"question_type": "is", "multiple_choice_answer": "yes", "answers": said(YES), "image_id": 7,
             "answer_type": "yes/no", "question_id": 7002, "question": "Is it windy?", "image": pic(1)},
        ],
        prompt=[1, f"What colour is the kite?\n{WORD}"], replies=["dark red", "Yes"], value=(0.9 + 1) / 2,
    ),
    "textvqa": Twin(
        columns={
            "image_id": S, "question_id": I, "question": S, "question_tokens": L(S), "image": IMG, "image_width": I,
            "image_height": I, "flickr_original_url": S, "flickr_300k_url": S, "answers": L(S),
            "image_classes": L(S), "set_name": S, "ocr_tokens": L(S),
        },
        rows=[
            {"image_id": "a", "question_id": 1, "question": "What does the sign say?", "image": pic(2),
             "answers": ["stop"] * 10, "ocr_tokens": ["STOP"]},
            {"image_id": "b", "question_id": 2, "question": "Which brand?", "image": pic(3),
             "answers": ["acme"] * 2 + ["none"] * 8, "ocr_tokens": []},
        ],
        prompt=[2, f"What does the sign say?\n{WORD}"], replies=["Stop.", "acme"], value=(1 + 0.6) / 2,
    ),
    "okvqa": Twin(
        columns={"question": S, "image": IMG, "question_id": S, "answers": L(S), "question_type": S, "answer_type": S},
        rows=[
            {"question": "What sport uses this?", "image": pic(4), "question_id": "11", "question_type": "sports",
             "answers": ["tennis"] * 8 + ["squash"] * 2, "answer_type": "other"},
        ],
        prompt=[4, f"What sport uses this?\n{UNSURE}"], replies=["The answer is tennis."], value=1.0,
    ),
    "vizwiz": Twin(
        columns={"question_id": S, "image": IMG, "question": S, "answers": L(S), "category": S},
        rows=[
            {"question_id": "v1", "image": pic(5), "question": "What is this?", "category": "unanswerable",
             "answers": ["unanswerable"] * 10},
            {"question_id": "v2", "image": pic(6), "question": "Which can is it?", "category": "other",
             "answers": ["corn"] * 10},
        ],
        prompt=[5, f"What is this?\n{UNSURE}"], replies=["Unanswerable", "beans"], value=0.5,
    ),
    "gqa": Twin(
        key="testdev_balanced_instructions",
        columns={"id": S, "imageId": S, "question": S, "answer": S, "fullAnswer": S},
        rows=[
            {"id": "g1", "imageId": "n2", "question": "Is the cup left of the plate?", "answer": "yes", "fullAnswer": "Yes."},
            {"id": "g2", "imageId": "n1", "question": "What is the dog doing?", "answer": "running", "fullAnswer": "x"},
        ],
        more={"testdev_balanced_images": ({"id": S, "image": IMG}, [
            {"id": "n1", "image": pic(7)}, {"id": "n2", "image": pic(8)}, {"id": "n3", "image": pic(9)},
        ])},
        prompt=[8, f"Is the cup left of the plate?\n{WORD}"], replies=["Yes.", "sitting"], value=0.5,
    ),
    "docvqa": Twin(
        columns={
            "questionId": S, "question": S, "question_types": L(S), "image": IMG, "docId": I,
            "ucsf_document_id": S, "ucsf_document_page_no": S, "answers": L(S), "data_split": S,
        },
        rows=[
            {"questionId": "d1", "question": "What is the total?", "question_types": ["table"], "image": pic(10),
             "docId": 5, "answers": ["0.28", "$0.28"], "data_split": "val"},
            {"questionId": "d2", "question": "Who signed?", "question_types": ["handwritten"], "image": pic(10),
             "docId": 5, "answers": ["ab"], "data_split": "val"},
        ],
        prompt=[10, f"What is the total?\n{WORD}"], replies=["0.28", "ax"], value=0.5,
    ),
    "infovqa": Twin(
        columns={
            "questionId": S, "question": S, "answers": L(S), "answer_type": L(S), "image": IMG, "image_url": S,
            "operation/reasoning": L(S), "ocr": S, "data_split": S,
        },
        rows=[
            {"questionId": "i1", "question": "How many bees?", "answers": ["40"], "answer_type": ["number"],
             "image": pic(11), "image_url": "u1", "data_split": "val"},
        ],
        prompt=[11, f"How many bees?\n{WORD}"], replies=["40"], value=1.0,
    ),
    "scienceqa_img": Twin(
        columns={
            "image": IMG, "question": S, "choices": L(S), "answer": I, "hint": S, "task": S, "grade": S, "subject": S,
            "topic": S, "category": S, "skill": S, "lecture": S, "solution": S,
        },
        rows=[
            {"image": pic(12), "question": "Which is a mammal?", "choices": ["trout", "bat"], "answer": 1,
             "hint": "Look at the table.", "subject": "natural science", "topic": "biology", "grade": "grade4"},
            {"image": pic(13), "question": "Which is a metal?", "choices": ["iron", "oak", "wool"], "answer": 0,
             "hint": "", "subject": "natural science", "topic": "chemistry", "grade": "grade2"},
        ],
        prompt=[12, f"Context: Look at the table.\nWhich is a mammal?\nA. trout\nB. bat\n{LETTER}"],
        replies=["The answer is B", "(C)"], value=0.5, answers=["B", "C"],
    ),
    "pope": Twin(
        columns={"id": S, "question_id": S, "question": S, "answer": S, "image_source": S, "image": IMG, "category": S},
        rows=[
            {"id": str(n), "question_id": str(n), "question": f"Is there a {thing} in the image?", "answer": gold,
             "image_source": "p1", "image": pic(14), "category": kind}
            for n, (thing, gold, kind) in enumerate([
                ("dog", "yes", "random"), ("cat", "no", "random"), ("car", "yes", "adversarial"), ("bus", "no", "popular"),
            ])
        ],
        prompt=[14, "Is there a dog in the image?"], replies=["Yes, there is.", "no", "No.", "I cannot say"],
        value=2 / 3, answers=["yes", "no", "no", None],
    ),
    "seedbench_img": Twin(
        columns={
            "answer": S, "choice_a": S, "choice_b": S, "choice_c": S, "choice_d": S, "data_id": S, "data_type": S,
            "question": S, "question_id": S, "question_type_id": I, "image": L(IMG), "segment": L(I),
        },
        rows=[
            {"answer": "C", "choice_a": "one", "choice_b": "two", "choice_c": "three", "choice_d": "four",
             "data_type": "image", "question": "How many?", "question_id": "s1", "question_type_id": 5, "image": [pic(15)]},
            {"answer": "A", "choice_a": "x", "choice_b": "y", "choice_c": "z", "choice_d": "w", "data_type": "video",
             "question": "What comes next?", "question_id": "s2", "question_type_id": 10, "image": [pic(16), pic(17)]},
        ],
        prompt=[15, f"How many?\nA. one\nB. two\nC. three\nD. four\n{LETTER}"], replies=["C"], value=1.0,
    ),
    "realworldqa": Twin(
        columns={"question": S, "answer": S, "image_path": S, "image": IMG},
        rows=[
            {"question": "Which way?\nA. left\nB. right\nPlease answer directly with only the letter of the correct option and nothing else.",
             "answer": "A", "image_path": "r.webp", "image": pic(18)},
            {"question": "How many lanes?", "answer": "3", "image_path": "q.webp", "image": pic(19)},
        ],
        prompt=[18, "Which way?\nA. left\nB. right\nPlease answer directly with only the letter of the correct option and nothing else."],
        replies=["A", "three"], value=0.5,
    ),
    "blink": Twin(
        key="Counting",
        columns={
            "idx": S, "question": S, "sub_task": S, "image_1": IMG, "image_2": IMG, "image_3": IMG, "image_4": IMG,
            "choices": L(S), "answer": S, "prompt": S, "explanation": S,
        },
        rows=[
            {"idx": "val_Counting_1", "question": "How many?", "sub_task": "Counting", "image_1": pic(20),
             "choices": ["1", "2"], "answer": "(B)", "prompt": "How many?\n(A) 1\n(B) 2", "explanation": ""},
            {"idx": "val_Counting_2", "question": "How many?", "sub_task": "Counting", "image_1": pic(20),
             "choices": ["1", "2"], "answer": "(B)", "prompt": "How many?\n(A) 1\n(B) 2", "explanation": ""},
        ],
        more={"Jigsaw": (
            {"idx": S, "question": S, "sub_task": S, "image_1": IMG, "image_2": IMG, "image_3": IMG, "image_4": IMG,
             "choices": L(S), "answer": S, "prompt": S, "explanation": S},
            [{"idx": "val_Jigsaw_1", "question": "Which fits?", "sub_task": "Jigsaw", "image_1": pic(21),
              "image_2": pic(22), "image_3": pic(23), "choices": ["second", "third"], "answer": "(A)",
              "prompt": "Which fits?\n(A) second\n(B) third", "explanation": ""}],
        )},
        prompt=[20, "How many?\n(A) 1\n(B) 2\nAnswer with the option's letter only."],
        replies=["(B)", "(A)", "The correct answer is (A)."], value=(0.5 + 1) / 2,
    ),
    "mmvp": Twin(
        columns={"Index": I, "Question": S, "Options": S, "Correct Answer": S, "image": IMG},
        rows=[
            {"Index": n, "Question": "Is the door open?", "Options": "(a) Open (b) Closed", "Correct Answer": gold,
             "image": pic(23 + n)}
            for n, gold in [(1, "(a)"), (2, "(b)"), (3, "(b)"), (4, "(a)")]
        ],
        prompt=[24, f"Is the door open?\nA. Open\nB. Closed\n{LETTER}"], replies=["A", "B", "B", "B"], value=0.5,
    ),
    "vstar": Twin(
        columns={"question_id": I, "text": S, "label": S, "category": S, "image": IMG},
        rows=[
            {"question_id": 3, "text": "Which colour?\n(A) red\n(B) blue\nAnswer with the option's letter.", "label": "B",
             "category": "direct_attributes", "image": pic(30)},
        ],
        prompt=[30, "Which colour?\n(A) red\n(B) blue\nAnswer with the option's letter."], replies=["B"], value=1.0,
    ),
    "simplevqa": Twin(
        columns={
            "data_id": I, "image": S, "image_description": S, "language": S, "question": S, "answer": S,
            "original_category": S, "source": S, "atomic_question": S, "atomic_fact": S, "vqa_category": S,
        },
        rows=[
            {"data_id": n, "image": b64(31), "language": "EN", "question": "Which tower is this?", "answer": "Pisa",
             "vqa_category": "building"}
            for n in range(3)
        ],
        prompt=[31, "Which tower is this?"], replies=["Pisa", "Siena", "I am not sure"],
        verdicts=['{"verdict": "correct"}', '{"verdict": "incorrect"}', '{"verdict": "not_attempted"}'],
        value=2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2),
    ),
    "countbenchqa": Twin(
        columns={"image": IMG, "text": S, "question": S, "number": I},
        rows=[
            {"image": pic(32), "text": "Nine ducks", "question": "How many ducks are there?", "number": 9},
            {"image": pic(33), "text": "Nine cups", "question": "How many cups are there?", "number": 9},
        ],
        prompt=[32, "How many ducks are there?\nAnswer with a number only, for example 3."], replies=["Nine", "19"],
        value=0.5,
    ),
}  # fmt: skip
