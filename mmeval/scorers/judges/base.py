"""Rules that ask a model: prompt, schema and parser are one object with one digest.

The prompts are our own wording of the published rubrics; which prompt, which schema and which judge gave a number
is recorded by digest, and numbers of different judges are not comparable. What is no verdict raises ScoreError:
the sample is a `judge_error`, never a 0.
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
"""Characters of a reply that a judge is shown: its end, where the answer stands."""
Decide: TypeAlias = Callable[[str, Sample], Score | None]
Read: TypeAlias = Callable[[str, Sample], "Verdict"]
_FIELD = re.compile(r"\{(question|gold|answer|choices|kind)\}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge said of one reply."""

    value: float
    answer: str | None
    """What it extracted or called it: an answer, `correct`, `not attempted`, ..."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """One question to a judge about one reply."""

    name: str
    template: str
    """With `{question}`, `{gold}`, `{answer}`, `{choices}` and `{kind}` filled in once; a reply's braces stay text."""
    read: Read
    schema: Mapping[str, JSON] | None = None
    """JSON schema of the verdict, for judges that can be held to one."""
    before: Decide | None = None
    """Decides without the judge where that is safe; None asks."""
    media: bool = False
    """Whether the judge also sees the sample's pictures."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that read a verdict or decide without one."""
        return tuple(stage for stage in (self.read, self.before) if stage)

    @property
    def digest(self) -> str:
        """sha256 over the prompt, the schema and the names of the functions around them."""
        schema = json.dumps(self.schema, sort_keys=True)
        return joined([self.name, self.template, schema, str(self.media), *map(describe, self.stages)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Score:
        """What to ask; an empty reply is wrong without asking."""
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
        """Read the verdict; raises ScoreError where it is none."""
        said = thinking.split(verdicts[-1].text).answer
        try:
            verdict = self.read(said, sample)
        except ScoreError as error:
            raise ScoreError(f"{self.name} judge gave no verdict: {error}") from None
        answer = verdict.answer[:KEEP] if verdict.answer else None
        return Score(value=verdict.value, answer=answer, rule=f"judge:{self.name}", note=verdict.note)


def fill(template: str, sample: Sample, answer: str) -> str:
    """The template with its fields replaced in one pass; what is filled in is never read as a field."""
    fields = {
        "question": question_of(sample),
        "gold": " or ".join(targets.texts(sample)),
        "answer": answer[-LONGEST:],
        "choices": "\n".join(f"{letter}. {text}" for letter, text in targets.options(sample, "").items()),
        "kind": sample.tags.get("kind", ""),
    }
    return _FIELD.sub(lambda match: fields[match[1]], template)


def question_of(sample: Sample) -> str:
    """The texts of the prompt, pictures left out."""
    return "\n".join(part.text for part in sample.prompt if isinstance(part, Text)).strip()


def read_fraction(text: str, sample: Sample) -> Verdict:
    """A number from 0 to 1 and nothing else."""
    value = fraction(text)
    if value is None:
        raise ScoreError(f"{text[:60]!r} is no number from 0 to 1")
    return Verdict(value, text.strip())


def fraction(text: str) -> float | None:
    """A number in [0, 1]; not a number is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def read_letters(text: str, sample: Sample) -> Verdict:
    """Only capital letters, compared with the target as a set; anything else is no verdict."""
    said = letter_set(text.strip())
    if said is None:
        raise ScoreError(f"{text[:60]!r} is not made of capital letters")
    target = "".join(sorted(targets.target_letters(sample, "ABCDEFGH")))
    return Verdict(float(said == target), said, f"target {target}")


def letter_set(text: str) -> str | None:
    """The letters in order; None for what is not all capital letters."""
    return "".join(sorted(text)) if text.isalpha() and text.isupper() else None


Word = Literal["correct", "incorrect", "unclear", "not attempted"]
_WORDS: dict[str, Word] = {
    "incorrect": "incorrect", "not_attempted": "not attempted", "not attempted": "not attempted",
    "unclear": "unclear", "correct": "correct",
}  # fmt: skip
_VALUES = {"correct": 1.0, "incorrect": 0.0, "unclear": 0.0, "not attempted": 0.0}


def read_word(text: str, sample: Sample) -> Verdict:
    """`correct`, `incorrect`, `unclear` or `not attempted`: in JSON as `verdict`, or as the only such word."""
    said = _from_json(text, "verdict")
    found = _words_in(str(said) if said is not None else text)
    if len(found) != 1:
        raise ScoreError(f"{text[:60]!r} is no verdict")
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
    """`yes` or `no`, whichever is the only one of the two."""
    words = {match[1].lower() for match in _YES.finditer(text[:LONGEST])}
    if len(words) != 1:
        raise ScoreError(f"{text[:60]!r} is neither yes nor no")
    word = words.pop()
    return Verdict(float(word == "yes"), "correct" if word == "yes" else "incorrect")


def read_flag(text: str, sample: Sample) -> Verdict:
    """JSON with `score` 0 or 1 and the `extracted_answer`."""
    score = _from_json(text, "score")
    if score not in (0, 1, "0", "1"):
        raise ScoreError(f"{text[:60]!r} has no score of 0 or 1")
    said = _from_json(text, "extracted_answer")
    return Verdict(float(score), str(said) if said is not None else "judged")


def _from_json(text: str, key: str) -> Any:
    """One value of the first JSON object in a text; None where there is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start or end - start > LONGEST:
        return None
    try:
        value = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return value.get(key) if isinstance(value, dict) else None


def tagged_answer(text: str) -> str:
    """What stands between the first `<answer>` and the next closing tag, or the end; empty without a tag."""
    _, opening, rest = text.partition("<answer>")
    return rest.partition("</answer>")[0].strip() if opening else ""


def decided(extraction: Extraction, grade: Grade) -> Score:
    """A score that needed no judge."""
    return Score(
        value=grade.value, answer=extraction.answer, rule=extraction.rule, note=grade.note, span=extraction.span
    )
