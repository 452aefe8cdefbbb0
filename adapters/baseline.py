"""Baselines: references that do not look at the prompt, and models that see only its text.

baseline/random    a random option; for open questions, a random target of another question, of the same category if
                   there is one, weighted by frequency; the tag `answers` names questions with the same kind of answer,
                   where that differs from the category
baseline/majority  the most frequent letter; for open questions, the most frequent target of the same category
baseline/first     the first option; for open questions, the first target of the same category
baseline/blind:PROVIDER/MODEL   another model, without the images, sounds and videos of the prompt
baseline/described:PROVIDER/MODEL   another model, which first describes them and then answers from its own words alone

A random choice depends only on the sample's id and `-o seed=`, not on the order of the samples.
"""

from __future__ import annotations

import asyncio
import hashlib
from bisect import bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import accumulate, count
from typing import Any, ClassVar

from mmeval import Capabilities, FatalError, Options, Reply, Request, Sample, Text, Usage, UsageError, prompts
from mmeval.catalog import Catalog
from mmeval.definitions import Describes, FindsAdapters, NeedsSamples, capabilities_of
from mmeval.scorers.base import Write

BLIND = "blind:"
DESCRIBED = "described:"
DESCRIBE = (
    "Describe what is shown so completely that someone who cannot see it can answer any question about it: every "
    "object, its colour, shape, size and place, every text, number and label, and how things are connected."
)
REMEMBERED = 4096
"""Descriptions that are kept, so that the questions about one picture share one."""
MODELS = ("random", "majority", "first")
ANY, UNKNOWN = "*", "unknown"
"""All categories; what `random` answers where no other question has a target."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reference:
    """The models random, majority and first."""

    capabilities = Capabilities(
        version="5",
        inputs=frozenset({"text", "image", "audio", "video"}),
        wants=frozenset({"text", "choice"}),
        options=Options,
        cacheable=False,
    )
    endpoint = "local"

    def __init__(self, model: str, options: Options) -> None:
        if model not in MODELS:
            names = ", ".join(f"baseline/{name}" for name in MODELS)
            wrapped = " and ".join(f"baseline/{prefix}PROVIDER/MODEL" for prefix in WRAPPERS)
            raise UsageError(f"no model baseline/{model}; there are {names}, {wrapped}")
        self.model = model
        self._seed = options.seed or 0
        self._categories: dict[str, str] = {}
        self._own: dict[str, tuple[str, ...]] = {}
        self._letters: Counter[str] = Counter()
        self._targets: defaultdict[str, Counter[str]] = defaultdict(Counter)

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    def prepare(self, samples: Iterable[Sample], write: Write) -> None:
        """Count how often each letter is correct, and for open questions each answer of a category."""
        for sample in samples:
            if sample.choices:
                self._letters.update(_letter(target, sample.choices) for target in write(sample))
            else:
                category = sample.tags.get("answers") or sample.tags.get("category", "")
                self._categories[sample.id] = category
                self._own[sample.id] = tuple(write(sample))
                for group in {category, ANY}:
                    self._targets[group].update(self._own[sample.id])

    async def ask(self, request: Request, options: Options) -> Reply:
        """Answer without reading the prompt; raises FatalError for an open question that `prepare` did not see."""
        del options  # the seed is fixed when the adapter is made
        name = f"baseline/{self.model}"
        if not request.choices:
            return Reply(text=self._open(request.sample), finish="stop", model=name)
        choice = self._choice(request.sample, LETTERS[: len(request.choices)])
        if request.want == "choice":
            scores = tuple(float(letter == choice) for letter in LETTERS[: len(request.choices)])
            return Reply(text="", scores=scores, finish="stop", model=name)
        return Reply(text=choice, finish="stop", model=name)

    def _open(self, sample: str) -> str:
        if sample not in self._categories:
            raise FatalError(f"baseline/{self.model} can answer only samples of the benchmark", kind="unsupported")
        category = self._categories[sample]
        targets = self._targets[category]
        if not targets:
            return ""
        if self.model == "first":
            return next(iter(targets))
        if self.model == "majority":
            return min(targets, key=lambda target: (-targets[target], target))
        return self._of_another(sample, category) or self._of_another(sample, ANY) or UNKNOWN

    def _of_another(self, sample: str, category: str) -> str:
        """A target of another sample: one's own would make chance look higher. Empty if there is no other."""
        ordered, sums = self._ordered(category)
        own = self._own[sample]
        for attempt in count() if len(own) < sums[-1] else ():
            drawn = self._draw(sample, sums[-1], attempt)
            place = bisect_right(sums, drawn)
            # The first occurrences of a target count as the sample's own.
            if drawn - (sums[place - 1] if place else 0) >= own.count(ordered[place]):
                return ordered[place]
        return ""

    @cache  # noqa: B019 - one adapter lives as long as its run
    def _ordered(self, category: str) -> tuple[list[str], list[int]]:
        targets = self._targets[category]
        ordered = sorted(targets)
        return ordered, list(accumulate(targets[target] for target in ordered))

    def _choice(self, sample: str, letters: str) -> str:
        if self.model == "first":
            return letters[0]
        if self.model == "majority":
            return min(letters, key=lambda letter: (-self._letters[letter], letter))
        return letters[self._draw(sample, len(letters))]

    def _draw(self, sample: str, below: int, attempt: int = 0) -> int:
        again = f":{attempt}" if attempt else ""
        digest = hashlib.sha256(f"{self._seed}:{sample}{again}".encode()).digest()
        return int.from_bytes(digest[:16], "big") % below


