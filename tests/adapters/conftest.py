"""One loopback provider for all adapter tests, and a way to ask through any adapter."""

from __future__ import annotations

import asyncio
import copy
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image as Pillow

from mmeval import Image, Prompt, Reply, Request, Text, media
from mmeval.catalog import Catalog
from tests.loopback import Faults, Provider, Seen

KEY = "sk-test-0123456789abcdef"
VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY")


def picture(color: str, kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> Image:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, color).save(buffer, kind)
    return media.image(buffer.getvalue(), source=color)


@dataclass(frozen=True)
class Case:
    """One way to reach a model."""

    id: str
    provider: str
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def dialect(self) -> str:
        known = {"openai-chat": "chat", "openai-responses": "responses", "anthropic": "anthropic", "vllm": "chat"}
        return known.get(self.id, "gemini")


CASES = (
    Case("openai-chat", "openai", (("api", "chat"), ("key_env", "OPENAI_API_KEY"))),
    Case("openai-responses", "openai", (("api", "responses"), ("key_env", "OPENAI_API_KEY"))),
    Case("anthropic", "anthropic", (("key_env", "ANTHROPIC_API_KEY"),)),
    Case("gemini", "gemini", (("key_env", "GEMINI_API_KEY"),)),
    Case("google-generativeai", "google-generativeai", (("key_env", "GEMINI_API_KEY"),)),
)
VLLM = Case("vllm", "vllm", (("key_env", "OPENAI_API_KEY"),))
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture(scope="session")
def _server() -> Iterator[Provider]:
    with Provider(faults=Faults(hang_s=30.0)) as provider:
        yield provider


@pytest.fixture
def provider(_server: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    for name in VARIABLES:
        monkeypatch.setenv(name, KEY)
    _server.reset()
    return _server


Ask = Callable[..., Reply]


class Clients:
    """Connected adapters that are used again: making an SDK's client is slow."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._known: dict[Any, Any] = {}

    def ask(self, case: Case, made: Any, prompt: Prompt, model: str) -> Reply:
        key = (case.id, made.base_url, made.timeout_s, made.seed)
        if key not in self._known:
            adapter = Catalog().adapter(case.provider)(model, made)
            self._runner.run(adapter.connect())
            self._known[key] = adapter
        adapter = copy.copy(self._known[key])
        adapter.model = model
        return self._runner.run(adapter.ask(Request(prompt=prompt), made))

    def close(self) -> None:
        for adapter in self._known.values():
            self._runner.run(adapter.close())
        self._runner.close()


@pytest.fixture(scope="session")
def _clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.close()


@pytest.fixture
def ask(provider: Provider, _clients: Clients) -> Ask:
    def one(
        case: Case, *prompt: Any, scenario: str = "", model: str = "model-x", fresh: bool = False, **options: Any
    ) -> Reply:
        cls = Catalog().adapter(case.provider)
        given = {"base_url": provider.url(case.provider), **dict(case.options), **options}
        parts: Prompt = tuple(Text(part) if isinstance(part, str) else part for part in prompt or ("What?",))
        clients = Clients() if fresh else _clients
        try:
            return clients.ask(
                case, cls.capabilities.options(**given), parts, f"play:{scenario}" if scenario else model
            )
        finally:
            if fresh:
                clients.close()

    return one


@pytest.fixture
def last(provider: Provider) -> Callable[[], Seen]:
    return lambda: provider.requests[-1]
