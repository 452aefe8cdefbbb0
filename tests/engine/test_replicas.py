"""Copies of a model: the same answers as one, and what happens when a copy ends."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mmeval import (
    Capabilities,
    FatalError,
    MediaError,
    Options,
    Reply,
    Request,
    RetryableError,
    Text,
    Usage,
    UsageError,
)
from mmeval.engine.options import Settings
from mmeval.engine.replicas import router
from mmeval.engine.replicas.router import CopyEndedError, Replicas
from mmeval.engine.replicas.start import replicated
from mmeval.engine.replicas.wire import error_of, packed, raised, read_frame, unpacked, write_frame
from mmeval.media import image
from mmeval.providers import gpu_shares, visible_gpus
from mmeval.runner import ModelSpec, Session, blocking, job, plan
from mmeval.sampling import VideoPolicy
from mmeval.store import read_records
from mmeval.types import Frames, Limits, Video

from .conftest import _row, make_benchmark

ADAPTER = '''
"""Answers with its process id; words in the prompt let it fail."""
import asyncio, os, signal
from mmeval import Capabilities, FatalError, Image, MediaError, Options, Reply, Text, UsageError

class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image"}), options=Options)
    def __init__(self, model, options):
        self.model, self.endpoint, self.asked = model, "local", 0
    async def connect(self):
        if self.model == "broken":
            raise UsageError("no weights here")
        if self.model == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
    async def ask(self, request, options):
        self.asked += 1
        (*pictures, text) = request.prompt
        if "die" in text.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "media" in text.text:
            raise MediaError("a bad picture")
        if "slow" in text.text:
            await asyncio.sleep(1.0)
        if "gone" in text.text:
            raise FatalError("the server has gone", kind="gone")
        read = [len(one.read()) for one in pictures]
        return Reply(text=f"{text.text} {read} {options.max_tokens}", finish="stop", model=str(os.getpid()))
    async def close(self):
        pass
    def describe(self):
        return {"asked": self.asked, "gpus": os.environ.get("CUDA_VISIBLE_DEVICES")}
'''
CAPABILITIES = Capabilities(version="1", inputs=frozenset({"text"}), options=Options)


def drawn() -> bytes:
    """A small picture."""
    return _row(random.Random(1))["image"]["bytes"]


def ask(text: str, *media) -> Request:
    return Request(prompt=(*media, Text(text)), sample=text)


@pytest.fixture
def catalog(tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "own.py").write_text(ADAPTER)
    return tmp_path


def test_messages_hold_everything_unchanged(tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    picture = image(drawn(), source="q.jsonl:1")
    taken = Video(None, "video/mp4", "ab", frames=Frames((image(film),), (0.5,), 1.0), policy=VideoPolicy(fps=2))
    prompt = (picture, Video(None, "video/mp4", "ab", path=film), taken, Text("Zoë \ud800 \U0001f600"))
    request = Request(prompt=prompt, want="choice", choices=("a", "b"), sample="7")
    reply = Reply(
        text="A\n", finish="length", scores=(-1.5, 2.0), media=(picture,), usage=Usage(1, None), latency_s=0.25,
        limits=Limits(requests=3),
    )  # fmt: skip

    async def through(value, *, files: bool = True):
        blobs: list[bytes] = []
        pieces = write_frame({"value": packed(value, blobs, files=files)}, blobs)
        stream = asyncio.StreamReader()
        stream.feed_data(b"".join(pieces))
        head, got = await read_frame(stream)
        return unpacked(head["value"], got)

    assert asyncio.run(through(request)) == request
    assert asyncio.run(through(reply)) == reply
    elsewhere = asyncio.run(through(request, files=False)).prompt
    for part in (elsewhere[1], elsewhere[2].frames.images[0]):
        assert (part.path, part.read()) == (None, b"film")
    assert isinstance(elsewhere[2], Video)
    with pytest.raises(TypeError, match="a set cannot be sent"):
        packed({1}, [])


@pytest.mark.parametrize(
    "error",
    [
        RetryableError("busy", kind="rate_limit", status=429, retry_after_s=2.0),
        FatalError("no", kind="auth"),
        MediaError("broken"),
        UsageError("a flag"),
    ],
)
def test_errors_come_back_as_they_were(error):
    got = raised(error_of(error))
    assert (type(got), str(got), vars(got)) == (type(error), str(error), vars(error))


def test_any_other_error_is_the_adapters():
    got = raised(error_of(KeyError("x")))
    assert isinstance(got, FatalError)
    assert (got.kind, str(got)) == ("adapter", "KeyError: 'x'")


@pytest.mark.parametrize("broken", [b"\xff" * 12, b"\0" * 7 + b"\2" + b"\0" * 4 + b"{]"])
async def test_a_broken_frame_is_an_error(broken):
    stream = asyncio.StreamReader()
    stream.feed_data(broken)
    with pytest.raises(ValueError):
        await read_frame(stream)


@pytest.mark.parametrize(
    ("gpus", "copies", "shares"),
    [
        ([], 2, [None, None]),
        (["0", "1"], 2, ["0", "1"]),
        (["0", "1", "2", "3"], 2, ["0,1", "2,3"]),
        (["0", "1", "2"], 2, ["0", "1"]),
        (["4", "GPU-ab"], 3, ["4", "GPU-ab", "4"]),
    ],
)
def test_copies_share_the_gpus(gpus, copies, shares):
    assert gpu_shares(gpus, copies) == shares


def test_the_visible_gpus(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, GPU-ab")
    assert visible_gpus() == ["2", "GPU-ab"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert visible_gpus() == []
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert visible_gpus() == []
    (tmp_path / "nvidia-smi").write_text(
        "#!/bin/sh\necho 'GPU 0: H100 (UUID: GPU-1)'\necho 'GPU 1: H100 (UUID: GPU-2)'\n"
    )
    (tmp_path / "nvidia-smi").chmod(0o755)
    assert visible_gpus() == ["0", "1"]


@dataclass
class Fake:
    """A copy whose answers the test gives; a request with `die` in it ends the copy."""

    place: int
    log: list
    hold: asyncio.Event
    starts: bool = True
    files: bool = True
    why: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0

    async def start(self):
        await asyncio.sleep(0)
        if not self.starts:
            raise CopyEndedError("it does not start")
        return {"gpu": self.place}

    async def ask(self, head, blobs):
        text = head["request"]["prompt"][0]["text"]
        self.log.append((self.place, text, self.in_flight))
        self.in_flight += 1
        waiting = [asyncio.ensure_future(one.wait()) for one in (self.hold, self.ended)]
        try:
            if "die" in text:
                await asyncio.sleep(0.001)
                self.end("killed")
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.in_flight -= 1
            for one in waiting:
                one.cancel()
        if self.ended.is_set():
            raise CopyEndedError(self.why)
        return {"reply": packed(Reply(text=text, finish="stop"), []), "about": {"gpu": self.place, "batch": 4}}, []

    def end(self, why):
        self.why = self.why or why
        self.ended.set()

    async def close(self):
        self.end("closed")


class Adapter:
    capabilities, endpoint = CAPABILITIES, "local"


class Fakes:
    def __init__(self, count: int, *, starts=lambda _: True) -> None:
        self.hold, self.log, self.made = asyncio.Event(), [], Counter()
        self.starts = starts
        self.replicas = Replicas("own/x", Adapter(), count, self.make)

    def make(self, place: int) -> Fake:
        self.made[place] += 1
        self.copies = {**getattr(self, "copies", {}), place: Fake(place, self.log, self.hold, self.starts(place))}
        return self.copies[place]

    async def __aenter__(self) -> Fakes:
        await self.replicas.connect()
        await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_) -> None:
        await self.replicas.close()

    async def ask(self, text: str) -> str:
        return (await self.replicas.ask(ask(text), Options())).text

    async def insisted(self, text: str) -> str:
        """As the client does: again after a RetryableError."""
        while True:
            try:
                return await self.ask(text)
            except RetryableError:
                continue


async def test_each_request_goes_to_the_least_busy_copy():
    async with Fakes(3) as fakes:
        asked = [asyncio.ensure_future(fakes.ask(str(i))) for i in range(7)]
        await asyncio.sleep(0.01)
        assert Counter(place for place, _, _ in fakes.log) == {0: 3, 1: 2, 2: 2}
        fakes.hold.set()
        assert await asyncio.gather(*asked) == [str(i) for i in range(7)]
        assert fakes.replicas.describe() == {"gpu": 0, "batch": 4, "replicas": 3, "replicas_ended": 0}


async def test_a_request_that_ends_copies_is_found_and_nothing_else_is_lost():
    async with Fakes(2) as fakes:
        fakes.hold.set()
        others = [asyncio.ensure_future(fakes.insisted(str(i))) for i in range(40)]
        with pytest.raises(FatalError, match="this request ended 3 replicas"):
            await fakes.insisted("die")
        assert sorted(await asyncio.gather(*others), key=int) == [str(i) for i in range(40)]
        deaths = [beside for _, text, beside in fakes.log if text == "die"]
        assert (len(deaths), deaths[-1]) == (3, 0), "the third time it is alone"
        assert await fakes.insisted("later") == "later"
        assert fakes.replicas.describe()["replicas_ended"] == 3


async def test_a_copy_that_does_not_come_back_is_given_up_and_the_last_one_ends_the_run():
    once = Fakes(2)
    once.starts = lambda place: once.made[place] == 1
    async with once as fakes:
        fakes.hold.set()
        for _ in range(2):
            with pytest.raises(RetryableError, match="killed"):
                await fakes.ask("die")
            await asyncio.sleep(0.01)
        with pytest.raises(FatalError, match="no replica is left: it does not start") as caught:
            await fakes.ask("next")
        assert caught.value.kind == "gone"
        assert fakes.made == {0: router.RESTARTS, 1: router.RESTARTS}


async def test_copies_of_which_none_starts():
    with pytest.raises(UsageError, match="it does not start"):
        async with Fakes(2, starts=lambda _: False):
            pass


async def test_a_process_that_is_killed_costs_a_retry_and_nothing_else(catalog, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    own = replicated("own/x", Adapter(), Options(max_tokens=5), count=1, paths=[catalog])
    await own.connect()
    try:
        picture = image(drawn())
        reply = await own.ask(ask("hello", picture), Options(max_tokens=9))
        assert reply.text == f"hello [{picture.size}] 9"
        with pytest.raises(MediaError, match="a bad picture"):
            await own.ask(ask("media"), Options())
        os.kill(int(reply.model), signal.SIGKILL)
        with pytest.raises(RetryableError, match=r"own/x \(replica 1\): the process ended: ended by SIGKILL"):
            await own.ask(ask("next"), Options())
        again = await own.ask(ask("next"), Options())
        assert (again.text, again.model != reply.model) == ("next [] None", True)
        assert own.describe() == {"asked": 1, "gpus": "7", "replicas": 1, "replicas_ended": 1}
    finally:
        await own.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(again.model), 0)


@pytest.mark.parametrize(
    ("model", "message"), [("broken", "^no weights here$"), ("crash", "ended while starting: .*SIGSEGV")]
)
async def test_a_model_that_cannot_connect(model, message, catalog, monkeypatch):
    monkeypatch.setattr(router, "RESTARTS", 1)
    own = replicated(f"own/{model}", Adapter(), Options(), count=1, paths=[catalog])
    with pytest.raises(UsageError, match=message):
        await own.connect()


def run(settings: Settings, folder: Path, **changes):
    done = settings.model_copy(update={"path": (folder,), "cache": "off", **changes})
    made = plan(job(make_benchmark(12), done), ModelSpec("mock/flaky", {"error_rate": 0.3}), done)
    (found,) = blocking(lambda: Session(done).whole([made]))
    return found


def test_two_copies_give_the_same_run_as_one(settings, catalog, tmp_path):
    one = run(settings, catalog, results=tmp_path / "one")
    two = run(settings, catalog, results=tmp_path / "two", replicas=2)
    assert two.info.provenance["adapter"]["replicas"] == 2
    assert two.path.name == one.path.name, "the number of copies is no part of the run's identity"
    assert two.files.scores.read_bytes() == one.files.scores.read_bytes()
    texts = [{r.id: r.reply.text for r in read_records(r.files.journal)} for r in (one, two)]
    assert texts[0] == texts[1]


def test_a_function_of_this_program_has_no_copies():
    @dataclass(frozen=True, kw_only=True)
    class Own(Options):
        call: object = print

    with pytest.raises(UsageError, match="--replicas: function/f lives in this Python program"):
        replicated("function/f", Adapter(), Own(), count=2, paths=[])
