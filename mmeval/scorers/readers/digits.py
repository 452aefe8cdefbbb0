"""Numbers that are written in digits, in the words in which they are said."""

from __future__ import annotations

import re

from mmeval.scorers.readers.numerals import spelled

__all__ = ["without_digits"]

_WHOLE = re.compile(r"(?<![\w.,:/-])(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2}|[1-9][0-9]{0,8})(?![\w:/]|[.,-][0-9])")


def without_digits(text: str) -> str:
    """The text with its whole numbers in English words: 600 becomes `six hundred`.

    Dates, times, fractions and numbers beside letters stay as they are, and so do numbers from a billion on.
    """
    return _WHOLE.sub(lambda found: _in_words(int(found[0].replace(",", ""))), text)


def _in_words(value: int) -> str:
    for name, size in (("million", 10**6), ("thousand", 1000), ("hundred", 100)):
        if value >= size:
            more = value % size
            return f"{_in_words(value // size)} {name}" + (f" {_in_words(more)}" if more else "")
    return spelled(value).replace(r"[\s-]?", " ")
