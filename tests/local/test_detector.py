"""The detector adapter on tiny models: the objects of the library's own code, colours of its CLIP, and GenEval's rule."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mmeval import FatalError, Reply, Request, Text, UsageError, media
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.providers import decoded
from mmeval.scorers.judges.detections import COLOURS
from mmeval.store import read_run
from tests.local import tiny
from tests.local.test_similarity import ask as asked_of
from tests.local.test_similarity import built, clip

pytestmark = pytest.mark.local

NAMES = {0: "person", 1: "aeroplane", 2: "cat", 3: "cup"}
WORDS = {"red": ["a red circle", "a red cup"], "blue": ["a blue circle", "a blue cup"], "left": ["left"]}


def shaken(model: Any, scores: str = "-") -> Any:
    """Larger weights than a new model has, so that its objects differ in name, score and place."""
    import torch

    torch.manual_seed(7)
    for name, weight in model.named_parameters():
        if weight.ndim > 1:
            weight.data.normal_(0, 1.0 if "queries_" in name or name.startswith(scores) else 0.25)
    return model


def mask2former() -> tuple[Any, Any]:
    import transformers as hf

    swin = hf.SwinConfig(
        image_size=64, embed_dim=16, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = hf.Mask2FormerConfig(
        backbone_config=swin, hidden_dim=32, feature_size=32, mask_feature_size=32, encoder_feedforward_dim=64,
        dim_feedforward=64, encoder_layers=1, decoder_layers=2, num_attention_heads=4, num_queries=12,
        id2label=NAMES, label2id={name: place for place, name in NAMES.items()},
    )  # fmt: skip
    model = hf.Mask2FormerForUniversalSegmentation(config)
    return shaken(model, "class_predictor"), hf.Mask2FormerImageProcessorPil(
        size={"shortest_edge": 384, "longest_edge": 768}
    )


def yolos() -> tuple[Any, Any]:
    import transformers as hf

    sides = {k: v for k, v in tiny.VISION.items() if k not in ("image_size", "patch_size")}
    config = hf.YolosConfig(
        **sides, image_size=[64, 64], patch_size=16, num_detection_tokens=9,
        id2label=NAMES, label2id={name: place for place, name in NAMES.items()},
    )  # fmt: skip
    model = hf.YolosForObjectDetection(config)
    return shaken(model), hf.YolosImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96})


def picture(width: int, height: int, shade: int = 0) -> Any:
    from PIL import Image, ImageDraw

    made, file = Image.new("RGB", (width, height), (90, 140, 60 + shade)), io.BytesIO()
    draw = ImageDraw.Draw(made)
    draw.rectangle((width // 6, height // 4, width // 2, height * 3 // 4), fill=(220, 40, 30))
    draw.ellipse((width * 5 // 8, height // 10, width * 7 // 8, height * 3 // 8), fill=(20, 60, 230))
    made.save(file, "PNG")
    return media.image(file.getvalue())


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {make.__name__: built(make, tmp_path_factory.mktemp("made")) for make in (mask2former, yolos, clip)}


async def ask(folders: Any, *requests: Request, model: str = "mask2former", **options: Any) -> list[Any]:
    return await asked_of(folders[model], *requests, name="detector", **{"clip": str(folders["clip"]), **options})


def find(image: Any, **names: Any) -> Request:
    return Request(prompt=(image, Text(json.dumps(names))))


def objects(reply: Any) -> list[dict[str, Any]]:
    return json.loads(reply.text)["objects"]


async def test_objects_are_those_of_the_library(folders: Any) -> None:
    """Of an image that has the size of the model's input, where the library's own reading of masks is exact."""
    import torch
    import transformers as hf

    image, where = picture(384, 384), folders["mask2former"]
    (reply,) = await ask(folders, Request(prompt=(image,)))
    model = hf.Mask2FormerForUniversalSegmentation.from_pretrained(where).eval()
    processor = hf.AutoImageProcessor.from_pretrained(where)
    with torch.inference_mode():
        made = model(**processor(images=decoded(image), return_tensors="pt"))
    (read,) = processor.post_process_instance_segmentation(
        made, 0.1, target_sizes=[(384, 384)], return_binary_maps=True
    )
    wanted = {
        (SPELLED.get(NAMES[one["label_id"]], NAMES[one["label_id"]]), around(mask)): one["score"]
        for one, mask in zip(read["segments_info"], read["segmentation"], strict=True)
    }
    found = {(one["name"], tuple(one["box"])): one["score"] for one in objects(reply)}
    assert {key: found.get(key) for key in wanted} == pytest.approx(wanted, abs=1e-5)
    assert len(wanted) == 12
    assert len({box for _, box in wanted}) > 6, "masks of different places"
    assert list(found.values()) == sorted(found.values(), reverse=True)


SPELLED = {"aeroplane": "airplane"}


def around(mask: Any) -> tuple[int, ...]:
    import numpy as np

    down, across = np.nonzero(np.asarray(mask))
    return int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1


async def test_boxes_without_masks_are_those_of_the_library(folders: Any) -> None:
    import torch
    import transformers as hf

    image, where = picture(90, 60), folders["yolos"]
    (reply,) = await ask(folders, find(image, airplane={}), model="yolos")
    processor = hf.AutoImageProcessor.from_pretrained(where)
    with torch.inference_mode():
        made = hf.AutoModelForObjectDetection.from_pretrained(where).eval()(
            **processor(images=decoded(image), return_tensors="pt")
        )
    (read,) = processor.post_process_object_detection(made, 0.1, target_sizes=[(60, 90)])
    wanted = sorted(zip(read["scores"].tolist(), read["boxes"].tolist(), strict=True), reverse=True)
    assert [one["score"] for one in objects(reply)] == pytest.approx([score for score, _ in wanted], abs=1e-5)
    assert [one["box"] for one in objects(reply)] == [pytest.approx(box, abs=0.01) for _, box in wanted]


@pytest.mark.parametrize("model", ["mask2former", "yolos"])
async def test_objects_depend_on_neither_batch_nor_order(folders: Any, model: str) -> None:
    requests = [find(picture(*size), cup=WORDS) for size in ((96, 96, 1), (96, 96, 2), (120, 80, 3))]
    alone = await ask(folders, *requests, together=False, model=model)
    together = (await ask(folders, *requests[::-1], model=model))[::-1]
    for one, other in zip(alone, together, strict=True):
        assert len(objects(one)) == len(objects(other)) > 5
        for this, that in zip(objects(one), objects(other), strict=True):
            assert this == {**that, "score": pytest.approx(that["score"], abs=1e-5)}


@pytest.mark.parametrize("model", ["mask2former", "yolos"])
async def test_a_word_is_the_one_that_clip_finds_for_the_object_alone(folders: Any, model: str) -> None:
    """The box of the object, grey around its mask, with the mean of each word's texts."""
    import torch
    import transformers as hf

    image = picture(384, 384)
    (reply,) = await ask(folders, find(image, cup=WORDS, person={}), model=model)
    cups = [one for one in objects(reply) if one["name"] == "cup"]
    assert cups
    assert not any("fits" in one for one in objects(reply) if one["name"] != "cup")
    clip, processor = hf.CLIPModel.from_pretrained(folders["clip"]), hf.CLIPProcessor.from_pretrained(folders["clip"])
    masks = shapes(folders[model], image) if model == "mask2former" else {}
    for cup in cups:
        shown = decoded(image)
        if masks:
            grey = masks["cup", tuple(cup["box"])]
            shown.paste((153, 153, 153), mask=grey)
        shown = shown.crop([round(side) for side in cup["box"]])
        scores = {}
        for word, texts in WORDS.items():
            inputs = processor(text=texts, images=shown, return_tensors="pt", padding=True)
            with torch.inference_mode():
                made = clip(**inputs)
            mean = made.text_embeds.mean(0)
            scores[word] = float(made.image_embeds[0] @ mean / mean.norm())
        assert cup["fits"] == max(scores, key=scores.__getitem__), scores


