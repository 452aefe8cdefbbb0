"""The rule of GenEval: a judge that detects objects, and the facts that its boxes have to bear out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmeval.errors import ScoreError
from mmeval.scorers.base import KEEP, Scorer
from mmeval.scorers.identity import joined
from mmeval.scorers.judges.making import questions_about, seen
from mmeval.scorers.judges.ratings import parsed
from mmeval.types import Prompt, Reply, Request, Sample, Score, Text

__all__ = ["geneval"]

SURE, SURE_OF_NUMBER = 0.3, 0.9
"""An object counts if its score is higher; the second where others of its kind are excluded."""
MOST = 16
"""Objects of one kind that count."""
BESIDE = 0.1
"""By how much of both objects' sizes they have to be apart."""
MAINLY = 0.5
"""The part of an offset that makes a direction; an oblique one has two."""
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
TEXTS = ("a photo of a {colour} {name}", "a photo of a {colour}-colored {name}", "a photo of a {colour} object")
COCO = {"computer mouse": "mouse", "tv remote": "remote", "computer keyboard": "keyboard"}
"""The benchmark's names that COCO's labels do not have."""
DETECTOR = "detector/facebook/mask2former-swin-small-coco-instance"


@dataclass(frozen=True, slots=True)
class Found:
    """One object that the judge has found."""

    name: str
    score: float
    box: tuple[float, ...]
    """Left, top, right, bottom, in pixels."""
    fits: str
    """The colour that fits best; empty if none was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """A rule that asks a detector once, and compares what it has found with what was asked for.

    The target is `{"objects": {"include": [...], "exclude": [...]}}`, each a mapping with `class`, `count`, and in
    `include` also `color` and `position` (a direction, and the place of the object that it starts from).
    """

    name: str = "detector"

    @property
    def stages(self) -> tuple[Any, ...]:
        """The functions that decide the value."""
        return (unmet, read)

    @property
    def digest(self) -> str:
        """sha256 of what is asked and of every threshold, hexadecimal."""
        limits = (SURE, SURE_OF_NUMBER, MOST, BESIDE, MAINLY)
        return joined([self.name, *map(str, limits), *COLOURS, *TEXTS, json.dumps(COCO)])

    def prompt(self, sample: Sample, reply: Reply) -> Prompt | Request | Score:
        """The one request: the image, and which objects to find, with the texts for those whose colour counts."""
        things = [*_wanted(sample)["include"], *_wanted(sample).get("exclude", ())]
        asked: dict[str, dict[str, list[str]]] = {label(one): {} for one in things}
        asked |= {label(one): _texts(one["class"]) for one in things if one.get("color")}
        return (seen(reply), Text(json.dumps(asked)))

    def parse(self, sample: Sample, reply: Reply, *verdicts: Reply) -> Prompt | Request | Score:
        """1 if everything is as asked, and else the reasons; raises ScoreError for a reply without detections."""
        del reply
        wanted = _wanted(sample)
        sure = SURE_OF_NUMBER if wanted.get("exclude") else SURE
        kinds: dict[str, list[Found]] = {}
        for one in read(verdicts[-1].text):
            if one.score > sure and len(kinds.setdefault(one.name, [])) < MOST:
                kinds[one.name].append(one)
        reasons = unmet(wanted, kinds)
        there = ", ".join(f"{len(some)} {name}" for name, some in kinds.items())
        return Score(
            value=float(not reasons),
            answer=(there or "no object")[:KEEP],
            rule=f"judge:{self.name}",
            note="; ".join(reasons)[:400] or "everything is as asked",
        )


def _wanted(sample: Sample) -> Mapping[str, Any]:
    if not isinstance(sample.target, dict) or not sample.target.get("objects"):
        raise ScoreError("the sample does not say which objects are asked for")
    found: Mapping[str, Any] = sample.target["objects"]
    return found


def label(thing: Mapping[str, Any]) -> str:
    """The name of COCO for what was asked for."""
    name = str(thing["class"])
    return COCO.get(name, name)


def _texts(name: str) -> dict[str, list[str]]:
    return {colour: [text.format(colour=colour, name=name) for text in TEXTS] for colour in COLOURS}


def read(text: str) -> list[Found]:
    """The objects of a detector's reply, best first; raises ScoreError if it is none."""
    rows = parsed(text).get("objects")
    try:
        found = [
            Found(str(row["name"]), float(row["score"]), tuple(map(float, row["box"])), str(row.get("fits", "")))
            for row in rows  # type: ignore[union-attr]
        ]
        whole = all(len(one.box) == 4 and all(map(math.isfinite, (one.score, *one.box))) for one in found)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ScoreError(f"{text[:60]!r} lists no objects with their boxes; ask a detector: --judge {DETECTOR}")
    return sorted(found, key=lambda one: -one.score)


