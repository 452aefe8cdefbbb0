"""Makes the copies that the settings ask for."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from mmeval.definitions import Adapter, Options
from mmeval.engine.replicas.cluster import ActorCopy, Cluster
from mmeval.engine.replicas.process import ProcessCopy
from mmeval.engine.replicas.router import Copy, Replicas, options_text
from mmeval.errors import UsageError
from mmeval.providers import gpu_shares, visible_gpus

__all__ = ["replicated"]


def replicated(
    name: str,
    adapter: Adapter,
    options: Options,
    *,
    count: int,
    paths: Sequence[Path],
    ray: str | None = None,
) -> Adapter:
    """Copies of an adapter, not connected.

    Args:
        name: `provider/model`.
        adapter: the adapter, not connected.
        options: with which each copy connects.
        count: number of copies.
        paths: folders in which definitions are searched first.
        ray: address of a Ray cluster, or `local` to start one here; None runs them in child processes.

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
    # A protocol has class variables; `Replicas` has the capabilities of whichever adapter it copies.
    return cast("Adapter", Replicas(name, adapter, *_makes(name, about, count, ray)))


def _makes(
    name: str, about: Mapping[str, Any], count: int, ray: str | None
) -> tuple[int, Callable[[int], Copy], Callable[[], Awaitable[None]] | None]:
    """The number of copies, what makes each, and what to call when all are stopped."""
    names = [f"{name} (replica {place + 1})" for place in range(count)]
    if ray is not None:
        cluster = Cluster(ray)
        return count, lambda place: ActorCopy(cluster, names[place], about, count), cluster.close
    shares = gpu_shares(visible_gpus(), count)
    return count, lambda place: ProcessCopy(names[place], about, shares[place]), None
