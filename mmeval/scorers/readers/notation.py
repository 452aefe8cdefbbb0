r"""Reads words of a list, lists of them, cells of a grid, and what lies in which cell.

A region of a reply is cut into tokens, each with a symbol (`pieces`), and the symbols are read by the grammar below. A
piece that is no token means that nothing is read, so that no answer is guessed. The places where an answer may stand
are tried from the most explicit to the least (`regions`); the first that can be read counts.

    sequence   = w+ | w (s w)+ | (n w)+ | (w n)+ | (n w n)+         numbers before words count 1, 2, 3
    cell       = k | c? l r? n | c l r n | r n c l                  several: l n+ | c l+ r n+ | r n+ c l+
    placements = (cell w)+ | (w cell)+
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mmeval.scorers.readers import drawn
from mmeval.scorers.readers.amounts import Amount
from mmeval.scorers.readers.numbers import claimed
from mmeval.scorers.readers.pieces import LAST, Tokens, Tongue, headless, known, names, tokens_of, tongue_of
from mmeval.scorers.readers.regions import LONGEST, Line, regions
from mmeval.scorers.readers.sentences import CUT, MANY, Said, said_in
from mmeval.scorers.readers.typography import bare, level

__all__ = [
    "Read", "canonical_cells", "canonical_grid", "canonical_placements", "canonical_sequence", "read_cells",
    "read_grid", "read_placements", "read_sequence", "read_word",
]  # fmt: skip

_COLUMN = re.compile(r"\bcolumn\s([A-Z])(?![A-Za-z0-9])")


class Read(NamedTuple):
    """What was read, by which rule, and where it stands."""

    answer: str
    """In canonical notation; see `canonical_*`."""
    rule: str
    start: int
    end: int


def read_word(text: str, words: Sequence[str], beside: frozenset[str] = frozenset()) -> Read | None:
    """Find the only word of a list that a reply consists of; it may be named several times.

    If all words are numbers, ordinals such as `third` and `3rd` are words; if all are letters, `column B` is one.
    """
    parse = _same_number if all(map(str.isdigit, words)) else _same_word
    return _read(text, tongue_of(tuple(words), beside=beside), parse)


def is_word(text: str, word: str, words: Sequence[str]) -> bool:
    """Whether a text is this word of the list."""
    return _same_word(tokens_of(bare(level(text)), tongue_of(tuple(words))) or ()) == word


def named(text: str, words: Sequence[str]) -> set[str]:
    """The words of the list that a text names, whatever else it says."""
    return names(bare(level(text)), tongue_of(tuple(words)))


def read_letter(text: str, letters: Sequence[str]) -> Read | None:
    """Find the only column that a reply names: `B`, `column B`, `it is above column B`."""

    def parse(tokens: Tokens) -> str | None:
        symbols, kept = _symbols(tokens, without="c")
        return kept[0].text if symbols == "l" and kept[0].text in letters else None

    whole = _read(text, tongue_of((), grid=True), parse)
    if whole is not None:
        return whole
    said = level(text[-LONGEST:])
    found = [
        Amount(float(letters.index(match[1])), False, *match.span())
        for match in _COLUMN.finditer(said) if match[1] in letters
    ]  # fmt: skip
    claim = claimed(said, found)
    return Read(letters[int(claim[0].value or 0)], claim[1], claim[0].start, claim[0].end) if claim else None


def read_sequence(text: str, words: Sequence[str], beside: frozenset[str] = frozenset()) -> Read | None:
    """Find a list of words of a vocabulary."""
    tongue = tongue_of(tuple(words), beside=beside)
    text = _DIAGONAL.sub(lambda match: re.sub("[-/]", "~", match[0]), text)
    return _read(text, tongue, _sequence, lambda region: _arrows(region, tongue), functools.partial(_told, words=words))


def read_cells(text: str, *, ordered: bool, beside: frozenset[str] = frozenset()) -> Read | None:
    """Find a list of cells; without an order, equal sets give equal answers. A drawn grid may mark them."""
    parse = functools.partial(_cells, ordered=ordered)
    tongue = tongue_of((), grid=True, beside=beside)
    told = functools.partial(_listed, ordered=ordered)
    text = _CONTRAST.sub(lambda match: " " * len(match[0]), text)
    return _read(text, tongue, parse, lambda region: _joined(drawn.marked(region)), told)


def read_placements(text: str, words: Sequence[str], beside: frozenset[str] = frozenset()) -> Read | None:
    """Find pairs of a cell and a word, in either order."""
    tongue = tongue_of(tuple(words), grid=True, beside=beside)
    return _read(text, tongue, _placements, told=lambda said: _placements(_only(said, "kwn")))


def read_grid(text: str, words: Sequence[str]) -> Read | None:
    """Find a table of words; each of its lines has the same number of words."""
    tongue = tongue_of(tuple(words))

    def drawing(region: str) -> str | None:
        found = drawn.table(region, lambda said: _only_words(tokens_of(said, tongue) or ()))
        return canonical_grid(found) if found else None

    return _read(text, tongue, lambda tokens: None, drawing)


def canonical_sequence(words: Sequence[str]) -> str:
    """Words in their order: `red, blue`."""
    return ", ".join(words)


def canonical_cells(cells: Iterable[str], *, ordered: bool) -> str:
    """Cells in their order, or each once and sorted: `B3, C1`."""
    return ", ".join(cells if ordered else sorted(set(cells)))


def canonical_placements(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs sorted by cell: `B3: ramp, C1: wall`."""
    return ", ".join(f"{cell}: {word}" for cell, word in sorted(pairs))


