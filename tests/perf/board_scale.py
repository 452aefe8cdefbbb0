"""How heavy and how fast a board of 1,000 models x 100 benchmarks is, made in memory: its runs would be 88,000 folders.

python -m tests.perf.board_scale [MODELS BENCHMARKS]
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mmeval.board import Board, Cell, Column, collect
from mmeval.board.ranks import Ranks, pack
from mmeval.board.views import make_view
from mmeval.catalog import Catalog
from mmeval.sitegen.build import Build, Options
from mmeval.sitegen.site import Page
from mmeval.store import Number
from tests import ledger
from tests.browsing import ARGS, CHROMIUM
from tests.perf.site_weight import FIRST_VIEW, opening, timings

SAMPLES, HOLES, GROUPS = 40, 0.12, ("charts", "documents", "general", "knowledge", "video")


def large(seed: Cell, column: Column, board: Board, models: int, width: int) -> Board:
    """A board in which every cell has scores of its own, made from one cell."""
    rng = np.random.default_rng(0)
    abilities, eases = rng.normal(0, 1, models), rng.normal(0.3, 1, width)
    names = [f"lab/model-{i:04d}" for i in range(models)]
    card = next(iter(board.models.values()))
    columns = []
    for b in range(width):
        chance = 1 / (1 + np.exp(-(abilities + eases[b] + rng.normal(0, 0.3, models))))
        right = (rng.random((models, SAMPLES)) < chance[:, None]).astype(float)
        seen = rng.random(models) >= HOLES
        seen[: models // 4] = True
        cells = {names[m]: cell(seed, names[m], f"b{b:03d}", right[m]) for m in np.flatnonzero(seen)}
        about = replace(column.card, name=f"b{b:03d}", title=f"Benchmark {b:03d}", group=GROUPS[b % len(GROUPS)])
        columns.append(Column(card=about, cells=cells))
    cards = {name: card.model_copy(update={"name": name, "title": name[4:].title()}) for name in names}
    return Board(columns=columns, models=cards, root=board.root)


def cell(seed: Cell, model: str, benchmark: str, scores: Any) -> Cell:
    mean, n = float(scores.mean()), len(scores)
    half = 1.96 * (mean * (1 - mean) / n + 0.002) ** 0.5
    number = Number(value=mean, low=mean - half, high=mean + half, n=n, method="wilson")
    info = seed.run.info
    spec = info.spec.model_copy(update={"model": model, "benchmark": benchmark})
    run = replace(seed.run, info=info.model_copy(update={"spec": spec}))
    vector = replace(seed.vector, values=scores, gaps=np.zeros(n), mean=mean, digest=f"{model}/{benchmark}")
    return replace(seed, run=run, vector=vector, headline=number, measured=number, right=number)


def alone(column: Column, ranks: Ranks) -> Ranks:
    """The errors of the scores on one benchmark, without those of all pairs, which would take minutes."""
    spread = [cell.vector.values.std(ddof=1) / SAMPLES**0.5 for cell in column.cells.values()]
    own, unit = pack(np.array(spread))
    return replace(ranks, models=list(column.cells), own=own, own_unit=unit, errors="", freedom=SAMPLES - 1.0)


def build(root: Path, models: int, width: int) -> Path:
    """The board's pages of such a board; returns the folder."""
    ledger.write(root, ledger.Shape(models=1, benchmarks=9, samples=SAMPLES, holes=0.0, failures=0.0, references=False))
    options = Options(results=root / "results", out=root / "_site", cache=root / ".cache", catalog=Catalog((root,)))
    small = collect(root / "results", catalog=Catalog((root,)))
    column = next(column for column in small.columns if column.card.name == "toy_chartqa")
    board = large(next(iter(column.cells.values())), column, small, models, width)
    began = time.perf_counter()
    view = make_view("all", board.columns, board)
    print(f"ranks: {time.perf_counter() - began:.0f} s, {len(view.ranks.models) if view.ranks else 0} models")
    made = Build(options)
    made.site = replace(made.site, board=board)
    assert view.ranks is not None
    ranks = {column.card.name: alone(column, view.ranks) for column in board.columns}
    vars(made.site).update(views=[view], ranks=ranks, leaders={})
    began = time.perf_counter()
    made.static()
    kinds = {kind.name: kind for kind in made.kinds}
    for name in ("board", "compare", "plots"):
        made.make(kinds[name])
    index = next(iter(kinds["model"].pages(made.site)))
    assert isinstance(index, Page)
    made.page(index)
    print(f"pages: {time.perf_counter() - began:.0f} s")
    return options.out


def main() -> None:
    models, width = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (1000, 100)
    out = build(Path(tempfile.mkdtemp()), models, width)
    sizes = {name: len(gzip.compress((out / name).read_bytes(), 9)) for name in ("index.html", *FIRST_VIEW)}
    rest = list((out / "data" / "views").glob("*-rows-en.js"))
    print({**sizes, "all": sum(sizes.values()), "other rows": [len(gzip.compress(one.read_bytes())) for one in rest]})
    others = (
        "models.html",
        "compare.html",
        "plots.html",
        "data/plots.js",
        "data/views/all.js",
        "data/views/all-weights.js",
    )
    print({name: len(gzip.compress((out / name).read_bytes(), 9)) for name in others})
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for what, state in {"folded, as it opens": "", "all columns": f"#fold={','.join(GROUPS)}"}.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto((out / "index.html").resolve().as_uri() + state)
            page.hover("#tools")
            page.wait_for_timeout(4000)
            wide = page.evaluate("document.querySelector('#board').scrollWidth")
            rows = page.locator("#board tbody tr").count()
            print(f"{what}: {timings(page, 'model 01')}, {rows} rows, {wide} pixels wide")
            page.close()
        for name in ("models.html", "compare.html", "plots.html"):
            print(f"{name}: {opening(browser, (out / name).resolve().as_uri()):.0f} ms of CPU until it can be used")
        browser.close()


if __name__ == "__main__":
    main()
