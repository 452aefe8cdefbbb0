"""What a number is worth: models that never look at the question.

baseline/random    a random option; for open questions a random gold of the same category, as often as it occurs
baseline/majority  the most frequent letter; for open questions the most frequent gold of the same category
baseline/first     the first option; for open questions the first gold of the same category
baseline/blind:PROVIDER/MODEL   the wrapped model, without its pictures, sounds and videos

Every draw derives from the sample's id and `-o seed=`, never from the order of the questions. Samples with the
same prompt get the same answer.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import Any

from mmeval import Capabilities, FatalError, Options, Prompt, Reply, Sample, Text, UsageError
from mmeval.catalog import Catalog
from mmeval.definitions import Describes, FindsAdapters, NeedsSamples, capabilities_of

BLIND = "blind:"
MODELS = ("random", "majority", "first")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reference:
    """random, majority and first."""

    capabilities = Capabilities(
        version="2", inputs=frozenset({"text", "image", "audio", "video"}), options=Options, cacheable=False
    )
    endpoint = "local"

    def __init__(self, model: str, options: Options) -> None:
        if model not in MODELS:
            names = ", ".join(f"baseline/{name}" for name in MODELS)
            raise UsageError(f"no model baseline/{model}; there are {names} and baseline/blind:PROVIDER/MODEL")
        self.model = model
        self._seed = options.seed or 0
        self._known: dict[bytes, tuple[str, int, str]] = {}
        self._letters: Counter[str] = Counter()
        self._golds: defaultdict[str, Counter[str]] = defaultdict(Counter)

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    def prepare(self, samples: Iterable[Sample]) -> None:
        """Remember per prompt the id, the number of options and the category, and how often each gold occurs."""
        for sample in samples:
            category = sample.tags.get("category", "")
            self._known.setdefault(_key(sample.prompt), (sample.id, len(sample.choices), category))
            if sample.choices:
                self._letters.update(_letter(gold, sample.choices) for gold in _golds(sample.target))
            else:
                self._golds[category].update(_golds(sample.target))

    async def ask(self, prompt: Prompt, options: Options) -> Reply:
        """Answer from the sample's id alone; raises FatalError for a prompt that was not prepared."""
        del options  # the seed is fixed when the adapter is made
        known = self._known.get(_key(prompt))
        if known is None:
            raise FatalError(f"baseline/{self.model} answers only the benchmark's own prompts", kind="unsupported")
        return Reply(text=self._answer(*known), finish="stop", model=f"baseline/{self.model}")

    def _answer(self, sample_id: str, n_choices: int, category: str) -> str:
        if n_choices:
            return self._choice(sample_id, LETTERS[:n_choices])
        golds = self._golds[category]
        if not golds:
            return ""
        if self.model == "first":
            return next(iter(golds))
        if self.model == "majority":
            return min(golds, key=lambda gold: (-golds[gold], gold))
        ordered, sums = self._ordered(category)
        return ordered[bisect_right(sums, self._draw(sample_id, sums[-1]))]

    @cache  # noqa: B019 - one adapter lives as long as its run
    def _ordered(self, category: str) -> tuple[list[str], list[int]]:
        golds = self._golds[category]
        ordered = sorted(golds)
        return ordered, list(accumulate(golds[gold] for gold in ordered))

    def _choice(self, sample_id: str, letters: str) -> str:
        if self.model == "first":
            return letters[0]
        if self.model == "majority":
            return min(letters, key=lambda letter: (-self._letters[letter], letter))
        return letters[self._draw(sample_id, len(letters))]

    def _draw(self, sample_id: str, below: int) -> int:
        digest = hashlib.sha256(f"{self._seed}:{sample_id}".encode()).digest()
        return int.from_bytes(digest[:16], "big") % below


class Blind:
    """A model that is given the words alone."""

    def __init__(self, model: str, options: Any, catalog: FindsAdapters) -> None:
        inner, name = _wrapped(model, catalog)
        self._inner = inner(name, options)
        self.capabilities = _blind(capabilities_of(inner, name))
        self.model = model

    @property
    def endpoint(self) -> str:
        """The wrapped model's."""
        return str(self._inner.endpoint)

    async def connect(self) -> None:
        """Connect the wrapped model."""
        await self._inner.connect()

    async def close(self) -> None:
        """Close the wrapped model."""
        await self._inner.close()

    def prepare(self, samples: Iterable[Sample]) -> None:
        """Hand the samples on to a wrapped reference; models do not see them."""
        if isinstance(self._inner, NeedsSamples):
            self._inner.prepare(samples)

    def describe(self) -> Mapping[str, Any]:
        """What the wrapped model says of itself."""
        return self._inner.describe() if isinstance(self._inner, Describes) else {}

    async def ask(self, prompt: Prompt, options: Any) -> Reply:
        """Ask the wrapped model about the texts of the prompt."""
        reply: Reply = await self._inner.ask(tuple(part for part in prompt if isinstance(part, Text)), options)
        return reply


class Adapter(Reference):
    """See the module's text."""

    catalog: FindsAdapters = Catalog()

    def __new__(cls, model: str, options: Any) -> Any:
        """A wrapper when the name asks for one."""
        return Blind(model, options, cls.catalog) if model.startswith(BLIND) else super().__new__(cls)

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """Those of the wrapped model, but any input may come: it is dropped."""
        return _blind(capabilities_of(*_wrapped(model, cls.catalog))) if model.startswith(BLIND) else cls.capabilities


def _wrapped(model: str, catalog: FindsAdapters) -> tuple[Any, str]:
    provider, slash, name = model.removeprefix(BLIND).partition("/")
    if not (provider and slash and name):
        raise UsageError(f"baseline/{model}: write baseline/blind:PROVIDER/MODEL")
    return catalog.adapter(provider), name


def _blind(capabilities: Capabilities) -> Capabilities:
    inputs = Reference.capabilities.inputs
    return replace(capabilities, inputs=inputs, max_images=None, max_image_bytes=None, max_image_pixels=None)


def _key(prompt: Prompt) -> bytes:
    identity = [part.text if isinstance(part, Text) else part.sha256 for part in prompt]
    return hashlib.sha256(json.dumps(identity).encode()).digest()[:16]


def _golds(target: Any) -> list[str]:
    """Every accepted answer as a text: a target may be one value, a list, or an object with `answer(s)`."""
    if isinstance(target, dict):
        inside = next((target[key] for key in ("answers", "answer", "target") if key in target), None)
        return [json.dumps(target, sort_keys=True)] if inside is None else _golds(inside)
    if isinstance(target, list):
        return [gold for item in target for gold in _golds(item)]
    if isinstance(target, bool):
        return ["yes" if target else "no"]
    return [] if target is None else [str(target)]


def _letter(gold: str, choices: tuple[str, ...]) -> str:
    return LETTERS[choices.index(gold)] if gold in choices else gold.strip().upper()
