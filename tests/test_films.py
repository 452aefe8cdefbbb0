"""Films and sounds: which frames a policy takes, what bad files become, and how often a clip is decoded."""

import io
import json
import os
import random
import shutil
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from mmeval import animate, media, store
from mmeval.cli import app
from mmeval.comparable import refused
from mmeval.definitions import Capabilities, Options
from mmeval.errors import MediaError, RunFailedError, UsageError
from mmeval.media import Kept, subtitles
from mmeval.media.decoder import Decoder, Job
from mmeval.runner import clips
from mmeval.sampling import PRESETS, audio_policy, video_policy

FPS = 10
TAKES_ALL = Capabilities(version="1", inputs=frozenset({"text", "image", "video", "audio"}), options=Options)


def shade(number: int) -> Image.Image:
    """A picture that tells its number by its brightness."""
    return Image.new("RGB", (96, 64), (6 * number, 6 * number, 6 * number))


def encoded(count: int = 40, *, tone: bool = False) -> bytes:
    sound = animate.samples([animate.Tone(count / FPS)], random.Random(0)) if tone else None
    return animate.film(map(shade, range(count)), fps=FPS, sound=sound)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("films")
    (made / "film.mp4").write_bytes(encoded(tone=True))
    return made


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    return Decoder(Kept(tmp_path_factory.mktemp("kept")), workers=1, silent_s=20)


def frames(decoder: Decoder, clip, policy: str):
    return decoder.want(Job("frames", clip, video_policy(policy).describe())).result(60)


def numbers(made) -> list[int]:
    """Which pictures the frames show."""
    return [round(np.asarray(Image.open(made.folder / f["file"])).mean() / 6) for f in made.meta["frames"]]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("frames=4", [5, 15, 25, 35]),
        ("frames=5,rule=ends", list(np.linspace(0, 39, 5, dtype=int))),
        ("frames=8,rule=ends-rounded", list(np.linspace(0, 39, 8).round().astype(int))),
        ("vlmevalkit-8frame", [int(i * (40 / 9)) for i in range(1, 9)]),
        ("lmms-32", list(np.linspace(0, 39, 32, dtype=int))),
        ("fps=2", [0, 5, 10, 15, 20, 25, 30, 35]),
        ("fps=2,max=4", [5, 15, 25, 35]),
        ("fps=2,min=10", [2, 6, 10, 14, 18, 22, 26, 30, 34, 38]),
        ("fps=1.3,multiple=2,rule=ends", [0, 13, 26, 39]),
        ("frames=64", list(range(40))),
        ("frames=1", [20]),
    ],
)
def test_a_policy_takes_the_frames_that_it_states(decoder: Decoder, folder: Path, policy, expected):
    made = frames(decoder, media.video(folder / "film.mp4"), policy)
    assert numbers(made) == list(expected)
    assert [f["at"] for f in made.meta["frames"]] == [pytest.approx(n / FPS) for n in expected]


def test_clips_sizes_and_order(decoder: Decoder, folder: Path):
    clip = media.video(folder / "film.mp4", start=1.0, end=3.0)
    assert numbers(frames(decoder, clip, "frames=4")) == [12, 17, 22, 27]
    small = frames(decoder, clip, "frames=4,pixels=1536,total=3072")
    assert (small.meta["width"], small.meta["height"], small.meta["seconds"]) == (33, 22, 2.0)
    mixed = numbers(frames(decoder, clip, "frames=8,order=shuffled"))
    assert mixed != sorted(mixed) == numbers(frames(decoder, clip, "frames=8"))
    sound = decoder.want(Job("sound", clip, audio_policy("rate=8000").describe())).result(60)
    with wave.open(str(sound.folder / "sound.wav")) as heard:
        assert (heard.getnchannels(), heard.getframerate(), heard.getnframes()) == (1, 8000, 16_000)
    cut = decoder.want(Job("cut", clip)).result(60)
    again = media.video(cut.folder / "clip.mp4")
    assert numbers(frames(decoder, again, "frames=20")) == list(range(10, 30))


