"""What the card of a model says, as pairs of name and value in one language."""

from __future__ import annotations

from typing import Any

from mmeval.board import ModelCard
from mmeval.sitegen.charts import sized
from mmeval.sitegen.env import Language


def headed(card: ModelCard, lang: Language) -> list[tuple[str, str]]:
    """The facts that stand at the top of the page, as far as they are known."""
    t = lang.text
    access = None if card.open is None else t("open") if card.open else t("closed")
    pairs = [
        (t("fact.organization"), card.organization),
        (t("fact.released"), card.released.isoformat() if card.released else None),
        (t("fact.parameters"), None if card.parameters is None else sized(card.parameters)),
        (t("fact.access"), access),
    ]
    return [(name, value) for name, value in pairs if value]


def facts(card: ModelCard, lang: Language) -> list[tuple[str, Any]]:
    """The rest of the card as pairs of name and value; the template leaves out unknown values."""
    t = lang.text
    return [
        (t("fact.cutoff"), card.cutoff.isoformat() if card.cutoff else None),
        (
            t("fact.modalities"),
            lang.text("comma").join(lang.messages.get(f"modality.{one}", one) for one in card.modalities),
        ),
        (t("fact.context"), None if card.context is None else lang.text("fact.tokens", n=card.context)),
        (t("fact.license"), card.license),
        (t("fact.price"), price(card, lang)),
        (t("fact.url"), card.url),
    ]


def price(card: ModelCard, lang: Language) -> str:
    """US dollars per million tokens, with the date of the table."""
    cost = card.price
    if cost.input is None or cost.output is None:
        return ""
    dated = f" ({card.price_date.isoformat()})" if card.price_date else ""
    return lang.text("price", input=f"{cost.input:g}", output=f"{cost.output:g}") + dated
