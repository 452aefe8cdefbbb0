"""One synthetic site for all tests of the folder, and a real browser."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mmeval.board import Board, collect
from mmeval.catalog import Catalog
from mmeval.sitegen import pool
from mmeval.sitegen.build import Built, Options, build
from tests import ledger
from tests.once import once

SHOTS = Path(__file__).parent.parent / "_shots"
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"]
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


def whole_ledger(root: Path) -> None:
    ledger.write(root, SHAPE)
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


@pytest.fixture
def copy(ledger_root: Path, tmp_path: Path) -> Path:
    """The same ledger, free to change."""
    return copied(ledger_root, tmp_path / "ledger")


@pytest.fixture
def few(copy: Path) -> Path:
    """The ledger with the benchmarks `FEW` alone, free to change: it builds in a quarter of the time."""
    for folder in copy.glob("results/*/toy_*@*"):
        if folder.name.partition("@")[0] not in FEW:
            shutil.rmtree(folder)
    for file in copy.glob("benchmarks/*/toy_*.py"):
        if file.stem not in FEW:
            file.unlink()
    return copy


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield opened
        opened.close()


class Tabs:
    """Two tabs, with and without scripts, that all tests use in turn: a new renderer costs more than most pages."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._tabs: dict[bool, Any] = {}
        self._errors: list[str] = []

    def open(self, address: str, *, width: int, height: int, dark: bool, js: bool) -> Any:
        """Show an address as in a fresh browser: nothing stored, no media emulated but the colour scheme."""
        tab = self._tabs.get(js) or self._new(js)
        self._leave(tab)
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(media="null", color_scheme="dark" if dark else "light")
        tab.goto(address)
        return tab

    def errors(self) -> list[str]:
        """Leave all pages and return what their consoles said."""
        for tab in list(self._tabs.values()):
            self._leave(tab)
        found, self._errors = self._errors, []
        return found

    def _new(self, js: bool) -> Any:
        tab = self._browser.new_context(java_script_enabled=js).new_page()
        tab.on("console", lambda said: self._errors.append(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: self._errors.append(str(error)))
        tab.on("crash", lambda: self._tabs.pop(js))
        self._tabs[js] = tab
        return tab

    @staticmethod
    def _leave(tab: Any) -> None:
        if tab.url != "about:blank":
            tab.evaluate("localStorage.clear()")
            tab.goto("about:blank")


@pytest.fixture(scope="session")
def tabs(browser: Any) -> Tabs:
    return Tabs(browser)


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


def until(page: Any, expression: str, arg: Any = None) -> None:
    """Wait until a JavaScript expression holds; the pages' policy forbids Playwright's own polling of strings."""
    from playwright.sync_api import Error

    def holds() -> bool:
        try:
            return bool(page.evaluate(expression, arg))
        except Error:  # the page is being left for the next one
            return False

    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(30)
