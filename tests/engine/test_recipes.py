"""Recipes: what they may say, what a model is then asked, what the user overrides, and what is refused."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from mmeval.catalog import Catalog
from mmeval.data.closings import reworded
from mmeval.engine.options import Settings
from mmeval.errors import CatalogError, MMEvalError, UsageError
from mmeval.gate.live import Candidate
from mmeval.gate.policy import Policy
from mmeval.media import image
from mmeval.recipes import read_recipe, recipes
from mmeval.runner import ModelSpec, RunConfig, job, plan, plans, run_one
from mmeval.sampling import image_policy
from mmeval.types import Text
from tests.loopback.server import Provider

from .conftest import make_benchmark

HEAD = """
title = "Mine"
models = ["mine-*"]
basis = "evaluation"
[sources]
card = { url = "https://example.org/card", read = 2026-11-27 }
"""
CHAT = "openai/mine-7b"
LOCAL = {"base_url": "http://127.0.0.1:9/v1"}


def recipe(root: Path, values: dict[str, Any], *, own: dict[str, Any] | None = None, head: str = HEAD) -> Catalog:
    """A catalog with the recipe `mine`; `own` holds for the benchmark `tiny` alone."""
    tables = {"values": values, "benchmarks.tiny.values": own or {}}
    lines = [
        f'[{table}.{key}]\nvalue = {json.dumps(value)}\nsource = "card"\nwhere = "Table 1"'
        for table, told in tables.items()
        for key, value in told.items()
    ]
    file = root / "adapters" / "recipes" / "mine.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([head, *lines]), encoding="utf-8")
    return Catalog((root,))


def follow(settings: Settings, root: Path, *, model: str = CHAT, options: dict[str, Any] | None = None, **more: Any):
    """The plan of a run that follows `mine`."""
    given = settings.model_copy(update={"recipe": "mine", "path": (root,), **more})
    base = LOCAL if model.startswith("openai/mine") else {}
    return plan(job(make_benchmark(2), given), ModelSpec(model, {**base, **(options or {})}), given)


def test_what_ships_can_be_read_and_names_benchmarks_that_there_are() -> None:
    found, known = recipes(Catalog()), Catalog().benchmarks()
    assert "qwen3-vl" in found
    for one in found.values():
        assert one.values or one.benchmarks
        assert one.benchmarks.keys() <= known.keys(), one.name
        assert {value.source for part in one.benchmarks.values() for value in part.values.values()} <= set(one.sources)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("https://", "ftp://", "sources.card.url: expected an address"),
        ("2026-11-27", '"soon"', "sources.card.read: "),
        ('"evaluation"', '"guess"', "basis: expected 'evaluation' or 'advice'"),
        ('title = "Mine"', "", "title: is missing"),
        ("[sources]", "[sources", "mine.toml"),
        ("models = [\"mine-*\"]", "models = []", "models: needs at least 1 entry"),
        ("[sources]", "colour = 1\n[sources]", "colour: no such key"),
        ("card = {", "crd = {", "values.seed: no source 'card' in [sources]; did you mean crd?"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_key(was: str, now: str, said: str, tmp_path: Path) -> None:
    catalog = recipe(tmp_path, {"seed": 1}, head=HEAD.replace(was, now))
    with pytest.raises(CatalogError) as caught:
        read_recipe("mine", catalog)
    assert "mine.toml" in str(caught.value)
    assert said in str(caught.value)


def test_a_wrong_policy_is_found_when_the_file_is_read(tmp_path: Path) -> None:
    for values, own in (({"image": "least=x"}, {}), ({}, {"video": "frames=0"})):
        with pytest.raises(CatalogError, match=r"mine\.toml: (values|benchmarks)"):
            read_recipe("mine", recipe(tmp_path, values, own=own))


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(UsageError, match=r"no recipe 'qwen3vl'; did you mean qwen3-vl"):
        read_recipe("qwen3vl", Catalog())


STATED: dict[str, Any] = {"temperature": 0.7, "top_k": 20, "stop": ["</s>"]}


@pytest.mark.parametrize(
    ("own", "options", "more", "sent", "changed"),
    [
        ({}, {}, {}, STATED, {}),
        ({"temperature": 1.0}, {}, {}, {**STATED, "temperature": 1.0}, {}),
        ({}, {"temperature": "0.7"}, {}, STATED, {}),  # what the recipe says anyway is no change
        ({}, {"temperature": 0}, {}, {**STATED, "temperature": 0.0}, {"temperature": 0}),
        ({}, {"top_k": "none"}, {}, {**STATED, "top_k": None}, {"top_k": None}),
        ({"image": "most=100"}, {}, {"image": "native"}, STATED, {"image": "native"}),
        ({"video": "frames=8"}, {}, {}, STATED, {}),  # the benchmark has no films
    ],
)
def test_what_the_user_gives_wins_and_is_recorded(own, options, more, sent, changed, settings, tmp_path) -> None:
    recipe(tmp_path, STATED, own=own)
    made = follow(settings, tmp_path, options=options, **more)
    told = json.loads(json.dumps(made.following.described()))
    assert {key: getattr(made.model.options, key) for key in sent} == {**sent, "stop": ("</s>",)}
    assert {key: one["given"] for key, one in told["changed"].items()} == changed
    assert not told["sets"].keys() & changed.keys()
    assert all(one["url"] == "https://example.org/card" for one in told["sets"].values())
    assert made.spec.recipe is not None
    assert made.spec.recipe.startswith("mine#")


def test_runs_with_and_without_a_recipe_have_folders_of_their_own(settings: Settings, tmp_path: Path) -> None:
    plain = follow(settings, tmp_path, recipe=None)
    assert plain.spec.recipe is None
    recipe(tmp_path, {"suffix": "Think."})
    one = follow(settings, tmp_path)
    recipe(tmp_path, {"suffix": "Think hard."})
    two = follow(settings, tmp_path)
    assert len({plain.folder, one.folder, two.folder}) == 3
    assert one.spec.model_copy(update={"recipe": None}) == plain.spec


@pytest.mark.parametrize(
    ("model", "values", "more", "said"),
    [
        ("mock/echo", {"top_k": 2, "stop": ["x"]}, {}, "it sets stop, top_k, which mock cannot do; ask without: -o stop=none -o top_k=none"),
        ("openai/gpt-5", {"temperature": 1.0}, {}, "temperature = 1.0 would not be sent to openai/gpt-5, whose API does not take it"),
        ("openai/gpt-4o", {"top_k": 2}, {}, "--recipe mine: -o top_k: the Responses API has no such option"),
        (CHAT, {"temperature": "hot"}, {}, "-o temperature: expected a number"),
        (CHAT, {"closing": "Which?"}, {"prompts": 2}, "so --prompts cannot vary it"),
        (CHAT, {}, {"recipe": "mien"}, "no recipe 'mien'; did you mean mine?"),
        ("baseline/random", {}, {"recipe": "mien"}, "no recipe 'mien'"),
    ],
)  # fmt: skip
def test_what_a_model_cannot_do_is_refused_before_anything_is_asked(model, values, more, said, settings, tmp_path):
    recipe(tmp_path, values)
    with pytest.raises(MMEvalError) as caught:
        follow(settings, tmp_path, model=model, **more)
    assert said in str(caught.value)


def test_a_refusal_costs_no_download(settings: Settings, tmp_path: Path) -> None:
    recipe(tmp_path, STATED)
    given = settings.model_copy(update={"recipe": "mine", "path": (tmp_path,), "offline": True})
    echo, chat = ModelSpec("mock/echo", {"top_k": "none"}), ModelSpec(CHAT, LOCAL)
    for models, said in (((echo,), "it sets stop, which mock cannot do"), ((chat,), "not in the lock, and offline")):
        with pytest.raises(MMEvalError, match=said):
            plans(RunConfig(benchmarks=("mmmu_val",), models=models, settings=given))


def test_references_follow_no_recipe_and_a_waived_option_may_be_missing(settings: Settings, tmp_path: Path) -> None:
    recipe(tmp_path, STATED)
    assert follow(settings, tmp_path, model="baseline/random").spec.recipe is None
    made = follow(settings, tmp_path, model="mock/echo", options={"top_k": "none", "stop": "none"})
    assert sorted(made.following.given) == ["stop", "top_k"]
    assert made.model.options.temperature == 0.7


def test_the_bytes_that_arrive_are_those_of_the_recipe(settings: Settings, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    values = {"system": "Look.", "suffix": "Think.", "closing": "Which option?", "image": "least=3136,multiple=28"}
    recipe(tmp_path, {**STATED, **values})
    with Provider(say=lambda body, kind: "A") as provider:
        options = {"base_url": f"http://127.0.0.1:{provider.port}/v1"}
        given = settings.model_copy(update={"recipe": "mine", "path": (tmp_path,), "options": options, "cache": "off"})
        run = run_one(make_benchmark(1), CHAT, given)
    body = provider.requests[0].body
    assert {key: body[key] for key in STATED} == STATED
    system, user = body["messages"]
    picture, text = user["content"]
    assert system["content"] == "Look."
    assert text["text"].endswith("\nWhich option?\nThink.")
    sent = Pillow.open(io.BytesIO(base64.b64decode(picture["image_url"]["url"].partition(",")[2])))
    assert sent.size == (56, 56)  # the data's own is 16 x 16
    assert run.info.spec.media_policy["image"] == {"least": 3136, "most": None, "multiple": 28}
    assert run.info.provenance["recipe"]["sets"]["top_k"]["where"] == "Table 1"
    policy = Policy.model_validate({"version": 1, "name": "t", "subject": "model", "benchmarks": {"tiny": None}})
    assert Candidate(model=CHAT, options={}, settings={}).of(policy, run.info).recipe == "mine"  # as the baseline was


PICTURE = image(Path(__file__).parents[2] / "site" / "static" / "icon.svg")
ASKS = Text("Which one?\nA. x\nB. y\nAnswer with the letter.")


@pytest.mark.parametrize(
    ("prompt", "texts", "made"),
    [
        ((PICTURE, ASKS), {}, (PICTURE, ASKS)),
        ((PICTURE, ASKS), {"closing": "Pick."}, (PICTURE, Text("Which one?\nA. x\nB. y\nPick."))),
        ((ASKS, PICTURE), {"suffix": "Think."}, (ASKS, PICTURE, Text("Think."))),
        ((ASKS, PICTURE), {"closing": "Pick."}, (Text("Which one?\nA. x\nB. y\nPick."), PICTURE)),
        ((Text("How many?"),), {"closing": "Pick.", "suffix": "Go."}, (Text("How many?\nPick.\nGo."),)),
        ((PICTURE,), {"closing": "Pick.", "suffix": "Go."}, (PICTURE, Text("Pick.\nGo."))),
    ],
)
def test_closing_and_suffix_stand_where_they_belong(prompt, texts, made) -> None:
    assert reworded(prompt, **texts) == made


@pytest.mark.parametrize(
    ("text", "size", "sent"),
    [
        ("native", (640, 480), (640, 480)),
        ("most=76800", (640, 480), (320, 240)),
        ("least=1228800", (640, 480), (1280, 960)),
        ("multiple=28", (640, 480), (644, 476)),
        ("least=3136,most=12845056,multiple=28", (1, 1), (56, 56)),
        ("most=1000,multiple=10", (5, 400), (10, 280)),
    ],
)
def test_pictures_get_the_size_that_a_policy_says(text: str, size: tuple[int, int], sent: tuple[int, int]) -> None:
    assert image_policy(text).size(*size) == sent


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected native, or limits"),
        ("native,most=9", "expected native, or limits"),
        ("small", "no such policy"),
        ("mots=9", "no key 'mots'; did you mean most"),
        ("least=10,most=9", "least=10 is above most=9"),
        ("least=999999999", "more than 120000000"),
        ("multiple=999", "expected 1 to 256"),
        ("most=-1", "whole number above 0"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        image_policy(text)
    assert said in str(caught.value)
