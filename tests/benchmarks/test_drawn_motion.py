"""Drawn films and sounds: scripted eyes and ears answer them, and only when the pictures come in the order of time."""

import io
import re
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mmeval
from mmeval import Audio, Request, draw
from mmeval.runner import Settings, plans, read_config, run_one
from mmeval.runner.estimate import estimate
from mmeval.sitegen.answers import ROW, seen
from mmeval.sitegen.env import Place, environment, languages, source_folder
from mmeval.sitegen.fragments import ROOT, in_language, mark
from mmeval.sitegen.samples import load, medium, sample_values
from mmeval.store import StoredPart, read_records, samples_path


def found(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Centre and colour of what is not paper."""
    mask = np.abs(picture - np.median(picture, axis=(0, 1))).sum(axis=2) > 120
    return (np.argwhere(mask).mean(axis=0), picture[mask].mean(axis=0)) if mask.sum() > 5 else None


def colour(rgb: np.ndarray) -> str:
    return min(draw.COLOURS, key=lambda name: float(np.abs(rgb - np.array(draw.COLOURS[name])).sum()))


def moved(kind: str, places: np.ndarray) -> str:
    """Which answer the way of a shape gives."""
    axis = int(np.ptp(places[:, 1]) > np.ptp(places[:, 0]))
    steps = np.diff(places[:, axis])
    if "direction" in kind:
        return (("up", "down"), ("to the left", "to the right"))[axis][int(steps.sum() > 0)]
    if "bounce" in kind:
        signs = np.sign(steps[np.abs(steps) > 0.5])
        return str(int(np.clip((np.diff(signs) != 0).sum(), 1, 4)))
    middle = len(steps) // 2
    return ("the first half", "the second half")[int(abs(steps[middle:]).sum() > abs(steps[:middle]).sum())]


async def watch(request: Request) -> str:
    """Follows the shape from picture to picture, on every other line and column."""
    pictures = [
        np.asarray(Image.open(io.BytesIO(p.read())), float)[::2, ::2] for p in request.prompt if p.kind == "image"
    ]
    text = request.prompt[-1].text
    shapes = [shape for shape in map(found, pictures) if shape is not None]
    if "first?" in text or "at the end" in text:
        wanted = colour(shapes[0 if "first?" in text else -1][1])
    else:
        wanted = moved(text, np.array([place for place, _ in shapes]))
    return lettered(text, wanted)


def lettered(text: str, wanted: str) -> str:
    options = re.findall(r"^([A-E])\. (.*)$", text, re.MULTILINE)
    return next((letter for letter, option in options if wanted in option), "A")


async def listen(request: Request) -> str:
    """Measures the tones: where they begin and end, and how often they cross zero."""
    (sound,) = (part for part in request.prompt if isinstance(part, Audio))
    with wave.open(io.BytesIO(sound.read())) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 16_000)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    loud = np.convolve(np.abs(heard), np.ones(320) / 320, "same") > 300
    edges = np.flatnonzero(np.diff(loud.astype(int)))
    tones = [heard[a + 400 : b - 400] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    pitch = [np.mean(np.diff(np.sign(tone)) != 0) for tone in tones]
    edgy = [np.abs(np.diff(tone)).max() / np.abs(tone).max() for tone in tones]
    kind = "a hiss" if pitch[0] > 0.2 else "a buzz" if edgy[0] > 0.8 else "a whistle"
    text = request.prompt[-1].text
    answers = {
        "How many": str(len(tones)),
        "higher": "higher" if pitch[-1] > pitch[0] else "lower",
        "longer": "longer" if len(tones[-1]) > len(tones[0]) else "shorter",
        "first?": kind,
        "What kind": kind,
    }
    return lettered(text, next(answer for word, answer in answers.items() if word in text))


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def score(benchmark: str, model, limit: int, **how) -> float:
        spec = mmeval.model(model, name=model.__name__, version="1")
        runs = mmeval.run(benchmark, spec, results=tmp_path / "results", cache="off", limit=limit, **how)
        (run,) = list(runs)
        assert run.info.counts == {"ok": limit}
        return run.info.metrics["accuracy"].value

    return score


def test_the_order_in_time_decides(asked):
    assert asked("drawn_films", watch, 30) >= 0.95
    assert asked("drawn_films", watch, 30, video="frames=16,order=shuffled") == pytest.approx(0.4167, abs=0.15)


def test_ears_hear_every_difference(asked):
    assert asked("drawn_sounds", listen, 40) == 1.0


@pytest.mark.parametrize(
    ("model", "films", "sounds"),
    [
        ("transformers/demo-vlm", False, False),
        ("mock/echo", True, True),
        ("baseline/random", False, False),
        ("baseline/blind:transformers/demo-vlm", False, False),
    ],
)
def test_a_suite_asks_about_films_where_they_are_taken(model, films, sounds):
    config = read_config(None, {}, benchmarks=["quickstart"], models=[model, "baseline/majority"])
    made = {(one.spec.model, one.spec.benchmark) for one in plans(config)[0]}
    for name, there in (("drawn_films", films), ("drawn_sounds", sounds)):
        assert {one for one, benchmark in made if benchmark == name} == (
            {model, "baseline/majority"} if there else set()
        )


@pytest.mark.parametrize(
    ("benchmark", "model", "how", "images", "tokens"),
    [
        ("drawn_films", "gemini/gemini-2.5-pro", {}, 80, 80 * 258),
        ("drawn_films", "gemini/gemini-2.5-pro", {"video": "native"}, 0, 5 * (3 * 258 + 96)),
        ("drawn_films", "gemini/gemini-2.5-pro", {"video": "native,fps=2"}, 0, 5 * (6 * 258 + 96)),
        ("drawn_films", "gemini/gemini-3.1-pro", {"video": "native"}, 0, 5 * (3 * 70 + 96)),
        ("drawn_sounds", "openai/gpt-4o-audio-preview", {"options": {"api": "chat"}}, 0, 105),
        ("drawn_sounds", "openai/gpt-5.4", {}, 0, None),
    ],
)
def test_an_estimate_knows_films_and_sounds(benchmark, model, how, images, tokens):
    config = read_config(None, {"limit": 5, **how}, benchmarks=[benchmark], models=[model])
    ((plan,), _) = plans(config)
    found = estimate(plan)
    assert (found.images, found.image_tokens) == (images, tokens)


@pytest.mark.parametrize(
    ("benchmark", "kind", "ending"), [("drawn_films", "video", ".mp4"), ("drawn_sounds", "audio", ".mp3")]
)
def test_a_page_plays_the_clip_and_shows_what_each_model_saw(tmp_path, benchmark, kind, ending):
    strips = {}
    for policy in ("frames=20", "frames=6,rule=ends", "native") if kind == "video" else ("",):
        how = {"video": policy} if policy else {}
        run = run_one(benchmark, "mock/echo", Settings(results=tmp_path, cache="off", limit=1, **how))
        (told,), thumbs = run.told(), samples_path(tmp_path, run.info).parent / "thumbs"
        strips[policy] = seen(told.seen[0], thumbs)
    file = samples_path(tmp_path, run.info)
    (key,) = (record.id for record in read_records(run.files.journal))
    (shown,) = sample_values(load(file), key, file.parent / "thumbs")["media"]
    names = {path.name for path in (file.parent / "thumbs").iterdir()}
    assert (shown["kind"], shown["file"].endswith(ending)) == (kind, True)
    assert {Path(shown[name]).name for name in ("file", "thumb")} <= names
    if kind == "video":
        many, few, film = strips.values()
        assert (many["frames"], len(many["at"]), few["frames"], film["frames"]) == (20, 16, 6, None)
        assert (few["at"], few["from"], few["to"], film["file"]) == ([0.0, 0.6, 1.2, 1.8, 2.3, 2.9], 0.0, 2.9, "")
        pictures = [Image.open(file.parent / "thumbs" / Path(one["file"]).name).convert("RGB") for one in (many, few)]
        assert [one.size for one in pictures] == [(8 * 98 - 2, 2 * 98 - 2), (6 * 98 - 2, 96)]
        (place,) = [Place("r/x/1.html", one, ()) for one in languages(["en"], [source_folder()])]
        page = {
            "number": 1,
            "sample": "",
            "answers": [{**dict.fromkeys(ROW), "reply": None, "seen": [many], "outcome": "r", "tone": "", "meta": ""}],
        }
        body = environment((source_folder(),)).get_template("answers.html").render(t=mark, root=ROOT, samples=[page])
        assert "The model saw 20 frames of 3.0 s, from 0.0 s to 2.9 s. 16 of them are shown." in in_language(
            body, place
        )
        centres = [found(np.asarray(pictures[1].crop((98 * n, 0, 98 * n + 96, 96)), float))[0] for n in range(6)]
        assert np.ptp(np.array(centres), axis=0).max() > 10  # the shape moves from frame to frame
    part = replace(StoredPart(kind, sha256=shown["file"][2:66]), start=1.5, end="<b>")
    assert medium(part, file.parent / "thumbs", public=True)["file"] == f"{shown['file']}#t=1.5"
    assert medium(part, file.parent / "thumbs", public=False)["file"] == ""
