"""What a malicious server gets from each adapter: no request for another host, no memory, no time, no key."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from mmeval import FatalError, RetryableError, UsageError
from mmeval import providers as remote
from mmeval.providers import guard
from mmeval.providers.guard import bodies_up_to
from tests.adapters.conftest import CASES, KEY, VLLM
from tests.loopback.hostile import REDIRECTS, SCENARIOS, Hostile

pytestmark = pytest.mark.chaos

ROOT = Path(__file__).parent.parent.parent
EXPECTED = {
    "ok": "reply",
    **{f"redirect-{status}": "redirect" for status in REDIRECTS},
    "endless": "oversized", "endless-500": "oversized", "bomb": "oversized", "bomb-deflate": "oversized",
    "bomb-500": "oversized", "members": "malformed", "length": "oversized",
    "slow-header": "timeout", "slow-body": "timeout",
    "utf8": "malformed", "deep": "malformed", "brotli": "malformed", "broken-gzip": "malformed",
    "key": "reply",
}  # fmt: skip
GROWN_MB = 256
"""A response of up to 64 MB, as chunks and as a whole, and what the allocators keep."""
STALLED_S = 2.0


def expected(case):
    """A server of one's own is looked at before it is asked, and a redirect ends the command there."""
    refused = {"redirect": "usage"} if case is VLLM else {}
    return {name: refused.get(kind, kind) for name, kind in EXPECTED.items()}


@pytest.mark.slow
def test_a_hostile_server(provider):
    assert set(EXPECTED) == set(SCENARIOS)
    with Hostile() as server:
        command = [sys.executable, "-m", "tests.adapters.ask_hostile", str(server.port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    kinds = {case: {name: one["kind"] for name, one in found.items()} for case, found in told["outcomes"].items()}
    assert kinds == {case.id: expected(case) for case in (*CASES, VLLM)}
    assert server.reached == [], "a redirect was followed"
    assert KEY not in done.stdout + done.stderr
    for outcomes in told["outcomes"].values():
        for status in REDIRECTS:
            says = outcomes[f"redirect-{status}"]["says"]
            assert f"http://127.0.0.1:{server.target}" in says
            assert "-o base_url=" in says
        assert "64 MB" in outcomes["bomb"]["says"]
        assert outcomes["key"]["reply"]["text"].startswith("(B) [key]")
    assert told["grown_mb"] < GROWN_MB
    assert told["stalled_s"] < STALLED_S


TEXT = b"a" * 5000


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # the time would be in the names of the tests


RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "sent", "content"),
    [
        ("", TEXT, TEXT),
        ("identity", TEXT, TEXT),
        ("gzip", packed(TEXT), TEXT),
        ("GZIP", packed(TEXT), TEXT),
        ("x-gzip", packed(TEXT[:9]) + packed(TEXT[9:]), TEXT),
        ("gzip", packed(TEXT) + b"\0padding" * 50, TEXT),
        ("gzip", packed(TEXT)[:-9], TEXT),
        ("deflate", zlib.compress(TEXT), TEXT),
        ("deflate", RAW.compress(TEXT) + RAW.flush(), TEXT),
        ("gzip", b"", b""),
        ("gzip", TEXT, None),
        ("br", TEXT, None),
        ("gzip, gzip", packed(packed(TEXT)), None),
    ],
)
@pytest.mark.parametrize("step", [1, 64, 1 << 14])
def test_bodies_are_decompressed_in_steps(coding, sent, content, step):
    def read():
        with remote.ResponseBody({"content-encoding": coding}) as body:
            for start in range(0, len(sent), step):
                body.add(sent[start : start + step])
            return body.content()

    if content is None:
        with pytest.raises(RetryableError) as caught:
            read()
        assert caught.value.kind == "malformed"
    else:
        # Of a member whose header is cut by a chunk, only what came before is read.
        assert read() == (content if step > 1 or coding != "x-gzip" else content[:9])


@pytest.mark.parametrize(
    ("headers", "chunks", "fits"),
    [
        ({}, [TEXT], True),
        ({}, [TEXT, b"b"], False),
        ({"content-length": "5000"}, [], True),
        ({"content-length": "5001"}, [], False),
        ({"content-length": "9" * 5000}, [], False),
        ({"content-length": "-1"}, [TEXT], True),
        ({"content-encoding": "gzip"}, [packed(TEXT)], True),
        ({"content-encoding": "gzip"}, [packed(TEXT + b"b")], False),
        ({"content-encoding": "gzip"}, [packed(TEXT)] * 2, False),
        ({"content-encoding": "gzip"}, [packed(b"")] * 300, False),
        ({"content-encoding": "gzip"}, [packed(b""), b"\0" * 5000], False),
    ],
)
def test_the_limit_counts_what_is_received_and_what_it_becomes(headers, chunks, fits):
    def read():
        with bodies_up_to(5000), remote.ResponseBody(headers) as body:
            for chunk in chunks:
                body.add(chunk)
            return body.content()

    if fits:
        assert read() == b"".join([TEXT] if chunks else [])
    else:
        with pytest.raises(FatalError) as caught:
            read()
        assert caught.value.kind == "oversized"


