"""Checks before the first request: the SDK, the key, the endpoint. Every error says how to fix it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from mmeval.errors import UsageError

_CREDENTIAL = re.compile(
    r"(?i)\b(?:sk|pk|rk|hf|gsk|xai)[-_][\w*-]{6,}|\bAIza[\w-]{10,}|\bbearer\s+\S+|(?<=[?&]key=)[^&\s]+|(?<=://)[^/@\s]+(?=@)"
)
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_HOLDS_KEY = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$", re.IGNORECASE)
"""Names of environment variables whose values are keys."""
# Long, and with a digit: "sk-learn" in a prompt is no key.
_KEY_SHAPE = re.compile(
    r"\b(?:(?:sk|pk|rk|xai)-(?=[\w-]*\d)[\w-]{20,}|(?:hf|gsk)_[A-Za-z0-9]{30,}|AIza[\w-]{30,})", re.ASCII
)
_BASE64 = re.compile(r"(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/=_-]{120,}")
_LONGEST = 300
_SCRUBBED = 100_000
"""Characters of a message that are looked at; a server may send 64 MB of them."""
SHORTEST = 8
"""Characters. Shorter keys are placeholders such as EMPTY or ollama: answers and prompts may well contain them."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """An API key that is not printed by accident."""

    value: str

    def __repr__(self) -> str:
        return "Secret(...)"

    def scrub(self, text: str) -> str:
        """The text as one short line, without this key, anything that looks like a key, and base64."""
        cut, text = len(text) > _SCRUBBED, text[:_SCRUBBED]
        if len(self.value) >= 4:
            text = text.replace(self.value, "[key]")
        if cut:
            text = text[: len(text) - len(self.value)]  # it may end with the first part of the key
        text = _BASE64.sub("[media]", _CREDENTIAL.sub("[key]", text))
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def redact(self, text: str) -> str:
        """The text with `[key]` in place of this key, and otherwise unchanged."""
        return text.replace(self.value, "[key]") if len(self.value) >= SHORTEST else text


def sdk(module: str, *, extra: str) -> ModuleType:
    """Import a provider's SDK; raises UsageError with the pip command if it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(f"{module} cannot be imported ({error}): pip install 'mmeval-harness[{extra}]'") from None


def key(*variables: str, provider: str, base_url: str = "", host: str = "", named: str | None = None) -> Secret:
    """The key for a server.

    A provider's own key goes to the provider's host alone, over https. Any other server gets the key that the user
    names for it, or none.

    Args:
        variables: the provider's environment variables, the documented one first.
        provider: as in `provider/model`, for the messages.
        base_url: the server.
        host: the provider's own host.
        named: the environment variable in `-o key_env=`.

    Returns:
        An empty Secret for a server without a key.

    Raises:
        UsageError: no variable is set that should be; names the first.
    """
    if named is not None and not _VARIABLE.fullmatch(named):
        raise UsageError("-o key_env: expected the name of an environment variable, not the key itself")
    url = urlsplit(base_url)
    if named is None and (url.scheme, url.hostname) != ("https", host):
        return Secret("")
    names = variables if named is None else (named,)
    value = next((os.environ[name].strip() for name in names if os.environ.get(name, "").strip()), "")
    if not value:
        raise UsageError(f"{provider} needs a key: set the environment variable {names[0]}")
    return Secret(value)


def refuse_keys(options: Mapping[str, Any]) -> None:
    """Raise UsageError if an option holds a key: the options of a run are stored with it and published.

    A key is the value of an environment variable that is named like one, or looks like the key of a known provider.
    """
    known = [value.strip() for name, value in os.environ.items() if _HOLDS_KEY.search(name)]
    named = os.environ.get(str(options.get("key_env")), "").strip()
    keys = [value for value in (*known, named) if len(value) >= SHORTEST]
    for name, value in options.items():
        text = unquote(str(value))
        if name != "key_env" and (_KEY_SHAPE.search(text) or any(key in text for key in keys)):
            raise UsageError(
                f"-o {name}: holds a key, and options are stored with the run;"
                " keep keys in environment variables (-o key_env=NAME)"
            )


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
