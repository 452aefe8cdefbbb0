"""Finds the page modules: the bundled ones in `mmeval/sitegen/pages/`, a project's own in `site/pages/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from mmeval.catalog import Catalog, load
from mmeval.errors import UsageError
from mmeval.sitegen import pages
from mmeval.sitegen.env import Nav, source_folder
from mmeval.sitegen.site import Pages


@dataclass(frozen=True, slots=True)
class Kind:
    """One page module."""

    name: str
    file: str
    pages: Pages
    nav: Nav | None


def kinds(catalog: Catalog = Catalog()) -> list[Kind]:
    """Every kind of page in the order of the build: first those outside the navigation, then the navigation's.

    The pages of the navigation come last because they report on the others, such as the run folders that could not
    be read. Raises UsageError if two modules have the same name.
    """
    found: dict[str, Kind] = {}
    for module in [*_bundled(), *map(load, catalog.pages().values())]:
        kind = _kind(module)
        if kind.name in found:
            raise UsageError(f"two page modules are named {kind.name!r}: {found[kind.name].file} and {kind.file}")
        found[kind.name] = kind
    # Runs are first: worker processes write their pages while this one makes the others.
    return sorted(found.values(), key=lambda kind: (kind.nav.place if kind.nav else 0, kind.name != "run", kind.name))


def folders(catalog: Catalog = Catalog()) -> tuple[Path, ...]:
    """The `site/` folders with templates and messages: the bundled one, then those of roots that have own pages."""
    own = [root / "site" for root in catalog.roots if (root / "site" / "pages").is_dir()]
    return tuple(dict.fromkeys((source_folder(), *own)))


def _bundled() -> Iterable[ModuleType]:
    return [importlib.import_module(f"{pages.__name__}.{one.name}") for one in pkgutil.iter_modules(pages.__path__)]


def _kind(module: ModuleType) -> Kind:
    file = Path(str(module.__file__))
    if not callable(made := getattr(module, "pages", None)):
        raise UsageError(f"{file}: defines no function `pages(site)`")
    nav = getattr(module, "NAV", None)
    if not isinstance(nav, Nav | None):
        raise UsageError(f"{file}: `NAV` is not a Nav")
    return Kind(file.stem, str(file), made, nav)
