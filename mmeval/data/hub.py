"""Data sets of the Hugging Face hub, by id, config, split and revision."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmeval.data.contract import Columns, checked
from mmeval.errors import DataError
from mmeval.types import JSON, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One split of one data set; `revision=None` means that the user's `benchmarks.lock` decides."""

    id: str
    config: str | None
    split: str
    revision: str | None
    columns: Columns = field(default_factory=dict)
    data_files: str | None = None
    """The file of this split, for repositories that say nothing about their splits."""
    files: tuple[str, ...] = ()
    """The split's files inside the repository, once they are known; with them a cached copy is enough."""
    format: str | None = None
    """`parquet`, `json`, ...: what the files are, once it is known."""

    @property
    def where(self) -> str:
        """What an error names."""
        config = f" {self.config}" if self.config else ""
        return f"{self.id}@{(self.revision or 'main')[:12]}{config} {self.split}"

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows: from the cached files where they are all there, else over the network."""
        local = self.fetch(offline=True) if offline else self.cached()
        if local:
            rows = _stream(self, self.format or "parquet", data_files={self.split: local})
        else:
            rows = _stream(self, self.id, **self.selection())
        yield from checked(rows, self.columns, where=self.where)

    def selection(self) -> dict[str, Any]:
        """How `datasets` is told what to load."""
        chosen = {"data_files": {self.split: self.data_files}} if self.data_files else {}
        return {"name": self.config, "revision": self.revision, **chosen}

    def describe(self) -> Mapping[str, JSON]:
        """Id, config, split and revision."""
        keys = {"id": self.id, "config": self.config, "split": self.split, "revision": self.revision}
        return {"kind": "hub", **keys}

    def resolve(self) -> Hub:
        """Ask the hub for the commit and the split's files; raises DataError when there is no such thing."""
        from huggingface_hub import HfApi

        with _named(self):
            commit = HfApi().dataset_info(self.id, revision=self.revision).sha
            found = replace(self, revision=commit)
            builder = _builder(found)
            return replace(found, files=_inside(builder, self), format=builder.name)

    def pinned(self, pin: Mapping[str, Any]) -> Hub:
        """At the commit and the files that a lock says; raises DataError when the lock speaks of other data."""
        same = {"id": self.id, "config": self.config, "split": self.split}
        if any(pin.get(key) != value for key, value in same.items()):
            raise DataError(f"{self.where}: the lock pins {pin.get('id')} {pin.get('config') or ''} {pin.get('split')}")
        if self.revision not in (None, pin.get("revision")):
            raise DataError(f"{self.where}: the lock pins revision {str(pin.get('revision'))[:12]}")
        files = tuple(str(name) for name in pin.get("files", ()))
        return replace(self, revision=str(pin.get("revision")), files=files, format=str(pin.get("format")))

    def pin(self) -> dict[str, JSON]:
        """Id, config, split, commit, and the split's files with their format."""
        described = {key: value for key, value in self.describe().items() if key != "kind"}
        return {**described, "format": self.format, "files": list(self.files)}

    def fetch(self, *, offline: bool = False) -> list[str]:
        """Local paths of the split's files, downloaded into the hub's ordinary cache where they are missing."""
        from huggingface_hub import hf_hub_download

        local = self.cached()
        if local:
            return local
        if offline:
            raise DataError(f"{self.where}: not on this machine, and offline")
        with _named(self):
            return [hf_hub_download(self.id, f, repo_type="dataset", revision=self.revision) for f in self.files]

    def file(self, name: str, *, offline: bool) -> str:
        """The local path of one file of the repository, downloaded once; raises DataError when it cannot be had."""
        from huggingface_hub import hf_hub_download, try_to_load_from_cache

        if offline:
            found = try_to_load_from_cache(self.id, name, revision=self.revision, repo_type="dataset")
            if not isinstance(found, str):
                raise DataError(f"{self.where}: {name} is not on this machine, and offline")
            return found
        with _named(self):
            return hf_hub_download(self.id, name, repo_type="dataset", revision=self.revision)

    def cached(self) -> list[str] | None:
        """Local paths of the split's files, or None when one is not on this machine. Never asks the network."""
        from huggingface_hub import try_to_load_from_cache

        if not self.files or not self.revision:
            return None
        found = [try_to_load_from_cache(self.id, f, revision=self.revision, repo_type="dataset") for f in self.files]
        local = [path for path in found if isinstance(path, str)]
        return local if len(local) == len(self.files) else None


def hub(
    id: str,  # noqa: A002 - the hub's own word
    *,
    split: str,
    revision: str | None,
    config: str | None = None,
    columns: Columns | None = None,
    data_files: str | None = None,
) -> Hub:
    """One split of a data set; pictures and sounds stay undecoded bytes."""
    return Hub(id=id, config=config, split=split, revision=revision, columns=columns or {}, data_files=data_files)


class _named:  # noqa: N801 - a context manager
    """Turn what `datasets` and the hub raise into one line that names the data set."""

    def __init__(self, source: Hub) -> None:
        self.source = source

    def __enter__(self) -> None:
        # It logs every retry; what is left in the end is our one line.
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, DataError) or not isinstance(error, _reading_errors()):
            return
        text = " ".join(str(error).split())
        raise DataError(f"{self.source.where}: {type(error).__name__}: {text[:300]}") from error


def _reading_errors() -> tuple[type[BaseException], ...]:
    import httpx2  # the client of huggingface_hub, whose errors it lets through
    import pyarrow as pa
    from datasets.exceptions import DatasetsError

    return (OSError, ValueError, RuntimeError, pa.ArrowException, DatasetsError, httpx2.HTTPError, httpx2.InvalidURL)


def _stream(source: Hub, path: str, **how: Any) -> Iterator[Row]:
    from datasets import load_dataset

    with _named(source):
        data = load_dataset(path, split=source.split, streaming=True, **how).decode(False)
        rows = iter(data)
    while True:
        with _named(source):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _builder(source: Hub) -> Any:
    from datasets import load_dataset_builder

    return load_dataset_builder(source.id, **source.selection())


def _inside(builder: Any, source: Hub) -> tuple[str, ...]:
    """Paths inside the repository of the split's files."""
    splits = builder.config.data_files or {}
    if source.split not in splits:
        raise DataError(f"{source.where}: no split {source.split!r}; it has {', '.join(map(str, splits))}")
    prefix = f"hf://datasets/{source.id}@"
    return tuple(str(f).removeprefix(prefix).partition("/")[2] for f in splits[source.split])
