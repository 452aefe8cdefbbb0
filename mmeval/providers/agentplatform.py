"""Google's Gemini Enterprise Agent Platform, once Vertex AI: where it is, and with which credentials it is asked.

The SDK's own variables decide unless an option does: GOOGLE_GENAI_USE_ENTERPRISE or GOOGLE_GENAI_USE_VERTEXAI asks for
the platform, GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION say where. A project is asked with the application default
credentials of the machine; without a project, a key of the express mode is enough.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval.errors import UsageError
from mmeval.providers.setup import Secret, key

__all__ = ["Account", "Place", "place", "tell_access"]

USE = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI")
PROJECT, LOCATION = "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"
KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
FILE = "GOOGLE_APPLICATION_CREDENTIALS"
HOST = "aiplatform.googleapis.com"
OWN = re.compile(r"https://([a-z0-9-]+-)?aiplatform\.googleapis\.com|https://aiplatform\.(us|eu)\.rep\.googleapis\.com")
"""Servers to which credentials are sent."""
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ADC = f"run `gcloud auth application-default login`, or set {FILE}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the platform a model is asked."""

    project: str | None
    """None: a key of the express mode, or the project that the credentials name."""
    location: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Account:
    """How Gemini is asked: with a key, or with the credentials of this machine; with neither at another server."""

    project: str | None
    location: str | None
    key: Secret
    credentials: Any = None
    platform: bool = True
    """False: at the Developer API."""

    @property
    def secret(self) -> Secret:
        """What no message may contain: the key, or the access token of the hour."""
        return Secret(str(self.credentials.token or "")) if self.credentials is not None else self.key

    def arguments(self) -> dict[str, Any]:
        """How the client of `google-genai` is made."""
        at = {"vertexai": self.platform, "project": self.project, "location": self.location}
        if self.credentials is not None:
            return {**at, "credentials": self.credentials}
        return {**at, "api_key": self.key.value or "none"}  # with neither, the SDK would look for a key itself


def place(enterprise: bool | None, project: str | None, location: str | None) -> Place | None:
    """Where a model is asked; None: at the Gemini Developer API, which needs nothing but a key.

    Args:
        enterprise: whether the platform is asked; None: if a project is given, or if the environment says so.
        project: None: what the environment says.
        location: None: what the environment says, or else `global`.

    Raises:
        UsageError: a project or a location is given, but not the platform.
    """
    if enterprise is False and (project or location):
        raise UsageError(f"-o {'project' if project else 'location'}: the Developer API has none; leave enterprise out")
    asked = next((os.environ[name] for name in USE if name in os.environ), "")
    if enterprise is False or not (enterprise or project or location or asked.lower() in ("true", "1")):
        return None
    project, location = project or os.environ.get(PROJECT) or None, location or os.environ.get(LOCATION) or None
    if project and not location:
        location = "global"
    return Place(project, location, _url(location))


def _url(location: str | None) -> str:
    if location is None or location == "global":
        return f"https://{HOST}"
    if not re.fullmatch(r"[a-z0-9-]{2,40}", location):
        raise UsageError(f"-o location={location}: expected the name of a region, such as us-central1, or global")
    return (
        f"https://aiplatform.{location}.rep.googleapis.com"
        if location in ("us", "eu")
        else f"https://{location}-{HOST}"
    )


async def account(at: Place, base_url: str, named: str | None) -> Account:
    """The credentials for a server of the platform, or for another one that speaks its protocol.

    Raises:
        UsageError: there are none, or they are refused; with the way out.
    """
    if named is not None:
        return Account(at.project, at.location, key(provider="gemini", named=named))
    if OWN.fullmatch(base_url) is None:
        return Account(at.project, at.location, Secret(""))
    found = next((os.environ[name].strip() for name in KEYS if os.environ.get(name, "").strip()), "")
    if found and not at.project and not at.location:
        return Account(None, None, Secret(found))
    credentials, project = await asyncio.to_thread(_credentials, at.project)
    return Account(project, at.location or "global", Secret(""), credentials)


def _credentials(project: str | None) -> tuple[Any, str]:
    """The application default credentials, with a token, and the project; raises UsageError."""
    auth: Any = importlib.import_module("google.auth")
    transport: Any = importlib.import_module("google.auth.transport.requests")
    try:
        found, own = auth.default(scopes=[SCOPE])
    except auth.exceptions.DefaultCredentialsError:
        raise UsageError(
            f"gemini finds no credentials for the Agent Platform: {ADC}, or set {KEYS[0]} and no project (express mode)"
        ) from None
    if not (project or own):
        raise UsageError(f"gemini needs a project on the Agent Platform: -o project=NAME, or set {PROJECT}")
    try:
        found.refresh(transport.Request())
    except auth.exceptions.GoogleAuthError as error:
        why = Secret("").scrub(str(error))
        raise UsageError(f"gemini: the credentials for the Agent Platform are refused: {why}; {ADC}") from None
    return found, str(project or own)


def tell_access(environment: Mapping[str, str]) -> tuple[bool, str]:
    """Whether something lets Gemini be asked, and what, in words without any value of a secret."""
    told = [f"{name} is set" for name in reversed(KEYS) if environment.get(name)]
    folder = environment.get("CLOUDSDK_CONFIG") or str(Path.home() / ".config" / "gcloud")
    file = Path(environment.get(FILE) or Path(folder, "application_default_credentials.json"))
    if file.is_file():
        project = environment.get(PROJECT)
        told.append(f"Agent Platform: application default credentials, project {project or 'not set'}")
    elif environment.get(FILE):
        return False, f"{FILE} names a file that does not exist"
    return bool(told), " · ".join(told) or f"{KEYS[1]} is not set; for the Agent Platform, {ADC}"
