"""Find definitions by name: `benchmarks/**/NAME.py` and `adapters/NAME.py` on a search path."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from mmeval.codedigest import code_digest
from mmeval.definitions import Adapter, Benchmark, UsesCatalog
from mmeval.documents import read_toml
from mmeval.errors import CatalogError, MMEvalError, nearest

__all__ = ["Catalog", "Definition", "bundled", "load"]

Kind = Literal["benchmarks", "adapters", "site/pages"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition file. Its name is the stem of the file."""

    name: str
    path: Path

    @property
    def digest(self) -> str:
        """sha256 of the file's code, hexadecimal; comments, docstrings and formatting do not count."""
        return code_digest(self.path.read_text(encoding="utf-8", errors="surrogateescape"))

    @property
    def identity(self) -> str:
        """What an adapter is compared by, hexadecimal: the digest of its code when its version was first locked.

        A change that leaves the requests as they are so leaves old runs comparable. An adapter whose code is not the
        locked one, such as your own, is identified by its digest.
        """
        locked = _adapter_lock().get(self.name)
        return locked["identity"] if locked and locked["code"] == self.digest else self.digest

    @property
    def file_digest(self) -> str:
        """sha256 of the file's bytes, hexadecimal: what runs of schema 1 recorded."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def bundled() -> Path:
    """The folder of the bundled benchmarks/, adapters/ and site/, in the wheel or in the checkout."""
    package = Path(__file__).parent
    inside = package / "_bundled"
    return inside if inside.is_dir() else package.parent


@cache
def _adapter_lock() -> Mapping[str, Mapping[str, str]]:
    """`version`, `code` and `identity` of each bundled adapter by name; `python -m scripts.lock_adapters` writes it."""
    lock: Mapping[str, Mapping[str, str]] = json.loads((bundled() / "adapters" / "lock.json").read_text("utf-8"))
    return lock


@dataclass(frozen=True, slots=True)
class Catalog:
    """The benchmarks, adapters, suites, model cards and recipes on a search path.

    The search path is evaluated at each use, because the working directory and `$MMEVAL_PATH` may change.
    """

    paths: tuple[Path, ...] = ()
    """Folders that are searched first (`--path`)."""

    @property
    def roots(self) -> tuple[Path, ...]:
        """The search path: `paths`, `$MMEVAL_PATH`, the working directory, plugins, the bundled folder.

        Raises:
            CatalogError: an entry of `paths` or `$MMEVAL_PATH` is not a folder.
        """
        given = [*self.paths, *(Path(p) for p in os.environ.get("MMEVAL_PATH", "").split(os.pathsep) if p)]
        for folder in given:
            if not folder.is_dir():
                raise CatalogError(f"search path {folder} is not a folder")
        roots = [*given, Path.cwd(), *_plugins(), bundled()]
        return tuple(dict.fromkeys(root.resolve() for root in roots))

    def benchmarks(self) -> Mapping[str, Definition]:
        """Every benchmark file by name."""
        return _index("benchmarks", self.roots)

    def adapters(self) -> Mapping[str, Definition]:
        """Every adapter file by provider name."""
        return _index("adapters", self.roots)

    def pages(self) -> Mapping[str, Definition]:
        """Every page module `site/pages/NAME.py` by name; the bundled ones are in `mmeval.sitegen.pages`."""
        return _index("site/pages", self.roots)

    def definition(self, kind: Kind, name: str) -> Definition:
        """One definition file by name; raises CatalogError, which suggests the nearest names."""
        known = _index(kind, self.roots)
        if name not in known:
            noun = "benchmark" if kind == "benchmarks" else "adapter"
            raise CatalogError(f"no {noun} {name!r}{nearest(name, known)}; see `mmeval list {noun}s`")
        return known[name]

    def benchmark(self, name: str) -> Benchmark:
        """Load a benchmark, or one of its seasons: `fresh_puzzles`, `fresh_puzzles@2026-11`.

        A definition file with seasons has a function `season(name)`, beside its `benchmark`, which is the newest one.

        Raises:
            CatalogError: the file does not define a benchmark of that name, or has no such season.
        """
        name, _, season = name.partition("@")
        found = self.definition("benchmarks", name)
        value = _attribute(found, "benchmark")
        if season and season != getattr(value, "version", None):
            value = _season(found, season)
        if not isinstance(value, Benchmark):
            raise CatalogError(f"{found.path}: `benchmark` is not a Benchmark")
        if value.name != found.name:
            raise CatalogError(f"{found.path}: name {value.name!r} must be the file's name {found.name!r}")
        return value

    def stored_name(self, benchmark: str, version: str) -> str:
        """How a stored run's benchmark is named: `fresh_puzzles@2026-10` where its file can make that season."""
        seasonal = hasattr(load(self.definition("benchmarks", benchmark)), "season")
        return f"{benchmark}@{version}" if seasonal else benchmark

    def adapter(self, provider: str) -> type[Adapter]:
        """Load the adapter class of a provider; a class that `UsesCatalog` is bound to this catalog."""
        value: type[Adapter] = _attribute(self.definition("adapters", provider), "Adapter")
        return _bound(value, self) if isinstance(value, UsesCatalog) else value

    def suites(self) -> Mapping[str, Mapping[str, Any]]:
        """Every `[suite]` table of the suites.toml files; the first root that defines a name wins."""
        return self._tables("benchmarks/suites.toml")

    def suite(self, name: str) -> Mapping[str, Any]:
        """One suite by name; raises CatalogError, which suggests the nearest names."""
        known = self.suites()
        if name not in known:
            raise CatalogError(f"no suite {name!r}{nearest(name, known)}")
        return known[name]

    def model_cards(self) -> Mapping[str, Mapping[str, Any]]:
        """Facts about models (organisation, parameters, prices) by `provider/model`, from adapters/models.toml."""
        return self._tables("adapters/models.toml")

    def recipes(self) -> Mapping[str, Path]:
        """Every file `adapters/recipes/NAME.toml` by name; the first root that has a name wins."""
        files = (file for root in self.roots for file in sorted((root / "adapters" / "recipes").glob("*.toml")))
        found: dict[str, Path] = {}
        for file in files:
            found.setdefault(file.stem, file)
        return found

    def reported(self) -> list[Path]:
        """Every file `adapters/reported.toml`, the nearest root first."""
        return [file for root in self.roots if (file := root / "adapters" / "reported.toml").exists()]

    def _tables(self, relative: str) -> dict[str, Mapping[str, Any]]:
        tables: dict[str, Mapping[str, Any]] = {}
        for root in self.roots:
            file = root / relative
            if file.exists():
                for name, table in read_toml(file, CatalogError).items():
                    tables.setdefault(name, table)
        return tables


