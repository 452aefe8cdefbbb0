"""Pipelines of diffusers, tiny and with random weights: images, films and sounds made by the real library."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image as Pillow

from mmeval import FatalError, UsageError
from mmeval.animate import film
from mmeval.catalog import Catalog
from mmeval.media import image, inspect
from mmeval.providers import memory
from mmeval.runner import run_one
from mmeval.types import Request, Text
from tests.adapters.conftest import picture
from tests.data.pictures import png
from tests.engine.conftest import settings as settings
from tests.once import once

from .pipelines import PIPELINES, library, save

Adapter = Catalog().adapter("diffusers")
Options = Adapter.capabilities.options
SMALL = {"width": 16, "height": 16, "steps": 1}
KINDS = {
    "image": ("image", "image/png", SMALL),
    "large_image": ("image", "image/png", SMALL),
    "film": ("video", "video/mp4", {**SMALL, "frames": 2}),
    "sound": ("audio", "audio/wav", {"steps": 1, "seconds": 0.1}),
}
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def pipes(tmp_path_factory):
    return once(tmp_path_factory, "pipelines", lambda folder: [save(name, folder / name) for name in PIPELINES])


def shown(reply):
    with Pillow.open(io.BytesIO(reply.media[0].read())) as picture:
        return np.asarray(picture).astype(int)


async def asked(folder, options, *requests: Request):
    adapter = Adapter(str(folder), options)
    await adapter.connect()
    try:
        return [*await asyncio.gather(*(adapter.ask(one, options) for one in requests))], adapter.describe()
    finally:
        await adapter.close()


@pytest.mark.parametrize("name", KINDS)
async def test_a_pipeline_makes_what_its_kind_says_alone_as_in_a_batch(pipes, name):
    want, mime, given = KINDS[name]
    one, other = (Request(prompt=(Text(text),), want=want) for text in ("a red dot", "two blue squares and a star"))
    together, about = await asked(pipes / name, Options(**given, batch_size=2), one, other)
    (alone,), _ = await asked(pipes / name, Options(**given), other)
    assert [reply.media[0].mime for reply in together] == [mime] * 2
    if want == "image":
        assert abs(shown(together[1]) - shown(alone)).max() <= 1
        assert abs(shown(together[0]) - shown(alone)).max() > 1
    else:
        assert inspect(together[1].media[0]).size == pytest.approx(alone.media[0].size, rel=0.1)
    assert (about["engine"], about["largest_batch"]) == ("diffusers", 2)


async def test_the_seed_decides_and_each_repetition_has_its_own(pipes):
    prompt, given = (Text("a red dot"),), Options(**SMALL, seed=7)
    requests = [Request(prompt=prompt, want="image", epoch=epoch) for epoch in (1, 2)]
    (first, second), _ = await asked(pipes / "image", given, *requests)
    (again,), _ = await asked(pipes / "image", Options(**SMALL, seed=8), requests[0])
    assert (first.seed, second.seed, again.seed) == (7, 8, 8)
    assert first.media != second.media
    assert second.media[0].sha256 == again.media[0].sha256


@pytest.mark.parametrize(
    ("given", "request_", "error", "message"),
    [
        ({"frames": 8}, {}, UsageError, "-o frames: StableDiffusionPipeline has no such setting"),
        ({"width": 0}, {}, UsageError, "-o width=0: must be positive"),
        ({"device": "cuda:99"}, {}, UsageError, "-o device=cuda:99: torch .*; use -o device=auto"),
        ({}, {"want": "audio"}, FatalError, "makes image, not audio"),
        (
            {},
            {"prompt": (image(png()), image(png()), Text("like these"))},
            FatalError,
            "takes image, and the prompt has 2",
        ),
        ({}, {"prompt": (image(png()), Text("a dot"))}, FatalError, "-o steps=1: .* 0.8 of the steps; use at least 2"),
    ],
    ids=["another setting", "no size", "no such device", "another kind", "two pictures", "no step"],
)
async def test_what_a_pipeline_cannot_do_is_said(pipes, given, request_, error, message):
    request = Request(**{"prompt": (Text("a dot"),), "want": "image", **request_})
    with pytest.raises(error, match=message):
        await asked(pipes / "image", Options(**{**SMALL, **given}), request)


@pytest.mark.parametrize(
    ("pipe", "makes", "given", "told"),
    [
        ("SanaVideoPipeline", "video", {"frames": 9, "fps": 16}, {"frames": 9}),
        ("LTXPipeline", "video", {"frames": 9, "fps": 30}, {"num_frames": 9, "frame_rate": 30}),
        ("AceStepPipeline", "audio", {"seconds": 2.0}, {"audio_duration": 2.0}),
        ("QwenImagePipeline", "image", {"guidance": 3.0}, {"true_cfg_scale": 3.0}),
        ("FluxKontextPipeline", "image", {"guidance": 3.0, "width": 64, "height": 32},
         {"guidance_scale": 3.0, "width": 64, "height": 32, "max_area": 2048}),
    ],
)  # fmt: skip
def test_options_reach_pipelines_under_their_names(pipe, makes, given, told):
    import diffusers

    module, found = sys.modules[Adapter.__mro__[0].__module__], getattr(diffusers, pipe)
    assert module._makes(found) == makes
    assert module._given(found, Options(**given)) == told


def edited(folder, pipe: str):
    """A copy of the weights of Stable Diffusion under another pipeline of the family."""
    index = folder / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "_class_name": pipe}))
    return folder


@pytest.mark.parametrize(
    ("name", "pipe", "pictures"),
    [
        ("image", "StableDiffusionPipeline", 1),
        ("image", "StableDiffusionInpaintPipeline", 2),
        ("instruct", "StableDiffusionInstructPix2PixPipeline", 1),
        ("moving", "LTXImageToVideoPipeline", 1),
    ],
)
async def test_a_picture_of_the_prompt_is_changed_as_by_the_library_alone(pipes, tmp_path, name, pipe, pictures):
    """By a pipeline for it, or by the one of the same family as a pipeline for texts; or a film begins with it."""
    folder = edited(shutil.copytree(pipes / name, tmp_path / "pipe"), pipe)
    large = {"width": 32, "height": 32, "steps": 1, "frames": 9}
    want, given = ("video", large) if name == "moving" else ("image", {**SMALL, "steps": 2})
    shown_to = [[picture(tint) for tint in tints][:pictures] for tints in (("red", "black"), ("blue", "black"))]
    requests = [Request(prompt=(*pair, Text("a dot")), want=want) for pair in shown_to]
    (first, other), about = await asked(folder, Options(**given, seed=3), *requests)
    assert first.media != other.media, "what is changed counts"
    made = inspect(first.media[0], Adapter("x/y", Options(**given)).form(requests[0], Options(**given)))
    assert (made.width, made.height) == (given["width"], given["height"])
    alone = library(folder, want, given, "a dot", shown_to[0], seed=3, threads=about["threads"])
    if want == "image":
        assert (shown(first) == np.asarray(alone.images[0])).all()
    else:
        assert first.media[0].read() == film((frame for frame in alone.frames[0]), fps=25), "the rate of the pipeline"
    if pipe != "StableDiffusionPipeline":
        with pytest.raises(FatalError, match="the prompt has none"):
            await asked(folder, Options(**given), Request(prompt=(Text("a dot"),), want=want))


def without_index(folder):
    (folder / "model_index.json").unlink()


def cut_off(folder):
    """Half a download; it is found in the header of the file."""
    for file in folder.glob("unet/*.safetensors"):
        file.write_bytes(file.read_bytes()[:-1])


def with_pickles(folder):
    """Weights that only a pickle holds are not read."""
    for file in folder.glob("unet/*.safetensors"):
        file.rename(file.with_suffix(".bin"))


def with_code(folder):
    index = folder / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "unet": ["stranger", "Stranger"]}))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_index, "no model_index.json"),
        (cut_off, "header promises .*: fetch it again"),
        (with_pickles, "cannot be loaded"),
        (with_code, "comes with Python code"),
    ],
)
async def test_a_folder_that_is_no_pipeline_is_one_line(pipes, tmp_path, spoil, message):
    folder = shutil.copytree(pipes / "image", tmp_path / "pipe")
    spoil(folder)
    with pytest.raises(UsageError, match=message) as caught:
        await asked(folder, Options(**SMALL))
    assert "\n" not in str(caught.value)


async def test_weights_that_do_not_fit_are_refused_before_they_are_loaded(pipes, monkeypatch):
    monkeypatch.setattr(memory, "_available", lambda: 4_000_000.0)
    with pytest.raises(UsageError, match=r"takes? 0\.0 GB in float32, and cpu has 0\.0 GB free; use -o dtype=bfloat16"):
        await asked(pipes / "image", Options(**SMALL))
    await asked(pipes / "image", Options(**SMALL, dtype="bfloat16"))


def test_a_pipeline_runs_a_benchmark_and_its_images_lie_in_the_run_folder(pipes, settings):
    """A pipeline of random weights draws no shapes; what it drew is there to be looked at, with its seed."""
    model = f"diffusers/{pipes / 'image'}"
    run = run_one(
        Catalog().benchmark("draw_shapes"),
        model,
        settings.model_copy(update={"limit": 2, "options": SMALL, "epochs": 2}),
    )
    assert (run.info.status, run.info.metrics["accuracy"].value) == ("complete", 0.0)
    assert len({record.reply.media[0].sha256 for record in run.records()}) == 4
    assert sorted({record.reply.seed for record in run.records()}) == [0, 1]
    assert len(list((run.path / "media").iterdir())) == 4
