"""Reads lists of words, cells of a grid (`B3`), placements (`B3: ramp`) and drawn tables.

    reply      = box | tag | JSON | ... "answer is" region | region
    sequence   = (word mark*)+            cells = (cell mark*)+
    placements = (cell mark* word mark*)+ | (word mark* cell mark*)+
    grid       = (line of words)+         time  = "7:05" | "19:05" | "7.05 pm" | "7 o'clock"
    cell       = "B3" | "3B" | "row 3, column B" | "column B, row 3"
    mark       = punctuation | "and" | "then" | ... | a number that counts the lines of a list

A region is read as a whole: one piece that is neither of these means that nothing is read, so that no answer is
guessed. The regions are tried from the most explicit to the least: the first that can be read counts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.readers.structure import structured

T = TypeVar("T")
LONGEST = 20_000
"""Maximum number of characters that are read; of a longer reply, only the end is."""
_CELL = (
    r"(?P<letter>[A-Za-z])\s?(?P<number>[0-9]{1,2})(?![0-9A-Za-z])"
    r"|(?P<number2>[0-9]{1,2})\s?(?P<letter2>[A-Za-z])(?![0-9A-Za-z])"
    r"|row\s{0,2}(?P<number3>[0-9]{1,2})[\s,;]{1,4}(?:and\s)?col(?:umn)?\s{0,2}(?P<letter3>[A-Za-z])(?![0-9A-Za-z])"
    r"|col(?:umn)?\s{0,2}(?P<letter4>[A-Za-z])[\s,;]{1,4}(?:and\s)?row\s{0,2}(?P<number4>[0-9]{1,2})(?![0-9])"
)
_FILLERS = (
    "the|an?|is|are|in|at|on|to|from|of|with|and|then|next|finally|first|second|third|order|list|sequence|answer|final|so"
    "|therefore|hence|thus|cells?|path|pieces?|rows?|columns?|place|put|it|goes|lies|steps?"
)
_MARK = (
    rf"(?:^|(?<=\n))[ \t]{{0,8}}(?:[-*•]|[0-9]{{1,2}}[.)])(?=\s)|[\s,;:.、，；：。|→>=(){{}}\[\]\"'`*_<\\$-]+"
    rf"|(?:{_FILLERS})(?![A-Za-z0-9])"
)
_TIME = re.compile(
    r"(?P<hour>[01]?[0-9]|2[0-4])(?:[:.h](?P<minute>[0-5][0-9])(?![0-9])|\s?o['’]?clock)(?:\s?[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\n\s{0,40}\n")
_SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Read(NamedTuple):
    """What was read, by which rule, and where it stands."""

    answer: str
    """In canonical notation; see `canonical_*`."""
    rule: str
    start: int
    end: int


class Token(NamedTuple):
    """A word of the vocabulary or a cell."""

    is_cell: bool
    text: str


def read_sequence(text: str, words: Sequence[str]) -> Read | None:
    """Find a list of words of a vocabulary."""
    return _read(text, lambda region: _sequence(region, tuple(words)))


def read_cells(text: str, *, ordered: bool) -> Read | None:
    """Find a list of cells; without an order, equal sets give equal answers."""
    return _read(text, lambda region: _cells(region, ordered=ordered))


def read_placements(text: str, words: Sequence[str]) -> Read | None:
    """Find pairs of a cell and a word, in either order."""
    return _read(text, lambda region: _placements(region, tuple(words)))


def read_grid(text: str, words: Sequence[str]) -> Read | None:
    """Find a table of words; each of its lines has the same number of words."""
    return _read(text, lambda region: _grid(region, tuple(words)))


def read_time(text: str) -> Read | None:
    """Find a time on a clock face; of several, none is the answer."""
    return _read(text, _time)


def canonical_time(minutes: int) -> str:
    """A time from its minutes after 12 o'clock: `7:05`."""
    return f"{minutes % 720 // 60 or 12}:{minutes % 60:02}"


def canonical_sequence(words: Sequence[str]) -> str:
    """Words in their order: `red, blue`."""
    return ", ".join(words)


def canonical_cells(cells: Sequence[str], *, ordered: bool) -> str:
    """Cells in their order, or each once and sorted: `B3, C1`."""
    return ", ".join(cells if ordered else sorted(set(cells)))


