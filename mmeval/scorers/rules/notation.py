"""Answers in a written notation: one word of a list, sequences, cells, placements, tables, and numbers by target."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from mmeval.scorers import targets
from mmeval.scorers.base import Extract, Extraction, Grade, Scorer, Staged, Write
from mmeval.scorers.readers import notation, quantities, spoken
from mmeval.scorers.readers.amounts import amounts
from mmeval.scorers.readers.clocktime import canonical_time
from mmeval.scorers.readers.clocktime import read_time as read_clock
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.pieces import asked
from mmeval.scorers.readers.polarity import denies_existence
from mmeval.scorers.readers.regions import DOUBT, LONGEST, RECONSIDERED, bracketed
from mmeval.scorers.readers.wording import read_claimed, read_numbered
from mmeval.scorers.rules.tolerance import ABSOLUTE, read_number
from mmeval.types import Sample, Text

__all__ = ["cells", "grid", "number", "placements", "sequence", "time", "word"]

_CELL = re.compile("[A-Z][0-9]{1,2}")
_NONE = Extraction(None, "unparsed")
_KEY = re.compile(r"\"[^\"\n]{1,40}\"\s{0,4}:")
_LATER = re.compile(
    r"\b(?:in|after|before)\s[a-z0-9 ]{1,20}(?:minutes|hours?)\b|\b(?:later|ago|earlier)\b", re.IGNORECASE
)
_REMARK = re.compile(r"(?<=[0-9%A-Za-z])\s?\([^()\n]{1,80}\)")
_DOUBTFUL = re.compile(rf"\([^()\n]{{0,80}}{DOUBT.pattern}", re.IGNORECASE)
_ANSWERLESS = re.compile(r"\b(?:solution|answer|way|image|picture|photo|video|film|audio|possible)s?\b", re.IGNORECASE)
_COUNTED = re.compile("how (?:many|often)", re.IGNORECASE)


def word() -> Scorer:
    """One word of those in the target: `{"answer": "red", "words": ["red", "blue"]}`."""
    return _own("word", read_word, same_word)


def number() -> Scorer:
    """A number within the target's own tolerance: `{"answer": 3.2, "tolerance": 0.1}`."""
    return _own("number", read_said, within_tolerance)


def sequence() -> Scorer:
    """Words in their order: `{"answer": ["red", "blue"], "words": [...]}`."""
    return _own("sequence", read_sequence, same_sequence, write_sequence)


def cells() -> Scorer:
    """Cells of a grid, as a set or as a path: `{"answer": ["B3", "C3"], "ordered": false}`."""
    return _own("cells", read_cells, same_cells, write_cells)


def placements() -> Scorer:
    """Which piece lies in which cell: `{"answer": {"B3": "ramp"}, "words": [...]}`."""
    return _own("placements", read_placements, same_placements, write_placements)


def grid() -> Scorer:
    """A table of words: `{"answer": [["R", "G"], ["G", "R"]], "words": [...]}`."""
    return _own("grid", read_grid, same_grid, write_grid)


def time() -> Scorer:
    """A time on a clock face, in minutes after 12 o'clock: `{"answer": 425}` is 7:05, in the morning or evening."""
    return _own("time", read_time, same_time, write_time)


def _own(name: str, read: Extract, grade: Any, write: Write = targets.accepted) -> Scorer:
    return Scorer(name=name, version=3, rules={"mmeval": Staged(read, grade, write)})


def _target(sample: Sample) -> dict[str, Any]:
    assert isinstance(sample.target, dict), f"{sample.id}: the target must be an object"
    return sample.target


def _question(sample: Sample) -> str:
    """The last text of the prompt; before it may stand a description instead of the picture."""
    return next((part.text for part in reversed(sample.prompt) if isinstance(part, Text)), "")


def read_word(text: str, sample: Sample) -> Extraction:
    """Extract the only word of the list that a reply names, or the one that it claims."""
    words, beside = [str(word) for word in _target(sample)["words"]], asked(_question(sample))
    if all(map(_CELL.fullmatch, words)):
        cell = notation.read_cells(text, ordered=False, beside=beside)
        return _extraction(cell if cell is not None and cell.answer in words else None)
    if all(len(word) == 1 and word.isupper() for word in words):
        lettered = notation.read_letter(text, words)
        return _extraction(lettered) if lettered else read_letter(text, "".join(words))
    numbered = read_numbered(text, words)
    if numbered:
        return numbered
    named = notation.read_word(text, words, beside)
    return _extraction(named) if named is not None and named.answer in words else read_claimed(text, words, beside)


