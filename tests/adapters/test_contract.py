"""What every provider adapter promises, over each SDK's own wire format."""

from __future__ import annotations

import logging
import time

import pytest

from mmeval import FatalError, RetryableError, Usage, UsageError
from mmeval.catalog import Catalog
from tests.adapters.conftest import CASES, KEY, VARIABLES, every_case, picture

SHAPE = {"name": "reply", "strict": True, "schema": {"type": "object"}}
RED, BLUE = picture("red"), picture("blue", "JPEG")


@every_case
def test_text_and_pictures_arrive_in_their_order_and_untouched(case, ask, last):
    reply = ask(case, "Compare ", RED, " with ", BLUE, ': «são» \N{SNOWMAN} \\ "q"\n@media-0;')
    assert last().parts == ["Compare ", RED.data, " with ", BLUE.data, ': «são» \N{SNOWMAN} \\ "q"\n@media-0;']
    assert (reply.text, reply.finish, reply.model) == ("(B) two circles", "stop", "model-x")
    assert reply.latency_s > 0


@every_case
def test_system_prompt_is_apart_from_the_question(case, ask, last):
    ask(case, "What?", system="Answer with a letter.")
    assert last().system == "Answer with a letter."
    assert last().parts == ["What?"]


@every_case
def test_nothing_is_sent_that_was_not_asked_for(case, ask, last):
    ask(case, "What?")
    body = last().body
    known = {
        "openai-chat": {"model", "messages", "stream"},
        "openai-responses": {"model", "input", "stream"},
        "anthropic": {"model", "messages", "max_tokens"},
        "gemini": {"contents", "generationConfig"},
        "google-generativeai": {"contents", "generationConfig", "model"},
    }[case.id]
    assert set(body) <= known
    assert not body.get("generationConfig")


@pytest.mark.parametrize(
    ("case", "options", "where"),
    [
        (0, {"temperature": 0.0, "top_p": 0.5, "max_tokens": 7, "seed": 3},
         {"temperature": 0.0, "top_p": 0.5, "max_tokens": 7, "seed": 3, "stream": False}),
        (0, {"effort": "low"}, {"reasoning_effort": "low"}),
        (1, {"temperature": 0.0, "top_p": 0.5, "max_tokens": 7},
         {"temperature": 0.0, "top_p": 0.5, "max_output_tokens": 7, "stream": False}),
        (1, {"effort": "low"}, {"reasoning": {"effort": "low"}}),
        (2, {"max_tokens": 7, "effort": "low"}, {"max_tokens": 7, "output_config": {"effort": "low"}}),
        (0, {"schema": '{"type": "object"}'}, {"response_format": {"type": "json_schema", "json_schema": SHAPE}}),
        (1, {"schema": '{"type": "object"}'}, {"text": {"format": {"type": "json_schema", **SHAPE}}}),
        (2, {"schema": '{"type": "object"}'},
         {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}}),
        (2, {"thinking": "adaptive"}, {"thinking": {"type": "adaptive"}, "max_tokens": 4096}),
        (2, {"thinking_budget": 1024}, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        (2, {"sampling": True, "temperature": 0.0, "top_p": 0.5}, {"temperature": 0.0, "top_p": 0.5}),
    ],
)  # fmt: skip
def test_options_on_the_wire(case, options, where, ask, last):
    ask(CASES[case], **options)
    body = last().body
    assert {name: body.get(name) for name in where} == where


def test_temperature_goes_to_claude_under_the_version_that_takes_it(ask, last):
    ask(CASES[2], temperature=0.0)
    assert last().headers["anthropic-version"] > "2026"
    assert "temperature" not in last().body
    ask(CASES[2], temperature=0.0, sampling=True, fresh=True)
    assert last().headers["anthropic-version"] == "2023-06-01"
    assert last().body["temperature"] == 0.0


@pytest.mark.parametrize("case", CASES[3:], ids=lambda case: case.id)
def test_gemini_options_on_the_wire(case, ask, last):
    ask(case, temperature=0.0, top_p=0.5, max_tokens=7)
    config = last().body["generationConfig"]
    assert config == {"temperature": 0.0, "topP": 0.5, "maxOutputTokens": 7}


def test_gemini_thinking_and_resolution(ask, last):
    ask(CASES[3], thinking_budget=0, thoughts=True, media_resolution="low", seed=5)
    config = last().body["generationConfig"]
    assert config["mediaResolution"] == "MEDIA_RESOLUTION_LOW"
    assert config["seed"] == 5
    assert str(config["thinkingConfig"]).lower().replace("_", "") in (
        "{'thinkingbudget': 0, 'includethoughts': true}",
        "{'includethoughts': true, 'thinkingbudget': 0}",
    )