def unmet(wanted: Mapping[str, Any], kinds: Mapping[str, Sequence[Found]]) -> list[str]:
    """What is not as asked, in words; `kinds` has the objects by name, best first."""
    reasons: list[str] = []
    groups: list[Sequence[Found]] = []
    for thing in wanted["include"]:
        best = kinds.get(label(thing), ())[: thing["count"]]
        why = _lacking(thing, best) or _elsewhere(thing, best, wanted["include"], groups)
        groups.append([] if why else best)
        reasons += [f"{thing['class']}: expected {why}"] if why else []
    for thing in wanted.get("exclude", ()):
        if (count := len(kinds.get(label(thing), ()))) >= thing["count"]:
            reasons.append(f"{thing['class']}: expected fewer than {thing['count']}, found {count}")
    return reasons


def _lacking(thing: Mapping[str, Any], best: Sequence[Found]) -> str:
    """Too few of them, or too few of the colour; empty if there are enough."""
    if len(best) < thing["count"]:
        return f"{thing['count']}, found {len(best) or 'none'}"
    colour = thing.get("color")
    if not colour or all(one.fits == colour for one in best):
        return ""
    if not all(one.fits in COLOURS for one in best):
        raise ScoreError("the judge tells no colours")
    return f"{colour}, found {', '.join(one.fits for one in best)}"


def _elsewhere(
    thing: Mapping[str, Any],
    best: Sequence[Found],
    things: Sequence[Mapping[str, Any]],
    groups: Sequence[Sequence[Found]],
) -> str:
    """Not where it was to be, seen from another object; empty if it is there, or may be anywhere."""
    if not thing.get("position"):
        return ""
    where, place = thing["position"]
    other = f"{where} the {things[place]['class']}"
    if not groups[place]:
        return f"{other}, which is not there as asked"
    wrong = (found for one in best for start in groups[place] if where not in (found := directions(one, start)))
    return next(
        (f"{other}, found {' and '.join(found) or 'neither beside nor above nor below'}" for found in wrong), ""
    )


def directions(one: Found, start: Found) -> list[str]:
    """Where an object is, seen from another: none if the middles are close for the sizes, two if it is oblique."""
    offsets, beyond = [], []
    for axis in (0, 1):
        offset = (one.box[axis] + one.box[axis + 2] - start.box[axis] - start.box[axis + 2]) / 2
        sizes = abs(one.box[axis + 2] - one.box[axis]) + abs(start.box[axis + 2] - start.box[axis])
        offsets.append(offset)
        beyond.append(math.copysign(max(0.0, abs(offset) - BESIDE * sizes), offset))
    if all(abs(part) < 1e-3 for part in beyond):
        return []
    across, down = (part / math.hypot(*offsets) for part in beyond)
    found = {"left of": -across, "right of": across, "above": -down, "below": down}
    return [word for word, part in found.items() if part > MAINLY]


def geneval() -> Scorer:
    """The rule of GenEval with its detector, and our rules with questions to any judge (Ghosh et al., NeurIPS 2023).

    `detector` is the authors' (evaluate_images.py, its defaults): the objects of each kind with a score above 0.3, at
    most 16 and without suppression of overlaps; of each kind the best ones are looked at. Where numbers are asked for,
    the score has to be above 0.9, and one more is wrong. A colour is what CLIP makes of the object on grey, and has to
    be right for each. A direction is that of the middles, less a tenth of both sizes along each axis, and counts if
    it is more than half of the offset. Its judge is `detector/...`.

    `all` and `share` are those of `questions_about`.
    """
    asked = questions_about()
    return replace(asked, rules={**asked.rules, "detector": Detected()})
