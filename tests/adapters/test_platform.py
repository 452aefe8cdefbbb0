"""Gemini on the Agent Platform: which server is asked, with which credentials, and who never sees them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from functools import cache

import pytest

from mmeval import Reply, Request, Text, UsageError, media
from mmeval.catalog import Catalog
from mmeval.media import image
from mmeval.providers import agentplatform, imagenveo
from mmeval.providers.agentplatform import Place, place, tell_access
from tests.data.pictures import png
from tests.loopback.studio import TOKEN, Studio, made
from tests.loopback.threaded import threaded

GLOBAL = "https://aiplatform.googleapis.com"
GEMINI = "https://generativelanguage.googleapis.com"
VARIABLES = (*agentplatform.USE, *agentplatform.KEYS, agentplatform.PROJECT, agentplatform.LOCATION, agentplatform.FILE)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with threaded(Studio) as url:
        yield url


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """No credentials anywhere."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # google-auth asks a server in every cloud machine
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    Studio.asked.clear()
    Studio.looks.clear()


@cache
def private_key() -> str:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()


@pytest.fixture
def account(server, monkeypatch, tmp_path):
    """A service account whose tokens come from the loopback server, which counts as Google's own."""

    def one(scenario: str = "ok") -> None:
        told = {"type": "service_account", "project_id": "p", "private_key": private_key(), "client_email": "me@example",
                "token_uri": f"{server}/{scenario}/token"}  # fmt: skip
        (tmp_path / "account.json").write_text(json.dumps(told))
        monkeypatch.setenv(agentplatform.FILE, str(tmp_path / "account.json"))
        monkeypatch.setattr(agentplatform, "OWN", re.compile(re.escape(server) + r"/\w+"))
        monkeypatch.setattr(imagenveo, "STORAGE", f"{server}/link")

    return one


def ask(model: str, *prompt, want="text", **given) -> Reply:
    cls = Catalog().adapter("gemini")
    options = cls.capabilities.options(**given)

    async def asked() -> Reply:
        adapter, request = cls(model, options), Request(prompt=prompt or (Text("What?"),), want=want)
        await adapter.connect()
        try:
            if not adapter.takes_long(request):
                return await adapter.ask(request, options)
            job = await adapter.start(request, options)
            while (reply := await adapter.look(job, request, options)) is None:
                pass
            return reply
        finally:
            await adapter.close()

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("given", "environment", "found"),
    [
        ({}, {}, None),
        ({}, {"GOOGLE_CLOUD_PROJECT": "p"}, None),
        ({"project": "p"}, {}, Place("p", "global", GLOBAL)),
        ({"enterprise": True}, {"GOOGLE_CLOUD_PROJECT": "p"}, Place("p", "global", GLOBAL)),
        ({"enterprise": True}, {}, Place(None, None, GLOBAL)),
        ({}, {"GOOGLE_GENAI_USE_VERTEXAI": "True"}, Place(None, None, GLOBAL)),
        ({}, {"GOOGLE_GENAI_USE_ENTERPRISE": "0", "GOOGLE_GENAI_USE_VERTEXAI": "1"}, None),
        ({"enterprise": False}, {"GOOGLE_GENAI_USE_ENTERPRISE": "1"}, None),
        (
            {"project": "p"},
            {"GOOGLE_CLOUD_LOCATION": "us-central1"},
            Place("p", "us-central1", "https://us-central1-aiplatform.googleapis.com"),
        ),
        ({"project": "p", "location": "eu"}, {}, Place("p", "eu", "https://aiplatform.eu.rep.googleapis.com")),
        ({"location": "evil.example/"}, {}, "-o location=evil.example/: expected the name of a region"),
        ({"enterprise": False, "project": "p"}, {}, "-o project: the Developer API has none"),
    ],
)
def test_where_a_model_is_asked(monkeypatch, given, environment, found):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    asked = {"enterprise": None, "project": None, "location": None, **given}
    if isinstance(found, str):
        with pytest.raises(UsageError, match=found):
            place(**asked)
        return
    assert place(**asked) == found
    adapter = Catalog().adapter("gemini")("gemini-2.5-flash", Catalog().adapter("gemini").capabilities.options(**given))
    assert adapter.endpoint == (found.url if found else GEMINI)