def test_gemini_structured_output(ask, last):
    ask(CASES[3], schema='{"type": "object"}')
    config = last().body["generationConfig"]
    assert config == {"responseMimeType": "application/json", "responseJsonSchema": {"type": "object"}}


@pytest.mark.parametrize(("detail", "sent"), [(None, None), ("low", "low")])
def test_detail_of_pictures(detail, sent, ask, last):
    ask(CASES[0], RED, detail=detail)
    assert last().body["messages"][0]["content"][0]["image_url"].get("detail") == sent
    ask(CASES[1], RED, detail=detail)
    assert last().body["input"][0]["content"][0]["detail"] == (sent or "auto")


@every_case
def test_usage(case, ask):
    reply = ask(case)
    old = case.id == "google-generativeai"  # its messages have no field for thoughts
    reasoning = None if old or case.id == "anthropic" else 2
    assert reply.usage == Usage(input=11, output=3 if old else 5, reasoning=reasoning, cached=3)


@every_case
@pytest.mark.parametrize(
    ("scenario", "finish"), [("length", "length"), ("filtered", "filtered"), ("refused", "refused"), ("blank", "stop")]
)
def test_how_it_ended(case, scenario, finish, ask):
    if case.id == "anthropic" and scenario == "filtered":
        pytest.skip("the Messages API has no filter apart from refusals")
    reply = ask(case, scenario=scenario)
    gemini = case.dialect == "gemini"
    assert reply.finish == ("filtered" if gemini and finish == "refused" else finish)
    said = {"length": "(B) two circles", "refused": "" if gemini else "I cannot help with that.", "blank": ""}
    assert reply.text == said.get(scenario, "" if gemini else "(B) two circles")


@pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.id)
def test_reasoning_is_no_part_of_the_answer(case, ask):
    reply = ask(case, scenario="reasoning")
    assert (reply.text, reply.reasoning) == ("(B) two circles", "two round things")
    assert ask(case).reasoning is None


ERRORS = [
    ("400", FatalError, "bad_request", None), ("401", FatalError, "auth", None), ("402", FatalError, "quota", None),
    ("403", FatalError, "permission", None), ("404", FatalError, "not_found", None),
    ("413", FatalError, "too_large", None), ("422", FatalError, "bad_request", None),
    ("408", RetryableError, "timeout", None), ("409", RetryableError, "server", None),
    ("429", RetryableError, "rate_limit", None), ("429-1.5", RetryableError, "rate_limit", 1.5),
    ("500", RetryableError, "server", None), ("502", RetryableError, "server", None),
    ("503-2", RetryableError, "overloaded", 2.0), ("529", RetryableError, "overloaded", None),
    ("reset", RetryableError, "connection", None), ("close", RetryableError, "connection", None),
    ("short", RetryableError, "connection", None), ("badjson", RetryableError, "malformed", None),
    ("html", RetryableError, "malformed", None), ("empty", RetryableError, "malformed", None),
    ("nothing", RetryableError, "malformed", None), ("error200", RetryableError, "rate_limit", None),
]  # fmt: skip


@every_case
@pytest.mark.parametrize(("scenario", "error", "kind", "wait"), ERRORS, ids=[row[0] for row in ERRORS])
def test_errors(case, scenario, error, kind, wait, ask, provider):
    with pytest.raises(error) as caught:
        ask(case, RED, scenario=scenario)
    old = case.id == "google-generativeai"
    assert caught.value.kind == ("malformed" if old and scenario == "error200" else kind)
    if scenario[:3].isdigit():
        assert caught.value.status == int(scenario[:3])
    if not (case.dialect == "gemini" and scenario.startswith("503")):  # RetryInfo is for 429 alone
        assert caught.value.retry_after_s == wait
    assert "\n" not in str(caught.value)
    # google-auth renews its credentials twice after a 401, before it gives up.
    assert provider.counts["requests"] == (3 if old and scenario == "401" else 1), "the SDK asked again"


@every_case
def test_a_hanging_server_is_a_timeout(case, ask, provider):
    started = time.perf_counter()
    with pytest.raises(RetryableError) as caught:
        ask(case, scenario="slow", timeout_s=0.3)
    assert caught.value.kind == "timeout"
    assert time.perf_counter() - started < 20
    assert provider.counts["requests"] == 1


@every_case
def test_nobody_listens(case, ask):
    with pytest.raises(RetryableError) as caught:
        ask(case, base_url="http://127.0.0.1:9/v1")
    assert caught.value.kind == "unreachable"
    assert str(caught.value) == "connection refused at 127.0.0.1:9; is the server running?"


