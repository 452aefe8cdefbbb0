"""Checks before the first request: the SDK, the key, the endpoint. Every error says how to fix it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from urllib.parse import urlsplit, urlunsplit

from mmeval.errors import UsageError

_CREDENTIAL = re.compile(
    r"(?i)\b(?:sk|pk|rk|hf|gsk|xai)[-_][\w*-]{6,}|\bAIza[\w-]{10,}|\bbearer\s+\S+|(?<=[?&]key=)[^&\s]+|(?<=://)[^/@\s]+(?=@)"
)
_BASE64 = re.compile(r"(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/=_-]{120,}")
_LONGEST = 300


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """An API key that is not printed by accident."""

    value: str

    def __repr__(self) -> str:
        return "Secret(...)"

    def scrub(self, text: str) -> str:
        """The text as one short line, without this key, anything that looks like a key, and base64."""
        if len(self.value) >= 4:
            text = text.replace(self.value, "[key]")
        text = _BASE64.sub("[media]", _CREDENTIAL.sub("[key]", text))
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sdk(module: str, *, extra: str) -> ModuleType:
    """Import a provider's SDK; raises UsageError with the pip command if it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"{module} cannot be imported ({error}): pip install 'mmeval-harness[{extra}]'") from None


def key(*variables: str, provider: str, required: bool = True) -> Secret:
    """The first of the environment variables that is set.

    Args:
        variables: names of environment variables, the documented one first.
        provider: as in `provider/model`, for the message.
        required: whether a missing key is an error; otherwise the Secret is empty, for servers without keys.

    Raises:
        UsageError: no variable is set; names the first.
    """
    value = next((os.environ[name].strip() for name in variables if os.environ.get(name, "").strip()), "")
    if required and not value:
        raise UsageError(f"{provider} needs a key: set the environment variable {variables[0]}")
    return Secret(value)


def endpoint(url: str) -> str:
    """The base URL without a trailing slash; raises UsageError unless it is a plain http(s) URL.

    Credentials and queries are refused, because every run records its endpoint.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"-o base_url={Secret('').scrub(url)}: expected http://HOST[:PORT]/... or https://...")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("-o base_url: leave out credentials and queries; name the key's variable with -o key_env=NAME")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
