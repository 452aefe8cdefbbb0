"""mmeval's own reading of a reply that should give a number: the amount that it claims, else the only one in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers import grammar
from mmeval.scorers.readers.amounts import Amount, amounts, marked, only
from mmeval.scorers.readers.lexer import lex, prose
from mmeval.scorers.readers.lexicon import TEXT
from mmeval.scorers.readers.structure import structured

_NONE = Extraction(None, "unparsed")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PLAIN = re.compile(
    r"(?:(?i:the (?:correct |final )?answer is|answer:)\s)?(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?)\.?"
)


def read_number(text: str) -> Extraction:
    """Find the number that a reply gives. The answer is written so that `quantities.parse` reads it."""
    plain = _PLAIN.fullmatch(text) if len(text) <= 60 else None
    if plain:
        return Extraction(plain["number"], "bare", plain.span("number"))
    place = structured(text)
    if place is None:
        return _read(text, 0, "")
    return _read(text[place.start : place.end], place.start, place.rule)


def _read(text: str, start: int, rule: str) -> Extraction:
    bare = only(text)
    if bare is not None:
        return (
            _found(text, bare._replace(start=0, end=len(text)), start, rule or "bare")
            if bare.value is not None
            else _NONE
        )
    found = claimed(text, amounts(text))
    return _NONE if found is None else _found(text, found[0], start, rule or found[1])


def claimed(text: str, found: Sequence[Amount]) -> tuple[Amount, str] | None:
    """Which of the amounts in a text it gives as its answer, and by which rule of the grammar."""
    said, chosen = marked(_PRIVATE.sub(" ", text), found)
    symbols = prose(lex(said).symbols)
    claim = grammar.claim(symbols, mention=TEXT)
    return None if claim is None else (chosen[claim.ordinal - len(grammar.positions(symbols))], claim.rule)


def _found(text: str, one: Amount, start: int, rule: str) -> Extraction:
    assert one.value is not None
    answer = f"{one.value:.15g}" + "%" * one.percent
    return Extraction(answer, rule, (one.start + start, one.end + start))
