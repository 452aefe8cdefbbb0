"""Providers that make images, sounds and films, as one small server: the first part of a path says what goes wrong.

ok        makes what is asked; jobs end at the second look
link      names an address instead of sending the image
broken    names an address that fails three times
stuck     names an address that does not answer while Studio.stuck is set
expired   names an address that holds nothing any more
text      says something instead of making an image
filtered  refuses the prompt, in each provider's own way; `blocked` in the other way of Imagen and Veo
page      sends an HTML page instead of media
cut       sends the first half of a file
empty     sends a file without bytes
small     makes another size and length than was asked for
other     sends a sound instead of an image or film, an image instead of a sound
failed    a job that fails
lost      a job that the provider does not know any more
never     a job that does not end

moved     redirects to another host
huge      promises 5 GB
half      closes the connection in the middle of a body
html      sends an HTML page with status 200
endless   sends a body without an end
garbage   sends something that is no HTTP
bomb      names an address that holds an image of 60,000 x 60,000 pixels
inside    names an address on this machine, `cloud` the one of a cloud's credentials, `plain` one without encryption

The first six do so when they are asked, or with `-file` when what is made is fetched.
"""

from __future__ import annotations

import base64
import json
import random
import re
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar

from PIL import Image as Pillow

from mmeval import animate
from mmeval.animate import Tone
from tests.data.pictures import png

from .threaded import Handler

SMALL = (64, 48)
SIGNED = "signature-of-an-address"
TOKEN = "ya29.access-token-of-the-machine"


@cache
def made(kind: str, size: tuple[int, int] = SMALL, seconds: int = 1) -> bytes:
    """A real file of a kind."""
    if kind == "image":
        return png(7, size)
    if kind == "audio":
        return animate.tones([Tone(0.2)], Tone(0.1, timbre=""), random.Random(0))
    return animate.film((Pillow.new("RGB", size, (40 * second, 0, 0)) for second in range(seconds)), fps=1)


def asked_for(body: bytes) -> tuple[tuple[int, int], int]:
    """The size and the seconds in a request."""
    size = re.search(rb'"(?:size|ratio|aspectRatio)"(?:: ?"|\r\n\r\n)(\d+)[x:](\d+)', body)
    seconds = re.search(rb'"(?:duration|durationSeconds)": ?(\d+)', body)
    width, height = (int(size[1]), int(size[2])) if size else SMALL
    return ((64 * width, 64 * height) if width < 64 else (width, height)), int(seconds[1]) if seconds else 1


