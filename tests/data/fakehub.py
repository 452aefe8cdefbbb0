"""A read-only hub on loopback that speaks as much of the Hugging Face API as `datasets` uses.

Repositories are folders: `root/<org>/<name>/<files>`. There is one branch, `main`; its commit is a
digest of the files, so a changed file is a new commit.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from tests.loopback.threaded import Handler, threaded


@dataclass
class Hub:
    root: Path
    url: str = ""
    requests: list[str] = field(default_factory=list)
    """`METHOD /path`, in the order of arrival."""
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the hub says about a repository, such as `{"gated": "auto", "cardData": {"license": "mit"}}`."""

    def files(self, repo: str) -> dict[str, Path]:
        folder = self.root / repo
        return {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}

    def commit(self, repo: str) -> str:
        parts = [f"{name}:{_sha256(path)}" for name, path in self.files(repo).items()]
        return hashlib.sha1("\n".join(parts).encode()).hexdigest()


@contextmanager
def serve(root: Path) -> Iterator[Hub]:
    hub = Hub(root)
    with threaded(type("Handler", (_Handler,), {"hub": hub})) as hub.url:
        yield hub


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Handler(Handler):
    hub: Hub

    def do_GET(self) -> None:
        url = urlparse(self.path)
        path = unquote(url.path)
        self.hub.requests.append(f"{self.command} {path}")
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if found := re.fullmatch(r"/api/(?:datasets|models)/([^/]+/[^/]+)(?:/(\w[\w-]*)/([^/]+)/?(.*))?", path):
            self._api(found[1], found[2] or "revision", found[3] or "main", found[4] or "", url.query, body)
        elif found := re.fullmatch(r"(?:/datasets)?/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(found[1], found[2], found[3])
        elif path.startswith("/_tsv/") and (self.hub.root / path[1:]).is_file():
            self._send((self.hub.root / path[1:]).read_bytes())
        else:
            self._missing("NotImplemented", path)

    do_HEAD = do_POST = do_GET

    def _api(self, repo: str, what: str, revision: str, inner: str, query: str, body: bytes) -> None:
        files = self.hub.files(repo)
        if not self._known(repo, files, revision):
            return
        if what == "revision":
            names = [{"rfilename": name} for name in files]
            facts: dict[str, Any] = {
                "private": False,
                "gated": False,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
            }
            dates = dict.fromkeys(("lastModified", "createdAt"), "2026-01-01T00:00:00.000Z")
            facts |= self.hub.cards.get(repo, {})
            self._json({"_id": "x", "id": repo, "sha": self.hub.commit(repo), "siblings": names, **facts, **dates})
        elif what == "tree":
            deep = parse_qs(query).get("recursive", ["false"])[0].lower() in ("1", "true")
            listed = list(_tree(files, inner.strip("/"), deep=deep))
            self._json(listed) if listed or not inner else self._missing("EntryNotFound", inner)
        elif what == "paths-info":
            wanted = json.loads(body)["paths"] if b"{" in body[:1] else parse_qs(body.decode())["paths"]
            self._json([_entry(name, files[name]) for name in wanted if name in files])
        else:
            self._missing("NotImplemented", what)

    def _known(self, repo: str, files: dict[str, Path], revision: str) -> bool:
        if not files:
            self._missing("RepoNotFound", repo)
        elif revision not in ("main", self.hub.commit(repo)):
            self._missing("RevisionNotFound", revision)
        else:
            return True
        return False

    def _resolve(self, repo: str, revision: str, name: str) -> None:
        files = self.hub.files(repo)
        if not self._known(repo, files, revision):
            return
        if name not in files:
            self._missing("EntryNotFound", name)
            return
        data = files[name].read_bytes()
        start, end = _range(self.headers.get("range"), len(data))
        self.send_response(206 if self.headers.get("range") else 200)
        etag = f'"{_sha256(files[name])}"'
        headers = {
            "content-length": str(end - start), "accept-ranges": "bytes", "etag": etag, "x-linked-etag": etag,
            "x-linked-size": str(len(data)), "x-repo-commit": self.hub.commit(repo),
            "content-range": f"bytes {start}-{end - 1}/{len(data)}", "content-type": "application/octet-stream",
        }  # fmt: skip
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[start:end])

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        all_headers = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
        for key, text in all_headers.items():
            self.send_header(key, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _missing(self, code: str, what: str) -> None:
        message = f"{what} not found"
        self._json({"error": message}, 404, {"X-Error-Code": code, "X-Error-Message": message})


def _range(header: str | None, size: int) -> tuple[int, int]:
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not found:
        return 0, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    return int(found[1]), min(size, int(found[2]) + 1) if found[2] else size


def _entry(name: str, path: Path) -> dict[str, Any]:
    size, oid = path.stat().st_size, _sha256(path)
    return {
        "type": "file", "path": name, "size": size, "oid": oid[:40],
        "lfs": {"oid": oid, "size": size, "pointerSize": 134},
    }  # fmt: skip


def _tree(files: dict[str, Path], inner: str, *, deep: bool) -> Iterator[dict[str, Any]]:
    prefix = f"{inner}/" if inner else ""
    folders: set[str] = set()
    for name, path in files.items():
        if not name.startswith(prefix):
            continue
        parts = name.removeprefix(prefix).split("/")
        for depth in range(1, len(parts) if deep else min(2, len(parts))):
            folder = prefix + "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                yield {"type": "directory", "path": folder, "size": 0, "oid": "0" * 40}
        if deep or len(parts) == 1:
            yield _entry(name, path)
