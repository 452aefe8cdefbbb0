r"""Reads answers out of sentences: between its pieces may stand anything that says nothing against them.

It is tried where the whole of a place cannot be read as tokens (`pieces`), and asks for more structure instead:

    cells       one run of cells, with nothing but commas and `and` between them
    placements  a cell and a word by turns
    sequence    each word of the list once, or an ordinal before each word

A sentence that doubts, denies, compares, corrects or gives an example is not read, in the languages of `_TELLING`.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from mmeval.scorers.readers.pieces import Token, Tokens, Tongue, token_of

__all__ = ["CUT", "MANY", "Said", "said_in"]

LONGEST = 600
"""Characters of a place that is read as sentences."""
CUT = frozenset(("last-lines", "last-line", "first-paragraph"))
"""Rules of places that are cut out of what tells how they are meant."""
MANY = 2
"""A list of more words, each named once, is an order; two are named by chance."""
_TELLING = re.compile(
    r"(?<!\w)(?:or|nor|not|no|none|never|n[e']t|neither|either|maybe|perhaps|possibly|might|may|could|would|unsure|cannot"
    r"|unable|impossible|if|unless|except|excluding|without|all|every\w*|each|any|others?|another|some|several|many|more"
    r"|most|least|less|than|wrong|incorrect|opposite|reversed?|unlike|instead|rather|before|until|between"
    r"|after(?!\s(?:that|this|which|\w+ing)(?!\w)|wards)|initially|originally|thought|wait|actually|correction|sorry|but"
    r"|however|hmm|e\s\.\sg|such|like|example|including|includes|etc|so\son|guess|random|ruled|excluded|eliminated"
    r"|mirror\w*|symmetr\w*|reflect\w*|counterparts?|neighbou?r\w*|adjacent|surrounding|rest|nothing|nobody|empty|together|both|same|simultaneous\w*"
    r"|oder|nicht|kein\w*|vielleicht|ohne|außer|bevor|vor|ou|pas|sans|sauf|peut|avant|aucun\w*|o|quizás?|tal|sin|ni|antes"
    r"|excepto|forse|senza|talvez|sem|или|не|нет|без)(?!\w)|n't(?!\w)|[?…<=>←≤≥~]|\.\s\.|[不没沒无無非或除]|可能|也许|また|ない|아니",
    re.IGNORECASE,
)
"""What makes the pieces beside it no answer."""
_JOINED = re.compile(
    r"(?:[\s,;·•&+|*(){}\[\]\"']|(?<!\w)(?:and|und|et|y|e|och|og|en|at|in|the|also|cells?|plus)(?!\w)|[和与與及と와과и])*",
    re.IGNORECASE,
)
"""What may stand between the cells of a list."""
_ASIDE = re.compile(
    r"(?<!\w)(?:of|from|below|above|beside|near|around|about|by|under|over|left|right|behind|beyond|opposite|to|towards?|through|past)"
    r"\s(?:the\s)?(?:cells?\s)?[\"'(\[*]{0,3}$",
    re.IGNORECASE,
)
"""What makes a cell the one from which another is found: `left of A3`."""
_STRICT = re.compile(r"[\[(].*|[A-Z]-?[0-9]+|[0-9]+[A-Z]", re.DOTALL)
_PRONOUN = re.compile(r"[AI](?=\s[a-z])|one(?!\w)")
_WORD = re.compile(r"[^\W\d_\u0370-\U0010ffff]+(?:'[a-z]+)?|[^0-9]", re.IGNORECASE)
_PARTS = re.compile(r"[^\W_]+")
_LATIN = re.compile("[A-Za-z0-9]")


class Said(NamedTuple):
    """The pieces that a place names."""

    tokens: Tokens
    run: bool
    """Whether its cells form one list, and are not those from which others are found."""


def said_in(region: str, tongue: Tongue) -> Said | None:
    """The tokens of a place without what stands between them; None where that tells against them."""
    if len(region) > LONGEST:
        return None
    found: list[tuple[Token, int, int]] = []
    at, rest = 0, [""]
    while at < len(region):
        match = tongue.match(region, at)
        if match is None or _is_word(match):
            match = _WORD.match(region, at)
            if match is None:
                return None
            rest.append(match[0])
        else:
            made = token_of(match, tongue.words)
            if any(_is_part(match, one, rest[-1]) for one in made):
                return None
            found += [(one, match.start(), match.end()) for one in made]
            rest += () if match[0].isspace() else (match[0],) if not made else ("",)
        at = match.end()
    if _TELLING.search(" ".join(rest)):
        return None
    return Said([one for one, _, _ in found], _is_run(region, found))


def _is_word(match: re.Match[str]) -> bool:
    """Whether what looks like a piece is a word of the sentence: `I`, `one`, `a 4`, the first letter of a name."""
    after = match.string[match.end() : match.end() + 1]
    loose = match.lastgroup == "cell" and not _STRICT.fullmatch(match[0].strip())
    return (
        loose or (match.lastgroup == "letter" and after.isalpha()) or bool(_PRONOUN.match(match.string, match.start()))
    )


def _is_part(match: re.Match[str], one: Token, before: str) -> bool:
    """Whether it is only a part of a larger piece: `car` of `red car`, where that is none; `A3` of `A3B`."""
    short = one.symbol == "w" and len(_PARTS.findall(match[0])) < len(_PARTS.findall(one.text)) and before.isalpha()
    return short or (one.symbol in "kln" and bool(_LATIN.match(match.string, max(0, match.start() - 1), match.start())))


def _is_run(region: str, found: list[tuple[Token, int, int]]) -> bool:
    cells = [(start, end) for one, start, end in found if one.symbol == "k"]
    if not cells or _ASIDE.search(region, max(0, cells[0][0] - 30), cells[0][0]):
        return False
    return all(_JOINED.fullmatch(region, one[1], two[0]) for one, two in itertools.pairwise(cells))
