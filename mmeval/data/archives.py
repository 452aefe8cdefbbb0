"""Archives beside a data set on the hub: fetched and unpacked once, safely, and found again by name.

Data sets of films have up to hundreds of gigabytes. What is needed is said before anything is fetched, an interrupted
download or unpacking goes on where it stopped, and nothing in an archive can end up outside its folder.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import IO, Any

from mmeval.data.hub import Hub
from mmeval.data.remote import data_root
from mmeval.definitions import Source
from mmeval.errors import DataError
from mmeval.types import JSON, Row

__all__ = ["Unpacked", "find", "unpack", "unpacked"]

FACTOR = 200
"""A file of films, sounds or texts does not shrink to less than this part; an archive that claims so is a bomb."""
SLACK = 50_000_000
"""Bytes that any archive may hold."""
MARK = ".complete.json"
PART = re.compile(r"(.+\.(?:tar|tgz|tar\.gz|zip))[._-]?(?:part)?[._-]?(?:[a-z]{2}|\d{1,3})")
"""The name of one of several parts of an archive."""
ARCHIVE = re.compile(r"\.(?:zip|tar|tgz)(?:$|[._-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """Rows that refer to files in archives of the same repository. One commit pins both."""

    source: Hub
    archives: tuple[str, ...]
    """Names, or patterns such as `videos_*.zip`. Other files, such as `films/*.mp4`, are placed as they are."""

    @property
    def where(self) -> str:
        """Data set, revision, config and split of the rows."""
        return self.source.where

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; `folder` of each is where the archives were unpacked."""
        folder = self.folder(offline=offline)
        for row in self.source.rows(offline=offline):
            yield {**row, "folder": str(folder)}

    def folder(self, *, offline: bool) -> Path:
        """The folder with the files. Fetches and unpacks what is missing; raises DataError when that fails."""
        source = self.source
        place = data_root() / "unpacked" / source.id.replace("/", "__") / (source.revision or "main")[:12]
        if _complete(place, self.archives):
            return place
        if offline:
            raise DataError(f"{source.where}: its archives are not unpacked on this machine, and offline")
        found = _listed(source, self.archives)
        _room(source, found, place)
        for _, parts in groupby(sorted(found), key=lambda name: (PART.fullmatch(name) or [name, name])[1]):
            names = list(parts)
            files = [Path(source.file(name, offline=False)) for name in names]
            if ARCHIVE.search(names[0]):
                unpack(files, place, where=source.where)
            else:
                _link(files[0], _inside(place, names[0]))
        (place / MARK).write_text(json.dumps({"archives": sorted(self.archives)}), encoding="utf-8")
        return place

    def describe(self) -> Mapping[str, JSON]:
        """The description of the source, and the archives' names."""
        return {**self.source.describe(), "archives": list(self.archives)}

    def sources(self) -> tuple[Source, ...]:
        """The source."""
        return (self.source,)

    def with_sources(self, sources: tuple[Source, ...]) -> Unpacked:
        """A copy with another source."""
        assert isinstance(sources[0], Hub)
        return replace(self, source=sources[0])


def unpacked(source: Hub, *archives: str) -> Unpacked:
    """Rows whose films or sounds are in archives of the same repository (.zip, .tar, .tar.gz, also in parts)."""
    return Unpacked(source=source, archives=archives)


def _link(file: Path, target: Path) -> None:
    """Place a file without a second copy of it, where the disk allows that."""
    if not _there(target, file.stat().st_size):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            target.hardlink_to(file.resolve())
        except OSError:
            shutil.copyfile(file, target)


def _complete(place: Path, archives: Sequence[str]) -> bool:
    try:
        known: Any = json.loads((place / MARK).read_bytes())
        return bool(known["archives"] == sorted(archives))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _listed(source: Hub, archives: Sequence[str]) -> dict[str, int | None]:
    """The archives of the repository that are wanted, with their sizes in bytes where the hub says them."""
    sizes = source.listing()
    found = {name: size for name, size in sizes.items() if any(fnmatchcase(name, one) for one in archives)}
    for one in archives:
        if not any(fnmatchcase(name, one) for name in found):
            raise DataError(f"{source.where}: no file {one} in the repository")
    return found


def _room(source: Hub, found: Mapping[str, int | None], place: Path) -> None:
    """Say how much is fetched and needed; raises DataError when the disk has not enough room."""
    size = sum(one or 0 for one in found.values())
    place.mkdir(parents=True, exist_ok=True)
    _, _, free = shutil.disk_usage(place)
    if 2 * size > free:
        raise DataError(
            f"{source.where}: needs {2 * size / 1e9:.1f} GB for its archives and what is in them, but {place} has "
            f"{free / 1e9:.1f} GB free; set MMEVAL_DATA and HF_HOME to folders on another disk"
        )
    if size:
        sys.stderr.write(f"{source.where}: {size / 1e9:.2f} GB in {len(found)} archives, unpacked into {place}\n")


