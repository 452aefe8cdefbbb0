"""References for benchmarks whose replies are made and then checked by rule.

drawing/right   makes exactly what is asked
drawing/wrong   makes it with one mistake, drawn at random from those of the task; `-o mistake=NAME` chooses one

They know what is asked from the sample, not from the prompt, so they show what the checks see and nothing about models.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mmeval import Capabilities, FatalError, Options, Reply, Request, Sample, UsageError, media
from mmeval.generation import TASKS
from mmeval.scorers.base import Write
from mmeval.types import MEDIA

MODELS = ("right", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingOptions(Options):
    """Options of the references."""

    mistake: str | None = None
    """wrong: the mistake to make, such as `colour`."""


class Adapter:
    """One of the references described at the top of this file."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=MEDIA,
        options=DrawingOptions,
        cacheable=False,
    )
    endpoint = "local"

    def __init__(self, model: str, options: DrawingOptions) -> None:
        if model not in MODELS:
            raise UsageError(f"no model drawing/{model}; there are drawing/right and drawing/wrong")
        self.model = model
        self._asked: dict[str, dict[str, Any]] = {}

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    def prepare(self, samples: Iterable[Sample], write: Write) -> None:
        """Remember what each sample asks for."""
        del write  # the answer is no text
        self._asked = {sample.id: sample.target for sample in samples if isinstance(sample.target, dict)}

    async def ask(self, request: Request, options: DrawingOptions) -> Reply:
        """Make it; raises FatalError for a benchmark without facts that can be drawn."""
        facts = self._asked.get(request.sample, {})
        task = TASKS.get(str(facts.get("task")))
        if task is None or task.want != request.want:
            raise FatalError("only benchmarks whose replies are checked by rule can be drawn for", kind="unsupported")
        rng = random.Random(f"{options.seed or 0}:{request.sample}")  # noqa: S311 - no secret
        flaw = None if self.model == "right" else options.mistake or rng.choice(task.flaws)
        if flaw is not None and flaw not in task.flaws:
            raise FatalError(f"no mistake {flaw!r}; {task.name} has {', '.join(task.flaws)}", kind="bad_request")
        made = media.of_kind(task.want, task.make(facts, rng, flaw))
        return Reply(text="", finish="stop", media=(made,), model=f"drawing/{self.model}")
