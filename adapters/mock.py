"""Models without keys or costs, for tests, demonstrations and measurements of the harness itself.

mock/echo      answers with the text of the prompt
mock/scripted  answers from `-o script=FILE.json` (or the JSON itself): a list gives its replies in order; in an object
               the prompt's text is looked up (the exact key, otherwise the longest one that it contains, or "*")
mock/flaky     echo with faults: each `*_rate` is the probability of one kind of fault; the same seed, prompt and
               attempt always have the same fault

A scripted reply is a text, or an object with any of `text`, `finish`, `reasoning`, `input`, `output`, `scores` (one
number per choice), `image` (a file), or `error` (a kind of RetryableError or FatalError) with `status` and
`retry_after_s`. Tokens are words; an image counts 100.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmeval import (
    Capabilities,
    FatalError,
    Options,
    Prompt,
    Reply,
    Request,
    RetryableError,
    Text,
    Usage,
    UsageError,
    media,
)
from mmeval.documents import MALFORMED, why
from mmeval.types import Want

MODELS = ("echo", "scripted", "flaky")
RETRYABLE = frozenset({"rate_limit", "overloaded", "server", "timeout", "connection", "malformed"})
STATUS = {"rate_limit": 429, "overloaded": 503, "server": 500, "bad_request": 400, "auth": 401, "not_found": 404}
TRANSIENT = ("rate_limit", "server", "timeout", "connection", "malformed")
LASTING = ("bad_request", "refused", "filtered", "length", "empty")
IMAGE_TOKENS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MockOptions(Options):
    """Options of the mock models; rates are probabilities in [0, 1]."""

    script: str | None = None
    """scripted: a JSON file, or the JSON itself."""
    reply: str | None = None
    """echo and flaky: answer with this text."""
    latency_s: float = 0.0
    rate_limit_rate: float = 0.0
    """429 with `retry_after_s`."""
    error_rate: float = 0.0
    """500."""
    timeout_rate: float = 0.0
    connection_rate: float = 0.0
    malformed_rate: float = 0.0
    bad_request_rate: float = 0.0
    """400; permanent, so the same prompt always fails."""
    refused_rate: float = 0.0
    filtered_rate: float = 0.0
    length_rate: float = 0.0
    """The reply is truncated after its first word."""
    empty_rate: float = 0.0
    retry_after_s: float | None = None


class Adapter:
    """One of the models described at the top of this file."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        options=MockOptions,
        transport_options=frozenset(
            {"latency_s", "retry_after_s", "error_rate", *(f"{kind}_rate" for kind in TRANSIENT if kind != "server")}
        ),
    )
    endpoint = "local"

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """A script can also score choices and return images."""
        wants: frozenset[Want] = frozenset({"text", "choice", "image"} if model == "scripted" else {"text"})
        return replace(cls.capabilities, wants=wants)

    def __init__(self, model: str, options: MockOptions) -> None:
        if model not in MODELS:
            raise UsageError(f"no model mock/{model}; the models are {', '.join(f'mock/{name}' for name in MODELS)}")
        if model == "scripted" and options.script is None:
            raise UsageError("mock/scripted needs its replies: -o script=FILE.json, or the JSON itself")
        if model != "scripted" and options.script is not None:
            raise UsageError(f"-o script: mock/{model} has no script; mock/scripted answers from one")
        self.model = model
        self._script = _script(options.script) if options.script is not None else None
        self._asked = 0
        self._attempts: dict[str, int] = {}

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def ask(self, request: Request, options: MockOptions) -> Reply:
        """Answer according to the model's name; raises the scripted or random fault."""
        await asyncio.sleep(options.latency_s)
        prompt = request.prompt
        text = "\n".join(part.text for part in prompt if isinstance(part, Text))
        entry = self._entry(text, prompt, options)
        if "error" in entry:
            raise _fault(entry)
        said = "" if request.want != "text" else text if options.reply is None else options.reply
        answer = str(entry.get("text", said))
        return Reply(
            text=answer,
            finish=entry.get("finish", "stop"),
            scores=tuple(entry.get("scores", ())),
            media=(media.image(Path(entry["image"])),) if "image" in entry else (),
            reasoning=entry.get("reasoning"),
            usage=Usage(input=entry.get("input", _words(prompt)), output=entry.get("output", len(answer.split()))),
            latency_s=options.latency_s,
            model=f"mock/{self.model}",
        )

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: MockOptions) -> int:
        """The same for every image."""
        del model, width, height, options
        return IMAGE_TOKENS

    def _entry(self, text: str, prompt: Prompt, options: MockOptions) -> Mapping[str, Any]:
        if self._script is not None:
            return self._scripted(text)
        return self._drawn(text, prompt, options) if self.model == "flaky" else {}

    def _scripted(self, text: str) -> Mapping[str, Any]:
        if isinstance(self._script, list):
            self._asked += 1
            if self._asked > len(self._script):
                raise FatalError(f"the script has only {len(self._script)} replies", kind="bad_request")
            return _as_entry(self._script[self._asked - 1])
        assert self._script is not None
        if text in self._script:
            return _as_entry(self._script[text])
        inside = [key for key in self._script if key in text]
        key = max(inside, key=len) if inside else "*"
        if key not in self._script:
            raise FatalError("the script has no reply for this prompt and no '*'", kind="not_found")
        return _as_entry(self._script[key])

    def _drawn(self, text: str, prompt: Prompt, options: MockOptions) -> Mapping[str, Any]:
        digest = hashlib.sha256(repr((options.seed, _identity(prompt))).encode()).hexdigest()
        attempt = self._attempts.pop(digest, 0)
        transient = _pick(TRANSIENT, _uniform(digest, "attempt", attempt), options)
        if transient:
            self._attempts[digest] = attempt + 1
            return {"error": transient, "retry_after_s": options.retry_after_s if transient == "rate_limit" else None}
        lasting = _pick(LASTING, _uniform(digest, "prompt"), options)
        answer = text if options.reply is None else options.reply
        table: dict[str, dict[str, Any]] = {
            "bad_request": {"error": "bad_request"},
            "refused": {"text": "", "finish": "refused"},
            "filtered": {"text": "", "finish": "filtered"},
            "length": {"text": (answer.split() or [""])[0], "finish": "length"},
            "empty": {"text": ""},
        }
        return table.get(lasting, {})


