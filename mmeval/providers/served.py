"""A model on a server of an inference engine: one that mmeval starts and stops, or some that run already."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mmeval.errors import AdapterError, UsageError
from mmeval.providers.arguments import Arguments, Kind
from mmeval.providers.body import Body
from mmeval.providers.chat import ChatClient, ChatOptions, chat_payload, chat_reply
from mmeval.providers.checkpoints import checkpoint_digest, checkpoint_folder
from mmeval.providers.endpoints import Endpoint, Endpoints
from mmeval.providers.prompt_scores import prompt_scores
from mmeval.providers.server import ManagedServer
from mmeval.providers.setup import Secret, endpoint, key, sdk
from mmeval.types import Reply, Request, Text

__all__ = ["ServedModel", "ServedOptions"]

SHUT = frozenset({"connection", "unreachable", "auth", "permission", "redirect"})
"""Failures of a first request after which there is no use in others."""
TOLD_S = 10.0
"""Longest wait for what a server says about itself."""
UNTAUGHT = re.compile(r"chat[ _]template", re.IGNORECASE)
"""In the errors of both engines for a model that has no chat template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedOptions(ChatOptions):
    """Options of a model on a server; None = the engine's default."""

    base_url: str | None = None
    """Servers that run already, up to and including `/v1`, separated by commas. Without it, mmeval starts one."""
    key_env: str | None = None
    """Environment variable that holds their key."""
    args: str = ""
    """Further arguments of the engine, quoted as in a shell; environment variables may stand before them."""
    gpus: int | None = None
    """GPUs in all. `gpus / tensor` copies of the model share the requests."""
    tensor: int = 1
    """GPUs that one copy of the model is split over."""
    python: str | None = None
    """Python, or its virtual environment, where the engine is installed."""
    startup_s: float = 900.0
    """Longest time until the server is ready, including the download of the weights."""
    timeout_s: float = 600.0


