"""Options scored by log-probability: against a plain loop, in any batch, and what a model cannot score."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import pytest

from mmeval import FatalError, Request, Text
from mmeval.catalog import Catalog
from tests.local import tiny
from tests.local.test_transformers import A, B, C

pytestmark = pytest.mark.local

Adapter = Catalog().adapter("transformers")
OPTIONS = ("red", "the blue circle is left", "green")
ASKED = (
    Request(prompt=(A, Text("What colour?")), want="choice", choices=OPTIONS),
    Request(prompt=(B, Text("and"), C, Text("how many?")), want="choice", choices=OPTIONS[::-1]),
    Request(prompt=(Text("What is left?"),), want="choice", choices=("A", "B", "A")),
)
SHARED: dict[str, bool | None] = {}
"""Whether the prompt of a model was read once for all options, by folder."""


@pytest.fixture(scope="module")
def folder(request, tmp_path_factory):
    return tiny.build(request.param, tmp_path_factory.mktemp(request.param))


async def scored(
    folder, *requests: Request, together: bool = True, once: bool | None = None, **options: Any
) -> list[Any]:
    """The replies; `once` says whether a prompt is read once for all options, None lets the model be tried."""
    how = Adapter.capabilities.options(**options)
    adapter = Adapter(str(folder), how)
    await adapter.connect()
    tried = adapter._loaded._options
    tried._once = once
    try:
        waits = [requests] if together else [[one] for one in requests]
        return [
            reply
            for some in waits
            for reply in await asyncio.gather(*(adapter.ask(one, how) for one in some), return_exceptions=True)
        ]
    finally:
        SHARED[str(folder)] = tried._once
        await adapter.close()


@cache
def loaded(folder):
    import transformers as hf

    from mmeval.providers import load_processor

    model = hf.AutoModelForImageTextToText.from_pretrained(folder).eval()
    how = {"revision": "main", "trust_remote_code": False}
    return model, load_processor(hf, str(folder), how, model.config)


def by_hand(folder, request: Request, option: str) -> tuple[float, int]:
    """One option: no batch, no padding, the whole softmax; its tokens are those that the option alone has."""
    import torch

    from mmeval.providers import decoded

    model, processor = loaded(folder)
    user = [
        {"type": "text", "text": part.text} if isinstance(part, Text) else {"type": "image", "image": decoded(part)}
        for part in request.prompt
    ]
    prompt = processor.apply_chat_template(
        [[{"role": "user", "content": user}]], add_generation_prompt=True, tokenize=True, return_dict=True,
        return_tensors="pt",
    )  # fmt: skip
    ids = torch.tensor([processor.tokenizer(option, add_special_tokens=False)["input_ids"]])
    total, inputs = 0.0, dict(prompt)
    for token in ids[0]:
        with torch.inference_mode():
            total += float(torch.log_softmax(model(**inputs).logits[0, -1], dim=-1)[token])
        more = {"input_ids": token.view(1, 1), "attention_mask": torch.ones(1, 1, dtype=torch.long)}
        inputs = {
            name: torch.cat([value, more.get(name, torch.zeros(1, 1, dtype=value.dtype))], dim=1)
            if value.ndim == 2 and value.shape == inputs["input_ids"].shape
            else value
            for name, value in inputs.items()
        }
    return total, ids.shape[1]


@pytest.mark.parametrize("folder", ["llava", "qwen2_vl"], indirect=True)
async def test_scores_are_those_of_a_plain_loop_in_any_batch(folder):
    alone = await scored(folder, *ASKED, together=False, once=False)
    together = await scored(folder, *ASKED[::-1], batch_size=4)
    assert SHARED[str(folder)], "a picture is encoded once for all options"
    for one, other in zip(alone, together[::-1], strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-4)
        assert (one.tokens, one.text, one.finish) == (other.tokens, "", "stop")
    for request, reply in zip(ASKED[:1], alone, strict=False):
        plain = [by_hand(folder, request, option) for option in request.choices]
        assert reply.scores == pytest.approx([total for total, _ in plain], abs=1e-3)
        assert reply.tokens == tuple(count for _, count in plain)
    assert alone[2].scores[0] == alone[2].scores[2], "equal options tie exactly"


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    ("folder", "kind", "why"),
    [("blip2", "unsupported", "no chat template"), ("paligemma", "unsupported", "reads the whole prompt at once")],
    indirect=["folder"],
)
async def test_what_cannot_score_options_says_so(folder, kind, why):
    (error,) = await scored(folder, ASKED[0])
    assert isinstance(error, FatalError)
    assert (error.kind, why in str(error)) == (kind, True), str(error)


@pytest.mark.parametrize("folder", ["llava"], indirect=True)
async def test_an_empty_option_is_one_line(folder):
    (error,) = await scored(folder, Request(prompt=(A, Text("?")), want="choice", choices=("a", " ")))
    assert isinstance(error, FatalError)
    assert "an option is empty" in str(error)
