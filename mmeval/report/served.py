"""Serves the page of one run to the browser of this machine, and to nobody else."""

from __future__ import annotations

import hashlib
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mmeval.errors import MMEvalError, UsageError
from mmeval.report.html import escape
from mmeval.report.view import CSS, FILTERS, page

__all__ = ["Viewer"]

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""That of the site without scripts, of which this page has none."""
PICTURE_TYPES = {
    b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp",
}  # fmt: skip
"""By the first bytes. Anything else is not sent: an SVG may hold a script."""
MOST = 50 << 20
"""Bytes of a picture."""


class Viewer(ThreadingHTTPServer):
    """A server for one run folder, on the loopback address.

    The address holds a token, so that no other user of the machine can guess it. A request must name the loopback
    host, so that no web page can reach the server under a name of its own (DNS rebinding).
    """

    daemon_threads = True

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise UsageError(f"--port {port}: {error.strerror}; choose another one, or 0 for any free one") from None
        self.folder, self.token = folder, secrets.token_urlsafe(16)
        self.pictures: dict[str, Path] = {}
        """Of the pages that were sent, by sha256. No other file is sent."""

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: Viewer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each body waits 40 ms behind its headers

    def do_GET(self) -> None:
        """Send the page, its style or one of its pictures."""
        url = urlsplit(self.path)
        name = url.path.removeprefix(f"/{self.server.token}/")
        hosts = {f"{host}:{self.server.server_address[1]}" for host in ("127.0.0.1", "localhost")}
        if self.headers.get("Host") not in hosts or name == url.path:
            self._send(404, "text/plain", b"not found\n")
        elif name == "":
            self._page(parse_qs(url.query))
        elif name == "style.css":
            self._send(200, "text/css; charset=utf-8", CSS.encode())
        else:
            self._picture(name.removeprefix("picture/"))

    def _page(self, query: dict[str, list[str]]) -> None:
        show, number = query.get("show", ["all"])[-1], query.get("page", ["1"])[-1]
        try:
            made = page(
                self.server.folder,
                show=show if show in FILTERS else "all",
                number=int(number) if number.isdecimal() and len(number) < 9 and int(number) else 1,
            )
        except Exception as error:  # noqa: BLE001 - the boundary of a page: the run folder may be a stranger's
            known = isinstance(error, MMEvalError)
            why = str(error) if known else f"the run cannot be shown: {type(error).__name__}: {error}"
            self._send(500, "text/html; charset=utf-8", f"<p>{escape(why)}</p>\n".encode("utf-8", "replace"))
            return
        self.server.pictures.update(made.pictures)
        self._send(200, "text/html; charset=utf-8", made.html.encode("utf-8", "replace"))

    def _picture(self, sha256: str) -> None:
        file = self.server.pictures.get(sha256)
        try:
            data = file.read_bytes() if file is not None and file.stat().st_size <= MOST else b""
        except OSError:
            data = b""
        kind = next((mime for head, mime in PICTURE_TYPES.items() if data.startswith(head)), None)
        own = file is not None and (file.stem == sha256 or hashlib.sha256(data).hexdigest() == sha256)
        if kind is None or not own:
            self._send(404, "text/plain", b"not found\n")
        else:
            self._send(200, kind, data)

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", CSP),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: the terminal belongs to the user."""
