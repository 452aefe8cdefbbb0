"""Where in a reply an answer in notation may stand, from the most explicit place to the least."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.readers.structure import structured

__all__ = ["DOUBT", "LONGEST", "RECONSIDERED", "Line", "Region", "bracketed", "regions"]

LONGEST = 20_000
"""Maximum number of characters that are read; of a longer reply, only the end is."""
LARGEST = 4_000
"""Maximum number of characters of a region: no answer is longer."""
_LEAD = re.compile(
    r"\b(?:antwort|lösung|réponse|respuesta|risposta|resposta|antwoord|svar|odpowiedź|cevap|jawaban|ответ)"
    r"(?:\s(?:ist|lautet|est|es|è|é|is))?\s{0,2}[:=]?|答え\s{0,2}(?:は|:)|정답\s{0,2}(?:은|:)|(?:الجواب|الإجابة|उत्तर)\s{0,2}:",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\n\s{0,40}\n")
_FENCE = re.compile(r"```[a-z]{0,12}\n")
_CUT = re.compile(r":(?=\s)|(?<=\s)(?:is|are)(?=\s)|=(?=\s)")
DOUBT = re.compile(
    r"\b(?:or|not|no|either|neither|maybe|perhaps|possibly|might|may|could|unsure|if)\b|n't\b|\?", re.IGNORECASE
)
"""What makes an answer beside it doubtful."""
_OTHERWISE = re.compile(
    r"\b(?:reversed?|except|excluding|without|all|every|others?|wrong|opposite|unlike|before|after)\b", re.IGNORECASE
)
_CORRECTED = re.compile(r"\b(?:wait|actually|correction|sorry|instead|rather|however|but|answer)\b", re.IGNORECASE)
RECONSIDERED = re.compile(
    r"\b(?:(?:no|hmm|oh),?\s(?:wait|sorry)|wait(?:,?\sno)?|correction|scratch\sthat|on\ssecond\sthought)\b[,.:;!\s–—-]{1,4}",
    re.IGNORECASE,
)
"""What begins a correction."""
_ALTERNATIVE = re.compile(r"\b(?:or|not)[\s:*]{0,12}$", re.IGNORECASE)


class Region(NamedTuple):
    """A place, and the rule that found it."""

    rule: str
    start: int
    end: int


class Line(NamedTuple):
    """What can be said of a part of a reply."""

    known: Callable[[str], bool]
    """Whether it holds answers and nothing else. The last lines that do belong together."""
    names: Callable[[str], set[str]]
    """The words and cells that it names, whatever else it says."""


def regions(text: str, line: Line) -> Iterator[Region]:
    """The places of a levelled text of at most LONGEST characters."""
    place = structured(text)
    if place is not None and place.start < place.end:
        yield Region(place.rule, place.start, place.end)
        if place.rule != "json":
            return  # A box or a tag is the answer, or there is none.
    for one in (*_corrected(text, line), *_declared(text), *_by_form(text), *_last(text, line), *_first(text, line)):
        if one.end - one.start <= LARGEST and not _ALTERNATIVE.search(text, max(0, one.start - 20), one.start):
            yield one


def _corrected(text: str, line: Line) -> Iterator[Region]:
    """What comes after the last correction, if it names as much as what it corrects."""
    found = list(RECONSIDERED.finditer(text))[-1:]
    for match in found:
        if len(line.names(text[match.end() :])) >= len(line.names(text[: match.start()])) > 0:
            yield Region("corrected", match.end(), len(text))


def _declared(text: str) -> Iterator[Region]:
    for declared in declarations(text):
        yield Region(declared.rule, declared.start, len(text))
        yield Region(declared.rule, declared.start, declared.end)
    found = list(_LEAD.finditer(text))[-1:]
    for match in found:
        yield Region("declared", match.end(), len(text))
        yield Region("declared", match.end(), _line_end(text, match.end()))


def _by_form(text: str) -> Iterator[Region]:
    yield Region("whole-reply", 0, len(text))
    opened = [match.end() for match in _FENCE.finditer(text)]
    if opened:
        closed = text.find("```", opened[-1])
        yield Region("fenced", opened[-1], closed if closed >= 0 else len(text))
    found = bracketed(text)
    if found is not None:
        yield Region("json", *found)


def bracketed(text: str) -> tuple[int, int] | None:
    """The last text in brackets or braces that holds quotes."""
    end = max(text.rfind("]"), text.rfind("}"))
    depth = 0
    for at in range(end, max(-1, end - LARGEST), -1):
        depth += (text[at] in "]}") - (text[at] in "[{")
        if depth == 0:
            return (at, end + 1) if end > at and '"' in text[at:end] else None
    return None


def _last(text: str, line: Line) -> Iterator[Region]:
    end = len(text.rstrip())
    start, begin = _first_of_last(text, end, line.known), text.rfind("\n", 0, end) + 1
    if start < end:
        yield Region("last-lines", start, len(text))
    blocks = list(_BLOCK.finditer(text, 0, end)) if start == end else []
    if blocks:
        yield Region("last-paragraph", blocks[-1].end(), len(text))
    cuts = [match.end() for match in _CUT.finditer(text, begin, end)] if start >= begin else []
    before = text[begin : cuts[-1]] if cuts else ""
    if cuts and not DOUBT.search(before) and not _OTHERWISE.search(before) and not line.names(before):
        yield Region("last-line", cuts[-1], len(text))


def _first_of_last(text: str, end: int, known: Callable[[str], bool]) -> int:
    """Where the last lines begin that hold answers and nothing else; the end if the last one does not."""
    start, line = end, end
    while line > 0 and end - line <= LARGEST:
        line = text.rfind("\n", 0, line - 1) + 1
        said = text[line:start].strip()
        if start - line > LARGEST or (said and not known(text[line:start])):
            break
        start = line if said else start
    return start


def _first(text: str, line: Line) -> Iterator[Region]:
    """The first paragraph, if what follows explains it: it names nothing else, and takes nothing back."""
    begin = len(text) - len(text.lstrip())
    block = _BLOCK.search(text, begin, begin + LARGEST)
    if block is None or DOUBT.search(text, block.end()) or _CORRECTED.search(text, block.end()):
        return
    if line.names(text[block.end() :]) <= line.names(text[begin : block.start()]):
        yield Region("first-paragraph", begin, block.start())


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)
