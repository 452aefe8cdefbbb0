"""models.toml, and what pictures cost by each provider's own rule."""

from __future__ import annotations

from types import SimpleNamespace
from typing import get_args

import pytest

from mmeval.catalog import Catalog
from mmeval.types import Modality

CARDS = Catalog().model_cards()
PARTS = {"encoder", "input_projector", "llm", "output_projector", "generator"}
KNOWN = {
    "title", "organization", "released", "cutoff", "open", "parameters", "parts", "modalities", "price", "price_date", "url",
    "reference", "coordinates", "license", "context",
}  # fmt: skip
PRICES = {"input", "output", "cached_input", "batch_input", "batch_output", "image", "second", "characters"}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_holds_known_facts(name):
    card = CARDS[name]
    assert name.split("/")[0] in Catalog().adapters()
    assert card["title"]
    assert set(card) <= KNOWN
    assert set(card.get("parts", {})) <= PARTS
    assert set(card.get("modalities", [])) <= set(get_args(Modality))
    assert ("price" in card) == ("price_date" in card), "a price without its date"
    price = card.get("price", {})
    assert set(price) <= PRICES
    assert all(value >= 0 for value in price.values())
    assert price.get("cached_input", 0) <= price.get("input", 0)
    assert price.get("batch_output", 0) <= price.get("output", 0)


@pytest.mark.parametrize(
    ("name", "size", "options", "tokens"),
    [
        # The worked examples of OpenAI's page.
        ("openai/gpt-4o", (1024, 1024), {}, 765),
        ("openai/gpt-4o", (2048, 4096), {}, 1105),
        ("openai/gpt-4o", (4096, 8192), {"detail": "low"}, 85),
        ("openai/gpt-4.1-mini", (1024, 1024), {}, 1659),
        ("openai/o4-mini", (1800, 2400), {}, 2498),
        ("openai/gpt-4o-mini", (500, 300), {}, 2833 + 5667),
        ("openai/gpt-5", (1024, 1024), {}, 70 + 4 * 140),
        ("openai/gpt-5-mini", (32, 32), {}, 2),
        ("openai/gpt-5.4", (32, 32), {}, None),
        # The table of Anthropic's page: the largest sizes that are not resized.
        ("anthropic/claude-sonnet-4-5", (200, 200), {}, 54),
        ("anthropic/claude-3-5-sonnet-20241022", (1000, 1000), {}, 1334),
        ("anthropic/claude-opus-4-6", (4000, 4000), {}, 1600),
        ("anthropic/claude-opus-4-8", (200, 200), {}, None),
        # The example of Google's page: 960 x 540 makes six tiles.
        ("gemini/gemini-2.5-flash", (960, 540), {}, 6 * 258),
        ("gemini/gemini-2.5-flash", (384, 384), {}, 258),
        ("gemini/gemini-2.5-flash", (960, 540), {"media_resolution": "low"}, 64),
        ("gemini/gemini-3-pro-preview", (960, 540), {}, 1120),
        ("gemini/gemini-1.0", (960, 540), {}, None),
        ("google-generativeai/gemini-2.0-flash", (960, 540), {}, 6 * 258),
        ("mock/echo", (960, 540), {}, 100),
    ],
)
def test_tokens_of_a_picture(name, size, options, tokens):
    provider, _, model = name.partition("/")
    cls = Catalog().adapter(provider)
    assert cls.image_tokens(model, *size, cls.capabilities.options(**options)) == tokens


def test_every_size_has_a_count():
    cls = Catalog().adapter("openai")
    options = SimpleNamespace(detail=None)
    for width in (1, 31, 33, 500, 5000):
        for height in (1, 32, 4000):
            for model in ("gpt-4o", "gpt-5-mini"):
                assert 1 <= cls.image_tokens(model, width, height, options) <= 8000
