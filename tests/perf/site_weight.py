"""How heavy the first view of a board of 300 models x 30 benchmarks is, and how long sorting and filtering take.

python -m tests.perf.site_weight [LEDGER]
"""

from __future__ import annotations

import gzip
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from mmeval.catalog import Catalog
from mmeval.sitegen.build import Build, Options
from tests import ledger
from tests.browsing import ARGS, CHROMIUM

FIRST_VIEW = (
    "static/theme.js",
    "static/style.css",
    "static/board.css",
    "static/questions.css",
    "static/mmeval.js",
    "static/search.js",
    "static/boardmath.js",
    "static/board.js",
    "static/icon.svg",
)
ACT = """async ([act, all]) => { const frame = () => new Promise(go => requestAnimationFrame(() => setTimeout(go)));
const field = document.querySelector('#tools [name=q]');
if (act === 'sort') document.querySelectorAll('#board th[data-b] button')[3].click();
else { field.value = act; field.dispatchEvent(new Event('input', {bubbles: true})); }
await frame(); for (let i = 0; all && i < 12; i++) await frame(); }"""


def board_only(root: Path) -> Path:
    """The board's pages and data alone: the pages of 8,000 runs add nothing to its first view."""
    options = Options(results=root / "results", out=root / "_board", cache=root / ".cache", catalog=Catalog((root,)))
    made = Build(options)
    made.static()
    made.make(next(kind for kind in made.kinds if kind.name == "board"))
    return options.out


def used(session: Any) -> float:
    """Milliseconds of CPU that the main thread of a page has used, once `timeDomain` is `threadTicks`."""
    found = session.send("Performance.getMetrics")["metrics"]
    return float(1000 * next(one["value"] for one in found if one["name"] == "TaskDuration"))


def opening(browser: Any, address: str) -> float:
    """Milliseconds of CPU of the main thread from opening a page to the end of its scripts and layout; median of five."""
    taken = []
    for _ in range(5):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = used(session)
        page.goto(address)
        page.evaluate("() => new Promise(go => requestAnimationFrame(() => setTimeout(go, 300)))")
        taken.append(used(session) - before)
        page.close()
    return statistics.median(taken)


def timings(page: Any, query: str) -> dict[str, str]:
    """Sorting, and entering a query: milliseconds of CPU of the page's main thread, the median of nine.

    First until the rows in view are painted, then until all rows of the page are. Another program that runs on the
    same core does not count, but it does take caches away.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def once(act: str, *, whole: bool) -> float:
        page.wait_for_timeout(300)
        before = used(session)
        page.evaluate(ACT, [act, whole])
        taken = used(session) - before
        page.evaluate(ACT, ["", True])
        return taken

    def median(act: str, *, whole: bool) -> float:
        return statistics.median(once(act, whole=whole) for _ in range(9))

    return {act: f"{median(act, whole=False):.0f} and {median(act, whole=True):.0f} ms" for act in ("sort", query)}


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    if not (root / "results").is_dir():
        ledger.write(root, ledger.Shape(models=300, benchmarks=30, samples=200, replies=False))
    out = board_only(root)
    sizes = {name: len(gzip.compress((out / name).read_bytes(), 9)) for name in ("index.html", *FIRST_VIEW)}
    print({**sizes, "all": sum(sizes.values())})
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto((out / "index.html").resolve().as_uri())
        print(
            timings(page, "birch"),
            "rows:",
            page.locator("#board tbody tr").count(),
        )
        browser.close()


if __name__ == "__main__":
    main()
