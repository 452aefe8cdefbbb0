"""Whole runs through the command line, each SDK against the loopback provider."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner

from mmeval import UsageError, media
from mmeval.cli import app
from tests.adapters.conftest import CASES, KEY, every_case, picture


@pytest.fixture
def mmeval(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(case, provider, benchmark, *flags):
        options = {"base_url": provider.url(case.provider), **dict(case.options)}
        given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        cache = ["--cache-file", str(tmp_path / "replies.sqlite")]
        done = CliRunner().invoke(app, ["run", benchmark, "-m", f"{case.provider}/model-x", *given, *flags, *cache])
        return done, next(tmp_path.glob("results/*/*/*/run.json"), None)

    return run


@every_case
def test_many_pictures(case, provider, mmeval, tmp_path):
    done, run = mmeval(case, provider, "bar_reading", "--limit", "60")
    assert done.exit_code == 0, done.output
    info = json.loads(run.read_text())
    assert (info["status"], info["counts"], info["planned"]) == ("complete", {"ok": 60}, 60)
    requests = info["totals"]["requests"]
    # A machine that stands still for seconds makes the engine give up a request and ask again: a retry.
    assert requests == provider.counts["requests"] == 60 + info["totals"]["retries"]
    assert info["spec"]["media_policy"]["name"] == "fit/1"
    assert info["spec"]["options"]["temperature"] == (None if case.provider == "anthropic" else 0.0)
    asked = Counter(
        json.dumps([p if isinstance(p, str) else p.hex() for p in seen.parts]) for seen in provider.requests
    )
    assert (len(asked), sum(asked.values())) == (60, requests)
    pictures = [part for seen in provider.requests for part in seen.parts if isinstance(part, bytes)]
    assert len(pictures) == requests
    assert {media.image(data).mime for data in pictures} == {"image/png"}
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), f"the key is in {file}"

    done, _ = mmeval(case, provider, "bar_reading", "--limit", "60")
    assert done.exit_code == 0
    assert provider.counts["requests"] == requests, "something was asked twice"


def written(folder):
    return [file for file in folder.rglob("*") if file.is_file()]


@every_case
def test_a_key_that_the_server_repeats_is_in_no_file(case, provider, mmeval, tmp_path, monkeypatch):
    monkeypatch.setattr(provider, "say", lambda body, kind: f"(B) {KEY}")
    done, run = mmeval(case, provider, "bar_reading", "--limit", "3")
    assert done.exit_code == 0, done.output
    assert run
    assert KEY not in done.output
    assert [file for file in written(tmp_path) if KEY.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("option", [f"system=Say {KEY}", f"base_url=http://127.0.0.1:1/{KEY}/v1"])
def test_an_option_that_holds_a_key_stops_the_run_before_it_writes(option, provider, mmeval, tmp_path):
    done, run = mmeval(CASES[0], provider, "bar_reading", "--limit", "3", "-o", option)
    assert isinstance(done.exception, UsageError)
    assert f"-o {option.split('=')[0]}: holds a key" in str(done.exception)
    assert KEY not in done.output + str(done.exception)
    assert (run, written(tmp_path), provider.requests) == (None, [], [])


def test_pictures_that_are_broken_or_too_large(provider, mmeval, tmp_path):
    """Each sample for itself: one is sent as it is, one scaled down, two are never sent."""
    wide = io.BytesIO()
    Pillow.new("L", (9000, 40), 200).save(wide, "PNG")
    files = {"good": picture("red").data, "wide": wide.getvalue(), "cut": picture("blue").data[:-25], "text": b"none"}
    rows = []
    for name, data in files.items():
        (tmp_path / f"{name}.png").write_bytes(data)
        rows.append({"id": name, "question": "Which?", "image": f"{name}.png", "answer": "B", "options": ["x", "y"]})
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done, run = mmeval(CASES[2], provider, "mine.jsonl", "--max-error-rate", "1")
    assert run, done.output
    with (run.parent / "scores.csv").open() as file:
        status = {row["id"]: row["status"] for row in csv.DictReader(file)}
    assert status == {"good": "ok", "wide": "ok", "cut": "invalid_input", "text": "invalid_input"}
    sent = [media.image(part) for seen in provider.requests for part in seen.parts if isinstance(part, bytes)]
    assert sorted((p.width, p.height) for p in sent) == [(8, 8), (8000, 35)]


@every_case
def test_a_wrong_key_stops_the_run_at_once(case, provider, mmeval):
    provider.faults, before = type(provider.faults)(unauthorized=1.0), provider.faults
    try:
        done, _ = mmeval(case, provider, "bar_reading", "--limit", "200")
    finally:
        provider.faults = before
    assert done.exit_code == 5
    assert "401" in done.output
    assert provider.counts["requests"] < 60
