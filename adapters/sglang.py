"""A model on an SGLang server: one that mmeval starts and stops, or some that run already.

sglang/Qwen/Qwen3-VL-8B-Instruct                                     starts `sglang serve`
sglang/./my/checkpoint -o gpus=8 -o tensor=2                         on 4 x 2 GPUs, from a folder
sglang/Qwen/Qwen3-VL-8B-Instruct -o base_url=http://HOST:30000/v1    asks a server that somebody else started
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval import Capabilities, providers

PARALLEL = "use -o tensor and -o gpus"
SET = "mmeval sets it"
SEED = "0"
"""Of the server; its own default is another one at each start."""

OWN: Mapping[str, str] = {
    **dict.fromkeys(("--api-key", "--config", "--host", "--port", "--served-model-name", "--model-path"), SET),
    **dict.fromkeys(("--tp-size", "--tp", "--tensor-parallel-size"), PARALLEL),
    **dict.fromkeys(("--dp-size", "--dp", "--data-parallel-size"), PARALLEL),
}
# Source: https://docs.sglang.ai/advanced_features/server_arguments.html (0.5.20)
KNOWN: Mapping[str, providers.Kind] = {
    "--dtype": ("auto", "half", "float16", "bfloat16", "float", "float32"),
    "--context-length": "count",
    "--max-running-requests": "count",
    "--mem-fraction-static": "share",
    "--random-seed": "number",
}


class Adapter(providers.ServedModel):
    """Chat completions of an SGLang server."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        options=providers.ServedOptions,
        extra="openai",
        sdk="openai",
        transport_options=frozenset({"gpus", "key_env", "startup_s", "timeout_s"}),
        request_options=frozenset({"detail", "effort", "schema", *providers.SAMPLERS}),
    )
    engine, about = "sglang", "/server_info"
    known, own = KNOWN, OWN

    def __init__(self, model: str, options: providers.ServedOptions) -> None:
        super().__init__(model, options)
        self._key_file: Path | None = None

    def _program(self) -> list[str]:
        found = self.found() if self._options.python is None else None
        if found is not None:
            return [found, "serve"]
        return [self.installed("sglang", pip="'sglang[all]'"), "-m", "sglang.launch_server"]

    def _key(self, secret: providers.Secret) -> Mapping[str, str]:
        # In a command line, everybody on the machine could read it.
        handle, name = tempfile.mkstemp(prefix="mmeval-key-", suffix=".yaml")
        with os.fdopen(handle, "w") as file:
            file.write(f"api-key: {json.dumps(secret.value)}\n")
        self._key_file = Path(name)
        return {}

    async def close(self) -> None:
        """Close the connections, stop the server, and remove the file with its key."""
        try:
            await super().close()
        finally:
            if self._key_file is not None:
                self._key_file.unlink(missing_ok=True)

    def _command(self, program: Sequence[str], weights: str, args: providers.Arguments, port: int) -> list[str]:
        copies = (self._options.gpus or self._options.tensor) // self._options.tensor
        parallel = {"--tp-size": self._options.tensor, "--dp-size": copies}
        return [
            *program,
            *("--model-path", weights, "--config", str(self._key_file)),
            # Otherwise the checkpoint's own sampling parameters replace the defaults of options that are not set.
            *("--sampling-defaults", "openai"),
            *(() if args.value("--random-seed") else ("--random-seed", SEED)),
            *(word for flag, n in parallel.items() if n > 1 for word in (flag, str(n))),
            *args.words,
            *("--served-model-name", self.model, "--host", "127.0.0.1", "--port", str(port)),
        ]

    def _read(self, log: str, args: providers.Arguments) -> Mapping[str, Any]:
        precision = re.search(r"\bdtype='?(?:torch\.)?(\w+)", log)
        return {
            "precision": precision[1] if precision else args.value("--dtype") or "auto",
            "seed": int(args.value("--random-seed") or SEED),
            "batch_invariant": args.value("--enable-deterministic-inference") is not None,
        }
