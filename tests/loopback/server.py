"""The server itself: one aiohttp application in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.loopback import dialects
from tests.loopback.batches import Batches
from tests.loopback.dialects import Said

SCENARIOS = (
    "ok, STATUS, STATUS-RETRY_AFTER, slow, reset, close, badjson, html, empty, short, nothing, error200, blank, "
    "refused, filtered, length, reasoning, gzip, deflate, limits, quota, azurefilter, echokey"
)
FAULT_FINISH = ("refused", "filtered", "length")
LIMITS = {
    "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "1m2s",
    "x-ratelimit-limit-tokens": "1000", "x-ratelimit-remaining-tokens": "20", "x-ratelimit-reset-tokens": "250ms",
    "anthropic-ratelimit-requests-limit": "60", "anthropic-ratelimit-requests-remaining": "7",
    "anthropic-ratelimit-requests-reset": "2020-01-01T00:00:00Z", "anthropic-ratelimit-tokens-limit": "1000",
    "anthropic-ratelimit-tokens-remaining": "20", "anthropic-ratelimit-tokens-reset": "2020-01-01T00:00:00Z",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Shares of requests in [0, 1]; a pure function of (seed, body, attempt), so every client sees the same."""

    rate_limit: float = 0.0
    retry_after: float | None = 1.0
    server: float = 0.0
    hang: float = 0.0
    reset: float = 0.0
    malformed: float = 0.0
    blank: float = 0.0
    filtered: float = 0.0
    length: float = 0.0
    unauthorized: float = 0.0
    latency: float = 0.0
    hang_s: float = 60.0
    per_second: float | None = None
    """429 beyond this many requests per second."""
    seed: int = 0

    TRANSIENT = ("rate_limit", "server", "hang", "reset", "malformed")
    LASTING = ("blank", "filtered", "length", "unauthorized")

    def pick(self, digest: str, attempt: int) -> str | None:
        """The fault of this attempt, if any; lasting ones do not depend on the attempt."""
        return self._share(self.TRANSIENT, (digest, attempt)) or self._share(self.LASTING, (digest,))

    def _share(self, kinds: tuple[str, ...], key: tuple[object, ...]) -> str | None:
        draw = int(hashlib.sha256(repr((self.seed, *key)).encode()).hexdigest()[:12], 16) / 16**12
        for kind in kinds:
            draw -= getattr(self, kind)
            if draw < 0:
                return kind
        return None


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    scenario: str
    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def body(self) -> Any:
        """The JSON."""
        return json.loads(self.raw)

    @property
    def kind(self) -> str:
        """chat, responses, anthropic or gemini."""
        return dialects.dialect(self.path)

    @property
    def parts(self) -> list[str | bytes]:
        """Texts and media bytes in their order."""
        return dialects.parts(self.body, self.kind)

    @property
    def system(self) -> str | None:
        """The system prompt."""
        return dialects.system(self.body, self.kind)


