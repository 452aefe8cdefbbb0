r"""The grammar of claims: which of the answers that a reply names does it give?

It works on the symbols of `lexicon`. Candidates (`C`) are what a reader takes for answers: letters, texts, numbers.

    list     = C ((","? ("and" | "or") | ",") C)*
    denial   = ("not" | "eliminate" | ...) filler* list  |  list filler* ("wrong" | "not" | ...)
    guess    = "maybe" filler* list  |  ("if" | "unable to" | "at first" | ...) ... C  |  C ... "?"
    claim    = "answer" filler* ("is" | ":") C  |  "choose" C  |  "so" C  |  "it is" C  |  C "is correct"  |  "=" C
    head     = C at the beginning, before a mark       tail = C alone in the last line or sentence

A scope ends with its clause. The last claim is the answer. A claim that is denied later, a guess, or a list of
different answers is none. Without a claim the head counts, or the tail; if these two differ, there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mmeval.scorers.readers.lexicon import CANDIDATE

C = f"[{CANDIDATE}]"
_JOIN = rf"(?:,?[j|],?o?{C}|,o?{C}(?![bzmg*]))"
_CLAUSE = "[^.?/,:usc<]"
_REFUTED = (
    rf"{C}{_JOIN}{{0,12}}[^.?/,:usc<r{CANDIDATE}]{{0,3}}(?:w|[zen](?!o?{C}))"  # C is wrong
    rf"|{C}{C}?[,:]?:[nwd]"  # C: no
)
_DENIED = re.compile(rf"[nzedl]{_CLAUSE}{{0,20}}(?:(?<={C}){_JOIN}{{1,12}})?|{_REFUTED}")
_TAKEN_BACK = re.compile(rf"[nze]o?{C}|{_REFUTED}")
_GUESSED = re.compile(
    rf"h{_CLAUSE}{{0,20}}(?:(?<={C}){_JOIN}{{1,12}})?|[fpk][^.?/us]{{0,60}}|qo?{C}{_JOIN}{{0,12}}|<{_CLAUSE}{{0,20}}"
    rf"|{C},?h(?=[.?/,]|$)|{C},?h{C}|{C}[^.?/y{CANDIDATE}]{{0,6}}\?(?!y)"
    rf"|{C}(?==(?!{C}\*))|{C}(?:\*{C}){{1,12}}"
)
_LIST = re.compile(rf"{C}{_JOIN}{{1,12}}|{C},?\|x?[=b:]?{C}|{C}[+x]{{1,3}},?j[+x]?{C}|{C}[.:,]{{0,2}}{C}(?=[./,]|$)")
_BE = "(?:i?m?b+)"
_CLAIM = re.compile(
    rf"a[^.?/,=:usc<fhnzkv{CANDIDATE}]{{0,6}}[b:=m]+[/:=,]*[oar]*(?P<declared>{C})"
    rf"|ao?(?P<after>{C})"
    rf"|v+b?[oi]?b?(?P<chosen>{C})"
    rf"|(?:[sc]%?|d(?=,))[,:]*(?:[dyc],?){{0,4}}(?:\+?{_BE}|[vim]|ix?v?|x{{1,3}}b+)?[oar]*[b:]?(?P<concluded>{C})"
    rf"|g\+?o?(?P<matched>{C})"
    rf"|(?P<total>{C})[x+]{{0,3}}s(?=[.:,/]|$)"
    rf"|i[gm]?m?b,{{0,2}}[oar]*b?(?P<named>{C})"
    rf"|r[oax]?[mb:]+o?(?P<right>{C})"
    rf"|(?:(?<=[,./])|^)m?b(?P<being>{C})"
    rf"|u{_BE}?v?o?(?P<instead>{C})(?=[./,?<]|$)"
    rf"|=(?P<equal>{C})(?![*=])"
    rf"|o[i+][^.?/,=:usc<fhnzk{CANDIDATE}]{{1,8}}b+(?P<described>{C})"
    rf"|y[,:]?o?(?P<ticked>{C})"
    rf"|(?:(?<=[.?/,:jusc<oi])|^)(?P<predicate>{C})o?(?::?{C})?:?"
    rf"(?:\+?m?b+o?i?[rag]|m?b+o(?=[./]|$)|g|y|\?y|ib(?=[./]|$))"
    rf"|(?P<marked>[\ue000-\ue0ff])(?:{C}?:?r(?=[./]|$|{C})|[xi+]{{1,4}}r(?=[./,]|$))"
)
_HEAD = re.compile(rf"[/,:]*o?(?P<at>{C})o?(?:[./,:<nl]|{C}|\+?(?:[./]|$))")
_TAIL = re.compile(rf"(?:(?<=[./?:,])|^)o?(?P<at>{C})(?:[.,:]*{C}|(?<=[\ue100-\ue2ff])x)?[./]*$")
_LABELLED = re.compile(rf"(?:[xo]:|/o?)(?P<at>{C})(?=[./,]|$)|/o?(?P<line>{C})|(?<=[./])o?(?P<named>{C})(?=:)")
"""What stands behind a label, or begins a line."""
_RESTATED = re.compile(rf"{C}(?=[.:]?{C}(?:[./,:]|$))")
"""An option with its letter and its text."""
_SUBJECT = re.compile(
    rf"(?:(?<=[./])|^)(?:[xo]{{1,4}}b+(?P<subject>{C})(?=[./,<?]|$)|[xib+v]{{1,6}}(?P<counted>{C})[x+]{{1,3}}:)"
)
BRIEF = 24
"""Number of symbols above which sentences without candidates and cues are shortened."""
_IDLE = re.compile(rf"(?:(?<=[./?])|^)[^./?acdfkpsy:{CANDIDATE}]{{2,}}(?=[./?])")
_ANY = re.compile(C)


class Claim(NamedTuple):
    """The answer that a reply gives: its number, and which of the candidates in the reply it is."""

    value: int
    rule: str
    ordinal: int
    """How many candidates precede it."""


def value_at(symbols: str, at: int) -> int:
    """The number of the answer at a position."""
    return ord(symbols[at]) & 0xFF


def claim(symbols: str, *, mention: int | None = None, alone: bool = False) -> Claim | None:
    """The answer that is given, or None.

    Args:
        symbols: symbols without `t`.
        mention: first symbol of the candidates of which the only one that is mentioned counts without a claim.
        alone: whether a guess at another answer rules out such a mention.
    """
    if not _ANY.search(symbols):
        return None
    said = Moods(_IDLE.sub("x", symbols) if len(symbols) > BRIEF else symbols)
    found = (
        _last_claim(said)
        or _by_place(said)
        or _by_subject(said)
        or (_mentioned(said, mention, alone) if mention is not None else None)
    )
    return found if isinstance(found, Claim) else None


class Moods:
    """Which candidates are denied, and which are guesses or members of a list."""

    __slots__ = ("denied", "guessed", "symbols")

    def __init__(self, symbols: str) -> None:
        self.symbols = symbols
        self.denied = _inside(_DENIED, symbols)
        self.guessed = _inside(_GUESSED, symbols)
        for match in _LIST.finditer(symbols):
            listed = [at for at in positions(symbols, *match.span()) if at not in self.denied]
            if len(_values(symbols, listed)) > 1:
                self.guessed.update(listed)

    def free(self, at: int) -> bool:
        """Whether the candidate is neither denied nor guessed."""
        return at not in self.denied and at not in self.guessed

    def given(self, rule: str, at: int) -> Claim:
        """The claim of the candidate at a position."""
        return Claim(value_at(self.symbols, at), rule, len(positions(self.symbols, 0, at)))

    def mentions(self) -> list[int]:
        """Positions of the candidates that are neither denied nor guessed."""
        return [at for at in positions(self.symbols) if self.free(at)]


def positions(symbols: str, start: int = 0, end: int | None = None) -> list[int]:
    """Positions of the candidates in a range."""
    stop = len(symbols) if end is None else end
    return [match.start() for match in _ANY.finditer(symbols, start, stop)]


def _inside(pattern: re.Pattern[str], symbols: str) -> set[int]:
    """Positions of the candidates in the matches of a pattern."""
    return {at for match in pattern.finditer(symbols) for at in positions(symbols, *match.span())}


class _NoAnswer(NamedTuple):
    """There is a claim, but it is taken back."""


def _last_claim(said: Moods) -> Claim | _NoAnswer | None:
    last = None
    for match in _CLAIM.finditer(said.symbols):
        rule = match.lastgroup or ""
        if said.free(match.start(rule)):
            last = (rule, match.start(rule))
    if last is None:
        return None
    value = value_at(said.symbols, last[1])
    return _NoAnswer() if value in _taken_back(said.symbols[last[1] + 1 :]) else said.given(*last)


def _by_place(said: Moods) -> Claim | _NoAnswer | None:
    symbols = said.symbols
    head, tail = _HEAD.match(symbols), _TAIL.search(symbols, max(0, len(symbols) - 12))
    if tail and symbols[: tail.start()].endswith(",") and not _only_left(said):
        tail = None
    places = [("leading", head), ("last", tail)]
    found = [(rule, match.start("at")) for rule, match in places if match and said.free(match.start("at"))]
    if not found:
        return None
    values = _values(symbols, [at for _, at in found])
    restated = _values(symbols, [match.start() for match in _RESTATED.finditer(symbols)])
    labelled = _values(symbols, [at for at in _labelled(symbols) if said.free(at)])
    corrected = head and not tail and "c" in symbols[head.end() :]
    unclear = len(values) > 1 or (labelled - values) or corrected or (len(restated) > 1 and values <= restated)
    return _NoAnswer() if unclear or values & _taken_back(symbols) else said.given(*found[0])


def _labelled(symbols: str) -> list[int]:
    return [match.start(str(match.lastgroup)) for match in _LABELLED.finditer(symbols)]


def _taken_back(symbols: str) -> set[int]:
    """The answers that are denied outright."""
    return _values(symbols, _inside(_TAKEN_BACK, symbols))


def _only_left(said: Moods) -> bool:
    """Whether some candidates are denied or guessed, and just one is not."""
    return bool(said.denied | said.guessed) and len(_values(said.symbols, said.mentions())) == 1


def _values(symbols: str, places: Iterable[int]) -> set[int]:
    return {value_at(symbols, at) for at in places}


def _by_subject(said: Moods) -> Claim | None:
    """What all the sentences of the form `the height is C` say alike."""
    found = [(str(match.lastgroup), match.start(str(match.lastgroup))) for match in _SUBJECT.finditer(said.symbols)]
    free = [(rule, at) for rule, at in found if said.free(at)]
    return said.given(*free[-1]) if len(_values(said.symbols, [at for _, at in free])) == 1 else None


def _mentioned(said: Moods, plane: int, alone: bool) -> Claim | None:
    found = said.mentions()
    values = _values(said.symbols, [*found, *said.guessed] if alone else found)
    named = [at for at in found if plane <= ord(said.symbols[at]) <= plane + 0xFF]
    return said.given("mentioned", named[-1]) if named and len(values) == 1 else None