def read_said(text: str, sample: Sample) -> Extraction:
    """Extract the number that the reply claims, else the only one that it names; 0 if it says that none are there."""
    question, cut = _question(sample), max(0, len(text) - LONGEST)
    said = spoken.plainly(text[cut:], question)
    found = _corrected(said, sample) or read_number(said, sample)
    if found.answer is None and not _DOUBTFUL.search(said):
        found = replace(read_number(_REMARK.sub(" ", said), sample), span=None)
    inner = bracketed(said) if found.answer is None else None
    if inner is not None:
        found = read_number(_KEY.sub(" ", said[slice(*inner)]).strip("{}[] "), sample)
        found = Extraction(found.answer, "json" if found.answer else "unparsed")
    if found.answer is None and _COUNTED.search(question) and not amounts(said) and _denies(said):
        return Extraction("0", "existence")
    kept = found.span is not None and len(said) == len(text) - cut
    return Extraction(
        found.answer, found.rule, (found.span[0] + cut, found.span[1] + cut) if kept and found.span else None
    )


def _corrected(said: str, sample: Sample) -> Extraction | None:
    """The number that comes after the last correction."""
    marks = list(RECONSIDERED.finditer(said))[-1:]
    found = read_number(said[marks[0].end() :], sample) if marks else _NONE
    return replace(found, span=None) if found.answer is not None else None


def _denies(said: str) -> bool:
    """Whether a reply says that there is nothing to count, and not that there is no answer."""
    return denies_existence(said) and not _ANSWERLESS.search(said)


def same_word(answer: str, sample: Sample) -> Grade:
    """1 if it is the word of the target."""
    return _equal(answer, str(_target(sample)["answer"]))


def within_tolerance(answer: str, sample: Sample) -> Grade:
    """1 if the number differs from the target by at most the tolerance, both in the target's unit."""
    said, target = quantities.parse(answer), _target(sample)
    near = said is not None and abs(said.value - target["answer"]) <= max(target["tolerance"], ABSOLUTE)
    return Grade(float(near), f"target {target['answer']:g} ± {target['tolerance']:g}")


def read_sequence(text: str, sample: Sample) -> Extraction:
    """Extract a list of words."""
    return _extraction(notation.read_sequence(text, _target(sample)["words"], asked(_question(sample))))


def same_sequence(answer: str, sample: Sample) -> Grade:
    """1 if the words and their order are those of the target."""
    return _equal(answer, *write_sequence(sample))


def write_sequence(sample: Sample) -> list[str]:
    """`red, blue`."""
    return [notation.canonical_sequence(_target(sample)["answer"])]


def read_cells(text: str, sample: Sample) -> Extraction:
    """Extract a list of cells."""
    beside = asked(_question(sample))
    return _extraction(notation.read_cells(text, ordered=_target(sample)["ordered"], beside=beside))


def same_cells(answer: str, sample: Sample) -> Grade:
    """1 if the cells are those of the target, in order where the target has one."""
    return _equal(answer, *write_cells(sample))


def write_cells(sample: Sample) -> list[str]:
    """`B3, C1`."""
    target = _target(sample)
    return [notation.canonical_cells(target["answer"], ordered=target["ordered"])]


def read_placements(text: str, sample: Sample) -> Extraction:
    """Extract pairs of a cell and a piece."""
    return _extraction(notation.read_placements(text, _target(sample)["words"], asked(_question(sample))))


def same_placements(answer: str, sample: Sample) -> Grade:
    """1 if every piece lies where the target has it, and no other does."""
    return _equal(answer, *write_placements(sample))


def write_placements(sample: Sample) -> list[str]:
    """`B3: ramp, C1: wall`."""
    return [notation.canonical_placements(list(_target(sample)["answer"].items()))]


def read_grid(text: str, sample: Sample) -> Extraction:
    """Extract a table."""
    return _extraction(notation.read_grid(text, _target(sample)["words"]))


def same_grid(answer: str, sample: Sample) -> Grade:
    """1 if every word of the table is that of the target."""
    return _equal(answer, *write_grid(sample))


def write_grid(sample: Sample) -> list[str]:
    """`R G / G R`."""
    return [notation.canonical_grid(_target(sample)["answer"])]


def read_time(text: str, sample: Sample) -> Extraction:
    """Extract a time."""
    return _extraction(read_clock(text, later=_LATER.search(_question(sample)) is not None))


def same_time(answer: str, sample: Sample) -> Grade:
    """1 if the hands of a clock stand alike."""
    return _equal(answer, *write_time(sample))


def write_time(sample: Sample) -> list[str]:
    """`7:05`."""
    return [canonical_time(_target(sample)["answer"])]


def _extraction(read: notation.Read | None) -> Extraction:
    return _NONE if read is None else Extraction(read.answer, read.rule, (read.start, read.end))


def _equal(answer: str, target: str) -> Grade:
    return Grade(float(answer == target), f"target {target[:80]}")
