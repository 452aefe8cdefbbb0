"""Separates the reasoning that a model writes into its reply from the answer that is scored."""

from __future__ import annotations

from typing import NamedTuple

TAGS: tuple[tuple[str, str], ...] = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)


class Said(NamedTuple):
    """A reply split into reasoning and answer."""

    answer: str
    start: int
    """Position of `answer` in the text of the reply."""
    thought: str


def split(text: str) -> Said:
    """Split a reply after its last closing tag.

    Chat templates may open the tag in the prompt, so a closing tag is enough. A tag that is never closed means that
    the model was cut off while reasoning; the text before it is the answer. If the closing tag ends the reply, the
    answer is empty.
    """
    if "hink" not in text and "HINK" not in text and "_of_thought" not in text:
        return Said(text, 0, "")
    for opening, closing in TAGS:
        end = text.rfind(closing)
        begin = text.find(opening, end + 1 if end >= 0 else 0)
        if end >= 0:
            start = end + len(closing)
            stop = begin if begin >= 0 else len(text)
            return Said(text[start:stop], start, text[:end].replace(opening, "", 1).strip() + text[stop:])
        if begin >= 0:
            return Said(text[:begin], 0, text[begin + len(opening) :].strip())
    return Said(text, 0, "")
