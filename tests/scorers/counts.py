"""Counts over groups of verdicts: the plain arithmetic of paired, grouped and binary metrics."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Binary(NamedTuple):
    """A confusion matrix of yes and no; `other` answers are neither."""

    true_yes: int = 0
    false_yes: int = 0
    true_no: int = 0
    false_no: int = 0
    other_yes: int = 0
    """Gold yes, answer neither."""
    other_no: int = 0

    @property
    def n(self) -> int:
        """All answers."""
        return sum(self)

    def add(self, answer: str | None, gold: str) -> Binary:
        """One more answer; gold is `yes` or `no`."""
        positive = gold == "yes"
        field = {
            "yes": "true_yes" if positive else "false_yes",
            "no": "false_no" if positive else "true_no",
        }.get(answer or "", "other_yes" if positive else "other_no")
        return self._replace(**{field: getattr(self, field) + 1})


class BinaryScores(NamedTuple):
    """Accuracy, precision, recall, F1 and share of yes; each in [0, 1], None where it is undefined."""

    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    yes_ratio: float | None


def _ratio(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None


def binary_scores(counts: Binary, *, other_misses: bool = True) -> BinaryScores:
    """Scores of a confusion matrix with yes as the positive class.

    Args:
        counts: the matrix.
        other_misses: an answer that is neither counts as a missed yes where the gold is yes.
    """
    missed = counts.false_no + (counts.other_yes if other_misses else 0)
    precision = _ratio(counts.true_yes, counts.true_yes + counts.false_yes)
    recall = _ratio(counts.true_yes, counts.true_yes + missed)
    f1 = _ratio(2 * (precision or 0) * (recall or 0), (precision or 0) + (recall or 0))
    defined = precision is not None and recall is not None
    return BinaryScores(
        accuracy=_ratio(counts.true_yes + counts.true_no, counts.n),
        precision=precision,
        recall=recall,
        f1=f1 if f1 is not None else (0.0 if defined else None),
        yes_ratio=_ratio(counts.true_yes + counts.false_yes, counts.n),
    )


def all_right(verdicts: Iterable[tuple[Hashable, bool]]) -> dict[Hashable, bool]:
    """Per group whether every verdict is right, in order of first appearance."""
    groups: dict[Hashable, bool] = {}
    for key, right in verdicts:
        groups[key] = groups.get(key, True) and right
    return groups


def share(values: Iterable[float]) -> float:
    """Mean; 0 of nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


class Rates(NamedTuple):
    """Accuracy by question, by figure and by question group, each in [0, 1]."""

    questions: float
    figures: float
    groups: float

    @property
    def mean(self) -> float:
        """The board's value."""
        return sum(self) / 3


def consistency_rates(rows: Sequence[Mapping[str, object]], *, authors: bool) -> Rates:
    """The three accuracies of a hallusion benchmark.

    Args:
        rows: category, subcategory, set_id, figure_id, question_id and verdict (1 right, 0 wrong, 2 unclear).
        authors: as the authors count: unclear is right for figure 0 of category VS, where there is nothing
            to see, and these rows make no figure. Else unclear is wrong, and rows without an image
            (`visual_input` 0) are left out.
    """
    rows = rows if authors else [row for row in rows if str(row.get("visual_input", "1")) != "0"]
    judged = [(row, _right(row, authors=authors)) for row in rows]
    figures = all_right((_key(row, "figure_id"), hit) for row, hit in judged if not (authors and _unseen(row)))
    groups = all_right((_key(row, "question_id"), hit) for row, hit in judged)
    return Rates(share(hit for _, hit in judged), share(figures.values()), share(groups.values()))


def _unseen(row: Mapping[str, object]) -> bool:
    return row["category"] == "VS" and str(row["figure_id"]) == "0"


def _right(row: Mapping[str, object], *, authors: bool) -> bool:
    verdict = str(row["verdict"])
    return verdict == "1" or (authors and verdict == "2" and _unseen(row))


def _key(row: Mapping[str, object], last: str) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("category", "subcategory", "set_id", last))


def paired_score(images: Iterable[Sequence[float]]) -> float:
    """Percent of questions right plus percent of images with all questions right: 0 to 200."""
    listed = [list(hits) for hits in images]
    if not listed:
        return 0.0
    single = share(hit for hits in listed for hit in hits)
    both = share(float(all(hits)) for hits in listed)
    return 100 * (single + both)


def graded_rates(correct: int, incorrect: int, total: int) -> tuple[float, float, float]:
    """Share correct, share correct of those attempted, and the harmonic mean of the two."""
    right = correct / total if total else 0.0
    attempted = correct + incorrect
    given = correct / attempted if attempted else 0.0
    return right, given, (2 * given * right / (given + right) if given + right else 0.0)
