"""Sources that combine others: several configs in a row, or images from another table or an archive."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Self

from mmeval.data.hub import Hub
from mmeval.definitions import Source
from mmeval.errors import DataError
from mmeval.types import JSON, Row


@dataclass(frozen=True, slots=True)
class Chained:
    """Sources one after another. `column` of each row holds the name of its source."""

    column: str
    parts: tuple[tuple[str, Source], ...]

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream all rows."""
        for name, source in self.parts:
            for row in source.rows(offline=offline):
                yield {**row, self.column: name}

    def describe(self) -> Mapping[str, JSON]:
        """The descriptions of all parts."""
        return {"kind": "chained", "parts": {name: dict(source.describe()) for name, source in self.parts}}

    def sources(self) -> tuple[Source, ...]:
        """The parts."""
        return tuple(source for _, source in self.parts)

    def with_sources(self, sources: tuple[Source, ...]) -> Chained:
        """A copy with other parts."""
        return replace(self, parts=tuple(zip((name for name, _ in self.parts), sources, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Questions whose images are rows of another table."""

    questions: Source
    pictures: Source
    key: str
    """Column of the questions that refers to an image."""
    id: str
    """Column of the images that identifies them."""
    image: str

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the questions with their images. Keeps the images that the questions refer to in memory."""
        wanted = {row[self.key] for row in self.questions.rows(offline=offline)}
        rows = self.pictures.rows(offline=offline)
        found: dict[Any, Any] = {row[self.id]: row[self.image] for row in rows if row[self.id] in wanted}
        for number, row in enumerate(self.questions.rows(offline=offline)):
            if row[self.key] not in found:
                raise DataError(f"row {number}: no image with {self.id} {row[self.key]!r}")
            yield {**row, self.image: found[row[self.key]]}

    def describe(self) -> Mapping[str, JSON]:
        """The descriptions of both tables."""
        parts = {"questions": dict(self.questions.describe()), "pictures": dict(self.pictures.describe())}
        return {"kind": "joined", "parts": parts}

    def sources(self) -> tuple[Source, ...]:
        """Both tables."""
        return (self.questions, self.pictures)

    def with_sources(self, sources: tuple[Source, ...]) -> Joined:
        """A copy with other tables."""
        return replace(self, questions=sources[0], pictures=sources[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Zipped:
    """Rows that refer to members of a zip archive in the same repository. One commit pins both."""

    source: Hub
    archive: str
    column: str
    folder: str = ""
    """Folder of the members in the archive, where the column leaves it out; ends with a slash."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows with the member's bytes as `image`; raises DataError when the member does not exist."""
        with zipfile.ZipFile(self.source.file(self.archive, offline=offline)) as members:
            for number, row in enumerate(self.source.rows(offline=offline)):
                try:
                    data = members.read(self.folder + row[self.column].strip())
                except (KeyError, zipfile.BadZipFile, zlib.error) as error:
                    raise DataError(f"{self.source.where} row {number}: column {self.column!r}: {error}") from None
                yield {**row, "image": {"bytes": data, "path": row[self.column]}}

    def describe(self) -> Mapping[str, JSON]:
        """The description of the source, and the archive's name."""
        return {**self.source.describe(), "archive": self.archive}

    def sources(self) -> tuple[Source, ...]:
        """The source."""
        return (self.source,)

    def with_sources(self, sources: tuple[Source, ...]) -> Zipped:
        """A copy with another source."""
        assert isinstance(sources[0], Hub)
        return replace(self, source=sources[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshaped:
    """One source, whose rows a subclass gives another shape."""

    source: Source

    def describe(self) -> Mapping[str, JSON]:
        """The description of the source."""
        return self.source.describe()

    def sources(self) -> tuple[Source, ...]:
        """The source."""
        return (self.source,)

    def with_sources(self, sources: tuple[Source, ...]) -> Self:
        """A copy with another source."""
        return replace(self, source=sources[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Each(Reshaped):
    """Rows that hold several questions about one thing: one row for each of them."""

    columns: tuple[str, ...]
    """Lists of equal length; each new row has one item of each. The place in the list, from 0, is in `part`."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; raises DataError for lists of different lengths."""
        for number, row in enumerate(self.source.rows(offline=offline)):
            lists = [row[column] for column in self.columns]
            if len(set(map(len, lists))) > 1:
                raise DataError(
                    f"row {number}: {', '.join(self.columns)} have {', '.join(str(len(x)) for x in lists)} items"
                )
            for part, items in enumerate(zip(*lists, strict=True)):
                yield {**row, **dict(zip(self.columns, items, strict=True)), "part": part}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered(Reshaped):
    """Neighbouring rows with the same value of a column, as one row whose other columns hold lists."""

    column: str

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows."""
        for value, group in groupby(self.source.rows(offline=offline), key=itemgetter(self.column)):
            some = list(group)
            yield {**{name: [row[name] for row in some] for name in some[0]}, self.column: value}


def gathered(source: Source, column: str) -> Gathered:
    """One row for neighbouring rows with the same value of a column; the other columns become lists."""
    return Gathered(source=source, column=column)


def zipped(source: Hub, *, archive: str, column: str, folder: str = "") -> Zipped:
    """Rows whose images are members of a zip archive, in a folder that the column may leave out."""
    return Zipped(source=source, archive=archive, column=column, folder=folder)


def chained(column: str, parts: Mapping[str, Source]) -> Chained:
    """Several configs or splits as one source; `column` tells which one a row is from."""
    return Chained(column, tuple(parts.items()))


def each(source: Source, *columns: str) -> Each:
    """One row for each item of these columns, which hold lists of equal length."""
    return Each(source=source, columns=columns)


def joined(questions: Source, pictures: Source, *, key: str, id: str, image: str = "image") -> Joined:  # noqa: A002
    """Questions with the images of another table."""
    return Joined(questions=questions, pictures=pictures, key=key, id=id, image=image)
