"""How much memory a device has left, and how much a batch has taken of it."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any

__all__ = ["DeviceMemory", "fitting_tokens"]

OWN, SHARED = 0.8, 0.5
"""Share of the free memory that a batch may take, of an accelerator and of a machine that other programs use, too."""


class DeviceMemory:
    """The memory of the device that a model runs on; all figures in bytes."""

    def __init__(self, torch: Any, device: str) -> None:
        self._torch, self._device = torch, torch.device(device)
        self._kind = self._device.type
        self._rest = 0.0

    @property
    def free(self) -> float:
        """What is free now, with what torch keeps for its next tensors."""
        if self._kind == "cuda":
            cuda, device = self._torch.cuda, self._device
            kept: int = cuda.memory_reserved(device) - cuda.memory_allocated(device)
            return float(cuda.mem_get_info(device)[0] + kept)
        if self._kind == "mps":
            mps = self._torch.mps
            return float(mps.recommended_max_memory() - mps.driver_allocated_memory())
        return min(_available(), _group())

    def begin(self) -> None:
        """A batch begins: what it takes is counted from here."""
        if self._kind == "cuda":
            self._torch.cuda.reset_peak_memory_stats(self._device)
            self._rest = self._torch.cuda.memory_allocated(self._device)
        elif self._kind == "cpu":
            self._rest = _resident()

    def seen(self) -> tuple[float, float]:
        """The most that a batch has needed, and what there is for one.

        In main memory the first is an upper bound: the peak of this process so far, loading included.
        """
        if self._kind == "cuda":
            return float(self._torch.cuda.max_memory_allocated(self._device) - self._rest), OWN * self.free
        if self._kind == "mps":
            return float(self._torch.mps.driver_allocated_memory()), OWN * self.free
        return max(_peak() - self._rest, 0.0), SHARED * self.free

    def relieve(self) -> None:
        """Give back what a batch that did not fit has left behind."""
        if self._kind in ("cuda", "mps"):
            getattr(self._torch, self._kind).empty_cache()


def fitting_tokens(model: Any, free: float) -> int:
    """Tokens that take a quarter of the free memory, if every layer keeps two vectors of each; at least 1."""
    about = model.config.get_text_config()
    layers, width = getattr(about, "num_hidden_layers", 32), getattr(about, "hidden_size", 4096)
    return max(1, int(free / 4 / (2 * layers * width * model.dtype.itemsize)))


def _peak() -> float:
    """The most main memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


def _resident() -> float:
    """Main memory of this process; 0 where the system does not say."""
    try:
        return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0.0


def _available() -> float:
    """Main memory that a program can have without swapping."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 0.5 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _group() -> float:
    """Main memory that the container leaves us; infinite without a limit."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        stat = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
        return float("inf") if limit == "max" else int(limit) - used + int(stat.get("inactive_file", 0))
    except (OSError, ValueError):
        return float("inf")
