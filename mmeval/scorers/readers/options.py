"""The texts of options, prepared so that they are found among the tokens of a reply."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mmeval.scorers.readers.amounts import only
from mmeval.scorers.readers.lexer import lex
from mmeval.scorers.readers.lexicon import PART, TEXT

_TRIM = " \t\r\n.,;:!?*_`\"'“”‘’()[]{}$"
Form = tuple[str, ...]
"""The tokens of a text as they are compared."""


class Options(NamedTuple):
    """The texts of the options as they may occur in a reply."""

    phrases: Mapping[str, Sequence[tuple[Form, str]]]
    """By their first token: the tokens, longest first, and the symbol."""
    beginnings: frozenset[str]
    """Their first tokens, in the cases in which people write them."""
    exact: Mapping[str, int]
    """The number of an option by its folded text."""
    numbers: Mapping[float, int]
    """The number of an option by its value, if the options are different numbers."""
    longest: int
    """Length of a reply that may be one of `exact`."""


@functools.lru_cache(maxsize=1024)
def index(texts: tuple[str, ...]) -> Options:
    """Prepare the texts of a sample's options."""
    folded = [fold(text) for text in texts]
    exact = {
        text: at for at, text in enumerate(folded) if (len(text) > 1 or text.isdigit()) and folded.count(text) == 1
    }
    phrases: dict[str, list[tuple[Form, str]]] = {}
    wordings = _wordings([form_of(text) for text in texts])
    for form, symbol in sorted(wordings, key=lambda one: -len(one[0])):
        phrases.setdefault(form[0], []).append((form, symbol))
    beginnings = frozenset(form for word in phrases for form in (word, word.capitalize(), word.upper()))
    return Options(phrases, beginnings, exact, _numbers(texts), max(map(len, texts), default=0) + 20)


def fold(text: str) -> str:
    """A text without case, surrounding marks and extra spaces."""
    return " ".join(str(text).strip(_TRIM).casefold().split())


def form_of(text: str) -> Form:
    """The tokens of a text as they are compared, without an article and a final full stop."""
    tokens = comparable(lex(text).tokens)
    start = 1 if len(tokens) > 1 and tokens[0] in ("a", "an", "the") else 0
    end = len(tokens) - 1 if len(tokens) > 1 and tokens[-1] in (".", "。") else len(tokens)
    return tuple(tokens[start:end])


def comparable(tokens: Sequence[str]) -> list[str]:
    """Tokens in lower case, and numbers without separators and final zeros."""
    return [_plain(word) if word[-1].isdigit() else word for word in map(str.lower, tokens)]


def _plain(token: str) -> str:
    plain = token.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _wordings(forms: Sequence[Form]) -> Iterator[tuple[Form, str]]:
    """What may stand for each option: its text, and its last word if no other option has it, also as a plural."""
    stems = [{word.rstrip("s") for word in form} for form in forms]
    for at, form in enumerate(forms):
        if forms.count(form) > 1 or not _is_text(form):
            continue
        yield form, chr(TEXT + at)
        last = form[-1].rstrip("s")
        if len(form) <= 4 and len(last) > 2 and last.isalpha() and sum(last in each for each in stems) == 1:
            yield from (((word,), chr(PART + at)) for word in (last, last + "s") if (word,) != form)


def _is_text(form: Form) -> bool:
    """Whether it can be told from an option letter."""
    said = "".join(form)
    return len(said) > 1 or (bool(said) and not (said.isascii() and said.isalpha()))


def _numbers(texts: Sequence[str]) -> dict[float, int]:
    values = [one.value for text in texts if (one := only(text)) and one.value is not None]
    return {value: at for at, value in enumerate(values)} if len({*values}) == len(texts) else {}
