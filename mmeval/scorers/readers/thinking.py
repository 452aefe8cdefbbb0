"""Thoughts that a model writes into its reply are split off before anything is read, and kept."""

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
    """A reply in two parts."""

    answer: str
    start: int
    """Where `answer` begins in the reply text."""
    thought: str


def split(text: str) -> Said:
    """Part a reply after its last closing tag.

    Chat templates may open the tag in the prompt, so a closing tag alone counts. A tag that is
    never closed means that the model was cut off while thinking: what stands before it is the answer.
    A reply that is all thought, with a closing tag at its very end, has an empty answer.
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
