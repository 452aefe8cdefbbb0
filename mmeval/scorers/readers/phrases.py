"""mmeval's own reading of open answers: the text that a reply gives, and whether a reply states a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers import grammar
from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.readers.lexer import lex, prose
from mmeval.scorers.readers.lexicon import TEXT
from mmeval.scorers.readers.structure import structured

SHORT = 200
"""Maximum length of a reply in which refusals, guesses and alternatives are looked for."""
_CONTRAST = re.compile(
    r"(?<=\S)(?:\s{0,4}[,;(—–]\s{0,4}|\s{1,4})(?:(?:and|but)\s)?"
    r"(?:(?:not|rather than|instead of|unlike|as opposed to)\b|而不是|不是).*",
    re.IGNORECASE | re.DOTALL,
)
_TURNED = re.compile(
    r"(?:not|isn['’]t|不是)\s?.{1,80}?(?:,?\sbut\s(?:rather\s)?|[,;.]\s?(?:it['’]?s|it is|but)\s|[，,]\s?(?:而)?是)"
    r"(?P<rest>.{1,200})",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"(?:i (?:think|believe|guess|would say|'d say)(?: that)?\s)?(?:it|this|that)(?:\sis|['’]s)\s(?:called\s)?"
    r"(?P<rest>.{1,200})",
    re.IGNORECASE | re.DOTALL,
)
_DENIAL = re.compile(r"[iS]?[zn]|ib[nz]|i[zn]")
_REFUSAL = re.compile(r"[^.]{0,12}k|(?:x,)?im?n|[^.]{0,8}h|[^.]{0,6}[zn][xb+]{0,3}$")
_ALTERNATIVES = re.compile(r"[^.,|]{1,4},?\|[^.,|]{1,4}[.]?")
_IS = re.compile(rf"(?:b|v|:)(?P<at>{grammar.C})(?=[./,?<+]|$)")
_BESIDE = re.compile(rf"(?:{grammar.C},?jx{{1,2}}|x{{1,2}},?j{grammar.C})\.?")
_NONE = Extraction(None, "unparsed")


def read_phrase(text: str, accepted: Sequence[str], clean: Callable[[str], str]) -> Extraction:
    """Find the text that a reply gives as its answer.

    Args:
        text: the reply.
        accepted: expected texts. A reply that is one of them is taken as it is, even if it looks like a refusal.
        clean: removes the wrapping of an answer.
    """
    place = structured(text)
    if place is not None:
        return _trimmed(text[place.start : place.end], place.rule, (place.start, place.end), accepted, clean)
    for declared in declarations(text):
        if clean(text[declared.start : declared.end]):
            span = (declared.start, declared.end)
            return _trimmed(text[slice(*span)], declared.rule, span, accepted, clean)
    return _trimmed(text, "whole-reply", None, accepted, clean)


def _trimmed(
    text: str, rule: str, span: tuple[int, int] | None, accepted: Sequence[str], clean: Callable[[str], str]
) -> Extraction:
    said = clean(text)
    if not said:
        return _NONE
    if len(said) > SHORT or said.casefold() in {target.strip().casefold() for target in accepted}:
        return Extraction(said, rule, span)
    lead = _LEAD.fullmatch(said)
    core = clean(lead["rest"]) if lead else said
    turned = _TURNED.match(core)
    core = clean(turned["rest"]) if turned else clean(_CONTRAST.sub("", core))
    return Extraction(core, rule, span) if core and not evasive(core) else _NONE


def evasive(text: str) -> bool:
    """Whether a short text denies, refuses, guesses or names alternatives instead of giving an answer."""
    symbols = prose(lex(text).symbols)
    return (
        any(pattern.match(symbols) for pattern in (_DENIAL, _REFUSAL)) or _ALTERNATIVES.fullmatch(symbols) is not None
    )


def states(text: str, accepted: Sequence[str]) -> bool:
    """Whether a reply claims one of the accepted texts: it is not denied, guessed, or one of several alternatives."""
    said = lex(text)
    words = [token.casefold() for token in said.tokens]
    return any(_claimed(words, said.symbols, form) for form in map(_form, accepted) if form)


@functools.lru_cache(maxsize=1024)
def _form(text: str) -> tuple[str, ...]:
    tokens = [token.casefold() for token in lex(text).tokens]
    start = 1 if len(tokens) > 1 and tokens[0] in ("a", "an", "the") else 0
    return tuple(tokens[start : len(tokens) - (len(tokens) > 1 and tokens[-1] == ".")])


def _claimed(words: Sequence[str], symbols: str, form: tuple[str, ...]) -> bool:
    marked, at, size = list(prose(symbols, keep=True)), 0, len(form)
    while at <= len(words) - size:
        if words[at] == form[0] and tuple(words[at : at + size]) == form:
            marked[at : at + size] = chr(TEXT) + "t" * (size - 1)
            at += size - 1
        at += 1
    said = "".join(marked).replace("t", "")
    if chr(TEXT) not in said or _BESIDE.fullmatch(said):
        return False
    if grammar.claim(_alternatives(said)) is not None:
        return True
    moods = grammar.Moods(_alternatives(said))
    last = [match.start("at") for match in _IS.finditer(said) if moods.free(match.start("at"))]
    whole = len(said) <= 12 and not set(said[:-1]) & set(".,/?|u") and bool(moods.mentions())
    return bool(last) or whole


def _alternatives(symbols: str) -> str:
    """The symbols with a guess in front of each candidate that is named beside another text."""
    return re.sub(rf"({grammar.C})(?=,?[|]x)", r"h\1", re.sub(rf"(?<=[|])({grammar.C})", r"h\1", symbols))
