"""The built folder: complete, escaped, the same bytes each time, and only what changed is made again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from mmeval.board import Board
from mmeval.cli import app
from mmeval.errors import UsageError
from mmeval.sitegen import pool
from mmeval.sitegen.env import languages, source_folder
from mmeval.sitegen.pages.changelog import changes, feed
from mmeval.sitegen.text import clean
from mmeval.store import dump_record, list_runs, load_record
from tests.site.conftest import make

ROOT = Path(__file__).parent.parent.parent


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in folder.rglob("*")
        if f.is_file()
    }


def links(file: Path, text: str) -> set[tuple[Path, str]]:
    """The files that a page links, each with the fragment; one that is a page's state has an equals sign."""
    found = set(re.findall(r'(?:href|src)="([^"#]*)(?:#([^"]*))?"', text))
    return {
        (Path(os.path.normpath(file.parent / link)) if link else file, fragment)
        for link, fragment in found
        if not re.match(r"[a-z]+:", link)
    }


def test_ledger_lines_are_records(ledger_root: Path) -> None:
    runs, _ = list_runs(ledger_root / "results")
    lines = (runs[3].path / "records.jsonl").read_text().splitlines()
    for line in lines[:20]:
        assert json.loads(dump_record(load_record(line))) == json.loads(line)


def test_every_link_leads_to_a_file_and_every_fragment_to_a_place(site: Path) -> None:
    files = {file for file in site.rglob("*") if file.is_file()}
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.suffix == ".html"}
    places = {
        file: {*re.findall(r' id="([^"]+)"', text), *re.findall(r'"#(q-[^"]+)"', text)} for file, text in texts.items()
    }
    for file, text in texts.items():
        found = links(file, text)
        assert {target for target, _ in found} <= files, file
        lost = [one for one in found if one[1] and "=" not in one[1] and one[1] not in places[one[0]]]
        # the page of a run draws its questions itself
        assert [one for one in lost if not re.fullmatch(r"s\d+", one[1])] == [], file


def test_questions_lead_to_the_models_that_answered(site: Path) -> None:
    for page in (site / "q").glob("*.html"):
        found = {file for file, _ in links(page, page.read_text(encoding="utf-8"))}
        assert any(file.parent == site / "m" for file in found), page


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    english = {
        f.relative_to(site).as_posix() for f in site.rglob("*.html") if "zh" not in f.relative_to(site).parts[:1]
    }
    chinese = {f.relative_to(site / "zh").as_posix() for f in (site / "zh").rglob("*.html")}
    assert english == chinese
    assert {"index.html", "problems.html"} <= english


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From several processes too, which other builds of these tests do without."""
    make(few)
    monkeypatch.setattr(pool, "FEW", 40)
    make(few, out=tmp_path / "again", cache=tmp_path / "cache")
    assert bytes_of(tmp_path / "again") == bytes_of(few / "_site")


def test_no_reply_becomes_markup(site: Path) -> None:
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "<script>window" not in text
        assert not re.search(r"<[^>]+\son\w+=", text), file
        assert not re.search(r'(?:href|src)="\s*javascript:', text, re.IGNORECASE), file
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", text), file


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("safe \u202egnp.exe", "safe ⟨U+202E⟩gnp.exe"),
        ("bell \x07 tab \t stays", "bell ⟨U+0007⟩ tab \t stays"),
        ("byte \udcff", "byte ⟨0xFF⟩"),
        ("half \ud800", "half ⟨U+D800⟩"),
        ("line\r\nline", "line\nline"),
        ("שלום 你好 é", "שלום 你好 é"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_catalogues_have_the_same_keys_and_holes() -> None:
    english, chinese = languages(("en", "zh"), [source_folder()])
    assert english.messages.keys() == chinese.messages.keys()
    for key, text in english.messages.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese.messages[key])), key


@pytest.mark.parametrize(
    ("base", "start"),
    [
        ("", "r/"),
        ("https://lab.example/board", "https://lab.example/board/r/"),
        ("https://lab.example/", "https://lab.example/r/"),
    ],
)
def test_the_feed_links_to_where_the_site_will_be(board: Board, base: str, start: str) -> None:
    links = re.findall('<link href="([^"]+)"', feed(changes(board), board.updated, "lab", base))
    assert len(links) == 51
    assert all(link.startswith(start) for link in links[1:])


@pytest.mark.slow
def test_the_workflow_builds_and_publishes(tmp_path: Path) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text())
    steps = workflow["jobs"]["publish"]["steps"]
    uses = [step.get("uses", "").partition("@")[0] for step in steps]
    commands = [shlex.split(step["run"]) for step in steps if step.get("run", "").startswith("mmeval ")]
    order = [
        uses.index(f"actions/{name}")
        for name in ("checkout", "configure-pages", "upload-pages-artifact", "deploy-pages")
    ]
    assert order == sorted(order)
    assert set(workflow["permissions"].items()) >= {("pages", "write"), ("id-token", "write")}
    (words,) = commands
    assert steps[uses.index("actions/upload-pages-artifact")]["with"]["path"] == words[words.index("--out") + 1]
    words[words.index("--results") + 1] = str(ROOT / "results")
    words[words.index("--out") + 1] = str(tmp_path / "out")
    done = CliRunner().invoke(app, [*words[1:], "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 0, done.output
    assert "could not be used" not in done.output
    assert f"index.html: {len(list_runs(ROOT / 'results')[0])} runs," in done.output
    large = [file for file in (tmp_path / "out").rglob("*.html") if file.stat().st_size >= 400_000]
    assert [file.name for file in large if len(gzip.compress(file.read_bytes(), 9)) >= 400_000] == []


def test_serve(site: Path) -> None:
    words = [sys.executable, "-u", "-m", "mmeval", "site", "serve", "--port", "0", "--out", str(site)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0]
        with urllib.request.urlopen(f"{url}zh/index.html", timeout=20) as page:
            assert page.read() == (site / "zh" / "index.html").read_bytes()
        server.terminate()


def test_serving_what_was_never_built_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["site", "serve", "--out", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert "mmeval site build" in str(done.exception)


def test_command(few: Path, tmp_path: Path) -> None:
    words = ["site", "build", "--results", str(few / "results"), "--path", str(few), "--lang", "en"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "index.html").is_file()
    assert not (tmp_path / "out" / "zh").exists()