def canonical_grid(rows: Sequence[Sequence[str]]) -> str:
    """Rows in their order: `R G / G R`."""
    return " / ".join(" ".join(row) for row in rows)


def _read(
    text: str,
    tongue: Tongue,
    parse: Callable[[Tokens], str | None],
    drawing: Callable[[str], str | None] = lambda region: None,
    told: Callable[[Said], str | None] = lambda said: None,
) -> Read | None:
    cut = max(0, len(text) - LONGEST)
    said = level(text[cut:])
    line = Line(known=lambda part: known(bare(part), tongue), names=lambda part: names(bare(part), tongue))
    places = list(regions(said, line))
    plain = [bare(said[place.start : place.end]) for place in places]

    def whole(region: str) -> str | None:
        tokens = tokens_of(headless(region, tongue), tongue)
        return (parse(tokens) if tokens else None) or drawing(region)

    def sentence(region: str) -> str | None:
        found = said_in(region, tongue)
        return told(found) if found else None

    for read, kept in ((whole, places), (sentence, [one for one in places if one.rule not in CUT])):
        for place, region in zip(places, plain, strict=True):
            answer = read(region) if place in kept else None
            if answer is not None:
                return Read(answer, place.rule, place.start + cut, place.end + cut)
    return None


def _counted(tokens: Tokens) -> Tokens | None:
    """The tokens without places, which have to go up."""
    places = [int(token.text) for token in tokens if token.symbol == "o"]
    rising = all(a < b for a, b in itertools.pairwise(places))
    return [token for token in tokens if token.symbol != "o"] if rising else None


def _placed(tokens: Tokens) -> Tokens | None:
    """The tokens without places, each of which has to be that of the word before or after it."""
    before, count = 0, sum(token.symbol == "w" for token in tokens)
    for token in tokens:
        before += token.symbol == "w"
        place = count if token.text == str(LAST) else token.text
        if token.symbol == "o" and str(place) not in (str(before), str(before + 1)):
            return None
    return _counted(tokens)


def _symbols(tokens: Tokens, *, without: str = "") -> tuple[str, Tokens]:
    kept = [token for token in tokens if token.symbol not in without]
    return "".join(token.symbol for token in kept), kept


def _only_words(tokens: Tokens) -> list[str] | None:
    return [token.text for token in tokens] if {token.symbol for token in tokens} == {"w"} else None


def _same_word(tokens: Tokens) -> str | None:
    symbols, kept = _symbols(tokens, without="orn")
    words = {token.text for token in kept}
    return words.pop() if symbols.strip("w") == "" and len(words) == 1 else None


def _same_number(tokens: Tokens) -> str | None:
    numbers = {token.text for token in tokens}
    return numbers.pop() if len(numbers) == 1 and {token.symbol for token in tokens} <= set("wo") else None


def _sequence(tokens: Tokens) -> str | None:
    symbols, kept = _symbols(_placed(tokens) or ())
    words = [token.text for token in kept if token.symbol == "w"]
    before = [one.text for one, after in itertools.pairwise(kept) if one.symbol == "n" and after.symbol == "w"]
    after = [one.text for before, one in itertools.pairwise(kept) if before.symbol == "w" and one.symbol == "n"]
    counting = before == [str(place + 1) for place in range(len(words))]
    plain = re.fullmatch("w+|w(?:sw)+", symbols)
    timed = len(before) == len(words) and all(":" in one for one in before) and before == sorted(set(before))
    numbered = (counting or timed) and re.fullmatch("(?:nw)+", symbols)
    valued = re.fullmatch("(?:wn)+" if not counting else "(?:nwn)+", symbols) and _monotone(after)
    return canonical_sequence(words) if plain or numbered or valued else None


