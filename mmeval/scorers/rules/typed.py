"""Comparison of extracted answers by the type that the question asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.tokens import match_tokens
from mmeval.scorers.rules.text import levenshtein

_BRACKET = re.compile(r"\(([a-zA-Z])\)")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def nearest(text: str, choices: Sequence[str]) -> str:
    """The choice with the smallest edit distance, the first on a tie. Even an empty text has one."""
    return min(choices, key=lambda choice: levenshtein(text, choice))


def to_choice(text: str, choices: Sequence[str]) -> str:
    """The choice named by the first `(x)` (in any case) or by a bare capital, else the nearest choice."""
    said = text.strip()
    bracket = _BRACKET.search(said)
    if bracket:
        said = bracket[1].upper()
    if len(said) == 1 and said in LETTERS[: len(choices)]:
        return choices[LETTERS.index(said)]
    return nearest(said, choices)


def to_type(text: str, answer_type: str, precision: float | None, *, integral_precision: bool = True) -> str | None:
    """A free-form answer in the notation of its type; None if it does not have this type.

    Args:
        text: the extracted answer.
        answer_type: `integer` truncates (`14.9` is 14), `float` rounds, other types are unchanged.
        precision: decimals of a float.
        integral_precision: convert the precision to a whole number. The data set stores it as a float, with which
            rounding fails and every float answer is wrong.
    """
    if answer_type == "integer":
        value = numbers.python_float(text)
        return str(int(value)) if value is not None and abs(value) < float("inf") else None
    if answer_type == "float":
        value = numbers.python_float(text)
        if value is None or (precision is not None and not integral_precision):
            return None
        return str(round(value, int(precision))) if precision is not None else _rounded(value)
    return text


def _rounded(value: float) -> str | None:
    """Round to a whole number; None for infinities."""
    return str(round(value)) if abs(value) < float("inf") else None


def typed_match(
    text: str,
    *,
    choices: Sequence[str],
    multiple_choice: bool,
    answer_type: str,
    precision: float | None,
    answer: str,
    integral_precision: bool = True,
) -> bool:
    """Convert an extracted answer to its type and compare it with the target as a text."""
    if multiple_choice:
        said: str | None = to_choice(text, choices) if choices else text
    else:
        said = to_type(text, answer_type, precision, integral_precision=integral_precision)
    return str(said).strip() == answer.strip()


def strict_match(text: str, *, choices: Sequence[str], multiple_choice: bool, answer_type: str, answer: str) -> bool:
    """The strict variant: letters by tokens, numbers by `int` and `float` without rounding; lists never match."""
    if multiple_choice:
        found = match_tokens(text, dict(zip(LETTERS, choices, strict=False)), 3).answer
        return found is not None and found == letter_of(answer, choices)
    if answer_type == "integer":
        said, want = _int(text), _int(answer)
        return said is not None and said == want
    if answer_type == "float":
        value = numbers.python_float(text)
        return value is not None and value == numbers.python_float(answer)
    return answer == "None"


def letter_of(answer: str, choices: Sequence[str]) -> str | None:
    """The letter of the choice with this text, or None."""
    return LETTERS[list(choices).index(answer)] if answer in choices else None


def _int(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
