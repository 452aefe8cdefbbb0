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
WORDS = {one: [f"a {one} circle", f"the {one} shape"][: 1 + place % 2] for place, one in enumerate(COLOURS)}


def shaken(model: Any, scores: str = "-", spread: float = 0.25, seed: int = 7) -> Any:
    """Larger weights than a new model has, so that its objects differ in name, score and place."""
    import torch

    torch.manual_seed(seed)
    for name, weight in model.named_parameters():
        if weight.ndim > 1:
            weight.data.normal_(0, 1.0 if "queries_" in name or name.startswith(scores) else spread)
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
        size={"shortest_edge": 96, "longest_edge": 192}
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


def words() -> tuple[Any, Any]:
    """CLIP that finds other words for other pictures."""
    model, processor = clip()
    return shaken(model, spread=1.0, seed=3), processor


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {make.__name__: built(make, tmp_path_factory.mktemp("made")) for make in (mask2former, yolos, words)}


async def ask(folders: Any, *requests: Request, model: str = "mask2former", **options: Any) -> list[Any]:
    return await asked_of(folders[model], *requests, name="detector", **{"clip": str(folders["words"]), **options})


def find(image: Any, **names: Any) -> Request:
    return Request(prompt=(image, Text(json.dumps(names))))


def objects(reply: Any) -> list[dict[str, Any]]:
    return json.loads(reply.text)["objects"]


def read(model: str, where: Path, image: Any) -> list[tuple[str, float, tuple[float, ...], Any]]:
    """Name, score, box and mask of each object, as the library's own reading has them."""
    import numpy as np
    import torch
    import transformers as hf

    processor, shown = hf.AutoImageProcessor.from_pretrained(where), decoded(image)
    kind = hf.Mask2FormerForUniversalSegmentation if model == "mask2former" else hf.YolosForObjectDetection
    with torch.inference_mode():
        made = kind.from_pretrained(where).eval()(**processor(images=shown, return_tensors="pt"))
    size = [shown.size[::-1]]
    if model == "yolos":
        (one,) = processor.post_process_object_detection(made, 0.1, target_sizes=size)
        names = (NAMES[place] for place in one["labels"].tolist())
        return [
            (*each, None) for each in zip(names, one["scores"].tolist(), map(tuple, one["boxes"].tolist()), strict=True)
        ]
    (one,) = processor.post_process_instance_segmentation(made, 0.1, target_sizes=size, return_binary_maps=True)
    masks = [np.asarray(mask) > 0 for mask in one["segmentation"]]
    places = [np.nonzero(mask) for mask in masks]
    boxes = [(x.min(), y.min(), x.max() + 1, y.max() + 1) for y, x in places]
    told = one["segments_info"]
    return [
        (NAMES[each["label_id"]], each["score"], box, mask) for each, box, mask in zip(told, boxes, masks, strict=True)
    ]


def fitting(where: Path, pictures: list[Any]) -> list[str]:
    """The word whose mean text is nearest to each picture, by the library's CLIP."""
    import torch
    import transformers as hf

    clip, processor = hf.CLIPModel.from_pretrained(where), hf.CLIPProcessor.from_pretrained(where)
    texts = [text for some in WORDS.values() for text in some]
    with torch.inference_mode():
        made = clip(**processor(text=texts, images=pictures, return_tensors="pt", padding=True))
    read = iter(made.text_embeds)
    means = {word: torch.stack([next(read) for _ in some]).mean(0) for word, some in WORDS.items()}
    near = [{word: float(seen @ mean / mean.norm()) for word, mean in means.items()} for seen in made.image_embeds]
    return [max(one, key=one.__getitem__) for one in near]


