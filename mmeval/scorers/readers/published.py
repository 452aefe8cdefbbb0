"""Readers that authors of benchmarks publish, each for one way of asking. They guess where a reply is unclear."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = [
    "after_last_answer",
    "first_a_or_b",
    "first_braces",
    "first_capital_to_e",
    "first_yes_or_no",
    "last_numbered",
    "ticked",
]

Options = Mapping[str, str]
_MARKS = str.maketrans("", "", "<>:.")
_DOUBLE, _SINGLE = re.compile(r"``([^`]*)``"), re.compile(r"`([^`]*)`")
_ALONE = re.compile(r"\b[A-F]\b(?!\s[a-zA-Z])", re.IGNORECASE)
_A, _B, _YES, _NO = (re.compile(rf"\b{word}\b", re.IGNORECASE) for word in ("A", "B", "yes", "no"))


def after_last_answer(text: str, options: Options) -> str | None:
    """The first character after the last `Answer`, or of the reply, without colons, full stops and angle brackets."""
    said = text.rpartition("Answer")[2].strip().translate(_MARKS).strip()
    return said[0] if said and said[0] in "ABCDEFGH" else None


def first_a_or_b(text: str, options: Options) -> str | None:
    """A or B, whichever word comes first, in any case: the article is an A."""
    return _first(text, {"A": _A, "B": _B})


def first_yes_or_no(text: str) -> str | None:
    """`yes` or `no`, whichever word comes first."""
    return _first(text, {"yes": _YES, "no": _NO})


def _first(text: str, words: Mapping[str, re.Pattern[str]]) -> str | None:
    places = {name: match.start() for name, word in words.items() if (match := word.search(text))}
    return min(places, key=places.__getitem__) if places else None


def first_braces(text: str) -> str | None:
    """What stands between the first opening brace and the next closing one."""
    _, opening, rest = text.partition("{")
    inside, closing, _ = rest.partition("}")
    return inside if opening and closing else None


def ticked(text: str, options: Options) -> str | None:
    """The first letter A to F that is a word, in two backticks, else in one, else in braces, else in the reply."""
    said = text
    for ticks in (_DOUBLE, _SINGLE):
        found = ticks.search(said)
        said = found[1] if found else said
    inside = first_braces(said)
    found = _ALONE.search(said if inside is None else inside)
    return found[0].upper() if found else None


_LEADS = re.compile(
    "The best answer is|The correct answer is|The answer is|The answer|The best option is|The correct option is|"
    "Best answer:|Best option:"
)


def first_capital_to_e(text: str, options: Options) -> str | None:
    """The first capital A to E without eight lead-ins. What is a part of `(a)`, even an empty reply, is an A."""
    said = _LEADS.sub("", text.strip())
    found = re.search("[A-E]", said)
    if found:
        return found[0]
    return next((x for x in "ABCDE" if said.lower() in f"({x.lower()})"), None) if len(said.split()) <= 10 else None


_NUMBERED = re.compile(r"([A-E])\.")
_IN_TAG = tuple(map(re.compile, (r"[Mm]y answer is ([A-E])", r"[Tt]he answer is ([A-E])", r"\b([A-E])\b")))
_STATED = tuple(
    map(
        re.compile,
        (
            r"(?:^|\n)(?:Answer: )?([A-E])(?:$|\s)", r"[*\"]([A-E])[*\"]", r"\bAnswer:?\s{0,40}([A-E])\b",
            r"[Mm]y answer is ([A-E])", r"answer is ([A-E])",
        ),
    )
)  # fmt: skip


def last_numbered(text: str, options: Options) -> str | None:
    """The last `X.` anywhere, else what follows `<Answer>`, `Answer:` or `answer is`, else one in the last line."""
    letters = _NUMBERED.findall(text)
    _, _, tagged = text.partition("<Answer>")
    places = ((tagged.partition("<")[0], _IN_TAG), (text, _STATED))
    for said, patterns in () if letters else places:
        letters = letters or next((found for pattern in patterns if (found := pattern.findall(said))), [])
    if letters:
        return str(letters[-1])
    lines = (_IN_TAG[-1].search(line) for line in reversed(text.split("\n")))
    return next((found[1] for found in lines if found), None)
