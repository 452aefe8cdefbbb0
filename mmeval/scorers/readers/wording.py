r"""Which word of a list a sentence claims, where the reply does not consist of that word alone.

number      `tone 4`, where the words are `first`, `second`, ...
superlative the word of which the question's own superlative is said: `Feb is the lowest, Jan the highest`
way out     the last of several rows through which something moves: `from row 2 to row 4`
other       what the grammar of claims finds; a mention of which something else is said is none
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers import notation, spoken
from mmeval.scorers.readers.letters import ALPHABET, read_letter
from mmeval.scorers.readers.numerals import ORDINALS
from mmeval.scorers.readers.regions import DOUBT, LONGEST

__all__ = ["read_claimed", "read_numbered"]

_NONE = Extraction(None, "unparsed")
_LINED = re.compile(r"\b(?:rows?|columns?|outlets?)\b(?: of rows?)?", re.IGNORECASE)
_MAY = re.compile(r"\bmay\b")
_NUMBERED = re.compile(
    r"\W{0,9}(?:answer\W{1,4})?(?:(?:tone|sound)\s)?(?:(?:number|no\.)\s)?#?([0-9]{1,2})\W{0,9}", re.IGNORECASE
)
_SAID = r"(?:is|are|was|were|looks?|seems?|sounds?|appears?|has|have|had|would)"
_SUBJECT = re.compile(rf"(?:\s\w{{1,20}}){{0,2}}?\s{_SAID}\s(?:(?:to be|the|an?)\s)?(\w+)", re.IGNORECASE)
_FITTING = frozenset((
    "missing", "needed", "required", "left", "remaining", "only", "one", "answer", "correct", "right", "solution",
))  # fmt: skip
"""What is said of an answer beside the words of the question."""
_LEAVES = re.compile(
    r"\b(?:leav(?:es?|ing)|exit(?:s|ing)?|ends?|com(?:es?|ing)\sout|flow(?:s|ing)?\sout|out|to)\b"
    r"[^.,;\n0-9]{0,30}\brow\s(?P<row>[0-9]{1,2})(?![0-9])",
    re.IGNORECASE,
)
_ENTERS = re.compile(r"\b(?:starts?|enters?|begins?|comes?\sin|inlet|from)\b[^.,;\n]{0,30}$", re.IGNORECASE)
_WEAK = frozenset(("mentioned", "subject"))
"""Rules of the grammar that take what is said of something for the answer."""


def read_numbered(text: str, words: Sequence[str]) -> Extraction | None:
    """Find the ordinal that a reply gives as a number."""
    found = _NUMBERED.fullmatch(text) if len(text) < LONGEST and all(word in ORDINALS for word in words) else None
    place = int(found[1]) if found else 0
    return Extraction(words[place - 1], "number", found.span(1)) if found and 0 < place <= len(words) else None


def read_claimed(text: str, words: Sequence[str], beside: frozenset[str]) -> Extraction:
    """Find the word that is claimed; letters and positions stand for none.

    Args:
        text: the reply.
        words: the list.
        beside: words of the question.
    """
    numbers = all(map(str.isdigit, words))
    found = _superlative(text, words, beside) or (_way_out(text, words) if numbers else None)
    return found or _by_grammar(text, words, beside, numbers=numbers)


def _superlative(text: str, words: Sequence[str], beside: frozenset[str]) -> Extraction | None:
    asked = sorted(word for word in beside if word.endswith("est") and len(word) > 4)
    if not asked or len(text) > LONGEST or DOUBT.search(text):
        return None
    said = re.compile(
        rf"(?<!\w)(?P<word>\w+)(?:\s(?:one|tone|sound))?\s{_SAID}\s(?:the\s)?(?:{'|'.join(asked)})(?!\w)", re.IGNORECASE
    )
    found = [
        (match, word) for match in said.finditer(text) for word in words if notation.is_word(match["word"], word, words)
    ]
    claimed = {word for _, word in found}
    return Extraction(claimed.pop(), "superlative", found[-1][0].span("word")) if len(claimed) == 1 else None


def _way_out(text: str, words: Sequence[str]) -> Extraction | None:
    found = list(_LEAVES.finditer(text[-LONGEST:]))
    if not found or DOUBT.search(text[-LONGEST:]) or found[-1]["row"] not in words:
        return None
    cut = max(0, len(text) - LONGEST)
    start, end = found[-1].span("row")
    return Extraction(found[-1]["row"], "way-out", (start + cut, end + cut))


def _by_grammar(text: str, words: Sequence[str], beside: frozenset[str], *, numbers: bool) -> Extraction:
    said = spoken.alternatives(_LINED.sub(" ", text) if numbers else text)
    said = _MAY.sub("might", said) if "May" in words else said
    found = read_letter(said, ALPHABET[: len(words)], words)
    start, end = found.span or (0, 0)
    word = words[ALPHABET.index(found.answer)] if found.answer and found.span else ""
    if not word or not notation.is_word(said[start:end], word, words):
        return _NONE
    if found.rule in _WEAK and _says_otherwise(said, start, end, beside, numbers=numbers):
        return _NONE
    if found.rule == "subject" and len(notation.named(said, words)) > 1:
        return _NONE
    return Extraction(word, found.rule, found.span if len(said) == len(text) else None)


def _says_otherwise(said: str, start: int, end: int, beside: frozenset[str], *, numbers: bool) -> bool:
    """Whether something else is said of a word than what is asked: `circle is impossible`, `starts in row 2`."""
    told = _SUBJECT.match(said, end)
    other = told is not None and told[1].lower() not in beside | _FITTING
    return other or said.startswith("-to-", end) or (numbers and _ENTERS.search(said[:start]) is not None)
