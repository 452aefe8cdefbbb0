"""Metrics over groups of questions: what a group is worth, and what share of the groups is worth it.

A benchmark asks ten variants of one problem, two pictures with two questions each, or a problem and its steps. What is
published is not the mean over questions but how many groups are right in some sense. Three pieces say that:

- a `Value` is what one group is worth, from 0 to 1. Values are built from `every`, `some`, `mean`, `counted` and
  `prefix`, and combined with `&`, `|`, `~`, `+` and a weight: `every(part="step") & ~every(part="whole")`.
- a `Share` is the mean of a value over groups, or the ratio of the sums of two values.
- `grouped` makes a metric of named shares. Its headline is one of them, or a weighted sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from mmeval.metrics.base import Metric
from mmeval.metrics.ratios import Ratio, combine
from mmeval.metrics.slices import Slices, scored
from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = [
    "Share",
    "Value",
    "at_least",
    "best",
    "by_tag",
    "counted",
    "every",
    "grouped",
    "mean",
    "prefix",
    "some",
    "tagged",
]

Ends: TypeAlias = tuple[float, float]
"""The least and the most that a group can be worth, whatever its missing members would have scored."""
Rows: TypeAlias = Sequence[tuple[Record, float]]
"""Records, and the value of each."""
Cell: TypeAlias = tuple[float, float]
"""What a group adds to the two sums of a share."""
SIZE = "group_size"
"""Tag with the number of members that a group should have."""


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one group that have a score."""

    cluster: str | None
    tags: Mapping[str, str]
    """Of the first member."""
    size: int
    """Members that it should have; 0 if that is not known."""
    members: list[tuple[float, Mapping[str, str]]] = field(default_factory=list)
    """Value and tags of each."""

    @property
    def missing(self) -> int:
        """Members without a score."""
        return max(0, self.size - len(self.members))

    def values(self, tags: Mapping[str, str]) -> list[float]:
        """The values of the members that have these tags."""
        return [value for value, own in self.members if all(own.get(tag) == text for tag, text in tags.items())]

    def worth(self, value: Value) -> float | None:
        """What the group is worth; None if that depends on what is missing."""
        low, high = value.ends(self)
        return low if low == high else None


@dataclass(frozen=True, slots=True)
class Value:
    """What a group is worth."""

    ends: Callable[[Group], Ends]

    def __and__(self, other: Value) -> Value:
        """The product: for values of 0 and 1, whether both hold."""
        return Value(lambda group: _multiplied(self.ends(group), other.ends(group)))

    def __invert__(self) -> Value:
        """1 minus the value."""
        return Value(lambda group: (1 - self.ends(group)[1], 1 - self.ends(group)[0]))

    def __or__(self, other: Value) -> Value:
        """For values of 0 and 1, whether one of them holds."""
        return ~(~self & ~other)

    def __add__(self, other: Value) -> Value:
        """The sum, which must not exceed 1."""
        return Value(lambda group: _added(self.ends(group), other.ends(group)))

    def __rmul__(self, weight: float) -> Value:
        """The value times a weight that is not negative."""
        return Value(lambda group: (weight * self.ends(group)[0], weight * self.ends(group)[1]))


def _multiplied(one: Ends, two: Ends) -> Ends:
    return one[0] * two[0], one[1] * two[1]


def _added(one: Ends, two: Ends) -> Ends:
    return one[0] + two[0], one[1] + two[1]


def every(**tags: str) -> Value:
    """1 if all members with these tags are right."""

    def ends(group: Group) -> Ends:
        right = all(value >= 1 for value in group.values(tags))
        return float(right and not group.missing), float(right)

    return Value(ends)


def some(**tags: str) -> Value:
    """1 if a member with these tags is right."""
    wrong = Value(lambda group: _all_wrong(group, tags))
    return ~wrong


def _all_wrong(group: Group, tags: Mapping[str, str]) -> Ends:
    wrong = all(value < 1 for value in group.values(tags))
    return float(wrong and not group.missing), float(wrong)


def at_least(level: float) -> Value:
    """1 if every member scores at least `level`."""

    def ends(group: Group) -> Ends:
        reached = all(value >= level for value, _ in group.members)
        return float(reached and not group.missing), float(reached)

    return Value(ends)


def mean(**tags: str) -> Value:
    """The mean score of the members with these tags; 0 without any."""

    def ends(group: Group) -> Ends:
        values = group.values(tags)
        n, total = len(values) + group.missing, sum(values)
        return (total / n, (total + group.missing) / n) if n else (0.0, 0.0)

    return Value(ends)


