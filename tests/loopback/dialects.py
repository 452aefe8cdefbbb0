"""How each provider shapes requests, answers and errors; the inverse of what the adapters do."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

STATUS_TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    409: "conflict_error", 413: "request_too_large", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error",
}  # fmt: skip
GOOGLE_TYPES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 529: "UNAVAILABLE",
}  # fmt: skip


@dataclass
class Said:
    """What the model says, before a dialect gives it its shape."""

    text: str = "(B) two circles"
    finish: str = "stop"  # stop | length | refused | filtered
    reasoning: str | None = None
    tokens: dict[str, int] = field(
        default_factory=lambda: {"input": 11, "output": 5, "reasoning": 2, "cached": 3, "written": 1}
    )


def dialect(path: str) -> str:
    """chat, responses, anthropic or gemini by the end of the path."""
    if path.endswith("/chat/completions"):
        return "chat"
    if path.endswith("/responses"):
        return "responses"
    return "anthropic" if path.endswith("/messages") else "gemini"


def parts(body: dict[str, Any], kind: str) -> list[str | bytes]:
    """The user's texts and media bytes in their order."""
    if kind == "gemini":
        return [_google_part(p) for content in body["contents"] for p in content["parts"]]
    messages = body["input"] if kind == "responses" else body["messages"]
    content = next(m["content"] for m in messages if m["role"] == "user")
    return [content] if isinstance(content, str) else [_part(p) for p in content]


def system(body: dict[str, Any], kind: str) -> str | None:
    """The system prompt."""
    if kind == "chat":
        return next((m["content"] for m in body["messages"] if m["role"] == "system"), None)
    if kind == "gemini":
        given = body.get("systemInstruction") or body.get("system_instruction")
        return given["parts"][0]["text"] if given else None
    return body.get("instructions" if kind == "responses" else "system")


def answer(kind: str, model: str, said: Said) -> dict[str, Any]:
    """A 200 in the dialect."""
    return {"chat": _chat, "responses": _responses, "anthropic": _anthropic, "gemini": _gemini}[kind](model, said)


def error(
    kind: str, status: int, message: str, *, code: str | None = None, retry_s: float | None = None
) -> dict[str, Any]:
    """An error body in the dialect."""
    if kind == "anthropic":
        return {"type": "error", "error": {"type": STATUS_TYPES.get(status, "api_error"), "message": message}}
    if kind == "gemini":
        info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_s}s"}
        details = [info] if retry_s is not None else []
        state = GOOGLE_TYPES.get(status, "UNKNOWN")
        return {"error": {"code": status, "message": message, "status": state, "details": details}}
    return {"error": {"message": message, "type": STATUS_TYPES.get(status), "param": None, "code": code}}


def _part(part: dict[str, Any]) -> str | bytes:
    if "text" in part:
        return part["text"]
    if part["type"] == "image":
        return base64.b64decode(part["source"]["data"], validate=True)
    url = part["image_url"]
    url = url["url"] if isinstance(url, dict) else url
    head, data = url.split(",", 1)
    assert re.fullmatch(r"data:image/\w+;base64", head), head
    return base64.b64decode(data, validate=True)


def _google_part(part: dict[str, Any]) -> str | bytes:
    blob = part.get("inlineData") or part.get("inline_data")
    return base64.urlsafe_b64decode(blob["data"].replace("+", "-").replace("/", "_")) if blob else part["text"]


def _chat(model: str, said: Said) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None}
    if said.finish == "refused":
        message.update(content=None, refusal="I cannot help with that.")
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    tokens = said.tokens
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
        "choices": [{
            "index": 0, "message": message, "logprobs": None,
            "finish_reason": {"length": "length", "filtered": "content_filter"}.get(said.finish, "stop"),
        }],
        "usage": {
            "prompt_tokens": tokens["input"], "completion_tokens": tokens["output"],
            "total_tokens": tokens["input"] + tokens["output"],
            "prompt_tokens_details": {"cached_tokens": tokens["cached"]},
            "completion_tokens_details": {"reasoning_tokens": tokens["reasoning"]},
        },
    }  # fmt: skip


def _responses(model: str, said: Said) -> dict[str, Any]:
    content: dict[str, Any] = {"type": "output_text", "text": said.text, "annotations": [], "logprobs": []}
    if said.finish == "refused":
        content = {"type": "refusal", "refusal": "I cannot help with that."}
    reason = {"length": "max_output_tokens", "filtered": "content_filter"}.get(said.finish)
    summary = [{"type": "summary_text", "text": said.reasoning}] if said.reasoning else []
    tokens = said.tokens
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": model, "error": None,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": summary},
            {"type": "message", "id": "m_1", "status": "completed", "role": "assistant", "content": [content]},
        ],
        "usage": {
            "input_tokens": tokens["input"], "input_tokens_details": {"cached_tokens": tokens["cached"]},
            "output_tokens": tokens["output"], "output_tokens_details": {"reasoning_tokens": tokens["reasoning"]},
            "total_tokens": tokens["input"] + tokens["output"],
        },
    }  # fmt: skip


def _anthropic(model: str, said: Said) -> dict[str, Any]:
    thought = [{"type": "thinking", "thinking": said.reasoning, "signature": "s"}] if said.reasoning else []
    tokens = said.tokens
    value: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model,
        "content": [] if said.finish == "refused" else [*thought, {"type": "text", "text": said.text}],
        "stop_reason": {"refused": "refusal", "length": "max_tokens"}.get(said.finish, "end_turn"),
        "stop_sequence": None,
        # Input here is what was neither read from the prompt cache nor written to it.
        "usage": {
            "input_tokens": tokens["input"] - tokens["cached"] - tokens["written"], "output_tokens": tokens["output"],
            "cache_creation_input_tokens": tokens["written"], "cache_read_input_tokens": tokens["cached"],
        },
    }  # fmt: skip
    if said.finish == "refused":
        value["stop_details"] = {"category": "other", "explanation": "I cannot help with that."}
    return value


def _gemini(model: str, said: Said) -> dict[str, Any]:
    tokens = said.tokens
    value: dict[str, Any] = {
        "usageMetadata": {
            "promptTokenCount": tokens["input"], "candidatesTokenCount": tokens["output"] - tokens["reasoning"],
            "thoughtsTokenCount": tokens["reasoning"], "cachedContentTokenCount": tokens["cached"],
            "totalTokenCount": tokens["input"] + tokens["output"],
        },
        "modelVersion": model, "responseId": "r1",
    }  # fmt: skip
    if said.finish == "refused":
        return {**value, "promptFeedback": {"blockReason": "SAFETY"}}
    thought = [{"text": said.reasoning, "thought": True}] if said.reasoning else []
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [*thought, {"text": said.text}]}, "index": 0}
    candidate["finishReason"] = {"length": "MAX_TOKENS", "filtered": "SAFETY"}.get(said.finish, "STOP")
    if said.finish == "filtered":
        candidate.pop("content")
    return {**value, "candidates": [candidate]}
