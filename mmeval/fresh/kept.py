"""The items of a season as a file, from which the season is asked after its generators have changed.

`mmeval fresh export` writes it with the release that draws the season: a ZIP with `season.json` and with pictures and
sounds by their sha256. Whoever reads it trusts nothing in it: what it holds has to have the digests of the season.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from mmeval.documents import MALFORMED
from mmeval.errors import DataError
from mmeval.fresh import digests
from mmeval.fresh.items import STEPS, Film, Generator, Item, Question
from mmeval.fresh.seasons import Season, named

__all__ = ["Kept", "opened", "write"]

INDEX = "season.json"
LARGEST = 256 << 20
"""Bytes that a member of the file may have."""
_FAULTS = (
    OSError,
    KeyError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    *MALFORMED,
)
Key = tuple[str, int, int]
"""Generator, step and index."""


def write(season: Season, families: Mapping[str, Sequence[Generator]], out: BinaryIO) -> int:
    """Draw a season and write it down; returns the number of items.

    Raises:
        DataError: it is drawn otherwise than its digests say, as with another release of matplotlib.
    """
    items: dict[str, list[Any]] = {}
    with zipfile.ZipFile(out, "w") as archive:
        for generator in (one for generators in families.values() for one in generators):
            drawn = digests.drawn(generator, season)
            _check(season, generator.name, drawn, "this machine draws")
            items[generator.name] = [_packed(item, functools.partial(_put, archive)) for item in drawn]
        index = {
            "season": season.name,
            "families": {name: [one.name for one in each] for name, each in families.items()},
        }
        text = json.dumps({**index, "items": items})
        archive.writestr(INDEX, text, compress_type=zipfile.ZIP_DEFLATED)
    return sum(map(len, items.values()))


class Kept:
    """A file that was written by `write`."""

    def __init__(self, file: Path, season: Season) -> None:
        """Open it; raises DataError if it cannot be read or is of another season."""
        self._file, self._season = file, season
        try:
            self._archive = zipfile.ZipFile(file)
            self._index: dict[str, Any] = json.loads(self._bytes(INDEX))
            found = self._index["season"]
        except _FAULTS as error:
            raise DataError(f"{file}: no file of `mmeval fresh export`: {error}") from None
        if found != season.name:
            raise DataError(f"{file}: it holds season {found!r} instead of {season.name}")

    @functools.lru_cache(maxsize=32)  # noqa: B019 - `opened` keeps it for the whole process
    def generators(self, family: str) -> tuple[str, ...]:
        """The names of a family's generators, in their order; raises DataError unless their items are the season's."""
        names = tuple(self._index.get("families", {}).get(family, ()))
        if not names:
            raise DataError(f"{self._file}: it has no {family}")
        for name in names:
            items = [self.item((name, step, index)) for index in range(self._season.per_step) for step in STEPS]
            _check(self._season, name, items, f"{self._file} has")
        return names

    def item(self, key: Key) -> Item:
        """One item; raises DataError if the file does not hold it as a whole."""
        name, step, index = key
        try:
            return _unpacked(self._index["items"][name][index * len(STEPS) + step - STEPS.start], self._bytes)
        except (*_FAULTS, IndexError) as error:
            raise DataError(f"{self._file}: item {index} of {name} at step {step} is damaged: {error}") from None

    def _bytes(self, name: str) -> bytes:
        if self._archive.getinfo(name).file_size > LARGEST:
            raise ValueError(f"{name} is larger than {LARGEST >> 20} MiB")
        return self._archive.read(name)


@functools.lru_cache(maxsize=8)
def opened(file: Path, season: str) -> Kept:
    """The file of a public season, opened once."""
    return Kept(file, named(season))


def _check(season: Season, name: str, items: Sequence[Item], who: str) -> None:
    locked = digests.read().get(season.name, {}).get(name, {}).get("all")
    if digests.digest(items) != locked:
        raise DataError(f"season {season.name}: {who} other items of {name} than {digests.FILE.name} says")


def _put(archive: zipfile.ZipFile, data: bytes) -> str:
    name = hashlib.sha256(data).hexdigest()
    if name not in archive.NameToInfo:
        archive.writestr(name, data)
    return name


def _packed(item: Item, put: Callable[[bytes], str]) -> dict[str, Any]:
    return {
        "images": [put(one) for one in item.images],
        "film": item.film and {"frames": [put(one) for one in item.film.frames], "fps": item.film.fps},
        "sound": item.sound and put(item.sound),
        "main": asdict(item.main),
        "probes": [asdict(one) for one in item.probes],
        "facts": dict(item.facts),
        "description": item.description,
    }


def _unpacked(kept: Mapping[str, Any], load: Callable[[str], bytes]) -> Item:
    film = kept["film"]
    return Item(
        images=tuple(map(load, kept["images"])),
        film=Film(frames=tuple(map(load, film["frames"])), fps=int(film["fps"])) if film else None,
        sound=load(kept["sound"]) if kept["sound"] else None,
        main=_question(kept["main"]),
        probes=tuple(map(_question, kept["probes"])),
        facts=kept["facts"],
        description=kept["description"],
    )


def _question(kept: Mapping[str, Any]) -> Question:
    return Question(**{**kept, "choices": tuple(kept["choices"])})
