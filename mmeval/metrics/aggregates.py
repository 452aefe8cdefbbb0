"""The metrics of the bundled benchmarks.

A metric receives an iterable of scored records, which it reads once. The headline is `out[metric.name]`; sub-scores
are `name/tag=value` or `name/what`. Without scored records, the result is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mmeval.metrics.base import Metric
from mmeval.metrics.groups import Share, every, grouped, mean
from mmeval.metrics.missing import by_value
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import Slices, labels_of, scored
from mmeval.types import Estimate, Record, Score


def accuracy(
    *,
    name: str = "accuracy",
    by: Sequence[str] = ("category",),
    macro: str | None = None,
    chance: float | None = None,
    scale: float = 100.0,
) -> Metric:
    """Mean score over samples, with a sub-score for each value of the tags in `by`.

    Args:
        name: of the metric: `accuracy`, `anls`, `vqa_accuracy`, ...
        by: tags with sub-scores; a sample without the tag only counts in the overall mean.
        macro: a tag. The headline becomes the unweighted mean of its sub-scores, and the mean over samples becomes
            the sub-score `name/micro`.
        chance: expected score of random answers; adds `name/chance-corrected`, `(score - chance) / (1 - chance)`.
        scale: factor for display on the board.
    """
    tags = tuple(dict.fromkeys((*by, macro))) if macro else tuple(by)

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        slices = Slices(name, [tag for tag in tags if tag])
        kept: list[tuple[float, str | None, str]] = []
        for record, value in scored(records):
            slices.add(value, record.cluster, record.tags)
            if macro:
                kept.append((value, record.cluster, record.tags.get(macro, "")))
        out = slices.estimates()
        if out and macro:
            out = {name: macro_mean(kept), f"{name}/micro": out.pop(name), **out}
        if out and chance is not None:
            out[f"{name}/chance-corrected"] = correct_for_chance(out[name], chance)
        return out

    about = f"Mean of the sub-scores by {macro}, equal weight." if macro else "Mean over samples."
    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=scale, about=about, version=2
    )


def macro_mean(rows: Sequence[tuple[float, str | None, str]]) -> Estimate:
    """Unweighted mean of group means; rows are (value, cluster, group)."""
    groups = sorted({group for _, _, group in rows})
    column = {group: index for index, group in enumerate(groups)}
    cells = [{column[group]: (value, 1.0)} for value, _, group in rows]
    ratios = [Ratio(index, 1 / len(groups)) for index in range(len(groups))]
    return combine(cells, ratios, clusters=[cluster for _, cluster, _ in rows])


def correct_for_chance(estimate: Estimate, chance: float) -> Estimate:
    """Rescale so that random answers score 0 and perfect answers score 1."""
    value, low, high = ((x - chance) / (1 - chance) for x in (estimate.value, estimate.low, estimate.high))
    return replace(estimate, value=value, low=low, high=high)


def circular(*, name: str = "accuracy", group: str = "group", by: Sequence[str] = ("category",)) -> Metric:
    """Share of groups whose members are all correct: a question asked with every rotation of its options.

    The tag `group_size` gives the number of members. A group that lacks members because of errors is left out, unless
    one of its members is wrong. `name/single` is the mean over all members.
    """
    return _all_or_nothing(name, group, by, "Share of questions answered correctly in every rotation of their options.")


def pairs(*, name: str = "pair_accuracy", pair: str = "pair", by: Sequence[str] = ("category",)) -> Metric:
    """Share of pairs with two correct answers; `name/single` is the mean over single questions."""
    return _all_or_nothing(name, pair, by, "Share of pairs with both questions answered correctly.")


def _all_or_nothing(name: str, tag: str, by: Sequence[str], about: str) -> Metric:
    parts = {"group": Share(value=every(), by=(tag,)), "single": Share(value=mean())}
    return grouped(name=name, headline="group", parts=parts, about=about, by=by, version=2)


def mme_score(
    *, name: str = "score", pair: str = "pair", category: str = "category", totals: Mapping[str, Sequence[str]]
) -> Metric:
    """Sum over subtasks of the accuracy and of the share of images with all answers correct, 0 to 200 per subtask.

    Args:
        name: of the metric.
        pair: tag of the questions that must all be correct (the image).
        category: tag of the subtask.
        totals: subtasks by the name of their sum; the headline is the sum over all subtasks.
    """
    subtasks = [task for tasks in totals.values() for task in tasks]
    column = {task: index for index, task in enumerate(subtasks)}

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        cells: list[dict[int, tuple[float, float]]] = []
        clusters: list[str | None] = []
        images = Share(value=every(), by=(pair,))
        for group, _ in images.groups(list(scored(records)), (pair,)).values():
            at = column.get(group.tags.get(category, ""))
            if at is not None:
                values = group.values({})
                cells.append({2 * at: (sum(values), len(values)), 2 * at + 1: images.cell(group) or (0.0, 1.0)})
                clusters.append(group.cluster)
        if not cells:
            return {}

        def total(tasks: Iterable[str]) -> Estimate:
            ratios = [Ratio(2 * column[task] + part, 100.0) for task in tasks for part in (0, 1)]
            return combine(cells, ratios, clusters=clusters, high=100.0 * len(ratios))

        parts = {f"{name}/{label}": total(tasks) for label, tasks in totals.items()}
        return {name: total(subtasks), **parts, **{f"{name}/{category}={task}": total([task]) for task in subtasks}}

    about = "Sum over subtasks of the percentage of correct answers and of images with all answers correct."
    high = 200.0 * len(subtasks)
    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=high, scale=1.0, about=about, version=2
    )


_SET = ("category", "subcategory", "set_id")


def hallusion_accuracy(*, name: str = "mean_accuracy", authors: bool = False) -> Metric:
    """Mean of three accuracies: by answer, by figure (all its questions) and by question (over all its figures).

    Uses the tags `category`, `subcategory`, `set_id`, `figure_id`, `question_id` and `visual_input`. A figure or a
    question is right in an epoch if all its answers in it are. The interval is over sets, because figures and questions
    belong to one set.

    Args:
        name: of the metric; sub-scores are `name/questions`, `name/figures`, `name/groups`.
        authors: count as the authors do: the verdict `unclear` is correct if the question has no image.
    """
    parts = {
        "questions": Share(value=mean()),
        "figures": Share(
            value=every(), by=(*_SET, "figure_id"), size=0, where=lambda tags: not (authors and _no_figure(tags))
        ),
        "groups": Share(value=every(), by=(*_SET, "question_id"), size=0),
    }
    counts = grouped(
        name=name, headline=dict.fromkeys(parts, 1 / 3), parts=parts, unit=_SET, version=4,
        about="Mean of three accuracies: by answer, by figure, and by question over all its figures.",
    )  # fmt: skip

    def aggregate(records: Iterable[Record]) -> Mapping[str, Estimate]:
        return counts.aggregate(_graded(records, authors=authors))

    return replace(counts, aggregate=aggregate, extremes=by_value)


def _graded(records: Iterable[Record], *, authors: bool) -> Iterator[Record]:
    """The records that count; each of them is right or wrong."""
    for record, value in scored(records):
        if authors or record.tags.get("visual_input") != "0":
            assert record.score is not None
            lenient = authors and _no_figure(record.tags) and record.score.answer == "unclear"
            yield replace(record, score=replace(record.score, value=float(lenient or value >= 1)))


def _no_figure(tags: Mapping[str, str]) -> bool:
    return tags.get("category") == "VS" and tags.get("figure_id") == "0"


_BINARY = ("f1", "accuracy", "precision", "recall", "yes_ratio")


def binary(*, name: str = "f1", by: Sequence[str] = ("category",), target: str = "gold") -> Metric:
    """F1 of the answer yes, with accuracy, precision, recall and the share of yes.

    An unparsed answer counts as wrong, and not as yes. The tag named by `target` holds `yes` or `no`. A sample whose
    tag in `by` lists several labels counts in each slice, and as many times in the whole, as in published scores.
    """

    def wants_yes(record: Record) -> bool:
        return record.tags.get(target, "").lower() in ("yes", "1", "true")

    def extremes(record: Record) -> tuple[Score, Score]:
        wrong, right = ("no", "yes") if wants_yes(record) else ("yes", "no")
        return Score(value=0.0, answer=wrong), Score(value=1.0, answer=right)

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        cells: list[dict[int, tuple[float, float]]] = []
        clusters: list[str | None] = []
        members: dict[str, list[int]] = {}
        for record, _ in scored(records):
            answer = record.score.answer if record.score else None
            row = _binary_cells(answer, wants_yes(record))
            labels = {tag: labels_of(record.tags.get(tag, "")) for tag in by}
            for copy in range(max([1, *map(len, labels.values())])):
                for tag, values in labels.items():
                    if copy < len(values):
                        members.setdefault(f"{tag}={values[copy]}", []).append(len(cells))
                cells.append(row)
                clusters.append(record.cluster or record.id)
        if not cells:
            return {}
        out = _binary_estimates(cells, clusters, name)
        for label, rows in sorted(members.items()):
            part = _binary_estimates([cells[i] for i in rows], [clusters[i] for i in rows], name)
            out |= {f"{name}/{label}": part[name]} if name in part else {}
        return out

    about = "F1 of the answer yes over all samples, with accuracy, precision, recall and the share of yes."
    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, about=about,
        version=2, extremes=extremes,
    )  # fmt: skip


def _binary_cells(answer: str | None, wants_yes: bool) -> dict[int, tuple[float, float]]:
    yes, no = answer == "yes", answer == "no"
    hit, right = float(yes and wants_yes), float((yes and wants_yes) or (no and not wants_yes))
    return {
        0: (2 * hit, float(yes) + float(wants_yes)),
        1: (right, 1.0),
        2: (hit, float(yes)),
        3: (hit, float(wants_yes)),
        4: (float(yes), 1.0),
    }


def _binary_estimates(
    cells: Sequence[Mapping[int, tuple[float, float]]], clusters: Sequence[str | None], name: str
) -> dict[str, Estimate]:
    """The estimates that are defined: precision needs an answer yes, recall a target yes."""
    out = {}
    for at, what in enumerate(_BINARY):
        if any(row[at][1] for row in cells):
            out[name if at == 0 else f"{name}/{what}"] = combine(cells, [Ratio(at, 1.0)], clusters=clusters)
    return out


def simpleqa_f1(*, name: str = "f1") -> Metric:
    """Harmonic mean of two shares of correct answers: among all samples, and among attempted ones.

    The judge's word is in `score.answer`: `correct`, `incorrect` or `not attempted`.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        cells: list[dict[int, tuple[float, float]]] = []
        for record, _ in scored(records):
            word = record.score.answer if record.score else None
            right, tried = float(word == "correct"), float(word in ("correct", "incorrect"))
            cells.append({0: (2 * right, 1.0 + tried), 1: (right, 1.0), 2: (right, tried), 3: (tried, 1.0)})
        if not cells:
            return {}
        names = (name, f"{name}/correct", f"{name}/correct_given_attempted", f"{name}/attempted")
        known = [(what, at) for at, what in enumerate(names) if any(row[at][1] for row in cells)]
        return {what: combine(cells, [Ratio(at, 1.0)]) for what, at in known}

    about = "Harmonic mean of two shares of correct answers: among all samples, and among attempted ones."
    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, about=about,
        version=2, extremes=_judged,
    )  # fmt: skip


def _judged(record: Record) -> tuple[Score, Score]:
    del record
    return Score(value=0.0, answer="incorrect"), Score(value=1.0, answer="correct")