def shapes(where: Path, image: Any) -> dict[tuple[str, tuple[int, ...]], Any]:
    """By name and box, what does not belong to an object."""
    import numpy as np
    import torch
    import transformers as hf
    from PIL import Image

    processor = hf.AutoImageProcessor.from_pretrained(where)
    with torch.inference_mode():
        made = hf.Mask2FormerForUniversalSegmentation.from_pretrained(where).eval()(
            **processor(images=decoded(image), return_tensors="pt")
        )
    drawn = torch.nn.functional.interpolate(made.masks_queries_logits, size=(384, 384), mode="bilinear")[0] > 0
    outside = {around(one): Image.fromarray(np.where(one, 0, 255).astype("uint8")) for one in drawn if one.any()}
    return {(name, box): mask for box, mask in outside.items() for name in NAMES.values()}


async def test_what_it_cannot_do_is_one_line(folders: Any, tmp_path: Path) -> None:
    image = picture(64, 64)
    wrong = {
        "finds objects in one image, and answers no questions": Request(prompt=(image, Text("Is there a cat?"))),
        "was not trained to find kite, tent": find(image, cat={}, kite={}, tent={}),
        "--profile detector": Request(prompt=(image, image)),
        "no questions": find(image, cat={"red": []}),
    }
    for error, said in zip(await ask(folders, *wrong.values()), wrong, strict=True):
        assert isinstance(error, FatalError)
        assert said in str(error)
        assert error.kind == "bad_request"
    for model, options, said in (
        ("clip", {}, "is not a model that detects objects or segments instances"),
        ("mask2former", {"clip": str(folders["yolos"])}, "-o clip=.*: is no model of images and texts"),
        ("mask2former", {"clip": str(tmp_path)}, "-o clip=.* holds no checkpoint"),
    ):
        with pytest.raises(UsageError, match=said):
            await ask(folders, find(image), model=model, **options)


