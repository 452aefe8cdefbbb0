"""Rules that ask a judge model: a prompt, a schema for the verdict, and a function that reads it.

The prompts are our own wording of the published rubrics. A digest records which prompt and schema gave a number, and
numbers of different judges are not comparable. A reply that is not a verdict raises ScoreError: the sample becomes a
`judge_error` and does not score 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import KEEP, Extraction, Grade
from mmeval.scorers.identity import describe, joined
from mmeval.scorers.readers import thinking
from mmeval.types import JSON, Prompt, Reply, Sample, Score, Text

LONGEST = 12_000
"""Number of characters of a reply that a judge sees: the end, which usually has the answer."""
Decide: TypeAlias = Callable[[str, Sample], Score | None]
Read: TypeAlias = Callable[[str, Sample], "Verdict"]
_FIELD = re.compile(r"\{(question|gold|answer|choices|kind)\}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's verdict on one reply."""

    value: float
    answer: str | None
    """The answer that the judge extracted, or its word: `correct`, `not attempted`, ..."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A rule that asks a judge one question about each reply."""

    name: str
    template: str
    """Text with the fields `{question}`, `{gold}` (the target), `{answer}`, `{choices}` and `{kind}`."""
    read: Read
    schema: Mapping[str, JSON] | None = None
    """JSON schema of the verdict, for judges with structured output."""
    before: Decide | None = None
    """Scores replies that need no judge; returns None for the others."""
    media: bool = False
    """Whether the judge also sees the images of the sample."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that read verdicts and score replies without one."""
        return tuple(stage for stage in (self.read, self.before) if stage)

    @property
    def digest(self) -> str:
        """sha256 of the prompt, the schema and the names of the functions, hexadecimal."""
        schema = json.dumps(self.schema, sort_keys=True)
        return joined([self.name, self.template, schema, str(self.media), *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """The prompt for the judge. An empty reply scores 0 without a judge."""
        said = thinking.split(reply.text).answer.strip()
        if not said:
            return Score(value=0.0, answer=None, rule="empty", note="nothing to judge")
        decided = self.before(said, sample) if self.before else None
        if decided is not None:
            return decided
        text = Text(fill(self.template, sample, said))
        shown = tuple(part for part in sample.prompt if not isinstance(part, Text)) if self.media else ()
        return (*shown, text)

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Score:
        """Read the verdict. Raises ScoreError if the reply is not one."""
        said = thinking.split(verdicts[-1].text).answer
        try:
            verdict = self.read(said, sample)
        except ScoreError as error:
            raise ScoreError(f"{self.name} judge gave no verdict: {error}") from None
        answer = verdict.answer[:KEEP] if verdict.answer else None
        return Score(value=verdict.value, answer=answer, rule=f"judge:{self.name}", note=verdict.note)


def fill(template: str, sample: Sample, answer: str) -> str:
    """Replace the fields of a template in one pass, so that braces in a reply stay text."""
    fields = {
        "question": question_of(sample),
        "gold": " or ".join(targets.texts(sample)),
        "answer": answer[-LONGEST:],
        "choices": "\n".join(f"{letter}. {text}" for letter, text in targets.options(sample, "").items()),
        "kind": sample.tags.get("kind", ""),
    }
    return _FIELD.sub(lambda match: fields[match[1]], template)


def question_of(sample: Sample) -> str:
    """The text parts of the prompt."""
    return "\n".join(part.text for part in sample.prompt if isinstance(part, Text)).strip()


def read_fraction(text: str, sample: Sample) -> Verdict:
    """Read a verdict that is a number from 0 to 1."""
    value = fraction(text)
    if value is None:
        raise ScoreError(f"{text[:60]!r} is not a number from 0 to 1")
    return Verdict(value, text.strip())


def fraction(text: str) -> float | None:
    """Parse a number in [0, 1]; None for anything else, including NaN."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def read_letters(text: str, sample: Sample) -> Verdict:
    """Read a verdict of capital letters, and compare them with the target as a set."""
    said = letter_set(text.strip())
    if said is None:
        raise ScoreError(f"{text[:60]!r} is not made of capital letters")
    target = "".join(sorted(targets.target_letters(sample, "ABCDEFGH")))
    return Verdict(float(said == target), said, f"target {target}")


def letter_set(text: str) -> str | None:
    """Sort the letters of a text; None unless all characters are capital letters."""
    return "".join(sorted(text)) if text.isalpha() and text.isupper() else None


Word = Literal["correct", "incorrect", "unclear", "not attempted"]
_WORDS: dict[str, Word] = {
    "incorrect": "incorrect", "not_attempted": "not attempted", "not attempted": "not attempted",
    "unclear": "unclear", "correct": "correct",
}  # fmt: skip
_VALUES = {"correct": 1.0, "incorrect": 0.0, "unclear": 0.0, "not attempted": 0.0}


def read_word(text: str, sample: Sample) -> Verdict:
    """Read `correct`, `incorrect`, `unclear` or `not attempted`, as `verdict` in JSON or as the only such word."""
    said = _from_json(text, "verdict")
    found = _words_in(str(said) if said is not None else text)
    if len(found) != 1:
        raise ScoreError(f"{text[:60]!r} is not a verdict")
    word = found.pop()
    return Verdict(_VALUES[word], word)


def _words_in(text: str) -> set[Word]:
    found: set[Word] = set()
    rest = text.lower()[:LONGEST]
    for form, word in _WORDS.items():
        if form in rest:
            found.add(word)
            rest = rest.replace(form, " ")
    return found


_YES = re.compile(r"\b(yes|no)\b", re.IGNORECASE)


def read_yes(text: str, sample: Sample) -> Verdict:
    """Read `yes` or `no`; exactly one of the two must occur."""
    words = {match[1].lower() for match in _YES.finditer(text[:LONGEST])}
    if len(words) != 1:
        raise ScoreError(f"{text[:60]!r} is neither yes nor no")
    word = words.pop()
    return Verdict(float(word == "yes"), "correct" if word == "yes" else "incorrect")


def read_flag(text: str, sample: Sample) -> Verdict:
    """Read JSON with a `score` of 0 or 1 and the `extracted_answer`."""
    score = _from_json(text, "score")
    if score not in (0, 1, "0", "1"):
        raise ScoreError(f"{text[:60]!r} has no score of 0 or 1")
    said = _from_json(text, "extracted_answer")
    return Verdict(float(score), str(said) if said is not None else "judged")


def _from_json(text: str, key: str) -> Any:
    """A value of the JSON object in a text; None if there is no object or no such key."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start or end - start > LONGEST:
        return None
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return value.get(key) if isinstance(value, dict) else None


def tagged_answer(text: str) -> str:
    """The text from the first `<answer>` to its closing tag or the end; empty if there is no tag."""
    _, opening, rest = text.partition("<answer>")
    return rest.partition("</answer>")[0].strip() if opening else ""


def decided(extraction: Extraction, grade: Grade) -> Score:
    """The score of a reply that needs no judge."""
    return Score(
        value=grade.value, answer=extraction.answer, rule=extraction.rule, note=grade.note, span=extraction.span
    )
