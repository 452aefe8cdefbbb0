"""Data sets on the Hugging Face hub, by id, config, split and revision."""

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
    """One split of one data set. With `revision=None`, the user's `benchmarks.lock` decides."""

    id: str
    config: str | None
    split: str
    revision: str | None
    columns: Columns = field(default_factory=dict)
    data_files: str | None = None
    """The file of this split, for repositories that do not declare splits."""
    files: tuple[str, ...] = ()
    """The split's files inside the repository, once resolved. With them, the local cache is enough."""
    labels: str | None = None
    """A column with numbers of classes. Every row then has the names of all classes as `classes`, a tuple."""
    format: str | None = None
    """Format of the files (`parquet`, `json`, ...), once resolved."""

    @property
    def where(self) -> str:
        """The source's name in error messages."""
        config = f" {self.config}" if self.config else ""
        return f"{self.id}@{(self.revision or 'main')[:12]}{config} {self.split}"

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows, from the local cache when it has all files, otherwise over the network."""
        local = self.fetch(offline=True) if offline else self.cached()
        if local:
            rows = _stream(self, self.format or "parquet", data_files={self.split: local})
        else:
            rows = _stream(self, self.id, **self.selection())
        yield from checked(rows, self.columns, where=self.where)

    def selection(self) -> dict[str, Any]:
        """Arguments that tell `datasets` what to load."""
        chosen = {"data_files": {self.split: self.data_files}} if self.data_files else {}
        return {"name": self.config, "revision": self.revision, **chosen}

    def describe(self) -> Mapping[str, JSON]:
        """Id, config, split and revision."""
        keys = {"id": self.id, "config": self.config, "split": self.split, "revision": self.revision}
        return {"kind": "hub", **keys}

    def resolve(self) -> Hub:
        """Look up the commit and the split's files on the hub; raises DataError when they do not exist."""
        from huggingface_hub import HfApi

        with _named(self):
            commit = HfApi().dataset_info(self.id, revision=self.revision).sha
            found = replace(self, revision=commit)
            builder = _builder(found)
            return replace(found, files=_inside(builder, self), format=builder.name)

    def pinned(self, pin: Mapping[str, Any]) -> Hub:
        """A copy at the commit and files of a lock entry; raises DataError when the entry is for other data."""
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
        """Local paths of the split's files. Downloads missing files into the hub's cache."""
        from huggingface_hub import hf_hub_download

        local = self.cached()
        if local:
            return local
        if offline:
            raise DataError(f"{self.where}: not on this machine, and offline")
        with _named(self):
            return [hf_hub_download(self.id, f, repo_type="dataset", revision=self.revision) for f in self.files]

    def file(self, name: str, *, offline: bool) -> str:
        """Local path of one file of the repository. Downloads it if missing; raises DataError when that fails."""
        from huggingface_hub import hf_hub_download, try_to_load_from_cache

        if offline:
            found = try_to_load_from_cache(self.id, name, revision=self.revision, repo_type="dataset")
            if not isinstance(found, str):
                raise DataError(f"{self.where}: {name} is not on this machine, and offline")
            return found
        with _named(self):
            return hf_hub_download(self.id, name, repo_type="dataset", revision=self.revision)

    def listing(self) -> dict[str, int | None]:
        """All files of the repository with their sizes in bytes, where known; needs a network."""
        from huggingface_hub import HfApi

        with _named(self):
            info = HfApi().dataset_info(self.id, revision=self.revision, files_metadata=True)
            return {one.rfilename: one.size for one in info.siblings or ()}

    def card(self) -> tuple[str, str]:
        """The licence that the hub shows, and who gets the data: `open`, `auto` or `manual`; needs a network."""
        from huggingface_hub import HfApi

        with _named(self):
            info = HfApi().dataset_info(self.id, revision=self.revision)
            stated = info.card_data.get("license") if info.card_data else None
            names = stated if isinstance(stated, list) else [stated] if stated else []
            return ", ".join(map(str, names)) or "not stated", str(info.gated or "open")

    def cached(self) -> list[str] | None:
        """Local paths of the split's files, or None when one is missing. Never uses the network."""
        from huggingface_hub import try_to_load_from_cache

        if not self.files or not self.revision:
            return None
        found = [try_to_load_from_cache(self.id, f, revision=self.revision, repo_type="dataset") for f in self.files]
        local = [path for path in found if isinstance(path, str)]
        return local if len(local) == len(self.files) else None


def hub(
    id: str,  # noqa: A002 - the hub's term
    *,
    split: str,
    revision: str | None,
    config: str | None = None,
    columns: Columns | None = None,
    data_files: str | None = None,
    labels: str | None = None,
) -> Hub:
    """One split of a data set. Images and audio stay encoded bytes."""
    found = Hub(id=id, config=config, split=split, revision=revision, columns=columns or {}, data_files=data_files)
    return replace(found, labels=labels)


class _named:  # noqa: N801 - a context manager
    """Turn exceptions of `datasets` and the hub into a DataError that names the data set."""

    def __init__(self, source: Hub) -> None:
        self.source = source

    def __enter__(self) -> None:
        # It logs every retry; the user gets one line, from the exception.
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, DataError) or not isinstance(error, _reading_errors()):
            return
        text = " ".join(str(error).split())
        raise DataError(f"{self.source.where}: {type(error).__name__}: {text[:300]}") from error


def _reading_errors() -> tuple[type[BaseException], ...]:
    import httpx2  # huggingface_hub lets the exceptions of its HTTP client through
    import pyarrow as pa
    from datasets.exceptions import DatasetsError

    return (OSError, ValueError, RuntimeError, pa.ArrowException, DatasetsError, httpx2.HTTPError, httpx2.InvalidURL)


def _stream(source: Hub, path: str, **how: Any) -> Iterator[Row]:
    from datasets import load_dataset

    with _named(source):
        data = load_dataset(path, split=source.split, streaming=True, **how)
        rows = iter(data.decode(False) if data.features else data)  # a CSV file streams without, and holds no media
    more = {"classes": _classes(source, data.features)} if source.labels else {}
    while True:
        with _named(source):
            row = next(rows, None)
        if row is None:
            return
        yield {**row, **more} if more else row


def _classes(source: Hub, features: Any) -> tuple[str, ...]:
    """The names of the classes of the labels; none where the column is missing, which the contract reports."""
    column = (features or {}).get(source.labels)
    names = getattr(column, "names", None)
    if column is not None and not names:
        raise DataError(f"{source.where}: column {source.labels!r} has no names of classes")
    return tuple(names or ())


def _builder(source: Hub) -> Any:
    from datasets import load_dataset_builder

    return load_dataset_builder(source.id, **source.selection())


def _inside(builder: Any, source: Hub) -> tuple[str, ...]:
    """Paths of the split's files inside the repository."""
    splits = builder.config.data_files or {}
    if source.split not in splits:
        raise DataError(f"{source.where}: no split {source.split!r}; it has {', '.join(map(str, splits))}")
    prefix = f"hf://datasets/{source.id}@"
    return tuple(str(f).removeprefix(prefix).partition("/")[2] for f in splits[source.split])
