"""The batch endpoints: OpenAI's files and batches, Anthropic's message batches, Gemini's files and batch jobs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.loopback import dialects
from tests.loopback.dialects import Said

Route = Callable[..., Any]


@dataclass
class Batch:
    """What was handed in; it ends after a number of looks at it."""

    kind: str
    entries: list[tuple[str, dict[str, Any]]]
    model: str = ""
    looks: int = 0


class Batches:
    """State of all batches. `broken` says by key what goes wrong: an HTTP status, or `expired`."""

    def __init__(self, say: Callable[[dict[str, Any], str], Said]) -> None:
        self.say = say
        self.looks = 2
        """A batch ends with this look at it."""
        self.fails = False
        self.broken: dict[str, int | str] = {}
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self._routes: list[tuple[str, str, Route]] = [
            ("POST", r"/v1/files", self._openai_upload),
            ("GET", r"/v1/files/([\w-]+)/content", self._openai_file),
            ("POST", r"/v1/batches", self._openai_create),
            ("GET", r"/v1/batches/([\w-]+)", self._openai_look),
            ("POST", r"/v1/messages/batches", self._anthropic_create),
            ("GET", r"/v1/messages/batches/([\w-]+)", self._anthropic_look),
            ("GET", r"/v1/messages/batches/([\w-]+)/results", self._anthropic_results),
            ("POST", r"/upload/v1beta/files", self._gemini_upload),
            ("POST", r"/put/([\w-]+)", self._gemini_put),
            ("POST", r"/v1beta/models/([\w.-]+):batchGenerateContent", self._gemini_create),
            ("GET", r"/v1beta/batches/([\w-]+)", self._gemini_look),
            ("GET", r"/(?:download/)?v1beta/files/([\w-]+):download", self._openai_file),
            ("GET", r"/v1beta/files/([\w-]+)", self._gemini_ready),
            ("DELETE", r"/v1beta/files/([\w-]+)", self._gemini_delete),
        ]

    async def handle(self, request: web.Request, path: str, raw: bytes) -> web.StreamResponse | None:
        """The answer to a batch request; None for anything else."""
        for method, pattern, route in self._routes:
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                try:
                    return await route(request, raw, *found.groups())
                except KeyError:
                    return web.json_response(dialects.error("chat", 404, "no such batch"), status=404)
        return None

    def _store(self, data: bytes) -> str:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = data
        return name

    def _start(self, batch: Batch) -> str:
        name = f"batch-{len(self.batches) + 1}"
        self.batches[name] = batch
        return name

    def _ended(self, batch: Batch) -> bool:
        batch.looks += 1
        return batch.looks >= self.looks

    def _answer(self, batch: Batch, body: dict[str, Any]) -> dict[str, Any]:
        return dialects.answer(batch.kind, str(body.get("model") or batch.model), self.say(body, batch.kind))

    async def _openai_upload(self, request: web.Request, raw: bytes) -> web.Response:
        boundary = b"--" + request.headers["content-type"].split("boundary=")[1].encode()
        form = {}
        for part in raw.split(boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            form[re.search(rb' name="(\w+)"', head).group(1)] = content.removesuffix(b"\r\n")  # type: ignore[union-attr]
        assert form[b"purpose"] == b"batch"
        name = self._store(form[b"file"])
        return web.json_response({"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "f",
                                  "purpose": "batch", "status": "processed"})  # fmt: skip

    async def _openai_file(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        return web.Response(body=self.files[name], content_type="application/octet-stream")

    async def _openai_create(self, request: web.Request, raw: bytes) -> web.Response:
        given = json.loads(raw)
        lines = [json.loads(line) for line in self.files[given["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {given["endpoint"]}
        kind = dialects.dialect(given["endpoint"])
        name = self._start(Batch(kind, [(line["custom_id"], line["body"]) for line in lines]))
        return web.json_response(self._openai(name, "validating"))

    async def _openai_look(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        batch = self.batches[name]
        if not self._ended(batch):
            return web.json_response(self._openai(name, "in_progress"))
        if self.fails:
            errors = {"object": "list", "data": [{"code": "token_limit_exceeded", "message": "too many tokens"}]}
            return web.json_response({**self._openai(name, "failed"), "errors": errors})
        good, bad = [], []
        for key, body in batch.entries:
            broken = self.broken.get(key)
            line: dict[str, Any] = {"id": "r", "custom_id": key, "response": None, "error": None}
            if broken == "expired":
                line["error"] = {"code": "batch_expired", "message": "not done in time"}
            else:
                value = dialects.error(batch.kind, int(broken), "broken") if broken else self._answer(batch, body)
                line["response"] = {"status_code": broken or 200, "request_id": "q", "body": value}
            (bad if broken else good).append(json.dumps(line))
        files = {"output_file_id": self._store("\n".join(good).encode())}
        if bad:
            files["error_file_id"] = self._store("\n".join(bad).encode())
        counts = {"total": len(batch.entries), "completed": len(good), "failed": len(bad)}
        return web.json_response({**self._openai(name, "completed"), **files, "request_counts": counts})

    def _openai(self, name: str, status: str) -> dict[str, Any]:
        return {
            "id": name, "object": "batch", "endpoint": "/v1", "input_file_id": "f", "completion_window": "24h",
            "status": status, "created_at": 1,
        }  # fmt: skip

    async def _anthropic_create(self, request: web.Request, raw: bytes) -> web.Response:
        entries = [(entry["custom_id"], entry["params"]) for entry in json.loads(raw)["requests"]]
        name = self._start(Batch("anthropic", entries))
        return web.json_response(self._anthropic(name, ended=False))

    async def _anthropic_look(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        return web.json_response(self._anthropic(name, ended=self._ended(self.batches[name])))

    def _anthropic(self, name: str, *, ended: bool) -> dict[str, Any]:
        batch = self.batches[name]
        bad = sum(key in self.broken for key, _ in batch.entries)
        counts = {"processing": 0, "succeeded": len(batch.entries) - bad, "errored": bad, "canceled": 0, "expired": 0}
        if not ended:
            counts = {**dict.fromkeys(counts, 0), "processing": len(batch.entries)}
        return {
            "id": name, "type": "message_batch", "processing_status": "ended" if ended else "in_progress",
            "request_counts": counts, "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z",
            "results_url": "http://192.0.2.1/steals-the-key" if ended else None,
        }  # fmt: skip

    async def _anthropic_results(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        batch, lines = self.batches[name], []
        for key, body in reversed(batch.entries):
            broken = self.broken.get(key)
            if broken == "expired":
                result: dict[str, Any] = {"type": "expired"}
            elif broken:
                result = {"type": "errored", "error": dialects.error("anthropic", int(broken), "broken")}
            else:
                result = {"type": "succeeded", "message": self._answer(batch, body)}
            lines.append(json.dumps({"custom_id": key, "result": result}))
        return web.Response(text="\n".join(lines), content_type="application/x-jsonl")

    async def _gemini_upload(self, request: web.Request, raw: bytes) -> web.Response:
        name = self._store(b"")
        scenario = request.match_info["scenario"]
        url = f"http://{request.host}/{scenario}/put/{name}"
        return web.json_response({}, headers={"x-goog-upload-url": url, "x-goog-upload-status": "active"})

    async def _gemini_put(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        self.files[name] += raw
        about = self._gemini_file(request, name, state="PROCESSING")
        return web.json_response({"file": about}, headers={"x-goog-upload-status": "final"})

    def _gemini_file(self, request: web.Request, name: str, *, state: str) -> dict[str, str]:
        uri = f"http://{request.host}/v1beta/files/{name}"
        return {"name": f"files/{name}", "uri": uri, "mimeType": "application/octet-stream", "state": state}

    async def _gemini_ready(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        return web.json_response(self._gemini_file(request, self.files[name] and name, state="ACTIVE"))

    async def _gemini_delete(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        del self.files[name]
        return web.json_response({})

    async def _gemini_create(self, request: web.Request, raw: bytes, model: str) -> web.Response:
        given = json.loads(raw)["batch"]["inputConfig"]["fileName"]
        lines = [json.loads(line) for line in self.files[given.removeprefix("files/")].splitlines()]
        name = self._start(Batch("gemini", [(line["key"], line["request"]) for line in lines], model=model))
        return web.json_response(self._gemini(name, "BATCH_STATE_PENDING"))

    async def _gemini_look(self, request: web.Request, raw: bytes, name: str) -> web.Response:
        batch = self.batches[name]
        if not self._ended(batch):
            return web.json_response(self._gemini(name, "BATCH_STATE_RUNNING"))
        if self.fails:
            value = self._gemini(name, "BATCH_STATE_FAILED")
            return web.json_response({**value, "error": {"code": 8, "message": "too many tokens"}})
        lines = []
        for key, body in batch.entries:
            broken = self.broken.get(key)
            code = {"expired": 14, 400: 3, 429: 8, 500: 13}.get(broken)  # type: ignore[arg-type]
            said = {"error": {"code": code, "message": "broken"}} if broken else {"response": self._answer(batch, body)}
            lines.append(json.dumps({"key": key, **said}))
        file = self._store("\n".join(lines).encode())
        value = self._gemini(name, "BATCH_STATE_SUCCEEDED")
        value["response"] = {"responsesFile": f"files/{file}"}
        value["metadata"]["output"] = {"responsesFile": f"files/{file}"}
        return web.json_response(value)

    def _gemini(self, name: str, state: str) -> dict[str, Any]:
        return {"name": f"batches/{name}", "metadata": {"name": f"batches/{name}", "state": state, "model": "m"}}