def test_a_project_is_asked_with_the_credentials_of_the_machine(server, account):
    """Texts, a film that begins with an image, and a film in Cloud Storage; the token is in no reply."""
    account()
    reply = ask("gemini-2.5-flash", base_url=f"{server}/ok", project="p")
    _, path, headers, _ = Studio.asked[-1]
    assert path == "/ok/v1beta1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(reply)
    film = ask("veo-3.1-fast", image(png()), Text("It turns."), want="video", base_url=f"{server}/link", seconds=4,
               storage="gs://films/mine/", enterprise=True)  # fmt: skip
    assert media.inspect(film.media[0]).read() == made("video", (64, 48), 4)
    started = json.loads(next(body for _, path, _, body in Studio.asked if path.endswith(":predictLongRunning")))
    assert started["instances"][0]["image"]["mimeType"] == "image/png"
    assert started["parameters"]["storageUri"] == "gs://films/mine/"


def test_a_key_without_a_project_is_the_express_mode(server, account, monkeypatch):
    account()
    monkeypatch.setenv("GOOGLE_API_KEY", "express-key-123")
    ask("gemini-2.5-flash", base_url=f"{server}/ok", enterprise=True)
    _, path, headers, _ = Studio.asked[-1]
    assert path == "/ok/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent"
    assert headers["x-goog-api-key"] == "express-key-123"
    assert "authorization" not in headers


def test_another_server_gets_no_credentials(server, account, monkeypatch):
    account()
    monkeypatch.setattr(agentplatform, "OWN", re.compile("https://own.example"))
    monkeypatch.setenv("GOOGLE_API_KEY", "express-key-123")
    ask("gemini-2.5-flash", base_url=f"{server}/ok", project="p")
    assert all(TOKEN not in str(asked) and "express-key" not in str(asked) for asked in Studio.asked)


@pytest.mark.parametrize(
    ("scenario", "model", "given", "why"),
    [
        (None, "gemini-2.5-flash", {"project": "p"}, "finds no credentials .*gcloud auth application-default login.*GOOGLE_API_KEY"),
        ("refused", "gemini-2.5-flash", {"project": "p"}, "are refused: .*invalid_grant"),
        (None, "imagen-4.0-generate-001", {}, "gemini/imagen-4.0-generate-001 needs .*-o project=NAME"),
        (None, "veo-3.1-generate-001", {"enterprise": False}, "gemini/veo-3.1-generate-001 needs"),
    ],
)  # fmt: skip
def test_without_credentials_there_is_one_line(server, account, scenario, model, given, why):
    if scenario:
        account(scenario)
        given = {**given, "base_url": f"{server}/{scenario}"}
    with pytest.raises(UsageError, match=why) as caught:
        ask(model, **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "able", "told"),
    [
        ({}, False, "GEMINI_API_KEY is not set; for the Agent Platform, run `gcloud"),
        ({"GOOGLE_API_KEY": "a"}, True, "GOOGLE_API_KEY is set"),
        ({"CLOUDSDK_CONFIG": "here"}, True, "application default credentials, project not set"),
        ({"CLOUDSDK_CONFIG": "here", "GOOGLE_CLOUD_PROJECT": "p"}, True, "credentials, project p"),
        ({"GOOGLE_APPLICATION_CREDENTIALS": "gone.json"}, False, "names a file that does not exist"),
    ],
)
def test_doctor_says_what_lets_gemini_be_asked(tmp_path, monkeypatch, environment, able, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "application_default_credentials.json").write_text("{}")
    found = tell_access({"CLOUDSDK_CONFIG": "nowhere", **environment})
    assert found[0] is able
    assert told in found[1]