def counted(table: Sequence[float]) -> Value:
    """`table[k]` for k right members. The table must not fall."""

    def ends(group: Group) -> Ends:
        right = sum(value >= 1 for value, _ in group.members)
        return table[right], table[right + group.missing]

    return Value(ends)


def prefix(table: Sequence[float], *, order: str = "place") -> Value:
    """`table[k]` if the first k members are right and the next one is not, in the order of the number in a tag, from 1.

    The table must not fall.
    """

    def ends(group: Group) -> Ends:
        right = {int(tags[order]): value >= 1 for value, tags in group.members}
        size = max(group.size, len(right))
        return _run(right, size, table, missing=False), _run(right, size, table, missing=True)

    return Value(ends)


def _run(right: Mapping[int, bool], size: int, table: Sequence[float], *, missing: bool) -> float:
    reached = next((place - 1 for place in range(1, size + 1) if not right.get(place, missing)), size)
    return table[reached]


def best(*values: Value) -> Value:
    """The largest of several values, none of which may fall when a member becomes right."""

    def ends(group: Group) -> Ends:
        found = [value.ends(group) for value in values]
        return max(low for low, _ in found), max(high for _, high in found)

    return Value(ends)


def tagged(tag: str, text: str) -> Callable[[Mapping[str, str]], bool]:
    """For `Share.where`: the records whose tag has this text."""
    return lambda tags: tags.get(tag) == text


def by_tag(tag: str, values: Mapping[str, Value]) -> Value:
    """The value that the text of a tag of the group's first member names."""
    return Value(lambda group: values[group.tags[tag]].ends(group))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The mean of a value over groups. A group whose value depends on missing members is left out."""

    value: Value
    by: tuple[str, ...] = ()
    """Tags that name the group. In each epoch, records that agree in all of them are a group; one that has none of
    them is its own. Without tags, every record is its own."""
    out_of: Value | None = None
    """If given, the share is the sum of `value` over the sum of `out_of`."""
    size: int | None = None
    """Members of every group, 0 if that is unknown; by default the tag `group_size`, or unknown."""
    where: Callable[[Mapping[str, str]], bool] = lambda tags: True
    """Which records take part, by their tags."""

    def groups(self, rows: Rows, unit: tuple[str, ...]) -> dict[tuple[Hashable, int], tuple[Group, Hashable]]:
        """Each group with the name of its unit, by its own name and epoch, in order of appearance."""
        found: dict[tuple[Hashable, int], tuple[Group, Hashable]] = {}
        for record, value in rows:
            if self.where(record.tags):
                key = (named(record, self.by), record.epoch)
                if key not in found:
                    found[key] = (Group(record.cluster, record.tags, self._size(record)), named(record, unit))
                found[key][0].members.append((value, record.tags))
        return found

    def _size(self, record: Record) -> int:
        if self.size is not None:
            return self.size
        return int(record.tags.get(SIZE) or 0) if self.by else 1

    def cell(self, group: Group) -> Cell | None:
        """What a group adds to the two sums of the share; None if that depends on missing members."""
        top, bottom = group.worth(self.value), 1.0 if self.out_of is None else group.worth(self.out_of)
        return None if top is None or bottom is None else (top, bottom)


def named(record: Record, tags: Sequence[str]) -> Hashable:
    """The values of some tags, or the record's id if it has none of them."""
    values = tuple(record.tags.get(tag, "") for tag in tags)
    return values if any(values) else f"\0{record.id}"


def grouped(
    *,
    name: str,
    headline: str | Mapping[str, float],
    parts: Mapping[str, Share],
    about: str,
    by: Sequence[str] = ("category",),
    unit: Sequence[str] | None = None,
    version: int = 1,
) -> Metric:
    """A metric of shares. The headline has the plain name, every other part is `name/part`.

    Intervals respect clusters. A record without a cluster belongs to the cluster of its unit.

    Args:
        name: of the metric.
        headline: the name of a part, or parts with weights that add up to 1; then the units are the clusters, and the
            interval is by linearisation. A part without questions leaves its weight to the others, and the method of
            the headline names it.
        parts: shares by name.
        about: one sentence for the benchmark's page.
        by: tags with sub-scores of a headline that is one part.
        unit: tags that name the largest thing within which records are not independent; by default those of the
            headline's groups.
        version: of the metric.
    """

    def aggregate(records: Iterable[Record]) -> dict[str, Estimate]:
        rows = list(_slim(records))
        if isinstance(headline, str):
            return _of_one_part(rows, name, headline, parts, by, unit)
        return _of_several(rows, name, headline, parts, tuple(unit or ()))

    return Metric(
        name=name, aggregate=aggregate, higher_is_better=True, low=0.0, high=1.0, scale=100.0, about=about,
        version=version,
    )  # fmt: skip


