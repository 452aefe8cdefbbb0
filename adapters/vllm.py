"""A model on a vLLM server: one that mmeval starts and stops, or one that runs already.

vllm/Qwen/Qwen3-VL-8B-Instruct                                     starts `vllm serve`
vllm/./my/checkpoint -o gpus=8 -o tensor=2                         on 4 x 2 GPUs, from a folder
vllm/Qwen/Qwen3-VL-8B-Instruct -o base_url=http://HOST:8000/v1     asks a server that somebody else started
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval import AdapterError, Capabilities, Reply, Request, UsageError, providers

OWN = ("--api-key", "--host", "--port", "--served-model-name")
"""Arguments of the server that mmeval sets itself."""
VERSION_S = 10.0
"""Longest wait for the version of the engine; a server behind `base_url` may not tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmOptions(providers.ChatOptions):
    """Options of a vLLM server; None = the server's default."""

    base_url: str | None = None
    """A running server, up to and including `/v1`. Without it, mmeval starts one."""
    key_env: str | None = None
    """Environment variable that holds the key of that server."""
    args: str = ""
    """Further arguments of `vllm serve`, quoted as in a shell."""
    gpus: int | None = None
    """GPUs in all. `gpus / tensor` copies of the model share the requests."""
    tensor: int = 1
    """GPUs that one copy of the model is split over."""
    python: str | None = None
    """Python, or its virtual environment, where vllm is installed; None: the `vllm` command on the PATH."""
    startup_s: float = 900.0
    """Longest time until the server is ready, including the download of the weights."""
    timeout_s: float = 600.0


class Adapter:
    """Chat completions of a vLLM server."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "choice"}),
        scores="likelihood",
        options=VllmOptions,
        extra="openai",
        sdk="openai",
        transport_options=frozenset({"gpus", "key_env", "startup_s", "timeout_s"}),
        request_options=frozenset({"detail", "effort", "schema"}),
    )

    def __init__(self, model: str, options: VllmOptions) -> None:
        self.model = model
        self._options = options
        self._args = _args(options)
        self._folder = None if options.base_url else providers.checkpoint_folder("vllm", model)
        # No port: it differs from start to start, and the model and its options are in every identity already.
        digest = f":{providers.checkpoint_digest(self._folder)}" if self._folder else ""
        self.endpoint = providers.endpoint(options.base_url) if options.base_url else f"local:vllm{digest}"
        self._server: providers.ManagedServer | None = None
        self._version: str | None = None

    async def connect(self) -> None:
        """Start the server unless `base_url` names one; raises UsageError saying what is missing or why it fails."""
        providers.sdk("openai", extra="openai")  # found missing now, not after the server has started
        options, proxies = self._options, self._options.base_url is not None
        try:
            url, secret = self._running() if options.base_url else await self._started()
            self._client = providers.ChatClient(url, secret, timeout_s=options.timeout_s, proxies=proxies)
            self._url = f"{url}/chat/completions"
            self._version = await self._reported_version(url)
        except BaseException:
            await self._stop()
            raise

    def _running(self) -> tuple[str, providers.Secret]:
        return self.endpoint, providers.key(provider="vllm", named=self._options.key_env)

    async def _started(self) -> tuple[str, providers.Secret]:
        program = await asyncio.to_thread(_program, self._options.python)
        secret = providers.ManagedServer.new_secret()
        self._server = providers.ManagedServer(
            f"vllm/{self.model}",
            lambda port: self._command(program, port),
            secret=secret,
            env={"VLLM_API_KEY": secret.value},
            startup_s=self._options.startup_s,
        )
        await self._server.start()
        return f"{self._server.url}/v1", self._server.secret

    async def _reported_version(self, url: str) -> str | None:
        try:
            async with asyncio.timeout(VERSION_S):
                about = await self._client.get(f"{url.removesuffix('/v1')}/version")
        except (AdapterError, TimeoutError):
            return None
        return self._client.secret.redact(str(about.get("version")))

    async def close(self) -> None:
        """Close the connections and stop the server."""
        try:
            await self._client.close()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    async def ask(self, request: Request, options: VllmOptions) -> Reply:
        """Send one request; raises RetryableError or FatalError, of kind `gone` when the server has ended."""

        def payload(body: providers.Body) -> dict[str, Any]:
            return providers.chat_payload(self.model, request.prompt, options, body, uuids=True)

        async def post(content: bytes, read: Callable[[dict[str, Any]], Reply]) -> Reply:
            return await self._client.post(self._url, content, read)

        try:
            if request.want == "choice":
                return await providers.prompt_scores(request, payload, post)
            body = providers.Body()
            return await post(body.dumps(payload(body)), providers.chat_reply)
        except AdapterError:
            if self._server is not None:
                self._server.check()
            raise

    def describe(self) -> Mapping[str, Any]:
        """The engine, its version, and the command that started it."""
        command = {"command": shlex.join(self._server.command)} if self._server is not None else {}
        return {"engine": "vllm", "version": self._version, **command}

    def _command(self, program: Sequence[str], port: int) -> list[str]:
        copies = (self._options.gpus or self._options.tensor) // self._options.tensor
        parallel = {"--tensor-parallel-size": self._options.tensor, "--data-parallel-size": copies}
        return [
            *program,
            str(self._folder.resolve()) if self._folder else self.model,
            # Without it, the checkpoint's own sampling parameters replace the defaults of options that are not set.
            *("--generation-config", "vllm"),
            *(word for flag, n in parallel.items() if n > 1 for word in (flag, str(n))),
            *self._args,
            *("--served-model-name", self.model, "--host", "127.0.0.1", "--port", str(port)),
        ]


def _args(options: VllmOptions) -> list[str]:
    """The further arguments of the server; raises UsageError for options that contradict each other."""
    if options.base_url and (options.args or options.gpus is not None or options.tensor != 1 or options.python):
        raise UsageError("-o base_url: the server runs already; args, gpus, tensor and python are for one to start")
    if options.key_env and not options.base_url:
        raise UsageError("-o key_env: only with -o base_url; a server that mmeval starts gets a key of its own")
    if options.tensor < 1 or (options.gpus is not None and (options.gpus < 1 or options.gpus % options.tensor)):
        raise UsageError(f"-o gpus={options.gpus} -o tensor={options.tensor}: gpus must be a multiple of tensor")
    try:
        words = shlex.split(options.args)
    except ValueError as error:
        raise UsageError(f"-o args: {error}") from None
    own = next((word.partition("=")[0] for word in words if word.startswith(OWN)), None)
    if own:
        raise UsageError(f"-o args: leave out {own}; mmeval sets it")
    return words


def _program(python: str | None) -> list[str]:
    """The command that serves the model named after it; raises UsageError with the command that installs vLLM."""
    if python is None:
        found = shutil.which("vllm") or shutil.which("vllm", path=str(Path(sys.executable).parent))
        if found is None:
            raise UsageError(
                "vllm is not installed: python -m venv ENV && ENV/bin/pip install vllm, then -o python=ENV"
                " (it needs an older transformers than mmeval; or put its `vllm` on the PATH)"
            )
        return [found, "serve"]
    path = Path(python).expanduser()
    interpreter = str(path / "bin" / "python") if path.is_dir() else str(path)
    try:
        find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
        missing = subprocess.run([interpreter, "-c", find], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
    except OSError as error:
        raise UsageError(f"-o python={python}: {interpreter}: {error.strerror}") from None
    if missing:
        raise UsageError(f"-o python={python}: vllm is not installed there: {interpreter} -m pip install vllm")
    return [interpreter, "-m", "vllm.entrypoints.openai.api_server", "--model"]
