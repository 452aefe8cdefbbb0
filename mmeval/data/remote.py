"""Data that is not on the hub: VLMEvalKit's TSV files, by name, and files that the user supplies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mmeval.data import files
from mmeval.data.contract import Columns, checked
from mmeval.documents import read_json
from mmeval.errors import DataError
from mmeval.types import JSON, Row

VLMEVALKIT = "https://opencompass.openxlab.space/utils/VLMEval/{name}.tsv"
_CHUNK = 1 << 20


def data_root() -> Path:
    """Folder of downloads and user-supplied data: `$MMEVAL_DATA`, or `data/` in the working directory."""
    return Path(os.environ.get("MMEVAL_DATA") or "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tsv:
    """One TSV file of VLMEvalKit, downloaded once."""

    name: str
    url: str
    md5: str | None
    """As VLMEvalKit lists it. None: unknown; the first load pins the content instead."""
    columns: Columns = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Local path of the file."""
        return data_root() / "vlmevalkit" / f"{self.name}.tsv"

    @property
    def where(self) -> str:
        """The source's name in error messages."""
        return f"{self.name}.tsv"

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows. Downloads a missing file unless `offline`."""
        self.fetch(offline=offline)
        yield from files.tsv(self.path, columns=self.columns).rows()

    def describe(self) -> Mapping[str, JSON]:
        """Name and URL."""
        return {"kind": "vlmevalkit", "id": self.name, "url": self.url, "md5": self.md5}

    @property
    def local(self) -> bool:
        """Whether the file has been downloaded."""
        return self.path.is_file()

    def resolve(self) -> Tsv:
        """Nothing to look up: the content is the revision."""
        return self

    def pinned(self, pin: Mapping[str, Any]) -> Tsv:
        """The same file. The digest in the lock verifies its content."""
        if pin.get("id") != self.name:
            raise DataError(f"{self.where}: the lock pins {pin.get('id')}")
        return self

    def pin(self) -> dict[str, JSON]:
        """Name and URL."""
        return {"id": self.name, "url": self.url}

    def fetch(self, *, offline: bool = False) -> list[str]:
        """The local path. Downloads a missing file; raises DataError when its md5 is wrong."""
        if not self.local:
            if offline:
                raise DataError(f"{self.where}: not on this machine, and offline; put it at {self.path}")
            self._download()
        return [str(self.path)]

    def size(self) -> int | None:
        """Bytes of the file, here or as the server says; None if it does not. Raises DataError if it cannot be had."""
        import httpx2

        if self.local:
            return self.path.stat().st_size
        try:
            reply = httpx2.head(self.url, follow_redirects=True, timeout=60)
            reply.raise_for_status()
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise DataError(f"{self.where}: {self.url}: {type(error).__name__}: {error}") from None
        told = reply.headers.get("content-length", "")
        return int(told) if told.isdecimal() else None

    def _download(self) -> None:
        import httpx2  # comes with huggingface_hub

        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(f".{os.getpid()}.part")
        digest = hashlib.md5(usedforsecurity=False)
        try:
            with httpx2.stream("GET", self.url, follow_redirects=True, timeout=60) as reply, aside.open("wb") as out:
                reply.raise_for_status()
                for chunk in reply.iter_bytes(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            self._verify(digest.hexdigest(), aside)
            aside.replace(self.path)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise DataError(f"{self.where}: {self.url}: {type(error).__name__}: {error}") from None
        finally:
            aside.unlink(missing_ok=True)

    def _verify(self, md5: str, aside: Path) -> None:
        if self.md5 is not None and md5 != self.md5:
            raise DataError(f"{self.where}: the download has md5 {md5}, expected {self.md5}")
        with aside.open("rb") as file:
            if file.read(256).lstrip().lower().startswith((b"<!doctype", b"<html")):
                raise DataError(f"{self.where}: {self.url} is a web page, not a TSV file")


def vlmevalkit(name: str, *, md5: str | None, url: str | None = None, columns: Columns | None = None) -> Tsv:
    """One of VLMEvalKit's TSV files, by name."""
    return Tsv(name=name, url=url or VLMEVALKIT.format(name=name), md5=md5, columns=columns or {})


