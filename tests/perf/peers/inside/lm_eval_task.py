"""The questions as a task of lm-eval's: the picture, the text with its options, and whether the letter is right."""

import io

from PIL import Image


def pictures(doc: dict) -> list:
    return [Image.open(io.BytesIO(doc["image"]["bytes"]))]


def text(doc: dict) -> str:
    options = "".join(f"\n{letter}. {doc[letter]}" for letter in "ABCD")
    return f"<image>{doc['question']}{options}\nAnswer with the letter of the correct option."


def score(doc: dict, results: list) -> dict:
    return {"acc": float(results[0].strip()[:1] == doc["answer"])}