def _told(said: Said, *, words: Sequence[str]) -> str | None:
    """Every word of the list once, or one after each ordinal."""
    symbols, kept = _symbols(said.tokens)
    named = [token.text for token in kept if token.symbol == "w"]
    every = len(words) > MANY and sorted(named) == sorted(words)
    return _sequence(kept) if every or (symbols.count("o") == len(named) > 1) else None


def _listed(said: Said, *, ordered: bool) -> str | None:
    """One list of cells, none of which is named by its column and row."""
    symbols, _ = _symbols(said.tokens)
    plain = said.run and not re.search("l|rn|nr", symbols)
    return _cells(_only(said, "k"), ordered=ordered) if plain else None


def _only(said: Said, symbols: str) -> Tokens:
    return [token for token in said.tokens if token.symbol in symbols]


def _monotone(numbers: Sequence[str]) -> bool:
    """Whether numbers go up or down: values and times do. What may be ranks in another order has to go up."""
    values = [
        float(number.rstrip(" %").replace(",", "").replace(":", ".")) for number in numbers if number.count(".") < 2
    ]
    ranks = sorted(values) == list(range(1, len(numbers) + 1))
    return len(values) == len(numbers) and (
        values == sorted(values) or (not ranks and values == sorted(values, reverse=True))
    )


_CONTRAST = re.compile(
    r"(?<=[A-Za-z]\d)[*\s]{0,3}[,.;(–—-]{1,2}\s?(?:and\s|but\s)?(?:not|rather\sthan|instead\sof)\s[^,.;\n]{1,40}[.)!\s]{0,5}$",
    re.IGNORECASE,
)
"""What is said last not to be among the cells."""
_DIAGONAL = re.compile(r"(?<![\w-])(?:up|down|left|right)[-/](?:up|down|left|right)(?![\w-])", re.IGNORECASE)
"""Two directions in one word are a third one."""
_ARROWS = {"←": " left,", "→": " right,", "↑": " up,", "↓": " down,"}
_ARROWS |= {"⬅": " left,", "⬆": " up,", "⬇": " down,"}


def _arrows(region: str, tongue: Tongue) -> str | None:
    """Directions that are drawn as arrows: where there are words, an arrow stands between them."""
    if any(char.isalnum() for char in region) or "left" not in " ".join(tongue.words):
        return None
    return _sequence(tokens_of("".join(_ARROWS.get(char, char) for char in region), tongue) or ())


def _cells(tokens: Tokens, *, ordered: bool) -> str | None:
    symbols, groups = _grouped(_symbols(_counted(tokens) or (), without="sd" if ordered else "s")[1])
    named = [cell for cells in groups for cell in cells]
    return (
        canonical_cells([cell for cell, _ in itertools.groupby(named)], ordered=ordered)
        if set(symbols) == {"k"}
        else None
    )


def _placements(tokens: Tokens) -> str | None:
    symbols, groups = _grouped(_symbols(_counted(tokens) or (), without="sd")[1])
    if not re.fullmatch("(?:kw)+|(?:wk)+", symbols) or any(len(group) > 1 for group in groups):
        return None
    pairs: dict[str, str] = {}
    for one, other in zip(groups[::2], groups[1::2], strict=True):
        cell, word = (one, other) if symbols[0] == "k" else (other, one)
        if pairs.setdefault(cell[0], word[0]) != word[0]:
            return None
    return canonical_placements(pairs.items())


_GROUP = re.compile("c(?P<columns>l+)r(?P<rows>n+)|r(?P<rows2>n+)c(?P<columns2>l+)|c?(?P<column>l)(?P<rows3>n+)|.")


def _grouped(tokens: Tokens) -> tuple[str, list[list[str]]]:
    """The symbols with `k` for every group of tokens that names cells, and what each symbol names."""
    symbols = "".join(token.symbol for token in tokens)
    if re.fullmatch("cr(?:ln)+|rc(?:nl)+", symbols):  # The head of a table of columns and rows.
        paired = zip(tokens[2::2], tokens[3::2], strict=True)
        tokens = [one for pair in paired for one in sorted(pair)]
        symbols = "ln" * (len(tokens) // 2)
    out, named = "", []
    for match in _GROUP.finditer(symbols):
        found = {
            name: [token.text for token in tokens[slice(*match.span(name))]]
            for name, at in match.groupdict().items()
            if at
        }
        columns = found.get("columns") or found.get("columns2") or found.get("column")
        rows = found.get("rows") or found.get("rows2") or found.get("rows3") or []
        out += "k" if columns else match[0]
        named.append([column + row for column in columns for row in rows] if columns else [tokens[match.start()].text])
    return out, named


def _joined(cells: Sequence[str]) -> str | None:
    return canonical_cells(cells, ordered=False) or None