@cache
def _plugins() -> tuple[Path, ...]:
    """The folders of installed packages with an entry point `mmeval.path`."""
    from importlib.metadata import entry_points

    return tuple(Path(str(point.load())) for point in entry_points(group="mmeval.path"))


@cache
def _bound(adapter: type[Adapter], catalog: Catalog) -> type[Adapter]:
    """A subclass with its own `catalog`, so that several catalogs can be in use."""
    return type(adapter.__name__, (adapter,), {"catalog": catalog, "__module__": adapter.__module__})


@cache
def _index(kind: Kind, roots: tuple[Path, ...]) -> Mapping[str, Definition]:
    found: dict[str, Definition] = {}
    for root in roots:
        for file in _files(root / kind):
            known = found.setdefault(file.stem, Definition(file.stem, file))
            if known.path != file:
                raise CatalogError(f"two definitions are named {file.stem!r}: {known.path} and {file}")
    return found


def _files(folder: Path) -> Iterable[Path]:
    return sorted(f for f in folder.rglob("*.py") if not f.name.startswith(("_", ".")))


def _attribute(found: Definition, name: str) -> Any:
    module = load(found)
    try:
        return getattr(module, name)
    except AttributeError:
        raise CatalogError(f"{found.path}: defines no `{name}`") from None


def _season(found: Definition, season: str) -> Any:
    make = getattr(load(found), "season", None)
    if make is None:
        version = _attribute(found, "benchmark").version
        raise CatalogError(f"{found.name}@{season}: {found.path} has only version {version}; write {found.name}")
    return make(season)


@cache
def load(found: Definition) -> ModuleType:
    """Import the file; raises CatalogError that names it."""
    # A private module name, because the folders are not packages and PyPI has a package `adapters`.
    private = f"_mmeval_{found.path.parent.name}_{found.name}_{found.digest[:12]}"
    spec = importlib.util.spec_from_file_location(private, found.path)
    if spec is None or spec.loader is None:
        raise CatalogError(f"{found.path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[private] = module
    try:
        spec.loader.exec_module(module)
    except MMEvalError:
        raise
    except Exception as error:  # user code may raise anything; report it as an error of the file
        raise CatalogError(f"{found.path}: {type(error).__name__}: {error}") from error
    return module
