r"""Cuts a text in notation into tokens: words of a list, cells of a grid, numbers, places, and what says nothing.

w  a word of the list, also with other hyphens or spelling, its own last part, or `left` for `left ramp`
k  a cell: `B3`, `3B`, `B-3`, `(B, 3)`, `["B", 3]`         l  a column: `B`        n  a number: `3`, `three`
c  "column"      r  "row"      o  `1.`, `(2)`, `third`, `last`      d  `-`, `to`      s  `/`
nothing          punctuation, `and`, `then`, words of the question, keys of JSON, remarks in brackets that name no
other answer
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from mmeval.scorers.readers import vocabulary
from mmeval.scorers.readers.numerals import ENGLISH, ORDINALS, english
from mmeval.scorers.readers.regions import DOUBT

__all__ = [
    "LAST",
    "Token",
    "Tokens",
    "Tongue",
    "asked",
    "headless",
    "known",
    "names",
    "token_of",
    "tokens_of",
    "tongue_of",
]

_QUOTE = "[\"']?"
_LETTER, _NUMBER = r"(?-i:[A-Z])", r"[0-9]{1,2}"
_CELL = (
    rf"[\[(]\s?{_QUOTE}(?P<letter1>{_LETTER}){_QUOTE}\s?,?\s?{_QUOTE}(?P<number1>{_NUMBER}){_QUOTE}\s?[\])]"
    rf"|(?P<letter2>[A-Za-z])[_\s]?(?P<number2>{_NUMBER})(?![0-9A-Za-z])"
    rf"|(?P<letter3>{_LETTER})\s?[-/]\s?(?P<number3>{_NUMBER})(?![0-9A-Za-z])"
    rf"|(?P<number4>{_NUMBER})\s?(?P<letter4>[A-Za-z])(?![0-9A-Za-z])"
)
_ANY_CELL = re.compile(rf"(?<![A-Za-z0-9])(?P<cell>{_CELL})", re.IGNORECASE)
_AXIS = re.compile(r"\b(?:col(?:umn)?|row)s?\b", re.IGNORECASE)
_ORDINAL = rf"[0-9]{{1,2}}(?:st|nd|rd|th)|(?:{'|'.join(ORDINALS)})(?:ly)?|last(?:ly)?|finally"
_GRID = (
    rf"(?P<cell>{_CELL})|(?P<place>{_ORDINAL})\srow(?![a-z])|(?P<column>col(?:umn)?s?(?![a-z])\.?)|(?P<row>rows?(?![a-z]))"
    rf"|(?P<letter>{_LETTER})(?![A-Za-z0-9'])|(?P<dash>-|(?:to|through)(?![A-Za-z0-9]))"
)
_ITEM = (
    r"(?:^|(?<=\n))[ \t|]{0,8}(?P<item>\(?[0-9]{1,2}[.)]|#?[0-9]{1,2}:)(?=\s)|(?P<item2>[①-⑳]|#[0-9]{1,2}(?=[:.)\s]))"
    r"|(?P<item3>\([0-9]{1,2}\)(?=\s?[A-Za-z])|(?<=\s)[0-9]{1,2}[.):](?=\s[A-Za-z]))"
)
_BULLET = r"(?:^|(?<=\n))[ \t]{0,8}(?:[-*•+]|[a-z][.)]|[ivx]{1,4}[.)])(?=\s)"
_KEYS = rf"[\"'](?!(?:(?:col|column|row)s?|{_ORDINAL})[\"'])(?P<name>[A-Za-z_ ]{{1,30}})[\"']\s{{0,4}}:"
_FILLERS = (
    r"the|an?|is|are|in|at|on|to|from|of|with|and|then|next|order|list|sequence|answer|final|so|therefore|hence|thus|cells?"
    r"|path|pieces?|place|put|it|goes|go|lies|steps?|part|directions?|label|value|number|followed\sby"
    r"|after\sthat|afterwards|comes?|appears?|moves?|turns?|needs?|gets?|takes?|has|correct|my|rows?|columns?"
)
_MARK = rf"[\s,;:!|{{}}\[\]()\"'*_•→>≥&+]|\.(?!\.)|(?:{_FILLERS})(?![A-Za-z0-9])"
_NUMERAL = rf"(?P<number>[0-9]{{1,9}}(?:[.:,][0-9]{{1,9}}){{0,2}}\s?%?(?![A-Za-z0-9])|{ENGLISH}(?![A-Za-z-]))"
_REST = rf"{_NUMERAL}|(?P<ordinal>{_ORDINAL})(?![A-Za-z])|(?P<slash>/)"
_LEADING = re.compile(rf"(?P<key>{_KEYS})|(?P<bullet>{_BULLET})|{_ITEM}", re.IGNORECASE)
_PLAIN = re.compile(rf"{_REST}|(?P<mark>{_MARK}|-)", re.IGNORECASE)
_ON_GRID = re.compile(rf"{_GRID}|{_REST}|(?P<mark>{_MARK}|=)", re.IGNORECASE)
_FILLED = re.compile(rf"(?:{_FILLERS})", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ASIDE = re.compile("[A-Za-z]{3,20}(?![A-Za-z0-9])")
_TELLING = frozenset((
    "or", "not", "no", "nor", "never", "none", "without", "unless", "either", "neither", "maybe", "perhaps", "if",
    "before", "after", "behind", "all", "every", "both", "except", "but", "instead", "than", "more", "less", "fewer",
    "rather", "other", "another", "above", "below", "between",
))  # fmt: skip
"""Words of a question that say something beside an answer."""
_REMARK = re.compile(r"\(([^()\n]{1,80})\)")
LAST = 1_000
"""The place of `last`: after all others."""


class Token(NamedTuple):
    """A piece of an answer."""

    symbol: str
    text: str
    """A word or cell in canonical notation, a capital letter, or a number."""


Tokens = Sequence[Token]


class Tongue(NamedTuple):
    """What the tokens look like."""

    patterns: Sequence[re.Pattern[str]]
    """They are tried one after the other; the groups `w0`, `w1`, ... are words."""
    words: Sequence[str]
    beside: frozenset[str]
    """Words of the question, which say nothing beside an answer."""
    grid: bool
    """Whether cells are tokens, too."""

    def match(self, text: str, at: int) -> re.Match[str] | None:
        """The token at a position."""
        return next((found for pattern in self.patterns if (found := pattern.match(text, at))), None)


def asked(question: str) -> frozenset[str]:
    """The words of a question, which may stand beside an answer."""
    words = _ASIDE.findall(question.lower())
    return frozenset(
        (*words, *(word.removesuffix("s") for word in words), *(word.removesuffix("es") for word in words))
    )


@functools.lru_cache(maxsize=256)
def tongue_of(words: tuple[str, ...], *, grid: bool = False, beside: frozenset[str] = frozenset()) -> Tongue:
    """The tokens of a vocabulary; with `grid`, also those of cells."""
    known = vocabulary.forms(words)
    named = "|".join(rf"(?P<w{place}>{form})(?![A-Za-z0-9]|-to-)" for place, (_, form) in enumerate(known)) or "(?!)"
    parts = {part.lower() for word in words for part in re.findall("[A-Za-z]+", word)}
    patterns = (_LEADING, re.compile(named, re.IGNORECASE), _ON_GRID if grid else _PLAIN)
    return Tongue(patterns, [word for word, _ in known], beside - parts - _TELLING, grid)


def known(line: str, tongue: Tongue) -> bool:
    """Whether a line holds nothing else."""
    return not line.strip() or bool(tokens_of(line, tongue))


def headless(region: str, tongue: Tongue) -> str:
    """A region without the first row of a table, if that has only names."""
    head, line, rest = region.partition("\n")
    table = head.count("|") > 1 and rest.lstrip().startswith("|")
    return " " * len(head) + line + rest if table and not tokens_of(head, tongue) else region


def tokens_of(region: str, tongue: Tongue) -> list[Token] | None:
    """The tokens of a region; None where it holds anything else, or JSON with several keys."""
    found: list[Token] = []
    keys: set[str] = set()
    at = 0
    while at < len(region):
        match = tongue.match(region, at)
        remark = _REMARK.match(region, at) if match is None or match.lastgroup == "mark" else None
        if remark and not names(remark[1], tongue) and not (tongue.grid and _AXIS.search(remark[1])):
            if DOUBT.search(remark[1]):
                return None
            at = remark.end()
            found += () if tongue.grid else [Token("n", number) for number in _DIGITS.findall(remark[1])[:1]]
            continue
        if match is None:
            match = _ASIDE.match(region, at)
            if match is None or match[0].lower() not in tongue.beside:
                return None
        elif match.lastgroup == "key" and not _FILLED.fullmatch(match["name"]):
            keys.add(match["name"])
        else:
            found += token_of(match, tongue.words)
        at = match.end()
    return found if len(keys) < 2 else None


def names(text: str, tongue: Tongue) -> set[str]:
    """The words and cells that a text names, whatever else it says."""
    words = (match for match in tongue.patterns[1].finditer(text) if not text[: match.start()][-1:].isalnum())
    cells = _ANY_CELL.finditer(text) if tongue.grid else ()
    return {token.text for match in (*words, *cells) for token in token_of(match, tongue.words)}


def token_of(match: re.Match[str], words: Sequence[str]) -> list[Token]:
    """What a match of a tongue stands for; nothing where it says nothing."""
    kind, said = str(match.lastgroup), match[0].strip()
    if kind[0] == "w":
        return [Token("w", words[int(kind[1:])])]
    if kind == "cell":
        groups = match.groupdict()
        letter = next(groups[f"letter{n}"] for n in "1234" if groups[f"letter{n}"])
        number = next(groups[f"number{n}"] for n in "1234" if groups[f"number{n}"])
        return [Token("k", f"{letter.upper()}{int(number)}")]
    if kind == "place":
        return [Token("r", ""), Token("n", str(_place(match[kind])))]
    if kind == "ordinal" or kind.startswith("item"):
        return [Token("o", str(_place(match[kind])))]
    if kind == "number":
        return [Token("n", said if said[0].isdigit() else f"{english(said):g}")]
    symbol = {"column": "c", "row": "r", "letter": "l", "dash": "d", "slash": "s"}.get(kind)
    return [Token(symbol, said)] if symbol else []


def _place(said: str) -> int:
    """The place that `3.`, `(3)`, `3rd`, `third` or `last` stands for."""
    digits = "".join(char for char in said if char.isdigit())
    if digits:
        return int(digits) if digits.isascii() else unicodedata.digit(digits[0])
    return ORDINALS.get(said.lower().removesuffix("ly"), LAST)