def _script(given: str) -> list[Any] | dict[str, Any]:
    inline = given.lstrip().startswith(("[", "{"))
    try:
        value = json.loads(given if inline else Path(given).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"-o script={given[:80]}: {error.strerror}") from None
    except MALFORMED as error:
        raise UsageError(f"-o script={given[:80]}: {why(error)}") from None
    if not isinstance(value, list | dict):
        raise UsageError(f"-o script={given[:80]}: expected a JSON list or object")
    return value


def _as_entry(reply: Any) -> Mapping[str, Any]:
    return reply if isinstance(reply, dict) else {"text": str(reply)}


def _fault(entry: Mapping[str, Any]) -> RetryableError | FatalError:
    kind = str(entry["error"])
    return (RetryableError if kind in RETRYABLE else FatalError)(
        f"mock: {kind}",
        kind=kind,
        status=entry.get("status", STATUS.get(kind)),
        retry_after_s=entry.get("retry_after_s"),
    )


def _identity(prompt: Prompt) -> tuple[str, ...]:
    return tuple(part.text if isinstance(part, Text) else part.sha256 for part in prompt)


def _words(prompt: Prompt) -> int:
    return sum(len(part.text.split()) if isinstance(part, Text) else IMAGE_TOKENS for part in prompt)


def _uniform(*key: object) -> float:
    return int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:8], "big") / 2**64


def _pick(kinds: tuple[str, ...], draw: float, options: MockOptions) -> str:
    """The kind whose share of [0, 1) contains the draw; empty if none does."""
    for kind in kinds:
        draw -= getattr(options, "error_rate" if kind == "server" else f"{kind}_rate")
        if draw < 0:
            return kind
    return ""
