"""One synthetic site for all tests of the folder, and its pages in the browser."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mmeval.board import Board, collect
from mmeval.catalog import Catalog
from mmeval.sitegen import pool
from mmeval.sitegen.build import Built, Options, build
from tests import ledger
from tests.browsing import Tabs
from tests.once import once

SHOTS = Path(__file__).parent.parent / "_shots"
SHAPE = ledger.Shape(models=6, benchmarks=9, samples=60, failures=0.0)
FEW = ("toy_chartqa", "toy_hallusionbench")
"""The benchmarks of the ledger that tests build anew: a mean, and a headline that is not a mean."""


def make(root: Path, **changed: Any) -> Built:
    """Build the site of a ledger at `root` into `root/_site`."""
    given: dict[str, Any] = {
        "results": root / "results",
        "out": root / "_site",
        "cache": root / ".cache",
        "catalog": Catalog((root,)),
    }
    return build(Options(**{**given, **changed}))


@pytest.fixture(scope="session", autouse=True)
def _one_process() -> Iterator[None]:
    # Builds run in the test's own process: starting workers costs more than these small sites do.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "FEW", sys.maxsize)
        yield


REPORTED = """
[[source]]
url = "https://example.org/report?a=1&b=2"
where = "table 3 <b>"
read = 2026-11-27
unit = "percent"
recipe = "qwen3-vl"
setting = "split not stated"
numbers = { "Alder/Vision-1a" = { toy_mmstar = 50.0, toy_ocrbench = { value = 87.5, n = 1000, setting = "" } } }
"""
"""Numbers that a report prints for one model of the ledger."""


def whole_ledger(root: Path) -> None:
    ledger.write(root, SHAPE)
    (root / "adapters" / "reported.toml").write_text(REPORTED, encoding="utf-8")
    make(root)


@pytest.fixture(scope="session")
def ledger_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its site; tests must not change it."""
    return once(tmp_path_factory, "ledger", whole_ledger)


@pytest.fixture(scope="session")
def site(ledger_root: Path) -> Path:
    return ledger_root / "_site"


@pytest.fixture(scope="session")
def board(ledger_root: Path) -> Board:
    """The board of the ledger; tests must not change it."""
    return collect(ledger_root / "results", catalog=Catalog((ledger_root,)))


def copied(ledger_root: Path, target: Path) -> Path:
    """Copy the ledger without its site: a site in another place is written anew anyway."""
    return Path(shutil.copytree(ledger_root, target, ignore=shutil.ignore_patterns("_site"), dirs_exist_ok=True))


def keep(root: Path, names: Sequence[str]) -> Path:
    """Remove all benchmarks but these from a ledger, and the reported numbers, which name others."""
    (root / "adapters" / "reported.toml").unlink(missing_ok=True)
    for folder in root.glob("results/*/toy_*@*"):
        if folder.name.partition("@")[0] not in names:
            shutil.rmtree(folder)
    for file in root.glob("benchmarks/*/toy_*.py"):
        if file.stem not in names:
            file.unlink()
    return root


@pytest.fixture
def copy(ledger_root: Path, tmp_path: Path) -> Path:
    """The same ledger, free to change."""
    return copied(ledger_root, tmp_path / "ledger")


@pytest.fixture
def few(copy: Path) -> Path:
    """The ledger with the benchmarks `FEW` alone, free to change: it builds in a quarter of the time."""
    return keep(copy, FEW)


@pytest.fixture
def visit(tabs: Tabs, site: Path) -> Iterator[Callable[..., Any]]:
    """Open a page of the site from disk; an error on the console, or a blocked resource, fails the test.

    A second page with (or without) scripts takes the tab of the first.
    """

    def go(
        path: str, *, width: int = 1280, height: int = 800, dark: bool = False, js: bool = True, root: Path = site
    ) -> Any:
        file, mark, fragment = path.partition("#")
        address = (root / file).as_uri() + mark + fragment
        return tabs.open(address, width=width, height=height, dark=dark, js=js)

    yield go
    assert tabs.errors() == []


def shoot(page: Any, name: str) -> None:
    """Keep a screenshot as an artefact."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
