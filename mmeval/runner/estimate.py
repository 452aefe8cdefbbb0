"""Estimate the requests, tokens and cost of a run before it begins."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from mmeval import media
from mmeval.definitions import CountsClipTokens, CountsImageTokens, CountsMade
from mmeval.engine.budget import MILLION
from mmeval.engine.options import split_model
from mmeval.errors import MediaError
from mmeval.runner.plan import Plan
from mmeval.sampling import MOST, ImagePolicy, VideoPolicy
from mmeval.store import OPEN, Files, read_journal
from mmeval.types import MEDIA, Audio, Media, Sample, Text, Usage, Video

__all__ = ["Estimated", "estimate"]

CHARACTERS_PER_TOKEN = 4.0
"""A rough value for English. Text is a small part of a multimodal prompt."""
SHORTEST = 1
DEFAULT_LONGEST = 1024
"""Tokens of a reply without `max_tokens`, for the upper end of the range."""


@dataclass(slots=True, kw_only=True)
class Estimated:
    """The estimate for one model and one benchmark. None: unknown."""

    model: str
    benchmark: str
    samples: int = 0
    epochs: int = 1
    answered: int = 0
    """Replies that are already in the journal."""
    images: int = 0
    """Pictures, and frames of films."""
    text_tokens: int = 0
    image_tokens: int | None = 0
    """Of pictures, films and sounds."""
    output_low: int = 0
    output_high: int = 0
    made: Usage | None = None
    """What its images, sounds and films will be billed by; None: it makes none, or that is unknown."""
    cost_low: float | None = None
    cost_high: float | None = None
    price_date: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def estimate(plan: Plan) -> Estimated:
    """Read the samples, count their tokens by the provider's rule, and compute the cost."""
    found = Estimated(model=plan.spec.model, benchmark=plan.spec.benchmark, epochs=plan.spec.epochs)
    lines = read_journal(Files(plan.folder).journal, damaged=[])
    found.answered = len({(line.id, line.epoch) for line in lines if line.status not in OPEN})
    for sample in plan.samples():
        _add(found, sample, plan)
    asked = max(0, found.samples * found.epochs - found.answered)
    share = asked / found.samples if found.samples else 0.0
    found.output_low = asked * SHORTEST
    found.output_high = asked * (plan.model.options.max_tokens or DEFAULT_LONGEST)
    if plan.benchmark.want in MEDIA:
        _price_made(found, plan, share)
    else:
        _price(found, plan, share)
    return found


def _add(found: Estimated, sample: Sample, plan: Plan) -> None:
    found.samples += 1
    system = plan.model.options.system or ""
    texts = sum(len(part.text) for part in sample.prompt if isinstance(part, Text)) + len(system)
    found.text_tokens += round(texts / CHARACTERS_PER_TOKEN)
    made = _made(plan, sample)
    if made is not None:
        found.made = made if found.made is None else Usage.total([found.made, made])
    for part in plan.shown(sample.prompt):
        if not isinstance(part, Text):
            images, tokens = _clip(plan, part) if isinstance(part, Video | Audio) else (1, _image_tokens(plan, part))
            found.images += images
            found.image_tokens = None if tokens is None or found.image_tokens is None else found.image_tokens + tokens


def _clip(plan: Plan, clip: Video | Audio) -> tuple[int, int | None]:
    """How many pictures a film becomes, and the tokens of the film or sound."""
    try:
        facts = media.facts(clip)
    except MediaError:
        return 0, 0  # it will be `invalid_input`
    policy = clip.policy
    if isinstance(policy, VideoPolicy) and policy.mode == "frames" and facts["width"]:
        count = policy.count(facts["seconds"], MOST)
        width, height = policy.size(facts["width"], facts["height"], count)
        tokens = _image_tokens(plan, replace(clip, width=width, height=height))
        return count, None if tokens is None else count * tokens
    provider, name = split_model(plan.model.name)
    adapter: object = plan.settings.catalog.adapter(provider)
    if not isinstance(adapter, CountsClipTokens):
        return 0, None
    fps = policy.fps if isinstance(policy, VideoPolicy) else None
    return 0, adapter.clip_tokens(name, clip.kind, facts["seconds"], fps, plan.model.options)


def _image_tokens(plan: Plan, picture: Media) -> int | None:
    provider, name = split_model(plan.model.name)
    adapter: object = plan.settings.catalog.adapter(provider)
    if not isinstance(adapter, CountsImageTokens) or picture.width is None or picture.height is None:
        return None
    size = (picture.width, picture.height)
    if isinstance(picture.policy, ImagePolicy):
        size = picture.policy.size(*size)
    return adapter.image_tokens(name, *size, plan.model.options)


def _price(found: Estimated, plan: Plan, share: float) -> None:
    price = plan.model.price
    found.price_date = price.date
    if price.input is None or price.output is None or found.image_tokens is None:
        return
    asked = (found.text_tokens + found.image_tokens) * share * price.input
    found.cost_low = (asked + found.output_low * price.output) / MILLION
    found.cost_high = (asked + found.output_high * price.output) / MILLION


def _made(plan: Plan, sample: Sample) -> Usage | None:
    """What one reply will use that holds an image, a sound or a film."""
    provider, name = split_model(plan.model.name)
    adapter: object = plan.settings.catalog.adapter(provider)
    if plan.benchmark.want not in MEDIA or not isinstance(adapter, CountsMade):
        return None
    text = "".join(part.text for part in sample.prompt if isinstance(part, Text))
    return adapter.made(name, plan.benchmark.want, text, plan.model.options)


def _price_made(found: Estimated, plan: Plan, share: float) -> None:
    found.price_date = plan.model.price.date
    made = found.made or Usage()
    found.output_low = found.output_high = round((made.output or 0) * share)
    asked = found.text_tokens + (found.image_tokens or 0)
    cost = plan.model.price.cost(replace(made, input=made.input or asked, output=made.output or 0))
    found.cost_low = found.cost_high = None if found.made is None or cost is None else cost * share
