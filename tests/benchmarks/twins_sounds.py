"""Twins of the sets of sounds, laid out without the hub; rows are our own."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.laid import sound
from tests.benchmarks.twin import IMG, L, S, Twin, pic

LETTER = "Answer with the option's letter from the given choices directly."
RECOGNIZE = "Please recognize the speech and only output the recognized content:"
TONE: dict[str, Any] = {"bytes": sound(400), "path": None}
LINES = "A. a bell\nB. a low horn\nC. rain\nD. a low drum"
OPTIONS = ["a bell", "a low horn", "rain", "a low drum"]

TWINS = {
    "mmau": Twin(
        columns={"audio": {}, "question": S, "choices": S, "answer": S, "task": S},
        rows=[
            {"audio": TONE, "question": "What is it?", "choices": '["a bell", "a low horn", "rain", "a low drum"]',
             "answer": "a low horn", "task": "sound"}
        ],
        prompt=["audio", f"What is it?\n{LINES}\n{LETTER}"], replies=["B"], value=1.0,
    ),
    "mmar": Twin(
        columns={"audio": {}, "question": S, "choices": L(S), "answer": S, "modality": S, "category": S},
        rows=[
            {"audio": TONE, "question": "What is it?", "choices": LINES.split("\n"), "answer": "b", "modality": "sound",
             "category": "Signal Layer"}
            for _ in range(2)
        ],
        prompt=[
            "audio",
            "Listen to the audio and answer the following multiple-choice question. Respond with only the letter (A, B, C, or D) of "
            f"the correct option.\nWhat is it?\n{LINES}\nThe best answer is:",
        ],
        replies=["a low horn", "It is unclear."], answers=["B", None], value=0.5,
    ),
    "mmsu": Twin(
        columns={"audio": {}, "question": S, "choice_a": S, "choice_b": S, "choice_c": S, "choice_d": S, "answer": S},
        rows=[
            {"audio": TONE, "question": "What?", "choice_a": "w", "choice_b": "x", "choice_c": "y", "choice_d": "z",
             "answer": gold, "category": "Perception"}
            for gold in ("B", "x")
        ],
        prompt=[
            "audio",
            "Listen to the audio and answer the following question.\n\nQuestion: What?\n\nA. w\nB. x\nC. y\nD. z\n\n"
            "Answer with the letter (A, B, C, or D) only.",
        ],
        replies=["B", "B"], value=1.0,
    ),
    "air_bench": Twin(
        columns={
            "uniq_id": S, "audio": {}, "question": S, "choice_a": S, "choice_b": S, "choice_c": S, "choice_d": S, "answer_gt": S,
            "task_name": S,
        },
        rows=[
            {"uniq_id": "5", "audio": TONE, "question": "Who speaks?", "choice_a": "a man", "choice_b": "a woman",
             "choice_c": None, "choice_d": None, "answer_gt": "a woman", "task_name": "gender"}
        ],
        prompt=["audio", f"Who speaks?\nA. a man\nB. a woman\n{LETTER}"], replies=["a woman"], value=1.0,
    ),
    "omnibench": Twin(
        columns={"audio": {}, "image": IMG, "question": S, "options": L(S), "answer": S, "task type": S},
        rows=[
            {"audio": TONE, "image": pic(9), "question": "Who?", "options": OPTIONS, "answer": "rain", "task type": "Story"}
        ],
        prompt=["audio", 9, f"Question:\nWho?\n\nOptions:\n{LINES}\n\n{LETTER}"], replies=["C"], value=1.0,
    ),
    "voicebench": Twin(
        key="openbookqa", columns={"audio": {}, "reference": S},
        rows=[{"audio": TONE, "reference": "B"}, {"audio": TONE, "reference": "C"}],
        prompt=["audio"], replies=["The answer is B.", "I would say a."], value=0.5,
    ),
    "librispeech": Twin(
        columns={"audio": {}, "gt": S, "source": S},
        rows=[
            {"audio": TONE, "gt": "HE HOPED THERE WOULD BE STEW", "source": "test-clean/1089-134686-0000.flac"},
            {"audio": TONE, "gt": "NO", "source": "test-clean/1089-134686-0001.flac"},
        ],
        prompt=["audio", RECOGNIZE], replies=["He hoped there would be two, too.", "No, no, no and no."], value=(2 + 4) / 7,
    ),
    "fleurs": Twin(
        key="en_us", columns={"audio": {}, "transcription": S, "id": S},
        rows=[{"audio": TONE, "transcription": "it is late", "id": "1"}],
        more={"cmn_hans_cn": ({}, [{"audio": TONE, "transcription": "今天很冷", "id": "1"}])},
        prompt=["audio", RECOGNIZE], replies=["It is late.", "今天很热。"], value=1 / 8,
    ),
    "wenetspeech": Twin(
        columns={"audio": {}, "text": S}, rows=[{"audio": TONE, "text": "我用 Python 写"}],
        prompt=[
            "audio",
            "Please listen to the audio and transcribe what you hear. Please only provide the transcription without any additional "
            "commentary. Do not include any punctuation.",
        ],
        replies=["我用python，写了"], value=1 / 4,
    ),
    "common_voice": Twin(
        key="en", columns={"audio": {}, "sentence": S}, rows=[{"audio": TONE, "sentence": "A cat, a dog."}],
        prompt=["audio", RECOGNIZE], replies=["a cat (laughs) a dog"], value=0.0,
    ),
}  # fmt: skip