class Wrapped:
    """A model that is asked in another way."""

    prefix: ClassVar[str]

    def __init__(self, model: str, options: Any, catalog: FindsAdapters) -> None:
        inner, name = _wrapped(model, catalog)
        self._inner = inner(name, options)
        if isinstance(self._inner, NeedsSamples):
            bare = model.removeprefix(self.prefix)
            raise UsageError(f"baseline/{model}: a reference does not look at images anyway; use {bare}")
        self.capabilities = _through(self.prefix, capabilities_of(inner, name))
        self.model = model

    @property
    def endpoint(self) -> str:
        """The endpoint of the wrapped model."""
        return str(self._inner.endpoint)

    async def connect(self) -> None:
        """Connect the wrapped model."""
        await self._inner.connect()

    async def close(self) -> None:
        """Close the wrapped model."""
        await self._inner.close()

    def describe(self) -> Mapping[str, Any]:
        """The description of the wrapped model."""
        return self._inner.describe() if isinstance(self._inner, Describes) else {}


class Blind(Wrapped):
    """A model that gets only the text of each prompt."""

    prefix = BLIND

    async def ask(self, request: Request, options: Any) -> Reply:
        """Ask the wrapped model with the texts of the prompt only."""
        reply: Reply = await self._inner.ask(replace(request, prompt=_texts(request)), options)
        return reply


class Described(Wrapped):
    """A model that describes the media of a prompt, and then answers from its own description."""

    prefix = DESCRIBED

    def __init__(self, model: str, options: Any, catalog: FindsAdapters) -> None:
        super().__init__(model, options, catalog)
        self._descriptions: OrderedDict[tuple[str, ...], asyncio.Task[Reply]] = OrderedDict()

    async def ask(self, request: Request, options: Any) -> Reply:
        """Ask twice; a description that was refused or is empty is the reply."""
        media = tuple(part for part in request.prompt if not isinstance(part, Text))
        if not media:
            reply: Reply = await self._inner.ask(request, options)
            return reply
        said, paid = await self._description(media, options)
        if said.finish in ("refused", "filtered") or said.empty:
            return said
        prompt = (Text(f"{prompts.INSTEAD}{said.text}"), *_texts(request))
        reply = await self._inner.ask(replace(request, prompt=prompt), options)
        return replace(reply, usage=Usage.total([said.usage, reply.usage])) if paid else reply

    async def _description(self, media: tuple[Any, ...], options: Any) -> tuple[Reply, bool]:
        """The description of these media, and whether this call paid for it."""
        key = tuple(part.sha256 for part in media)
        task, paid = self._descriptions.get(key), False
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            asked = self._inner.ask(Request(prompt=(*media, Text(DESCRIBE))), options)
            task, paid = asyncio.ensure_future(asked), True
            self._descriptions[key] = task
            while len(self._descriptions) > REMEMBERED:
                self._descriptions.popitem(last=False)
        return await asyncio.shield(task), paid


def _texts(request: Request) -> tuple[Text, ...]:
    return tuple(part for part in request.prompt if isinstance(part, Text))


WRAPPERS: Mapping[str, type[Wrapped]] = {BLIND: Blind, DESCRIBED: Described}


class Adapter(Reference):
    """One of the baselines described at the top of this file."""

    catalog: FindsAdapters = Catalog()

    def __new__(cls, model: str, options: Any) -> Any:
        """Return a wrapper for `blind:...` and `described:...`."""
        wrapper = WRAPPERS.get(_prefix(model))
        return wrapper(model, options, cls.catalog) if wrapper else super().__new__(cls)

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """Those of the wrapped model; `blind:` accepts every kind of input, because it is dropped."""
        prefix = _prefix(model)
        if prefix not in WRAPPERS:
            return cls.capabilities
        return _through(prefix, capabilities_of(*_wrapped(model, cls.catalog)))


def _prefix(model: str) -> str:
    return f"{model.partition(':')[0]}:"


def _wrapped(model: str, catalog: FindsAdapters) -> tuple[Any, str]:
    prefix = _prefix(model)
    provider, slash, name = model.removeprefix(prefix).partition("/")
    if not (provider and slash and name):
        raise UsageError(f"baseline/{model}: write baseline/{prefix}PROVIDER/MODEL")
    return catalog.adapter(provider), name


def _through(prefix: str, capabilities: Capabilities) -> Capabilities:
    """The capabilities of a model behind a wrapper."""
    if prefix != BLIND:
        return capabilities
    inputs = Reference.capabilities.inputs
    return replace(capabilities, inputs=inputs, max_images=None, max_image_bytes=None, max_image_pixels=None)


def _letter(target: str, choices: tuple[str, ...]) -> str:
    return LETTERS[choices.index(target)] if target in choices else target.strip().upper()
