"""`mmeval probe` and `mmeval doctor MODEL`: on the mock, on a server, and on a tiny model."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mmeval import FatalError, Reply, Usage, UsageError
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.engine.options import Settings
from mmeval.library.models import _call
from mmeval.probe import CHECKS, asking, checks, invariance, material, probe
from mmeval.types import Image, Text
from tests.local import tiny
from tests.loopback.threaded import Handler, threaded


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SIDES", (64, 128))


def probed(model: str, *names: str, most: int = 60, **settings: Any) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with asking(model, Settings(**settings), most=most) as ask:
            return {finding.name: finding async for finding in probe(ask, names)}

    return asyncio.run(run())


class Able(Handler):
    """A server that reads the numbers in pictures by their size in bytes, takes four pictures, and knows its seed."""

    numbers: dict[int, str] = {}  # noqa: RUF012 - filled once

    def do_GET(self) -> None:
        self.say(404, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = body["messages"][-1]["content"]
        text = " ".join(part.get("text", "") for part in parts)
        shown = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        if len(shown) > 4:
            self.say(400, {"error": {"message": "At most 4 image(s) may be provided"}})
            return
        self.say(200, self.answer(body, text, shown))

    def answer(self, body: dict, text: str, shown: list[str]) -> dict:
        said = "a tree"
        if len(body["messages"]) > 1:
            said = "Banana."
        elif "opposite" in text:
            said = "Hot"
        elif "number" in text and shown:
            said = self.numbers.get(len(shown[0]), "0")
        elif "random" in text:
            said = f"words of seed {body.get('seed')}"
        message = {"message": {"content": said}, "finish_reason": "stop"}
        return {"choices": [message], "usage": {"prompt_tokens": 9 * len(body["messages"]), "completion_tokens": 2}}

    def say(self, status: int, value: object) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def test_a_server_is_found_out():
    for number in (407, 392):
        raw = material.picture(number).read()
        Able.numbers[len("data:image/png;base64,") + 4 * -(-len(raw) // 3)] = str(number)
    assert len(Able.numbers) == 2
    with threaded(Able) as url:
        found = probed("openai/m", options={"base_url": f"{url}/v1"})
    answers = {name: finding.answer for name, finding in found.items()}
    assert answers == {
        "text": "yes", "image": "yes", "several images": "accepted", "image size": "accepted", "interleaving": "yes",
        "system prompt": "yes", "video": "accepted", "audio": "accepted", "option scores": "no", "seed": "yes", "same answer twice": "yes",
    }  # fmt: skip
    assert (found["several images"].value, found["image size"].value) == (4, 128)
    assert "At most 4 image(s)" in found["several images"].detail
    assert "no log-probabilities of a prompt" in found["option scores"].detail


def test_what_the_budget_leaves_out_is_unknown():
    found = probed("mock/echo", most=3)
    assert [finding.answer for finding in found.values()][:2] == ["accepted", "accepted"]
    assert {finding.answer for finding in list(found.values())[2:]} == {"unknown"}
    assert "not asked: 3 requests are the most" in found["seed"].detail
    with pytest.raises(UsageError, match="the price of mock/echo is unknown"):
        probed("mock/echo", max_cost=1.0)


def test_an_echo_shows_nothing():
    found = probed("mock/echo")
    assert set(found) == set(CHECKS)
    shown = {name for name, finding in found.items() if finding.answer == "yes"}
    assert shown == {"same answer twice"}
    assert found["system prompt"].answer == "no"


def test_the_row_is_stored_beside_the_runs(tmp_path):
    told = CliRunner().invoke(app, ["probe", "mock/echo", "--results", str(tmp_path / "results")])
    assert told.exit_code == 0, told.output
    row = json.loads((tmp_path / "results" / "_capabilities" / "mock__echo.json").read_text())
    assert row["model"] == "mock/echo"
    assert row["capabilities"]["several images"]["value"] == 32
    assert CliRunner().invoke(app, ["list", "runs", "--results", str(tmp_path / "results")]).exit_code in (0, 5)


class Model:
    """A model whose reply depends on its batch (`company`) or on the hour (`moody`); or that says one thing (`dull`)."""

    def __init__(self, how: str) -> None:
        self.how, self.flying, self.asked = how, 0, 0

    async def answer(self, request: Any) -> Reply:
        self.flying, self.asked = self.flying + 1, self.asked + 1
        before = self.flying
        await asyncio.sleep(0.002)
        crowd, self.flying = max(before, self.flying), self.flying - 1
        text = " ".join(part.text if isinstance(part, Text) else part.sha256[:4] for part in request.prompt)
        if sum(isinstance(part, Image) for part in request.prompt) == 2 and self.how == "picky":
            raise FatalError("one picture only", kind="bad_request")
        said = {"company": f"{text} {crowd > 1}", "moody": f"{text} {self.asked}", "dull": "a"}.get(self.how, text)
        return Reply(text=said, finish="stop", usage=Usage())


@pytest.mark.parametrize(
    ("how", "different", "repeated", "distinct", "answered"),
    [
        ("steady", 0, True, 12, 12),
        ("company", 12, True, 12, 12),
        ("moody", 12, False, 12, 12),
        ("dull", 0, True, 1, 12),
        ("picky", 0, True, 8, 8),
    ],
)
def test_what_depends_on_a_batch_is_found(how, different, repeated, distinct, answered):
    async def run() -> Any:
        settings = Settings(options={"call": _call(Model(how).answer, "f")})
        async with asking("function/f@1", settings, most=100) as ask:
            return await invariance(ask)

    found = asyncio.run(run())
    assert (found.different, found.repeated, found.distinct, found.answered) == (
        different,
        repeated,
        distinct,
        answered,
    )


@pytest.mark.local
def test_a_tiny_model(tmp_path: Path):
    folder = tiny.build("llava", tmp_path / "model")
    model = f"transformers/{folder}"
    told = CliRunner().invoke(app, ["doctor", model])
    assert told.exit_code == 0, told.output
    assert "12 of 12 replies are the same alone and in company" in told.output
    found = probed(model, "image", "option scores", "seed", "same answer twice")
    assert found["image"].detail.startswith("two pictures got")
    assert found["option scores"].answer == "yes"
    assert found["seed"].answer == "yes"
    assert found["same answer twice"].answer == "yes"
    assert Catalog().adapter("transformers").capabilities.inputs >= {"image"}
