"""`vllm/...` and `sglang/...` with a fake engine: how they start and fail, and that no process is left, whatever happens."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from mmeval import FatalError, Image, Request, RetryableError, Text, UsageError
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.engine.options import Settings
from mmeval.providers import ManagedServer, process
from mmeval.runner.models import model
from tests import forked
from tests.adapters.conftest import picture

pytestmark = pytest.mark.local

ROOT = Path(__file__).parent.parent.parent
FAKE = Path(__file__).with_name("fake_engine.py")
QUESTIONS = "".join(json.dumps({"id": str(i), "question": f"{i}?", "answer": "A"}) + "\n" for i in range(40))
ASK = Request(prompt=(Text("What?"), picture("red")))


@pytest.fixture
def marker(tmp_path, monkeypatch):
    """Both engines on the PATH, and a word in the command line of everything that they start."""
    (tmp_path / "bin").mkdir()
    for name in ("vllm", "sglang"):
        program = tmp_path / "bin" / name
        program.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(process.tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return f"marker-{uuid.uuid4().hex}"


def alive(marker: str) -> list[str]:
    table = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True)
    return [line for line in table.stdout.splitlines() if marker in line and line.split()[1][0] != "Z"]


def until(true: Callable[[], bool], within_s: float = 20.0) -> bool:
    end = time.monotonic() + within_s
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def gone(marker: str) -> bool:
    return until(lambda: not alive(marker))


def adapter(marker: str = "", args: str = "", name: str = "x", *, engine: str = "vllm", **options):
    cls = Catalog().adapter(engine)
    return cls(name, cls.capabilities.options(args=f"--marker {marker} {args}" if marker else args, **options))


async def asked(made, options=None):
    await made.connect()
    try:
        return await made.ask(ASK, options or made._options)
    finally:
        await made.close()


VLLM = (
    r"/bin/vllm serve x --generation-config vllm --allowed-local-media-path / --tensor-parallel-size 2"
    r" --data-parallel-size 2 --marker .* --served-model-name x --host 127.0.0.1 --port \d+$"
)
SGLANG = (
    r"/bin/sglang serve --model-path x --config \S+ --sampling-defaults openai --random-seed 0 --tp-size 2 --dp-size 2"
    r" --marker .* --served-model-name x --host 127.0.0.1 --port \d+$"
)


@pytest.mark.parametrize(("engine", "command"), [("vllm", VLLM), ("sglang", SGLANG)])
async def test_a_model_is_served_asked_and_stopped(engine, command, marker, tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    film = tmp_path / "a film.png"
    film.write_bytes(b"x")
    args = f"--slow 0.3 --worker --strays --seen {tmp_path / 'seen'}"
    made = adapter(f"{marker}", args, gpus=4, tensor=2, engine=engine)
    await made.connect()
    assert len(alive(marker)) == 4, "the supervisor, the server, its worker, and one that left the group"
    key = made._server.secret.value
    assert not [line for line in alive(marker) if key in line], "no command line shows the key"
    reply = await made.ask(ASK, made._options)
    in_file = Image(None, "image/png", "ab", path=film)
    await made.ask(Request(prompt=(Text("What?"), in_file)), made._options)
    await made.close()
    assert (reply.text, reply.finish, reply.model, reply.usage.input) == ("A", "stop", "x", 5)
    first, second = map(json.loads, (tmp_path / "seen").read_text().splitlines())
    assert (first["path"], first["model"]) == ("/v1/chat/completions", "x")
    assert [part["type"] for part in first["messages"][0]["content"]] == ["text", "image_url"]
    assert first["messages"][0]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert second["messages"][0]["content"][1]["image_url"]["url"] == film.as_uri(), "a file goes by its path"
    about = made.describe()
    assert re.search(command, about.pop("command"))
    assert about == {
        "engine": engine, "version": "0.32.0-fake", "precision": "bfloat16", "seed": 0, "batch_invariant": False,
    }  # fmt: skip
    assert key not in f"{about}{caplog.text}{made._server!r}"
    assert gone(marker)
    assert not list(tmp_path.glob("mmeval-*")), "the log and the key of a server that did its work are removed"


async def test_environment_variables_and_batch_invariance(marker):
    made = Catalog().adapter("vllm")
    options = made.capabilities.options(
        args=f"VLLM_BATCH_INVARIANT=1 VLLM_HOST_IP=127.0.0.7 --marker {marker} --seed 3"
    )
    one = made("x", options)
    await asked(one)
    assert one.describe()["batch_invariant"] is True
    assert "VLLM_HOST_IP" not in one.describe()["command"]
    assert gone(marker)


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        ("--crash 'ERROR ValueError: no model x'", {}, r"ended while starting: ERROR ValueError: no model x \(log: .*\)$"),
        (
            "--crash 'ERROR torch.OutOfMemoryError: CUDA out of memory'", {},
            r"CUDA out of memory \(log: .*\); the model does not fit: split it over more GPUs with -o tensor=N",
        ),
        ("--crash 'ERROR 401 Client Error: gated repo'", {}, r"gated repo \(log: .*\); log in to the hub: set HF_TOKEN$"),
        ("--crash 'no good reason'", {}, r"ended while starting: INFO shutting down \(log"),
        ("--hang", {"startup_s": 3.0}, r"not ready within -o startup_s=3: INFO loading weights 1/3 \(log"),
        ("--slow 60", {"startup_s": 3.0}, r"not ready within -o startup_s=3: INFO loading weights 1/3 \(log"),
    ],
)  # fmt: skip
async def test_a_server_that_does_not_start(args, options, message, marker, tmp_path):
    with pytest.raises(UsageError, match=message) as caught:
        await asked(adapter(marker, f"{args} --worker", **options))
    assert str(caught.value).startswith("vllm/x: the server")
    assert "\n" not in str(caught.value)
    assert alive(marker) == []
    assert len(list(tmp_path.glob("mmeval-server-*"))) == 1


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
async def test_a_model_without_a_chat_template_is_found_before_the_run(engine, marker):
    with pytest.raises(UsageError, match=rf'^{engine}/x: has no chat template: -o args="--chat-template FILE.jinja"$'):
        await asked(adapter(marker, "--untaught", engine=engine))
    assert alive(marker) == []


async def test_a_port_that_is_taken_meanwhile(marker, tmp_path):
    assert (await asked(adapter(marker, f"--busy {tmp_path / 'busy'}"))).text == "A"
    assert alive(marker) == []


async def test_a_server_that_ignores_sigterm(marker, monkeypatch):
    monkeypatch.setattr(process, "GRACE_S", 0.3)
    assert (await asked(adapter(marker, "--deaf --worker"))).text == "A"
    assert alive(marker) == []


def managed(marker: str, *args: str) -> ManagedServer:
    def command(port: int) -> list[str]:
        return ["vllm", "--marker", marker, "--host", "127.0.0.1", "--port", str(port), *args]

    return ManagedServer(
        "x", command, secret=(secret := ManagedServer.new_secret()), env={"VLLM_API_KEY": secret.value}
    )


async def test_the_event_loop_goes_on_while_a_server_starts_and_stops(marker):
    waits: list[float] = []

    async def measure() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            waits.append(time.monotonic() - before)

    importlib.import_module("aiohttp")
    measuring = asyncio.ensure_future(measure())
    running = managed(marker, "--slow", "2")
    await running.start()
    await running.close()
    measuring.cancel()
    assert len(waits) > 20
    assert max(waits) < 1.0, "starting takes more than two seconds"


async def test_cancelled_while_it_starts(marker):
    starting = asyncio.ensure_future(adapter(marker, "--slow 60 --worker").connect())
    await asyncio.to_thread(until, lambda: len(alive(marker)) == 3)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert alive(marker) == []


async def test_a_server_that_ends_by_itself(marker):
    made = adapter(marker, "--answers 1 --worker")
    await made.connect()
    assert (await made.ask(ASK, made._options)).text == "A"
    for _ in range(50):  # the first failure may come before the end is noticed
        with pytest.raises(Exception) as caught:
            await made.ask(ASK, made._options)
        if isinstance(caught.value, FatalError):
            break
        await asyncio.sleep(0.05)
    assert caught.value.kind == "gone"
    assert "vllm/x: the server ended: ERROR EngineCore encountered a fatal error: CUDA out of memory" in str(
        caught.value
    )
    await made.close()
    assert gone(marker)


async def test_a_supervisor_that_is_killed(marker):
    made = adapter(marker, "--worker")
    await made.connect()
    made._server.process._process.kill()
    await made.close()
    assert gone(marker)


async def test_a_server_that_runs_already(marker, monkeypatch):
    running = managed(marker)
    await running.start()
    monkeypatch.setenv("MY_KEY", running.secret.value)
    made = adapter(base_url=f"{running.url}/v1/", key_env="MY_KEY")
    assert made.endpoint == f"{running.url}/v1"
    assert (await asked(made)).text == "A"
    assert made.describe() == {"engine": "vllm", "version": "0.32.0-fake"}
    assert alive(marker), "somebody else's server is left alone"
    with pytest.raises(UsageError, match="401"):
        await asked(adapter(base_url=f"{running.url}/v1"))
    with pytest.raises(UsageError, match=r"vllm/other: http\S+ serves x; write vllm/x$"):
        await asked(adapter(name="other", base_url=f"{running.url}/v1", key_env="MY_KEY"))
    with pytest.raises(UsageError, match=r"-o base_url=http://127.0.0.1:9/v1: .*refused"):
        await asked(adapter(base_url="http://127.0.0.1:9/v1"))
    await running.close()
    assert alive(marker) == []


async def test_several_servers_share_the_requests_and_a_dead_one_is_left_out(marker, monkeypatch):
    first, second = managed(marker), managed(marker)
    second.secret = first.secret
    second._env = first._env
    await asyncio.gather(first.start(), second.start())
    monkeypatch.setenv("MY_KEY", first.secret.value)
    made = adapter(base_url=f"{second.url}/v1,{first.url}/v1, http://127.0.0.1:9/v1", key_env="MY_KEY")
    assert made.endpoint == ",".join(sorted([f"{first.url}/v1", f"{second.url}/v1", "http://127.0.0.1:9/v1"]))
    await made.connect()
    one, two, dead = made._servers.servers
    assert dead.failures == 1, "found while connecting"
    assert {(await made.ask(ASK, made._options)).text for _ in range(4)} == {"A"}
    one.in_flight = 5
    assert made._servers._least_busy() is two, "the least busy"
    one.in_flight = 0
    await second.close()
    with pytest.raises(RetryableError, match=re.escape(f"{second.url}/v1")) as caught:
        await made.ask(ASK, made._options)
    assert caught.value.kind == "connection", "not one that ends the run at once"
    assert (await made.ask(ASK, made._options)).text == "A"
    assert (one.failures, one.rests(one.until - 1), one.rests(one.until + 1)) == (1, True, False)
    two.failures, two.until = 1, one.until + 60
    assert made._servers._least_busy() in (one, dead), "when all rest, the first to be tried again"
    await made.close()
    await first.close()


async def test_the_environment_of_another_python(marker, tmp_path):
    package = tmp_path / "lib" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text(FAKE.read_text())
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / "lib"} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    for given in (python, python.parent.parent):
        made = adapter(marker, python=str(given))
        assert (await asked(made)).text == "A"
        assert f"{python} -m vllm.entrypoints.openai.api_server --model x" in made.describe()["command"]
    assert gone(marker)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "vllm is not installed: .*ENV/bin/pip install vllm"),
        ({"engine": "sglang"}, r"sglang is not installed: .*ENV/bin/pip install 'sglang\[all\]'"),
        ({"python": sys.executable}, f"{re.escape(sys.executable)} -m pip install vllm$"),
        ({"python": "/no/python"}, "-o python=/no/python: .*No such file"),
    ],
)
async def test_a_missing_engine(options, message, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=message):
        await asked(adapter(**options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gpus": 3, "tensor": 2}, "gpus must be a multiple of tensor"),
        ({"gpus": 0}, "gpus must be"),
        ({"args": "'"}, "-o args: No closing quotation"),
        ({"args": "--port=1"}, "leave out --port"),
        ({"args": "--api-key abc"}, "leave out --api-key; mmeval sets it"),
        ({"args": "--data_parallel_size 2"}, "leave out --data-parallel-size; use -o tensor and -o gpus"),
        ({"args": "--dtype int8"}, "--dtype int8: expected one of auto, half"),
        (
            {"args": "A=1 --gpu-memory-utilization=90"},
            "--gpu-memory-utilization 90: expected a number above 0 and up to 1",
        ),
        ({"args": "--max-num-seqs --seed 1"}, "--max-num-seqs: expected a whole number above 0"),
        ({"args": "--max-model-len long"}, "--max-model-len long: expected a number of tokens"),
        ({"args": "--limit-mm-per-prompt image=2"}, "--limit-mm-per-prompt image=2: expected JSON"),
        ({"args": "--chat-template /no/file"}, "--chat-template /no/file: expected a file that exists"),
        ({"args": "--config c.yaml", "engine": "sglang"}, "leave out --config"),
        ({"args": "--mem-fraction-static 0", "engine": "sglang"}, "--mem-fraction-static 0: expected a number above 0"),
        ({"base_url": "http://127.0.0.1:1/v1", "gpus": 1}, "the server runs already"),
        ({"key_env": "X"}, "only with -o base_url"),
        ({"name": "./nothing"}, "no checkpoint"),
    ],
)
def test_options_that_cannot_be(options, message):
    with pytest.raises(UsageError, match=message) as caught:
        adapter(**options)
    assert "abc" not in str(caught.value)


def test_the_identity_knows_the_weights_but_no_port(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    first = adapter(name=str(tmp_path)).endpoint
    (tmp_path / "config.json").write_text("{ }")
    assert re.fullmatch("local:vllm:[0-9a-f]{12}", first)
    assert adapter(name=str(tmp_path)).endpoint != first
    one, two = (model("vllm/x", Settings(), given, None) for given in ({}, {"gpus": "2", "startup_s": "9"}))
    assert one.identity == two.identity
    assert one.identity.endpoint == "local:vllm"
    assert one.connection != two.connection


class Command:
    """`mmeval run` on forty questions."""

    def __init__(self, marker: str, folder: Path) -> None:
        self.marker, self.folder = marker, folder
        (folder / "q.jsonl").write_text(QUESTIONS)

    def words(self, args: str, *flags: str) -> list[str]:
        given = ["-m", "vllm/x", "-o", f"args=--marker {self.marker} --worker {args}", *flags]
        return ["run", "q.jsonl", *given, "--cache-file", "c.sqlite"]

    def run(self, *flags: str) -> Result:
        return CliRunner().invoke(app, self.words("", *flags))

    def start(self, args: str) -> forked.Forked:
        return forked.Forked(self.words(args), self.folder, {**os.environ, "PYTHONPATH": str(ROOT), "CI": "1"})

    def info(self) -> dict:
        return json.loads(next(self.folder.glob("results/*/*/*/run.json")).read_text())

    def serving(self) -> bool:
        """Whether the supervisor, the server and its worker run."""
        return until(lambda: len([line for line in alive(self.marker) if " run " not in line]) == 3, 60.0)


@pytest.fixture(scope="session")
def _forks():
    """Before a test has its own folder for temporary files, whose path is too long for a socket."""
    forked.start()


@pytest.fixture
def command(_forks, marker, tmp_path):
    return Command(marker, tmp_path)


def test_a_run_through_the_command_line(command, tmp_path):
    done = command.run("--log", "log.jsonl")
    assert done.exit_code == 0, done.output
    info = command.info()
    assert (info["status"], info["counts"], info["spec"]["endpoint"]) == ("complete", {"ok": 40}, "local:vllm")
    about = info["provenance"]["adapter"]
    assert (about["engine"], about["version"]) == ("vllm", "0.32.0-fake")
    assert shlex.split(about["command"])[1:3] == ["serve", "x"]
    events = [json.loads(line)["event"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert events[:2] == ["server starts", "server is ready"]
    assert alive(command.marker) == []


def test_a_crash_in_the_middle_fails_the_run_at_once_and_the_same_command_resumes_it(command, monkeypatch):
    monkeypatch.setenv("FAKE_ANSWERS", "10")
    done = command.run()
    assert done.exit_code == 5, done.output
    assert "vllm/x: the server ended: ERROR EngineCore encountered a fatal error: CUDA out of memory" in done.output
    info = command.info()
    assert info["status"] == "failed"
    assert 0 < info["counts"]["ok"] <= 10, "the last answers may be cut off"
    assert gone(command.marker)
    monkeypatch.delenv("FAKE_ANSWERS")
    assert command.run().exit_code == 0
    assert command.info()["counts"] == {"ok": 40}
    assert gone(command.marker)


def test_a_missing_engine_ends_the_command(command, tmp_path):
    (tmp_path / "bin" / "vllm").unlink()
    done = command.run()
    assert "pip install vllm" in str(done.exception)
    assert not list(tmp_path.glob("results/*/*/*/*.json*"))


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("args", "number", "code"),
    [
        ("--slow 600", signal.SIGINT, 130),
        ("--slow 600", signal.SIGKILL, -signal.SIGKILL),
        ("--hang", signal.SIGTERM, 130),
    ],
    ids=["ctrl-c", "kill -9", "terminate"],
)  # fmt: skip
def test_a_command_that_is_stopped_while_its_server_starts(args, number, code, command, tmp_path):
    started = command.start(args)
    assert command.serving()
    os.killpg(started.pid, number)
    out, _ = started.communicate(timeout=120)
    assert started.returncode == code, out
    assert gone(command.marker)
    assert not any(file.stat().st_size for file in tmp_path.glob("results/*/*/*/records.jsonl"))


@pytest.mark.chaos
def test_a_command_that_is_killed_while_it_asks(command, tmp_path):
    fifo = tmp_path / "seen"
    os.mkfifo(fifo)  # nobody reads: every answer waits
    started = command.start(f"--seen {fifo}")
    assert command.serving()
    assert until(lambda: bool(list(tmp_path.glob("results/*/*/*/run.json"))))
    os.kill(started.pid, signal.SIGKILL)
    started.communicate(timeout=120)
    assert gone(command.marker)
