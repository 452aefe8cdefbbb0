"""Scorers with judges: the prompts for each kind of open answer, and the replies that need no judge.

Every prompt is our own wording of a published rubric. If a judge fails, no rule takes its place.
"""

from __future__ import annotations

from mmeval.errors import ScoreError
from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.judges.base import (
    Judge,
    Verdict,
    decided,
    read_flag,
    read_fraction,
    read_letters,
    read_word,
    read_yes,
    tagged_answer,
)
from mmeval.scorers.readers.declared import declarations
from mmeval.scorers.readers.letters import read_letter
from mmeval.scorers.readers.structure import structured
from mmeval.scorers.rules.choices import choice
from mmeval.scorers.rules.text import clean
from mmeval.scorers.rules.yesno import read_tokens, same_answer, target_answer, yes_no
from mmeval.types import JSON, Sample, Score


def verdict_schema(**properties: JSON) -> dict[str, JSON]:
    """JSON schema of an object with exactly these properties, in the form that strict structured output requires."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


WORD_SCHEMA = verdict_schema(verdict={"type": "string", "enum": ["correct", "incorrect"]})
ATTEMPT_SCHEMA = verdict_schema(verdict={"type": "string", "enum": ["correct", "incorrect", "not_attempted"]})
UNCLEAR_SCHEMA = verdict_schema(verdict={"type": "string", "enum": ["correct", "incorrect", "unclear"]})
FLAG_SCHEMA = verdict_schema(extracted_answer={"type": "string"}, score={"type": "integer", "enum": [0, 1]})

CORRECTNESS = Judge(
    name="correctness",
    template="""You decide whether a model's answer to a question agrees with the reference answer.

Question:
{question}

Reference answer:
{gold}

Model's answer:
{answer}

The two agree if they mean the same: other wording, another format of the same number and extra explanation do not
matter. An answer that contradicts the reference, leaves out a part of it or names several different answers does not
agree. Do not solve the question yourself. Reply with JSON only: {"verdict": "correct"} or {"verdict": "incorrect"}.""",
    read=read_word,
    schema=WORD_SCHEMA,
)


def correctness() -> Scorer:
    """A judge decides whether the reply agrees with the target."""
    return Scorer(name="correctness", version=1, rules={"official": CORRECTNESS, "mmeval": CORRECTNESS})


def judged_option(*, letters: str = "ABCD") -> Scorer:
    """An option. `mmeval` reads it; `official` is MMVU's, a judge about every reply."""
    own = choice(letters=letters).rules["mmeval"]
    return Scorer(name="judged_option", version={"mmeval": 2}, rules={"mmeval": own, "official": CORRECTNESS})


PARTIAL = Judge(
    name="partial-credit",
    template="""Grade how much of the reference answer a prediction gets right, from 0.0 (nothing) to 1.0 (everything)
in steps of 0.1. `<AND>` between parts of the reference: all of them are needed; `<OR>`: any one is enough.
Fill in the last cell of the table and write nothing but that number.

Question | Reference | Prediction | Grade
--- | --- | --- | ---
Which values of x solve the equation? | -1 <AND> -5 | x = 3 | 0.0
Which values of x solve the equation? | -1 <AND> -5 | x = -1 | 0.5
Which values of x solve the equation? | -1 <AND> -5 | x = -5 | 0.5
Which values of x solve the equation? | -1 <AND> -5 | x is -5 or 5 | 0.5
Which values of x solve the equation? | -1 <AND> -5 | x = -5 or x = -1 | 1.0
Why is this joke funny? | It plays on two place names that promise the opposite of what is there. | It is about two \
islands, and the ice on one of them. | 0.4
Why is this joke funny? | It plays on two place names that promise the opposite of what is there. | The names mislead: \
the icy place sounds green and the green one sounds icy, hence the distrust. | 1.0
{question} | {gold} | {answer} | """,
    read=read_fraction,
)


def graded() -> Scorer:
    """A judge gives partial credit from 0 to 1."""
    return Scorer(name="graded", version=1, rules={"official": PARTIAL, "mmeval": PARTIAL})


LETTERS = Judge(
    name="letter-set",
    template="""Which option letters does the following answer choose? Reply with the letters alone, as capitals without
blanks (for example B, or ACD where it chooses several), or with Z if it chooses none.

Question:
{question}

Answer:
{answer}

Letters: """,
    read=read_letters,
)


def letter_set() -> Scorer:
    """Several options may be correct; a judge names the letters that a reply chooses."""

    def own(text: str, sample: Sample) -> Extraction:
        box = structured(text)
        for place in (box,) if box else declarations(text):
            letters = sorted(set(clean(text[place.start : place.end]).replace("and", ",").replace(" ", "").split(",")))
            if all(len(x) == 1 and "A" <= x <= "H" for x in letters):
                return Extraction("".join(letters), place.rule, (place.start, place.end))
        return read_letter(text, "ABCDEFGH")

    def right(sample: Sample) -> str:
        return "".join(sorted(targets.target_letters(sample, "ABCDEFGH")))

    def same(answer: str, sample: Sample) -> Grade:
        return Grade(float(answer == right(sample)), f"target {right(sample)}")

    def written(sample: Sample) -> list[str]:
        return [f"Answer: {', '.join(right(sample))}"]

    return Scorer(
        name="letter_set",
        version={"mmeval": 2},
        rules={"official": LETTERS, "mmeval": Staged(own, same, written), "vlmevalkit-2026-08": LETTERS},
    )