def canonical_placements(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs sorted by cell: `B3: ramp, C1: wall`."""
    return ", ".join(f"{cell}: {word}" for cell, word in sorted(pairs))


def canonical_grid(rows: Sequence[Sequence[str]]) -> str:
    """Rows in their order: `R G / G R`."""
    return " / ".join(" ".join(row) for row in rows)


def _read(text: str, parse: Callable[[str], str | None]) -> Read | None:
    cut = max(0, len(text) - LONGEST)
    tail = text[cut:]
    for rule, start, end in _regions(tail):
        answer = parse(tail[start:end])
        if answer is not None:
            return Read(answer, rule, start + cut, end + cut)
    return None


def _regions(text: str) -> Iterator[tuple[str, int, int]]:
    place = structured(text)
    if place is not None and place.start < place.end:
        yield place.rule, place.start, place.end
    for declared in declarations(text):
        yield declared.rule, declared.start, len(text)
        yield declared.rule, declared.start, declared.end
    yield "whole-reply", 0, len(text)
    blocks = list(_BLOCK.finditer(text.rstrip()))
    last = blocks[-1].end() if blocks else 0
    if last:
        yield "last-paragraph", last, len(text)
    line = text.rstrip().rfind("\n", last) + 1
    yield "last-line", line, len(text)
    colon = max(text.rfind(": ", line), text.rfind(" is ", line) + 2, text.rfind(" are ", line) + 3)
    if colon > line + 3:
        yield "last-line", colon + 1, len(text)


@functools.lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], *, cells: bool) -> re.Pattern[str]:
    spelled = [word for value, word in enumerate(_SPELLED) if str(value) in words]
    known = "|".join(re.escape(word) for word in sorted([*words, *spelled], key=len, reverse=True))
    vocabulary = rf"(?P<word>{known})(?:(?<=[A-Za-z]{{3}})s)?(?![A-Za-z0-9])" if known else "(?P<word>(?!))"
    parts = [*([_CELL] if cells else []), vocabulary, f"(?P<mark>{_MARK})"]
    return re.compile("|".join(parts), re.IGNORECASE)


def _tokens(region: str, words: tuple[str, ...], *, cells: bool) -> list[Token] | None:
    """The words and cells of a region; None where it holds anything else."""
    pattern, names = _pattern(words, cells=cells), {word.casefold(): word for word in words}
    found: list[Token] = []
    at = 0
    while at < len(region):
        match = pattern.match(region, at)
        if match is None:
            return None
        at = match.end()
        if match["mark"] is not None:
            continue
        if match["word"] is not None:
            found.append(Token(is_cell=False, text=_named(match["word"].casefold(), names)))
        else:
            found.append(Token(is_cell=True, text=_cell(match)))
    return found


def _named(said: str, names: dict[str, str]) -> str:
    return names[said] if said in names else str(_SPELLED.index(said))


def _cell(match: re.Match[str]) -> str:
    groups = match.groupdict()
    letter = next(groups[key] for key in ("letter", "letter2", "letter3", "letter4") if groups[key])
    number = next(groups[key] for key in ("number", "number2", "number3", "number4") if groups[key])
    return f"{letter.upper()}{int(number)}"


def _sequence(region: str, words: tuple[str, ...]) -> str | None:
    tokens = _tokens(region, words, cells=False)
    return canonical_sequence([token.text for token in tokens]) if tokens else None


def _cells(region: str, *, ordered: bool) -> str | None:
    tokens = _tokens(region, (), cells=True)
    return canonical_cells([token.text for token in tokens], ordered=ordered) if tokens else None


def _placements(region: str, words: tuple[str, ...]) -> str | None:
    tokens = _tokens(region, words, cells=True)
    if not tokens or len(tokens) % 2:
        return None
    pairs: dict[str, str] = {}
    for one, other in zip(tokens[::2], tokens[1::2], strict=True):
        if one.is_cell != tokens[0].is_cell or other.is_cell == one.is_cell:
            return None
        cell, word = (one, other) if one.is_cell else (other, one)
        if pairs.setdefault(cell.text, word.text) != word.text:
            return None
    return canonical_placements(list(pairs.items()))


def _grid(region: str, words: tuple[str, ...]) -> str | None:
    """The last lines of a region that are rows of words."""
    rows: list[list[str]] = []
    for line in reversed(region.splitlines()):
        tokens = _tokens(line, words, cells=False)
        if tokens is None:
            break
        if tokens:
            rows.insert(0, [token.text for token in tokens])
    return canonical_grid(rows) if len(rows) > 1 and len({len(row) for row in rows}) == 1 else None


def _time(region: str) -> str | None:
    found = {canonical_time(60 * int(one["hour"]) + int(one["minute"] or 0)) for one in _TIME.finditer(region)}
    return found.pop() if len(found) == 1 else None
