"""Twins of the sets of films, laid out without the hub; rows are our own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.benchmarks.twin import F, I, L, S, Twin

LETTER = "Answer with the option's letter from the given choices directly."
OPTIONS = ["It gets dark.", "It gets bright.", "Nothing.", "Rain."]
LINES = "A. It gets dark.\nB. It gets bright.\nC. Nothing.\nD. Rain."
BRACKETS = "(A) It gets dark.\n(B) It gets bright.\n(C) Nothing.\n(D) Rain."
EIGHT = "\n".join(f"{letter}. {n}" for n, letter in enumerate("ABCDEFGH"))


def fours(film: str, kind: str, structure: str) -> list[dict[str, Any]]:
    """A group of four questions; every right answer is B."""
    return [
        {"video_id": film, "question_id": f"{film}-{n}", "question": "How many?", "options": EIGHT, "answer": "B",
         "group_type": kind, "group_structure": structure, "level": 1}
        for n in (1, 2, 3, 4)
    ]  # fmt: skip


TOMATO = (
    "You will be provided with 16 separate frames uniformly sampled from a video, the frames are provided in chronological order "
    "of the video. Analyze these frames and provide the answer to the question about the video content. Answer the "
    "multiple-choice question about the video content.\n\nYou must use these frames to answer the multiple-choice question; do "
    "not rely on any externel knowledge or commonsense.\n\n<question>\nWhich way?\n</question>\n\n<options>\n"
    "{'A': 'Left', 'B': 'Right'}\n</options>\n\nEven if the information in these separate frames is not enough to answer the "
    "question, PLEASE TRY YOUR BEST TO GUESS AN ANSWER WHICH YOU THINK WOULD BE THE MOST POSSIBLE ONE BASED ON THE QUESTION.\n\n"
    "DO NOT GENERATE ANSWER SUCH AS 'NOT POSSIBLE TO DETERMINE.'\n"
)

TWINS = {
    "video_mme_v2": Twin(
        columns={
            "video_id": S, "question_id": S, "question": S, "options": S, "answer": S, "group_type": S,
            "group_structure": S, "level": I,
        },
        rows=[
            *fours("one", "relevance", "None"), *fours("two", "logic", "[1, 2, 3, 4]"),
            *fours("three", "logic", "[1, [2, 3], 4]"), *fours("four", "logic", "[[1, 2], 3, 4]"),
        ],
        prompt=[
            "one.mp4",
            f"These are the frames of a video.\nQuestion: How many?\n{EIGHT}\nSelect the best answer to the following "
            "multiple-choice question based on the video. Respond with only the letter (A, B, C, D, E, F, G, or H) of the correct option.",
        ],
        replies=[*"BABB", *"BBAB", "B", "Based on it, C", "B", "B", *"ABAB"],
        value=(9 / 16 + 4 / 16 + 4 / 12 + 0.1) / 4,
    ),
    "mvbench": Twin(
        columns={"video": S, "question": S, "candidates": L(S), "answer": S},
        rows=[
            {"video": "one.mp4", "question": "What happens?", "candidates": OPTIONS, "answer": "It gets bright."},
            {"video": "two.mp4", "question": "And here?", "candidates": OPTIONS, "answer": "Rain."},
        ],
        prompt=["ssv2_video_mp4/one.mp4", f"Question: What happens?\nOptions:\n{BRACKETS}\nOnly give the best option."],
        replies=["(B) It gets bright.", "("], answers=["B", None], value=0.5,
    ),
    "mlvu": Twin(
        columns={"video_name": S, "question": S, "answer": S, "task_type": S},
        rows=[
            {"video_name": "one.mp4", "question": f"What happens?\n{BRACKETS}", "answer": "B", "task_type": task}
            for task in ("count", "count", "ego")
        ],
        prompt=["one.mp4", f"What happens?\n{BRACKETS}\nOnly give the best option."], replies=["B)", "(A)", "It gets bright."],
        value=0.75,
    ),
    "lvbench": Twin(
        columns={"question": S, "answer": S, "video_path": S, "uid": S, "question_type": L(S)},
        rows=[
            {"uid": "7", "question": f"What happens?\n{BRACKETS}", "answer": "B", "video_path": "two.mp4",
             "question_type": ["reasoning", "summarization"]}
        ],
        prompt=["two.mp4", f"What happens?\n{BRACKETS}\nAnswer the question with the option letter"], replies=["b"], value=1.0,
    ),
    "longvideobench": Twin(
        columns={
            "id": S, "video_path": S, "question": S, "correct_choice": I, "duration_group": I, "question_category": S,
            **{f"option{n}": S for n in range(5)},
        },
        rows=[
            {"id": str(n), "video_path": "one.mp4", "question": "What happens?", "correct_choice": 1, "duration_group": 15,
             "question_category": "E2O", **dict(zip([f"option{n}" for n in range(5)], [*OPTIONS, "N/A"], strict=True))}
            for n in (1, 2)
        ],
        prompt=["videos/one.mp4", f"What happens?\n{LINES}\n{LETTER}"], replies=["B", "I cannot tell."], answers=["B", None],
        value=0.5,
    ),
    "tempcompass": Twin(
        key="multi-choice",
        columns={"video_id": S, "question": S, "answer": S, "dim": S},
        rows=[{"video_id": "one", "question": f"What happens?\n{LINES}", "answer": "B. It gets bright.", "dim": "action"}],
        more={
            "yes_no": ({}, [{"video_id": "one", "question": "Is it dark?", "answer": "no", "dim": "action"}]),
            "caption_matching": ({}, [
                {"video_id": "two", "dim": "order", "answer": "Caption B: It gets bright.",
                 "question": "Which caption matches the video?\nCaption A: It gets dark.\nCaption B: It gets bright."}
                for _ in range(2)
            ]),
        },
        prompt=["videos/one.mp4", f"What happens?\n{LINES}\nPlease directly give the best option:"],
        replies=["B. It gets bright.", "No, it is bright.", "Caption B", "A"], value=2.5 / 3,
    ),
    "egoschema": Twin(
        columns={"video_idx": S, "question": S, "option": L(S), "answer": S},
        rows=[
            {"video_idx": "one", "question": "What does C do?", "option": [f"{x}. C does {x}." for x in "ABCDE"], "answer": "4"}
        ],
        prompt=["videos/one.mp4", "What does C do?\n" + "".join(f"{x}. C does {x}.\n" for x in "ABCDE") + LETTER],
        replies=["E"], value=1.0,
    ),
    "tvbench": Twin(
        key="action_localization",
        columns={"video": S, "question": S, "candidates": L(S), "answer": S, "start": F, "end": F},
        rows=[
            {"video": "one.mp4", "question": "When?", "candidates": ["Early.", "Late."], "answer": "Late.", "start": 0.2, "end": 0.8}
        ],
        prompt=["action_localization/one.mp4", "Question: When?\nOptions:\n(A) Early.\n(B) Late.\nOnly give the best option."],
        replies=["B"], value=1.0,
    ),
    "motionbench": Twin(
        columns={"video_path": S, "question_type": S, "qa": L({})},
        rows=[
            {"video_path": "one.mp4", "question_type": "Camera Motion", "video_type": "x", "key": "k", "qa": [
                {"uid": "u1", "question": f"What happens?\n{LINES}", "answer": "B"},
                {"uid": "u2", "question": "Hidden?", "answer": "NA"},
            ]}
        ],
        prompt=["one.mp4", f"What happens?\n{LINES}\nAnswer with only the option letter (A, B, C, D, E, or F)."],
        replies=["It gets bright."], value=1.0,
    ),
    "tomato": Twin(
        columns={
            "id": S, "question": S, "options": L(S), "answer": I, "video_path": S, "reason_type": S, "demonstration_type": S,
        },
        rows=[
            {"id": "0", "question": "Which way?", "options": ["Left", "Right"], "answer": 1, "video_path": "two.mp4",
             "reason_type": "direction", "demonstration_type": "object"}
        ],
        prompt=["two.mp4", TOMATO], replies=["B: Right"], value=1.0,
    ),
    "vsibench": Twin(
        columns={
            "id": I, "dataset": S, "scene_name": S, "question_type": S, "question": S, "options": L(S), "ground_truth": S,
        },
        rows=[
            {"id": n, "dataset": "scannet", "scene_name": "one", "question_type": kind, "question": "How many?",
             "options": ["A. left", "B. right"] if gold in "AB" else None, "ground_truth": gold}
            for n, (kind, gold) in enumerate([
                ("object_counting", "4"), ("route_planning", "B"), ("object_rel_direction_easy", "A"),
                ("object_rel_direction_hard", "A"), ("room_size_estimation", "20"),
            ])
        ],
        prompt=[
            "scannet/one.mp4", "These are frames of a video.\nHow many?\nPlease answer the question using a single word or phrase.",
        ],
        replies=["There are 5.", "(B)", "A", "B", "about 20 square metres"],
        value=(0.6 + 1 + 1 / 3 + 1) / (3 + 2 / 3),  # off by a quarter: six of ten tolerances
    ),
    "perceptiontest": Twin(
        columns={
            "video_name": S, "question": S, "question_id": S, "options": L(S), "answer_id": S, "area": S, "reasoning": S,
        },
        rows=[
            {"video_name": "one", "question": "What happens?", "question_id": "3", "options": OPTIONS[:3], "answer_id": "1",
             "area": "physics", "reasoning": "descriptive"}
        ],
        prompt=["videos/one.mp4", f"What happens?\nA. It gets dark.\nB. It gets bright.\nC. Nothing.\n{LETTER}"],
        replies=["A bright picture follows, so B"], value=1.0,
    ),
    "charades_sta": Twin(
        columns={"video": S, "caption": S, "timestamp": L(F)},
        rows=[{"video": "one.mp4", "caption": "a person sits", "timestamp": span} for span in ([2.0, 6.0], [0.0, 9.0], [1.0, 2.0])],
        prompt=[
            "Charades_v1_480/one.mp4",
            "Please find the visual event described by a sentence in the video, determining its starting and ending times. The "
            "format should be: 'The event happens in the start time - end time'. For example, The event 'person turn a light on' "
            "happens in the 24.3 - 30.4 seonds. Now I will give you the textual sentence: a person sits. Please return its start "
            "time and end time.",
        ],
        replies=["The event happens in the 2 - 4 seconds.", "From 00:00 to 00:09", "I see nothing."], value=1.5 / 3,
        answers=["2 - 4", "0 - 9", None],
    ),
    "worldsense": Twin(
        columns={
            "index": I, "video_path": S, "question": S, "candidates": L(S), "answer": S, "task_type": S, "task_domain": S,
        },
        rows=[
            {"index": 1, "video_path": "one.mp4", "question": "What is heard?", "candidates": ["A. Rain.", "B. A bell."],
             "answer": "B", "task_type": "Audio", "task_domain": "Music"}
        ],
        prompt=[
            "Carefully watch this video and pay attention to every detail. Based on your observations, select the best option that "
            "accurately addresses the question.",
            "one.mp4",
            "\nThese are the frames of a video and the corresponding audio. Select the best answer to the following multiple-choice "
            "question based on the video. Respond with only the letter (A, B, C, or D) of the correct option.\nQuestion: What is "
            "heard?\nA. Rain.\nB. A bell.\nAnswer: ",
        ],
        replies=["A bell"], value=1.0,
    ),
    "video_mmmu": Twin(
        key="Perception",
        columns={"id": S, "question": S, "options": L(S), "answer": S},
        rows=[{"id": "dev_Art_1", "question": "Which?", "options": ["A. red", "B. blue"], "answer": "B"}],
        more={
            "Comprehension": ({}, [{"id": "dev_Art_1", "question": "Why?", "options": ["red", "blue"], "answer": "A"}]),
            "Adaptation": ({}, [{"id": "dev_Art_1", "question": "How many?", "options": [], "answer": "['3']"}]),
        },
        prompt=["dev_Art_1.mp4", "Which?\nA. red\nB. blue\nPlease ignore the Quiz question in last frame of the video."],
        replies=["blue", "B", "There are 3."], value=2 / 3,
    ),
    "mmvu": Twin(
        columns={"id": S, "question_type": S, "question": S, "choices": {}, "answer": S, "video_path": S},
        rows=[
            {"id": "1", "question_type": "multiple-choice", "question": "Which?", "choices": dict(zip("ABCDE", "vwxyz", strict=True)),
             "answer": "B", "video_path": "one.mp4"},
            {"id": "2", "question_type": "open-ended", "question": "What?", "choices": None, "answer": "osmosis",
             "video_path": "one.mp4"},
        ],
        prompt=[
            "one.mp4",
            "Question: Which?\nA: v\nB: w\nC: x\nD: y\nE: z\n\nDo not generate any intermediate reasoning process. Answer "
            "directly with the option letter from the given choices.",
        ],
        replies=["B", "diffusion"], verdicts=["incorrect"], value=0.5,
    ),
}  # fmt: skip
TWINS["video_mme_v2_subtitles"] = replace(
    TWINS["video_mme_v2"],
    prompt=[
        "one.mp4",
        "These are the frames of a video. This video's subtitles are listed below:\nIt begins.\n\nQuestion: How many?\n"
        f"{EIGHT}\nSelect the best answer to the following multiple-choice question based on the video. Respond with only the "
        "letter (A, B, C, D, E, F, G, or H) of the correct option.",
    ],
)
