"""What the adapters of remote models share: request bodies, errors, rate-limit headers, keys and endpoints."""

from mmeval.providers.body import Body
from mmeval.providers.calls import Answer, call, collected, decode, fetch, lines, shaped
from mmeval.providers.failures import failure, said
from mmeval.providers.google import gemini_image_tokens, gemini_reply
from mmeval.providers.headers import anthropic_limits, openai_limits, retry_after
from mmeval.providers.setup import Secret, endpoint, key, sdk

__all__ = [
    "Answer",
    "Body",
    "Secret",
    "anthropic_limits",
    "call",
    "collected",
    "decode",
    "endpoint",
    "failure",
    "fetch",
    "gemini_image_tokens",
    "gemini_reply",
    "key",
    "lines",
    "openai_limits",
    "retry_after",
    "said",
    "sdk",
    "shaped",
]
