"""mmeval's own reading of a multiple-choice reply: the option that it claims, by letter, by text or by position.

It never picks a random letter, and never reads the article "a" or the pronoun "I" as an option. Denials, guesses,
refusals, restated options and several options together are no answer. The grammar is in `grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmeval.scorers.base import Extraction
from mmeval.scorers.readers import grammar
from mmeval.scorers.readers.lexer import Lexed, lex
from mmeval.scorers.readers.lexicon import LETTER, LOWER, ORDINAL, TEXT
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.options import Options, comparable, fold, index
from mmeval.scorers.readers.structure import structured

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHORT = 300
"""Maximum length of a reply in which the text of an option may occur without a claim."""
_WRAP = r"[\s*_`\"'(\[{<$#]{0,6}"
_PLAIN = re.compile(
    rf"{_WRAP}(?:(?:(?i:the (?:correct |final )?|final )?(?i:answer)(?i: is|:))[\s*_]{{1,4}}{_WRAP})?"
    rf"(?:(?i:option|choice)\s{_WRAP})?(?:\\(?:boxed|text)\{{){{0,2}}\(?(?P<letter>[A-Za-z])[\s*_`\"')\]}}>.,:;!$]{{0,6}}"
)
"""The forms that most replies have, read without the grammar."""
_LETTERED = re.compile(rf"{_WRAP}(?P<letter>[A-Z])[*_`\")\]]{{0,3}}[.:)]")
_ARTICLE_BEFORE = "xtoarqpihyk"
"""Symbols of words before which a capital A is the article."""
_SMALL = "[\ue300-\ue319]"
_SMALL_LETTER = re.compile(rf"(?:(?<=[aobm:=vs,])|^)({_SMALL})(?=[./,?<]|$)|{_SMALL}")
_SMALL_LAST = re.compile(rf"{_SMALL}(?=t*(?:[./,?<]|$))")
_NAMES = re.compile("[\ue300-\ue4ff]")
_CAPITAL = re.compile("[\ue000-\ue0ff]")
_PLACE = re.compile(r"[\ue400-\ue4ff](?=o)|(?<=[tb])[\ue400-\ue4ff](?=[./,]|$)|^[\ue400-\ue4ff](?=\.?$)")
_NONE = Extraction(None, "unparsed")


def read_letter(text: str, letters: str, texts: Sequence[str] = ()) -> Extraction:
    """Find the option that a reply names.

    Args:
        text: the reply without its reasoning.
        letters: the valid option letters, in order.
        texts: the option texts in the same order, or empty.
    """
    plain = _PLAIN.fullmatch(text) if len(text) <= 60 else None
    if plain and plain["letter"].upper() in letters and plain["letter"] != "I":
        return Extraction(plain["letter"].upper(), "bare", plain.span("letter"))
    place = structured(text)
    if place is None:
        return _read(text, letters, index(tuple(texts)))
    found = _read(text[place.start : place.end], letters, index(tuple(texts)))
    if found.answer is None or found.span is None:
        return _NONE
    return Extraction(found.answer, place.rule, (found.span[0] + place.start, found.span[1] + place.start))


def _read(text: str, letters: str, options: Options) -> Extraction:
    if len(text) <= options.longest:
        named = _LETTERED.match(text)
        whole = options.exact.get(fold(text[named.end() :] if named else text))
        if whole is not None and (named is None or named["letter"] == letters[whole]):
            return Extraction(letters[whole], "option-text", (0, len(text)))
    said = lex(text)
    marked, lengths = _mark(said, letters, options)
    found = grammar.claim(marked.replace("t", ""), mention=TEXT if len(text) <= SHORT else None, alone=True)
    if found is None:
        return _by_number(text, letters, options) if options.numbers and not _CAPITAL.search(marked) else _NONE
    at = grammar.positions(marked)[found.ordinal]
    return Extraction(letters[found.value], found.rule, said.span(at, lengths.get(at, 1)))


def _by_number(text: str, letters: str, options: Options) -> Extraction:
    """The option with the number that the reply gives, where all options are numbers."""
    found = read_number(text)
    index = options.numbers.get(float((found.answer or "nan").rstrip("%")))
    return _NONE if index is None else Extraction(letters[index], found.rule, found.span)


def _mark(said: Lexed, letters: str, options: Options) -> tuple[str, dict[int, int]]:
    """The symbols with the options marked, and the number of tokens of each option text."""
    symbols = said.symbols
    lengths: dict[int, int] = {}
    if options.numbers or not options.beginnings.isdisjoint(said.tokens):
        symbols = _mark_texts(said.tokens, symbols, options, lengths)
    symbols = _mark_capitals(said.tokens, symbols, len(letters))
    if _NAMES.search(symbols):
        symbols = _PLACE.sub(lambda match: _place(match, len(letters)), symbols)
        symbols = _mark_small(symbols, len(letters))
    return symbols, lengths


def _mark_texts(tokens: Sequence[str], symbols: str, options: Options, lengths: dict[int, int]) -> str:
    words, out, taken = comparable(tokens), list(symbols), 0
    for at in [at for at, word in enumerate(words) if word in options.phrases]:
        for form, symbol in options.phrases[words[at]] if at >= taken else ():
            size = len(form)
            if size == 1 or tuple(words[at : at + size]) == form:
                out[at : at + size] = symbol + "t" * (size - 1)
                lengths[at], taken = size, at + size
                break
    return "".join(out)


def _mark_capitals(tokens: Sequence[str], symbols: str, valid: int) -> str:
    """Without letters that are no options, the article `A` and the pronoun `I`."""
    for match in _CAPITAL.finditer(symbols):
        at = match.start()
        follow = symbols[at + 1 : at + 2]
        instead = ""
        if tokens[at] == "I" and (valid < 9 or not follow or follow not in ".,:bz"):
            instead = "i"
        elif tokens[at] == "A" and follow and _is_article(tokens[at + 1], follow):
            instead = "t"
        elif ord(match[0]) - LETTER >= valid:
            instead = "x"
        if instead:
            symbols = symbols[:at] + instead + symbols[at + 1 :]
    return symbols


def _is_article(token: str, symbol: str) -> bool:
    """Whether a capital A before this token is the article. There is none before Chinese."""
    return token.isascii() and (symbol in _ARTICLE_BEFORE or symbol >= "\ue000")


def _place(match: re.Match[str], valid: int) -> str:
    index = ord(match[0]) - ORDINAL
    index = valid - 1 if index == 0xFF else index
    return chr(TEXT + index) if index < valid else "x"


def _mark_small(symbols: str, valid: int) -> str:
    """Small letters that stand where an answer does; all others are words."""
    if not _SMALL_LAST.search(symbols):
        return _NAMES.sub("x", symbols.replace("\ue300", "t"))
    out = list(symbols)
    kept = symbols.replace("t", "")
    places = [index for index, symbol in enumerate(symbols) if symbol != "t"]
    for match in _SMALL_LETTER.finditer(kept):
        index = ord(match[0]) - LOWER
        out[places[match.start()]] = chr(LETTER + index) if match[1] and index < valid else "t" if index == 0 else "x"
    return _NAMES.sub("x", "".join(out))
