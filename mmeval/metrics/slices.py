"""Running means over all samples and over slices by tag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mmeval.stats.intervals import MeanFold
from mmeval.types import Estimate, Record

__all__ = ["Slices", "labels_of", "scored"]


class Slices:
    """Running means over all samples and over the slices by tag."""

    def __init__(self, name: str, by: Sequence[str]) -> None:
        self.name = name
        self.by = tuple(by)
        self.whole = MeanFold()
        self.parts: dict[tuple[str, str], MeanFold] = {}

    def add(self, value: float, cluster: str | None, tags: Mapping[str, str]) -> None:
        """Add one value. A tag that lists several labels (`rec,ocr`) counts in each slice."""
        self.whole.add(value, cluster)
        for tag in self.by:
            for label in labels_of(tags.get(tag, "")):
                self.parts.setdefault((tag, label), MeanFold()).add(value, cluster)

    def estimates(self) -> dict[str, Estimate]:
        """The overall mean under the plain name, slices under `name/tag=value`."""
        if not len(self.whole):
            return {}
        parts = {f"{self.name}/{tag}={label}": fold.estimate() for (tag, label), fold in sorted(self.parts.items())}
        return {self.name: self.whole.estimate(), **parts}


def labels_of(tag: str) -> list[str]:
    """The labels in a tag: `rec,ocr` has two."""
    return [label for label in map(str.strip, tag.split(",")) if label]


def scored(records: Iterable[Record]) -> Iterator[tuple[Record, float]]:
    """The records with a score, and its value."""
    for record in records:
        if record.score is not None:
            yield record, record.score.value
