"""The places that a reply names: points and boxes, as the numbers that it writes.

    reply     = (text | statement)*
    statement = place (between place)*          the last one counts
    between   = brackets, commas, quoted texts and tags: no words outside quotes
    place     = "[" n "," n ["," n "," n] "]"   also "(" ")", and blanks instead of commas
              | "<point>" n n "</point>"        also <box>, <bbox> with four numbers, and <|box_start|>(n,n),(n,n)
              | x "=" n y "=" n                 also ":", quotes, x1 y1 x2 y2, xmin ymin xmax ymax, x y width height
    n         = a number with at most seven digits before the point; with "%", hundredths whatever is declared

JSON (`{"bbox_2d": [..]}`), calls (`click(x=1, y=2)`) and tags with attributes (`<point x="1" y="2">`) are made of
these. What the numbers mean is not decided here. Only the end of a long reply is read, in linear time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from mmeval.scorers.readers.lexer import LONGEST
from mmeval.scorers.readers.structure import structured

__all__ = ["Number", "Place", "last_statement"]

_N = r"[-+]?(?:\d{1,7}(?:\.\d{0,17})?|\.\d{1,17})%?"
_NEXT = rf"(?:\s{{0,8}},\s{{0,8}}{_N}|\s{{1,8}}{_N})"
_LISTED = rf"[\[(]\s{{0,8}}(?P<listed>{_N}{_NEXT}{{1,3}})\s{{0,8}}[\])]"
_TAGGED = rf"<(?P<tag>point|b?box)>\s{{0,8}}(?P<tagged>{_N}{_NEXT}{{1,3}})\s{{0,8}}</"
_NAME = r"(?<![A-Za-z_])(?P<name>[xy]\d{1,2}|[xy]_?(?:min|max)|[xywh]|width|height)"
_KEYED = rf"{_NAME}[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']?(?P<keyed>{_N})(?![\d.%])[\"']?"
_PLACE = re.compile(f"{_LISTED}|{_TAGGED}|{_KEYED}", re.IGNORECASE)
_NUMBER = re.compile(_N)
_BETWEEN = re.compile(r"""(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|<[^<>]{0,80}>|[\s\[\](){},;:])*""")
_JOIN = re.compile(r"[\s,\"';]{0,12}")
_CORNERS = re.compile(r"\s{0,4},?\s{0,4}")
_OPENS_BOX = re.compile(r"<\|?(?:b?box)(?:_start)?\|?>\s{0,4}$", re.IGNORECASE)
_SAME = {"width": "w", "height": "h", "xmin": "x1", "ymin": "y1", "xmax": "x2", "ymax": "y2"}
_LISTS = re.compile(r"[\s\[\](),]{0,12}")
"""Between the places of one key."""
_KEY_WIDTH = 64
"""Characters in which a key stands before its place."""
_WIDEST = 400
"""Most characters between two places of one statement."""


class Number(NamedTuple):
    """A number as it is written."""

    value: float
    percent: bool


class Place(NamedTuple):
    """A point (two numbers) or a box (four), where it stands, and how it is written."""

    numbers: tuple[Number, ...]
    start: int
    end: int
    rule: Literal["list", "tag", "keys", "size"]
    """`size`: keys that say width and height, whatever the order of boxes."""

    @property
    def box(self) -> bool:
        """Whether it is a box."""
        return len(self.numbers) == len(("x1", "y1", "x2", "y2"))


def last_statement(text: str, *, boxes_only: bool = False, keys: Sequence[str] = ()) -> list[Place]:
    """The places of the last statement: in an answer tag or a box if there is one with places, else in the reply.

    Args:
        text: the reply.
        boxes_only: do not look at points.
        keys: names of which one stands before every place, as in `"bbox_2d": [..]`; without any, all places are read.
    """
    wanted = functools.partial(_wanted, boxes_only=boxes_only, keys=keys)
    region = structured(text)
    if region is not None and region.rule in ("boxed", "tag") and text[region.end : region.end + 1] in ("<", "}"):
        found = _last(text, wanted(text, _places(text, region.start, region.end)))
        if found:
            return found
    return _last(text, wanted(text, _places(text, max(0, len(text) - LONGEST), len(text))))


def _wanted(text: str, places: Iterable[Place], *, boxes_only: bool, keys: Sequence[str]) -> Iterator[Place]:
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, keys))})[\"']?\s{{0,3}}[:=][\s\[({{\"']{{0,8}}$")
    last = -1
    for place in places:
        before = text[max(0, place.start - _KEY_WIDTH) : place.start]
        if keys and not named.search(before) and not (last >= 0 and _LISTS.fullmatch(text, last, place.start)):
            last = -1
            continue
        last = place.end
        if place.box or not boxes_only:
            yield place


def _last(text: str, places: Iterable[Place]) -> list[Place]:
    statement: list[Place] = []
    for place in places:
        if statement and not _continues(text, statement[-1].end, place.start):
            statement = []
        statement.append(place)
    return statement


def _continues(text: str, end: int, start: int) -> bool:
    return start - end <= _WIDEST and _BETWEEN.fullmatch(text, end, start) is not None


def _places(text: str, start: int, end: int) -> Iterator[Place]:
    keyed: list[re.Match[str]] = []
    corner: Place | None = None
    for match in _PLACE.finditer(text, start, end):
        if keyed and not (match["keyed"] and _JOIN.fullmatch(text, keyed[-1].end(), match.start())):
            yield from _of_keys(text, keyed)
            keyed = []
        if match["keyed"]:
            keyed.append(match)
            continue
        place = Place(_numbers(match["listed"] or match["tagged"]), *match.span(), "tag" if match["tag"] else "list")
        if corner and not place.box and _CORNERS.fullmatch(text, corner.end, place.start):
            yield Place((*corner.numbers, *place.numbers), corner.start, place.end, "tag")
            corner = None
        elif len(place.numbers) == 2 and _OPENS_BOX.search(text, max(0, place.start - 20), place.start):
            corner = place
        elif len(place.numbers) != 3:
            yield place
    yield from _of_keys(text, keyed)


def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(Number(float(said.rstrip("%")), said.endswith("%")) for said in _NUMBER.findall(text))


def _of_keys(text: str, keyed: Sequence[re.Match[str]]) -> Iterator[Place]:
    """The places of keys that follow one another; a key that comes again begins another place."""
    if not keyed:
        return
    points = text.rfind("<points", max(0, keyed[0].start() - 20), keyed[0].start()) >= 0
    group: dict[str, re.Match[str]] = {}
    for match in keyed:
        name = match["name"].lower().replace("_", "")
        name = _SAME.get(name, name)
        if name in group or (points and len(group) == 2):
            yield from _of_group(group)
            group = {}
        group[name] = match
    yield from _of_group(group)


_FORMS = (("x1", "y1", "x2", "y2"), ("x", "y", "w", "h"), ("x", "y"))


def _of_group(group: Mapping[str, re.Match[str]]) -> Iterator[Place]:
    names: tuple[str, ...] = next((form for form in _FORMS if set(form) == set(group)), ())
    if not names and len(group) == 2 and {name[0] for name in group} == {"x", "y"}:
        names = tuple(sorted(group))
    if not names:
        return
    numbers = tuple(_numbers(group[name]["keyed"])[0] for name in names)
    spans = [match.span() for match in group.values()]
    rule: Literal["size", "keys"] = "size" if "w" in names else "keys"
    yield Place(numbers, min(start for start, _ in spans), max(end for _, end in spans), rule)
