"""A provider that costs next to nothing: reads a request, waits, says a fixed answer; counts what it saw.

GET /stats gives the counters and zeroes them; GET /stats?keep leaves them. It speaks chat completions, Anthropic's
messages and Gemini's generateContent. With --per-second it answers 429 beyond that rate. With --tell it reads the number
of the question in each body ("Question 17:") and counts how many were answered, and how many more than once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
from collections import Counter

CHAT = {
    "id": "c", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "A"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 300, "completion_tokens": 1, "total_tokens": 301},
}  # fmt: skip
MESSAGE = {
    "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "A"}],
    "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 300, "output_tokens": 1},
}  # fmt: skip
GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "A"}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {"promptTokenCount": 300, "candidatesTokenCount": 1, "totalTokenCount": 301}, "modelVersion": "m",
}  # fmt: skip


def http(status: str, value: object, extra: str = "") -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


ANSWERS = {"chat": http("200 OK", CHAT), "messages": http("200 OK", MESSAGE), "gemini": http("200 OK", GEMINI)}
BUSY = http(
    "429 Too Many Requests", {"error": {"message": "slow down", "type": "rate_limit_error"}}, "Retry-After: 1\r\n"
)


class Stats:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.requests = self.answered = self.rejected = self.bytes = self.under_way = self.peak = 0
        self.first = self.last = 0.0
        self.answers: Counter[bytes] = Counter()

    def told(self) -> dict[str, float]:
        counts = {key: value for key, value in vars(self).items() if key not in {"bucket", "answers"}}
        twice = sum(times > 1 for times in self.answers.values())
        return {**counts, "questions": len(self.answers), "twice": twice}


class Provider(asyncio.Protocol):
    """One connection."""

    def __init__(self, stats: Stats, delay: float, per_second: float | None, *, tell: bool = False) -> None:
        self.stats, self.delay, self.per_second, self.tell = stats, delay, per_second, tell
        self.loop = asyncio.get_running_loop()
        self.head, self.missing, self.path = b"", 0, b""
        self.parts: list[bytes] = []
        self.tokens, self.at = per_second or 0.0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self.stats.bytes += len(data)
        if self.tell:
            self.parts.append(data)
        if self.missing:
            self.missing -= len(data)
            if self.missing <= 0:
                self.arrived()
            return
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = self.head[:end].split(b"\r\n")
        self.path = lines[0].split(b" ")[1]
        fields = dict(line.lower().split(b": ", 1) for line in lines[1:])
        self.missing = int(fields.get(b"content-length", b"0")) - (len(self.head) - end - 4)
        self.head = b""
        if self.missing <= 0:
            self.arrived()

    def arrived(self) -> None:
        self.missing = 0
        stats, now = self.stats, self.loop.time()
        body, self.parts = b"".join(self.parts), []
        if self.path.startswith(b"/stats"):
            told = stats.told()
            if self.path == b"/stats":
                stats.clear()
            self.transport.write(http("200 OK", told))
            return
        stats.requests += 1
        stats.first = stats.first or now
        if self.per_second is not None and not self.admitted(now):
            stats.rejected += 1
            self.transport.write(BUSY)
            return
        stats.under_way += 1
        stats.peak = max(stats.peak, stats.under_way)
        self.loop.call_later(self.delay, self.answer, number(body))

    def admitted(self, now: float) -> bool:
        tokens, at = getattr(self.stats, "bucket", (self.per_second * 0.1, now))
        tokens = min(max(1.0, self.per_second * 0.1), tokens + (now - at) * self.per_second)
        self.stats.bucket = (tokens - (tokens >= 1), now)
        return tokens >= 1

    def answer(self, question: bytes) -> None:
        self.stats.under_way -= 1
        if self.transport.is_closing():  # the client is gone: nobody has this answer
            return
        self.stats.answered += 1
        if self.tell:
            self.stats.answers[question] += 1
        self.stats.last = self.loop.time()
        kind = "messages" if b"/messages" in self.path else "gemini" if b"generateContent" in self.path else "chat"
        self.transport.write(ANSWERS[kind])


def number(body: bytes) -> bytes:
    """The number of the question; base64 has no blank in it, so a search from the end stops at once or passes it."""
    end = len(body)
    while (end := body.rfind(b"Question ", 0, end)) >= 0:
        digits = body[end + 9 : end + 17].split(b":")[0]
        if digits.isdigit():
            return digits
    return b""


async def serve(given: argparse.Namespace) -> None:
    loop, stats = asyncio.get_running_loop(), Stats()
    server = await loop.create_server(
        lambda: Provider(stats, given.delay, given.per_second, tell=given.tell), "127.0.0.1", given.port, backlog=2048
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--per-second", type=float)
    parser.add_argument("--tell", action="store_true", help="tell questions apart")
    given = parser.parse_args()
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    run(serve(given))


if __name__ == "__main__":
    main()
