"""Points and boxes on a picture: the place that a reply names, in the convention that its model declares.

Places are compared as fractions of the sides of the picture, in which a ratio of areas and what lies inside what are
the same as in pixels. A target is a dict with `width` and `height`, the size in pixels of the picture in the data, and
one of:

- `box`: x1, y1, x2, y2 as fractions; its edges belong to it.
- `polygon`: corners as fractions, by the even-odd rule.
- `mask`: `size` and `runs` of what is inside, each as row, first column and length.
- `absent`: true if there is no such place, and the reply has to say so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from mmeval.scorers.base import KEEP, Compare, Grade, Scorer
from mmeval.scorers.coordinates import Convention, Size
from mmeval.scorers.readers import thinking
from mmeval.scorers.readers.places import Number, Place, last_statement
from mmeval.scorers.readers.polarity import denies_existence
from mmeval.types import Reply, Sample, Score

__all__ = ["Located", "box", "box_target", "point", "points"]

Want: TypeAlias = Literal["box", "point", "points"]
ABSENT = "absent"
"""The answer of a reply that says that there is no such place."""
DIGITS = 9
TOUCHING = 1e-8
"""Answers are rounded to nine digits, so an edge is this wide."""


@dataclass(frozen=True, slots=True)
class Located:
    """A rule that reads a place and grades it. Without a declared convention it reads nothing."""

    want: Want
    grade: Compare
    convention: Convention | None = None

    def speaking(self, convention: Convention) -> Located:
        """The rule for a model with this convention."""
        return replace(self, convention=convention)

    @property
    def stages(self) -> tuple[Callable[..., Any], Compare]:
        """The functions that read and that grade."""
        return last_statement, self.grade

    def __call__(self, sample: Sample, reply: Reply) -> Score:
        """Score one reply; the note says how its numbers were read."""
        if self.convention is None:
            return Score(value=0.0, answer=None, rule="undeclared", note="the model declares no coordinates")
        said = thinking.split(reply.text)
        places = self._chosen(last_statement(said.answer, boxes_only=self.want == "box", keys=self.convention.keys))
        if len(places) > 1 and self.want != "points":
            note = f"{len(places)} places where one was asked for"
            return Score(value=0.0, answer=None, rule="several", note=note)
        if not places:
            return self._without_place(sample, said.answer)
        sent = sent_size(sample, reply)
        answer = self._answer([_fractions(place, self.convention, sent) for place in places])
        grade = self.grade(answer, sample)
        numbers = "; ".join(" ".join(_plain(number) for number in place.numbers) for place in places)
        note = f"{grade.note}; {numbers[:80]} as {self.convention} of {sent[0]}x{sent[1]}"
        span = (places[0].start + said.start, places[-1].end + said.start)
        return Score(value=grade.value, answer=answer[:KEEP], rule=places[0].rule, note=note, span=span)

    def write(self, sample: Sample) -> list[str]:
        """The box of the target, or a point in its place, in the convention."""
        target = _target(sample)
        if target.get("absent"):
            return ["There is none."]
        place = target.get("box") if self.want == "box" else _point_in(target)
        if self.convention is None or place is None:
            return []
        numbers = self.convention.numbers(place, sent_size(sample, Reply(text="", finish="stop")))
        said = f"[{', '.join(f'{number:.6f}' for number in numbers)}]"
        return [f'{{"{self.convention.keys[0]}": {said}}}' if self.convention.keys else said]

    def _chosen(self, places: Sequence[Place]) -> list[Place]:
        """The places of a statement that count, each once: points before boxes, of which the middle is meant."""
        kept = [place for place in places if not place.box] if self.want != "box" else []
        return list({place.numbers: place for place in (kept or places)}.values())

    def _answer(self, found: Sequence[Sequence[float]]) -> str:
        """The answer as JSON: a box, a point, or a list of points."""
        if self.want == "box":
            return _dumped(found[0])
        middles = [_middle(place) for place in found]
        if self.want == "points":
            return f"[{', '.join(map(_dumped, middles))}]"
        return ABSENT if max(middles[0]) < 0 else _dumped(middles[0])

    def _without_place(self, sample: Sample, text: str) -> Score:
        if self.want == "point" and denies_existence(text):
            grade = self.grade(ABSENT, sample)
            return Score(value=grade.value, answer=ABSENT, rule="existence", note=grade.note)
        return Score(value=0.0, answer=None, rule="unparsed", note="no place found")


def sent_size(sample: Sample, reply: Reply) -> Size:
    """Width and height of the first picture as it was sent."""
    if reply.sent:
        return reply.sent[0]
    target = _target(sample)
    return int(target.get("width", 1)), int(target.get("height", 1))


def _target(sample: Sample) -> Mapping[str, Any]:
    return sample.target if isinstance(sample.target, dict) else {}


def _fractions(place: Place, convention: Convention, sent: Size) -> list[float]:
    order = replace(convention, order="xywh") if place.rule == "size" else convention
    if place.rule == "keys":  # the keys say which number is x
        order = replace(convention, order="xyxy")
    if any(number.percent for number in place.numbers):
        order = replace(order, scale="percent", multiple=None)
    return order.fractions([number.value for number in place.numbers], sent)


def _plain(number: Number) -> str:
    return f"{number.value:g}{'%' if number.percent else ''}"


def _middle(place: Sequence[float]) -> list[float]:
    x, y, *far = place
    return [(x + far[0]) / 2, (y + far[1]) / 2] if far else [x, y]


def _point_in(target: Mapping[str, Any]) -> list[float] | None:
    """A point in the place of a target; None where it has no area."""
    if "box" in target:
        return _middle(target["box"])
    if "mask" in target:
        width, height = target["mask"]["size"]
        return next(([(at + n / 2) / width, (row + 0.5) / height] for row, at, n in target["mask"]["runs"] if n), None)
    heights = sorted({y for _, y in target.get("polygon", ())})
    if len(heights) == 1 or not heights:
        return None
    y = sum(heights[:2]) / 2
    return [sum(_crossed(target["polygon"], y)[:2]) / 2, y]


def _crossed(corners: Sequence[Sequence[float]], y: float) -> list[float]:
    """Where the edges of a polygon cross a horizontal line, from left to right."""
    edges = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sorted((x2 - x1) * (y - y1) / (y2 - y1) + x1 for (x1, y1), (x2, y2) in edges if (y1 > y) != (y2 > y))


def _dumped(place: Sequence[float]) -> str:
    return json.dumps([round(value, DIGITS) for value in place])


def overlap(one: Sequence[float], two: Sequence[float]) -> float:
    """Intersection over union of two boxes; a box without an area overlaps nothing."""
    shared = _area([max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])])
    union = _area(one) + _area(two) - shared
    return shared / union if union > 0 else 0.0


def _area(place: Sequence[float]) -> float:
    return max(0.0, place[2] - place[0]) * max(0.0, place[3] - place[1])


def inside(target: Mapping[str, Any], x: float, y: float) -> bool:
    """Whether a point lies in the place of a target."""
    if "box" in target:
        x1, y1, x2, y2 = map(float, target["box"])
        return x1 - TOUCHING <= x <= x2 + TOUCHING and y1 - TOUCHING <= y <= y2 + TOUCHING
    if "polygon" in target:
        return _in_polygon(target["polygon"], x, y)
    return _in_mask(target["mask"], x, y) if "mask" in target else False


def _in_polygon(corners: Sequence[Sequence[float]], x: float, y: float) -> bool:
    """The even-odd rule."""
    return sum(x < crossed for crossed in _crossed(corners, y)) % 2 == 1


def _in_mask(mask: Mapping[str, Any], x: float, y: float) -> bool:
    width, height = mask["size"]
    if not (0 <= x < 1 and 0 <= y < 1):
        return False
    column, row = int(x * width + TOUCHING), int(y * height + TOUCHING)
    return any(at == row and first <= column < first + length for at, first, length in mask["runs"])


def _box_hit(answer: str, sample: Sample, *, least: float = 0.5) -> Grade:
    found = overlap(json.loads(answer), _target(sample).get("box", (0, 0, 0, 0)))
    return Grade(float(found >= least - TOUCHING), f"IoU {found:.3f}")


def _box_overlap(answer: str, sample: Sample) -> Grade:
    found = overlap(json.loads(answer), _target(sample).get("box", (0, 0, 0, 0)))
    return Grade(found, f"IoU {found:.3f}")


def _point_hit(answer: str, sample: Sample) -> Grade:
    target = _target(sample)
    if answer == ABSENT or target.get("absent"):
        same = answer == ABSENT and bool(target.get("absent"))
        return Grade(float(same), "says that there is none" if answer == ABSENT else "there is none")
    hit = inside(target, *json.loads(answer))
    return Grade(float(hit), "inside" if hit else "outside")


def _points_hit(answer: str, sample: Sample) -> Grade:
    found = json.loads(answer)
    hits = sum(inside(_target(sample), x, y) for x, y in found)
    return Grade(hits / len(found), f"{hits} of {len(found)} inside")


def box(*, least: float = 0.5) -> Scorer:
    """One box. The score is 1 if the intersection over union is at least `least` (Acc@0.5); profile `iou`: the IoU."""
    hit = functools.partial(_box_hit, least=least)
    rules = dict.fromkeys(("mmeval", "official"), Located("box", hit))
    return Scorer(name="box", version=1, rules={**rules, "iou": Located("box", _box_overlap)})


def point() -> Scorer:
    """One point that must lie in the place of the target. Of a box, the middle counts."""
    return Scorer(name="point", version=1, rules=dict.fromkeys(("mmeval", "official"), Located("point", _point_hit)))


def points() -> Scorer:
    """Any number of points. The score is the share of them that lies in the place of the target."""
    return Scorer(name="points", version=1, rules=dict.fromkeys(("mmeval", "official"), Located("points", _points_hit)))


def box_target(
    numbers: Sequence[float], size: Size, *, far_corner: bool = True, fractions: bool = False
) -> dict[str, Any]:
    """The target of a box.

    Args:
        numbers: x1, y1, x2, y2, or x, y, width, height, in pixels.
        size: width and height of the picture.
        far_corner: whether the last two numbers are a corner.
        fractions: the numbers are fractions of the sides.

    Raises:
        ValueError: the box is empty, or not a box of fractions.
    """
    x, y, *far = numbers
    right, bottom = far if far_corner else (x + far[0], y + far[1])
    width, height = size
    if right <= x or bottom <= y or (fractions and (min(x, y) < 0 or max(right, bottom) > 1)):
        raise ValueError(f"{list(numbers)} is not a box in {'fractions' if fractions else 'pixels'}")
    if fractions:
        return {"box": [x, y, right, bottom], "width": width, "height": height}
    return {"box": [x / width, y / height, right / width, bottom / height], "width": width, "height": height}
