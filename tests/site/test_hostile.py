"""Hostile text wherever text can come from: nothing of it runs, all of it is read as it was said, no page is heavy."""

from __future__ import annotations

import functools
import gzip
import html
import json
import random
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmeval.sitegen.text import clean
from mmeval.store import Spec, StoredPart, dump_sample, slug
from tests import ledger
from tests.browsing import until
from tests.once import once
from tests.site.conftest import make

Visit = Callable[..., Any]
SHAPE = ledger.Shape(models=4, benchmarks=2, samples=60, holes=0, failures=0.0)
BENCH = "toy_mmbench_v11"
EVIL = "evil/\u202e\"'><img src=x onerror=window.pwned=1>"
"""A model whose name is hostile too."""
LIMIT = 400_000
SAID = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "' onfocus='window.pwned=1' autofocus='",
    "[click](javascript:window.pwned=1)",
    "javascript:window.pwned=1",
    "</script><svg onload=window.pwned=1>",
    "safe \u202egnp.exe\u202c \u2066x\u2069",
    "broken \udcff\udcfe \ud83d half \x07\x1b[31m",
    "]]></summary><!--",
    "{{ 7*7 }}{% raw %}",
    "\u2028\u2029=HYPERLINK(1)",
)


def noise(size: int, seed: int) -> str:
    """One line that cannot be packed: Chinese characters drawn at random, from another place for each seed."""
    drawn = all_noise()
    start = seed * 20_011 % len(drawn)
    return (drawn + drawn)[start : start + size // 3]


@functools.cache
def all_noise() -> str:
    return "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FA5), k=400_000)))


def said(i: int) -> str:
    return SAID[i % len(SAID)]


def whole(text: str) -> str:
    """Without what a UTF-8 file such as scores.csv cannot hold."""
    return text.encode("utf-8", "replace").decode()


def hostile_lines(samples: list[Any]) -> list[dict[str, Any]]:
    """Every text of a record is hostile; every reply ends in a megabyte of noise on one line."""
    draw = random.Random(1)
    lines = []
    for i, sample in enumerate(samples):
        line = ledger.record(sample, 0.5, i, draw, SHAPE)
        if line["failure"]:
            line["failure"]["message"] = said(i) + noise(3000, i)
        if line["reply"]:
            line["reply"]["text"] = f"{said(i)}\n{noise(1_000_000, i)}"
            line["reply"]["reasoning"] = said(i + 1) + noise(9000, -i)
            line["score"] |= {"answer": whole(said(i + 2)) + noise(600, i), "note": said(i + 3) + noise(900, i)}
            line["score"]["rule"] = whole(said(i + 4))
        lines.append(line)
    return lines


def hostile_samples(name: str) -> list[Any]:
    out = []
    for i, sample in enumerate(ledger.stored_samples(name, SHAPE)):
        prompt = (*sample.prompt, StoredPart("text", text=said(i) + noise(9000, i)))
        tags = {**sample.tags, "category": said(i % 3), whole(said(i % 4 + 1)): said(i)}
        key, cluster = f"{i:02d} {whole(said(i))}", whole(said(i // 2))
        out.append(replace(sample, id=key, prompt=prompt, cluster=f"{i // 2} {cluster}", tags=tags))
    return out


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a ledger in which every text that is not a definition's name is hostile."""
    return once(tmp_path_factory, "hostile", write_hostile) / "_site"


def write_hostile(root: Path) -> None:
    ledger.write_cards(root, SHAPE)
    title = json.dumps(f"Evil <script>window.pwned=1</script> \u202ename {'unbreakable' * 9}")
    cards = root / "adapters" / "models.toml"
    llm = json.dumps(said(1))
    cards.write_text(
        f"{cards.read_text()}\n[{json.dumps(EVIL)}]\ntitle = {title}\norganization = {json.dumps(said(0))}\n"
        f'url = "javascript:window.pwned=1"\nparts = {{ llm = {llm}, encoder = {llm} }}\nmodalities = [{llm}]\n'
    )
    for name in ledger.benchmark_names(SHAPE):
        samples = hostile_samples(name) if name == BENCH else ledger.stored_samples(name, SHAPE)
        for i, model in enumerate([*ledger.model_names(SHAPE), EVIL]):
            bad = name == BENCH and model == EVIL
            lines = (
                hostile_lines(samples)
                if bad
                else [
                    ledger.record(s, 0.3 + 0.1 * i, k, random.Random(f"{model}{k}"), SHAPE)
                    for k, s in enumerate(samples)
                ]
            )
            options = {"temperature": 0.0, "system": said(i)}
            run = ledger.write_lines(root / "results", model, name, lines, options=options)
            edit(run / "run.json", i)
        folder = root / "results" / "_samples" / f"{name}@1"
        ledger.write_sample_file(folder, samples, SHAPE)
        with (folder / "all.jsonl").open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(dump_sample(sample) + "\n" for sample in samples)
    broken = root / "results" / "x" / f"{slug(said(0))}@1" / "0123456789ab"
    broken.mkdir(parents=True)
    (broken / "run.json").write_text(json.dumps({"schema_version": said(0)}))
    make(root)


def edit(file: Path, i: int) -> None:
    """Hostile provenance, as a hand or a strange machine would leave it."""
    raw = json.loads(file.read_text())
    raw["provenance"] |= {
        "argv": ["mmeval", "run", said(i), *map(whole, SAID)],
        "os": said(i),
        "example": said(i) + noise(90_000, i),
        "packages": {said(0): said(1)},
        "models_returned": {said(i): 3},
    }
    file.write_text(json.dumps(raw))


def first(site: Path, pattern: str) -> str:
    return min(site.glob(pattern)).relative_to(site).as_posix()


def kinds(site: Path) -> dict[str, str]:
    evil = slug(EVIL)
    return {
        "board": "index.html",
        "benchmark": f"b/{BENCH}.html",
        "model": f"m/{evil}.html",
        "run": first(site, f"r/{evil}/{BENCH}*/index.html"),
        "samples": first(site, f"r/{evil}/{BENCH}*/1.html"),
        "compare": f"compare.html#m1=alder__vision-1a&m2={evil}&b={BENCH}",
        "plots": "plots.html",
        "problems": "problems.html",
        "changelog": "changelog.html",
    }


KINDS = ("board", "benchmark", "model", "run", "samples", "compare", "plots", "problems", "changelog")
FOREIGN = """() => ({
  pwned: window.pwned,
  made: [...document.querySelectorAll('main img[src="x"], main svg[onload], main script, main iframe')].length,
  handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
  links: [...document.querySelectorAll('a[href]')].filter(a => !/^(https?|file):/.test(new URL(a.getAttribute('href'), location).protocol)).length,
  focus: [...document.querySelectorAll('[autofocus]')].length})"""


@pytest.mark.parametrize("lang", ["", "zh/"], ids=["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_runs(visit: Visit, hostile: Path, kind: str, lang: str) -> None:
    tab = visit(lang + kinds(hostile)[kind], root=hostile)
    if kind == "compare":
        until(tab, "document.querySelectorAll('#out table').length > 1")
    if kind == "board":
        tab.click("#filters summary")
    assert tab.evaluate(FOREIGN) == {"pwned": None, "made": 0, "handlers": 0, "links": 0, "focus": 0}
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    text = tab.inner_text("body")
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def test_it_is_read_as_it_was_said(visit: Visit, hostile: Path) -> None:
    tab = visit(kinds(hostile)["samples"], root=hostile)
    articles = tab.locator("article.sample")
    for i in range(len(SAID)):
        text = articles.nth(i).inner_text()
        for offset in (0, 1, 2, 3):
            want = clean(said(i + offset) if offset != 2 else whole(said(i + offset)))
            if articles.nth(i).locator(".reply").count():
                assert " ".join(want.split()) in " ".join(articles.nth(i).evaluate("e => e.textContent").split())
        assert "⟨" in text or "\u202e" not in said(i)
    board = visit("index.html", root=hostile).inner_text("#board")
    assert "Evil <script>window.pwned=1</script> ⟨U+202E⟩name" in board
    assert "<script>window.pwned=1</script>" in visit(kinds(hostile)["problems"], root=hostile).inner_text("main")


@pytest.mark.parametrize("state", ["q=evil,alder", f"hide={BENCH}"])
def test_a_model_with_a_hostile_name_is_ranked_like_any_other(visit: Visit, hostile: Path, state: str) -> None:
    tab = visit(f"index.html#{state}&refs=0", root=hostile)
    until(tab, "[...document.querySelectorAll('#board tbody tr:not([hidden])')].every(r => r.cells[0].textContent)")
    assert tab.locator("#board tbody tr:visible").count() == (2 if state.startswith("q") else 5)


def test_flips_of_hostile_samples_lead_to_them(visit: Visit, hostile: Path) -> None:
    tab = visit(kinds(hostile)["compare"], root=hostile)
    link = tab.locator("ol.flips a:not(.asked)").first
    link.wait_for()
    place = int(tab.locator("ol.flips li").first.get_attribute("data-i"))
    name = tab.evaluate("([file, i]) => mmeval.get('', 's/' + file).then(found => found.ids[i])", [BENCH, place])
    link.click()
    until(tab, "document.querySelector('article.sample.current') !== null")
    assert name.rstrip("…") in tab.inner_text("article.sample.current h2")


@pytest.mark.slow
def test_no_page_is_heavy(hostile: Path) -> None:
    pages = {f: f.stat().st_size for f in hostile.rglob("*.html")}
    large = [file for file, size in pages.items() if size > LIMIT]
    heavy = {f.name: size for f in large if (size := len(gzip.compress(f.read_bytes(), 9))) > LIMIT}
    assert heavy == {}
    assert max(pages.values()) > LIMIT / 2, "the replies were large enough to test anything"


def test_the_feed_is_xml_and_the_tables_are_tables(hostile: Path) -> None:
    feed = ElementTree.parse(hostile / "feed.xml")
    titles = [
        entry.findtext("{http://www.w3.org/2005/Atom}title") or "" for entry in feed.iter() if "entry" in entry.tag
    ]
    assert any("Evil <script>" in title for title in titles)
    lines = (hostile / "data" / "board.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 5
    rows = json.loads((hostile / "data" / "board.json").read_text())["rows"]
    assert EVIL in {row["model"] for row in rows}
    for file in hostile.rglob("badge/**/*.svg"):
        ElementTree.parse(file)


@pytest.mark.parametrize("data", ["m", "s", "views", "pairs"])
def test_data_files_are_one_ascii_call(hostile: Path, data: str) -> None:
    for file in (hostile / "data" / data).iterdir():
        text = file.read_text(encoding="ascii")
        assert text.startswith("mmeval.put(")
        assert text.count("\n") == 1
        assert "\\ud" not in text or data != "s", "ids and tags are cleaned"


POISON: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "long benchmark": ({"benchmark": "b" * 5000, "version": "v" * 5000, "variant": "x" * 300}, {}, "more than 200 bytes"),
    "long model": ({"model": "m/" + "n" * 100_000}, {}, ""),
    "slash": ({"benchmark": "toy/../../x"}, {}, "slash"),
    "dots": ({"benchmark": "..", "model": "../../.."}, {}, ""),
    "nothing": ({"benchmark": "", "model": "", "version": ""}, {}, ""),
    "same page": ({"model": "alder/vision/x"}, {}, ""),
    "same page again": ({"model": "alder/vision__x"}, {}, "would share a page"),
    "no digest": ({"model": "a/path"}, {"samples_digest": "../../../../etc/passwd"}, "not a digest"),
    "long digest": ({"model": "a/long"}, {"samples_digest": "d" * 5000}, "not a digest"),
    "no time": ({"model": "a/time"}, {"provenance": {"end": 1e300}}, ""),
    "odd time": ({"model": "a/odd"}, {"provenance": {"end": float("nan"), "start": "now"}}, ""),
    "huge totals": ({"model": "a/totals"}, {"totals": {"cost": 1e308, "requests": 10**300, "wall_s": -1e308}}, ""),
    "huge counts": ({"model": "a/counts"}, {"unparsed": 10**300}, ""),
    "deep options": ({"model": "a/deep", "options": {"x": json.loads("[" * 90 + "]" * 90)}}, {}, ""),
    "odd metric": ({"model": "a/metric"}, {"primary_metric": "x" * 90_000}, "no metric"),
}  # fmt: skip


def poison(root: Path, place: int, spec: dict[str, Any], info: dict[str, Any]) -> Path:
    """A run that is consistent and complete, but for the fields that are given."""
    sample = ledger.stored_samples(BENCH, SHAPE)[0]
    lines = [ledger.record(sample, 0.5, 0, random.Random(1), SHAPE)]
    folder = ledger.write_lines(root / "results", "poison/x", BENCH, lines)
    raw = json.loads((folder / "run.json").read_text())
    raw["spec"] |= spec
    raw |= info
    (folder / "run.json").write_text(json.dumps(raw))
    name = Spec.model_validate(raw["spec"]).digest[:12]
    target = root / "results" / f"poison-{place:02d}" / folder.parent.name / name
    target.parent.mkdir(parents=True)
    folder.rename(target)
    return target


def test_a_poisoned_run_is_a_problem_and_never_stops_the_build(tmp_path: Path) -> None:
    ledger.write(tmp_path, ledger.Shape(models=2, benchmarks=2, samples=20, holes=0))
    sound = make(tmp_path, langs=("en",)).runs
    folders = {name: poison(tmp_path, i, *POISON[name][:2]) for i, name in enumerate(POISON)}
    made = make(tmp_path, langs=("en",))
    assert made.runs >= sound
    page = html.unescape((tmp_path / "_site" / "problems.html").read_text())
    for name, (_, _, says) in POISON.items():
        if says:
            row = page.partition(folders[name].relative_to(tmp_path / "results").as_posix())[2].partition("</tr>")[0]
            assert says in row, name
    assert not [file for file in tmp_path.rglob("*") if "etc" in file.parts]
