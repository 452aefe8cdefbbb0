"""Turns a reply into tokens and a string of symbols, one for each token."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from mmeval.scorers.readers.lexicon import SYMBOLS

LONGEST = 20_000
"""Maximum number of characters that are read; of a longer reply, only the end is."""
_HAN = sorted((word for word in SYMBOLS if len(word) > 1 and "\u4e00" <= word[0] <= "\u9fff"), key=len, reverse=True)
_PHRASES: dict[tuple[str, str], list[tuple[str, ...]]] = {}
"""The words of each phrase, the longest first, by its first two words."""
for _words_of in sorted({tuple(word.lower().split(" ")) for word in SYMBOLS if " " in word}, key=len, reverse=True):
    _PHRASES.setdefault((_words_of[0], _words_of[1]), []).append(_words_of)
_BEGINNINGS = frozenset(first for first, _ in _PHRASES)
_PLAIN = (
    r"\([A-Za-z]\)|[A-Za-z]\)|i\.e\.|(?:[A-Z]\.){2,9}|[Nn]/[Aa](?![A-Za-z])|[A-Za-z]+(?:'t(?![A-Za-z]))?|[.,](?![0-9])|\n"
    r"|(?<![A-Za-z0-9_.,])-?[0-9]+(?:[.,][0-9]+)*(?:st|nd|rd|th)?|[0-9]+(?:[.,][0-9]+)*"
    r"|'(?:s|re|m|d|ll|ve)(?![A-Za-z])|\\[A-Za-z]+"
    r"|[!?;:=&(/.,]|(?<=\s)-(?=\s)|(?<=[0-9 ])[+*](?=\s?[0-9])"
)
_MORE = (
    r"|(?<=[ \d\ue100-\ue1ff])[+×÷*·](?=\s{0,2}[\d\ue100-\ue1ff])|[\ue100-\ue1ff–—≈§]"
    rf"|{'|'.join(_HAN)}|[\u3001-\uffe5✅✓✔❌✗✘∴⇒→…√]"
)
_ASCII_TOKEN, _TOKEN = (re.compile(rf" {{0,2}}({pieces})") for pieces in (_PLAIN, _PLAIN + _MORE))
_SAME = {0x2019: 0x27, 0x2212: 0x2D, 0xFF08: 0x28, 0xFF09: 0x29} | {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""What is read as ASCII: the typographic apostrophe, the minus sign, full-width letters, digits and brackets."""
_REPEATED = re.compile(r"(?<=\n)A(?=:)")
_NAMES = re.compile("[\ue000-\ue0ff\ue300-\ue4ff]")


class Lexed(NamedTuple):
    """A text as tokens, with a symbol for each."""

    text: str
    start: int
    """Characters of the original text before `text`."""
    tokens: Sequence[str]
    symbols: str

    def span(self, index: int, count: int = 1) -> tuple[int, int]:
        """Position of `count` tokens in the original text."""
        pattern = _ASCII_TOKEN if self.text.isascii() else _TOKEN
        first, last = _words(self.tokens[:index]), _words(self.tokens[: index + count]) - 1
        places = list(itertools.islice(pattern.finditer(self.text), first, last + 1))
        return places[0].start(1) + self.start, places[-1].end(1) + self.start


def _words(tokens: Sequence[str]) -> int:
    """How many words there are in tokens that may be phrases."""
    return " ".join(tokens).count(" ") + bool(tokens)


def lex(text: str) -> Lexed:
    """The tokens of the last LONGEST characters of a text."""
    cut = max(0, len(text) - LONGEST)
    said = text[cut:] if cut else text
    if "Q:" in said:  # A reply may repeat the question in the form `Q: ... A: ...`.
        said = _REPEATED.sub("答", said)
    plain = said.isascii()
    said = said if plain else said.translate(_SAME)
    tokens = (_ASCII_TOKEN if plain else _TOKEN).findall(said)
    low = list(map(str.lower, tokens))
    if not _BEGINNINGS.isdisjoint(low):
        tokens = _joined(tokens, low)
    get = SYMBOLS.get
    return Lexed(said, cut, tokens, "".join([get(token, "x") for token in tokens]))


def _joined(tokens: list[str], low: list[str]) -> list[str]:
    """The tokens with the words of each phrase as one, given the tokens in lower case."""
    out, taken = tokens[:], 0
    for at in [at for at, word in enumerate(low[:-1]) if word in _BEGINNINGS]:
        for words in _PHRASES.get((low[at], low[at + 1]), ()) if at >= taken else ():
            if tuple(low[at : at + len(words)]) == words:
                out[at : at + len(words)] = [" ".join(words), *[""] * (len(words) - 1)]
                taken = at + len(words)
                break
    return [token for token in out if token] if taken else tokens


def prose(symbols: str, *, keep: bool = False) -> str:
    """Symbols for a reader to which letters and ordinal numbers are words; without `t` unless they are kept."""
    said = _NAMES.sub("x", symbols.replace("\ue300", "t").replace("\ue008", "i"))
    return said if keep else said.replace("t", "")
