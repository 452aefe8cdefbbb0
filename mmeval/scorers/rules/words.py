"""Texts that are read off a picture: how many of the words are there, and in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from mmeval.scorers import targets
from mmeval.scorers.base import Extraction, Grade, Scorer, Staged
from mmeval.scorers.rules.free import open_answer
from mmeval.scorers.rules.text import clean, whole
from mmeval.types import Sample

__all__ = ["covered", "overlap", "transcript", "within"]

LONGEST = 2_000
"""Number of words of a reply that are compared."""
_BLANKS = re.compile(r"\s+")
_NOT_ALNUM = re.compile(r"[^A-Za-z0-9]+")
_MARKS = re.compile(r"[^\w\s]|_")


def within() -> Scorer:
    """A word or phrase in any language. Officially, the target must occur in the reply, without case and full stops."""
    return Scorer(
        name="within",
        version=1,
        rules={
            "mmeval": open_answer().rule("mmeval"),
            **dict.fromkeys(("official", "vlmevalkit-2026-08", "lmms-0.7.3"), Staged(whole, _occurs)),
        },
    )


def _occurs(answer: str, sample: Sample) -> Grade:
    said, want = (text.strip().lower().replace(".", "") for text in (answer, targets.plain(sample.target)))
    return Grade(float(want in said), f"target {want[:80]}")


def transcript() -> Scorer:
    """All words of a picture, in any order: F1 between the multisets of words of reply and target (CC-OCR).

    The tag `unit` says what counts: `words`; `characters`, for scripts without spaces; or `alphanumeric`, words with
    Latin letters and digits alone.
    """
    rule = Staged(whole, _same_words)
    return Scorer(name="transcript", version=1, rules=dict.fromkeys(("mmeval", "official", "vlmevalkit-2026-08"), rule))


def _units(text: str, unit: str) -> list[str]:
    said = _BLANKS.sub(" ", text.replace("###", "").replace("***", "").lower())
    if unit == "characters":
        return list(said.replace(" ", ""))
    words = said.split(" ")
    return [word for word in (_NOT_ALNUM.sub("", w) if unit == "alphanumeric" else w for w in words) if word]


def _same_words(answer: str, sample: Sample) -> Grade:
    unit = sample.tags.get("unit", "words")
    said, want = (_units(text, unit) for text in (answer, targets.plain(sample.target)))
    right = (Counter(said) & Counter(want)).total()
    return Grade(_f1(right, len(said), len(want)), f"{right} of {len(want)} {unit}")


def _f1(right: float, said: int, want: int) -> float:
    return 2 * right / (said + want) if said + want else 0.0


def covered() -> Scorer:
    """Several texts that the reply must hold; the score is the share of them that it holds word for word.

    `official` counts words and marks as they are written; `mmeval` counts words without case and marks.
    """
    return Scorer(
        name="covered",
        version=1,
        rules={"mmeval": Staged(whole, _held, _all), "official": Staged(whole, _held_exactly, _all)},
    )


def _held(answer: str, sample: Sample) -> Grade:
    return _share(*([_plain(text) for text in texts] for texts in ([answer], targets.raw_texts(sample))))


def _held_exactly(answer: str, sample: Sample) -> Grade:
    texts = ([answer], targets.raw_texts(sample))
    return _share(*([" ".join(_MARKS.sub(r" \g<0> ", text).split()) for text in some] for some in texts))


def _all(sample: Sample) -> list[str]:
    return ["\n".join(targets.raw_texts(sample))]


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text.casefold()).split())


def _share(said: list[str], wanted: list[str]) -> Grade:
    hits = sum(f" {want} " in f" {said[0]} " for want in wanted)
    return Grade(hits / len(wanted) if wanted else 0.0, f"{hits} of {len(wanted)} texts")


def overlap(*, order: bool = True) -> Scorer:
    """F1 of the words that reply and target share: in the same order (ROUGE-L), or in any (ROUGE-1).

    With several targets the best counts. Case does not. Source: Lin, ROUGE (2004), with equal weights of precision and
    recall, on the whole text as one sentence.
    """
    grade = _in_order if order else _in_any_order
    return Scorer(
        name="overlap", version=1, rules=dict.fromkeys(("mmeval", "official"), Staged(_quoted, grade, targets.texts))
    )


_LEADS = re.compile(r"^(?:<meta[^>]{0,80}content=\"|[^:\n]{0,60}bounding box is:)", re.IGNORECASE)


def _quoted(text: str, sample: Sample) -> Extraction:
    """The reply without the frame that the prompt asks for."""
    said = _LEADS.sub("", text.strip()).strip().removesuffix(">").removesuffix("/").strip().removesuffix('"')
    return Extraction(clean(said).strip("<>"), "unframed")


def _in_order(answer: str, sample: Sample) -> Grade:
    return _best(answer, sample, _common)


def _in_any_order(answer: str, sample: Sample) -> Grade:
    return _best(answer, sample, lambda one, two: (Counter(one) & Counter(two)).total())


def _best(answer: str, sample: Sample, shared: Callable[[Sequence[str], Sequence[str]], int]) -> Grade:
    said, best = answer.lower().split()[:LONGEST], 0.0
    for target in targets.texts(sample):
        want = target.lower().split()[:LONGEST]
        best = max(best, _f1(shared(said, want), len(said), len(want)))
    return Grade(best, f"target {targets.plain(sample.target)[:80]}")


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(two) + 1)
    for word in one:
        before = 0
        for at, other in enumerate(two, 1):
            before, row[at] = row[at], before + 1 if word == other else max(row[at], row[at - 1])
    return row[-1]
