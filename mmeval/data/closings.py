"""Paraphrases of the sentence that closes a prompt and says how to answer.

The first prompt of a benchmark is its own. In the others, the closing is replaced by one of these sentences; they ask
for the same kind of answer in the same form. The kind is read from the prompt, never from the target.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from mmeval.types import Prompt, Sample, Text

__all__ = ["MOST", "VERSION", "closed_with"]

Kind = Literal["choice", "yes-no", "number", "open"]
VERSION: Final = 1
"""Raise it when a text or a rule changes: runs with other prompts must not look equal."""
ENGLISH: Final[Mapping[Kind, tuple[str, ...]]] = {
    "choice": (
        "Answer with the letter of the correct option.",
        "Which option is right? Reply with its letter only.",
        "Choose one of the options above and write down its letter.",
        "Select the best option and respond with just the letter.",
        "Give only the letter of your choice.",
        "Pick the correct option. Your reply should be a single letter.",
        "State the letter of the option that answers the question.",
    ),
    "yes-no": (
        "Answer with yes or no.",
        "Reply with either yes or no.",
        "Respond with a single word: yes or no.",
        "Is it so? Say yes or no.",
        "Please give a yes or no as your answer.",
        "Your reply should be yes or no, and nothing else.",
        "Write only yes or no.",
    ),
    "number": (
        "Answer with a number.",
        "Reply with the number only.",
        "Give the answer as a single number.",
        "Respond with just one number.",
        "Write down the number and nothing else.",
        "Your reply should be a number.",
        "State the number that answers the question.",
    ),
    "open": (
        "Answer with a single word or a short phrase.",
        "Reply briefly, in a word or a short phrase.",
        "Give a short answer without an explanation.",
        "Respond with the answer only, as briefly as you can.",
        "Write down just the answer, in a few words at most.",
        "Your reply should be a word or a short phrase.",
        "State the answer in a word or a short phrase.",
    ),
}
CHINESE: Final[Mapping[Kind, tuple[str, ...]]] = {
    "choice": (
        "请用正确选项的字母回答。",
        "哪个选项正确？只回复它的字母。",
        "请从上面的选项中选一个，并写出它的字母。",
        "选择最合适的选项，只用字母作答。",
        "只给出你所选选项的字母。",
        "请选出正确选项，回复应为单个字母。",
        "请写出回答该问题的选项字母。",
    ),
    "yes-no": (
        "请回答“是”或“否”。",
        "请只回复“是”或“否”。",
        "用一个词作答：是或否。",
        "是这样吗？请说是或否。",
        "请以是或否作为你的答案。",
        "你的回复应为是或否，不要写别的内容。",
        "只写是或否。",
    ),
    "number": (
        "请用一个数字回答。",
        "只回复数字。",
        "请以单个数字给出答案。",
        "只用一个数字作答。",
        "写出数字，不要写别的内容。",
        "你的回复应为一个数字。",
        "请写出回答该问题的数字。",
    ),
    "open": (
        "请用一个词或短语回答。",
        "请简短回复，用一个词或短语。",
        "给出简短的答案，不需要解释。",
        "只回复答案，尽量简短。",
        "只写出答案，最多几个词。",
        "你的回复应为一个词或短语。",
        "请用一个词或短语写出答案。",
    ),
}
MOST: Final = 1 + len(ENGLISH["choice"])
"""Prompts that there are for a sample, with its own."""
LAST = re.compile(r"(?:^|[\n.?!:。？！：])[ \t]*([^\n.?!。？！]{4,160}[.。!！]?)\s*\Z")
"""The last sentence of a text."""
ASKS = re.compile(
    r"(?:please\s+)?(?:directly\s+)?(?:answer|reply|respond|select|choose|pick|give|write|state|provide)\b|请|(?:直接)?回答",
    re.IGNORECASE,
)
FORMAT = re.compile(r"[\[\]{}\\'\"`<>]|\b(?:box|boxed|json|list|format|step|unit)", re.IGNORECASE)
"""A closing that asks for a special form stays, and the paraphrase follows it."""
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")
KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("yes-no", re.compile(r"\byes\b.{0,9}\bno\b|是.{0,6}[否不]", re.IGNORECASE)),
    ("choice", re.compile(r"\b(?:letter|option|choice)|选项|字母", re.IGNORECASE)),
    ("number", re.compile(r"\b(?:number|integer|digit)\b|数字|整数", re.IGNORECASE)),
)


def closed_with(sample: Sample, place: int) -> Prompt:
    """The prompt of a sample with another closing.

    Args:
        sample: whose last text part holds the closing.
        place: 0 is its own prompt; the paraphrases follow, up to MOST - 1.
    """
    at = next((i for i in reversed(range(len(sample.prompt))) if isinstance(sample.prompt[i], Text)), None)
    if place == 0 or at is None:
        return sample.prompt
    part = sample.prompt[at]
    assert isinstance(part, Text)
    body, closing = _split(part.text)
    texts = CHINESE if 2 * len(HAN.findall(body)) > len(LATIN.findall(body)) else ENGLISH
    text = f"{body.rstrip()}\n{texts[_kind(closing, sample)][place - 1]}"
    return (*sample.prompt[:at], replace(part, text=text), *sample.prompt[at + 1 :])


def reworded(prompt: Prompt, *, closing: str = "", suffix: str = "") -> Prompt:
    """The prompt with another closing, and with a suffix on a line of its own after everything.

    A closing that asks for a special form stays, and the new one follows it.
    """
    at = next((i for i in reversed(range(len(prompt))) if isinstance(prompt[i], Text)), None)
    if closing and at is not None:
        part = prompt[at]
        assert isinstance(part, Text)
        closed = replace(part, text=f"{_split(part.text)[0].rstrip()}\n{closing}")
        prompt = (*prompt[:at], closed, *prompt[at + 1 :])
    elif closing:
        prompt = (*prompt, Text(closing))
    last = prompt[-1] if prompt else None
    if suffix and isinstance(last, Text):
        return (*prompt[:-1], replace(last, text=f"{last.text.rstrip()}\n{suffix}"))
    return (*prompt, Text(suffix)) if suffix else prompt


def _split(text: str) -> tuple[str, str]:
    """The text before its closing, and the closing; all of the text and nothing if it has none that may be replaced."""
    found = LAST.search(text, max(0, len(text) - 400))
    if found is None or not ASKS.match(found[1].lstrip()) or FORMAT.search(found[1]):
        return text, ""
    return text[: found.start(1)], found[1]


def _kind(closing: str, sample: Sample) -> Kind:
    named = next((kind for kind, words in KINDS if words.search(closing)), None)
    return named or ("choice" if sample.choices else "open")