@dataclass
class Provider:
    """Start with `with Provider() as provider`; `say` decides the text by (body, dialect)."""

    faults: Faults = field(default_factory=Faults)
    say: Callable[[dict[str, Any], str], str] | None = None
    port: int = 0
    keep: bool = True
    """Keep the requests for looking at; off for long runs."""

    def __post_init__(self) -> None:
        self.requests: list[Seen] = []
        self.counts: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        """Answers to each question that were sent to a client that was still there."""
        self.waits: Counter[str] = Counter()
        """Seconds that Retry-After asked of each question, in all."""
        self.inflight = self.most_inflight = 0
        self.batches = Batches(self._finished)
        self._loop = asyncio.new_event_loop()
        self._tokens, self._filled = 0.0, 0.0

    def __enter__(self) -> Provider:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise RuntimeError("the loopback provider did not start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    def reset(self) -> None:
        """Forget what was seen."""
        self.requests.clear()
        self.counts.clear()
        self.attempts.clear()
        self.answers.clear()
        self.waits.clear()
        self.most_inflight = 0

    def url(self, provider: str, scenario: str = "ok") -> str:
        """The base URL that the provider's SDK wants."""
        tail = "/v1" if provider == "openai" else ""
        return f"http://127.0.0.1:{self.port}/{scenario}{tail}"

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main(ready))
        finally:
            self._loop.close()

    async def _main(self, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/stats", self._stats)
        app.router.add_post("/reset", self._forget)
        app.router.add_route("*", "/{scenario}/{tail:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=2048)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        await runner.cleanup()
        hanging = asyncio.all_tasks() - {asyncio.current_task()}
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    async def _stats(self, request: web.Request) -> web.Response:
        del request
        waited = max(self.waits.values(), default=0.0)
        return web.json_response({"counts": self.counts, "most_inflight": self.most_inflight, "waited_s": waited})

    async def _forget(self, request: web.Request) -> web.Response:
        del request
        self.reset()
        return web.json_response({})

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        scenario, path = request.match_info["scenario"], "/" + request.match_info["tail"]
        if self.keep:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.requests.append(Seen(scenario, path, headers, raw, time.monotonic()))
        self.counts["requests"] += 1
        self.inflight += 1
        self.most_inflight = max(self.most_inflight, self.inflight)
        try:
            answered = await self.batches.handle(request, path, raw)
            return answered or await self._model(request, scenario, path, raw)
        finally:
            self.inflight -= 1

    async def _model(self, request: web.Request, scenario: str, path: str, raw: bytes) -> web.StreamResponse:
        kind = dialects.dialect(path)
        scenario = _played_by_model(path, raw) or scenario
        digest = hashlib.sha256(raw).hexdigest()
        attempt = self.attempts[digest]
        self.attempts[digest] += 1
        fault = self._over_limit() or self.faults.pick(digest, attempt)
        self.counts[fault or scenario] += 1
        if fault == "rate_limit":
            self.waits[digest] += self.faults.retry_after or 0.0
        if self.faults.latency and fault not in ("rate_limit", "reset"):
            await asyncio.sleep(self.faults.latency)
        scenario = {
            "rate_limit": "429" if self.faults.retry_after is None else f"429-{self.faults.retry_after}",
            "server": "500", "unauthorized": "401", "hang": "slow", "malformed": "badjson",
        }.get(fault or "", fault or scenario)  # fmt: skip
        played = await self._play(request, scenario, kind, path, raw)
        if played.status == 200 and request.transport is not None and not request.transport.is_closing():
            self.answers[digest] += 1
        return played

    def _over_limit(self) -> str | None:
        rate = self.faults.per_second
        if rate is None:
            return None
        now = time.monotonic()
        self._tokens = min(rate / 10 + 1, self._tokens + (now - self._filled) * rate)
        self._filled = now
        if self._tokens < 1:
            return "rate_limit"
        self._tokens -= 1
        return None

    async def _play(self, request: web.Request, scenario: str, kind: str, path: str, raw: bytes) -> web.StreamResponse:
        name, _, given = scenario.partition("-")
        if name.isdigit():
            return _error(kind, int(name), given)
        if name in _SPECIAL:
            return await _SPECIAL[name](request, kind, self.faults)
        body = json.loads(raw)
        said = self._finished(body, kind, name)
        headers = {"x-request-id": "req_1", "request-id": "req_1", **(LIMITS if name == "limits" else {})}
        model = body.get("model") or path.rsplit("/", 1)[-1].split(":")[0]
        response = web.json_response(dialects.answer(kind, model, said), headers=headers)
        if name in ("gzip", "deflate"):
            response.enable_compression(web.ContentCoding(name))
        return response

    def _finished(self, body: dict[str, Any], kind: str, name: str = "ok") -> Said:
        said = Said() if self.say is None else Said(text=self.say(body, kind))
        if name in FAULT_FINISH:
            said.finish = name
        if name == "blank":
            said.text = ""
        if name == "reasoning":
            said.reasoning = "two round things"
        return said


def _played_by_model(path: str, raw: bytes) -> str:
    """The scenario that a model named `play:SCENARIO` asks for."""
    found = re.search(rb"play(?::|%3[Aa])([\w.-]+)", path.encode() + raw[:200])
    return found.group(1).decode() if found else ""


def _error(kind: str, status: int, retry: str, message: str = "scripted", code: str | None = None) -> web.Response:
    seconds = float(retry) if retry else None
    body = dialects.error(kind, status, f"{message} {status}", code=code, retry_s=seconds)
    # Gemini says in the body when to come back.
    headers = {"retry-after": retry} if retry and kind != "gemini" else {}
    return web.json_response(body, status=status, headers=headers)


async def _slow(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    await asyncio.sleep(faults.hang_s)
    return _error(kind, 504, "")


async def _reset(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _close(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _short(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "500", "content-type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"id": "x", ')
    assert request.transport is not None
    request.transport.close()
    return response


def _raw(text: str, content_type: str = "application/json") -> Any:
    async def respond(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type)

    return respond


async def _error200(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    return web.json_response(dialects.error(kind, 429, "busy", code="rate_limit_exceeded"))


async def _quota(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    return _error(kind, 429, "", "no money left", "insufficient_quota")


async def _azurefilter(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    return _error(kind, 400, "", "the prompt was filtered", "content_filter")


async def _echokey(request: web.Request, kind: str, faults: Faults) -> web.StreamResponse:
    """A server that repeats the key and the request in its error."""
    raw = await request.text()
    return _error(kind, 401, "", f"bad key {dict(request.headers)} in {raw}")


_SPECIAL: dict[str, Any] = {
    "slow": _slow, "reset": _reset, "close": _close, "short": _short, "error200": _error200, "quota": _quota,
    "azurefilter": _azurefilter, "echokey": _echokey,
    "badjson": _raw('{"id": "x", "choices": ['), "html": _raw("<html>502 bad gateway</html>", "text/html"),
    "empty": _raw("{}"), "nothing": _raw(""),
}  # fmt: skip
