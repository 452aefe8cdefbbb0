"""The similarity adapter on tiny CLIP and SigLIP models: the library's own logits, in any batch."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mmeval import FatalError, Request, Text, UsageError
from mmeval.catalog import Catalog
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


@pytest.fixture(scope="module", params=[clip, siglip], ids=["clip", "siglip"])
def folder(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    torch.manual_seed(5)
    model, processor = request.param()
    made = tmp_path_factory.mktemp(request.param.__name__)
    model.save_pretrained(made)
    processor.save_pretrained(made)
    return made


async def ask(folder: Path, *requests: Request, together: bool = True, **options: Any) -> list[Any]:
    how = Options(**options)
    adapter = Adapter(str(folder), how)
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


async def test_a_template_is_filled(folder: Path) -> None:
    how = {"template": "{question} {choice}"}
    (filled,) = await ask(folder, choice(A, Text("what colour"), choices=("red", "green")), **how)
    (written_out,) = await ask(folder, choice(A, choices=("what colour red", "what colour green")))
    assert filled.scores == pytest.approx(written_out.scores, abs=1e-5)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (choice(Text("no image")), "compares one image with texts; this prompt has 0"),
        (choice(A, B), "this prompt has 2"),
        (choice(A, choices=("red " * 200, "b")), "the text encoder reads 32"),
    ],
    ids=["none", "two", "long"],
)
async def test_what_cannot_be_compared_is_one_line(folder: Path, request_: Request, said: str) -> None:
    (error,) = await ask(folder, request_)
    assert isinstance(error, FatalError)
    assert said in str(error)
    assert error.kind == "bad_request"


async def test_a_checkpoint_of_another_kind_says_so(tmp_path: Path) -> None:
    text_only = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 1, "n_embd": 8, "n_head": 1}
    with pytest.raises(UsageError, match="similarity/"):
        await ask(written(tmp_path / "model", text_only), choice(A))
    with pytest.raises(UsageError, match="-o template: has no"):
        Adapter("x", Options(template="a photo"))
