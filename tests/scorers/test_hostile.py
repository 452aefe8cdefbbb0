"""Hostile replies and golds: a scorer never raises, never hangs, and its value is always in [0, 1]."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from mmeval import scorers
from mmeval.errors import ScoreError
from mmeval.scorers.readers import brackets, patterns, published, thinking, tokens
from mmeval.scorers.rules import text, yesno
from mmeval.types import Reply, Sample, Score, Text

SCORERS = {
    "choice": scorers.choice(official=brackets.bracketed, lmms=brackets.ranked),
    "choice, loose": scorers.choice(official=brackets.bracketed_loose, lmms=brackets.affixed),
    "choice, lines": scorers.choice(official=patterns.last_capital, lmms=patterns.cascade, vlmevalkit=patterns.answer_line),
    "choice, boxes": scorers.choice(official=patterns.two_way, lmms=patterns.tagged, vlmevalkit=patterns.boxed_or_phrase),
    "choice, stated": scorers.choice(official=patterns.capitals, lmms=patterns.stated_letter),
    "choice, early": scorers.choice(official=tokens.single_token, lmms=patterns.numbered_or_alone,
                                    more={"lmms-0.7.2": patterns.first_letter, "first": patterns.first_character}),
    "choice, small": scorers.choice(official=brackets.after_answer, lmms=patterns.lone_letter),
    "vqa": scorers.vqa_accuracy(),
    "vqa, published": scorers.vqa_accuracy(words_first=False),
    "anls": scorers.anls(),
    "text": scorers.exact_text(),
    "numeric": scorers.numeric(0.05),
    "relaxed": scorers.relaxed(),
    "relaxed lists": scorers.relaxed_lists(),
    "open": scorers.open_answer(),
    "contains": scorers.contains(),
    "count": scorers.count(),
    "braced": scorers.braced(),
    "yes or no": scorers.yes_no(official=yesno.read_else_yes, lmms=yesno.read_prefix),
    "mathematics": scorers.math_answer(),
    "letter set": scorers.letter_set(),
    "extracted": scorers.extracted_answer(),
    "explained": scorers.explained_yes_no(),
    "judged choice": scorers.judged_choice(),
    "correctness": scorers.correctness(),
    "graded": scorers.graded(),
    "attempted": scorers.attempted(),
    "chart": scorers.chart_judged(),
    "tagged": scorers.tagged_judged(),
    "mathematics, judged": scorers.math_judged(),
    "pairwise": scorers.pairwise(),
    "short": scorers.short_answer(),
    "drawn": scorers.drawn_answer(),
    "a document": scorers.document_answer(),
    "words in order": scorers.overlap(),
    "texts held": scorers.covered(),
    "a transcript": scorers.transcript(),
    "choice, capitals": scorers.choice(official=published.first_capital_to_e, lmms=published.last_numbered),
    "choice, published": scorers.choice(official=published.after_last_answer, lmms=published.ticked,
                                        vlmevalkit=published.first_a_or_b),
    "places": scorers.Scorer(name="places", version=1, rules={
        kind.name: kind.rule("mmeval").speaking(scorers.Convention("pixels"))
        for kind in (scorers.box(), scorers.point(), scorers.points())
    }),
}  # fmt: skip
RULES = [pytest.param(s.rule(p), id=f"{name}/{p}") for name, s in SCORERS.items() for p in sorted(s.rules)]
N = 4_000
BOMBS = (
    "A", "A ", "B or ", "(", "{", "}", "[", "[1,", "\\boxed{", "\\frac", "\\sqrt{", "the answer is ", "Answer:", "1", "1,",
    "1e", "1/", "-", ".", ". ", " ", "\n", "*", "$", "=", "is ", "yes ", "<answer>", "<think>", "answer" + " " * 50, "'", '"', "\0", "\udcff",
)  # fmt: skip
WORDS = st.sampled_from(
    ["A", "b", "(C)", "\\boxed{", "}", "{", "the answer is", "Answer:", "<think>", "</think>", "<answer>", "nan", "inf", "1e999",
     "-1", "1/0", "\\frac{1}{0}", "\\sqrt{-1}", "2^{9999999}", "[", "]", "['a'", "%", "$", "yes", "no", "\n", " ", ".", "１", "İ", "\udc80", "\0"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join), st.lists(WORDS, max_size=8).map("".join)
)
GOLDS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just("['a', 'b']"), st.just("[")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["answers", "kind", "years"]), inner)),
    max_leaves=4,
)  # fmt: skip
TAGS = st.dictionaries(
    st.sampled_from(["kind", "answer_type", "precision"]),
    st.sampled_from(["", "float", "integer", "2.0", "nan", "1e30"]),
)


def value_of(rule, sample, text, verdict="0.5"):
    reply = Reply(text=text, finish="stop")
    if not hasattr(rule, "parse"):
        return rule(sample, reply)
    asked = rule.prompt(sample, reply)
    if isinstance(asked, Score):
        return asked
    assert all(isinstance(part, Text) for part in asked)
    try:
        found = rule.parse(sample, reply, Reply(text=verdict, finish="stop"))
    except ScoreError:
        return None
    return found if isinstance(found, Score) else None


def check(score):
    if score is not None:
        assert isinstance(score.value, float)
        assert math.isfinite(score.value)
        assert 0 <= score.value <= 1
        assert score.answer is None or 0 < len(score.answer) <= 500
        assert score.rule


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS, gold=GOLDS, choices=st.lists(TEXTS, max_size=5), tags=TAGS, verdict=TEXTS)
def test_any_reply_and_any_gold(text, gold, choices, tags, verdict):
    """Every rule is given every example: drawing them costs more than scoring them."""
    sample = Sample(id="1", prompt=(Text("Which?"),), target=gold, choices=tuple(choices), tags=tags)
    for param in RULES:
        (rule,) = param.values
        note(param.id)
        check(value_of(rule, sample, text, verdict))


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_bombs_take_no_time(rule):
    sample = Sample(id="1", prompt=(), target="5", choices=("a red apple", "5"))
    start = time.process_time()
    for bomb in BOMBS:
        text = (bomb * N)[:N]
        check(value_of(rule, sample, text))
        check(value_of(rule, sample, text + " The answer is B"))
    assert time.process_time() - start < 5, "a quadratic pattern needs a quarter of a minute for this"


@pytest.mark.parametrize("profile", sorted(SCORERS["choice"].rules))
def test_a_megabyte_is_no_problem(profile):
    sample = Sample(id="1", prompt=(), target="B", choices=("a red apple", "a green pear"))
    text = "The answer is (A). Or is it B) a green pear? " * 23_000 + "\nThe answer is B"
    start = time.perf_counter()
    check(SCORERS["choice"].rule(profile)(sample, Reply(text=text, finish="stop")))
    assert time.perf_counter() - start < 20


@given(st.text(alphabet="<>/think ab", max_size=40))
def test_thoughts_and_answer_are_parts_of_the_reply(text):
    said = thinking.split(text)
    assert text[said.start : said.start + len(said.answer)] == said.answer


@given(TEXTS, TEXTS)
def test_edit_distance_is_one(a, b):
    def plain(x, y):
        row = list(range(len(y) + 1))
        for i, p in enumerate(x, 1):
            above, row[0] = row[0], i
            for j, q in enumerate(y, 1):
                above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (p != q))
        return row[-1]

    assert text.levenshtein(a, b) == plain(a, b)
