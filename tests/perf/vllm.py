"""`mmeval run` beside vLLM's own benchmark client, with the same requests to one server that mmeval has started.

    python -m tests.perf.vllm ENV                      # a virtual environment with vLLM; see tests/local/real_vllm.py
    python -m tests.perf.vllm ENV --n 400 --repeat 3   # both, one after the other, three times

Both keep the same number of requests in flight and send the pictures as base64. The server keeps neither prompts nor
pictures, so that each pass computes everything. Of mmeval, the whole run counts: from its first request to its scores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from mmeval.catalog import Catalog
from tests.local.real_vllm import ARGS, ROOT

WORDS = ("what", "colour", "is", "the", "shape", "in", "picture", "left", "right", "above", "below", "red", "green")
KEY = "MMEVAL_PERF_KEY"
TOKENS = 32
KEEPS_NOTHING = " --no-enable-prefix-caching --mm-processor-cache-gb 0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("env")
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--repeat", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compared(given, str(Path(given.env).resolve() / "bin" / "python"), Path(folder)))


async def compared(given: argparse.Namespace, python: str, folder: Path) -> None:
    here = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    here |= {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    subprocess.run([python, "-m", "tests.local.real_vllm", "build", str(folder / "model")], env=here, check=True)  # noqa: ASYNC221
    write(folder, given.n)
    made = Catalog().adapter("vllm")
    server: Any = made(str(folder / "model"), made.capabilities.options(python=python, args=ARGS + KEEPS_NOTHING))
    await server.connect()
    try:
        about = server._server
        here |= {KEY: about.secret.value, "OPENAI_API_KEY": about.secret.value}
        sides = {
            "mmeval run": [sys.executable, *ours(given, folder, about.url)],
            "vllm bench serve": [python, *theirs(given, folder, about.url)],
        }
        read = {"mmeval run": our_speed, "vllm bench serve": their_speed}
        speeds: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(given.repeat + 1):
            shutil.rmtree(folder / "results", ignore_errors=True)  # a complete run would not be asked again
            for name, command in sides.items():
                done = subprocess.run(command, cwd=folder, env=here, capture_output=True, text=True)  # noqa: ASYNC221
                if done.returncode:
                    sys.exit(done.stdout + done.stderr)
                speed, tokens = read[name](folder)
                print(
                    f"{name:16} {speed:7.2f} requests/s, {tokens} tokens{'' if turn else ' (not counted)'}", flush=True
                )
                speeds[name] += [speed] if turn else []
        mine, other = (sum(1 / speed for speed in speeds[name]) for name in sides)
        print(f"mmeval's speed is {other / mine:.2f} of that of the engine's own client")
    finally:
        await server.close()


def write(folder: Path, n: int) -> None:
    """The questions, for both."""
    from PIL import Image

    draw = random.Random(1)
    rows = []
    for i in range(n):
        size = draw.randint(112, 640), draw.randint(112, 480)
        Image.frombytes("RGB", (16, 16), draw.randbytes(768)).resize(size).save(folder / f"{i}.jpg")
        question = " ".join(draw.choices(WORDS, k=draw.randint(5, 40)))
        rows.append({"id": str(i), "question": question, "image": f"{i}.jpg", "answer": "red"})
    (folder / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "mmeval", "run", "asked.jsonl", "-m", "mock/echo", "--cache", "off"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (records,) = folder.glob("results/mock__echo/*/*/records.jsonl")
    told = [json.loads(line) for line in records.read_text().splitlines()]
    texts = {one["id"]: one["reply"]["text"] for one in told}
    same = [{"prompt": texts[str(i)], "image_files": [str(folder / f"{i}.jpg")]} for i in range(n)]
    (folder / "same.jsonl").write_text("".join(json.dumps(row) + "\n" for row in same))


def ours(given: argparse.Namespace, folder: Path, url: str) -> list[str]:
    options = {"base_url": f"{url}/v1", "key_env": KEY, "max_tokens": TOKENS, "temperature": 0}
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    flags = ["--cache", "off", "--concurrency", str(given.in_flight)]
    return ["-m", "mmeval", "run", "asked.jsonl", "-m", f"vllm/{folder / 'model'}", *words, *flags]


def theirs(given: argparse.Namespace, folder: Path, url: str) -> list[str]:
    flags = {
        "--backend": "openai-chat", "--base-url": url, "--endpoint": "/v1/chat/completions",
        "--model": str(folder / "model"), "--dataset-name": "custom_image", "--dataset-path": str(folder / "same.jsonl"),
        "--num-prompts": given.n, "--max-concurrency": given.in_flight, "--custom-output-len": TOKENS,
        "--temperature": 0, "--result-dir": str(folder), "--result-filename": "bench.json",
    }  # fmt: skip
    # `vllm bench serve`; the command itself does not start with the CPU build.
    start = (
        "from vllm.benchmarks.serve import add_cli_args, main;"
        "from vllm.utils.argparse_utils import FlexibleArgumentParser as Parser;"
        "parser = Parser(); add_cli_args(parser); main(parser.parse_args())"
    )
    switches = ["--custom-ensure-client-side-data", "--disable-shuffle", "--save-result"]
    return ["-c", start, *(str(word) for pair in flags.items() for word in pair), *switches]


def our_speed(folder: Path) -> tuple[float, int]:
    newest = max(folder.glob("results/vllm__*/*/*/run.json"), key=lambda file: file.stat().st_mtime)
    totals = json.loads(newest.read_text())["totals"]
    return totals["requests"] / totals["wall_s"], totals["output_tokens"]


def their_speed(folder: Path) -> tuple[float, int]:
    found = json.loads((folder / "bench.json").read_text())
    return found["request_throughput"], found["total_output_tokens"]


if __name__ == "__main__":
    main()
