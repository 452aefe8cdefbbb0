"""Images, sounds and films from each provider, through its real SDK, against a server that speaks its wire format."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mmeval import AdapterError, media
from mmeval.catalog import Catalog
from mmeval.definitions import Jobs, StatesForm
from mmeval.engine.options import Settings
from mmeval.engine.retry import Policy
from mmeval.errors import FormError, MediaError
from mmeval.providers import links
from mmeval.runner import run_one
from mmeval.scorers import Scorer
from mmeval.types import Form, Reply, Request, Score, Text
from tests.data.pictures import png
from tests.engine.test_made import until
from tests.engine.test_wants import drawing
from tests.loopback.studio import ATTACKS, SIGNED, Studio, made
from tests.loopback.threaded import threaded

from .conftest import KEY

WAYS = {  # what is asked: model, what it makes, options
    "images": ("openai/gpt-image-1", "image", {"size": "1024x1024", "quality": "low"}),
    "tool": ("openai/gpt-5", "image", {"quality": "low"}),
    "speech": ("openai/gpt-4o-mini-tts", "audio", {"voice": "ash"}),
    "gemini": ("gemini/gemini-2.5-flash-image", "image", {"ratio": "16:9"}),
    "gemini-tts": ("gemini/gemini-2.5-flash-preview-tts", "audio", {"voice": "Puck"}),
    "runway": ("runway/gen4.5", "video", {"seconds": 5}),
    "runway-image": ("runway/gen4_image", "image", {"seed": 3}),
    "inworld": ("inworld/inworld-tts-1.5-max", "audio", {"voice": "Dennis"}),
    "imagen": ("gemini/imagen-4.0-generate-001", "image", {"project": "p", "ratio": "16:9", "seed": 3}),
    "veo": ("gemini/veo-3.1-generate-001", "video", {"project": "p", "location": "us-central1", "seconds": 4,
                                                     "ratio": "9:16", "resolution": "720p"}),
}  # fmt: skip
BILLED = {
    "tool": {"input": 9, "output": 300, "images": 1},
    "images": {"input": 9, "output": 272, "images": 1}, "speech": {"characters": 6, "seconds": 0.4}, "gemini": {"input": 9, "output": 1290, "images": 1},
    "gemini-tts": {"input": 9, "output": 1290},
    "runway": {"seconds": 5.0}, "runway-image": {"images": 1}, "inworld": {"characters": 6},
    "imagen": {"images": 1}, "veo": {"seconds": 4.0},
}  # fmt: skip
SAID = {  # a part of the body in which the SDK sent the options
    "images": {"model": "gpt-image-1", "prompt": "[0] Wh", "n": 1, "size": "1024x1024", "quality": "low"},
    "runway": {"model": "gen4.5", "promptText": "[0] Wh", "ratio": "1280:720", "duration": 5},
    "runway-image": {"model": "gen4_image", "promptText": "[0] Wh", "ratio": "1024:1024", "seed": 3},
    "inworld": {"text": "[0] Wh", "voiceId": "Dennis", "modelId": "inworld-tts-1.5-max", "temperature": 0.0,
                "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": 24000}},
    "imagen": {"instances": [{"prompt": "[0] Wh"}],
               "parameters": {"sampleCount": 1, "aspectRatio": "16:9", "seed": 3, "addWatermark": False, "includeRaiReason": True}},
    "veo": {"instances": [{"prompt": "[0] Wh"}],
            "parameters": {"sampleCount": 1, "durationSeconds": 4, "aspectRatio": "9:16", "resolution": "720p"}},
    "speech": {"model": "gpt-4o-mini-tts", "input": "[0] Wh", "voice": "ash", "response_format": "wav"},
}  # fmt: skip


SIZES = {
    "images": ((1024, 1024),),
    "gemini": ((1024, 576),),
    "runway": ((1280, 720), 5),
    "runway-image": ((1024, 1024),), "imagen": ((1024, 576),), "veo": ((576, 1024), 4)}  # fmt: skip
"""What was asked for, in pixels and seconds."""


ANY = Scorer(name="any", rules={"official": lambda sample, reply: Score(value=1.0, answer="made")})


CHILD = """
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from mmeval.engine.options import Settings
from mmeval.runner import run_one
from mmeval.types import Text
from tests.adapters.test_making import ANY
from tests.engine.test_wants import drawing
plain = drawing(1)
bench = replace(plain, score=ANY, to_sample=lambda row: replace(plain.to_sample(row), prompt=(Text("[0] Wh"),)))
with ThreadPoolExecutor() as pool:
    for model, want, settings in zip(*[iter(sys.argv[1:])] * 3):
        pool.submit(run_one, replace(bench, want=want), model, Settings.model_validate_json(settings))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with threaded(Studio) as url:
        yield url