EXPLAINED = Judge(
    name="explained-yes-no",
    template="""A model was asked a question about a picture. Compare its answer with what is known to be true.

Question:
{question}

What is true: {gold}
{kind}

Model's answer:
{answer}

`correct`: it says what is true and contradicts nothing of it. `incorrect`: it says the opposite or something else.
`unclear`: it says that it cannot tell, or says nothing definite.
Reply with JSON only, {"verdict": "correct"}, {"verdict": "incorrect"} or {"verdict": "unclear"}.""",
    read=read_word,
    schema=UNCLEAR_SCHEMA,
)


def explained_yes_no() -> Scorer:
    """Yes or no with an explanation; the tag `kind` holds details of the target.

    `official` asks a judge about every reply. `vlmevalkit-*` reads tokens and counts all other replies as wrong; with
    the suffix `+judge` it asks a judge about them.
    """
    tokens = Staged(_token_yes_no, same_answer)
    fallback = Judge(
        name="yes-no-fallback",
        template="Does this answer to the question say yes or no? Reply with Yes, No or Unknown.\n\n"
        "Question: {question}\nAnswer: {answer}\nYes, No or Unknown: ",
        read=_read_fallback,
        before=_tokens_decide,
    )
    return Scorer(
        name="explained_yes_no",
        version={"mmeval": 2},
        rules={
            "official": EXPLAINED,
            "mmeval": yes_no().rule("mmeval"),
            "vlmevalkit-2024": tokens,
            "vlmevalkit-2026-08": tokens,
            "vlmevalkit-2026-08+judge": fallback,
        },
    )


def _token_yes_no(text: str, sample: Sample) -> Extraction:
    said = read_tokens(text)
    return Extraction(said, "yes-no-token" if said else "unparsed")


def _tokens_decide(text: str, sample: Sample) -> Score | None:
    found = _token_yes_no(text, sample)
    return decided(found, same_answer(found.answer, sample)) if found.answer else None


def _read_fallback(text: str, sample: Sample) -> Verdict:
    said = read_tokens(text)
    if said is None and "unknown" not in text.lower():
        raise ScoreError(f"{text[:60]!r} is neither yes, no nor unknown")
    return Verdict(float(said == target_answer(sample)), said, "unknown" if said is None else "")


CHART = Judge(
    name="chart-flag",
    template="""Compare a model's answer about a chart with the reference.
{kind}
Question:
{question}

Reference: {gold}

Model's answer:
{answer}

First copy the model's final answer, then score it: 1 if it gives the reference, 0 if not. Numbers have to be equal
once format and units are put aside; names have to be complete, order and case do not matter unless the question
asks for an order. Reply with JSON only: {"extracted_answer": "...", "score": 0 or 1}.""",
    read=read_flag,
    schema=FLAG_SCHEMA,
)


def chart_judged() -> Scorer:
    """A judge extracts the answer about a chart and scores it 0 or 1; the tag `kind` may hold a rubric."""
    return Scorer(name="chart_judged", version=1, rules={"official": CHART, "mmeval": CHART})


def tagged_judged() -> Scorer:
    """The answer is between `<answer>` tags and a judge compares it. A reply without a tag scores 0 without a judge."""

    def untagged(text: str, sample: Sample) -> Score | None:
        if tagged_answer(text):
            return None
        return Score(value=0.0, answer=None, rule="untagged", note="no answer tag")

    judge = Judge(
        name="tagged",
        template="""Do these two answers to a question about a chart agree?

Question: {question}
Answer 1: {gold}
Answer 2: {answer}

Small relative differences of numbers that have to be read off, missing units and another form of the same number
(0.6 and 60 %) agree; years have to be exactly equal. Reply with Yes or No only.""",
        read=read_yes,
        before=untagged,
    )
    return Scorer(name="tagged_judged", version=1, rules={"official": judge, "mmeval": judge})


ATTEMPTED = Judge(
    name="attempted",
    template="""Grade a model's answer to a factual question against the reference.

Question:
{question}

Reference: {gold}

Model's answer:
{answer}

`correct`: it contains the reference's facts in full and nothing that contradicts them; another language, spelling or
wording is fine, and so is a number given to fewer digits. `incorrect`: it contradicts the reference, hedged or not.
`not_attempted`: it leaves the reference's facts out without contradicting them, refuses, or gives a vague range.
Reply with JSON only: {"verdict": "correct"}, {"verdict": "incorrect"} or {"verdict": "not_attempted"}.""",
    read=read_word,
    schema=ATTEMPT_SCHEMA,
)


def attempted() -> Scorer:
    """Factual answers in three grades; `score.answer` holds the grade for the metric `simpleqa_f1`."""
    return Scorer(name="attempted", version=1, rules={"official": ATTEMPTED, "mmeval": ATTEMPTED})


def math_judged() -> Scorer:
    """Free-form mathematics: a judge compares all answers whose text differs from the target."""

    def equal(text: str, sample: Sample) -> Score | None:
        target = targets.plain(sample.target)
        hit = clean(text) == clean(target)
        return decided(Extraction(text, "equal-text"), Grade(1.0, f"target {target[:80]}")) if hit else None

    judge = Judge(name="mathematics", template=CORRECTNESS.template, read=read_word, schema=WORD_SCHEMA, before=equal)
    return Scorer(name="math_judged", version=1, rules={"official": judge, "mmeval": judge})