@pytest.mark.parametrize("policy", [None, "frames=8", "native"])
def test_the_poster_of_a_film_shows_something(decoder: Decoder, tmp_path: Path, monkeypatch, policy):
    """It is empty in the middle, and for most of its length."""
    monkeypatch.setattr(media, "decoder", lambda: decoder)
    plan: Any = SimpleNamespace(model=SimpleNamespace(capabilities=TAKES_ALL))
    busy = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8))
    (tmp_path / "film.mp4").write_bytes(animate.film((busy if 2 < n < 15 else shade(9) for n in range(40)), fps=FPS))
    clip = replace(media.video(tmp_path / "film.mp4"), policy=video_policy(policy) if policy else None)
    assert np.asarray(Image.open(io.BytesIO(clips._poster(plan, clip)))).std() > 20


def damaged(folder: Path, name: str) -> Path:
    """A file with something wrong with it."""
    file, whole = folder / f"{name}.mp4", (folder / "film.mp4").read_bytes()
    if name == "sound only":
        file.write_bytes(animate.wav(np.zeros(8000, np.int16)))
    elif name == "no frames":
        with av.open(str(file), "w", format="matroska") as out:
            stream = out.add_stream("mpeg4", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
            sound = out.add_stream("pcm_s16le", rate=8000)
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
            frame.rate, frame.pts = 8000, 0
            out.mux(sound.encode(frame))
    elif name == "cut short":
        with av.open(str(file), "w", options={"movflags": "faststart"}) as out:
            stream = out.add_stream("mpeg4", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
            for number in range(100):
                frame = av.VideoFrame.from_image(shade(number % 40))
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    elif name == "picture":
        shade(1).save(file, "PNG")
    else:
        texts = {
            "empty": b"",
            "no index": whole[: len(whole) // 2],
            "text": b"a film\n" * 100,
            "playlist": b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n",
            "list of files": b"ffconcat version 1.0\nfile film.mp4\n",
        }
        file.write_bytes(texts[name])
    return file


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty", "the file is empty"),
        ("no index", "neither a film nor a sound"),
        ("cut short", r"cut short: \d+ of 100 frames are there"),
        ("sound only", "no film in it, only sound"),
        ("no frames", "no frames in it"),
        ("text", "neither a film nor a sound"),
        ("picture", "neither a film nor a sound"),
        ("playlist", "neither a film nor a sound"),
        ("list of files", "neither a film nor a sound"),
    ],
)
def test_a_bad_file_is_named_in_one_line(decoder: Decoder, folder: Path, name, message):
    with pytest.raises(MediaError, match=rf"^[^\n]*{name}\.mp4: {message}[^\n]*$"):
        frames(decoder, media.video(damaged(folder, name)), "frames=4")


@pytest.mark.parametrize("bounds", [(3.0, 99.0), (9.0, None), (2.0, 1.0), (-1.0, None)])
def test_bounds_outside_the_film(decoder: Decoder, folder: Path, bounds):
    clip = media.video(folder / "film.mp4", start=bounds[0], end=bounds[1])
    with pytest.raises(MediaError, match=r"the clip is from .* but the film has 4\.0 s"):
        frames(decoder, clip, "frames=4")


def test_odd_films_give_the_right_frames(decoder: Decoder, folder: Path):
    shutil.copy(folder / "film.mp4", folder / "film.wav")
    assert media.video(folder / "film.wav").mime == "video/mp4"
    assert numbers(frames(decoder, media.video(folder / "film.wav"), "frames=2")) == [10, 30]
    uneven = folder / "uneven.mkv"
    with av.open(str(uneven), "w") as out:
        stream = out.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.codec_context.time_base = (
            96,
            64,
            "yuv420p",
            Fraction(1, 1000),
        )
        for number, at in enumerate([0, 100, 200, 2000, 2100, 4000, 4100, 4200]):
            frame = av.VideoFrame.from_image(shade(4 * number))
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    made = frames(decoder, media.video(uneven), "fps=1")
    assert (numbers(made), [f["at"] for f in made.meta["frames"]]) == ([0, 8, 12, 16], [0.0, 0.2, 2.0, 2.1])
    cut = decoder.want(Job("cut", media.video(uneven, start=1.0, end=4.05))).result(60)
    made = frames(decoder, media.video(cut.folder / "clip.mp4"), "frames=9")
    assert (numbers(made), [f["at"] for f in made.meta["frames"]]) == ([8, 12, 16, 20], [0.0, 1.0, 1.1, 3.0])
    silent = replace(media.video(uneven), policy=video_policy("frames=2,sound=on"))
    made = [decoder.want(job).result(60) for job in media.wanted((silent,), TAKES_ALL)]
    assert [part.kind for part in media.shown((silent,), TAKES_ALL, made).prompt] == ["image", "image"]


def test_headers_that_lie_or_turn_the_picture(decoder: Decoder, folder: Path):
    whole = bytearray((folder / "film.mp4").read_bytes())
    at = whole.index(b"mvhd") + 20
    whole[at : at + 4] = (2**31).to_bytes(4, "big")  # 24 days
    (folder / "long.mp4").write_bytes(whole)
    assert numbers(frames(decoder, media.video(folder / "long.mp4"), "frames=2")) == [10, 30]
    at = whole.index(b"tkhd") + 44  # the matrix: a quarter turn
    turned = [0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30]
    whole[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in turned)
    (folder / "turned.mp4").write_bytes(whole)
    made = frames(decoder, media.video(folder / "turned.mp4"), "frames=2")
    assert (made.meta["width"], made.meta["height"], numbers(made)) == (64, 96, [10, 30])
    cut = decoder.want(Job("cut", media.video(folder / "turned.mp4", start=1.0, end=2.0))).result(60)
    made = frames(decoder, media.video(cut.folder / "clip.mp4"), "frames=2")
    assert (cut.meta["width"], made.meta["height"], numbers(made)) == (64, 96, [12, 17])


def test_a_film_of_ten_hours(decoder: Decoder, folder: Path):
    with av.open(str(folder / "day.mkv"), "w") as out:
        stream = out.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.codec_context.time_base = 96, 64, "yuv420p", Fraction(1, 1)
        for number in range(1000):
            frame = av.VideoFrame.from_image(shade(number // 25))
            frame.pts, frame.time_base = 36 * number, Fraction(1, 1)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    made = frames(decoder, media.video(folder / "day.mkv"), "fps=2,max=8")
    assert (len(made.meta["frames"]), made.meta["seconds"]) == (8, 36_000.0)


def test_equal_files_keep_their_own_names(decoder: Decoder, folder: Path):
    for name in ("first.mp4", "second.mp4"):
        (folder / name).write_bytes(b"the same text")
    waiting = {name: decoder.want(Job("probe", media.video(folder / name))) for name in ("first.mp4", "second.mp4")}
    for name, future in waiting.items():
        with pytest.raises(MediaError, match=rf"{name}: neither a film nor a sound"):
            future.result(60)


def test_any_damage_is_a_media_error_or_a_result(decoder: Decoder, folder: Path):
    whole, rng = (folder / "film.mp4").read_bytes(), random.Random(7)
    outcomes = set()
    for number in range(40):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        file = folder / f"damaged{number}.mp4"
        file.write_bytes(data[: rng.randint(len(data) // 2, len(data))] if number % 2 else data)
        for job in (
            Job("frames", media.video(file), video_policy("frames=3").describe()),
            Job("glance", media.video(file)),
        ):
            try:
                outcomes.add(type(decoder.want(job).result(60)).__name__)
            except MediaError as error:
                outcomes.add("MediaError" if "\n" not in str(error) else str(error))
    assert outcomes == {"Made", "MediaError"}


def test_a_clip_is_decoded_once_and_kept(tmp_path: Path, folder: Path):
    one = Decoder(Kept(tmp_path), workers=2)
    clip = media.video(folder / "film.mp4")
    jobs = [Job("frames", clip, video_policy(text).describe()) for text in ("frames=4", "frames=6") for _ in range(20)]
    assert len({f.result(60).folder for f in [one.want(job) for job in jobs]}) == 2
    assert sorted(one.decoded.values()) == [1, 1]
    again = Decoder(Kept(tmp_path), workers=1)
    again.want(jobs[0]).result(60)
    assert not again.decoded
    assert (one.kept.info().clips, one.kept.prune(older_than_s=-1), one.kept.info().clips) == (2, 2, 0)


def test_a_worker_that_hangs_or_dies_is_ended(tmp_path: Path, folder: Path):
    one = Decoder(Kept(tmp_path / "kept"), workers=1, silent_s=3)
    os.mkfifo(tmp_path / "pipe.mp4")  # whoever opens it waits for ever
    clip = replace(media.video(folder / "film.mp4"), path=tmp_path / "pipe.mp4", source="pipe.mp4", sha256="0" * 64)
    with pytest.raises(MediaError, match=r"^pipe\.mp4: decoding it took longer than"):
        one.want(Job("probe", clip)).result(60)
    clip = media.video(folder / "film.mp4")
    assert one.want(Job("probe", clip)).result(60).meta["frames"] == 40  # by a new worker


def test_a_full_disk_is_not_the_fault_of_a_clip(tmp_path: Path, folder: Path):
    one = Decoder(Kept(tmp_path / "file" / "kept"), workers=1)
    (tmp_path / "file").write_text("")  # a file where a folder should be
    with pytest.raises(MediaError, match=r"film\.mp4: Not a directory"):
        one.want(Job("probe", media.video(folder / "film.mp4"))).result(60)
    full = Decoder(Kept(tmp_path / "kept"), workers=1)
    full.kept.put = lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device", "/full"))
    with pytest.raises(RunFailedError, match="/full: No space left on device"):
        full.want(Job("probe", media.video(folder / "film.mp4"))).result(60)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame=8", "no key 'frame'; did you mean frames"),
        ("lmms-23", "no such policy"),
        ("fps=0", "expected a number above 0"),
        ("frames=8,fps=2", "exclude each other"),
        ("frames=99999", "expected 1 to 4096"),
        ("pixels=10", "say how many frames"),
        ("frames=8,sound=yes", "expected on or off"),
        ("frames=8,rule=first", "expected middle, ends"),
        ("frames=8,rule=grid", "only with fps"),
    ],
)
def test_policies_that_make_no_sense(text, message):
    with pytest.raises(UsageError, match=message):
        video_policy(text)


@pytest.mark.parametrize("text", [*PRESETS, "frames=7,stamps=on,subtitles=all", "native", "fps=0.5,sound=on"])
def test_a_policy_is_what_its_text_says(text):
    policy = video_policy(text)
    assert video_policy(str(policy)) == policy


def test_subtitles(tmp_path: Path):
    (tmp_path / "a.srt").write_bytes(
        b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>One</i>\r\nmore\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nTwo\r\n"
    )
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.500\nOne more\n\n00:03.000 --> 01:04.000\nTwo\n")
    for name in ("a.srt", "a.vtt"):
        lines = subtitles.read(tmp_path / name)
        assert [line.text for line in lines] == ["One more", "Two"]
        assert subtitles.said(lines, at=None, start=0, end=9) == "One more\nTwo"
        assert subtitles.said(lines, at=None, start=2.6, end=9) == "Two"
        assert subtitles.said(lines, at=[0.5, 1.5, 2.0, 2.8], start=0, end=9) == "One more"
    (tmp_path / "b.srt").write_text("nothing here")
    with pytest.raises(MediaError, match=r"b\.srt: no subtitles in it"):
        subtitles.read(tmp_path / "b.srt")


def test_a_file_of_questions_about_films(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMEVAL_MEDIA", str(tmp_path / "kept"))
    media.decoder.cache_clear()
    shutil.copy(folder / "film.mp4", tmp_path / "a.mp4")
    (tmp_path / "bad.mp4").write_bytes(b"")
    (tmp_path / "a.wav").write_bytes(animate.wav(animate.samples([animate.Tone(1.0)], random.Random(0))))
    asked = {"question": "Brighter?", "answer": "yes", "audio": None}
    rows = [
        {**asked, "id": "whole", "video": "a.mp4"},
        {**asked, "id": "clip", "video": "a.mp4", "start": 1, "end": "0:03"},
        {**asked, "id": "bad", "video": "bad.mp4"},
        {**asked, "id": "late", "video": "a.mp4", "start": 60},
        {**asked, "id": "sound", "video": None, "audio": "a.wav"},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    results = [str(tmp_path / "results"), "--cache", "off", "--max-error-rate", "1"]
    counts = {}
    for policy in ("frames=4", "native"):
        done = CliRunner().invoke(app, ["run", str(file), "-m", "mock/echo", "--video", policy, "--results", *results])
        assert done.exit_code == 0, done.output
    for info in sorted((tmp_path / "results").glob("mock__echo/*/*/run.json")):
        run = json.loads(info.read_text())
        records = {r["id"]: r for r in map(json.loads, (info.parent / "records.jsonl").read_text().splitlines())}
        counts[run["spec"]["media_policy"]["video"]["mode"]] = run["counts"]
        assert run["provenance"]["media"]["decoder"] == f"PyAV {av.__version__}"
        assert records["bad"]["failure"]["message"] == "bad.mp4: the file is empty"
        assert (records["sound"]["seen"][0]["seconds"], records["sound"]["seen"][0]["kind"]) == (1.0, "audio")
        (seen,) = records["clip"]["seen"]
        assert seen["seconds"] == 2.0
        if run["spec"]["media_policy"]["video"]["mode"] == "frames":
            assert (seen["frames"], seen["width"], seen["at"]) == (4, 96, [1.2, 1.7, 2.2, 2.7])
    assert counts == {mode: {"ok": 3, "invalid_input": 2} for mode in ("frames", "native")}
    first, second = store.list_runs(tmp_path / "results")[0]
    for purpose in ("column", "model", "prompt"):
        assert "video" in {change.key for change in refused(first.info, second.info, purpose)}
    told = CliRunner().invoke(app, ["cache", "info"]).output
    assert "decoded clips" in told
    media.decoder.cache_clear()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"video": "none.mp4"}, r"video 'none\.mp4': No such file"),
        ({"video": "../film.mp4"}, r"video '\.\./film\.mp4' is outside"),
        ({"video": "https://example.org/a.mp4"}, r"is a URL; download the video"),
        ({"video": 5}, "video is int, expected a path"),
        ({"video": "a.mp4", "start": "soon"}, "'start' is 'soon', expected seconds"),
        ({"video": "a.mp4", "subtitles": "a.srt"}, r"subtitles 'a\.srt': No such file"),
    ],
)
def test_rows_that_make_no_sense(tmp_path: Path, row, message):
    from mmeval import DataError, data

    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": "q", "answer": "x", **row}))
    with pytest.raises(DataError, match=rf"q\.jsonl:1: .*{message}"):
        data.from_file(tmp_path / "q.jsonl")


def test_equal_arguments_make_equal_bytes():
    assert encoded(12, tone=True) == encoded(12, tone=True)
    tones = [animate.Tone(0.1, 300, timbre) for timbre in animate.TIMBRES]
    first, second = (animate.wav(animate.samples(tones, random.Random(3))) for _ in range(2))
    assert first == second
    with wave.open(io.BytesIO(first)) as heard:
        assert heard.getnframes() == 3 * animate.RATE // 10
