"""A provider on loopback: OpenAI, Anthropic and Gemini dialects, their batch APIs, and faults on request.

In a test:      with Provider() as provider: ... provider.url("openai") ... provider.requests
As a process:   python -m tests.loopback --latency 0.2 --rate-limit 0.1   (prints its URL; GET /stats, POST /reset)

The first part of the path may name a scenario: http://127.0.0.1:PORT/429-1.5/v1/chat/completions answers 429 with
`retry-after: 1.5`; `ok` is the plain answer; a model named `play:429-1.5` asks for the same. See `server.SCENARIOS`.
"""

from tests.loopback.server import Faults, Provider, Seen

__all__ = ["Faults", "Provider", "Seen"]
