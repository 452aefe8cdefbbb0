"""The questions as a task of lmms-eval's: the picture, the text with its options, and whether the letter is right."""

import io

from PIL import Image


def pictures(doc: dict) -> list:
    return [Image.open(io.BytesIO(doc["image"]["bytes"])).convert("RGB")]


def text(doc: dict, lmms_eval_specific_kwargs: dict | None = None) -> str:
    options = "".join(f"\n{letter}. {doc[letter]}" for letter in "ABCD")
    return f"{doc['question']}{options}\nAnswer with the letter of the correct option."


def score(doc: dict, results: list) -> dict:
    return {"accuracy": float(results[0].strip()[:1] == doc["answer"])}
