"""The public mock models: what they answer, how they fail, and that they always do it the same way."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from mmeval import FatalError, Prompt, Request, RetryableError, Text, UsageError, media
from mmeval.catalog import Catalog

RED = media.image(b"not a picture")


def model(name: str, **options):
    cls = Catalog().adapter("mock")
    made = cls.capabilities.options(**options)
    return cls(name, made), made


def ask(name: str, *texts: str, **options):
    adapter, made = model(name, **options)

    async def all_of_them():
        return [await adapter.ask(Request(prompt=(Text(text),)), made) for text in texts]

    return asyncio.run(all_of_them())


def test_echo_joins_the_texts_and_counts_words():
    adapter, made = model("echo")
    prompt: Prompt = (Text("one two"), RED, Text("three"))
    reply = asyncio.run(adapter.ask(Request(prompt=prompt), made))
    assert (reply.text, reply.finish, reply.model) == ("one two\nthree", "stop", "mock/echo")
    assert (reply.usage.input, reply.usage.output) == (103, 3)


@pytest.mark.parametrize(
    ("script", "asked", "texts"),
    [
        (["A", "B"], ["x", "y"], ["A", "B"]),
        ({"x": "A", "*": "Z"}, ["x", "q"], ["A", "Z"]),
        ({"cat": "A", "black cat": "B"}, ["a black cat", "a cat"], ["B", "A"]),
        ([{"text": "A", "finish": "length", "reasoning": "hm"}], ["x"], ["A"]),
    ],
)
def test_scripted_replies(script, asked, texts, tmp_path):
    file = tmp_path / "script.json"
    file.write_text(json.dumps(script))
    for given in (json.dumps(script), str(file)):
        replies = ask("scripted", *asked, script=given)
        assert [r.text for r in replies] == texts
    assert replies[0].finish == ("length" if isinstance(script[0] if isinstance(script, list) else 0, dict) else "stop")


@pytest.mark.parametrize(
    ("script", "error", "kind"),
    [
        ([], FatalError, "bad_request"),
        ({"y": "A"}, FatalError, "not_found"),
        ([{"error": "rate_limit", "retry_after_s": 2}], RetryableError, "rate_limit"),
        ([{"error": "auth"}], FatalError, "auth"),
    ],
)
def test_scripted_errors(script, error, kind):
    with pytest.raises(error) as caught:
        ask("scripted", "x", script=json.dumps(script))
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("eko", {}, "mock/echo"),
        ("scripted", {}, "mock/scripted needs its replies: -o script=FILE.json"),
        ("echo", {"script": "[]"}, "mock/echo has no script; mock/scripted answers from one"),
        ("scripted", {"script": "missing.json"}, "missing.json"),
        ("scripted", {"script": "[1"}, "script="),
        ("scripted", {"script": "{"}, "script="),
    ],
)
def test_mistakes_name_the_way_out(name, options, says):
    with pytest.raises(UsageError, match=says):
        model(name, **options)


def outcomes(n: int, tries: int, **options) -> list[str]:
    """What each of n prompts ends as, when asked up to `tries` times."""
    adapter, made = model("flaky", **options)

    async def one(prompt: Prompt) -> str:
        kinds = []
        for _ in range(tries):
            try:
                reply = await adapter.ask(Request(prompt=prompt), made)
                return "+".join([*kinds, reply.finish if reply.text or reply.finish != "stop" else "empty"])
            except RetryableError as error:
                kinds.append(error.kind)
            except FatalError as error:
                return "+".join([*kinds, error.kind])
        return "+".join(kinds)

    async def all_of_them():
        return [await one((Text(f"question {i}"),)) for i in range(n)]

    return asyncio.run(all_of_them())


def test_flaky_is_deterministic_and_keeps_its_rates():
    rates = {
        "rate_limit_rate": 0.1,
        "error_rate": 0.05,
        "refused_rate": 0.04,
        "empty_rate": 0.03,
        "bad_request_rate": 0.02,
    }
    first = outcomes(4000, 1, seed=1, **rates)
    assert first == outcomes(4000, 1, seed=1, **rates)
    assert first != outcomes(4000, 1, seed=2, **rates)
    share = {kind: n / 4000 for kind, n in Counter(first).items()}
    assert share["rate_limit"] == pytest.approx(0.1, abs=0.02)
    assert share["server"] == pytest.approx(0.05, abs=0.015)
    assert share["refused"] == pytest.approx(0.04 * 0.85, abs=0.015)
    assert share["bad_request"] == pytest.approx(0.02 * 0.85, abs=0.01)


def test_transient_faults_pass_and_lasting_ones_stay():
    ends = outcomes(500, 12, seed=3, rate_limit_rate=0.5, refused_rate=0.2)
    assert {end.rsplit("+", 1)[-1] for end in ends} == {"stop", "refused"}
    calm = outcomes(500, 1, seed=3, refused_rate=0.2)
    assert [end.rsplit("+", 1)[-1] for end in ends] == calm


def test_faults_that_cannot_change_a_reply_are_no_part_of_the_cache_key():
    capabilities = Catalog().adapter("mock").capabilities
    assert {"error_rate", "rate_limit_rate", "latency_s"} <= capabilities.transport_options
    assert not {"refused_rate", "length_rate", "reply", "script", "seed"} & capabilities.transport_options
