"""What adapters of remote and served models share.

Request bodies, chat completions, typed errors, rate-limit headers, keys and endpoints, checkpoints in folders, and
managed server processes.
"""

from mmeval.providers.body import Body, drop_none
from mmeval.providers.calls import Answer, call, collected, decode, fetch, lines, shaped
from mmeval.providers.chat import ChatClient, ChatOptions, chat_payload, chat_reply, json_schema
from mmeval.providers.checkpoints import checkpoint_digest, checkpoint_folder
from mmeval.providers.failures import failure, said
from mmeval.providers.google import gemini_image_tokens, gemini_reply
from mmeval.providers.headers import anthropic_limits, openai_limits, retry_after
from mmeval.providers.server import ManagedServer
from mmeval.providers.setup import Secret, endpoint, key, sdk

__all__ = [
    "Answer",
    "Body",
    "ChatClient",
    "ChatOptions",
    "ManagedServer",
    "Secret",
    "anthropic_limits",
    "call",
    "chat_payload",
    "chat_reply",
    "checkpoint_digest",
    "checkpoint_folder",
    "collected",
    "decode",
    "drop_none",
    "endpoint",
    "failure",
    "fetch",
    "gemini_image_tokens",
    "gemini_reply",
    "json_schema",
    "key",
    "lines",
    "openai_limits",
    "retry_after",
    "said",
    "sdk",
    "shaped",
]