def test_all_responses_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(guard, "MAX_TOTAL", 6000)
    with bodies_up_to(5000), remote.ResponseBody({}) as first:
        first.add(TEXT)
        with remote.ResponseBody({}) as second, pytest.raises(RetryableError, match="--concurrency") as caught:
            second.add(b"b" * 1001)
        assert caught.value.kind == "overloaded"
        with remote.ResponseBody({}) as third:
            third.add(b"b" * 1000)
    with bodies_up_to(7000), remote.ResponseBody({}) as alone:
        alone.add(b"b" * 7000)


@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        (200, "http://evil.example/", None),
        (404, "", None),
        (302, "https://user:pw@evil.example:8443/a?key=abc", "https://evil.example:8443,"),
        (307, "//evil.example/x", "//evil.example,"),
        (308, "/v1/chat", "/v1/chat,"),
        (304, "", "nowhere,"),
        (301, "http://[::1", "an invalid URL,"),
    ],
)
def test_redirects_are_refused(status, location, target):
    if target is None:
        remote.refuse_redirect(status, {"location": location})
        return
    with pytest.raises(FatalError) as caught:
        remote.refuse_redirect(status, {"location": location})
    assert (caught.value.kind, caught.value.status) == ("redirect", status)
    assert f"redirects to {target}" in str(caught.value)
    assert "pw" not in str(caught.value)
    assert "abc" not in str(caught.value)


GOOGLE = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


@pytest.mark.parametrize(
    ("url", "named", "env", "sent"),
    [
        ("https://own.example/v1", None, {"GEMINI_API_KEY": "a", "GOOGLE_API_KEY": "b"}, "a"),
        ("https://own.example/v1", None, {"GOOGLE_API_KEY": "b"}, "b"),
        ("https://OWN.example:443", None, {"GEMINI_API_KEY": "a"}, "a"),
        ("https://own.example", "OTHER", {"GEMINI_API_KEY": "a", "OTHER": " c "}, "c"),
        ("http://own.example/v1", None, {"GEMINI_API_KEY": "a"}, ""),
        ("https://own.example.evil.example", None, {"GEMINI_API_KEY": "a"}, ""),
        ("https://evil.example/own.example", None, {"GEMINI_API_KEY": "a"}, ""),
        ("http://127.0.0.1:8000", None, {"GEMINI_API_KEY": "a", "GOOGLE_API_KEY": "b"}, ""),
        ("http://127.0.0.1:8000", "GOOGLE_API_KEY", {"GOOGLE_API_KEY": "b"}, "b"),
    ],
)
def test_which_key_goes_where(url, named, env, sent, monkeypatch):
    for name in GOOGLE:
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert remote.key(*GOOGLE, provider="x", base_url=url, host="own.example", named=named).value == sent


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"system": f"Use {KEY}."}, "system"),
        ({"base_url": f"http://x/{KEY}/v1"}, "base_url"),
        ({"base_url": f"http://x/{KEY.replace('-', '%2D')}/v1"}, "base_url"),
        ({"script": {"cat": [KEY]}}, "script"),
        ({"key_env": "MY_LLM", "system": "my-own-llm-password"}, "system"),
        ({"system": "sk-proj-aBcD1234efGH5678ijKL"}, "system"),
        ({"base_url": "http://x/hf_" + "aB3" * 11}, "base_url"),
        ({"system": "AIza" + "x1-" * 12}, "system"),
        ({"system": "my-own-llm-password", "key_env": "OPENAI_API_KEY"}, None),
        ({"system": "Use sk-learn, hf_hub_download and task-2024-07-01-anything; EMPTY"}, None),
        ({"system": None, "temperature": 0.0, "key_env": "HF_API_KEY_OF_TEAM_2", "effort": "short"}, None),
    ],
)
def test_an_option_that_holds_a_key_is_refused(options, refused, provider, monkeypatch):
    monkeypatch.setenv("MY_LLM", "my-own-llm-password")
    monkeypatch.setenv("SHORT_KEY", "short")
    if refused is None:
        remote.refuse_keys(options)
        return
    with pytest.raises(UsageError, match=f"-o {refused}: holds a key") as caught:
        remote.refuse_keys(options)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("named", ["sk-abc-123", "", "a b", "1KEY", "KÉY"])
def test_a_key_instead_of_its_variable(named):
    with pytest.raises(UsageError, match="-o key_env: expected the name") as caught:
        remote.key(provider="x", named=named)
    assert not named or named not in str(caught.value)
