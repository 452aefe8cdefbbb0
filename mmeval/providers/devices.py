"""Which GPUs there are, how many copies of a model run, and which copy gets which."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Literal

from mmeval.errors import UsageError
from mmeval.providers.setup import sdk

__all__ = ["gpu_copies", "gpu_shares", "visible_gpus"]


def visible_gpus() -> list[str]:
    """The GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them; imports no torch."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return [name.strip() for name in given.split(",") if name.strip() not in ("", "-1")]
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    return [str(i) for i, _ in enumerate(line for line in listed.stdout.splitlines() if line.startswith("GPU "))]


def gpu_copies(wanted: int | Literal["all"]) -> int:
    """One copy for each GPU that is wanted; 1 where torch sees none.

    Raises:
        UsageError: fewer GPUs are there than wanted.
    """
    there = len(visible_gpus())
    if there > 1:  # a torch without CUDA sees none of them; otherwise the import is not worth its seconds
        there = sdk("torch", extra="transformers").cuda.device_count()
    if wanted == "all":
        return max(1, there)
    if not 1 <= wanted <= max(1, there):
        raise UsageError(f"-o gpus={wanted}: torch sees {there} on this machine; use -o gpus=all")
    return wanted


def gpu_shares(gpus: Sequence[str], copies: int) -> list[str | None]:
    """CUDA_VISIBLE_DEVICES of each copy: equal blocks of neighbours, or turns where there are more copies than GPUs.

    Returns:
        One value per copy; None where there is no GPU.
    """
    if not gpus:
        return [None] * copies
    size = len(gpus) // copies
    if size == 0:
        return [gpus[i % len(gpus)] for i in range(copies)]
    return [",".join(gpus[i * size : (i + 1) * size]) for i in range(copies)]
