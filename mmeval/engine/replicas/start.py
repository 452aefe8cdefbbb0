"""Makes the copies that the settings ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from mmeval.definitions import Adapter, Options
from mmeval.engine.replicas.process import ProcessCopy
from mmeval.engine.replicas.router import Copy, Replicas, options_text
from mmeval.errors import UsageError
from mmeval.providers import gpu_shares, visible_gpus

__all__ = ["replicated"]


def replicated(name: str, adapter: Adapter, options: Options, *, count: int, paths: Sequence[Path]) -> Adapter:
    """Copies of an adapter, not connected, in child processes.

    Args:
        name: `provider/model`.
        adapter: the adapter, not connected.
        options: with which each copy connects.
        count: number of copies.
        paths: folders in which definitions are searched first.

    Raises:
        UsageError: the adapter exists only in this process.
    """
    provider, _, model = name.partition("/")
    try:
        told = options_text(options)
    except TypeError:
        raise UsageError(f"--replicas: {name} lives in this Python program and cannot be copied") from None
    about = {
        "provider": provider,
        "model": model,
        "options": told,
        "paths": [str(path.resolve()) for path in paths],
        "folder": os.getcwd(),
    }
    shares = gpu_shares(visible_gpus(), count)

    def make(place: int) -> Copy:
        return ProcessCopy(f"{name} (replica {place + 1})", about, shares[place])

    # A protocol has class variables; this class has the capabilities of whichever adapter it copies.
    return cast("Adapter", Replicas(name, adapter, make, count))
