"""The token matcher for option letters that much of the field shares, in its three generations.

The rules, in order: a refusal phrase gives `Z`; punctuation becomes space; exactly one distinct option
letter among the tokens is the answer; a lower-cased option text that occurs alone in the reply is it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from mmeval.scorers.base import Extraction

Generation = Literal[1, 2, 3]
"""1: until 2025-08, a letter anywhere. 2: only among the last four tokens. 3: since 2026-06, also after `answer is`."""
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
    """The first generation as a reader of letters: a lone option letter anywhere, else a lone option text."""
    found = match_tokens(text, options, 1).answer
    return None if found == REFUSED and REFUSED not in options else found


def match_option(text: str, options: Mapping[str, object], generation: Generation) -> Extraction:
    """Letter of an option by tokens; `Z` for a refusal, None when nothing decides."""
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
    """The only option whose lower-cased text is a substring of the lower-cased reply."""
    lowered = text.lower()
    folded = {letter: str(option).lower() for letter, option in options.items()}
    if generation > 1 and len(lowered) > 2 * sum(len(str(option)) for option in options.values()):
        return Extraction(None, "unparsed")
    hits = [letter for letter, option in folded.items() if option in lowered]
    return Extraction(hits[0], "option-substring") if len(hits) == 1 else Extraction(None, "unparsed")


def match_tokens(text: str, options: Mapping[str, object], generation: Generation = 3) -> Extraction:
    """First by letter, then by option text."""
    found = match_option(text, options, generation)
    return found if found.answer is not None else match_text(text, options, generation)
