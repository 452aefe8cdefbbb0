"""What a stranger does first: nothing run yet, one run, broken folders, a subfolder of a web server, every control."""

from __future__ import annotations

import csv
import functools
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mmeval.catalog import Catalog
from tests import ledger
from tests.browsing import until
from tests.site.conftest import make
from tests.site.test_board import column

Visit = Callable[..., Any]
PAGES = ("index", "models", "plots", "compare", "problems", "changelog", "method")


@pytest.mark.parametrize("lang", ["", "zh/"], ids=["en", "zh"])
def test_nothing_was_run_yet(visit: Visit, tmp_path: Path, lang: str) -> None:
    (tmp_path / "results").mkdir()
    assert make(tmp_path).problems == 0
    for name in PAGES:
        tab = visit(f"{lang}{name}.html", root=tmp_path / "_site", width=390)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab = visit(f"{lang}index.html", root=tmp_path / "_site")
    assert "mmeval run BENCHMARK" in tab.inner_text("main")
    assert tab.locator("table, form").count() == 0


@pytest.mark.parametrize("replies", [True, False], ids=["journal", "no-journal"])
def test_one_model_on_one_benchmark(visit: Visit, tmp_path: Path, replies: bool) -> None:
    ledger.write(tmp_path, ledger.Shape(models=1, benchmarks=1, samples=5, references=False, replies=replies))
    assert make(tmp_path).problems == 0
    site = tmp_path / "_site"
    pages = [f.relative_to(site).as_posix() for f in site.rglob("*.html") if "zh" not in f.parts]
    about_replies = [page for page in pages if page.partition("/")[0] in ("r", "q", "b")]
    for page in pages if replies else about_replies:
        tab = visit(page, root=site)
        assert tab.inner_text("h1")
        if page.startswith("r/") and page.endswith("1.html"):
            assert ("not published here" in tab.inner_text("main")) is not replies
    tab = visit("index.html", root=site)
    assert column(tab, "rank") == [""], "one model alone has no rank"
    tab.click("#board td.rank >> nth=0")
    assert numbers_of(tab) == 1


def numbers_of(tab: Any) -> int:
    return int(tab.locator("#board tbody tr:visible").count())


