"""A labelled slice: things made by our own program, right or wrong, and what a judge is asked about each.

To add one: a function that draws an item of a kind and a label, a line in `SLICES`, a file in `benchmarks/judging/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from mmeval.data import generated
from mmeval.definitions import Benchmark
from mmeval.generation import moving
from mmeval.judging import changes, films, hints, looks, objects, photos, scenes, signs, speech
from mmeval.judging.item import Draw, Item
from mmeval.media import of_kind
from mmeval.metrics import Metric, accuracy, concordance, with_own_errors
from mmeval.scorers import (
    Scorer,
    bindings,
    clip_score,
    frames_alike,
    frames_like,
    frames_rated,
    geneval,
    questions_about,
    soft_tifa,
    spoken,
    verdicts,
    vqa_score,
    wise,
    written,
)
from mmeval.scorers.judges.frames import EVERY
from mmeval.scorers.judges.making import FRAMES, SOUND
from mmeval.scorers.judges.verdicts import (
    HALF,
    RIGHT,
    WRONG,
    Read,
    asked_of_a_judge,
    by_consistency,
    in_full,
    its_value,
    likelier,
    without_errors,
)
from mmeval.types import Row, Sample, Want

__all__ = ["CHANCES", "MARKS", "PAIRS", "SLICES", "TRANSCRIPTS", "VERDICTS", "Form", "Slice", "benchmark_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a judge's rule gives, and how it is compared with the labels."""

    read: Read
    """The verdict in a score of the rule."""
    metric: Metric
    """Of the slice."""
    chance: float = 0.5
    """What the metric gives by chance."""
    labels: tuple[str, ...] = (RIGHT, WRONG)
    graded: bool = False
    """Whether the metric compares the rule's values instead of verdicts. The judge of such a rule scores choices."""
    paired: bool = False
    """Whether items of different labels are drawn alike, to be compared with each other alone."""


VERDICTS = Form(read=in_full, metric=accuracy(by=("category", "label"), macro="label"))
"""A verdict on each item. The headline is the mean of the shares of right and of wrong items that are called so."""
MARKS = replace(VERDICTS, read=by_consistency, labels=(RIGHT, HALF, WRONG), chance=1 / 3)
"""A mark on each item: 2 is the verdict right, 1 half right, 0 wrong."""
TRANSCRIPTS = Form(read=without_errors, metric=with_own_errors(VERDICTS.metric))
"""A verdict on each item, and the error rate of the transcripts of right ones."""
CHANCES = Form(read=likelier, metric=concordance(), graded=True)
"""How likely the right answer is. The headline is the area under the ROC curve."""
PAIRS = Form(read=its_value, metric=concordance(name="ordered", pair="pair"), graded=True, paired=True)
"""A value that says something only beside another. The headline is the share of pairs that are ordered as labelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One kind of thing to judge, and the rule that asks the judge."""

    name: str
    """Of its benchmark, by which a judged benchmark names its slice."""
    version: int = 1
    """Raised when a change draws other items or shows them in another way."""
    want: Want = "image"
    """What the judged models make."""
    video: str | None = None
    """How the rule shows a film."""
    audio: str | None = None
    """How the rule gives a sound."""
    kinds: tuple[str, ...]
    draw: Draw | None = None
    """None: its items are recorded."""
    scorer: Callable[[], Scorer]
    profile: str = "mmeval"
    form: Form = VERDICTS


OBJECTS = Slice(name="judge_objects", kinds=objects.KINDS_OF_FACT, draw=objects.draw, scorer=questions_about)
PHOTOS = Slice(name="judge_photos", kinds=photos.KINDS_OF_FACT, draw=photos.draw, scorer=questions_about)
HINTS = Slice(name="judge_hints_wiscore", kinds=hints.KINDS_OF_HINT, draw=hints.marked, scorer=wise, profile="wiscore",
              form=MARKS)  # fmt: skip
SUBJECTS = Slice(name="judge_subjects", want="video", video=EVERY, kinds=tuple(changes.SUBJECTS), draw=changes.subject,
                 scorer=frames_alike, form=PAIRS)  # fmt: skip