def _slim(records: Iterable[Record]) -> Iterator[tuple[Record, float]]:
    """Records and values, without the replies, which may be long."""
    for record, value in scored(records):
        yield Record(id=record.id, epoch=record.epoch, status="ok", cluster=record.cluster, tags=record.tags), value


def _of_one_part(
    rows: Rows, name: str, headline: str, parts: Mapping[str, Share], by: Sequence[str], unit: Sequence[str] | None
) -> dict[str, Estimate]:
    units = parts[headline].by if unit is None else tuple(unit)
    rows = list(_in_units(rows, units))
    slices = Slices(name, by)
    for cells, cluster, tags in _complete(parts[headline], rows, units):
        slices.add(cells[0], cluster, tags)
    out = slices.estimates()
    if not out:
        return {}
    rest = {part: _estimate(share, rows, units) for part, share in parts.items() if part != headline}
    return {**out, **{f"{name}/{part}": one for part, one in rest.items() if one is not None}}


def _in_units(rows: Rows, unit: tuple[str, ...]) -> Iterator[tuple[Record, float]]:
    """The rows with the cluster of the first record of their unit: with several epochs, each sample has its own."""
    first: dict[Hashable, str | None] = {}
    for record, value in rows:
        key = (named(record, unit), record.epoch)
        yield replace(record, cluster=first.setdefault(key, record.cluster)), value


def _complete(share: Share, rows: Rows, unit: tuple[str, ...]) -> Iterator[tuple[Cell, str | None, Mapping[str, str]]]:
    """What each group adds to the share, its cluster, and its tags; without groups that lack members."""
    for (key, _), (group, within) in share.groups(rows, unit).items():
        cell = share.cell(group)
        if cell is not None:
            yield cell, group.cluster or (None if key == within else str(within)), group.tags


def _estimate(share: Share, rows: Rows, unit: tuple[str, ...]) -> Estimate | None:
    """A share with its interval over clusters; None without a complete group."""
    found = [(cell, cluster) for cell, cluster, _ in _complete(share, rows, unit)]
    if not found:
        return None
    if share.out_of is not None:
        return combine([{0: cell} for cell, _ in found], [Ratio(0, 1.0)], clusters=[cluster for _, cluster in found])
    fold = MeanFold()
    for cell, cluster in found:
        fold.add(cell[0], cluster)
    return fold.estimate()


def _of_several(
    rows: Rows, name: str, headline: Mapping[str, float], parts: Mapping[str, Share], unit: tuple[str, ...]
) -> dict[str, Estimate]:
    column = {part: at for at, part in enumerate(parts)}
    sums: dict[Hashable, dict[int, Cell]] = {}
    for part, share in parts.items():
        for group, within in share.groups(rows, unit).values():
            cell, unit_sums = share.cell(group), sums.setdefault(within, {})
            if cell is not None:
                top, bottom = unit_sums.get(column[part], (0.0, 0.0))
                unit_sums[column[part]] = (top + cell[0], bottom + cell[1])
    if not sums:
        return {}
    units = list(sums.values())
    asked = [part for part, at in column.items() if any(cells.get(at, (0.0, 0.0))[1] for cells in units)]
    parts_out = {f"{name}/{part}": combine(units, [Ratio(column[part], 1.0)]) for part in asked}
    return {**_weighted(units, name, headline, asked, column), **parts_out}


def _weighted(
    units: Sequence[Mapping[int, Cell]], name: str, headline: Mapping[str, float], asked: Sequence[str],
    column: Mapping[str, int],
) -> dict[str, Estimate]:  # fmt: skip
    """The headline over the parts that were asked, whose weights add up to those of all."""
    whole = sum(weight for part, weight in headline.items() if part in asked)
    if not whole:
        return {}
    factor = sum(headline.values()) / whole
    ratios = [Ratio(column[part], weight * factor) for part, weight in headline.items() if part in asked]
    found, empty = combine(units, ratios), [part for part in headline if part not in asked]
    return {name: replace(found, method=f"{found.method}, without {', '.join(empty)}") if empty else found}
