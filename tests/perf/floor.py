"""The least that a program can do with the same SDK: read, base64, send, look at the letter, write a line.

No cache, no retries, no scoring, no journal. The body is made once, as bytes, and the SDK sends it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

Call = Callable[[dict[str, Any]], Awaitable[str]]


def rows(file: str) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(file).iter_batches(batch_size=64):
        yield from batch.to_pylist()


def text(row: dict[str, Any]) -> str:
    return json.dumps(row["question"] + "".join(f"\n{letter}. {row[letter]}" for letter in "ABCD"))


def encoded(row: dict[str, Any]) -> bytes:
    return base64.b64encode(row["image"]["bytes"])


def chat(row: dict[str, Any]) -> bytes:
    return b"".join([
        b'{"model":"m","max_tokens":16,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":',
        b'"data:image/jpeg;base64,', encoded(row), b'"}},{"type":"text","text":', text(row).encode(), b"}]}]}",
    ])  # fmt: skip


def message(row: dict[str, Any]) -> bytes:
    return b"".join([
        b'{"model":"m","max_tokens":16,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64",',
        b'"media_type":"image/jpeg","data":"', encoded(row), b'"}},{"type":"text","text":', text(row).encode(), b"}]}]}",
    ])  # fmt: skip


def client(name: str, url: str) -> Call:
    return {"openai": _openai, "anthropic": _anthropic, "gemini": _gemini, "aiohttp": _aiohttp}[name](url)


def _openai(url: str) -> Call:
    import openai
    from openai.types.chat import ChatCompletion

    sdk = openai.AsyncOpenAI(
        api_key="x", base_url=f"{url}/v1", max_retries=0, timeout=600, http_client=openai.DefaultAioHttpClient()
    )

    async def call(row: dict[str, Any]) -> str:
        headers = {"headers": {"Content-Type": "application/json"}}
        reply = await sdk.post("/chat/completions", cast_to=ChatCompletion, content=chat(row), options=headers)
        return reply.choices[0].message.content or ""

    return call


def _anthropic(url: str) -> Call:
    import anthropic
    from anthropic.types import Message

    sdk = anthropic.AsyncAnthropic(
        api_key="x", base_url=url, max_retries=0, timeout=600, http_client=anthropic.DefaultAioHttpClient()
    )

    async def call(row: dict[str, Any]) -> str:
        headers = {"headers": {"Content-Type": "application/json"}}
        reply = await sdk.post("/v1/messages", cast_to=Message, content=message(row), options=headers)
        return reply.content[0].text

    return call


def _gemini(url: str) -> Call:
    from google import genai
    from google.genai import types

    options = types.HttpOptions(base_url=url, timeout=600_000)
    sdk = genai.Client(api_key="x", http_options=options)

    async def call(row: dict[str, Any]) -> str:
        part = types.Part.from_bytes(data=row["image"]["bytes"], mime_type="image/jpeg")
        config = types.GenerateContentConfig(max_output_tokens=16)
        reply = await sdk.aio.models.generate_content(model="m", contents=[part, text(row)], config=config)
        return reply.text or ""

    return call


def _aiohttp(url: str) -> Call:
    import aiohttp

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def call(row: dict[str, Any]) -> str:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{url}/v1/chat/completions", data=chat(row), headers=headers) as reply:
            return json.loads(await reply.read())["choices"][0]["message"]["content"]

    return call


async def run(given: argparse.Namespace) -> None:
    call, source = client(given.client, given.url), rows(given.data)
    with Path(given.out).open("w", encoding="utf-8") as out:  # noqa: ASYNC230 - a line costs microseconds

        async def worker() -> None:
            for row in source:
                said = await call(row)
                out.write(json.dumps({"id": row["id"], "said": said, "right": said == row["answer"]}) + "\n")

        await asyncio.gather(*(worker() for _ in range(given.in_flight)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", choices=("openai", "anthropic", "gemini", "aiohttp"), required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--in-flight", type=int, required=True)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
