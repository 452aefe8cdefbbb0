"""The rules of benchmarks about films, as their authors publish them, with the cases in which they guess."""

import pytest

from mmeval.errors import UsageError
from mmeval.metrics.base import Metric
from mmeval.metrics.groups import Share, best, by_tag, grouped, prefix
from mmeval.scorers import Scorer, caption_choice, choice, token_choice
from mmeval.scorers.readers import brackets, films
from mmeval.types import Record, Reply, Sample, Score, Text

OPTIONS = ("It gets dark.", "It gets bright.", "Nothing.", "Rain.")
CAPTIONS = "Which caption fits?\nCaption A: It gets dark.\nCaption B: It gets bright."


def answer(
    scorer: Scorer, reply: str, *, text: str = "", choices: tuple[str, ...] = OPTIONS
) -> tuple[str | None, float]:
    rule = scorer.rule("official")
    assert not hasattr(rule, "parse")
    score = rule(Sample(id="1", prompt=(Text(text),), target="B", choices=choices), Reply(text=reply, finish="stop"))
    return score.answer, score.value


@pytest.mark.parametrize(
    ("read", "reply", "letter"),
    [
        (films.first_of_eight, "Final Answer: H", "H"),
        (films.first_of_eight, "Based on the film, H", "B"),  # a capital of a word
        (films.first_of_eight, "none of them", None),
        (films.first_of_five, "The best option is C.", "C"),
        (films.first_of_five, "Answer: C", "A"),  # not among its lead-ins
        (films.first_of_five, "i do not know", None),  # the authors draw a letter
        (films.before_bracket, "(C) Nothing.", "C"),
        (films.before_bracket, "C", "C"),
        (films.before_bracket, "It is (the second) B)", None),
        (films.leading_letter, "B. It gets bright.", "B"),
        (films.leading_letter, "B", "B"),
        (films.leading_letter, "B it is", None),
        (films.exact_option, "b", "B"),
        (films.exact_option, "Answer is:(c)", "C"),
        (films.exact_option, "Answer is (c)", None),  # their pattern has no space
        (films.exact_option, "The answer is C", None),
        (films.whole_token, "b. It", "B"),
        (films.whole_token, "(B)", None),
        (films.inside_brackets, "B. It gets bright.", "B"),
        (films.inside_brackets, "It is ( C) or (B)", "C"),
        (films.inside_brackets, "Because it is dark: A", "B"),  # the first character
        (films.inside_brackets, "b", None),
        (films.first_of_four, "Answer: C", "C"),
        (films.first_of_four, "The best option is Dark", "D"),
        (films.first_of_four, "no idea", None),  # the authors ask a judge
        (brackets.stopped, "C: nothing. The answer is B.", "C"),  # the last full stop is trimmed
        (brackets.stopped, "A: no. B: yes", "B"),
        (brackets.stopped, "(A) or (D)", "D"),
        (brackets.stopped, "I think that it gets bright in the end", None),
        (brackets.stopped, "I think that here it gets bright. Yes", "B"),
        (brackets.bracketed_whole, "A.", "A"),
        (brackets.bracketed_whole, "A", "A"),
        (brackets.bracketed_whole, "'A'", None),
    ],
)
def test_a_letter_as_authors_read_it(read, reply, letter):
    assert answer(choice(official=read), reply)[0] == letter


def test_a_rule_that_nobody_else_can_run_says_why():
    scorer = choice(refused="a judge of their own")
    assert "official" not in scorer.rules
    with pytest.raises(UsageError, match=r"^profile 'official': a judge of their own$"):
        scorer.rule("official")


@pytest.mark.parametrize(("reply", "word"), [("Yes, it is.", "yes"), ("not at all", "no"), ("It is: yes", None)])
def test_yes_or_no_at_the_beginning(reply, word):
    assert films.leading_yes_no(reply) == word


@pytest.mark.parametrize(
    ("reply", "value"),
    [("(B) It", 1), ("B.", 1), ("(", 1), (".", 1), ("C", 0), ("The answer is B", 0), ("It is (b)", 0)],
)
def test_the_first_token_counts_by_parts(reply, value):
    assert answer(token_choice(), reply)[1] == value


@pytest.mark.parametrize(
    ("reply", "letter"),
    [("Caption B", "B"), ("B.", "B"), ("It gets bright.", "B"), ("Caption A: It gets dark.", "A"), ("x) It gets bright.", "B"),
     ("The second", None)],
)  # fmt: skip
def test_a_caption_by_its_name_or_text(reply, letter):
    texts = ("It gets dark.", "It gets bright.")
    assert answer(caption_choice(), reply, text=f"{CAPTIONS}\nBest:", choices=texts)[0] == letter


def chain(right: str, shape: str) -> float | None:
    """The value of one group of four, `1` for a right answer and `-` for a missing one."""
    table, swapped = (0, 1 / 12, 4 / 12, 7 / 12, 1), {2: 3, 3: 2}
    steps = {"line": prefix(table), "either": best(prefix(table), prefix(table, order="swapped"))}
    metric: Metric = grouped(
        name="score", headline="a", about="", parts={"a": Share(value=by_tag("shape", steps), by=("group",), size=4)}
    )
    records = [
        Record(
            id=str(place), epoch=1, status="ok", score=Score(value=float(mark), answer=None, rule="x"),
            tags={"group": "g", "shape": shape, "place": str(place), "swapped": str(swapped.get(place, place))},
        )
        for place, mark in enumerate(right, 1) if mark != "-"
    ]  # fmt: skip
    found = metric.aggregate(iter(records)).get("score")
    return found.value if found else None


@pytest.mark.parametrize(
    ("right", "shape", "value"),
    [
        ("1111", "line", 1), ("1101", "line", 4 / 12), ("0111", "line", 0), ("1011", "line", 1 / 12),
        ("1011", "either", 4 / 12), ("1101", "either", 4 / 12), ("1110", "either", 7 / 12), ("0110", "either", 0),
        ("0-11", "either", 0), ("1-11", "either", None),
    ],
)  # fmt: skip
def test_what_a_group_is_worth(right, shape, value):
    assert chain(right, shape) == (None if value is None else pytest.approx(value))
