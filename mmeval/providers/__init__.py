"""What adapters of remote and served models share.

Request bodies, chat completions, guarded responses, typed errors, rate-limit headers, keys and endpoints, checkpoints
in folders, and managed server processes.
"""

from mmeval.providers.agentplatform import Account, Place, account, place, tell_access
from mmeval.providers.arguments import Arguments, Kind
from mmeval.providers.body import Body, drop_none
from mmeval.providers.calls import Answer, call, collected, decode, fetch, lines, shaped
from mmeval.providers.chat import SAMPLERS, ChatClient, ChatOptions, chat_payload, chat_reply, json_schema
from mmeval.providers.checkpoints import checkpoint_digest, checkpoint_folder, checkpoint_inputs
from mmeval.providers.decoding import Said, by_length, early_leave, end_tokens, joins_cleanly, leaves_cleanly, usual_way
from mmeval.providers.devices import gpu_copies, gpu_shares, visible_gpus
from mmeval.providers.encoders import Chats, Encoder, encoded_chats, encoder_for
from mmeval.providers.failures import failure, said
from mmeval.providers.geminifiles import INLINE, GeminiFiles
from mmeval.providers.geminimade import gemini_form, gemini_made, gemini_made_tokens, gemini_modalities
from mmeval.providers.google import gemini_clip_tokens, gemini_image_tokens, gemini_reply
from mmeval.providers.guard import (
    ACCEPTED,
    CHUNK,
    MAX_BATCH,
    MAX_BODY,
    ResponseBody,
    guard_httpx,
    guarded_session,
    refuse_redirect,
)
from mmeval.providers.headers import anthropic_limits, openai_limits, retry_after
from mmeval.providers.imagenveo import FILM_SECONDS, ImagenVeo, film_form
from mmeval.providers.likelihood import OptionScores
from mmeval.providers.links import MAX_MADE, download
from mmeval.providers.local import card, decoded, first_device, load_checkpoint, local_failure, threads_for, too_large
from mmeval.providers.making import sized, text_and_images, text_of, unpacked
from mmeval.providers.memory import DeviceMemory, fitting_tokens
from mmeval.providers.openaimade import MakingOptions, OpenAIMaking, made_tokens
from mmeval.providers.process import ManagedProcess
from mmeval.providers.processors import load_config, load_processor, tell_types
from mmeval.providers.prompt_scores import prompt_scores
from mmeval.providers.served import ServedModel, ServedOptions
from mmeval.providers.server import ManagedServer
from mmeval.providers.setup import Secret, endpoint, key, refuse_keys, sdk
from mmeval.providers.sounds import samples

__all__ = [
    "ACCEPTED",
    "CHUNK",
    "FILM_SECONDS",
    "INLINE",
    "MAX_BATCH",
    "MAX_BODY",
    "MAX_MADE",
    "SAMPLERS",
    "Account",
    "Answer",
    "Arguments",
    "Body",
    "ChatClient",
    "ChatOptions",
    "Chats",
    "DeviceMemory",
    "Encoder",
    "GeminiFiles",
    "ImagenVeo",
    "Kind",
    "MakingOptions",
    "ManagedProcess",
    "ManagedServer",
    "OpenAIMaking",
    "OptionScores",
    "Place",
    "ResponseBody",
    "Said",
    "Secret",
    "ServedModel",
    "ServedOptions",
    "account",
    "anthropic_limits",
    "by_length",
    "call",
    "card",
    "chat_payload",
    "chat_reply",
    "checkpoint_digest",
    "checkpoint_folder",
    "checkpoint_inputs",
    "collected",
    "decode",
    "decoded",
    "download",
    "drop_none",
    "early_leave",
    "encoded_chats",
    "encoder_for",
    "end_tokens",
    "endpoint",
    "failure",
    "fetch",
    "film_form",
    "first_device",
    "fitting_tokens",
    "gemini_clip_tokens",
    "gemini_form",
    "gemini_image_tokens",
    "gemini_made",
    "gemini_made_tokens",
    "gemini_modalities",
    "gemini_reply",
    "gpu_copies",
    "gpu_shares",
    "guard_httpx",
    "guarded_session",
    "joins_cleanly",
    "json_schema",
    "key",
    "leaves_cleanly",
    "lines",
    "load_checkpoint",
    "load_config",
    "load_processor",
    "local_failure",
    "made_tokens",
    "openai_limits",
    "place",
    "prompt_scores",
    "refuse_keys",
    "refuse_redirect",
    "retry_after",
    "said",
    "samples",
    "sdk",
    "shaped",
    "sized",
    "tell_access",
    "tell_types",
    "text_and_images",
    "text_of",
    "threads_for",
    "too_large",
    "unpacked",
    "usual_way",
    "visible_gpus",
]
