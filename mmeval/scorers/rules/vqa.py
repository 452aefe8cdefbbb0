"""VQA accuracy over ten annotators, leaving one out, after the normalisation of the VQA evaluation."""

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
"""The published code passes a flag as the count, so that only this many full stops are removed."""
_NUMBERS = {"none": "0"} | {
    word: str(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_ARTICLES = frozenset(("a", "an", "the"))

# Words whose apostrophe is restored. "we're" and "i'll" are missing, as in the published list.
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
    """Delete each mark or replace it by a space, depending on its neighbours, then delete full stops."""
    grouped = comma.search(text) is not None
    out = text
    for mark in _MARKS:
        if mark in out:
            delete = grouped or f"{mark} " in text or f" {mark}" in text
            out = out.replace(mark, "" if delete else " ")
    return period.sub("", out, count=PERIODS)


def mark_free(text: str) -> str:
    """Remove punctuation, but keep a full stop next to a digit; case and words are unchanged."""
    return _punctuation(text, comma=_COMMA, period=_LONE_PERIOD)


def publish_marks(text: str) -> str:
    """Remove punctuation by the published rule; case and words are unchanged."""
    return _punctuation(text, comma=_COMMA, period=_LOOSE_PERIOD)


def _words(text: str) -> str:
    """Lower case, with digits for number words up to ten, without articles, with apostrophes restored."""
    mapped = (_NUMBERS.get(word, word) for word in text.lower().split())
    return " ".join(CONTRACTIONS.get(word, word) for word in mapped if word not in _ARTICLES)


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def normalise_published(text: str) -> str:
    """The normalisation of the VQA authors' evaluation code."""
    return _words(_punctuation(_flat(text), comma=_COMMA, period=_LOOSE_PERIOD))


def normalise_lone_periods(text: str) -> str:
    """The published normalisation, but a full stop next to a digit is kept (`3.` is not `3`)."""
    return _words(_punctuation(_flat(text), comma=_COMMA, period=_LONE_PERIOD))


def normalise_words_first(text: str) -> str:
    """A variant that deletes commas and question marks first, so that `red,white` becomes one word."""
    lowered = text.lower().replace(",", "").replace("?", "").replace("'s", " 's").strip()
    return _words(_punctuation(_flat(lowered), comma=_COMMAS, period=_LOOSE_PERIOD))


def normalise_lmms(text: str) -> str:
    """The published normalisation, with the handling of repeated commas of lmms-eval."""
    return _words(_punctuation(_flat(text), comma=_COMMAS, period=_LOOSE_PERIOD))


def agreement(answer: str, accepted: Sequence[str]) -> float:
    """Mean over annotators of `min(1, matches among the other annotators / 3)`."""
    if not accepted:
        return 0.0
    hits = sum(target == answer for target in accepted)
    out_of_hits = min(1.0, (hits - 1) / 3) if hits else 0.0
    return (hits * out_of_hits + (len(accepted) - hits) * min(1.0, hits / 3)) / len(accepted)


def vqa_value(answer: str, answers: Sequence[str], *, normalise: Normalise, unanimous_raw: bool = False) -> float:
    """VQA accuracy of one answer in [0, 1].

    Args:
        answer: the answer.
        answers: one answer per annotator.
        normalise: applied to the answer and to those of the annotators.
        unanimous_raw: compare the raw texts if all annotators agree, as the published code does.
    """
    if unanimous_raw:
        flat = [_flat(target) for target in answers]
        if len(set(flat)) <= 1:
            return agreement(_flat(answer), flat)
    return agreement(normalise(answer), [normalise(target) for target in answers])


def vqa_accuracy(*, words_first: bool = True) -> Scorer:
    """Agreement with annotators; the target is the list of their answers.

    Args:
        words_first: whether lmms-eval uses its own normalisation for this benchmark (TextVQA, OK-VQA, VizWiz)
            or the published one (VQAv2).
    """
    lmms = normalise_words_first if words_first else normalise_lmms
    vlm = Staged(_whole, functools.partial(_grade, normalise=normalise_lone_periods))
    published = functools.partial(_grade, normalise=normalise_published)
    return Scorer(
        name="vqa_accuracy",
        version={"mmeval": 2},
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
