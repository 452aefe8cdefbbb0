"""Prompt layouts that the field shares: multiple choice, interleaved pictures, and prompts without their pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase

from mmeval.types import Image, Part, Prompt, Text

__all__ = ["interleave", "letter", "lettered", "multiple_choice", "question_first", "vlmevalkit"]

_TOKEN = re.compile(r"<image[ _]?(\d+)>")


def letter(index: int) -> str:
    """A, B, C, ... for option 0, 1, 2, ..."""
    return ascii_uppercase[index]


def lettered(options: Sequence[str], style: str = "{letter}. {text}") -> str:
    """One line an option."""
    return "\n".join(style.format(letter=letter(i), text=text) for i, text in enumerate(options))


def vlmevalkit(
    question: str, options: Sequence[str] = (), *, images: Sequence[Image] = (), hint: str | None = None
) -> Prompt:
    """The default prompt of VLMEvalKit: the pictures, then hint, question, options and the instruction."""
    return (*images, Text(vlmevalkit_text(question, options, hint=hint)))


def vlmevalkit_text(question: str, options: Sequence[str] = (), *, hint: str | None = None) -> str:
    """The text block of that prompt; its trailing space and newline are part of it."""
    text = f"Hint: {hint}\n" if hint else ""
    text += f"Question: {question}\n"
    if options:
        text += f"Options:\n{lettered(options)}\n"
        text += "Please select the correct answer from the options above. \n"
    return text


def multiple_choice(
    question: str,
    options: Sequence[str],
    closing: str,
    *,
    images: Sequence[Image] = (),
    style: str = "{letter}. {text}",
) -> Prompt:
    """Pictures, question, one line an option, closing sentence."""
    block = "\n".join(part for part in (question, lettered(options, style), closing) if part)
    return (*images, Text(block))


def question_first(question: str, closing: str = "", *, images: Sequence[Image] = ()) -> Prompt:
    """Pictures, question, and on a line of its own the closing sentence."""
    return (*images, Text(f"{question}\n{closing}" if closing else question))


def interleave(text: str, images: Mapping[int, Image]) -> Prompt:
    """Put pictures where `<image 1>` or `<image_1>` stands.

    Pictures appear in the order of the tokens, a repeated token repeats its picture, a picture that
    no token names is left out, and a text without tokens gets all pictures first (VLMEvalKit's rule).
    A token without its picture stays in the text.
    """
    if not any(int(token) in images for token in _TOKEN.findall(text)):
        return (*images.values(), Text(text))
    return tuple(_parts(text, images))


def _parts(text: str, images: Mapping[int, Image]) -> Iterator[Part]:
    start = 0
    for token in _TOKEN.finditer(text):
        number = int(token.group(1))
        if number not in images:
            continue
        if token.start() > start:
            yield Text(text[start : token.start()])
        yield images[number]
        start = token.end()
    if start < len(text):
        yield Text(text[start:])
