"""What a reader meets in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.site.conftest import shoot

pytestmark = pytest.mark.browser


def a_run(site: Path) -> str:
    return min(site.glob("r/*/toy_chartqa*/1.html")).relative_to(site).as_posix()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "page", ["index.html", "b/toy_chartqa.html", "m/alder__vision-1a.html", "problems.html", "samples"]
)
def test_pages_fit_the_screen(visit: Callable[..., Any], site: Path, page: str, width: int, dark: bool) -> None:
    path = a_run(site) if page == "samples" else page
    tab = visit(path, width=width, dark=dark)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    shoot(tab, f"{page.replace('/', '-').removesuffix('.html')}-{width}-{'dark' if dark else 'light'}")


def test_hostile_replies_are_text(visit: Callable[..., Any], site: Path) -> None:
    tab = visit(a_run(site))
    assert tab.evaluate("window.pwned") is None
    assert tab.locator(".text.reply", has_text="<script>window.pwned=1</script>").count() > 0
    assert tab.locator(".text a, .text img, .text script").count() == 0


def test_reads_without_script(visit: Callable[..., Any], site: Path) -> None:
    tab = visit("index.html", js=False)
    assert tab.locator("tbody tr").count() == 9
    tab = visit(a_run(site), js=False)
    assert tab.locator("article.sample").count() == 50
    assert "Answer:" in tab.locator("article.sample").first.inner_text()


def test_theme_button_survives_reload(visit: Callable[..., Any]) -> None:
    tab = visit("index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(ground)
    tab.click("#theme")
    dark = tab.evaluate(ground)
    tab.reload()
    assert tab.evaluate(ground) == dark != light
