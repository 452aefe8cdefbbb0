"""VQA accuracy: ten annotators, leave one out, after the normalisation of the VQA evaluation."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.rules.text import short_answer
from mmeval.types import Sample

Normalise = Callable[[str], str]

_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_COMMA = re.compile(r"\d,\d")
_COMMAS = re.compile(r"\d,+\d")
_LOOSE_PERIOD = re.compile(r"\.(?!\d)")
_LONE_PERIOD = re.compile(r"(?<!\d)\.(?!\d)")
PERIODS = 32
"""The published code passes a flag where the count belongs: only so many full stops are removed."""
_NUMBERS = {"none": "0"} | {
    word: str(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_ARTICLES = frozenset(("a", "an", "the"))

# Words that only lack their apostrophe; the missing natural ones ("we're", "i'll") are missing on purpose.
_PLAIN = [
    "ain't",
    "aren't",
    "can't",
    "could've",
    "couldn't",
    "didn't",
    "doesn't",
    "don't",
    "hadn't",
    "hasn't",
    "haven't",
    "he'd",
    "he's",
    "how'd",
    "how'll",
    "how's",
    "isn't",
    "it'd",
    "it'll",
    "ma'am",
    "mightn't",
    "might've",
    "mustn't",
    "must've",
    "needn't",
    "not've",
    "o'clock",
    "oughtn't",
    "shan't",
    "should've",
    "shouldn't",
    "somebody'll",
    "somebody's",
    "someone'd",
    "someone'll",
    "someone's",
    "something'd",
    "something'll",
    "that's",
    "there'd",
    "there're",
    "there's",
    "they'd",
    "they'll",
    "they're",
    "they've",
    "'twas",
    "wasn't",
    "we've",
    "weren't",
    "what'll",
    "what're",
    "what's",
    "what've",
    "when's",
    "where'd",
    "where's",
    "where've",
    "who'd",
    "who'll",
    "who's",
    "who've",
    "why'll",
    "why're",
    "why's",
    "won't",
    "would've",
    "wouldn't",
    "y'all",
    "you'd",
    "you'll",
    "you're",
    "you've",
]


def _contractions() -> dict[str, str]:
    table = {word.replace("'", ""): word for word in _PLAIN}
    for stem in ("could", "had", "might", "should", "would"):
        table |= dict.fromkeys((f"{stem}nt've", f"{stem}n'tve"), f"{stem}n't've")
    for stem in ["he", "it", "she", "we", "they", "you", "who", "there", "someone", "something", "somebody"]:
        table |= dict.fromkeys((f"{stem}d've", f"{stem}'dve"), f"{stem}'d've")
    table |= dict.fromkeys(("yall'll", "y'allll"), "y'all'll")
    table |= dict.fromkeys(("yall'd've", "y'alld've", "y'all'dve"), "y'all'd've")
    table |= dict.fromkeys(("ow's'at", "'ows'at", "'ow'sat"), "'ow's'at")
    return table | {"somebody'd": "somebodyd"}


CONTRACTIONS = _contractions()


def _punctuation(text: str, *, comma: re.Pattern[str], period: re.Pattern[str]) -> str:
    """Delete or blank each mark by its neighbours in the original text, then delete full stops."""
    grouped = comma.search(text) is not None
    out = text
    for mark in _MARKS:
        if mark in out:
            delete = grouped or f"{mark} " in text or f" {mark}" in text
            out = out.replace(mark, "" if delete else " ")
    return period.sub("", out, count=PERIODS)


def mark_free(text: str) -> str:
    """Punctuation by the rule that keeps a full stop beside a digit; case and words stay."""
    return _punctuation(text, comma=_COMMA, period=_LONE_PERIOD)


def publish_marks(text: str) -> str:
    """Punctuation by the published rule; case and words stay."""
    return _punctuation(text, comma=_COMMA, period=_LOOSE_PERIOD)


def _words(text: str) -> str:
    """Lower case, digits for small number words, no articles, apostrophes restored."""
    mapped = (_NUMBERS.get(word, word) for word in text.lower().split())
    return " ".join(CONTRACTIONS.get(word, word) for word in mapped if word not in _ARTICLES)


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def normalise_published(text: str) -> str:
    """The normalisation of the VQA authors' own evaluation."""
    return _words(_punctuation(_flat(text), comma=_COMMA, period=_LOOSE_PERIOD))


def normalise_lone_periods(text: str) -> str:
    """The same, but a full stop beside a digit stays (`3.` is not `3`)."""
    return _words(_punctuation(_flat(text), comma=_COMMA, period=_LONE_PERIOD))


def normalise_words_first(text: str) -> str:
    """The variant that deletes commas and question marks beforehand (`red,white` becomes one word)."""
    lowered = text.lower().replace(",", "").replace("?", "").replace("'s", " 's").strip()
    return _words(_punctuation(_flat(lowered), comma=_COMMAS, period=_LOOSE_PERIOD))


def normalise_lmms(text: str) -> str:
    """The published normalisation with the runs of commas of lmms-eval."""
    return _words(_punctuation(_flat(text), comma=_COMMAS, period=_LOOSE_PERIOD))


def agreement(answer: str, accepted: Sequence[str]) -> float:
    """Mean over annotators of `min(1, matches among the others / 3)`."""
    if not accepted:
        return 0.0
    hits = sum(target == answer for target in accepted)
    out_of_hits = min(1.0, (hits - 1) / 3) if hits else 0.0
    return (hits * out_of_hits + (len(accepted) - hits) * min(1.0, hits / 3)) / len(accepted)


def vqa_value(answer: str, answers: Sequence[str], *, normalise: Normalise, unanimous_raw: bool = False) -> float:
    """VQA accuracy of one answer in [0, 1].

    Args:
        answer: the prediction.
        answers: one answer per annotator.
        normalise: applied to the prediction and to every answer.
        unanimous_raw: compare the raw texts where all annotators wrote the same, as the published code does.
    """
    if unanimous_raw:
        flat = [_flat(target) for target in answers]
        if len(set(flat)) <= 1:
            return agreement(_flat(answer), flat)
    return agreement(normalise(answer), [normalise(target) for target in answers])


def vqa_accuracy(*, words_first: bool = True) -> Scorer:
    """Share of annotators who agree; the target is the list of their answers.

    Args:
        words_first: whether lmms-eval scores this benchmark with its words-first normalisation
            (TextVQA, OK-VQA, VizWiz) or with the published one (VQAv2).
    """
    lmms = normalise_words_first if words_first else normalise_lmms
    vlm = Staged(_whole, functools.partial(_grade, normalise=normalise_lone_periods))
    published = functools.partial(_grade, normalise=normalise_published)
    return Scorer(
        name="vqa_accuracy",
        version=1,
        rules={
            "official": Staged(_whole, functools.partial(_grade, normalise=normalise_published, unanimous_raw=True)),
            "mmeval": Staged(short_answer, published),
            "vlmevalkit-2024": vlm,
            "vlmevalkit-2026-08": vlm,
            "lmms-0.7.3": Staged(_whole, functools.partial(_grade, normalise=lmms)),
        },
    )


def _whole(text: str, sample: Sample) -> Extraction:
    return Extraction(text, "whole-reply", (0, len(text)))


def _grade(answer: str, sample: Sample, *, normalise: Normalise, unanimous_raw: bool = False) -> Grade:
    answers = targets.texts(sample)
    value = vqa_value(answer, answers, normalise=normalise, unanimous_raw=unanimous_raw)
    return Grade(value, f"normalised: {normalise(answer)[:80]}")
