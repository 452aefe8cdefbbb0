"""From runs to a voting page, from votes in a browser to ratings and the site's arena page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmeval.arena.pairs import Question, choose_pairs, masked
from mmeval.arena.said import Said
from mmeval.arena.serve import ballot_server
from mmeval.arena.votes import read_votes
from tests.arena.conftest import MODELS, mmeval, runs
from tests.browsing import until
from tests.data.pictures import png


@pytest.mark.parametrize(
    ("text", "shown", "found"),
    [
        ("I am GPT-4o by OpenAI.", "I am ▇▇▇ by ▇▇▇.", True),
        ("gpt-4o-mini is another word than gpt-4ox", "▇▇▇-mini is another word than gpt-4ox", True),
        ("qwen3-vl-8b says: a chat about vision", "▇▇▇ says: a chat about vision", True),
        ("Nothing to see", "Nothing to see", False),
    ],
)
def test_names_are_masked(text: str, shown: str, found: bool) -> None:
    assert masked(text, ("openai/gpt-4o", "vllm/qwen/qwen3-vl-8b")) == (shown, found)


def question(number: int, *models: str, said: str = "") -> Question:
    run: Any = None
    return Question(
        run=run, sample=str(number), replies={name: Said(text=said or name) for name in models}, category=()
    )


def test_pairs_go_where_they_tell_most() -> None:
    """Each pair of models gets its share; with votes on one pair, the others come first."""
    asked = [question(i, "a", "b", "c", "d") for i in range(200)]
    chosen, left = choose_pairs(asked, 120)
    counts = {frozenset((pair.first, pair.second)): 0 for pair in chosen}
    for pair in chosen:
        counts[frozenset((pair.first, pair.second))] += 1
    assert len(counts) == 6
    assert max(counts.values()) - min(counts.values()) <= 2
    assert left == {}
    assert len({(pair.question.sample, pair.first, pair.second) for pair in chosen}) == 120
    sides = np.mean([pair.first < pair.second for pair in chosen])
    assert 0.35 < sides < 0.65


def test_what_is_known_is_not_asked_again() -> None:
    from tests.arena.test_votes import VOTE

    known = [
        VOTE._replace(model_a="a", model_b="b", voter=f"v{i}", winner=("model_a", "model_b")[i % 2]) for i in range(400)
    ]
    chosen, _ = choose_pairs([question(i, "a", "b", "c") for i in range(50)], 20, votes=known)
    assert all("c" in (pair.first, pair.second) for pair in chosen)


def test_equal_replies_are_left_out() -> None:
    chosen, left = choose_pairs([question(1, "a", "b", said="the same"), question(2, "a", "b")], 10)
    assert [pair.question.sample for pair in chosen] == ["2"]
    assert left == {"equal replies": 1}


def test_the_page_is_blind_and_says_what_it_masked(project: Path) -> None:
    said = (project / "said.txt").read_text()
    assert "page/index.html: 9 comparisons from 12 questions" in said
    assert "replies have a masked model name" in said
    ballot = json.loads((project / "page" / "ballot.json").read_text())
    replies = [side["text"] for pair in ballot["pairs"] for side in pair["sides"] if side["model"] == "mock/scripted"]
    assert replies
    assert all("mock/scripted" not in text for text in replies)
    assert {side["model"] for pair in ballot["pairs"] for side in pair["sides"]} == set(MODELS)
    for page in ("index.html", "zh/index.html"):
        text = (project / "page" / page).read_text()
        assert not any(model in text for model in MODELS)
        assert "connect-src" in text


def test_the_pictures_of_a_file_of_questions_are_shown(tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(png())
    (tmp_path / "mine.jsonl").write_text(json.dumps({"question": "What colour?", "answer": "red", "image": "red.png"}))
    for reply in ("red", "blue"):
        model = ("mock/echo", "mock/flaky")[reply == "blue"]
        assert mmeval(tmp_path, "run", "mine.jsonl", "-m", model, "-o", f"reply={reply}").exit_code == 0
    done = mmeval(tmp_path, "arena", "build", *runs(tmp_path), "--out", "page")
    assert done.exit_code == 0, done.output
    assert "pictures are missing" not in done.output
    (pair,) = json.loads((tmp_path / "page" / "ballot.json").read_text())["pairs"]
    (image,) = [part["image"] for part in pair["question"] if "image" in part]
    assert (tmp_path / "page" / image).is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mock__echo"], "no two of these runs answered the same questions"),
        (["mock__echo", "mock__echo"], "a second run of mock/echo on the same questions"),
    ],
)
def test_runs_that_cannot_be_compared(words: list[str], said: str, project: Path) -> None:
    done = mmeval(project, "arena", "build", *words, "--out", "other")
    assert said in str(done.exception)
    assert not (project / "other").exists()


@pytest.mark.parametrize(("width", "height", "lang"), [(1280, 900, ""), (390, 844, "zh/")], ids=["desktop", "phone"])
def test_a_vote_by_key_and_by_tap(tabs: Any, project: Path, tmp_path: Path, width: int, height: int, lang: str) -> None:
    address = (project / "page" / lang / "index.html").as_uri()
    tab = tabs.open(address, width=width, height=height, dark=False, js=True)
    until(tab, "!document.getElementById('ballot').hidden")
    ballot = json.loads((project / "page" / "ballot.json").read_text())
    hidden = tab.inner_text("#name0")
    assert hidden not in MODELS
    assert tab.locator("#ballot script").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.keyboard.press("a")
    shown = [tab.inner_text(f"#name{side}") for side in (0, 1)]
    assert set(shown) == {side["model"] for side in ballot["pairs"][0]["sides"]}
    tab.keyboard.press("u")
    assert tab.inner_text("#name0") == hidden, "undone"
    tab.keyboard.press("b")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#name0") == hidden
    tab.click("#choices button >> nth=2")
    tab.reload()
    until(tab, "!document.getElementById('ballot').hidden")
    assert tab.evaluate("document.getElementById('bar').value") == 2, "goes on where the voter stopped"
    for _ in range(7):
        tab.keyboard.press("t")
        tab.keyboard.press("Enter")
    until(tab, "!document.getElementById('done').hidden")
    with tab.expect_download() as started:
        tab.click("#export")
    started.value.save_as(tmp_path / "votes.jsonl")
    votes = list(read_votes(tmp_path / "votes.jsonl"))
    assert [vote.winner for vote in votes] == ["model_b", "tie (bothbad)", *["tie"] * 7]
    assert (votes[0].model_a, votes[0].model_b) == tuple(shown)
    assert {vote.sample for vote in votes} == {pair["sample"] for pair in ballot["pairs"]}
    assert len({vote.voter for vote in votes}) == 1
    assert all(vote.style_a["length"] >= 0 for vote in votes)
    assert tabs.errors() == []


def test_a_team_votes_on_a_served_page(tabs: Any, project: Path, tmp_path: Path) -> None:
    import threading

    with ballot_server(project / "page", tmp_path / "votes.sqlite", host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tab = tabs.open(server.url, width=1280, height=900, dark=False, js=True)
        until(tab, "!document.getElementById('ballot').hidden")
        tab.keyboard.press("a")
        until(tab, "Object.keys(JSON.parse(localStorage.getItem(localStorage.key(0))).sent).length === 1")
        tabs.errors()
        server.shutdown()
    (vote,) = read_votes(tmp_path / "votes.sqlite")
    assert vote.winner == "model_a"


def test_ratings_and_the_site(project: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(project, tmp_path / "project"))
    ballot = json.loads((root / "page" / "ballot.json").read_text())
    rows = [
        {
            "model_a": pair["sides"][0]["model"], "model_b": pair["sides"][1]["model"], "voter": f"v{voter}",
            "winner": "model_a" if pair["sides"][0]["model"] == "mock/scripted" else "model_b", "sample": pair["sample"],
            "benchmark": pair["benchmark"], "category": pair["category"], "tstamp": 1,
            "style_a": pair["sides"][0]["style"], "style_b": pair["sides"][1]["style"],
        }
        for voter in range(5) for pair in ballot["pairs"]
    ]  # fmt: skip
    (root / "votes.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = mmeval(root, "arena", "fit", "votes.jsonl", "--json")
    assert done.exit_code == 0, done.output
    table = json.loads(done.output)["tables"][0]
    assert table["rows"][0]["model"] == "mock/scripted"
    assert (table["votes"], table["voters"]) == (45, 5)
    shown = mmeval(root, "arena", "fit", "votes.jsonl", "--no-keep").output
    assert "all votes · 45 votes of 5 voters" in shown
    for seed in ("1", "2"):
        assert mmeval(root, "run", "bar_reading", "-m", "mock/echo", "--limit", "12", "--seed", seed).exit_code == 0
    assert mmeval(root, "site", "build").exit_code == 0
    page = (root / "_site" / "arena.html").read_text()
    assert "45 votes by 5 people" in page
    assert "data/arena-votes.jsonl" in page
    assert "Attempts: how often a model was run" in page
    assert re.search(r'mock__echo.html">.*?<td class="n">3</td></tr>', page), "three runs of one model"
    assert len((root / "_site" / "data" / "arena-votes.jsonl").read_text().splitlines()) == 45
    assert "竞技场" in (root / "_site" / "zh" / "arena.html").read_text()
