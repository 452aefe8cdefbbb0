"""A question has a page with every model's answer; the gallery, the matrix, the search and the benchmarks lead to it."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmeval.board import Board
from mmeval.board.views import Line
from mmeval.sitegen.agreement import kappa
from mmeval.sitegen.asked import asked_of
from mmeval.sitegen.boardrows import row_marks
from mmeval.sitegen.cells import trust
from mmeval.sitegen.drawings import Step, curve, histogram
from mmeval.sitegen.env import environment, source_folder
from mmeval.sitegen.links import model_url
from mmeval.sitegen.matrix import png
from mmeval.sitegen.pages.benchmark import measured
from mmeval.sitegen.questions import model_entry
from tests.browsing import until

Visit = Callable[..., Any]
PAGE = "q/toy_chartqa.html"
QUESTION = f"{PAGE}#q-toy_chartqa-0052"
STAMPS = "What is at 0:05 or 00:01:15.5? <b>16:9</b>, 10:30 am, 3:75, 1:2:3:4, 12 seconds, after 12 seconds, 第7秒."
DRAWN = """q => {
  const begin = performance.now(), box = document.createElement("div");
  box.append(...mmeval.asked(q, {"target.count": "number"}, "", "").text);
  const prompt = box.querySelector("p"), buttons = [...box.querySelectorAll("button")].map(one => one.textContent);
  const elements = [...prompt.children].map(one => one.tagName);
  return {buttons, elements, facts: box.querySelector("dl").textContent, text: prompt.textContent, ms: performance.now() - begin};
}"""


def listed(site: Path, name: str) -> Any:
    text = (site / "data" / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix(f"mmeval.put({json.dumps(name)},").removesuffix(");\n"))


def test_the_page_has_what_was_asked_and_every_answer(visit: Visit, site: Path, board: Board) -> None:
    tab = visit(QUESTION)
    until(tab, "document.querySelectorAll('#question tbody tr').length > 0")
    text = tab.inner_text("#question")
    assert "Picture 52" in text
    column = next(column for column in board.columns if column.card.name == "toy_chartqa")
    asked = asked_of(column, board)
    rows = tab.locator("#question tbody tr")
    assert rows.count() == len(column.cells)
    words = {
        "r": "correct",
        "w": "wrong",
        "u": "no answer found",
        "t": "cut off",
        "x": "refused or empty",
        "f": "failed",
    }
    for i, name in enumerate(asked.models):
        assert board.models[name].label in rows.nth(i).inner_text()
        assert words[asked.outcomes[name][52]] in rows.nth(i).inner_text()
    share, low, high, n = asked.solved[52]
    assert f"{share:.0%} of {n} models are right (95% interval {100 * low:.0f}–{100 * high:.0f}%" in text
    rows.first.locator("button").click()
    until(tab, "document.querySelector('.reply-row .text.reply') !== null")
    assert rows.first.locator("th a").get_attribute("href") == f"../{model_url(asked.models[0])}"
    rows.first.locator("td a").click()
    until(tab, "document.querySelector('#s53.current') !== null")


def test_j_and_k_walk_through_the_questions(visit: Visit) -> None:
    tab = visit(QUESTION)
    until(tab, "document.querySelector('.pager') !== null")
    tab.keyboard.press("j")
    until(tab, "document.querySelector('#question h2').textContent === 'Question 54'")
    tab.keyboard.press("k")
    until(tab, "document.querySelector('#question h2').textContent === 'Question 53'")
    tab.evaluate("location.hash = '#q-nothing'")
    until(tab, "document.querySelector('#question').textContent.includes('no question of this name')")
    question = {
        "public": True,
        "prompt": STAMPS,
        "media": [{"kind": "video", "file": "a.mp4"}],
        "choices": [],
        "target": "",
        "facts": [["groups", 2, [["count", "4"], ["", "<b>red"]]]],
    }
    shown = tab.evaluate(DRAWN, question)
    assert shown["buttons"] == ["0:05", "00:01:15.5", "12 seconds", "7秒"]
    assert (shown["text"], shown["elements"]) == (STAMPS, ["BUTTON"] * 4)
    assert shown["facts"] == "groups 2number 4, <b>red"
    assert tab.evaluate(DRAWN, {**question, "media": []})["buttons"] == []
    assert tab.evaluate(DRAWN, {**question, "prompt": "at 1:" * 50_000})["ms"] < 1000


def test_without_script_the_question_is_there_too(visit: Visit) -> None:
    tab = visit(QUESTION, js=False)
    article = tab.locator("#q-toy_chartqa-0052")
    assert article.evaluate("e => e.matches(':target')")
    assert "Picture 52" in article.inner_text()
    assert article.locator(".answered li").count() == 9


def test_the_gallery_filters(visit: Visit, site: Path) -> None:
    everything = [
        one for file in (site / "data" / "q").glob("*.js") for one in listed(site, f"q/{file.stem}")["questions"]
    ]
    tab = visit("gallery.html")
    assert 0 < tab.locator("#cards .q").count() <= 48
    tab.select_option("[name=d]", "hard")
    hard = sum(0 <= one[5] <= 20 for one in everything)
    until(tab, "n => document.querySelectorAll('#cards .q').length === n", min(48, hard))
    tab.select_option("[name=b]", "toy_chartqa")
    tab.select_option("[name=o]", "nobody")
    own = listed(site, "q/toy_chartqa")["questions"]
    nobody = [one for one in own if one[5] <= 20 and not set("rp") & set(one[6])]
    until(tab, "n => document.querySelectorAll('#cards .q').length === n", len(nobody))
    assert tab.evaluate("location.hash") == "#b=toy_chartqa&d=hard&o=nobody"
    tab.fill("[name=q]", "no such words")
    until(tab, "document.querySelector('#cards [role=status]') !== null")
    tab.click("button[type=reset]")
    until(tab, "document.querySelectorAll('#cards .q').length > 0 && location.hash === ''")


def test_the_search_finds_models_benchmarks_and_questions(visit: Visit) -> None:
    tab = visit("method.html")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    tab.keyboard.type("vision ALDER")
    until(tab, "document.querySelector('#found [role=option]')?.textContent === 'Alder Vision 1a'")
    tab.keyboard.press("Escape")
    tab.keyboard.type("17 picture")
    until(tab, "document.querySelectorAll('#found [role=option]').length > 2")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    until(
        tab, "location.pathname.includes('/q/') && location.hash.endsWith('0017') && document.readyState === 'complete'"
    )
    tab.fill("#find input", "zzzz")
    until(tab, "document.querySelector('#found').textContent.startsWith('Nothing found')")


def test_the_matrix_leads_to_the_question_under_the_pointer(visit: Visit, site: Path) -> None:
    tab = visit("b/toy_chartqa.html")
    picture = tab.locator(".mx img")
    assert "models down (9), questions across (60)" in str(picture.get_attribute("alt"))
    order = str(tab.locator(".mx").get_attribute("data-order")).split(",")
    box = picture.evaluate("e => ({w: e.clientWidth, h: e.clientHeight})")
    picture.click(position={"x": box["w"] * 10.5 / 60, "y": box["h"] * 2.5 / 9})
    index = listed(site, "q/toy_chartqa")
    want, name = index["questions"][int(order[10])][0], index["models"][2]["url"][2:-5]
    until(tab, "want => location.hash === '#' + want", f"{want}&m={name}")
    until(tab, "document.querySelector('tr.chosen + .reply-row') !== null")
    assert index["models"][2]["title"] in tab.inner_text("tr.chosen"), "it shows the answer that was clicked"
    assert str(tab.get_attribute('.pager a[rel="next"]', "href")).endswith(f"&m={name}")


SMALL = """() => [...document.querySelectorAll('main :is(th, td, h2, .head) > a, main button')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("page", ["b/toy_chartqa.html", QUESTION, "run"])
def test_targets_are_large(visit: Visit, site: Path, page: str) -> None:
    run = min(site.glob("r/*/toy_chartqa*/index.html")).relative_to(site).as_posix()
    tab = visit(run if page == "run" else page)
    until(tab, "document.querySelector('#question, #view, .mx figcaption')?.textContent")
    assert tab.evaluate(SMALL) == []


def test_an_imported_run_says_so_on_every_page(board: Board) -> None:
    asked = next(asked_of(column, board) for column in board.columns if column.card.name == "toy_chartqa")
    model, cell = next(iter(asked.column.cells.items()))
    assert trust(cell) == []
    third = replace(cell, trust="third-party")
    assert trust(third) == [{"key": "mark.third-party", "value": "", "tone": "warn"}]
    cells = {name: third if one is cell else one for name, one in asked.column.cells.items()}
    column = replace(asked.column, cells=cells)
    rows = measured(asked_of(column, board), board, None, [])["rows"]
    told = [one["key"] for row in rows for one in (*row["trust"], *row["marks"])]
    assert told == ["mark.third-party"], "once, on one row"
    line = Line(model=model, coverage=1, mean=None, corrected=None, outside="third-party", mark="third-party")
    assert [one["key"] for one in row_marks(line, board.models[model])] == ["outside.third-party"]
    entries = [model_entry(asked_of(column, board), name) for name in column.cells]
    assert [one["mark"] for one in entries if "mark" in one] == ["third-party"]


def test_commands_can_be_copied(visit: Visit) -> None:
    tab = visit("b/toy_chartqa.html")
    button = tab.locator(".copy button").first
    assert button.inner_text() == "Copy"
    button.click()
    until(tab, "document.querySelector('.copy button').textContent === 'Copied'")


def test_a_picture_of_answers_is_small_and_exact() -> None:
    rows = ["rwpu", "txfr", "rrrr"]
    raw = png(rows)
    assert raw.startswith(b"\x89PNG")
    lines = zlib.decompress(raw[raw.index(b"IDAT") + 4 : raw.index(b"IEND") - 8])
    assert lines == bytes([0, 0x02, 0x13, 0, 0x45, 0x60, 0, 0, 0])
    assert len(png(["rw" * 500] * 100)) < 2000


def test_kappa_is_cohens() -> None:
    scores = np.array([[1, 1, 0, 0, 1.0], [1, 0, 0, 0, 1], [1, 1, 0, 0, np.nan], [1, 1, 1, 1, 1]])
    found = kappa(scores)
    assert found[0, 0] == pytest.approx(1)
    assert found[0, 1] == pytest.approx((0.8 - 0.48) / 0.52), "by hand: 4 of 5 alike; by chance 0.6*0.4 + 0.4*0.6"
    assert found[0, 2] == pytest.approx(1), "the fifth question is left out"
    assert found[0, 3] == pytest.approx(0)
    assert np.isnan(found[3, 3])


def test_every_benchmark_page_leads_to_its_questions(site: Path) -> None:
    text = (site / "b" / "toy_chartqa.html").read_text(encoding="utf-8")
    assert text.count('class="q"') == 6
    assert len(re.findall(r'href="\.\./q/toy_chartqa\.html#q-', text)) > 12
    assert 'class="hist"' in text
    assert 'class="heat"' in text
    assert "mmeval run toy_chartqa" in text
    assert "@misc{toy_chartqa," in text
    assert "with and without the image" in (site / "b" / "toy_chartqa.html").read_text(encoding="utf-8")


def component(name: str, *values: object) -> str:
    module = environment((source_folder(),)).get_template("components.html").module
    return str(getattr(module, name)(*values))


def say(key: str, **values: object) -> str:
    return f"{key}{values or ''}"


def test_media_have_players_marks_and_strips() -> None:
    plain = {"kind": "image", "thumb": "t/a.webp", "width": 8, "height": 6, "file": "", "marks": []}
    box = {"kind": "box", "x": 10, "y": 20, "w": 30, "h": 40.5, "label": "<cat>", "tone": "right"}
    marked = component("media_frame", {**plain, "marks": [box]}, 1, True, "../", say)
    assert '<rect class="right" x="10.00" y="20.00" width="30.00" height="40.50"/>' in marked
    assert 'aria-label="&lt;cat&gt;"' in marked
    film = component("media_frame", {**plain, "kind": "video", "file": "f/a.mp4"}, 1, True, "../", say)
    assert '<video controls preload="none" src="../f/a.mp4" poster="../t/a.webp"' in film
    sound = component("media_frame", {**plain, "kind": "audio", "file": "f/a.ogg"}, 1, True, "", say)
    assert '<img src="t/a.webp" alt="media.wave"' in sound
    assert "<audio controls" in sound
    large = {**plain, "kind": "video", "mime": "video/mp4", "source": "<x>", "url": "https://example.org/a"}
    assert '<a href="https://example.org/a"' in component("media_frame", large, 1, True, "", say)
    one = {"kind": "video", "file": "t/b.webp", "at": [0.5, 2.0], "frames": 3, "from": 0.5, "to": 3.0, "seconds": 4.0}
    strip = component("seen_strip", one, "../", say)
    assert '<img src="../t/b.webp" alt="seen.alt{&#39;at&#39;: &#39;0.5, 2.0&#39;}"' in strip
    assert "seen.some{&#39;n&#39;: 2}" in strip
    assert "seen.film" in component("seen_strip", {**one, "file": "", "frames": None}, "", say)
    assert "seen.sound" in component("seen_strip", {**one, "kind": "audio", "file": ""}, "", say)


def test_drawings_say_their_numbers() -> None:
    drawn = histogram([0.0, 0.05, 0.1, 1.0], label="L", left="a", right="b")
    assert "0–10 %: 2, 10–20 %: 1" in drawn
    assert "90–100 %: 1" in drawn
    steps = [Step("1", 90, 80, 95), Step("<2>", 40, 30, 50)]
    line = curve(steps, label="by step", chance=25)
    assert "&lt;2&gt;" in line
    assert line.count('class="dot"') == 2
    shown = component("curve", line, {"heads": ["step", "score"], "rows": [["1", "90"]]}, "by step")
    assert "<td>90</td>" in shown