@pytest.fixture
def ask(server, monkeypatch, tmp_path):
    """Run one question against a scenario; returns the record and the settings of the run."""
    Studio.asked.clear()
    Studio.looks.clear()
    monkeypatch.setattr("mmeval.engine.client.LOOK_FIRST_S", 0.01)
    waits = Policy.wait
    monkeypatch.setattr(Policy, "wait", lambda *told, **more: waits(*told, **more) and 0.0)
    monkeypatch.setenv("STUDIO_KEY", KEY)

    def one(way: str, scenario: str = "ok", text: str = "[0] Wh", **more):
        model, want, given = WAYS[way]
        tail = "/v1" if model.startswith("openai") else ""
        address = {"base_url": f"{server}/{scenario}{tail}", "key_env": "STUDIO_KEY"}
        if way == "tool":  # only OpenAI's own server has it
            module = sys.modules[Catalog().adapter("openai").__mro__[0].__module__]
            monkeypatch.setattr(module, "HOST", "127.0.0.1")
        plain, prompt = drawing(1), (*more.pop("media", ()), Text(text))
        bench = replace(plain, want=want, score=ANY, to_sample=lambda row: replace(plain.to_sample(row), prompt=prompt))
        child = more.pop("child", False)
        settings = Settings(
            results=tmp_path / "r", cache_file=tmp_path / "c.sqlite", options={**given, **address},
            **{"attempts": 3, **more},
        )  # fmt: skip
        if child:
            return [model, want, settings.model_dump_json()]
        return list(run_one(bench, model, settings).records())[-1]

    return one


@pytest.mark.parametrize("way", WAYS)
def test_what_is_made_arrives_whole_and_is_billed(ask, way):
    record = ask(way)
    assert record.status == "ok", record.failure
    (one,) = record.reply.media
    want = WAYS[way][1]
    assert one.kind == want
    if way != "gemini-tts":  # raw samples get the head of a WAV file
        assert one.read() == made(want, *SIZES.get(way, ()))
    assert {name: count for name, count in record.reply.usage.as_json().items() if count is not None} == BILLED[way]
    body = Studio.asked[0][3]
    if way in SAID:
        assert json.loads(body) == SAID[way]
    assert KEY in str(Studio.asked[0][2])
    if way == "inworld":
        assert Studio.asked[0][2]["authorization"] == f"Basic {KEY}"


