"""Answers in a written notation: one word of a list, sequences, cells, placements, tables, and numbers by target."""

from __future__ import annotations

from typing import Any

from mmeval.scorers.base import Extract, Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers import notation, quantities
from mmeval.scorers.readers.phrases import states
from mmeval.scorers.rules.phrase import plain_phrase
from mmeval.scorers.rules.text import short_answer
from mmeval.scorers.rules.tolerance import ABSOLUTE, read_number
from mmeval.types import Sample

__all__ = ["cells", "grid", "number", "placements", "sequence", "time", "word"]


def word() -> Scorer:
    """One word of those in the target: `{"answer": "red", "words": ["red", "blue"]}`."""
    return _own("word", read_word, same_word)


def number() -> Scorer:
    """A number within the target's own tolerance: `{"answer": 3.2, "tolerance": 0.1}`."""
    return _own("number", read_number, within_tolerance)


def sequence() -> Scorer:
    """Words in their order: `{"answer": ["red", "blue"], "words": [...]}`."""
    return _own("sequence", read_sequence, same_sequence)


def cells() -> Scorer:
    """Cells of a grid, as a set or as a path: `{"answer": ["B3", "C3"], "ordered": false}`."""
    return _own("cells", read_cells, same_cells)


def placements() -> Scorer:
    """Which piece lies in which cell: `{"answer": {"B3": "ramp"}, "words": [...]}`."""
    return _own("placements", read_placements, same_placements)


def grid() -> Scorer:
    """A table of words: `{"answer": [["R", "G"], ["G", "R"]], "words": [...]}`."""
    return _own("grid", read_grid, same_grid)


def time() -> Scorer:
    """A time on a clock face, in minutes after 12 o'clock: `{"answer": 425}` is 7:05, in the morning or evening."""
    return _own("time", read_time, same_time)


def _own(name: str, read: Extract, grade: Any) -> Scorer:
    return Scorer(name=name, version=1, rules={"mmeval": Staged(read, grade)})


def _target(sample: Sample) -> dict[str, Any]:
    assert isinstance(sample.target, dict), f"{sample.id}: the target must be an object"
    return sample.target


def read_word(text: str, sample: Sample) -> Extraction:
    """Extract the word that is the reply, else the only one that the reply claims."""
    words = {plain_phrase(word): word for word in _target(sample)["words"]}
    said = short_answer(text, sample)
    found = words.get(plain_phrase(said.answer or ""))
    if found is not None:
        return Extraction(found, said.rule, said.span)
    claimed = [word for word in words.values() if states(text, [word])]
    return Extraction(claimed[0], "claimed") if len(claimed) == 1 else Extraction(None, "unparsed")


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
    return _extraction(notation.read_sequence(text, _target(sample)["words"]))


def same_sequence(answer: str, sample: Sample) -> Grade:
    """1 if the words and their order are those of the target."""
    return _equal(answer, notation.canonical_sequence(_target(sample)["answer"]))


def read_cells(text: str, sample: Sample) -> Extraction:
    """Extract a list of cells."""
    return _extraction(notation.read_cells(text, ordered=_target(sample)["ordered"]))


def same_cells(answer: str, sample: Sample) -> Grade:
    """1 if the cells are those of the target, in order where the target has one."""
    target = _target(sample)
    return _equal(answer, notation.canonical_cells(target["answer"], ordered=target["ordered"]))


def read_placements(text: str, sample: Sample) -> Extraction:
    """Extract pairs of a cell and a piece."""
    return _extraction(notation.read_placements(text, _target(sample)["words"]))


def same_placements(answer: str, sample: Sample) -> Grade:
    """1 if every piece lies where the target has it, and no other does."""
    return _equal(answer, notation.canonical_placements(list(_target(sample)["answer"].items())))


def read_grid(text: str, sample: Sample) -> Extraction:
    """Extract a table."""
    return _extraction(notation.read_grid(text, _target(sample)["words"]))


def same_grid(answer: str, sample: Sample) -> Grade:
    """1 if every word of the table is that of the target."""
    return _equal(answer, notation.canonical_grid(_target(sample)["answer"]))


def read_time(text: str, sample: Sample) -> Extraction:
    """Extract a time."""
    return _extraction(notation.read_time(text))


def same_time(answer: str, sample: Sample) -> Grade:
    """1 if the hands of a clock stand alike."""
    return _equal(answer, notation.canonical_time(_target(sample)["answer"]))


def _extraction(read: notation.Read | None) -> Extraction:
    return Extraction(None, "unparsed") if read is None else Extraction(read.answer, read.rule, (read.start, read.end))


def _equal(answer: str, target: str) -> Grade:
    return Grade(float(answer == target), f"target {target[:80]}")
