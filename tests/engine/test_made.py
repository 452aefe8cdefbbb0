"""Images, sounds and films that a model makes: checked, kept, never paid for twice."""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from PIL import Image as Pillow

from mmeval import media
from mmeval.catalog import Catalog
from mmeval.engine import cachefile
from mmeval.engine.budget import Price
from mmeval.engine.cache import Cache
from mmeval.engine.replicas.router import Replicas
from mmeval.engine.retry import Breaker
from mmeval.errors import FormError
from mmeval.report.samples import labelled
from mmeval.runner import run_one
from mmeval.types import Form, Request, Text, Usage
from tests.data.pictures import exact_film, png

from .test_wants import drawing, options

SLOW = """
import os, pathlib
from mmeval import Capabilities, FatalError, Options, Reply, Usage, media

BASE = pathlib.Path(__file__).parent.parent

class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text", "image"}), options=Options,
                                wants=frozenset({"image"}))
    endpoint = "local"
    def __init__(self, model, options): ...
    async def connect(self): ...
    async def close(self): ...
    async def ask(self, request, options):
        raise AssertionError("a job answers")
    def takes_long(self, request):
        return True
    async def start(self, request, options):
        with (BASE / "started").open("a") as file:
            file.write(request.sample + "\\n")
        return "job-" + request.sample
    async def look(self, job, request, options):
        if (BASE / "lost").exists():
            kind = (BASE / "lost").read_text()
            (BASE / "lost").unlink()
            raise FatalError("no such job", kind=kind)
        if not (BASE / "ready").exists():
            return None
        return Reply(text="", finish="stop", media=(media.image((BASE / "made.png").read_bytes()),),
                     usage=Usage(images=1))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "slow.py").write_text(SLOW)
    (tmp_path / "made.png").write_bytes(png())
    return tmp_path


def kept_jobs(file: Path) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT count(*) FROM jobs").fetchone()[0]
    return 0


CHILD = """
import sys
from mmeval.engine.options import Settings
from mmeval.runner import run_one
from tests.engine.test_wants import drawing
run_one(drawing(2), "slow/one", Settings.model_validate_json(sys.argv[1]))
"""


def test_a_job_is_started_once_whatever_happens(project, settings):
    """Killed while its jobs run, the same run looks at them again; a job that is lost is started anew."""
    slow = settings.model_copy(update={"path": (project,)})
    first = subprocess.Popen([sys.executable, "-c", CHILD, slow.model_dump_json(exclude_defaults=True)])
    until(lambda: slow.cache_file.exists() and kept_jobs(slow.cache_file) == 2)
    first.kill()
    first.wait()
    (project / "ready").touch()
    run = run_one(drawing(2), "slow/one", slow)
    assert (run.info.status, run.info.metrics["accuracy"].value) == ("complete", 1.0)
    assert len((project / "started").read_text().split()) == 2
    assert kept_jobs(slow.cache_file) == 0


@pytest.mark.parametrize(("kind", "started"), [("not_found", 2), ("auth", 1)])
def test_a_job_that_is_lost_is_started_anew_and_one_that_cannot_be_seen_is_not(project, settings, kind, started):
    slow = settings.model_copy(update={"path": (project,)})
    (project / "ready").touch()
    (project / "lost").write_text(kind)
    counts = run_one(drawing(1), "slow/one", slow).info.counts
    assert counts == {"error": 1}
    assert run_one(drawing(1), "slow/one", slow).info.counts == {"ok": 1}
    assert len((project / "started").read_text().split()) == started


async def test_jobs_of_requests_without_a_key_are_not_mixed_up(tmp_path):
    cache = Cache(tmp_path / "cache.sqlite")
    await cache.keep_job(b"", "made for another prompt")
    await cache.keep_job(b"key", "its own")
    assert (await cache.job(b""), await cache.job(b"key")) == (None, "its own")
    await cache.close()


def until(done) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_files_that_cannot_be_used_do_not_keep_the_others_from_being_asked_for(tmp_path, settings, monkeypatch):
    """The model answers, so it is not down, however many of its first files are broken."""
    monkeypatch.setattr(Breaker, "SECONDS", 0.0)
    (tmp_path / "bad").write_bytes(b"no image")
    (tmp_path / "good").write_bytes(png())
    bad, good = ({"text": "", "image": str(tmp_path / name)} for name in ("bad", "good"))
    script = json.dumps({**{f"[{n}] ": bad for n in range(20)}, "*": good})
    given = options(settings, script=script).model_copy(update={"attempts": 1, "max_error_rate": 1.0, "concurrency": 1})
    run = run_one(drawing(24), "mock/scripted", given)
    assert run.info.counts == {"error": 20, "ok": 4}
    (record, *_) = (record for record in run.records() if record.status == "ok")
    (shown, *_) = labelled(run, record, None)
    file = next((run.path / "media").iterdir())
    assert (shown.label, shown.text) == ("made", f"{file} (8x8)"), "people are told where it lies, not that it is empty"


def noisy() -> bytes:
    out = io.BytesIO()
    Pillow.frombytes("RGB", (64, 64), random.Random(1).randbytes(64 * 64 * 3)).save(out, "PNG")
    return out.getvalue()


def page(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "made.bin"
    file.write_bytes(content)
    return json.dumps({"*": {"text": "", "image": str(file)}})


@pytest.mark.parametrize(
    ("script", "status", "why"),
    [
        (lambda tmp: page(tmp, b""), "error", "empty"),
        (lambda tmp: page(tmp, noisy()[:9000]), "error", "cannot be used"),
        (lambda tmp: page(tmp, b"<html>This link has expired</html>"), "error", "not an image"),
        (lambda tmp: '{"*": "I cannot draw, but imagine a dog."}', "empty", None),
        (lambda tmp: '{"*": {"text": "", "finish": "filtered"}}', "filtered", None),
        (lambda tmp: '{"*": {"text": "No.", "finish": "refused"}}', "refused", None),
    ],
    ids=["nothing", "truncated", "a page", "text instead", "moderated", "refused"],
)
def test_what_is_no_image_has_a_status(settings, tmp_path, monkeypatch, script, status, why):
    monkeypatch.setattr("mmeval.engine.retry.Policy.wait", lambda *_, **__: None)
    run = run_one(drawing(1), "mock/scripted", options(settings, script=script(tmp_path)))
    (record,) = run.records()
    assert record.status == status
    if why:
        assert why in record.failure.message


WIDE = Form(ratio=16 / 9, megapixels=1.05)


@pytest.mark.parametrize(
    ("asked", "made", "differs"),
    [
        (Form(), (1, 999, 70.0), None),
        (Form(width=1024, height=1024), (1024, 1024, None), None),
        (Form(width=1024, height=1024), (1024, 1536, None), "1024x1536 pixels instead of 1024x1024"),
        (Form(width=512), (510, 300, None), "510x300 pixels instead of 512xany"),
        (WIDE, (1344, 768, None), None),
        (WIDE, (1024, 1024, None), "1024x1024 pixels instead of a ratio of 1.78 to 1 and about 1.05 megapixels"),
        (WIDE, (2688, 1536, None), "2688x1536 pixels instead of a ratio of 1.78 to 1 and about 1.05 megapixels"),
        (Form(ratio=16 / 9, within=0.08), (1408, 768, None), None),
        (Form(seconds=5.0), (1280, 720, 5.04), None),
        (Form(seconds=5.0), (1280, 720, 4.0), "4 s instead of 5 s"),
        (Form(seconds=5.0, width=640), (None, None, 9.0), "9 s instead of 5 s"),
    ],
)  # fmt: skip
def test_what_was_made_is_compared_with_what_was_asked_for(asked, made, differs):
    assert asked.differs(*made) == differs


def test_a_film_of_another_length_is_found():
    film = media.video(exact_film(0, 99, 200, fps=1))
    assert media.inspect(film, Form(seconds=3.0, width=16)).width == 16
    with pytest.raises(FormError, match="the video has 3 s instead of 8 s"):
        media.inspect(film, Form(seconds=8.0))


def test_copies_of_a_model_state_the_form_that_it_states():
    cls = Catalog().adapter("diffusers")
    options = cls.capabilities.options(width=64, height=48, frames=16, fps=8)
    copies = Replicas("diffusers/org/x", cls("org/x", options), 2, lambda place: pytest.fail("not connected"))
    film = Request(prompt=(Text("a dot"),), want="video")
    assert copies.form(film, options) == Form(width=64, height=48, seconds=2.0)


def test_media_are_paid_for_once_and_go_with_their_replies(settings, tmp_path):
    script = page(tmp_path, png())
    run_one(drawing(2), "mock/scripted", options(settings, script=script))
    again = run_one(drawing(2), "mock/scripted", options(settings, script=script).model_copy(update={"seed": 1}))
    assert (again.info.totals.requests, again.info.totals.cached) == (0, 2)
    assert next(iter(again.records())).reply.media[0].read() == png()
    info = cachefile.info(settings.cache_file)
    assert (info.replies, info.media) == (2, len(png()))
    assert cachefile.prune(settings.cache_file) == 2
    (file,) = cachefile.media_folder(settings.cache_file).iterdir()
    os.utime(file, (0, 0))  # nobody writes it any more
    cachefile.prune(settings.cache_file)
    assert not file.exists()


PRICES = {"image": 0.04, "second": 0.5, "characters": 15.0}


@pytest.mark.parametrize(
    ("card", "usage", "cost"),
    [
        (PRICES, Usage(images=2), 0.08),
        (PRICES, Usage(seconds=8.0), 4.0),
        (PRICES, Usage(characters=2000), 0.03),
        ({"input": 5, "output": 40}, Usage(input=100, output=1000, images=1), 0.0405),
        ({"input": 5, "output": 40, "image": 0.01}, Usage(input=100, output=1000, images=1), 0.0505),
        ({"input": 5, "output": 40, "image": 0.01}, Usage(images=1), None),
        ({"second": 0.5}, Usage(images=1), None),
    ],
    ids=["images", "seconds", "characters", "tokens", "both", "tokens unknown", "another piece"],
)
def test_what_is_made_has_a_price(card, usage, cost):
    found = Price.of({"price": card}).cost(usage)
    assert found == (None if cost is None else pytest.approx(cost))