def sent(kind: str, scenario: str, body: bytes = b"") -> bytes:
    if scenario == "other":
        return made("image" if kind == "audio" else "audio")
    data = made(kind) if scenario == "small" else made(kind, *asked_for(body))
    bad = {
        "bomb": bomb(),
        "page": b"<html>Service temporarily unavailable</html>",
        "cut": data[: len(data) // 2],
        "empty": b"",
    }
    return bad.get(scenario, data)


class Studio(Handler):
    """What was asked is kept in `asked`: (method, path, headers, body)."""

    asked: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    looks: ClassVar[Counter[str]] = Counter()
    jobs: ClassVar[dict[str, bytes]] = {}
    """The body that started the last job of a scenario."""
    stuck: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self._route("GET", b"")

    def do_POST(self) -> None:
        self._route("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _route(self, method: str, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append((method, self.path, headers, body))
        _, scenario, rest = self.path.split("/", 2)
        name, _, where = scenario.partition("-")
        if name in ATTACKS and rest.startswith("files/") == (where == "file"):
            self._attack(name)
            return
        for pattern, answer in ROUTES:
            found = re.fullmatch(pattern, f"{method} /{rest.partition('?')[0]}")
            if found:
                self._send(*answer(self, scenario, found, body))
                return
        self._send(404, {"error": {"message": f"no such path: {self.path}"}})

    def _send(self, status: int, content: Any, mime: str = "application/json") -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _attack(self, name: str) -> None:
        self.close_connection = True
        if name == "garbage":
            self.wfile.write(b"what do you want?\r\n\r\n")
            return
        status, headers = (302, {"Location": "http://127.0.0.1:1/elsewhere?token=x"}) if name == "moved" else (200, {})
        page = b"<html>Service temporarily unavailable</html>"
        length = {"moved": 0, "huge": 5_000_000_000, "html": len(page), "half": 5_000}.get(name)
        self.send_response(status)
        for header, value in {**headers, **({"Content-Length": length} if length is not None else {})}.items():
            self.send_header(header, str(value))
        self.end_headers()
        with suppress(OSError):  # the client has had enough
            if name != "moved":
                self.wfile.write(page if name == "html" else b'{"data": [')
            while name == "endless":
                self.wfile.write(bytes(1 << 16))

    def address(self, scenario: str, kind: str) -> str:
        elsewhere = {
            "inside": "https://localhost:9/",
            "cloud": "https://169.254.169.254/",
            "plain": "http://example.org/",
        }
        there = elsewhere.get(scenario, f"http://{self.headers['Host']}/{scenario}/files/")
        return f"{there}{kind}?signature={SIGNED}"

    def looked(self, scenario: str, job: str) -> str:
        """running, failed or done: the first look at a job finds it running."""
        self.looks[job] += 1
        if scenario == "never" or (scenario == "stuck" and self.stuck.is_set()) or self.looks[job] == 1:
            return "running"
        return "failed" if scenario in ("failed", "filtered") else "done"


ATTACKS = ("moved", "huge", "half", "html", "endless", "garbage")
LINKS = ("link", "expired", "broken", "stuck", "bomb", "inside", "cloud", "plain")


def bomb() -> bytes:
    """A PNG whose header claims 60,000 x 60,000 pixels; the rest of it is whole."""
    data, sides = png(7, SMALL), struct.pack(">II", 60_000, 60_000) + png(7, SMALL)[24:29]
    return data[:16] + sides + struct.pack(">I", zlib.crc32(b"IHDR" + sides)) + data[33:]


def b64(kind: str, scenario: str, body: bytes = b"") -> str:
    return base64.b64encode(sent(kind, scenario, body)).decode()


def file(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    self.looks["files"] += 1
    if scenario == "expired" and self.looks["expired"] < 3:
        return 403, {"error": "Request has expired"}
    if scenario == "broken" and self.looks["files"] <= 3:
        return 502, {"error": "Bad gateway"}
    while scenario == "stuck" and self.stuck.is_set():
        time.sleep(0.05)
    return 200, sent(found[1], scenario, self.jobs.get(scenario, b"")), "application/octet-stream"


def openai_image(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "filtered":
        return 400, {"error": {"message": "Your request was rejected", "code": "moderation_blocked", "type": "x"}}
    self.jobs[scenario] = body
    link = scenario.endswith("-file") or scenario in LINKS
    one = {"url": self.address(scenario, "image")} if link else {"b64_json": b64("image", scenario, body)}
    return 200, {"created": 1, "data": [one], "usage": {"input_tokens": 9, "output_tokens": 272, "total_tokens": 281}}


def openai_responses(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "filtered":
        return openai_image(self, scenario, found, body)
    said = {"type": "message", "content": [{"type": "output_text", "text": "Imagine a dog."}]}
    call = {"type": "image_generation_call", "status": "completed", "result": b64("image", scenario, body)}
    usage = {"input_tokens": 9, "output_tokens": 300}
    output = [said] if scenario == "text" else [call]
    return 200, {"status": "completed", "model": "gpt-5", "output": output, "usage": usage}


def openai_speech(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "filtered":
        return openai_image(self, scenario, found, body)
    return 200, sent("audio", scenario), "audio/wav"


def gemini_content(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "filtered":
        return 200, {"candidates": [{"finishReason": "IMAGE_SAFETY"}], "usageMetadata": {"promptTokenCount": 9}}
    speaks = json.loads(body)["generationConfig"].get("responseModalities") == ["AUDIO"]
    raw = b"" if scenario == "empty" else made("audio")[44:]
    blob = {"mimeType": "audio/L16;codec=pcm;rate=16000", "data": base64.b64encode(raw).decode()}
    blob = blob if speaks else {"mimeType": "image/png", "data": b64("image", scenario, body)}
    part = {"text": "Imagine a dog."} if scenario == "text" else {"inlineData": blob}
    return 200, {
        "candidates": [{"content": {"parts": [part], "role": "model"}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1290}, "modelVersion": found[1],
    }  # fmt: skip


def runway_task(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    self.jobs[scenario] = body
    return 200, {"id": "image" if found[1] == "text_to_image" else "video"}


def runway_look(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "lost":
        return 404, {"error": "Task not found"}
    kind, cost = found[1], {"credits": 25}
    state = self.looked(scenario, f"{scenario} runway {kind}")
    if scenario == "expired":
        self.looks["expired"] += 1
    told = {"id": kind, "createdAt": "2026-11-01T00:00:00Z"}
    if state == "running":
        return 200, {**told, "status": "RUNNING", "progress": 0.5, "estimatedCost": cost}
    if state == "failed":
        code = "SAFETY.INPUT.TEXT" if scenario == "filtered" else "INTERNAL.BAD_OUTPUT.CODE01"
        return 200, {**told, "status": "FAILED", "failure": "It failed.", "failureCode": code, "cost": cost}
    return 200, {**told, "status": "SUCCEEDED", "output": [self.address(scenario, kind)], "cost": cost}


PLATFORM = r"v1beta1/projects/p/locations/[\w-]+/publishers/google/models/[\w.-]+"
WHY = "The prompt could not be submitted. It violates Google's Responsible AI practices. Support codes: 42876398"


def imagen(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "blocked":
        return 400, {"error": {"code": 400, "message": WHY, "status": "INVALID_ARGUMENT"}}
    if scenario == "filtered":
        return 200, {"predictions": [{"raiFilteredReason": WHY}]}
    if scenario == "text":
        return 200, {}
    return 200, {"predictions": [{"bytesBase64Encoded": b64("image", scenario, body), "mimeType": "image/png"}]}


def veo(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    self.jobs[f"{scenario} veo"] = body
    return 200, {"name": f"{found[1].removeprefix('v1beta1/')}/operations/7"}


def veo_look(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    name = json.loads(body)["operationName"]
    if scenario == "lost":
        return 404, {"error": {"code": 404, "message": "Operation not found", "status": "NOT_FOUND"}}
    if self.looked(scenario, f"{scenario} veo") == "running":
        return 200, {"name": name}
    if scenario in ("failed", "blocked"):
        why = WHY if scenario == "blocked" else "Internal error"
        return 200, {"name": name, "done": True, "error": {"code": 13, "message": why}}
    inside = {"bytesBase64Encoded": b64("video", scenario, self.jobs[f"{scenario} veo"])}
    film = {"gcsUri": "gs://films/mine/7/sample 0.mp4"} if scenario == "link" else inside
    made = {"text": {}, "filtered": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [WHY]}}
    return 200, {
        "name": name,
        "done": True,
        "response": made.get(scenario, {"videos": [{**film, "mimeType": "video/mp4"}]}),
    }


def token(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "refused":
        return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    return 200, {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}


def stored(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if self.headers["Authorization"] != f"Bearer {TOKEN}":
        return 401, {"error": {"message": "Anonymous caller"}}
    return 200, sent("video", scenario, self.jobs["link veo"]), "video/mp4"


def inworld(self: Studio, scenario: str, found: re.Match[str], body: bytes) -> tuple[Any, ...]:
    if scenario == "failed":
        return 400, {"code": 3, "message": "Unknown voice: Nobody", "details": []}
    spoken = len(json.loads(body)["text"])
    return 200, {"audioContent": b64("audio", scenario), "usage": {"processedCharactersCount": spoken}}


ROUTES: tuple[tuple[str, Callable[..., tuple[Any, ...]]], ...] = (
    (r"GET /files/(\w+)", file),
    (r"POST /v1/images/(generations|edits)", openai_image),
    (r"POST /v1/responses", openai_responses),
    (r"POST /v1/audio/speech", openai_speech),
    (r"POST /v1beta/models/([\w.-]+):generateContent", gemini_content),
    (r"POST /v1/(text_to_video|image_to_video|text_to_image)", runway_task),
    (r"GET /v1/tasks/(\w+)", runway_look),
    (r"POST /tts/v1/voice", inworld),
    (rf"POST /{PLATFORM}:predict", imagen),
    (rf"POST /({PLATFORM}):predictLongRunning", veo),
    (rf"POST /{PLATFORM}:fetchPredictOperation", veo_look),
    (
        r"POST /v1beta1/(?:projects/p/locations/global/)?publishers/google/models/([\w.-]+):generateContent",
        gemini_content,
    ),
    (r"POST /token", token),
    (r"GET /storage/v1/b/films/o/mine%2F7%2Fsample%200.mp4", stored),
)