@pytest.mark.parametrize("model", ["mask2former", "yolos"])
async def test_objects_and_words_are_those_of_the_library(folders: Any, model: str, tmp_path: Path) -> None:
    """Of an image as large as the model's input, where the library's own reading of masks is exact."""
    from PIL import Image

    side = 384 if model == "mask2former" else 64
    where, image = tmp_path / "large", picture(side, side)
    where.mkdir()
    for name in ("config.json", "model.safetensors"):
        (where / name).symlink_to(folders[model] / name)
    settings = json.loads((folders[model] / "preprocessor_config.json").read_text())
    settings["size"] = {"shortest_edge": side, "longest_edge": side}
    (where / "preprocessor_config.json").write_text(json.dumps(settings))
    (reply,) = await ask({**folders, "large": where}, find(image, cup=WORDS, airplane=WORDS, person={}), model="large")
    wanted = {(SPELLED.get(name, name), *box): (score, mask) for name, score, box, mask in read(model, where, image)}
    found = {(one["name"], *one["box"]): one for one in objects(reply)}
    scores = [one["score"] for one in objects(reply)]
    assert scores == sorted(scores, reverse=True)
    assert len({key[1:] for key in wanted}) > 6, "objects in different places"
    told, cut = [], []
    for key, (score, mask) in wanted.items():
        same = next(one for one in found if one[0] == key[0] and one[1:] == pytest.approx(key[1:], abs=0.01))
        assert found[same]["score"] == pytest.approx(score, abs=1e-5)
        if key[0] not in ("cup", "airplane"):
            assert "fits" not in found[same]
            continue
        shown = decoded(image)
        if mask is not None:
            shown.paste((153, 153, 153), mask=Image.fromarray((~mask * 255).astype("uint8")))
        cut.append(shown.crop([round(side) for side in key[1:]]))
        told.append(found[same]["fits"])
    assert told == fitting(folders["words"], cut)
    assert len(set(told)) > 1
    assert {"cup", "airplane"} & {key[0] for key in wanted}


SPELLED = {"aeroplane": "airplane"}


async def test_objects_depend_on_neither_batch_nor_order(folders: Any) -> None:
    requests = [find(picture(*size), cup=WORDS) for size in ((96, 96, 1), (96, 96, 2), (120, 80, 3))]
    alone = await ask(folders, *requests, together=False)
    together = (await ask(folders, *requests[::-1]))[::-1]
    for one, other in zip(alone, together, strict=True):
        assert len(objects(one)) == len(objects(other)) > 5
        for this, that in zip(objects(one), objects(other), strict=True):
            assert this == {**that, "score": pytest.approx(that["score"], abs=1e-5)}


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
        ("words", {}, "is not a model that detects objects or segments instances"),
        ("mask2former", {"clip": str(folders["yolos"])}, "-o clip=.*: is not a model of images and texts"),
        ("mask2former", {"clip": str(tmp_path)}, "-o clip=.* holds no checkpoint"),
    ):
        with pytest.raises(UsageError, match=said):
            await ask(folders, find(image), model=model, **options)


def test_geneval_by_its_own_rule(folders: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the command line: pictures, a detector, and the reasons on the records."""
    image, bench = picture(384, 384), Catalog().benchmark("geneval")
    every = [{"class": SPELLED.get(name, name), "count": 1, "color": "red"} for name in NAMES.values()]
    sample = bench.to_sample({"row": 0, "tag": "colors", "include": every, "prompt": "p"})
    rule: Any = bench.score.rule("detector")
    asked = Request(prompt=rule.prompt(sample, Reply(text="", finish="stop", media=(image,))))
    surest = objects(asyncio.run(ask(folders, asked))[0])[0]
    name, fits = surest["name"], surest["fits"]
    other = next(colour for colour in COLOURS if colour != fits)
    thing = {"class": name, "count": 1}
    rows = [
        {"tag": "colors", "include": [{**thing, "color": fits}], "prompt": "of this colour"},
        {"tag": "colors", "include": [{**thing, "color": other}], "prompt": "of another colour"},
        {"tag": "counting", "include": [{**thing, "count": 99}], "exclude": [{**thing, "count": 100}], "prompt": "99"},
    ]
    monkeypatch.setenv("MMEVAL_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "geneval").mkdir()
    (tmp_path / "geneval" / "evaluation_metadata.jsonl").write_text("\n".join(map(json.dumps, rows + rows[:1] * 550)))
    (tmp_path / "made.png").write_bytes(image.read())
    for model in ("mask2former", "words"):
        (tmp_path / model).symlink_to(folders[model])
    script = json.dumps({"*": {"text": "", "image": "made.png"}})
    words = ["run", "geneval", "-m", "mock/scripted", "-o", f"script={script}", "--limit", "3", "--cache-file", "c.sqlite",
             "--profile", "detector", "--judge", "detector/./mask2former", "--judge-options", "clip=./words"]  # fmt: skip
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    (folder,) = Path("results").glob("*/*/*/run.json")
    run = read_run(folder.parent)
    assert [(one.score.value, one.score.note) for one in sorted(run.records(), key=lambda one: one.id)] == [
        (1.0, "everything is as asked"),
        (0.0, f"{name}: expected {other}, found {fits}"),
        (0.0, f"{name}: expected 99, found none"),
    ]
    assert run.info.metrics["accuracy"].value == 0.25, "the mean of the kinds"
    assert run.info.spec.scorer == "questions_about/detector@1"
