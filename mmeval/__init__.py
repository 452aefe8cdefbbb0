"""mmeval: evaluate multimodal large language models and publish a leaderboard.

The names below are the public interface; they load on first use, so that `import mmeval` is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mmeval.version import __version__

if TYPE_CHECKING:
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
    from mmeval.metrics.base import Metric
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
    "mmeval.types": (
        "Audio", "Estimate", "Failure", "Image", "Limits", "Media", "Prompt", "Record", "Reply", "Request",
        "Row", "Sample", "Score", "Text", "Usage", "Video",
    ),
    "mmeval.definitions": ("Adapter", "Benchmark", "Capabilities", "Options", "Source"),
    "mmeval.metrics.base": ("Metric",),
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
    "NotComparableError",
    "Options",
    "Prompt",
    "Record",
    "Reply",
    "Request",
    "RetryableError",
    "Row",
    "RunFailedError",
    "Sample",
    "Score",
    "ScoreError",
    "Source",
    "StoreError",
    "Text",
    "Usage",
    "UsageError",
    "Video",
    "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mmeval' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