@pytest.fixture
def subfolder(site: Path, tmp_path: Path) -> Iterator[str]:
    """The site below a folder of a web server."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "board").symlink_to(site)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    handler = functools.partial(Quiet, directory=str(tmp_path / "pages"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/board"
        server.shutdown()


def test_it_works_below_a_subfolder(browser: Any, subfolder: str) -> None:
    failed: list[str] = []
    tab = browser.new_page()
    tab.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    # A page that is left before its last picture came has not failed.
    tab.on(
        "requestfailed", lambda r: None if r.failure == "net::ERR_ABORTED" else failed.append(f"{r.url} {r.failure}")
    )
    tab.goto(f"{subfolder}/zh/index.html#hide=toy_ai2d")
    until(tab, "[...document.querySelectorAll('#board td.rank')].some(c => c.textContent)")
    tab.locator("#board .model a").first.click()
    tab.locator("table a").last.click()
    tab.wait_for_selector("#strip .marks")
    tab.keyboard.press("j")
    tab.wait_for_selector("article.sample.current img")
    tab.goto(f"{subfolder}/compare.html#m1=alder__vision-1a&m2=birch__vision-1b")
    tab.wait_for_selector("#out table")
    tab.close()
    assert failed == []


STATES = {
    "q": ("birch", lambda tab: tab.fill('[name="q"]', "birch")),
    "org": ("Elm Lab", lambda tab: tab.select_option('[name="org"]', "Elm Lab")),
    "access": ("closed", lambda tab: tab.select_option('[name="access"]', "closed")),
    "size": ("4-10", lambda tab: tab.select_option('[name="size"]', "4-10")),
    "mod": ("audio", lambda tab: tab.select_option('[name="mod"]', "audio")),
    "llm": ("", lambda tab: tab.select_option('[name="llm"]', index=1)),
    "enc": ("", lambda tab: tab.select_option('[name="enc"]', index=1)),
    "since": ("2025-01-01", lambda tab: tab.fill('[name="since"]', "2025-01-01")),
    "complete": ("1", lambda tab: tab.check('[name="complete"]')),
    "refs": ("0", lambda tab: tab.uncheck('[name="refs"]')),
    "show": ("date", lambda tab: tab.check('#columns [value="date"]')),
    "hide": ("toy_ai2d", lambda tab: tab.uncheck('#columns [value="toy_ai2d"]')),
    "fold": ("general", lambda tab: tab.click('#board th[data-g="general"] button')),
    "sort": ("-toy_chartqa", lambda tab: tab.click('#board th[data-k="toy_chartqa"] button')),
}


MENU = ("org", "access", "size", "mod", "llm", "enc", "since", "complete", "refs")


SHOWN = """() => ({cells: [...document.querySelectorAll('#board tr')].filter(r => !r.hidden).map(r =>
    [...r.cells].filter(c => !c.hidden && getComputedStyle(c).display !== 'none').map(c => c.textContent)),
    controls: [...document.querySelectorAll('#tools :is(input, select):not(#columns *)')].map(c => c.type === 'checkbox' ? c.checked : c.value)})"""


def seen(tab: Any) -> Any:
    """Everything a reader sees of the board, and what the controls say, once it no longer changes."""
    before = None
    for _ in range(40):
        tab.wait_for_timeout(150)
        before, last = tab.evaluate(SHOWN), before
        if before == last:
            return before
    raise AssertionError("the board never comes to rest")


def test_every_control_survives_reload(visit: Visit) -> None:
    tab = visit("index.html")
    plain = seen(tab)
    for key in STATES:
        survives(tab, key, plain)


def survives(tab: Any, key: str, plain: Any) -> None:
    """The control changes a plain board, the change outlives the page, and the board becomes plain again."""
    value, act = STATES[key]
    menu = "#filters" if key in MENU else "details:has(#columns)" if key in ("show", "hide") else ""
    if menu:
        tab.click(f"{menu} summary")
    act(tab)
    changed = seen(tab)
    assert changed != plain, key
    fragment = tab.evaluate("location.href").partition("#")[2]
    assert fragment.startswith(f"{key}=")
    assert value.replace(" ", "%20") in fragment
    tab.reload()
    assert seen(tab) == changed, key
    if key in ("show", "hide"):
        tab.click("details:has(#columns) summary")
        assert tab.is_checked(f'#columns [value="{value}"]') is (key == "show")
        tab.click("details:has(#columns) summary")
    tab.click("#reset")
    assert seen(tab) == plain, key
    assert "#" not in tab.evaluate("location.href")


def test_nonsense_in_the_address_is_no_harm(visit: Visit) -> None:
    tab = visit("index.html#sort=-nothing&hide=what&fold=no&size=x&q=%E0%A4&show=__proto__&org=<b>&refs=7")
    assert numbers_of(tab) >= 3
    tab = visit("compare.html#m1=nobody&m2=../../x&b=__proto__")
    assert tab.inner_text("#out") == ""


@pytest.mark.parametrize(
    "state", ["", "fold=general&refs=0", "complete=1&sort=-toy_ocrbench&show=date,llm,corrected", "q=no such model"]
)
def test_exports_are_what_is_shown(visit: Visit, state: str) -> None:
    tab = visit(f"index.html#{state}")
    tab.wait_for_timeout(300)
    shown = tab.evaluate(
        """() => { const on = c => !c.hidden && getComputedStyle(c).display !== 'none';
        const heads = [...document.querySelectorAll('#board thead tr:nth-child(2) th')];
        return [...document.querySelectorAll('#board tbody tr')].filter(r => !r.hidden).map(r => Object.fromEntries(
          heads.map((h, i) => [h.dataset.k, r.cells[i]]).filter(p => on(p[1])).map(p => [p[0], (p[1].firstChild || {textContent: ''}).textContent.trim()]))); }"""
    )
    saved = {}
    for name in ("csv", "json"):
        with tab.expect_download() as caught:
            tab.click(f"#{name}")
        saved[name] = Path(caught.value.path()).read_text(encoding="utf-8")
    rows = json.loads(saved["json"])["rows"]
    table = list(csv.DictReader(io.StringIO(saved["csv"])))
    assert len(rows) == len(table) == len(shown)
    for row, line, want in zip(rows, table, shown, strict=True):
        assert {k for k in row if not k.endswith("±")} - {"id"} == set(want)
        for key, text in want.items():
            if isinstance(row[key], float | int):
                assert row[key] == float(text.replace("−", "-").removeprefix("≈"))
                assert float(line[key]) == row[key]
            else:
                assert (row[key] or "") == line[key].removeprefix("'") == text


@pytest.mark.slow
def test_an_older_results_folder_can_take_the_place_of_a_newer_one(few: Path) -> None:
    """The same output folder for another results folder: nothing of the first one stays."""
    other = few / "other"
    ledger.write(other, ledger.Shape(models=1, benchmarks=1, samples=5))
    make(few)
    make(few, results=other / "results", catalog=Catalog((other,)))
    assert not list((few / "_site").rglob("*chartqa*"))
    shutil.rmtree(other)
