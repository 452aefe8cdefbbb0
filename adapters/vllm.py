"""A model on a vLLM server: one that mmeval starts and stops, or some that run already.

vllm/Qwen/Qwen3-VL-8B-Instruct                                     starts `vllm serve`
vllm/./my/checkpoint -o gpus=8 -o tensor=2                         on 4 x 2 GPUs, from a folder
vllm/Qwen/Qwen3-VL-8B-Instruct -o base_url=http://HOST:8000/v1     asks a server that somebody else started
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mmeval import Capabilities, providers

PARALLEL = "use -o tensor and -o gpus"
SET = "mmeval sets it"

OWN: Mapping[str, str] = {
    **dict.fromkeys(("--api-key", "--host", "--port", "--served-model-name", "--allowed-local-media-path"), SET),
    **dict.fromkeys(("--tensor-parallel-size", "-tp", "--data-parallel-size", "-dp"), PARALLEL),
}
# Source: https://docs.vllm.ai/en/latest/cli/serve/ (0.32)
KNOWN: Mapping[str, providers.Kind] = {
    "--dtype": ("auto", "half", "float16", "bfloat16", "float", "float32"),
    "--max-model-len": "size",
    "--max-num-seqs": "count",
    "--max-num-batched-tokens": "size",
    "--gpu-memory-utilization": "share",
    "--pipeline-parallel-size": "count",
    "--limit-mm-per-prompt": "json",
    "--mm-processor-kwargs": "json",
    "--media-io-kwargs": "json",
    "--chat-template": "file",
}


class Adapter(providers.ServedModel):
    """Chat completions of a vLLM server."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "choice"}),
        scores="likelihood",
        options=providers.ServedOptions,
        extra="openai",
        sdk="openai",
        transport_options=frozenset({"gpus", "key_env", "startup_s", "timeout_s"}),
        request_options=frozenset({"detail", "effort", "schema", *providers.SAMPLERS}),
    )
    engine, about, names_films = "vllm", "/version", True
    known, own = KNOWN, OWN

    def _program(self) -> list[str]:
        found = self.found() if self._options.python is None else None
        if found is not None:
            return [found, "serve"]
        return [self.installed("vllm", pip="vllm"), "-m", "vllm.entrypoints.openai.api_server", "--model"]

    def _key(self, secret: providers.Secret) -> Mapping[str, str]:
        return {"VLLM_API_KEY": secret.value}

    def _command(self, program: Sequence[str], weights: str, args: providers.Arguments, port: int) -> list[str]:
        copies = (self._options.gpus or self._options.tensor) // self._options.tensor
        parallel = {"--tensor-parallel-size": self._options.tensor, "--data-parallel-size": copies}
        return [
            *program,
            weights,
            # Without it, the checkpoint's own sampling parameters replace the defaults of options that are not set.
            *("--generation-config", "vllm"),
            # Media that are files are read by the server; only whoever has the random key can name one.
            *("--allowed-local-media-path", "/"),
            *(word for flag, n in parallel.items() if n > 1 for word in (flag, str(n))),
            *args.words,
            *("--served-model-name", self.model, "--host", "127.0.0.1", "--port", str(port)),
        ]

    def _read(self, log: str, args: providers.Arguments) -> Mapping[str, Any]:
        precision, seed = re.search(r"\bdtype=torch\.(\w+)", log), re.search(r"\bseed=(\d+)", log)
        invariant = args.env.get("VLLM_BATCH_INVARIANT", os.environ.get("VLLM_BATCH_INVARIANT", "0"))
        return {
            "precision": precision[1] if precision else args.value("--dtype") or "auto",
            "seed": int(seed[1]) if seed else args.value("--seed"),
            "batch_invariant": invariant not in ("", "0"),
        }
