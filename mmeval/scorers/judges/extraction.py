"""Judges that extract the answer from a reply; rules then compare it with the target."""

from __future__ import annotations

import functools

from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.judges.base import Judge, Verdict, decided
from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.tokens import REFUSED, Generation, match_option, match_text
from mmeval.scorers.rules.choices import GENERATIONS, LETTERS, Reader, choice, options_of, own_versions, same_letter
from mmeval.scorers.rules.text import whole
from mmeval.scorers.rules.tolerance import read_number
from mmeval.scorers.rules.typed import letter_of, strict_match, typed_match
from mmeval.types import Sample, Score

EXTRACTION = """Find the final answer that a response gives to a question, and write it alone, without words or unit.
For a multiple-choice question write the letter of the option. Do not solve the question; if the response
gives no answer, write NONE.

Question: Which number is missing? (integer)
Response: The row grows by four each time, so after 10 comes 14.
Answer: 14

Question: What fraction of the circle is shaded? (two decimals)
Response: Three of eight parts are dark, that is about 0.38 of it.
Answer: 0.38

Question: Which city is marked? Choices: (A) Oslo (B) Lima (C) Perth
Response: The marked point lies on the west coast of South America, so it has to be Lima.
Answer: B

Question: Between which two years does the line fall? (list)
Response: It falls between 2007 and 2008.
Answer: [2007, 2008]

Question: {question}
Response: {answer}
Answer: """


def extracted_answer() -> Scorer:
    """A judge extracts the final answer, which is converted to its type and compared with the target.

    The tags `answer_type` (`integer`, `float`, `list`, `text`) and `precision` give the type. If a sample has
    choices, the target is the text of the option. The profile `rules` reads the letter or
    number that the reply claims, without a judge.
    """
    official = Judge(name="extraction", template=EXTRACTION, read=_read_typed, before=_already_typed)
    strict = Judge(name="extraction", template=EXTRACTION, read=_read_strict, before=_already_strict)
    rules = Staged(_by_rule, _typed_grade)
    return Scorer(
        name="extracted_answer",
        version={"mmeval": 2, "rules": 2},
        rules={"official": official, "vlmevalkit-2026-08": strict, "mmeval": rules, "rules": rules},
    )


def _typed(text: str, sample: Sample) -> bool:
    precision = numbers.parse(sample.tags.get("precision", ""))
    target = targets.plain(sample.target)
    letter = target.strip().upper()
    if sample.choices and target not in sample.choices and len(letter) == 1:
        target = targets.options(sample, "").get(letter, target)
    return typed_match(
        text,
        choices=sample.choices,
        multiple_choice=bool(sample.choices),
        answer_type=sample.tags.get("answer_type", "text"),
        precision=min(20.0, max(-20.0, precision.value)) if precision else None,
        answer=target,
    )


def _typed_grade(answer: str, sample: Sample) -> Grade:
    return Grade(float(_typed(answer, sample)), f"target {targets.plain(sample.target)[:80]}")


def _read_typed(text: str, sample: Sample) -> Verdict:
    said = _extracted(text)
    return Verdict(float(_typed(said, sample)) if said else 0.0, said or None)


def _extracted(text: str) -> str:
    """The first line of the judge's answer; empty if it says NONE."""
    said = text.strip().removeprefix("Answer:").strip()
    if not said:
        raise ScoreError("it is empty")
    return "" if said.upper().rstrip(".") == "NONE" else said.split("\n")[0].strip()


def _already_typed(text: str, sample: Sample) -> Score | None:
    """A reply that is the text of an option, or a number of the right type, needs no extraction."""
    if sample.choices:
        ready = text in sample.choices
    else:
        kind = sample.tags.get("answer_type", "text")
        ready = kind in ("integer", "float") and _is_number(text, int if kind == "integer" else float)
    return decided(Extraction(text, "already-typed"), _typed_grade(text, sample)) if ready else None


def _is_number(text: str, kind: type[int] | type[float]) -> bool:
    try:
        kind(text)
    except (ValueError, OverflowError):
        return False
    return len(text) <= 100


def _strict(text: str, sample: Sample) -> bool:
    target = targets.plain(sample.target)
    return strict_match(
        text,
        choices=sample.choices,
        multiple_choice=bool(sample.choices),
        answer_type=sample.tags.get("answer_type", "text"),
        answer=target if letter_of(target, sample.choices) else targets.options(sample, "").get(target, target),
    )


def _read_strict(text: str, sample: Sample) -> Verdict:
    said = _extracted(text)
    return Verdict(float(bool(said) and _strict(said, sample)), said or None)


def _already_strict(text: str, sample: Sample) -> Score | None:
    """A letter found by the token matcher, or a correct number (except 0) that is the whole reply, needs no judge."""
    if sample.choices:
        found = _by_option_tokens(text, sample)
        ready = found.answer is not None
    else:
        found = Extraction(text, "already-typed")
        ready = _strict(text, sample) and text.strip().strip("-.0") != ""
    hit = Grade(float(_strict(text, sample)), f"target {targets.plain(sample.target)[:80]}")
    return decided(found, hit) if ready else None


def _by_option_tokens(text: str, sample: Sample) -> Extraction:
    options = targets.options(sample, "")
    found = match_option(text, options, 3)
    return found if found.answer is not None else match_text(text, options, 3)


def _by_rule(text: str, sample: Sample) -> Extraction:
    if not sample.choices:
        return (
            read_number(text, sample) if sample.tags.get("answer_type") in ("integer", "float") else whole(text, sample)
        )
    return read_letter(text, targets.letters(sample, ""), sample.choices)


def judged_choice(*, letters: str = LETTERS, official: Reader | None = None, lmms: Reader | None = None) -> Scorer:
    """Multiple choice with profiles that ask a judge about replies that the rules cannot read."""
    rules = dict(choice(letters=letters, official=official, lmms=lmms).rules)
    for profile, generation in GENERATIONS.items():
        rules[f"{profile}+judge"] = Judge(
            name=f"option-{generation}",
            template="""Which option does this answer choose? Compare their meaning. Reply with one capital letter; with
Z if it agrees with no option or refuses to answer.

Question:
{question}

Options:
{choices}

Answer:
{answer}

Letter: """,
            read=functools.partial(_read_option, letters=letters),
            before=functools.partial(_option_decides, letters=letters, generation=generation),
        )
    return Scorer(name="judged_choice", version=own_versions(official), rules=rules)


def _option_decides(text: str, sample: Sample, *, letters: str = LETTERS, generation: Generation = 3) -> Score | None:
    options = options_of(sample, letters)
    found = match_option(text, options, generation)
    found = found if found.answer is not None else match_text(text, options, generation)
    if found.answer is None:
        return None
    return decided(found, same_letter(found.answer, sample, letters=letters))


def _read_option(text: str, sample: Sample, *, letters: str = LETTERS) -> Verdict:
    found = match_option(text.strip(), {**options_of(sample, letters), REFUSED: ""}, 3).answer
    if found is None:
        raise ScoreError(f"{text[:60]!r} names no option")
    return Verdict(float({found} == targets.target_letters(sample, letters)), None if found == REFUSED else found)
