"""What leaves the site: tables with the right ranks, citations, charts to embed, previews, addresses for other sites."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from mmeval import __version__
from mmeval.catalog import Catalog
from mmeval.sitegen.build import Build, Options
from mmeval.sitegen.data import as_parquet
from mmeval.sitegen.pages import model, share
from mmeval.sitegen.site import Page
from tests.browsing import until

BASE = "https://example.org/board"


def table(site: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((site / "data" / name).read_text(encoding="utf-8"))))


def test_a_row_has_the_ranks_of_its_benchmark_and_a_model_those_of_the_whole(site: Path, built: Build) -> None:
    rows = table(site, "board.csv")
    for row in rows:
        ranks = built.site.ranks[row["benchmark"]]
        one = ranks.intervals.get(row["model"]) if ranks else None
        assert (row["rank_best"], row["rank_worst"]) == ((str(one.best), str(one.worst)) if one else ("", ""))
    assert len({(row["benchmark"], row["rank_best"]) for row in rows}) > len({row["benchmark"] for row in rows})
    whole = built.site.views[0].ranks
    assert whole is not None
    found = {
        row["model"]: (row["rank_best"], row["rank_worst"]) for row in table(site, "models.csv") if row["rank_best"]
    }
    assert found == {name: (str(one.best), str(one.worst)) for name, one in whole.intervals.items()}


@pytest.mark.parametrize("name", ["board", "models"])
def test_the_three_formats_say_the_same(site: Path, name: str) -> None:
    given = json.loads((site / "data" / f"{name}.json").read_text())["rows"]
    assert pq.read_table(site / "data" / f"{name}.parquet").to_pylist() == given
    assert [row["model"] for row in table(site, f"{name}.csv")] == [row["model"] for row in given]
    files = re.findall(r'href="([^"]*)" download', (site / "b" / "toy_chartqa.html").read_text())
    assert files == [f"../data/b/toy_chartqa.{ending}" for ending in ("csv", "json", "parquet")]
    own = json.loads((site / "data/b/toy_chartqa.json").read_text())["rows"]
    assert pq.read_table(site / "data/b/toy_chartqa.parquet").to_pylist() == own
    one = table(site, "b/toy_chartqa.csv")
    assert [row["model"] for row in own] == [row["model"] for row in one]
    assert one == [row for row in table(site, "board.csv") if row["benchmark"] == "toy_chartqa"] != []


def test_a_table_without_rows_is_a_parquet_file_too() -> None:
    assert pq.read_table(io.BytesIO(as_parquet([]))).num_rows == 0
    assert pq.read_table(io.BytesIO(as_parquet([{"a": None}]))).to_pylist() == [{"a": None}]


@pytest.fixture(scope="module")
def built(ledger_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build of the ledger for a known address that has written nothing yet."""
    out = tmp_path_factory.mktemp("share")
    return Build(
        Options(
            results=ledger_root / "results",
            out=out,
            cache=ledger_root / ".cache",
            catalog=Catalog((ledger_root,)),
            base=BASE,
        )
    )


def test_a_site_with_an_address_has_absolute_links_and_previews(built: Build) -> None:
    page = next(one for one in model.pages(built.site) if isinstance(one, Page) and one.path.startswith("m/alder"))
    built.page(page)
    out = built.site.options.out
    html = (out / "zh" / page.path).read_text(encoding="utf-8")
    for code, folder in (("en", ""), ("zh-Hans", "zh/"), ("x-default", "")):
        assert f'<link rel="alternate" hreflang="{code}" href="{BASE}/{folder}{page.path}">' in html
    assert f'<link rel="canonical" href="{BASE}/zh/{page.path}">' in html
    picture = f"og/{page.path.removesuffix('.html')}.png"
    assert f'<meta property="og:image" content="{BASE}/{picture}">' in html
    assert "YOUR-SITE" not in html
    drawn = next(one for one in share.pages(built.site) if one.path == picture)
    built.file(drawn)
    with Image.open(out / picture) as image:
        assert image.size == (1200, 630)
        assert len(image.convert("RGB").getcolors() or []) > 5
    again = next(one for one in share.previews(built.site) if one.path == picture)
    assert again.key == drawn.key != "", "an unchanged picture is not drawn again"


def test_a_site_without_an_address_has_no_previews(site: Path) -> None:
    assert not (site / "og").exists()
    assert "og:image" not in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["index", "b/toy_chartqa", "b/toy_ocrbench"])
def test_an_embedded_chart_needs_nothing_else(site: Path, name: str) -> None:
    text = (site / "chart" / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert "href" not in text
    assert len(root.findall(".//{*}circle")) >= 6


def test_what_is_copied_has_the_address_that_the_reader_is_at(visit: Callable[..., Any], site: Path) -> None:
    tab = visit("index.html")
    until(tab, "!document.querySelector('.share').textContent.includes('YOUR-SITE')")
    cite, embed = tab.locator(".share pre").all_inner_texts()
    assert f"\\url{{{(site / 'index.html').as_uri()}}}" in cite
    assert f'<img src="{(site / "chart/index.svg").as_uri()}"' in embed


def test_the_repository_says_how_to_cite_it() -> None:
    root = Path(__file__).parents[2]
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == __version__
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    assert cited["license"] == declared.partition(" AND ")[0], "the code; the rest is of data that are shipped with it"
