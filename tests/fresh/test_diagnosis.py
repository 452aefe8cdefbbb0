"""The three conditions tell a model that cannot see from one that cannot reason."""

from __future__ import annotations

import functools
import itertools
import json

import pytest
from typer.testing import CliRunner

import mmeval
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.data import samples
from mmeval.diagnosis import diagnoses
from mmeval.prompts import INSTEAD
from tests.fresh.oracle import right

LIMIT = 32
"""Questions that are asked: eight items."""


@functools.cache
def some():
    return list(itertools.islice(samples(Catalog().benchmark("fresh_puzzles")), LIMIT))


def solved(description: str, question: str) -> str:
    answers = {(one.description, one.prompt[-1].text): right(one.tags["form"], one.target) for one in some()}
    return answers.get((description, question), description)


def seen(request) -> str | None:
    """What the picture of a request shows; None where it has no picture."""
    pictures = [part.sha256 for part in request.prompt if isinstance(part, mmeval.Image)]
    return next((one.description for one in some() if [one.prompt[0].sha256] == pictures), None)


def texts(request) -> list[str]:
    return [part.text for part in request.prompt if isinstance(part, mmeval.Text)]


async def thinker(request) -> str:
    """Solves what it reads, and sees nothing."""
    first, question = texts(request)[0], texts(request)[-1]
    return solved(first.removeprefix(INSTEAD), question) if first.startswith(INSTEAD) else "I do not know."


async def seer(request) -> str:
    """Describes what it sees, and solves nothing."""
    asked = any(texts(request)[-1] == one.prompt[-1].text for one in some())
    return "I do not know." if asked else seen(request) or "I do not know."


async def both(request) -> str:
    """Sees and solves."""
    shown = seen(request)
    return solved(shown, texts(request)[-1]) if shown else await thinker(request)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@functools.cache
def diagnosed(answer, root):
    """The runs of a model under all three conditions."""
    model = mmeval.model(answer, name=answer.__name__, version="1")
    return mmeval.run("fresh_puzzles", model, diagnose=True, limit=LIMIT, results=root, cache="off", progress=False)


@pytest.mark.parametrize(
    ("answer", "image", "own", "gold", "verdict"),
    [
        (seer, 0, 0, 0, "cannot reason"),
        (both, 1, 1, 1, "sees and reasons"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_diagnosis(root, answer, image, own, gold, verdict):
    (found,) = diagnoses(diagnosed(answer, root))
    assert found.own is not None
    assert (found.image.value, found.own.value, found.gold.value) == (image, own, gold)
    assert found.verdict == verdict


ADAPTER = """
from mmeval import Capabilities, Options, Reply
from tests.fresh.test_diagnosis import thinker


class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image"}), options=Options)
    endpoint = "local"

    def __init__(self, model, options): ...
    async def connect(self): ...
    async def close(self): ...

    async def ask(self, request, options):
        return Reply(text=await thinker(request), finish="stop")
"""


def mmeval_(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_line_says_why_a_model_fails(tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "mine.py").write_text(ADAPTER, encoding="utf-8")
    results, asked = ("--results", str(tmp_path / "results")), ("fresh_puzzles", "-m", "mine/thinker", "--diagnose")
    said = mmeval_("run", *asked, "--limit", str(LIMIT), "--path", str(tmp_path), "--cache", "off", *results)
    assert "cannot see" in said
    (found,) = json.loads(mmeval_("fresh", "diagnose", "--json", *results))["diagnoses"]
    assert (found["image"]["value"], found["own"]["value"], found["gold"]["value"]) == (0, 0, 1)
    assert found["verdict"] == "cannot see"
    mmeval_("site", "build", "--path", str(tmp_path), "--out", str(tmp_path / "site"), *results)
    page = (tmp_path / "site" / "b" / "fresh_puzzles.html").read_text(encoding="utf-8")
    for words in ("Understood and solved", "falls to half at step", "solved without all the facts", "cannot see"):
        assert words in page
