"""The parts that remote adapters share: bodies, headers, secrets, and answers of any shape."""

from __future__ import annotations

import base64
import json
import socket
import sys
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmeval import AdapterError, FatalError, Image, Limits, Reply, RetryableError, UsageError, media
from mmeval import providers as remote
from mmeval.catalog import Catalog
from mmeval.providers.headers import duration
from tests.loopback import dialects
from tests.loopback.dialects import Said

PART = media.image(bytes(range(256)) * 5)


@settings(max_examples=100, deadline=None)
@given(st.text(), st.binary(max_size=300), st.binary(max_size=300))
def test_a_body_is_the_json_of_its_payload_with_the_media_in_place(text, one, two):
    body = remote.Body()
    first, second = Image(one, "image/png", "", ""), Image(two, "image/jpeg", "", "")
    payload = {"b": [body.data_url(second), text], "a": body.media(first), "n": None}
    value = json.loads(body.dumps(payload))
    assert value["b"] == [
        f"data:image/jpeg;base64,{base64.b64encode(two).decode()}",
        text.encode("utf-8", "replace").decode(),
    ]
    assert (value["a"], value["n"]) == (base64.b64encode(one).decode(), None)


def test_one_part_may_stand_in_several_places():
    body = remote.Body()
    mark = body.media(PART)
    assert json.loads(body.dumps([mark, mark])) == [base64.b64encode(PART.data).decode()] * 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("6m0s", 360), ("1h2m3.5s", 3723.5), ("20ms", 0.02), ("17", 17), ("", None), ("soon", None),
     ("-1", None), ("nan", None), ("inf", None), (None, None), ("1s!", None)],
)  # fmt: skip
def test_durations(text, seconds):
    assert duration(text) == seconds


NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "2", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": formatdate(NOW + 30, usegmt=True), "date": formatdate(NOW, usegmt=True)}, 30),
        ({"retry-after": formatdate(NOW, usegmt=True)}, 0),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": "-3"}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert remote.retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, None),
        ({"x-ratelimit-remaining-tokens": "5"}, Limits(tokens_left=5)),
        ({"x-ratelimit-remaining-requests": "x", "x-ratelimit-reset-requests": "1m"}, Limits(requests_reset_s=60)),
    ],
)
def test_openai_limits(headers, limits):
    assert remote.openai_limits(headers) == limits


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdefghijklmnop",
        "header Authorization: Bearer abc.def-ghi",
        "url https://x/?key=AIzaSyAbCdEfGhIjKlMnOp",
        "AIzaSyAbCdEfGhIjKlMnOp",
        "my own secret: hunter2-hunter2",
        "https://user:hunter2-hunter2@host/v1",
    ],
)
def test_secrets_are_scrubbed(text):
    clean = remote.Secret("hunter2-hunter2").scrub(text)
    for word in ("abcdefghijklmnop", "abc.def-ghi", "AbCdEfGhIjKlMnOp", "hunter2"):
        assert word not in clean
    assert "hunter2" not in repr(remote.Secret("hunter2-hunter2"))


def test_scrubbing_leaves_plain_words_and_one_short_line():
    plain = "the sketch of a risk-free task, key figures: 7"
    assert remote.Secret("").scrub(plain) == plain
    assert remote.Secret("abc").scrub("abc") == "abc", "too short to be a key"
    long = remote.Secret("").scrub("data:image/png;base64," + "A" * 5000 + "\n" + "words " * 200)
    assert "[media]" in long
    assert len(long) <= 300
    assert "\n" not in long


class Odd(Exception):
    """An error with whatever attributes a table gives it."""

    def __init__(self, text: str = "", **attributes: object) -> None:
        super().__init__(text)
        self.__dict__.update(attributes)


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (Odd(status_code=429, body={"code": "insufficient_quota"}), "quota", None),
        (Odd(status_code=400, body={"error": {"code": "content_filter"}}), "filtered", None),
        (Odd(status_code=429, body={"error": {"details": [{"@type": "x/google.rpc.RetryInfo", "retryDelay": "3s"}]}}),
         "rate_limit", 3),
        (Odd(status_code=418), "bad_request", None),
        (Odd(status_code=599), "server", None),
        (Odd(code="insufficient_quota"), "error", None),
        (Odd(status_code=200), "error", None),
        (TimeoutError(), "timeout", None),
        (ConnectionResetError(104, "reset"), "connection", None),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", None),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "unreachable", None),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "connection", None),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), "malformed", None),
        (TypeError("a fault of our own"), "error", None),
    ],
)  # fmt: skip
def test_kinds(error, kind, wait):
    found = remote.failure(error, secret=remote.Secret(""))
    assert (found.kind, found.retry_after_s) == (kind, wait)
    assert isinstance(found, RetryableError if kind in (
        "rate_limit", "server", "timeout", "connection", "malformed", "overloaded", "unreachable") else FatalError)  # fmt: skip