@pytest.mark.parametrize("case", CASES[:2], ids=lambda case: case.id)
def test_openai_says_that_the_money_is_spent_or_the_prompt_filtered(case, ask):
    with pytest.raises(FatalError) as caught:
        ask(case, scenario="quota")
    assert caught.value.kind == "quota"
    assert ask(case, scenario="azurefilter").finish == "filtered"


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: case.id)
def test_rate_limit_headers(case, ask):
    limits = ask(case, scenario="limits").limits
    assert (limits.requests, limits.requests_left, limits.tokens, limits.tokens_left) == (60, 7, 1000, 20)
    waits = (0.0, 0.0) if case.id == "anthropic" else (62.0, 0.25)
    assert (limits.requests_reset_s, limits.tokens_reset_s) == waits
    assert ask(case).limits is None


@every_case
def test_the_key_travels_in_its_header_and_nowhere_else(case, ask, last, caplog):
    caplog.set_level(logging.DEBUG)
    ask(case, RED)
    seen = last()
    header = "x-goog-api-key" if case.dialect == "gemini" else "authorization"
    assert seen.headers[header].endswith(KEY)
    assert KEY not in seen.path + str(seen.body)
    with pytest.raises(FatalError) as caught:
        ask(case, RED, scenario="echokey")
    told = f"{caught.value} {caught.value!r} {caplog.text}"
    assert KEY not in told
    assert len(str(caught.value)) <= 320
    assert "data:image" not in str(caught.value)


@every_case
def test_the_key_of_a_provider_goes_to_no_other_server_unless_it_is_named(case, ask, last, monkeypatch, caplog):
    monkeypatch.setenv("OTHER_KEY", "other-secret")
    ask(case, key_env=None, fresh=True)
    assert KEY not in str(last().headers)
    with pytest.raises(FatalError, match="-o key_env="):
        ask(case, key_env=None, scenario="401", fresh=True)
    ask(case, key_env="OTHER_KEY", fresh=True)
    header = "x-goog-api-key" if case.dialect == "gemini" else "authorization"
    assert last().headers[header].removeprefix("Bearer ") == "other-secret"
    assert not caplog.records


@every_case
@pytest.mark.parametrize("scenario", ["gzip", "deflate"])
def test_compressed_answers(case, scenario, ask, last):
    assert ask(case, scenario=scenario).text == "(B) two circles"
    assert last().headers["accept-encoding"] == "gzip, deflate"


def test_what_api_openai_com_is_sent():
    cls = Catalog().adapter("openai")
    made = cls.capabilities.options(temperature=0.0, max_tokens=5)
    for model, temperature in (("gpt-5.4", None), ("o3", None), ("gpt-5.2-chat-latest", 0.0), ("gpt-4.1", 0.0)):
        adapter = cls(model, made)
        assert adapter.endpoint == "https://api.openai.com/v1"
        assert (adapter.normalize_options(made).temperature, adapter.normalize_options(made).max_tokens) == (
            temperature,
            16,
        )
    made = cls.capabilities.options(temperature=0.0, sampling=True, api="chat", max_tokens=5)
    assert (
        cls("gpt-5.4", made).normalize_options(made).temperature,
        cls("gpt-5.4", made).normalize_options(made).max_tokens,
    ) == (0.0, 5)


@pytest.mark.parametrize(
    ("provider_name", "options"), [("openai", {"api": "responses"}), ("anthropic", {}), ("google-generativeai", {})]
)
def test_a_seed_that_cannot_be_sent_is_refused(provider_name, options):
    cls = Catalog().adapter(provider_name)
    with pytest.raises(UsageError, match="seed"):
        cls("m", cls.capabilities.options(seed=1, **options))


@every_case
def test_a_missing_key_names_its_variable(case, ask, monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name)
    variable = Catalog().adapter(case.provider).capabilities.env
    with pytest.raises(UsageError, match=variable):
        ask(case, fresh=True)


@every_case
def test_a_missing_sdk_gives_the_pip_command(case, ask, monkeypatch):
    module = {"openai": "openai", "anthropic": "anthropic", "gemini": "google.genai"}.get(
        case.provider, "google.generativeai"
    )
    monkeypatch.setitem(__import__("sys").modules, module, None)
    extra = Catalog().adapter(case.provider).capabilities.extra
    with pytest.raises(UsageError, match=rf"pip install 'mmeval-harness\[{extra}\]'"):
        ask(case, fresh=True)


@every_case
@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:80", "http://user:pw@x/v1", "http://x/v1?key=abc"])
def test_a_base_url_without_secrets(case, url, ask):
    with pytest.raises(UsageError, match="base_url") as caught:
        ask(case, base_url=url, fresh=True)
    assert "pw" not in str(caught.value)
    assert "abc" not in str(caught.value)