def test_geneval_by_its_own_rule(folders: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command line: pictures, a detector, and the reasons on the records."""
    image, bench = picture(384, 384), Catalog().benchmark("geneval")
    cup = {"class": "cup", "count": 1}
    sample = bench.to_sample({"row": 0, "tag": "colors", "include": [{**cup, "color": "red"}], "prompt": "p"})
    rule: Any = bench.score.rule("detector")
    asked = Request(prompt=rule.prompt(sample, Reply(text="", finish="stop", media=(image,))))
    (fits,) = (one["fits"] for one in objects(asyncio.run(ask(folders, asked))[0]) if one["name"] == "cup")
    other = next(colour for colour in COLOURS if colour != fits)
    cats = {"include": [{"class": "cat", "count": 2}], "exclude": [{"class": "cat", "count": 3}]}
    rows = [
        {"tag": "colors", "include": [{**cup, "color": fits}], "prompt": f"a photo of a {fits} cup"},
        {"tag": "colors", "include": [{**cup, "color": other}], "prompt": f"a photo of a {other} cup"},
        {"tag": "counting", **cats, "prompt": "a photo of two cats"},
    ]
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "geneval").mkdir()
    (tmp_path / "geneval" / "evaluation_metadata.jsonl").write_text("\n".join(map(json.dumps, rows + rows[:1] * 550)))
    (tmp_path / "made.png").write_bytes(image.read())
    for name in ("mask2former", "clip"):
        (tmp_path / name).symlink_to(folders[name])
    script = json.dumps({"*": {"text": "", "image": "made.png"}})
    words = ["run", "geneval", "-m", "mock/scripted", "-o", f"script={script}", "--limit", "3", "--cache-file", "c.sqlite",
             "--profile", "detector", "--judge", "detector/./mask2former", "--judge-options", "clip=./clip"]  # fmt: skip
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    (folder,) = Path("results").glob("*/*/*/run.json")
    run = read_run(folder.parent)
    assert [(one.score.value, one.score.note) for one in run.records()] == [
        (1.0, "everything is as asked"),
        (0.0, f"cup: expected {other}, found {fits}"),
        (0.0, "cat: expected 2, found none"),
    ]
    assert run.info.metrics["accuracy"].value == 0.25, "the mean of the kinds"
    assert run.info.spec.scorer == "questions_about/detector@1"
