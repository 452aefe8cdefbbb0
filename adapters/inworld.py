"""Inworld's text to speech: inworld/inworld-tts-1.5-max. The key is $INWORLD_API_KEY, as the portal shows it (Base64).

Its language models, and the same voices, also speak OpenAI's API:
openai/MODEL -o base_url=https://api.inworld.ai/v1 -o key_env=INWORLD_API_KEY
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientTimeout

from mmeval import AdapterError, Capabilities, Options, Reply, Request, Usage, UsageError, providers
from mmeval.types import Want

HOST = "api.inworld.ai"
INWORLD = f"https://{HOST}"
LONGEST = 2000
"""Characters of one request. Source: https://docs.inworld.ai/api-reference/ttsAPI/texttospeech/synthesize-speech"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InworldOptions(Options):
    """Options of speech; None = the provider's default."""

    voice: str = "Dennis"
    rate: int = 24_000
    """Samples per second."""
    speed: float | None = None
    """1 is normal."""
    base_url: str = INWORLD
    key_env: str | None = None
    """Environment variable that holds the key of another server."""
    timeout_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it came."""

    body: bytes
    headers: Mapping[str, str]


class Adapter:
    """`POST /tts/v1/voice`."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text"}),
        wants=frozenset({"audio"}),
        options=InworldOptions,
        env="INWORLD_API_KEY",
        transport_options=frozenset({"timeout_s", "key_env"}),
        request_options=frozenset({"voice", "rate", "speed"}),
    )

    def __init__(self, model: str, options: InworldOptions) -> None:
        if options.speed is not None and not 0.5 <= options.speed <= 1.5:
            raise UsageError(f"-o speed={options.speed:g}: from 0.5 to 1.5")
        self.model, self._options = model, options
        self.endpoint = providers.endpoint(options.base_url)

    async def connect(self) -> None:
        """Read the key; raises UsageError where there is none."""
        self._secret = providers.key(
            "INWORLD_API_KEY", provider="inworld", base_url=self.endpoint, host=HOST, named=self._options.key_env
        )
        self._session = providers.guarded_session()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def ask(self, request: Request, options: InworldOptions) -> Reply:
        """Speak one text; raises RetryableError or FatalError."""
        text = providers.text_of(request)
        config = {"audioEncoding": "LINEAR16", "sampleRateHertz": options.rate, "speakingRate": options.speed}
        given = {"text": text, "voiceId": options.voice, "modelId": self.model, "temperature": options.temperature,
                 "audioConfig": providers.drop_none(config)}  # fmt: skip

        def read(value: dict[str, Any]) -> Reply:
            made = providers.unpacked("audio", str(value["audioContent"]))
            spoken = (value.get("usage") or {}).get("processedCharactersCount")
            used = Usage(characters=spoken if isinstance(spoken, int) else len(text))
            return Reply(text="", finish="stop", media=(made,), usage=used, model=self.model)

        body = json.dumps(providers.drop_none(given)).encode()
        answer = await providers.call(self._post(body), secret=self._secret, body=lambda raw: raw.body)
        return providers.shaped(read, answer.value, secret=self._secret, latency_s=answer.latency_s)

    @staticmethod
    def made(model: str, want: Want, text: str, options: InworldOptions) -> Usage:
        """Speech is billed by the characters of its text."""
        del model, want, options
        return Usage(characters=len(text))

    async def _post(self, body: bytes) -> Answered:
        headers = {"Authorization": f"Basic {self._secret.value}", "Content-Type": "application/json"}
        limit = ClientTimeout(total=self._options.timeout_s)
        url = f"{self.endpoint}/tts/v1/voice"
        async with self._session.post(url, data=body, headers=headers, timeout=limit) as answer:
            data = await answer.read()
            if answer.status == 200:
                return Answered(data, answer.headers)
        raise self._error(answer.status, data)

    def _error(self, status: int, data: bytes) -> AdapterError:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = {}
        error = value if isinstance(value, dict) else {}
        return providers.said({**error, "message": error.get("message") or status}, secret=self._secret, status=status)
