"""mmeval: evaluate multimodal large language models and publish a leaderboard.

The names below are the public interface; they load on first use, so that `import mmeval` is fast.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mmeval.version import __version__

if TYPE_CHECKING:
    from mmeval.data.memory import benchmark
    from mmeval.definitions import Adapter, Benchmark, Capabilities, Options, Source
    from mmeval.errors import (
        AdapterError,
        BudgetError,
        CatalogError,
        DataError,
        FatalError,
        MediaError,
        MMEvalError,
        NotComparableError,
        RetryableError,
        RunFailedError,
        ScoreError,
        StoreError,
        UsageError,
    )
    from mmeval.library import Comparison, Runs, Verdict, arun, compare, gate, load, model, run
    from mmeval.metrics.base import Metric
    from mmeval.runner import ModelSpec
    from mmeval.store import Run
    from mmeval.types import (
        Audio,
        Estimate,
        Failure,
        Image,
        Limits,
        Media,
        Prompt,
        Record,
        Reply,
        Request,
        Row,
        Sample,
        Score,
        Text,
        Usage,
        Video,
    )

_HOMES = {
    "mmeval.data.memory": ("benchmark",),
    "mmeval.types": (
        "Audio", "Estimate", "Failure", "Image", "Limits", "Media", "Prompt", "Record", "Reply", "Request",
        "Row", "Sample", "Score", "Text", "Usage", "Video",
    ),
    "mmeval.definitions": ("Adapter", "Benchmark", "Capabilities", "Options", "Source"),
    "mmeval.library": ("Comparison", "Runs", "Verdict", "arun", "compare", "gate", "load", "model", "run"),
    "mmeval.metrics.base": ("Metric",),
    "mmeval.runner": ("ModelSpec",),
    "mmeval.store": ("Run",),
    "mmeval.errors": (
        "AdapterError", "BudgetError", "CatalogError", "DataError", "FatalError", "MMEvalError",
        "MediaError", "NotComparableError", "RetryableError", "RunFailedError", "ScoreError",
        "StoreError", "UsageError",
    ),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Adapter",
    "AdapterError",
    "Audio",
    "Benchmark",
    "BudgetError",
    "Capabilities",
    "CatalogError",
    "Comparison",
    "DataError",
    "Estimate",
    "Failure",
    "FatalError",
    "Image",
    "Limits",
    "MMEvalError",
    "Media",
    "MediaError",
    "Metric",
    "ModelSpec",
    "NotComparableError",
    "Options",
    "Prompt",
    "Record",
    "Reply",
    "Request",
    "RetryableError",
    "Row",
    "Run",
    "RunFailedError",
    "Runs",
    "Sample",
    "Score",
    "ScoreError",
    "Source",
    "StoreError",
    "Text",
    "Usage",
    "UsageError",
    "Verdict",
    "Video",
    "__version__",
    "arun",
    "benchmark",
    "compare",
    "gate",
    "load",
    "model",
    "run",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mmeval' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__


class _Public(ModuleType):
    """`mmeval.compare` and `mmeval.gate` stay the functions when the modules of these names are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Public
