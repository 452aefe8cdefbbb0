"""One synthetic site for all tests of the folder, and a real browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mmeval.catalog import Catalog
from mmeval.sitegen.build import Built, Options, build
from tests import ledger

SHOTS = Path(__file__).parent.parent / "_shots"
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"]
SHAPE = ledger.Shape(models=6, benchmarks=9, samples=60)


def make(root: Path, **changed: Any) -> Built:
    """Build the site of a ledger at `root` into `root/_site`."""
    given: dict[str, Any] = {
        "results": root / "results",
        "out": root / "_site",
        "cache": root / ".cache",
        "catalog": Catalog((root,)),
    }
    return build(Options(**{**given, **changed}))


@pytest.fixture(scope="session")
def ledger_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its site; tests must not change it."""
    root = tmp_path_factory.mktemp("ledger")
    ledger.write(root, SHAPE)
    make(root)
    return root


@pytest.fixture(scope="session")
def site(ledger_root: Path) -> Path:
    return ledger_root / "_site"


@pytest.fixture
def copy(ledger_root: Path, tmp_path: Path) -> Path:
    """The same ledger and site, free to change."""
    return Path(shutil.copytree(ledger_root, tmp_path / "ledger"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Callable[..., Any]]:
    """Open a page of the site from disk; an error on the console, or a blocked resource, fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def go(
        path: str, *, width: int = 1280, height: int = 800, dark: bool = False, js: bool = True, root: Path = site
    ) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=js
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        file, mark, fragment = path.partition("#")
        page.goto((root / file).as_uri() + mark + fragment)
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []


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
