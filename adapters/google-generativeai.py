"""Gemini through the SDK `google-generativeai`, which Google discontinued in 2025; prefer the adapter `gemini`.

It is there to reproduce results that were made with it. Its asynchronous calls do not work over REST, so each request
needs a thread. It has neither seeds nor thinking, and does not report thought tokens.
"""

from __future__ import annotations

import asyncio
import io
import json
import math
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mmeval import Capabilities, Options, Prompt, Reply, Request, Text, UsageError, providers

HOST = "generativelanguage.googleapis.com"
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
THREADS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerativeAIOptions(Options):
    """Options of generateContent; None = the provider's default."""

    base_url: str = f"https://{HOST}"
    key_env: str | None = None
    """Environment variable that holds the key of another server. GEMINI_API_KEY, or else GOOGLE_API_KEY, is sent only
    to Google, unless it is named here."""
    timeout_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Raw:
    """A message of the SDK as JSON of the REST API."""

    body: str
    headers: dict[str, str]


class Adapter:
    """generateContent over REST, one thread per request in flight."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        options=GenerativeAIOptions,
        max_images=3000,
        max_image_bytes=7_000_000,
        image_mimes=frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}),
        env="GEMINI_API_KEY",
        extra="google-generativeai",
        sdk="google-generativeai",
        transport_options=frozenset({"timeout_s", "key_env"}),
    )

    def __init__(self, model: str, options: GenerativeAIOptions) -> None:
        if options.seed is not None:
            raise UsageError("-o seed: google-generativeai cannot send one; use the provider gemini")
        self.model = model
        self.endpoint = providers.endpoint(options.base_url)
        self._options = options

    async def connect(self) -> None:
        """Import the SDK and read the key; raises UsageError naming what is missing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # it announces its end of life
            genai = providers.sdk("google.generativeai", extra="google-generativeai")
        named = self._options.key_env
        self._secret = providers.key(
            *KEYS, provider="google-generativeai", base_url=self.endpoint, host=HOST, named=named
        )
        # `configure` is process-wide, but the client that is made next keeps this endpoint and key. Without a key, the
        # SDK would look for one in the environment.
        key = self._secret.value or "none"
        genai.configure(api_key=key, transport="rest", client_options={"api_endpoint": self.endpoint})
        self._protos = genai.protos
        self._client = providers.sdk(
            "google.generativeai.client", extra="google-generativeai"
        ).get_default_generative_client()
        _guard(self._client.transport._session)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="google-generativeai")

    async def close(self) -> None:
        """Close the connections; requests in flight run into their timeouts."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.transport.close()

    async def ask(self, request: Request, options: GenerativeAIOptions) -> Reply:
        """Send one request; raises RetryableError or FatalError."""
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(self._threads, self._send, request.prompt, options)
        answer = await providers.call(sending, secret=self._secret, body=lambda raw: raw.body)
        return providers.shaped(providers.gemini_reply, answer.value, secret=self._secret, latency_s=answer.latency_s)

    @staticmethod
    def image_tokens(model: str, width: int, height: int, options: GenerativeAIOptions) -> int | None:
        """Input tokens of one image; None if the rule is unknown."""
        del options
        return providers.gemini_image_tokens(model, width, height)

    def _send(self, prompt: Prompt, options: GenerativeAIOptions) -> Raw:
        message = self._message(prompt, options)
        # By default, the SDK retries a 503 for as long as it lasts.
        answer = self._client.generate_content(message, retry=None, timeout=options.timeout_s)
        fields = type(answer).to_dict(answer, use_integers_for_enums=False, preserving_proto_field_name=False)
        return Raw(body=json.dumps(fields), headers={})

    def _message(self, prompt: Prompt, options: GenerativeAIOptions) -> Any:
        part, content = self._protos.Part, self._protos.Content
        given = {
            "temperature": options.temperature,
            "top_p": options.top_p,
            "max_output_tokens": options.max_tokens,
        }
        return self._protos.GenerateContentRequest(
            model=f"models/{self.model.removeprefix('models/')}",
            contents=[
                content(
                    role="user",
                    parts=[
                        part(text=p.text)
                        if isinstance(p, Text)
                        else part(inline_data={"mime_type": p.mime, "data": p.read()})
                        for p in prompt
                    ],
                )
            ],
            system_instruction=content(parts=[part(text=options.system)]) if options.system else None,
            generation_config=providers.drop_none(given) or None,
        )


def _guard(session: Any) -> None:
    """Guard the responses of a session of requests."""
    from requests.adapters import HTTPAdapter  # comes with the SDK

    class Guarded(HTTPAdapter):
        def send(self, request: Any, *args: Any, timeout: float | None = None, **rest: Any) -> Any:
            until = time.monotonic() + (timeout or math.inf)
            response = super().send(request, *args, timeout=timeout, **{**rest, "stream": True})
            try:
                response.raw = io.BytesIO(_body(response, until))
            except BaseException:
                response.close()
                raise
            return response

    for scheme in ("https://", "http://"):
        session.mount(scheme, Guarded())
    session.headers.update(providers.ACCEPTED)


def _body(response: Any, until: float) -> bytes:
    """The body of a response; raises TimeoutError at the time `until`: requests limits only the wait for each chunk."""
    providers.refuse_redirect(response.status_code, response.headers)
    with providers.ResponseBody(response.headers) as body:
        for chunk in response.raw.stream(providers.CHUNK, decode_content=False):
            body.add(chunk)
            if time.monotonic() > until:
                raise TimeoutError("the response took too long")
        return body.content()
