"""Follow a recipe: what it sets for one model on one benchmark, and what the user sets instead.

What the user gives wins, and is recorded. What the model's adapter cannot do is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from mmeval import store
from mmeval.data.closings import reworded
from mmeval.definitions import Benchmark
from mmeval.engine.options import Settings
from mmeval.errors import UsageError
from mmeval.recipes import POLICIES, PROMPT, Stated, read_recipe
from mmeval.types import Prompt, Sample

__all__ = ["NONE", "Following", "follow"]

COORDINATES = "coordinates"
"""The option, and the key of a model's card, that declares how a model writes coordinates."""
MOVING = ("video", "audio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """One recipe for one model on one benchmark; without a name, none is followed."""

    name: str | None = None
    stated: Mapping[str, Stated] = field(default_factory=dict)
    """What the recipe says and nobody overrides, by key."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the user says instead, by key; None: nothing."""
    over: Mapping[str, Stated] = field(default_factory=dict)
    """What the recipe says about the keys of `given`."""

    @property
    def options(self) -> dict[str, Any]:
        """What it sets of the adapter's options."""
        return {key: one.value for key, one in self.stated.items() if key not in POLICIES and key not in PROMPT}

    def text(self, key: str) -> str:
        """One of PROMPT; empty if the recipe does not say it."""
        return str(self.stated[key].value) if key in self.stated else ""

    def prompt(self, prompt: Prompt, sample: Sample) -> Prompt:
        """The prompt of a sample as the recipe words it."""
        closing = self.text("closing") if sample.choices else ""
        return reworded(prompt, closing=closing, suffix=self.text("suffix"))

    @property
    def identity(self) -> str | None:
        """`NAME#DIGEST`, with the digest of what it sets here."""
        if self.name is None:
            return None
        sets = {key: one.value for key, one in self.stated.items()}
        return f"{self.name}#{sha256(store.canonical(sets)).hexdigest()[:8]}"

    def described(self) -> dict[str, Any]:
        """What run.json records under `provenance.recipe`."""
        told = {key: one.model_dump(mode="json") for key, one in self.stated.items()}
        changed = {key: {"stated": self.over[key].value, "given": value} for key, value in self.given.items()}
        return {"name": self.name, "sets": told, "changed": changed}

    def honoured(self, model: str, options: Mapping[str, Any]) -> Following:
        """This, after the adapter has said which options it sends.

        Args:
            model: its name.
            options: as they are sent.

        Raises:
            UsageError: an option of the recipe is not among them.
        """
        for key, value in self.options.items():
            if key != COORDINATES and store.canonical(options.get(key)) != store.canonical(value):
                raise UsageError(
                    f"--recipe {self.name}: {key} = {_shown(value)} would not be sent to {model}, whose API "
                    f"does not take it; ask without it: -o {key}=none"
                )
        kept = {key: value for key, value in self.given.items() if options.get(key, value) != self.over[key].value}
        same = {key: self.over[key] for key in self.given if key not in kept}
        return Following(name=self.name, stated={**self.stated, **same}, given=kept, over=self.over)


NONE = Following()


def follow(
    name: str | None,
    benchmark: Benchmark,
    settings: Settings,
    options: Mapping[str, Any],
    *,
    model: str,
    known: frozenset[str],
) -> Following:
    """What a recipe sets.

    Args:
        name: of the recipe; None: none is followed.
        benchmark: what is asked.
        settings: of the user.
        options: of the user, for this model.
        model: `provider/model`; references answer without a prompt and follow no recipe.
        known: the options of its adapter.

    Raises:
        UsageError: there is no such recipe, or the adapter has not an option that it sets.
    """
    if name is None:
        return NONE
    told = _told(name, benchmark, settings)
    if model.startswith("baseline/") and ":" not in model:
        return NONE
    said = {key: options[key] for key in told.keys() & options.keys()}
    said |= {key: value for key in told.keys() & POLICIES.keys() if (value := getattr(settings, key)) is not None}
    made = Following(
        name=name,
        stated={key: one for key, one in told.items() if key not in said},
        given={key: None if str(value).lower() in ("none", "null") else value for key, value in said.items()},
        over={key: told[key] for key in said},
    )
    _refuse_missing(made, model, known)
    if settings.prompts > 1 and made.text("closing"):
        raise UsageError(f"--recipe {name}: it states how a question closes, so --prompts cannot vary it")
    return made


def _told(name: str, benchmark: Benchmark, settings: Settings) -> dict[str, Stated]:
    """What a recipe says that matters for a benchmark: how films are shown only where there are any."""
    stated = read_recipe(name, settings.catalog).stated(benchmark.name)
    return {key: one for key, one in stated.items() if key not in MOVING or getattr(benchmark, key)}


def _refuse_missing(made: Following, model: str, known: frozenset[str]) -> None:
    missing = sorted(made.options.keys() - known - {COORDINATES})
    if not missing:
        return
    without = " ".join(f"-o {key}=none" for key in missing)
    raise UsageError(
        f"--recipe {made.name}: it sets {', '.join(missing)}, which {model.partition('/')[0]} cannot do; "
        f"ask without: {without}"
    )


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:37]}..."
