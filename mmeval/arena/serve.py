"""Serves a voting page and collects its votes. A vote is on the disk before the page hears that it counts."""

from __future__ import annotations

import functools
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mmeval.arena.collected import opened, store_vote
from mmeval.arena.vote import parse_vote
from mmeval.documents import read_json
from mmeval.errors import DataError, UsageError

__all__ = ["BallotServer", "ballot_server"]

LARGEST = 64_000
"""Largest vote, in bytes."""
CHUNK = 1 << 18
RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
"""A part of a file, as players of films and sounds ask for it: without it nobody can seek, and some do not play."""
LOCAL = ("127.0.0.1", "localhost", "::1")


class BallotServer(ThreadingHTTPServer):
    """The server of one voting page."""

    daemon_threads = True

    def __init__(self, folder: Path, database: Path, host: str, port: int) -> None:
        self.token = secrets.token_urlsafe(16)
        self.database = database
        self.pairs = _pairs(folder)
        self.names = {host, *LOCAL} if host in LOCAL else None
        """Hosts that a request may name: no page of another site reaches a server on this machine."""
        super().__init__((host, port), functools.partial(_Handler, directory=str(folder)))

    @property
    def url(self) -> str:
        """The address to give to voters; it holds the token."""
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}/index.html#token={self.token}"


@contextmanager
def ballot_server(folder: Path, database: Path, *, host: str, port: int) -> Iterator[BallotServer]:
    """A server that collects the votes on the page in `folder`.

    Raises:
        UsageError: the folder holds no voting page, the port is in use, or the database is not one of ours.
    """
    if not (folder / "ballot.json").is_file():
        raise UsageError(
            f"{folder}: no voting page in this folder; make one with `mmeval arena build RUN RUN --out {folder}`"
        )
    with opened(database):
        pass
    try:
        server = BallotServer(folder, database, host, port)
    except OSError as error:
        raise UsageError(f"--port {port}: {error.strerror or error}") from None
    with server:
        yield server


def _pairs(folder: Path) -> frozenset[tuple[str, str, frozenset[str]]]:
    """Benchmark, sample and the two models of each comparison on the page."""
    ballot = read_json(folder / "ballot.json", UsageError)
    try:
        return frozenset(
            (pair["benchmark"], pair["sample"], frozenset(side["model"] for side in pair["sides"]))
            for pair in ballot["pairs"]
        )
    except (KeyError, TypeError):
        raise UsageError(f"{folder / 'ballot.json'}: not the data of a voting page; build it again") from None


class _Handler(SimpleHTTPRequestHandler):
    server: BallotServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    _left: int | None = None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Print nothing."""

    def send_head(self) -> Any:
        """A file of the page, unless the request names another host."""
        if not self._known_host():
            self.send_error(403)
            return None
        wanted = RANGE.fullmatch(self.headers.get("range", "")) if self.command == "GET" else None
        file = Path(self.translate_path(self.path))
        return self._part(file, wanted) if wanted and file.is_file() else super().send_head()

    def _part(self, file: Path, wanted: re.Match[str]) -> Any:
        """A part of a file; `copyfile` sends `_left` bytes of it."""
        size, first = file.stat().st_size, int(wanted[1])
        last = min(int(wanted[2] or size - 1), size - 1)
        if first > last:
            self.send_error(416)
            return None
        self._left = last - first + 1
        self.send_response(206)
        self.send_header("content-type", self.guess_type(file))
        self.send_header("content-range", f"bytes {first}-{last}/{size}")
        self.send_header("content-length", str(self._left))
        self.end_headers()
        opened = file.open("rb")
        opened.seek(first)
        return opened

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, or the part that was asked for."""
        left, self._left = self._left, None
        try:
            if left is None:
                super().copyfile(source, outputfile)
            while left and (data := source.read(min(left, CHUNK))):
                outputfile.write(data)
                left -= len(data)
        except ConnectionError:  # a player has seen enough
            self.close_connection = True

    def do_POST(self) -> None:
        """Take one vote."""
        self._answer(self._take())

    def _take(self) -> int:
        """The status of the reply."""
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            return 413
        body = self.rfile.read(int(length))
        if not self._known_host() or not self._has_token():
            return 403
        try:
            vote = parse_vote(json.loads(body), "vote")
        except (DataError, ValueError, RecursionError):
            return 400
        pair = vote and (vote.benchmark, vote.sample, frozenset((vote.model_a, vote.model_b)))
        if self.path != "/vote" or vote is None or pair not in self.server.pairs or not 0 < len(vote.voter) <= 64:
            return 400
        store_vote(self.server.database, vote)
        return 204

    def _known_host(self) -> bool:
        names = self.server.names
        return names is None or self.headers.get("host", "").rpartition(":")[0].strip("[]") in names

    def _has_token(self) -> bool:
        given = self.headers.get("x-token", "")  # as bytes, because text that is not ASCII cannot be compared
        return hmac.compare_digest(given.encode(), self.server.token.encode())

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
