"""One real browser for all tests, and the two tabs that they share.

The root `conftest.py` alone imports the fixtures: Playwright does not start twice in one process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
SHELL = "/usr/bin/chromium-headless-shell"
"""The same engine without windows, which takes a third less of the processor; used where it is installed."""
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = SHELL if Path(SHELL).exists() else CHROMIUM
    if not Path(program).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=ARGS)
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
        if tab.url.partition("#")[0] == address.partition("#")[0]:
            self._leave(tab)  # another fragment alone would not load the page again
        elif tab.url != "about:blank":
            tab.evaluate("localStorage.clear()")
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
