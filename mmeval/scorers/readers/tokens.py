"""VLMEvalKit's token matcher for option letters, in its three generations.

The rules apply in this order. A refusal phrase gives `Z`. Punctuation becomes a space, and if exactly one option
letter is among the tokens, it is the answer. Otherwise the answer is the only option whose text is in the reply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from mmeval.scorers.base import Extraction

Generation = Literal[1, 2, 3]
"""1: letters anywhere (until 2025-08). 2: only in the last four tokens. 3: also after `answer is` (since 2026-06)."""
REFUSED = "Z"
_OUTAGE = "Failed to obtain answer via API"
_REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
_BLANK = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_ANSWER_IS = re.compile(r"answer\s+is\s+\**([ABCD])", re.IGNORECASE)
TAIL = 4


def single_token(text: str, options: Mapping[str, str]) -> str | None:
    """The first generation as a reader: the only option letter, else the only option text."""
    found = match_tokens(text, options, 1).answer
    return None if found == REFUSED and REFUSED not in options else found


def match_option(text: str, options: Mapping[str, object], generation: Generation) -> Extraction:
    """Find an option letter among the tokens; `Z` for a refusal, None if the tokens do not decide."""
    if _OUTAGE in text:
        return Extraction(None, "unparsed")
    if any(phrase in text for phrase in _REFUSALS):
        return Extraction(REFUSED, "refusal-phrase")
    words = text.translate(_BLANK).split()
    distinct = set(words)
    present = [letter for letter in options if letter in distinct]
    if len(present) == 1:
        where = words.index(present[0])
        if generation == 1 or where > len(words) - TAIL - 1:
            return Extraction(present[0], "single-letter-token")
    elif not present and REFUSED in distinct:
        return Extraction(REFUSED, "refusal-token")
    if generation == 3:
        said = _ANSWER_IS.search(text)
        if said and said[1].upper() in options:
            return Extraction(said[1].upper(), "answer-is", said.span(1))
    return Extraction(None, "unparsed")


def match_text(text: str, options: Mapping[str, object], generation: Generation) -> Extraction:
    """Find the only option whose text is a substring of the reply, ignoring case."""
    lowered = text.lower()
    folded = {letter: str(option).lower() for letter, option in options.items()}
    if generation > 1 and len(lowered) > 2 * sum(len(str(option)) for option in options.values()):
        return Extraction(None, "unparsed")
    hits = [letter for letter, option in folded.items() if option in lowered]
    return Extraction(hits[0], "option-substring") if len(hits) == 1 else Extraction(None, "unparsed")


def match_tokens(text: str, options: Mapping[str, object], generation: Generation = 3) -> Extraction:
    """Find an option by its letter, else by its text."""
    found = match_option(text, options, generation)
    return found if found.answer is not None else match_text(text, options, generation)
