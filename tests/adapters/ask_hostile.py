"""Asks the hostile server through every adapter, in a process of its own: `python -m tests.adapters.ask_hostile PORT`.

Prints a JSON object: the outcomes by case and scenario, the growth of this process in MB, and the longest time in
seconds for which the event loop stood still.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from dataclasses import asdict
from typing import Any

import pytest

from mmeval import AdapterError, Reply, Request, Text, UsageError
from mmeval.catalog import Catalog
from tests.adapters.conftest import CASES, VLLM, picture
from tests.conftest import read_certificates_once
from tests.loopback.hostile import SCENARIOS

ASK = Request(prompt=(Text("What?"), picture("red")))
ADDRESS_SPACE = 8 << 30
EVERY = (*CASES, VLLM)


async def ask(case: Any, url: str) -> Reply:
    cls = Catalog().adapter(case.provider)
    options = cls.capabilities.options(base_url=url, **dict(case.options))
    adapter = cls("m", options)
    await adapter.connect()
    try:
        return await adapter.ask(ASK, options)
    finally:
        await adapter.close()


async def outcome(case: Any, port: int, scenario: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/{scenario}{'/v1' if case.provider in ('openai', 'vllm') else ''}"
    try:
        async with asyncio.timeout(1.5 if scenario.startswith("slow") else 60):
            reply = await ask(case, url)
    except AdapterError as error:
        return {"kind": error.kind, "says": str(error)}
    except UsageError as error:  # a server that is looked at before it is asked
        return {"kind": "usage", "says": str(error)}
    except TimeoutError:
        return {"kind": "timeout", "says": ""}
    return {
        "kind": "reply",
        "says": "",
        "reply": {name: asdict(reply)[name] for name in ("text", "model", "request_id")},
    }


async def watch(stalls: list[float]) -> None:
    while True:
        begin = time.perf_counter()
        await asyncio.sleep(0.01)
        stalls.append(time.perf_counter() - begin - 0.01)


def size_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


async def outcomes(port: int, scenario: str) -> list[dict[str, Any]]:
    """Of every case in turn, so that only one response takes memory; of those that wait, at the same time."""
    asked = [outcome(case, port, scenario) for case in EVERY]
    return await asyncio.gather(*asked) if scenario.startswith("slow") else [await one for one in asked]


async def main(port: int) -> None:
    found = {"ok": await outcomes(port, "ok")}
    before, stalls = size_mb(), [0.0]
    watching = asyncio.ensure_future(watch(stalls))
    for scenario in SCENARIOS[1:]:
        found[scenario] = await outcomes(port, scenario)
    watching.cancel()
    by_case = {case.id: {scenario: each[i] for scenario, each in found.items()} for i, case in enumerate(EVERY)}
    print(json.dumps({"outcomes": by_case, "grown_mb": size_mb() - before, "stalled_s": max(stalls)}))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    with pytest.MonkeyPatch.context() as patch:
        read_certificates_once(patch)
        asyncio.run(main(int(sys.argv[1])))