SLICES: Mapping[str, Slice] = {
    one.name: one
    for one in (
        OBJECTS,
        replace(OBJECTS, name="judge_objects_soft_tifa", scorer=soft_tifa, profile="soft_tifa_gm", form=CHANCES),
        replace(OBJECTS, name="judge_objects_product", scorer=bindings, profile="product", form=CHANCES),
        replace(OBJECTS, name="judge_objects_vqa_score", scorer=vqa_score, form=CHANCES),
        replace(OBJECTS, name="judge_objects_clip_score", scorer=clip_score, form=PAIRS),
        PHOTOS,
        replace(PHOTOS, name="judge_photos_detector", draw=photos.detected, scorer=geneval, profile="detector"),
        Slice(name="judge_scenes", kinds=scenes.KINDS_OF_FACT, draw=scenes.draw, scorer=questions_about),
        HINTS,
        replace(HINTS, name="judge_hints_verified", draw=hints.verified, profile="verified", form=VERDICTS),
        Slice(name="judge_signs", kinds=signs.MISTAKES, draw=signs.draw, scorer=written),
        Slice(name="judge_films", version=2, want="video", video=FRAMES, kinds=films.KINDS_OF_FACT, draw=films.draw,
              scorer=questions_about),
        SUBJECTS,
        replace(SUBJECTS, name="judge_backgrounds", kinds=tuple(changes.BACKGROUNDS), draw=changes.background),
        replace(SUBJECTS, name="judge_motion", kinds=tuple(changes.MOTIONS), draw=changes.motion, scorer=moving,
                video=f"frames={changes.FRAMES},rule=ends"),
        replace(SUBJECTS, name="judge_quality", kinds=tuple(changes.DEFECTS), draw=changes.quality,
                scorer=partial(frames_rated, "quality", 100)),
        replace(SUBJECTS, name="judge_looks", kinds=tuple(looks.SPOILT), draw=looks.draw,
                scorer=partial(frames_rated, "aesthetic", 10)),
        replace(SUBJECTS, name="judge_styles", kinds=tuple(changes.STYLES), draw=changes.style, scorer=frames_like),
        Slice(name="judge_speech", want="audio", audio=SOUND, kinds=speech.MISTAKES, scorer=spoken, form=TRANSCRIPTS),
    )
}  # fmt: skip


def benchmark_of(name: str, *, title: str, about: str | None, each: int, seed: int = 0) -> Benchmark:
    """The benchmark of a slice, which asks the judge as a model: `each` items of each kind and label."""
    one = SLICES[name]
    form, data = one.form, generated(partial(_rows, one), n=each, seed=seed) if one.draw else speech.Recordings()
    return Benchmark(
        name=name, version=str(one.version), title=title, about=about or "",
        data=data, to_sample=partial(_sample, one),
        score=verdicts(one.scorer(), profile=one.profile, read=form.read, graded=form.graded), profile="mmeval",
        metric=form.metric, want="choice" if form.graded else "text", cluster="pair" if form.paired else None,
        license="CC0-1.0", url=None, paper=None, rows=each * len(one.kinds) * len(form.labels), chance=form.chance,
        video=one.video, audio=one.audio, redistribute=True, tags=("generated", "judging"),
    )  # fmt: skip


def _rows(one: Slice, rng: Random) -> list[dict[str, Any]]:
    rows = [
        {"kind": kind, "label": label, "seed": rng.getrandbits(48)} for kind in one.kinds for label in one.form.labels
    ]
    if not one.form.paired:
        return rows
    first = {row["kind"]: row["seed"] for row in reversed(rows)}
    return [{**row, "seed": first[row["kind"]], "pair": f"{first[row['kind']]:x}"} for row in rows]


def _sample(one: Slice, row: Row) -> Sample:
    item = _item(one.draw, row)
    rule: Any = one.scorer().rule(one.profile)
    return asked_of_a_judge(
        rule, name=row["id"], prompt=item.prompt, target=item.target, made=of_kind(one.want, item.made),
        label=row["label"], says=item.says, kind=row["kind"], pair=row.get("pair"),
    )  # fmt: skip


def _item(draw: Draw | None, row: Row) -> Item:
    if draw is None:
        return speech.item(row)
    return draw(Random(row["seed"]), row["kind"], row["label"])  # noqa: S311 - no secret
