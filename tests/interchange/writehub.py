"""A hub on loopback that takes uploads: as much of the Hugging Face API as making a data set and one commit needs."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlparse

from tests.loopback.threaded import Handler, threaded


@dataclass
class WriteHub:
    token: str
    url: str = ""
    private: dict[str, bool] = field(default_factory=dict)
    """Data sets, and whether they are private."""
    files: dict[str, bytes] = field(default_factory=dict)
    broken: bool = False


@contextmanager
def serve(token: str) -> Iterator[WriteHub]:
    hub = WriteHub(token)
    with threaded(type("Handler", (_Handler,), {"hub": hub})) as hub.url:
        yield hub


class _Handler(Handler):
    hub: WriteHub

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def _answer(self, body: bytes) -> None:
        path = urlparse(self.path).path
        repo = "/".join(path.split("/")[3:5])
        if self.hub.broken:
            return self._json({"error": "teapot"}, 418)
        if self.headers.get("authorization") != f"Bearer {self.hub.token}":
            return self._json({"error": "Invalid token"}, 401)
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = "/".join(filter(None, [asked.get("organization"), asked["name"]]))
            self.hub.private[name] = asked.get("private", asked.get("visibility") == "private")
            return self._json({"url": f"{self.hub.url}/datasets/{name}"})
        if path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if repo not in self.hub.private:
            return self._json({"error": "not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        if "/preupload/" in path:
            names = [
                {"path": one["path"], "uploadMode": "regular", "shouldIgnore": False}
                for one in json.loads(body)["files"]
            ]
            return self._json({"files": names})
        if "/commit/" in path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.hub.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            url = f"{self.hub.url}/datasets/{repo}/commit/1"
            return self._json({"commitUrl": url, "commitOid": "1" * 40, "success": True})
        facts = {"_id": "x", "id": repo, "sha": "1" * 40, "private": self.hub.private[repo], "siblings": [], "tags": []}
        return self._json({**facts, "gated": False, "disabled": False, "downloads": 0, "likes": 0})

    def _json(self, value: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for key, text in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(key, text)
        self.end_headers()
        self.wfile.write(body)
