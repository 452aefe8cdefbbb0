"""Common prompt layouts: multiple choice, and images interleaved with text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from string import ascii_uppercase

from mmeval.types import Image, Part, Prompt, Text

__all__ = ["in_order", "interleave", "letter", "lettered", "multiple_choice", "question_first", "vlmevalkit"]

INSTEAD = "Instead of the picture, read what it shows.\n\n"
"""What stands in front of a description that takes the place of a picture."""
_TOKEN = re.compile(r"<image[ _]?(\d+)>")


def letter(index: int) -> str:
    """A, B, C, ... for option 0, 1, 2, ..."""
    return ascii_uppercase[index]


def lettered(options: Sequence[str], style: str = "{letter}. {text}") -> str:
    """One line per option."""
    return "\n".join(style.format(letter=letter(i), text=text) for i, text in enumerate(options))


def vlmevalkit(
    question: str, options: Sequence[str] = (), *, images: Sequence[Image] = (), hint: str | None = None
) -> Prompt:
    """VLMEvalKit's default prompt: images, then hint, question, options and instruction."""
    return (*images, Text(vlmevalkit_text(question, options, hint=hint)))


def vlmevalkit_text(question: str, options: Sequence[str] = (), *, hint: str | None = None) -> str:
    """The text of that prompt. The trailing space and newline belong to it."""
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
    images: Sequence[Part] = (),
    style: str = "{letter}. {text}",
) -> Prompt:
    """Images (or films and sounds), question, one line per option, closing sentence."""
    block = "\n".join(part for part in (question, lettered(options, style), closing) if part)
    return (*images, Text(block))


def question_first(question: str, closing: str = "", *, images: Sequence[Image] = ()) -> Prompt:
    """Images, question, and the closing sentence on a line of its own."""
    return (*images, Text(f"{question}\n{closing}" if closing else question))


def interleave(text: str, images: Mapping[int, Image]) -> Prompt:
    """Replace tokens such as `<image 1>` or `<image_1>` with the images of those numbers.

    A repeated token repeats its image. An image without a token is left out, a token without an image stays in the
    text. When no token has an image, all images come first (VLMEvalKit's rule).
    """
    if not any(int(token) in images for token in _TOKEN.findall(text)):
        return (*images.values(), Text(text))
    return tuple(_parts(text, images))


def in_order(text: str, images: Sequence[Image]) -> Prompt:
    """Replace each `<image>` with the next image. Images without a place come first, a place without one is dropped."""
    first, *rest = text.split("<image>")
    spare = max(0, len(images) - len(rest))
    parts: list[Part] = [*images[:spare], *_text(first)]
    for image, after in zip_longest(images[spare:], rest, fillvalue=None):
        parts += [image] if image else []
        parts += _text(after or "")
    return tuple(parts)


def _text(text: str) -> list[Part]:
    return [Text(text.strip())] if text.strip() else []


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


MVBENCH = (
    "Carefully watch the video and pay attention to the cause and sequence of events, the detail and movement of "
    "objects, and the action and pose of persons. Based on your observations, select the best option that accurately "
    "addresses the question.\n"
)
TOMATO = """You will be provided with 16 separate frames uniformly sampled from a video, the frames are provided in \
chronological order of the video. Analyze these frames and provide the answer to the question about the video content. \
Answer the multiple-choice question about the video content.

You must use these frames to answer the multiple-choice question; do not rely on any externel knowledge or commonsense.

<question>
{question}
</question>

<options>
{options}
</options>

Even if the information in these separate frames is not enough to answer the question, PLEASE TRY YOUR BEST TO GUESS \
AN ANSWER WHICH YOU THINK WOULD BE THE MOST POSSIBLE ONE BASED ON THE QUESTION.

DO NOT GENERATE ANSWER SUCH AS 'NOT POSSIBLE TO DETERMINE.'
"""