def test_a_missing_package_and_key(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(UsageError, match=r"mmeval-harness\[openai\]"):
        remote.sdk("openai", extra="openai")
    monkeypatch.setenv("FIRST_KEY", " ")
    with pytest.raises(UsageError, match="FIRST_KEY"):
        remote.key(provider="x", named="FIRST_KEY")
    with pytest.raises(UsageError, match="FIRST_KEY"):
        remote.key("FIRST_KEY", provider="x", base_url="https://x.example/v1", host="x.example")
    assert remote.key("FIRST_KEY", provider="x") == remote.Secret("")


def reader(kind: str):
    shared = {"gemini": remote.gemini_reply, "chat": remote.chat_reply}
    if kind in shared:
        return shared[kind]
    module = sys.modules[Catalog().adapter("anthropic" if kind == "anthropic" else "openai").__module__]
    return getattr(module, {"responses": "_from_responses", "anthropic": "_reply"}[kind])


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "type", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def spoiled(value, draw, junk):
    """The value with one thing somewhere in it exchanged for junk."""
    if not isinstance(value, dict | list) or not value or draw.draw(st.integers(0, 3)) == 0:
        return junk
    keys = sorted(value) if isinstance(value, dict) else range(len(value))
    at = draw.draw(st.sampled_from(list(keys)))
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at] = spoiled(value[at], draw, junk)
    return copy


@pytest.mark.parametrize("kind", ["chat", "responses", "anthropic", "gemini"])
@settings(max_examples=150, deadline=None)
@given(draw=st.data(), junk=JUNK)
def test_answers_of_any_shape_are_replies_or_malformed(kind, draw, junk):
    read = reader(kind)
    value = spoiled(dialects.answer(kind, "m", Said(reasoning="hm")), draw, junk)
    outcome = remote.collected(read, value, secret=remote.Secret(""))
    assert isinstance(outcome, Reply | AdapterError)
    if isinstance(outcome, Reply):
        assert isinstance(outcome.text, str)
        assert outcome.usage.input is None or outcome.usage.input >= 0
    else:
        assert outcome.kind == "malformed"


def test_content_in_parts_is_joined():
    value = dialects.answer("chat", "m", Said())
    value["choices"][0]["message"]["content"] = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert remote.shaped(remote.chat_reply, value, secret=remote.Secret("")).text == "ab"


@pytest.mark.parametrize("kind", ["chat", "responses", "anthropic", "gemini"])
@pytest.mark.parametrize(("key", "left"), [("sk-0123456789", "[key]"), ("EMPTY", "EMPTY"), ("", "")])
def test_the_key_is_removed_from_answers(kind, key, left):
    value = dialects.answer(kind, key or "m", Said(text=f"a {key} b\n\n{key}", reasoning=key or "hm"))
    reply = remote.shaped(reader(kind), value, secret=remote.Secret(key), request_id=f"r-{key}")
    assert (reply.text, reply.request_id) == (f"a {left} b\n\n{left}", f"r-{left}")
    assert (reply.reasoning, reply.model) == (left or "hm", left or "m")


DEEP = b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def test_json_that_is_nested_too_deeply_is_malformed():
    for read in (lambda body: remote.decode(body, secret=remote.Secret("")), lambda body: list(remote.lines(body))):
        with pytest.raises(RetryableError) as caught:
            read(DEEP)
        assert caught.value.kind == "malformed"

    def recursive(value):
        return recursive(value)

    assert remote.collected(recursive, {}, secret=remote.Secret("")).kind == "malformed"
    assert remote.failure(RecursionError("maximum"), secret=remote.Secret("")).kind == "malformed"


KEY = "k3y-without-a-known-shape"


@pytest.mark.parametrize(
    "body", ["x" * 70 + KEY, json.dumps(["x" * 66 + KEY]), json.dumps({"error": {"message": KEY}})]
)
def test_no_part_of_the_key_is_in_a_message(body):
    with pytest.raises(AdapterError) as caught:
        remote.decode(body, secret=remote.Secret(KEY))
    assert KEY[:5] not in str(caught.value)


def test_a_message_of_any_length_is_one_short_line_without_the_key():
    for start in (99_970, 99_975, 99_980, 99_999, 100_000):
        said = remote.Secret(KEY).scrub("A" * (start - 1) + " " + KEY + "A" * 20_000_000)
        assert "k3y" not in said
        assert len(said) <= 300


@pytest.mark.parametrize(
    ("count", "kept"), [(7, 7), (-1, None), (True, None), (10**400, None), ("7", None), (1.5, None)]
)
def test_token_counts(count, kept):
    value = dialects.answer("chat", "m", Said())
    value["usage"]["prompt_tokens"] = count
    assert remote.shaped(remote.chat_reply, value, secret=remote.Secret("")).usage.input == kept
