"""Constraints on a text that can be counted, by the names that MM-IFEval (Ding et al., 2025) gives its checks.

Paragraphs are parted by blank lines. Sentences are found by their marks, with a short list of abbreviations; the
authors use the splitter of NLTK, which is trained, so a count can differ by one here and there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["CHECKS", "holds", "paragraphs", "runs", "sentences", "words"]

_BLANK = re.compile(r"\n[^\S\n]{0,200}(?=\n)")
_END = re.compile(r"[.!?…]{1,20}[\"'”’)\]*_]{0,5}(?=\s|$)|[。！？]{1,20}[”’」』）]{0,5}")
_PART_OF_WORD = re.compile(r"(?:mr|mrs|ms|dr|prof|st|vs|etc|no|fig|e\.g|i\.e|[a-z]|\d{1,3})", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^\w\s.-]")
_NUMBER = re.compile(
    r"(?<![\w.,])[+-]?(?:\d{1,3}(?:,\d{3}){1,20}|\d{1,60})?(?:\.(?P<decimals>\d{1,60}))?(?:[eE][+-]?\d{1,9})?%?(?!\w)"
)
_PERCENT = re.compile(r"\d{1,60}(?:\.(?P<decimals>\d{1,60}))?\s{0,9}%")
_DIGITS = re.compile(r"(?<!\w)\d[\d.,]{0,60}%?(?!\w)")


def paragraphs(text: str) -> list[str]:
    """The paragraphs, each without the blanks around its lines."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return [part.strip() for part in _BLANK.split(lines) if part.strip()]


def sentences(text: str) -> list[str]:
    """The sentences, each with its mark; what comes after the last mark is one too."""
    found, start = [], 0
    for end in _END.finditer(text):
        last = re.split(r"[\s(]", text[max(start, end.start() - 20) : end.start()])[-1]
        if end[0] != "." or not _PART_OF_WORD.fullmatch(last):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [one for one in [*found, text[start:].strip()] if one]


def words(text: str) -> list[str]:
    """What stands between blanks, without marks other than full stops and hyphens."""
    return _NOT_WORD.sub("", text).split()


def _mentions(text: str, keywords: Sequence[str]) -> list[int]:
    lower = text.lower()
    return [len(re.findall(rf"\b{re.escape(word.lower())}\b", lower)) for word in keywords]


def _decimals(pattern: re.Pattern[str], text: str) -> list[int]:
    """The decimals of each number."""
    found = (match for match in pattern.finditer(text) if any(map(str.isdecimal, match[0])))
    return [len(match["decimals"] or "") for match in found]


def _all_in(counts: Sequence[int], low: float, high: float) -> bool:
    return all(low <= count <= high for count in counts)


def _one_by_one(text: str, *ranges: Sequence[Any]) -> bool:
    """Each paragraph has a range of its own for its sentences."""
    given = ranges[0] if len(ranges) == 1 and isinstance(ranges[0][0], list | tuple) else ranges
    wanted = [(int(low), int(high)) for low, high in given]
    counts = [len(sentences(part)) for part in paragraphs(text)]
    pairs = zip(counts, wanted, strict=False)
    return len(counts) == len(wanted) and all(low <= count <= high for count, (low, high) in pairs)


CHECKS: Mapping[str, Callable[..., bool]] = {
    "check_whether_response_paragraph_number_in_range": lambda t, low, high: low <= len(paragraphs(t)) <= high,
    "check_whether_response_sentence_number_in_range": lambda t, low, high: low <= len(sentences(t)) <= high,
    "check_whether_response_word_count_in_range": lambda t, low, high: low <= len(words(t)) <= high,
    "check_whether_each_paragraph_sentence_number_in_range": lambda t, low, high: _all_in(
        [len(sentences(part)) for part in paragraphs(t)], low, high
    ),
    "check_whether_each_paragraph_sentence_number_in_range_list": _one_by_one,
    "check_whether_each_paragraph_word_count_in_range": lambda t, low, high: _all_in(
        [len(words(part)) for part in paragraphs(t)], low, high
    ),
    "check_whether_whole_response_not_contain_certain_substrings": lambda t, parts: not any(p in t for p in parts),
    "check_whether_whole_response_not_contain_certain_substring": lambda t, part: part not in t,
    "check_whether_each_sentence_begin_with_certain_substring": lambda t, part: all(
        one.startswith(part) for one in sentences(t)
    ),
    "check_whether_each_sentence_end_with_certain_substring": lambda t, part: all(
        one.endswith(part) for one in sentences(t)
    ),
    "check_whether_each_paragraph_begin_with_certain_substring": lambda t, part: all(
        one.startswith(part) for one in paragraphs(t)
    ),
    "check_whether_each_paragraph_end_with_certain_substring": lambda t, part: all(
        one.endswith(part) for one in paragraphs(t)
    ),
    "check_whether_whole_response_begin_with_certain_substring": lambda t, part: t.strip().startswith(part),
    "check_whether_whole_response_end_with_certain_substring": lambda t, part: t.strip().endswith(part),
    "check_whether_each_keyword_in_list_metioned_in_range": lambda t, keys, low, high: _all_in(
        _mentions(t, keys), low, high
    ),
    "check_whether_total_keyword_in_list_metioned_in_range": lambda t, keys, low, high: (
        low <= sum(_mentions(t, keys)) <= high
    ),
    "check_percentage_number_precision_in_response": lambda t, n: _all_in(_decimals(_PERCENT, t), n, n),
    "check_number_precision_in_response": lambda t, n: _all_in(_decimals(_NUMBER, t), n, n),
    "check_whether_has_no_arabic_number_in_response": lambda t: not _DIGITS.search(t),
}


def runs(check: Sequence[Any]) -> bool:
    """Whether a check, `[name, *arguments]`, is known and takes these arguments."""
    try:
        return bool(check) and check[0] in CHECKS and CHECKS[check[0]]("a. 1%", *check[1:]) in (True, False)
    except (TypeError, ValueError, IndexError, AttributeError):
        return False


def holds(text: str, checks: Sequence[Sequence[Any]]) -> bool:
    """Whether a text passes all checks."""
    return all(CHECKS[name](text, *arguments) for name, *arguments in checks)
