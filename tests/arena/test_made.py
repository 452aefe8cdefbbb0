"""Comparisons of what models made: the voting page shows it, a judge sees it, and foreign files are left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmeval.arena import originals
from mmeval.arena.judge import judge_benchmark
from mmeval.arena.originals import original_samples
from mmeval.arena.pairs import ELSEWHERE, choose_pairs, questions_of
from mmeval.arena.said import Said, said_of
from mmeval.cli._runs import find_run
from mmeval.engine.options import Settings
from mmeval.errors import UsageError
from mmeval.media import image, save
from mmeval.types import Image, Record, Reply
from tests.arena.conftest import mmeval, runs
from tests.browsing import until
from tests.data.pictures import png
from tests.once import once


def _draw(root: Path) -> None:
    words = ["run", "draw_shapes", "-m", "drawing/right", "-m", "drawing/wrong", "--limit", "2"]
    for asked in (words, ["arena", "build", "drawing__right", "drawing__wrong", "--out", "page"]):
        done = mmeval(root, *asked)
        assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "arena_made", _draw)


def test_people_vote_on_images_side_by_side(tabs: Any, drawn: Path) -> None:
    ballot = json.loads((drawn / "page" / "ballot.json").read_text())
    shown = {side["model"]: side["made"][0]["file"] for side in ballot["pairs"][0]["sides"]}
    for model, file in shown.items():
        (whole,) = drawn.glob(f"results/{model.replace('/', '__')}/*/*/media/{Path(file).name}")
        assert (drawn / "page" / file).read_bytes() == whole.read_bytes()
    assert ballot["pairs"][0]["category"][:2] == ["made images", "draw_shapes"]
    tab = tabs.open((drawn / "page" / "index.html").as_uri(), width=390, height=844, dark=True, js=True)
    until(tab, "[...document.querySelectorAll('.made img')].filter(one => one.naturalWidth).length === 2")
    boxes = [one.bounding_box() for one in tab.query_selector_all(".made img")]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["height"] == boxes[1]["height"] > 100
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert "drawing/" not in tab.content()
    tab.keyboard.press("a")
    opened = [one.get_attribute("href") for one in tab.query_selector_all(".made a")]
    assert opened == [shown[tab.inner_text(f"#name{side}")] for side in (0, 1)]
    assert tabs.errors() == []


def test_runs_given_by_their_paths_bring_their_questions(drawn: Path) -> None:
    (drawn / "elsewhere").mkdir(exist_ok=True)
    given = [str(folder) for folder in (drawn / "results").glob("drawing__*/*/*/")]
    done = mmeval(drawn, "arena", "build", *given, "--results", "elsewhere", "--out", "page2")
    assert "licence" not in done.output
    assert json.loads((drawn / "page2" / "ballot.json").read_text())["pairs"][0]["question"]


def test_a_judge_is_shown_both_images_in_both_orders(drawn: Path) -> None:
    found = [find_run(model, drawn / "results") for model in ("drawing__right", "drawing__wrong")]
    pairs, _ = choose_pairs(questions_of(found), 1)
    settings = Settings(results=drawn / "results")
    asked = judge_benchmark(pairs, original_samples(pairs, settings))
    one, other = [asked.to_sample(row) for row in asked.data.rows()]
    assert one is not None
    assert other is not None
    assert [part.kind for part in one.prompt] == ["text", "text", "image", "text", "image", "text"]
    made = {name: said.made[0].sha256 for name, said in pairs[0].question.replies.items()}
    for sample in (one, other):
        seen = [part.sha256 for part in sample.prompt if isinstance(part, Image)]
        assert seen == [made[sample.tags["model_a"]], made[sample.tags["model_b"]]]
    assert one.tags["model_a"] == other.tags["model_b"]


def test_rows_after_the_last_one_compared_are_not_read(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = originals.samples
    monkeypatch.setattr(
        originals, "samples", lambda *given, **how: (read.append(s.id) or s for s in real(*given, **how))
    )
    found = [find_run(model, drawn / "results") for model in ("drawing__right", "drawing__wrong")]
    pairs, _ = choose_pairs(questions_of(found), 1)
    settings = Settings(results=drawn / "results")
    assert list(original_samples(pairs, settings)) == [pairs[0].question.key]
    assert read[-1] == pairs[0].question.sample


def test_a_judge_that_cannot_see_is_refused(drawn: Path, tmp_path: Path) -> None:
    words = ["arena", "judge", *runs(drawn), "--judge", "drawing/right", "--results", str(tmp_path)]
    done = mmeval(drawn, *words)
    assert "--judge drawing/right: the model cannot return text; it saw none of the replies" in str(done.exception)


def _link(file: Path) -> None:
    outside = file.rename(file.parents[1] / "outside.png")
    file.symlink_to(outside)


def _link_folder(file: Path) -> None:
    outside = file.parent.rename(file.parents[1] / "outside")
    file.parent.symlink_to(outside)


@pytest.mark.parametrize(
    ("harm", "missing"),
    [
        (lambda file: None, False),
        (lambda file: file.unlink(), True),
        (_link, True),
        (_link_folder, True),
        (lambda file: file.write_bytes(png(9)), True),
        (lambda file: file.write_text("<script>"), True),
    ],
    ids=["whole", "gone", "a link", "a linked folder", "another image", "no image"],
)
def test_only_files_of_the_run_are_shown(harm: Callable[[Path], None], missing: bool, tmp_path: Path) -> None:
    made = save(tmp_path / "media", [image(png())])
    record = Record(id="1", epoch=1, status="ok", reply=Reply(text="", finish="stop", media=made))
    assert made[0].path is not None
    harm(made[0].path)
    said = said_of(record, tmp_path / "media")
    assert said is not None
    assert (said.missing, len(said.made)) == (missing, 0 if missing else 1)
    assert said_of(replace(record, status="refused"), tmp_path / "media") is None


def test_pairs_without_their_media_are_counted() -> None:
    from tests.arena.test_page import question

    here, away = question(1, "a", "b"), question(2, "a", "b")
    away = replace(away, replies={"a": Said(missing=True), "b": Said(text="b")})
    assert choose_pairs([here, away], 9)[1] == {ELSEWHERE: 1}
    with pytest.raises(UsageError, match="none of 1 pairs can be shown: what a made is not in media/"):
        choose_pairs([away], 9)
