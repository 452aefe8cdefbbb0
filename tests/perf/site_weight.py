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
TIMED = """async act => { const twice = () => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)));
const field = document.querySelector('#tools [name=q]');
const ask = query => { field.value = query; field.dispatchEvent(new Event('input', {bubbles: true})); };
await twice(); const start = performance.now();
act === 'sort' ? document.querySelectorAll('#board th[data-b] button')[3].click() : ask(act);
document.querySelector('#board').getBoundingClientRect(); const done = performance.now() - start; await twice();
ask(''); return done; }"""


def board_only(root: Path) -> Path:
    """The board's pages and data alone: the pages of 8,000 runs add nothing to its first view."""
    options = Options(results=root / "results", out=root / "_board", cache=root / ".cache", catalog=Catalog((root,)))
    made = Build(options)
    made.static()
    made.make(next(kind for kind in made.kinds if kind.name == "board"))
    return options.out


def timings(page: Any, query: str) -> dict[str, float]:
    """Milliseconds from sorting, and from entering a query, to the end of layout; the median of nine."""
    return {act: statistics.median(page.evaluate(TIMED, act) for _ in range(9)) for act in ("sort", query)}


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
            {name: f"{value:.0f} ms" for name, value in timings(page, "birch").items()},
            "rows:",
            page.locator("#board tbody tr").count(),
        )
        browser.close()


if __name__ == "__main__":
    main()
