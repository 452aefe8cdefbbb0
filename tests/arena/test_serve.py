"""The server that collects votes: what it takes, what it refuses, and that no vote that it took is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from mmeval.arena.serve import BallotServer, ballot_server
from mmeval.arena.votes import read_votes
from mmeval.errors import DataError, UsageError

VOTE = {"model_a": "x", "model_b": "y", "winner": "tie", "voter": "v", "benchmark": "b", "sample": "1", "tstamp": 1}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    pair = {"benchmark": "b", "sample": "1", "sides": [{"model": "y"}, {"model": "x"}]}
    (folder / "ballot.json").write_text(json.dumps({"id": "i", "pairs": [pair]}))
    (folder / "index.html").write_text("page")
    return folder


@pytest.fixture
def server(page: Path, tmp_path: Path) -> Iterator[BallotServer]:
    with ballot_server(page, tmp_path / "votes.sqlite", host="127.0.0.1", port=0) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def post(url: str, body: Any, token: str, **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{url.partition('/index')[0]}/vote", data, {"x-token": token, **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (VOTE, 204),
        (VOTE | {"model_a": "y", "model_b": "x"}, 204),
        (VOTE | {"model_a": "stranger"}, 400),
        (VOTE | {"sample": "2"}, 400),
        (VOTE | {"winner": "me"}, 400),
        (VOTE | {"voter": "v" * 65}, 400),
        (b"{", 400),
        (b"[" * 50_000, 400),
        (b"x" * 70_000, 413),
    ],
)
def test_what_is_taken(body: Any, status: int, server: BallotServer) -> None:
    assert post(server.url, body, server.token) == status
    assert len(list(read_votes(server.database))) == (status == 204)


@pytest.mark.parametrize(
    ("token", "headers"),
    [("", {}), ("wrong", {}), ("wröng", {}), (None, {"host": "evil.example"})],
    ids=["none", "wrong", "not ASCII", "rebound"],
)
def test_who_is_refused(token: str | None, headers: dict[str, str], server: BallotServer) -> None:
    assert post(server.url, VOTE, server.token if token is None else token, **headers) == 403
    assert list(read_votes(server.database)) == []


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("bytes=1-2", 206, b"ag", "bytes 1-2/4"),
        ("bytes=2-", 206, b"ge", "bytes 2-3/4"),
        ("bytes=0-99", 206, b"page", "bytes 0-3/4"),
        ("bytes=4-", 416, None, None),
        ("lines=1-2", 200, b"page", None),
    ],
)
def test_players_ask_for_parts(
    asked: str, status: int, body: bytes | None, said: str | None, server: BallotServer
) -> None:
    line = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    line.request("GET", "/index.html", headers={"range": asked})
    answer = line.getresponse()
    assert (answer.status, answer.headers["content-range"]) == (status, said)
    found = answer.read()
    assert body is None or found == body
    line.request("GET", "/index.html")
    assert line.getresponse().read() == b"page", "the next file is whole"
    line.close()


def test_a_later_vote_replaces_the_earlier_one(server: BallotServer) -> None:
    for winner in ("model_a", "model_b"):
        post(server.url, VOTE | {"winner": winner}, server.token)
    post(server.url, VOTE | {"voter": "w"}, server.token)
    assert sorted((vote.voter, vote.winner) for vote in read_votes(server.database)) == [("v", "model_b"), ("w", "tie")]


def test_a_vote_that_was_taken_survives_kill_9(page: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-u", "-m", "mmeval", "arena", "serve", str(page), "--port", "0", "--votes", "v.sqlite"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env={**os.environ}) as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[0]
        token = url.partition("token=")[2]
        taken = [post(url, VOTE | {"voter": f"v{i}"}, token) for i in range(5)]
        running.send_signal(signal.SIGKILL)
    assert taken == [204] * 5
    assert [vote.voter for vote in read_votes(tmp_path / "v.sqlite")] == [f"v{i}" for i in range(5)]


def test_what_cannot_be_served(page: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="make one with `mmeval arena build"):
        ballot_server(tmp_path, tmp_path / "v.sqlite", host="127.0.0.1", port=0).__enter__()
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be told from one" * 20)
    with pytest.raises(UsageError, match=r"text.sqlite: file is not a database"):
        ballot_server(page, tmp_path / "text.sqlite", host="127.0.0.1", port=0).__enter__()
    with pytest.raises(DataError, match=r"text.sqlite: not a database of votes"):
        list(read_votes(tmp_path / "text.sqlite"))