def unpack(files: Sequence[Path], place: Path, *, where: str) -> None:
    """Unpack one archive, which may consist of several files. What is there already is not written again.

    Raises:
        DataError: it is damaged, a bomb, or holds a name that leads out of the folder.
    """
    packed = sum(file.stat().st_size for file in files)
    name = files[0].name
    try:
        if len(files) == 1 and zipfile.is_zipfile(files[0]):
            _unzip(files[0], place, packed)
        else:
            with io.BufferedReader(_Joined(files), 1 << 20) as stream, tarfile.open(fileobj=stream, mode="r|*") as tar:
                _untar(tar, place, packed)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{where}: {name}: damaged: {error}") from None
    except _RefusedError as error:
        raise DataError(f"{where}: {name}: {error}") from None
    except OSError as error:
        raise DataError(f"{where}: {name}: {error.strerror or error}") from None


class _RefusedError(Exception):
    """Something in an archive is not what an honest one has."""


def _unzip(file: Path, place: Path, packed: int) -> None:
    with zipfile.ZipFile(file) as members:
        infos = [info for info in members.infolist() if not info.is_dir()]
        _limited(sum(info.file_size for info in infos), packed)
        with _bar(file.name, packed) as tell:
            for info in infos:
                if (info.external_attr >> 16) & 0o170000 == 0o120000:
                    raise _RefusedError(f"{info.filename!r} is a link")
                target = _inside(place, info.filename)
                if not _there(target, info.file_size):
                    with members.open(info) as source:
                        _write(source, target)
                tell(info.compress_size)


def _untar(tar: tarfile.TarFile, place: Path, packed: int) -> None:
    total = 0
    with _bar(Path(str(place)).name, packed) as tell:
        for member in tar:
            if member.isdir():
                continue
            if not member.isfile():
                raise _RefusedError(f"{member.name!r} is a link or a device")
            total += member.size
            _limited(total, packed)
            target = _inside(place, member.name)
            source = tar.extractfile(member)
            if source is not None and not _there(target, member.size):
                _write(source, target)
            tell(member.size)


def _limited(size: int, packed: int) -> None:
    if size > FACTOR * packed + SLACK:
        raise _RefusedError(f"it claims {size / 1e9:.1f} GB in {packed / 1e6:.1f} MB, which no honest archive does")


def _inside(place: Path, name: str) -> Path:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or any(part in ("..", "/") or ":" in part or "\0" in part for part in parts):
        raise _RefusedError(f"the name {name[:80]!r} leads out of the folder")
    target = place.joinpath(*parts)
    if not target.resolve().is_relative_to(place.resolve()):
        raise _RefusedError(f"the name {name[:80]!r} leads out of the folder")
    return target


def _there(target: Path, size: int) -> bool:
    return target.is_file() and target.stat().st_size == size


def _write(source: IO[bytes], target: Path) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    with aside.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    aside.replace(target)


class _Joined(io.RawIOBase):
    """Several files read as one."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._left = iter(files)
        self._file: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._file is None:
                path = next(self._left, None)
                if path is None:
                    return 0
                self._file = path.open("rb")
            data = self._file.read(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            self._file.close()
            self._file = None


class _bar:  # noqa: N801 - a context manager
    """A progress bar in bytes, where the hub's own are shown."""

    def __init__(self, name: str, total: int) -> None:
        from huggingface_hub import utils

        bar: Any = utils.tqdm  # type: ignore[attr-defined]
        self._bar = bar(total=total, unit="B", unit_scale=True, desc=f"unpacking {name}", leave=False)

    def __enter__(self) -> Callable[[int], object]:
        tell: Callable[[int], object] = self._bar.update
        return tell

    def __exit__(self, *_: object) -> None:
        self._bar.close()


@cache
def _index(folder: Path) -> Mapping[str, list[Path]]:
    """The files below a folder by their names."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            found.setdefault(path.name, []).append(path)
    return found


def find(folder: Path, name: str) -> Path:
    """The file at a path below a folder; or, wherever it is, the only one with its last name.

    Where there is none, the path at which it should be: the sample is then `invalid_input`, and no other.

    Raises:
        DataError: the name leads out of the folder, or several files have it.
    """
    try:
        exact = _inside(folder, name)
    except _RefusedError as error:
        raise DataError(f"{folder}: {error}") from None
    if exact.is_file():
        return exact
    others = _index(folder).get(exact.name, [])
    if len(others) > 1:
        raise DataError(f"{folder}: {len(others)} files are named {exact.name}")
    return others[0] if others else exact