class ServedModel(ABC):
    """The part of an adapter that does not depend on the engine: start, check, ask, record, stop."""

    engine: ClassVar[str]
    """Name of the provider, of the engine's Python package, and of its command."""
    known: ClassVar[Mapping[str, Kind]]
    """Flags whose values are checked before the engine starts, which takes long."""
    own: ClassVar[Mapping[str, str]]
    """Flags that mmeval sets itself, and what to use instead of each."""
    about: ClassVar[str]
    """Path of the server's answer about itself, such as `/version`."""
    names_films: ClassVar[bool] = False
    """Whether the server takes a name for a film, to prepare it once for all questions about it."""

    def __init__(self, model: str, options: ServedOptions) -> None:
        self.model = model
        self._options = options
        self._args = _checked(options, self.known, self.own)
        self._folder = None if options.base_url else checkpoint_folder(self.engine, model)
        self._urls = [endpoint(url.strip()) for url in (options.base_url or "").split(",") if options.base_url]
        # No port: it differs from start to start, and the model and its options are in every identity already.
        digest = f":{checkpoint_digest(self._folder)}" if self._folder else ""
        self.endpoint = ",".join(sorted(self._urls)) or f"local:{self.engine}{digest}"
        self._servers = Endpoints(())
        self._server: ManagedServer | None = None
        self._told: Mapping[str, Any] = {}

    @abstractmethod
    def _command(self, program: Sequence[str], weights: str, args: Arguments, port: int) -> list[str]:
        """The command that serves the weights on a port."""

    @abstractmethod
    def _program(self) -> list[str]:
        """The beginning of the command; raises UsageError with the command that installs the engine."""

    @abstractmethod
    def _key(self, secret: Secret) -> Mapping[str, str]:
        """How the server learns its key: environment variables."""

    @abstractmethod
    def _read(self, log: str, args: Arguments) -> Mapping[str, Any]:
        """Precision, seed and batch invariance, as far as the server's log and the arguments say."""

    async def connect(self) -> None:
        """Start the server unless `base_url` names some; raises UsageError saying what is missing or why it fails."""
        sdk("openai", extra="openai")  # found missing now, not after the server has started
        urls, secret = self._urls, None
        try:
            if not urls:
                urls, secret = await self._started()
            secret = secret or key(provider=self.engine, named=self._options.key_env)
            how: dict[str, Any] = {"timeout_s": self._options.timeout_s, "proxies": bool(self._urls)}
            self._servers = Endpoints([Endpoint(ChatClient(url, secret, **how), url) for url in urls])
            await self._look()
            await self._rehearse()
        except BaseException:
            await self.close()
            raise

    async def _started(self) -> tuple[list[str], Secret]:
        program = await asyncio.to_thread(self._program)
        weights, secret = str(self._folder.resolve()) if self._folder else self.model, ManagedServer.new_secret()
        self._server = ManagedServer(
            f"{self.engine}/{self.model}",
            lambda port: self._command(program, weights, self._args, port),
            secret=secret,
            env={**self._args.env, **self._key(secret)},
            startup_s=self._options.startup_s,
        )
        await self._server.start()
        return [f"{self._server.url}/v1"], secret

    async def _look(self) -> None:
        """Leave out servers that do not answer; raises UsageError if none does, or if one serves another model."""
        problems = [(one, await self._problem(one)) for one in self._servers.servers]
        for one, problem in problems:
            if problem is not None:
                self._servers.leave_out(one, problem)
        if all(problem is not None for _, problem in problems):
            raise UsageError(f"-o base_url={problems[0][0].url}: {problems[0][1]}")
        alive = next(one for one, problem in problems if problem is None)
        log = await asyncio.to_thread(self._server.process.log_text) if self._server else ""
        told = await _told(alive, alive.url.removesuffix("/v1") + self.about)
        version = told.get("version")
        self._told = {
            "version": alive.client.secret.scrub(str(version)) if version is not None else None,
            **(self._read(log, self._args) if self._server else {}),
        }

    async def _problem(self, one: Endpoint) -> str | None:
        """Why a server cannot be asked; raises UsageError if it serves other models."""
        try:
            async with asyncio.timeout(TOLD_S):
                listed = await one.client.get(f"{one.url}/models")
        except TimeoutError:
            return f"no answer within {TOLD_S:g} s"
        except AdapterError as error:
            return str(error) if error.kind in SHUT else None  # a server need not list its models
        found = listed.get("data")
        names = [str(item.get("id")) for item in found if isinstance(item, dict)] if isinstance(found, list) else []
        if names and self.model not in names:
            shown = one.client.secret.scrub(", ".join(names[:5]))
            raise UsageError(f"{self.engine}/{self.model}: {one.url} serves {shown}; write {self.engine}/{shown}")
        return None

    async def _rehearse(self) -> None:
        """Ask for one token; raises UsageError for a model without a chat template, which servers miss at once.

        Whatever else goes wrong may concern this one question alone.
        """
        body, how = Body(), ServedOptions(max_tokens=1, temperature=0.0)
        content = body.dumps(chat_payload(self.model, (Text("?"),), how, body))
        try:
            async with asyncio.timeout(TOLD_S):
                await self._servers.post("/chat/completions", content, chat_reply)
        except (AdapterError, TimeoutError) as error:
            if UNTAUGHT.search(str(error)):
                flag = "--chat-template FILE.jinja"
                way_out = f"start the server with {flag}" if self._urls else f'-o args="{flag}"'
                raise UsageError(f"{self.engine}/{self.model}: has no chat template: {way_out}") from None

    async def close(self) -> None:
        """Close the connections and stop the server."""
        try:
            await self._servers.close()
        finally:
            if self._server is not None:
                await self._server.close()

    async def ask(self, request: Request, options: Any) -> Reply:
        """Send one request; raises RetryableError or FatalError, of kind `gone` when the server has ended."""

        def payload(body: Body) -> dict[str, Any]:
            return chat_payload(self.model, request.prompt, options, body, uuids=self.names_films)

        async def post(content: bytes, read: Callable[[dict[str, Any]], Reply]) -> Reply:
            return await self._servers.post("/chat/completions", content, read)

        try:
            if request.want == "choice":
                return await prompt_scores(request, payload, post)
            body = Body(files=self._server is not None)
            return await post(body.dumps(payload(body)), chat_reply)
        except AdapterError:
            if self._server is not None:
                self._server.check()
            raise

    def describe(self) -> Mapping[str, Any]:
        """The engine and its version, how it computes, and the command that started it."""
        command = {"command": shlex.join(self._server.command)} if self._server is not None else {}
        return {"engine": self.engine, **self._told, **command}

    def installed(self, module: str, *, pip: str) -> str:
        """The interpreter of `-o python=`, which has the engine; raises UsageError with the command that installs it.

        Args:
            module: is imported to serve a model.
            pip: what to install.
        """
        python = self._options.python
        path = Path(python or sys.executable).expanduser()
        interpreter = str(path / "bin" / "python") if path.is_dir() else str(path)
        find = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        try:
            missing = subprocess.run([interpreter, "-c", find], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
        except OSError as error:
            raise UsageError(f"-o python={python}: {interpreter}: {error.strerror}") from None
        if missing and python is not None:
            way_out = f"{interpreter} -m pip install {pip}"
            raise UsageError(f"-o python={python}: {self.engine} is not installed there: {way_out}")
        if missing:
            raise UsageError(
                f"{self.engine} is not installed: python -m venv ENV && ENV/bin/pip install {pip}, then -o python=ENV"
                " (it needs other versions of torch and transformers than mmeval)"
            )
        return interpreter

    def found(self) -> str | None:
        """The engine's command on the PATH or beside the running Python."""
        return shutil.which(self.engine) or shutil.which(self.engine, path=str(Path(sys.executable).parent))


def _checked(options: ServedOptions, known: Mapping[str, Kind], own: Mapping[str, str]) -> Arguments:
    """The further arguments of the server; raises UsageError for options that contradict each other."""
    if options.base_url and (options.args or options.gpus is not None or options.tensor != 1 or options.python):
        raise UsageError("-o base_url: the server runs already; args, gpus, tensor and python are for one to start")
    if options.key_env and not options.base_url:
        raise UsageError("-o key_env: only with -o base_url; a server that mmeval starts gets a key of its own")
    if options.tensor < 1 or (options.gpus is not None and (options.gpus < 1 or options.gpus % options.tensor)):
        raise UsageError(f"-o gpus={options.gpus} -o tensor={options.tensor}: gpus must be a multiple of tensor")
    return Arguments.read(options.args, known=known, own=own)


async def _told(one: Endpoint, url: str) -> Mapping[str, Any]:
    """What a server says about itself; empty where it says nothing."""
    try:
        async with asyncio.timeout(TOLD_S):
            return await one.client.get(url)
    except (AdapterError, TimeoutError):
        return {}
