"""Answers that a model has already extracted, compared by the type that the question asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.tokens import match_tokens
from mmeval.scorers.rules.text import levenshtein

_BRACKET = re.compile(r"\(([a-zA-Z])\)")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def nearest(text: str, choices: Sequence[str]) -> str:
    """The choice with the smallest edit distance; of equals the first. Even an empty text picks one."""
    return min(choices, key=lambda choice: levenshtein(text, choice))


def to_choice(text: str, choices: Sequence[str]) -> str:
    """The first `(x)` in any case, else a bare capital, names a choice; anything else is the nearest one."""
    said = text.strip()
    bracket = _BRACKET.search(said)
    if bracket:
        said = bracket[1].upper()
    if len(said) == 1 and said in LETTERS[: len(choices)]:
        return choices[LETTERS.index(said)]
    return nearest(said, choices)


def to_type(text: str, answer_type: str, precision: float | None, *, integral_precision: bool = True) -> str | None:
    """A free-form answer as the text that its type is written in; None where it is no such thing.

    Args:
        text: the extracted answer.
        answer_type: `integer` truncates (`14.9` is 14), `float` rounds, others stay.
        precision: decimals of a float.
        integral_precision: take the precision as a whole number; without it a float precision, as the data
            set stores it, makes rounding impossible and every float answer wrong.
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
    """Without a precision rounding gives a whole number, which infinities have none of."""
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
    """Normalise an extracted answer to its type and compare it as text."""
    if multiple_choice:
        said: str | None = to_choice(text, choices) if choices else text
    else:
        said = to_type(text, answer_type, precision, integral_precision=integral_precision)
    return str(said).strip() == answer.strip()


def strict_match(text: str, *, choices: Sequence[str], multiple_choice: bool, answer_type: str, answer: str) -> bool:
    """The strict variant: letter by tokens, `int` and `float` as Python reads them, no rounding, lists never."""
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
    """The letter of the choice with this text."""
    return LETTERS[list(choices).index(answer)] if answer in choices else None


def _int(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