class OwnData:
    """Data that the user must supply: what `data/` does not hold cannot be downloaded."""

    __slots__ = ()

    @property
    def local(self) -> bool:
        """Always True: there is nothing to download."""
        return True

    def resolve(self) -> Self:
        """Nothing to look up: the content is the revision."""
        return self

    def pinned(self, pin: Mapping[str, Any]) -> Self:
        """The same data. The digest in the lock verifies their content."""
        del pin
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied(OwnData):
    """A file that the user must supply, with its images in the same folder. Lines of a .txt are rows with a `text`."""

    name: str
    file: str
    how: str
    """Where to get it; part of the error message."""
    columns: Columns = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The path that the file must have."""
        return data_root() / self.name / self.file

    @property
    def where(self) -> str:
        """The source's name in error messages."""
        return str(self.path)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; `folder` of each row is the folder of the images."""
        del offline
        self._require()
        for row in self._array() if self._is_array() else files.File(self.path, self._format(), self.columns).rows():
            yield {**row, "folder": str(self.path.parent)}

    def _format(self) -> str:
        return {".json": "jsonl"}.get(self.path.suffix, self.path.suffix.removeprefix("."))

    def _is_array(self) -> bool:
        """Whether a .json file is one list, and not one object for each line."""
        if self.path.suffix != ".json":
            return False
        with self.path.open("rb") as file:
            return file.read(256).lstrip().startswith(b"[")

    def _array(self) -> Iterator[Row]:
        found = read_json(self.path, DataError)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise DataError(f"{self.path}: expected a list of objects")
        numbered = ({**one, "row": number} for number, one in enumerate(found))
        yield from checked(numbered, self.columns, where=self.where)

    def pin(self) -> dict[str, JSON]:
        """Name and file."""
        return {"id": self.name, "path": self.file}

    def fetch(self, *, offline: bool = False) -> list[str]:
        """The file and all others in its folder; raises DataError when it does not exist."""
        del offline
        self._require()
        return sorted(str(path) for path in self.path.parent.rglob("*") if path.is_file())

    def _require(self) -> None:
        if not self.path.is_file():
            raise DataError(f"{self.path} does not exist; {self.how}, or set MMEVAL_DATA to the folder of {self.name}/")

    def describe(self) -> Mapping[str, JSON]:
        """Name and file."""
        return {"kind": "supplied", "id": self.name, "path": self.file}


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated(Supplied):
    """A supplied JSON object that has a list of annotations for each picture: one row for each annotation."""

    key: str
    """Column that holds the name of the picture."""

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows; `part` is the place of the annotation in its list, from 0."""
        del offline
        self._require()
        found = read_json(self.path, DataError)
        if not isinstance(found, dict) or not all(isinstance(annotations, list) for annotations in found.values()):
            raise DataError(f"{self.path}: expected an object with a list for each {self.key}")
        made = (
            {self.key: name, "part": part, **one}
            for name, annotations in found.items()
            for part, one in enumerate(annotations)
        )
        for row in checked(made, self.columns, where=self.where):
            yield {**row, "folder": str(self.path.parent)}


def annotated(name: str, *, file: str, key: str, how: str, columns: Columns | None = None) -> Annotated:
    """Data that cannot be downloaded, as a JSON object with a list of annotations by picture."""
    return Annotated(name=name, file=file, key=key, how=how, columns=columns or {})


def supplied(name: str, *, file: str, how: str, columns: Columns | None = None) -> Supplied:
    """Data that cannot be downloaded: `$MMEVAL_DATA/<name>/<file>`, or `data/<name>/<file>`."""
    return Supplied(name=name, file=file, how=how, columns=columns or {})
