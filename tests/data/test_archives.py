"""Archives of films: unpacked once, resumed, never outside their folder; and Video-MME from its archives to the score."""

import io
import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mmeval import DataError, data
from mmeval.catalog import Catalog
from mmeval.data import archives
from mmeval.runner import Settings, run_one
from mmeval.types import Video
from tests.benchmarks.twin import place
from tests.benchmarks.twins_video import VIDEO_MME
from tests.data.fakehub import Hub
from tests.data.hubs import hub

__all__ = ["hub"]


def zipped(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file


def tarred(file: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(file, "w:gz") as made:
        for member in members:
            made.addfile(member, io.BytesIO(bytes(member.size)))
    return file


def member(name: str, size: int = 3, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.size, found.type, found.linkname = size, kind, "/etc/passwd"
    return found


def test_an_interrupted_unpacking_goes_on(tmp_path: Path):
    file = zipped(tmp_path / "a.zip", {"data/a.mp4": b"aaa", "data/b.mp4": b"bbb"})
    out = tmp_path / "out"
    archives.unpack([file], out, where="set")
    kept = (out / "data" / "a.mp4").stat().st_ino
    (out / "data" / "b.mp4").write_bytes(b"b")  # cut off
    archives.unpack([file], out, where="set")
    assert (out / "data" / "b.mp4").read_bytes() == b"bbb"
    assert (out / "data" / "a.mp4").stat().st_ino == kept
    assert archives.find(out, "elsewhere/b.mp4") == out / "data" / "b.mp4"
    assert not archives.find(out, "none.mp4").exists()


def test_parts_of_one_archive_are_joined(tmp_path: Path):
    whole = tarred(tmp_path / "films.tar.gz", member("data/a.mp4", 5000)).read_bytes()
    parts = [tmp_path / f"films.tar.gz.part-{letter}" for letter in ("aa", "ab")]
    parts[0].write_bytes(whole[:50])
    parts[1].write_bytes(whole[50:])
    archives.unpack(parts, tmp_path / "out", where="set")
    assert (tmp_path / "out" / "data" / "a.mp4").stat().st_size == 5000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda t: zipped(t / "x.zip", {"../evil.mp4": b"x"}), r"the name '\.\./evil\.mp4' leads out"),
        (lambda t: zipped(t / "x.zip", {"/etc/evil": b"x"}), "leads out"),
        (lambda t: zipped(t / "x.zip", {"a.srt": bytes(80_000_000)}), "no honest archive"),
        (lambda t: tarred(t / "x.tar.gz", member("../evil")), "leads out"),
        (lambda t: tarred(t / "x.tar.gz", member("a", 0, tarfile.SYMTYPE)), "is a link or a device"),
        (lambda t: tarred(t / "x.tar.gz", member("a.mp4", 90_000_000)), "no honest archive"),
    ],
    ids=["up", "absolute", "bomb", "tar-up", "tar-link", "tar-bomb"],
)
def test_archives_that_are_not_honest(tmp_path: Path, make, message):
    with pytest.raises(DataError, match=rf"^set: x\.[a-z.]+: [^\n]*{message}[^\n]*$"):
        archives.unpack([make(tmp_path)], tmp_path / "out", where="set")
    assert not (tmp_path / "evil.mp4").exists()
    assert not (tmp_path / "evil").exists()


def test_loose_films_are_placed_beside_unpacked_ones(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))
    (hub.root / "a/b/films").mkdir(parents=True)
    (hub.root / "a/b/films/x.mp4").write_bytes(b"film")
    zipped(hub.root / "a/b/more.zip", {"films/y.mp4": b"other"})
    place = data.unpacked(data.hub("a/b", split="test", revision=None), "films/*.mp4", "*.zip").folder(offline=False)
    assert [archives.find(place, f"films/{name}.mp4").read_bytes() for name in "xy"] == [b"film", b"other"]


def test_damaged_archives_and_too_small_disks(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(DataError, match=r"set: x\.zip: damaged"):
        archives.unpack([tmp_path / "x.zip"], tmp_path / "out", where="set")
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _: (9, 9, 1_000))
    source = data.hub("a/b", split="test", revision="main")
    with pytest.raises(DataError, match=r"needs 4\.0 GB for its archives .* has 0\.0 GB free; set MMEVAL_DATA"):
        archives._room(source, {"a.zip": 2_000_000_000}, tmp_path / "room")


def test_video_mme_from_archives_to_the_score(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path / "data"))
    benchmark = place(hub, Catalog().benchmark("video_mme_subtitles"), VIDEO_MME, tmp_path / "data")
    settings = Settings(results=tmp_path / "results", cache="off", video="frames=4,subtitles=frames")
    run = run_one(replace(benchmark, rows=None), "mock/echo", settings)
    assert (run.info.status, run.info.counts) == ("complete", {"ok": 2})
    records = {r["id"]: r for r in map(json.loads, run.files.journal.read_text().splitlines())}
    assert [r["seen"][0]["frames"] for r in records.values()] == [4, 4]
    assert "subtitles are listed below:\nIt begins.\nIt ends." in records["001-1"]["reply"]["text"]
    assert "subtitles" not in records["001-2"]["reply"]["text"]  # this film has none
    hub.requests.clear()
    first, _ = data.samples(data.pinned(benchmark, offline=True), offline=True)
    assert not hub.requests
    assert isinstance(first.prompt[0], Video)
    assert first.prompt[0].data is None
