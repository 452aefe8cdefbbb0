"""Twins of the chart sets; all rows are our own."""

import json

from tests.benchmarks.twin import IMG, B, L, S, Twin, b64, pic
from tests.data.pictures import png

WORD = "Answer the question using a single word or phrase."
THINK = "Think step by step inside <think></think>, then give the final answer alone inside <answer></answer>."
FLAG = '{"extracted_answer": "x", "score": %d}'
UNKNOWN = "If the chart does not hold the answer, say unanswerable. Give the final answer only."
TABLE = "Year \\t Sales \\n 2020 \\t 10 \\n 2021 \\t 20"

TWINS = {
    "chartqa": Twin(
        columns={"type": S, "question": S, "answer": S, "image": IMG},
        rows=[
            {"type": "human_test", "question": "How many bars?", "answer": "14", "image": pic(1)},
            {"type": "human_test", "question": "Which is tallest?", "answer": "Rent", "image": pic(1)},
            {"type": "augmented_test", "question": "What share?", "answer": "5", "image": pic(2)},
        ],
        prompt=[1, f"How many bars?\n{WORD}"], replies=["13.3", "rent", "5%"], value=2 / 3,
    ),
    "plotqa": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S},
        rows=[
            {"index": "0", "image": b64(3), "question": "What is the value in 2010?", "answer": "2.5"},
            {"index": "1", "image": "0", "question": "Which line?", "answer": "Chile"},
        ],
        prompt=[3, "What is the value in 2010?"], replies=["2.6", "Peru"], value=0.5,
    ),
    "chartqapro": Twin(
        columns={"Question": L(S), "Answer": L(S), "Question Type": S, "image": B, "Year": L(S), "Paragraph": S},
        rows=[
            {"Question": ["Which year?", "And its value?"], "Answer": ["2019", "40"], "Question Type": "Conversational",
             "image": png(4), "Year": ["YES", "NO"], "Paragraph": "Sales by year."},
            {"Question": ["Is it rising?"], "Answer": ["true"], "Question Type": "Fact Checking", "image": png(5),
             "Year": ["NO"], "Paragraph": ""},
        ],
        prompt=[4, "Sales by year.\nAnswer the last question with a single word, number or phrase. " + UNKNOWN
                + "\nQuestion: Which year?\nAnswer: 2019\nQuestion: And its value?"],
        replies=["41", "tru"], value=(1 + 0.75) / 2,
    ),
    "charxiv_descriptive": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "grading_query": S, "qid": S},
        rows=[
            {"index": str(n), "image": b64(6), "question": f"For the current plot, question {n}?", "answer": "Loss",
             "grading_query": "Rubric. Response: {PREDICTION}", "qid": qid}
            for n, qid in enumerate(["1", "19"])
        ],
        prompt=[6, "For the current plot, question 0?"], replies=["Loss", "4"], verdicts=[FLAG % 1, FLAG % 0], value=0.5,
    ),
    "charxiv_reasoning": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "grading_query": S, "inst_category": S},
        rows=[{"index": "0", "image": b64(7), "question": "Which model wins?", "answer": "B", "inst_category": "1",
               "grading_query": "Rubric. Response: {PREDICTION}"}],
        prompt=[7, "Which model wins?"], replies=["B"], verdicts=[FLAG % 1], value=1.0,
    ),
    "chartmuseum": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "category": S},
        rows=[
            {"index": "0", "image": b64(8), "question": "How many?", "answer": "42", "category": "visual"},
            {"index": "1", "image": b64(9), "question": "Which?", "answer": "red", "category": "text"},
        ],
        prompt=[8, f"How many?\n{THINK}"], replies=["<think>x</think><answer>42</answer>", "red"], verdicts=["Yes"],
        value=0.5,
    ),
    "chartx_structure": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "category": S, "metadata": S},
        rows=[
            {"index": str(n), "image": b64(10 + n), "question": "Turn it into CSV.", "category": kind,
             "metadata": json.dumps({"title": "t", "chart_type": "bar", "csv": TABLE})}
            for n, kind in enumerate(["structure", "structure", "QA"])
        ],
        # All right; then one of two cells: 1 match, union 3, below the lowest threshold.
        prompt=[10, "Turn it into CSV."], replies=[TABLE, "Year \\t Sales \\n 2020 \\t 10 \\n 2021 \\t 21"], value=0.5,
    ),
    "chartx_qa": Twin(
        columns={"index": S, "image": S, "question": S, "answer": S, "category": S, "metadata": S},
        rows=[
            {"index": "0", "image": b64(10), "question": "Turn it into CSV.", "category": "structure",
             "metadata": json.dumps({"title": "t", "chart_type": "bar", "csv": TABLE})},
            {"index": "1", "image": b64(11), "question": "Which year sold 20?", "answer": "2021", "category": "QA",
             "metadata": json.dumps({"title": "t", "chart_type": "bar", "csv": TABLE})},
        ],
        prompt=[11, "Which year sold 20?"], replies=["2021"], verdicts=[FLAG % 1], value=1.0,
    ),
}  # fmt: skip