@pytest.mark.parametrize(
    ("way", "scenario", "status"),
    [
        ("images", "cut", "error"), ("speech", "other", "error"), ("runway", "page", "error"), ("tool", "page", "error"),
        ("tool", "empty", "empty"),  # a call of the tool without a picture, and nothing said
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be_is_an_error(ask, way, scenario, status):
    record = ask(way, scenario, attempts=1)
    assert record.status == status, record.failure
    assert status == "empty" or "cannot be used" in record.failure.message
    assert KEY not in str(record.failure)


@pytest.mark.parametrize(
    ("way", "scenario", "status", "why"),
    [
        ("images", "link", "ok", None),
        ("images", "expired", "error", "has expired"),
        *(
            (way, "filtered", "filtered", None)
            for way in ("images", "tool", "speech", "gemini", "gemini-tts", "runway", "imagen", "veo")
        ),
        *((way, "blocked", "filtered", None) for way in ("imagen", "veo")),
        ("imagen", "text", "error", "without an image"),
        ("veo", "text", "error", "ended without a film"),
        ("veo", "link", "error", "names none in -o storage="),
        ("veo", "failed", "error", "Internal error"),
        *((way, "text", "empty", None) for way in ("tool", "gemini", "gemini-tts")),
        ("gemini-tts", "empty", "error", "cannot be used"),
        ("runway", "expired", "ok", None),
        ("runway", "failed", "error", "INTERNAL.BAD_OUTPUT"),
        ("inworld", "failed", "error", "Unknown voice"),
    ],
)
def test_what_goes_wrong_has_a_status(ask, way, scenario, status, why):
    record = ask(way, scenario)
    assert record.status == status, record.failure
    if why:
        assert why in record.failure.message
        assert KEY not in record.failure.message


@pytest.mark.parametrize(("way", "told"), [
    ("images", "64x48 pixels instead of 1024x1024"), ("gemini", "64x48 pixels instead of a ratio of 1.78 to 1"),
    ("runway", "64x48 pixels instead of a ratio of 1.78 to 1"),
])  # fmt: skip
def test_another_size_than_was_asked_for_is_an_error_and_is_not_paid_for_again(ask, way, told):
    record = ask(way, "small")
    assert (record.status, record.failure.kind, record.failure.attempts) == ("error", "form", 1)
    assert told in record.failure.message
    ask(way, "small")
    assert len(posts()) == 2, "the same command asks once more, with a new job"


@pytest.mark.parametrize(("way", "start"), [("runway", "/v1/text_to_video"), ("veo", ":predictLongRunning")])
def test_a_job_that_does_not_end_is_a_timeout_and_is_not_started_again(ask, way, start):
    record = ask(way, "never", deadline=0.1)
    assert record.status == "timeout"
    assert "still runs" in record.failure.message
    ask(way, "never", deadline=0.1)
    assert sum(path.endswith(start) for path in posts()) == 1


def test_a_film_that_begins_with_an_image_gets_it(ask):
    record = ask("runway", media=(media.image(png()),))
    assert record.status == "ok"
    method, path, _, body = Studio.asked[0]
    assert (method, path) == ("POST", "/ok/v1/image_to_video")
    assert json.loads(body)["promptImage"].startswith("data:image/png;base64,")


def posts() -> list[str]:
    return [path for method, path, *_ in Studio.asked if method == "POST"]


def test_a_download_that_fails_is_repeated_and_the_image_is_paid_once(ask):
    """Also by another command, after the attempts of the first were not enough."""
    assert ask("images", "broken", attempts=2).failure.message == "the image cannot be fetched (status 502)"
    record = ask("images", "broken")
    assert (record.status, len(posts()), record.reply.usage.output) == ("ok", 1, 272)
    assert ask("images", "expired").status == "error"
    Studio.looks["expired"] = 3
    assert (ask("images", "expired").status, len(posts())) == ("ok", 3), "an expired address is asked for anew"


def test_a_command_that_is_killed_while_it_waits_pays_once(ask):
    """For a download, and for a job that still runs."""
    Studio.stuck.set()
    asked = [part for way in ("images", "veo") for part in ask(way, "stuck", child=True)]
    first = subprocess.Popen([sys.executable, "-c", CHILD, *asked])
    until(lambda: Studio.looks["files"] and Studio.looks["stuck veo"])
    first.kill()
    first.wait()
    Studio.stuck.clear()
    assert [ask(way, "stuck").status for way in ("images", "veo")] == ["ok", "ok"]
    assert sum(path.endswith(("/images/generations", ":predictLongRunning")) for path in posts()) == 2


@pytest.mark.parametrize(
    ("way", "path"),
    [
        ("images", "/v1/images/edits"), ("tool", "/v1/responses"), ("gemini", ":generateContent"),
        ("runway-image", "/v1/text_to_image"),
    ],
)  # fmt: skip
def test_an_image_of_the_prompt_is_changed(ask, way, path):
    record = ask(way, media=(media.image(png()),))
    assert record.status == "ok", record.failure
    _, asked, headers, body = Studio.asked[0]
    assert asked.endswith(path)
    assert any(data in body for data in (png(), base64.b64encode(png()), base64.urlsafe_b64encode(png())))
    if way == "images":
        assert headers["content-type"].startswith("multipart/form-data")
        fields = dict(re.findall(rb'name="([\w\[\]]+)"\r\n\r\n(.*?)\r\n', body))
        assert fields == {b"model": b"gpt-image-1", b"prompt": b"[0] Wh", b"n": b"1", b"size": b"1024x1024", b"quality": b"low"}  # fmt: skip
        assert re.search(rb'name="image(\[\])?"; filename="1.png"\r\nContent-Type: image/png', body)


async def outcome(url: str, way: str, scenario: str) -> tuple[str, str]:
    """What an adapter says to one scenario: `reply`, or the kind of its error, and the message."""
    model, want, given = WAYS[way]
    provider, _, name = model.partition("/")
    cls = Catalog().adapter(provider)
    tail = "/v1" if provider == "openai" else ""
    options = cls.capabilities.options(base_url=f"{url}/{scenario}{tail}", key_env="STUDIO_KEY", timeout_s=5, **given)
    adapter, request = cls(name, options), Request(prompt=(Text("[0] Wh"),), want=want)
    await adapter.connect()
    try:
        long = isinstance(adapter, Jobs) and adapter.takes_long(request)
        reply = await (adapter.start if long else adapter.ask)(request, options)
        job = reply
        while not isinstance(reply, Reply):
            reply = await adapter.look(job, request, options)
        media.inspect(reply.media[0], adapter.form(request, options) if isinstance(adapter, StatesForm) else Form())
    except FormError as error:
        return "form", str(error)
    except (AdapterError, MediaError) as error:
        return getattr(error, "kind", "malformed"), str(error)
    finally:
        await adapter.close()
    return "reply", ""


MADE = dict.fromkeys(("page", "empty", "cut", "other"), "malformed")
"""Files that are not what they should be."""
ASKED = {"moved": "redirect", "huge": "oversized", "html": "malformed", "half": "connection"}
FETCHED = {
    **ASKED, "endless": "oversized", "garbage": "malformed", "inside": "malformed", "cloud": "malformed",
    "plain": "malformed",
}  # fmt: skip


@pytest.mark.parametrize("way", ["images", "speech", "gemini", "runway", "inworld", "imagen", "veo"])
def test_what_a_hostile_server_gets(server, monkeypatch, way):
    """No request for another host, no memory, no time, no key: when it is asked, and when a file is fetched from it."""
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setattr(links, "MAX_MADE", 1_000_000)
    want = WAYS[way][1]
    wanted = (
        ASKED
        | MADE
        | ({"bomb": "malformed"} if want == "image" else {})
        | ({"small": "form"} if want != "audio" else {})
    )
    if way in ("images", "runway"):
        wanted |= {f"{name}-file" if name in ATTACKS else name: kind for name, kind in FETCHED.items()}
    if way in ("runway", "veo"):
        wanted |= {"lost": "not_found"}

    async def all_of_them() -> dict[str, tuple[str, str]]:
        return {scenario: await outcome(server, way, scenario) for scenario in wanted}

    found = asyncio.run(all_of_them())
    assert {scenario: kind for scenario, (kind, _) in found.items()} == wanted, found
    assert KEY not in str(found)
    assert SIGNED not in str(found)


@pytest.mark.parametrize("way", ["speech", "inworld"])
def test_an_image_in_the_prompt_is_unsupported_where_only_texts_are_taken(ask, way):
    assert ask(way, media=(media.image(png()),)).status == "unsupported"
    assert Studio.asked == []
