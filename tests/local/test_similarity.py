"""The similarity adapter on tiny CLIP and SigLIP models: the library's own logits, in any batch."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mmeval import FatalError, Request, Text, UsageError
from mmeval.catalog import Catalog
from mmeval.probe.material import beeps
from mmeval.providers import memory
from mmeval.scorers import best_choice
from mmeval.types import Sample
from tests.local import tiny
from tests.local.test_transformers import A, B, C, written

pytestmark = pytest.mark.local

Adapter = Catalog().adapter("similarity")
Options = Adapter.capabilities.options
TEXTS = ("a red circle", "what colour is the square", "left")


def clip() -> tuple[Any, Any]:
    import transformers as hf

    tokens = tiny.words({}, "<image>")
    config = hf.CLIPConfig(
        text_config={**tiny.SHORT, "vocab_size": len(tokens), "max_position_embeddings": 32, "projection_dim": 16},
        vision_config={**tiny.VISION, "projection_dim": 16},
        projection_dim=16,
    )
    pictures = hf.CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=tiny.SQUARE)
    return hf.CLIPModel(config), hf.CLIPProcessor(pictures, tokens)


def siglip() -> tuple[Any, Any]:
    import transformers as hf

    tokens = tiny.words({}, "<image>")
    text = {**tiny.SHORT, "vocab_size": len(tokens), "max_position_embeddings": 32, "projection_size": 32}
    config = hf.SiglipConfig(text_config=text, vision_config=tiny.VISION)
    return hf.SiglipModel(config), hf.SiglipProcessor(hf.SiglipImageProcessorPil(size=tiny.SQUARE), tokens)


def siglip2() -> tuple[Any, Any]:
    """The one of any resolution, whose pictures are lists of patches."""
    import transformers as hf

    tokens = tiny.words({}, "<image>")
    text = {**tiny.SHORT, "vocab_size": len(tokens), "max_position_embeddings": 32, "projection_size": 32}
    vision = {**{k: v for k, v in tiny.VISION.items() if k != "image_size"}, "num_patches": 256, "patch_size": 16}
    pictures = hf.Siglip2ImageProcessorPil(patch_size=16, max_num_patches=256)
    return hf.Siglip2Model(hf.Siglip2Config(text_config=text, vision_config=vision)), hf.Siglip2Processor(
        pictures, tokens
    )


def clap() -> tuple[Any, Any]:
    import transformers as hf

    tokens = tiny.words({}, "<image>")
    heard = {
        "window_size": 2, "num_mel_bins": 16, "spec_size": 32, "patch_size": 2, "patch_stride": [2, 2], "hidden_size": 16,
        "patch_embeds_hidden_size": 8, "depths": [1, 1], "num_attention_heads": [2, 2], "num_hidden_layers": 2,
    }  # fmt: skip
    text = {**tiny.SHORT, "vocab_size": len(tokens), "max_position_embeddings": 64, "pad_token_id": 0}
    config = hf.ClapConfig(text_config=text, audio_config=heard, projection_dim=16)
    extractor = hf.ClapFeatureExtractor(
        feature_size=16,
        sampling_rate=16_000,
        hop_length=512,
        max_length_s=2,
        fft_window_size=1024,
        frequency_min=50,
        frequency_max=8_000,
        truncation="rand_trunc",
    )
    return hf.ClapModel(config), hf.ClapProcessor(extractor, tokens)


def xclip() -> tuple[Any, Any]:
    import transformers as hf

    tokens = tiny.words({}, "<image>")
    text = {**tiny.SHORT, "vocab_size": len(tokens), "max_position_embeddings": 32}
    vision = {
        **tiny.VISION,
        "num_frames": 4,
        "mit_hidden_size": 32,
        "mit_intermediate_size": 64,
        "mit_num_attention_heads": 4,
    }
    config = hf.XCLIPConfig(text_config=text, vision_config=vision, projection_dim=32, prompt_num_attention_heads=4)
    pictures = hf.VideoMAEImageProcessorPil(size={"shortest_edge": 56}, crop_size=tiny.SQUARE)
    return hf.XCLIPModel(config), hf.XCLIPProcessor(pictures, tokens)


def built(make: Any, made: Path) -> Path:
    import torch

    torch.manual_seed(5)
    model, processor = make()
    model.save_pretrained(made)
    processor.save_pretrained(made)
    return made


@pytest.fixture(scope="module", params=[clip, siglip, siglip2], ids=["clip", "siglip", "siglip2"])
def folder(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(request.param, tmp_path_factory.mktemp(request.param.__name__))


async def ask(
    folder: Path, *requests: Request, together: bool = True, name: str = "similarity", **options: Any
) -> list[Any]:
    made = Catalog().adapter(name)
    how = made.capabilities.options(**options)
    adapter = made(str(folder), how)
    await adapter.connect()
    try:
        waits = [requests] if together else [[one] for one in requests]
        return [
            reply
            for some in waits
            for reply in await asyncio.gather(*(adapter.ask(one, how) for one in some), return_exceptions=True)
        ]
    finally:
        await adapter.close()


def choice(*prompt: Any, choices: tuple[str, ...] = TEXTS) -> Request:
    return Request(prompt=prompt, want="choice", choices=choices)


async def test_scores_are_the_models_logits(folder: Path) -> None:
    import torch
    import transformers

    from mmeval.providers import decoded

    (reply,) = await ask(folder, choice(A, Text("Which?")))
    model = transformers.AutoModel.from_pretrained(folder).eval()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    padding = {"padding": "max_length", "max_length": 32} if "siglip" in str(folder) else {"padding": True}
    inputs = processor(images=decoded(A), text=list(TEXTS), return_tensors="pt", **padding)
    with torch.inference_mode():
        expected = model(**inputs).logits_per_image[0].tolist()
    assert reply.scores == pytest.approx(expected, abs=1e-4)
    assert (reply.text, reply.finish) == ("", "stop")


async def test_scores_depend_on_neither_batch_nor_order(folder: Path) -> None:
    requests = [choice(A), choice(B, choices=TEXTS[::-1]), choice(C, Text("?"), choices=TEXTS[:2])]
    alone = await ask(folder, *requests, together=False)
    together = await ask(folder, *requests[::-1])
    for one, other in zip(alone, together[::-1], strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-5)
    turned = (await ask(folder, choice(B)))[0]
    assert turned.scores[::-1] == pytest.approx(alone[1].scores, abs=1e-5)
    sample = Sample(id="1", prompt=(A,), target="ABC"[max(range(3), key=turned.scores.__getitem__)], choices=TEXTS)
    assert best_choice().rules["official"](sample, turned).value == 1.0  # type: ignore[operator,union-attr]


async def test_several_images_are_scored_one_by_one(folder: Path) -> None:
    both, one, other = await ask(folder, choice(A, B), choice(A), choice(B))
    assert both.scores == pytest.approx((*one.scores, *other.scores), abs=1e-5)


@pytest.mark.parametrize("folder", [clip], indirect=True)
async def test_a_template_is_filled(folder: Path) -> None:
    how = {"template": "{question} {choice}"}
    (filled,) = await ask(folder, choice(A, Text("what colour"), choices=("red", "green")), **how)
    (written_out,) = await ask(folder, choice(A, choices=("what colour red", "what colour green")))
    assert filled.scores == pytest.approx(written_out.scores, abs=1e-5)


async def test_what_cannot_be_compared_is_one_line(folder: Path) -> None:
    wrong = {
        "compares one image or several with texts; this prompt has 0 images and 0 sounds": choice(Text("no image")),
        "this prompt has 0 images and 1 sounds": choice(beeps(1)),
        "the text encoder reads 32": choice(A, choices=("red " * 200, "b")),
    }
    for error, said in zip(await ask(folder, *wrong.values()), wrong, strict=True):
        assert isinstance(error, FatalError)
        assert said in str(error)
        assert error.kind == "bad_request"


async def test_a_checkpoint_of_another_kind_says_so(tmp_path: Path) -> None:
    text_only = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 1, "n_embd": 8, "n_head": 1}
    with pytest.raises(UsageError, match="similarity/"):
        await ask(written(tmp_path / "model", text_only), choice(A))
    with pytest.raises(UsageError, match="-o template: has no"):
        Adapter("x", Options(template="a photo"))


@pytest.mark.parametrize("folder", [clip], indirect=True)
async def test_what_this_machine_lacks_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_available", lambda: 1000.0)
    for options, said in (
        ({}, r"the weights take .* GB in float32, and cpu has 0\.0 GB"),
        ({"device": "cuda:9"}, "sees 0|without"),
    ):
        with pytest.raises(UsageError, match=said):
            await ask(folder, choice(A), **options)


async def test_sounds_are_compared_by_clap(tmp_path: Path) -> None:
    import numpy as np
    import torch
    import transformers

    from mmeval import media

    made = built(clap, tmp_path / "clap")
    alone = [(await ask(made, choice(beeps(n))))[0] for n in (1, 3)]
    together = await ask(made, choice(beeps(1)), choice(beeps(3), choices=TEXTS[::-1]))
    assert together[0].scores == pytest.approx(alone[0].scores, abs=1e-5)
    assert together[1].scores[::-1] == pytest.approx(alone[1].scores, abs=1e-5)
    model = transformers.AutoModel.from_pretrained(made).eval()
    processor = transformers.AutoProcessor.from_pretrained(made)
    wave = np.frombuffer(beeps(3).read()[44:], dtype="<i2").astype(np.float32) / 32768
    heard = processor.feature_extractor([wave], sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**processor.tokenizer(list(TEXTS), padding=True, return_tensors="pt"), **heard)
    assert alone[1].scores == pytest.approx(expected.logits_per_audio[0].tolist(), abs=1e-4)
    (seen, broken) = await ask(made, choice(A), choice(media.audio(b"RIFF")))
    assert "compares one sound with texts; this prompt has 1 images" in str(seen)
    assert "add --audio rate=16000" in str(broken)


async def test_frames_are_compared_by_xclip(tmp_path: Path) -> None:
    import torch
    import transformers

    from mmeval.providers import decoded

    made = built(xclip, tmp_path / "xclip")
    (film, longer, still) = await ask(made, choice(A, B, C, A), choice(A, A, B, B, C, C, A, A), choice(A))
    assert film.scores == pytest.approx(longer.scores, abs=1e-4), "four frames of eight, evenly"
    assert film.scores != pytest.approx(still.scores, abs=1e-4)
    model = transformers.AutoModel.from_pretrained(made).eval()
    processor = transformers.AutoProcessor.from_pretrained(made)
    pixels = processor.image_processor([decoded(one) for one in (A, B, C, A)], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        texts = processor.tokenizer(list(TEXTS), padding=True, return_tensors="pt")
        expected = model(pixel_values=pixels.view(1, 4, 3, 56, 56), **texts).logits_per_video[0]
    assert film.scores == pytest.approx(expected.tolist(), abs=1e-4)


def vit() -> tuple[Any, Any]:
    """As DINO: an image encoder alone, with a class token."""
    import transformers as hf

    config = hf.ViTConfig(**tiny.VISION)
    return hf.ViTModel(config), hf.ViTImageProcessorPil(size=tiny.SQUARE)


@pytest.mark.parametrize("make", [clip, vit])
async def test_images_are_compared_with_each_other(make: Any, tmp_path: Path) -> None:
    import torch
    import transformers

    from mmeval.providers import decoded

    made = built(make, tmp_path / "model")
    both, first = choice(A, B, C, choices=("before", "first")), choice(A, C, choices=("first",))
    film, turned, text, words = await ask(
        made, both, first, choice(A, Text("?")), choice(A, B, choices=("red",)), name="likeness", batch_size=2
    )
    model = transformers.AutoModel.from_pretrained(made).eval()
    pixels = transformers.AutoImageProcessor.from_pretrained(made)([decoded(x) for x in (A, B, C)], return_tensors="pt")
    with torch.inference_mode():
        if make is clip:
            features = model.get_image_features(**pixels).pooler_output
        else:
            features = model(**pixels).last_hidden_state[:, 0]
    near = torch.nn.functional.cosine_similarity(features[:, None], features[None], dim=-1)
    wanted = [1, 1, near[1, 0], near[1, 0], near[2, 1], near[2, 0]]
    assert film.scores == pytest.approx([float(one) for one in wanted], abs=1e-5)
    assert turned.scores == pytest.approx([1, float(near[2, 0])], abs=1e-5)
    assert "takes images, and nothing else" in str(text)
    assert "answers to `before` and `first` alone" in str(words)
