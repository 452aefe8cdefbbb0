"""A provider that fails in every way it can: what can be answered is, and what cannot is counted exactly."""

from __future__ import annotations

import csv
import functools
import io
import json
import resource
from collections import Counter
from dataclasses import replace

import pytest

pytestmark = pytest.mark.chaos

STORM = {
    "rate_limit": 0.10, "retry_after": 1.0, "server": 0.05, "hang": 0.01, "reset": 0.01, "malformed": 0.01,
    "blank": 0.01, "filtered": 0.01, "length": 0.02, "hang_s": 30.0,
}  # fmt: skip
STATUS = {"blank": "empty", "filtered": "filtered", "length": "truncated", None: "ok"}


def rows(scores: bytes) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(scores.decode()))}


@pytest.mark.slow
def test_storm(project, provider) -> None:
    run = project(600, "--timeout", "3", "--max-error-rate", "0.5")
    assert run.run("calm")[0] == 0
    calm = rows(run.scores("calm"))
    provider.reset()
    provider.faults = replace(provider.faults, **STORM)
    code, out = run.run("storm")
    assert code == 0, out
    stormy = rows(run.scores("storm"))
    lasting = Counter(STATUS[provider.faults._share(provider.faults.LASTING, (key,))] for key in provider.attempts)
    assert Counter(row["status"] for row in stormy.values()) == lasting
    answered = [key for key, row in stormy.items() if row["status"] == "ok"]
    assert [stormy[key] for key in answered] == [calm[key] for key in answered]
    assert provider.counts["rate_limit"] > 30


def test_requests_that_hang_from_the_start_do_not_hold_the_run(project, provider) -> None:
    """When the first questions hang, nothing is known yet of how long answers take; it is learned while they wait."""
    provider.faults = replace(provider.faults, hang=0.1, hang_s=1000.0, latency=0.05)
    run = project(200, "--concurrency", "200")
    code, out = run.run("hanging")
    assert code == 0, out
    assert len(rows(run.scores("hanging"))) == 200


@pytest.mark.parametrize(("fault", "kind"), [("unauthorized", "auth"), ("server", "server")])
def test_when_everything_fails_it_stops_with_the_reason(project, provider, fault: str, kind: str) -> None:
    provider.faults = replace(provider.faults, **{fault: 1.0})
    run = project(500)
    code, out = run.run("down", "--attempts", "3")
    assert code == 5, out
    assert "Traceback" not in out
    assert "sk-chaos" not in out
    assert provider.counts["requests"] < 400, "it went on asking"
    info = json.loads(next((run.home / "down").glob("*/*/*/run.json")).read_text(encoding="utf-8"))
    assert info["status"] == "failed"
    assert info["metrics"] == {}
    assert info["reason"]
    provider.faults = replace(provider.faults, **{fault: 0.0})
    code, out = run.run("down", "--attempts", "3")
    assert code == 0, out
    assert len(rows(run.scores("down"))) == 500


def test_a_server_that_is_not_there(project) -> None:
    run = project(50)
    code, out = run.run("gone", "-o", "base_url=http://127.0.0.1:9/v1", "--attempts", "2")
    assert code == 5, out
    assert "Traceback" not in out


def test_no_key_in_any_file(project, provider) -> None:
    provider.faults = replace(provider.faults, server=0.2, filtered=0.1)
    run = project(100)
    run.run("keys", "--max-error-rate", "1", "--log", "keys.jsonl")
    events = [json.loads(line) for line in (run.home / "keys.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["run starts", "run ends"]
    again = [event for event in events if event["event"] == "asked again"]
    assert len(again) == provider.counts["server"] > 10
    assert {(event["model"], event["kind"]) for event in again} == {("openai/m", "server")}
    for file in run.home.rglob("*"):
        assert not file.is_file() or b"sk-chaos" not in file.read_bytes(), file


def test_few_open_files_narrow_the_window(project, provider) -> None:
    provider.faults = replace(provider.faults, latency=0.05)
    run = project(200, "--concurrency", "200")
    few = functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE, (64, 64))
    code, out = run.run("few", limit=few)
    assert code == 0, out
    assert "mmeval: only 32 requests may be in flight, because `ulimit -n` is 64; raise it" in out
    assert {row["status"] for row in rows(run.scores("few")).values()} == {"ok"}
