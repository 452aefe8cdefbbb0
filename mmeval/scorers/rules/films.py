"""Rules that only benchmarks about films and sounds have."""

from __future__ import annotations

import re
from collections import deque

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.readers.numbers import read_number
from mmeval.scorers.readers.quantities import parse, python_float
from mmeval.scorers.rules.choices import choice, own_reading, own_versions
from mmeval.scorers.rules.text import whole
from mmeval.types import Sample, Text

__all__ = ["caption_choice", "interval", "relative_accuracy", "token_choice", "word_choice"]

LEVELS = (*(0.5 + step * ((0.95 - 0.5) / 9) for step in range(9)), 0.95)
"""The ten levels of accuracy from 50% to 95%."""
_CLOCK = r"\d{1,6}(?::\d{1,2}){0,2}(?:\.\d{1,6})?"
_SPAN = re.compile(
    rf"(?<![\d.:])(?P<start>{_CLOCK})\s{{0,3}}(?:s|secs?|seconds?)?\s{{0,3}}"
    rf"(?:[-–—]|to|until|and(?: ends at)?)\s{{0,3}}(?P<end>{_CLOCK})",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b\w+\b")


def token_choice() -> Scorer:
    """An option. `official` is MVBench's: the first token of the reply is a part of `(a)`, or contains it.

    It counts `(`, `)` and `.` as right. Only an empty reply, which it also counts, never reaches a rule here.
    """
    own = choice().rules["mmeval"]
    return Scorer(
        name="token_choice",
        version=own_versions(own),
        rules={"mmeval": own, "official": Staged(whole, _overlapping)},
    )


def _overlapping(answer: str, sample: Sample) -> Grade:
    said = answer.lower().strip().split(" ")[0]
    (letter,) = targets.target_letters(sample, "ABCDE")
    wanted = f"({letter.lower()})"
    return Grade(float(said.replace(".", "") in wanted or wanted in said), f"target {letter}")


def caption_choice() -> Scorer:
    """A caption. `official` is TempCompass's: the reply is its name, its letter, its text, or name and text.

    The lines of the question after the first are the options, such as `Caption A: a cat runs`.
    """
    return Scorer(
        name="caption_choice",
        version=1,
        rules={"mmeval": Staged(_own_caption, _same_caption), "official": Staged(_caption, _same_caption)},
    )


def _own_caption(text: str, sample: Sample) -> Extraction:
    named = _caption(text, sample)
    return named if named.answer else own_reading(text, sample)


def _caption(text: str, sample: Sample) -> Extraction:
    said = text.strip()
    texts = [part.text for part in sample.prompt if isinstance(part, Text)]
    lines = [line for line in "\n".join(texts).split("\n")[1:] if ": " in line]
    for place, line in enumerate(lines):
        name, _, caption = line.partition(": ")
        names = {line, caption, name, name.split(" ")[-1]}
        after = said.split(") ")[1] if ") " in said else ""
        if said in names or said.replace(".", "") in (name, name.split(" ")[-1]) or after == caption:
            return Extraction(targets.ALPHABET[place], "named")
    return Extraction(None, "unparsed")


def _same_caption(answer: str, sample: Sample) -> Grade:
    wanted = targets.target_letters(sample, "ABCD")
    return Grade(float(frozenset(answer) == wanted), f"target {', '.join(sorted(wanted))}")


def relative_accuracy() -> Scorer:
    """A number: the share of ten tolerances, 50% to 5%, within which it is (VSI-Bench's mean relative accuracy).

    `official` reads the first token; `mmeval` reads the number that the reply gives.
    """
    return Scorer(
        name="relative_accuracy",
        version=1,
        rules={"mmeval": Staged(_own_number, _within), "official": Staged(_first_token, _within)},
    )


def _own_number(text: str, sample: Sample) -> Extraction:
    return read_number(text)


def _first_token(text: str, sample: Sample) -> Extraction:
    said = text.split(" ")[0].rstrip(".").strip()
    return Extraction(said, "first-token") if python_float(said) is not None else Extraction(None, "unparsed")


def _within(answer: str, sample: Sample) -> Grade:
    said, want = parse(answer), python_float(targets.plain(sample.target))
    if said is None or not want:
        return Grade(0.0, f"target {targets.plain(sample.target)}")
    error = abs(said.value - want) / abs(want)
    return Grade(sum(error <= 1 - level for level in LEVELS) / len(LEVELS), f"target {want:g}, off by {error:.0%}")


def interval() -> Scorer:
    """A span of time in seconds, or between two clocks: the overlap with the target (intersection over union).

    The last span of a reply counts. `official` is not published; `mmeval` is the only reading.
    """
    return Scorer(name="interval", version=1, rules={"mmeval": Staged(_span, _overlap)})


def _span(text: str, sample: Sample) -> Extraction:
    found = deque(_SPAN.finditer(text), maxlen=1)
    if not found:
        return Extraction(None, "unparsed")
    start, end = (_seconds(found[0][name]) for name in ("start", "end"))
    return Extraction(f"{start:g} - {end:g}", "span", found[0].span())


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.split(":"):
        total = 60 * total + float(part)
    return total


def _overlap(answer: str, sample: Sample) -> Grade:
    start, end = sorted(float(second) for second in answer.split(" - "))
    first, last = (float(second) for second in targets.raw_texts(sample))
    union = max(end, last) - min(start, first)
    common = max(0.0, min(end, last) - max(start, first))
    return Grade(common / union if union > 0 else 0.0, f"target {first:g} - {last:g}")


def word_choice() -> Scorer:
    """An option. `official` is MMAU's: all words of the right option occur, and none that only wrong ones have.

    A bare letter is wrong under it, unless the options are letters.
    """
    own = choice().rules["mmeval"]
    return Scorer(
        name="word_choice", version=own_versions(own), rules={"mmeval": own, "official": Staged(whole, _same_words)}
    )


def _same_words(answer: str, sample: Sample) -> Grade:
    (letter,) = targets.target_letters(sample, "ABCD")
    options = [_words(option) for option in sample.choices]
    right, said = options[targets.ALPHABET.index(letter)], _words(answer)
    wrong = {word for option in options if option != right for word in option - right}
    return Grade(float(bool(said) and right <= said and not said & wrong), f"target {letter}")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
