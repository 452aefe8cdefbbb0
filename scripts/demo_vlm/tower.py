"""Stage 1: the vision tower alone learns to name what is drawn, by linear heads on the mean of its patch features."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from scripts.demo_vlm.pictures import COLOURS, HEADS, SIDE, Corpus
from scripts.demo_vlm.steps import order, schedule


def tensor(pixels: np.ndarray) -> torch.Tensor:
    """Float [n, 3, SIDE, SIDE] in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)) / 127.5 - 1


def shifted(pixels: torch.Tensor, generator: np.random.Generator) -> torch.Tensor:
    """The batch moved by up to two pixels: cheap variety."""
    down, right = (int(v) for v in generator.integers(-2, 3, 2))
    padded = functional.pad(pixels, (2, 2, 2, 2), mode="replicate")
    return padded[:, :, 2 + down : 2 + down + SIDE, 2 + right : 2 + right + SIDE]


def head_losses(logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
    """Sum of the heads' cross-entropies, and accuracy by head, over the pictures where a head applies."""
    total, right, at = torch.zeros(()), {}, 0
    for (name, classes), gold in zip(HEADS.items(), labels.T, strict=True):
        part, known = logits[:, at : at + classes], gold >= 0
        at += classes
        if known.any():
            total = total + functional.cross_entropy(part[known], gold[known])
            right[name] = (part[known].argmax(-1) == gold[known]).float().mean().item()
    return total, right


def train_tower(model: Any, data: Corpus, steps: int, seed: int, *, batch: int = 64, rate: float = 1.2e-3) -> None:
    """Stage 1; trains in place."""
    tower = model.model.vision_tower
    heads = torch.nn.Linear(tower.config.hidden_size, sum(HEADS.values()))
    weights = [*tower.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.02, betas=(0.9, 0.98))
    generator, mean, began = np.random.default_rng(seed), dict[str, float](), time.monotonic()
    for step, rows in zip(range(steps), order(len(data.pixels), batch, seed), strict=False):
        optimizer.param_groups[0]["lr"] = rate * schedule(step, steps, warm=100, floor=0.03)
        pixels = shifted(tensor(data.pixels[rows]), generator)
        pooled = tower(pixel_values=pixels).last_hidden_state[:, 1:].mean(1)
        loss, right = head_losses(heads(pooled), torch.from_numpy(data.labels[rows]))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        mean |= {name: 0.97 * mean.get(name, value) + 0.03 * value for name, value in right.items()}
        if (step + 1) % 200 == 0:
            print_tower(step + 1, time.monotonic() - began, loss.item(), mean)


def print_tower(step: int, seconds: float, loss: float, right: Mapping[str, float]) -> None:
    """One line: accuracy of families of heads."""
    families: dict[str, list[float]] = {}
    for name, value in right.items():
        first = name.split()[0]
        family = "has" if first in COLOURS else "pattern" if name.endswith("pattern") else first.rstrip("012345")
        families.setdefault(family if " of " not in name else f"{first} of", []).append(value)
    shown = " ".join(f"{name}={sum(v) / len(v):.2f}" for name, v in families.items())
    print(f"tower {step} {seconds:.0f}s loss {loss:.2f} {shown}", flush=True)


@torch.no_grad()
def features(model: Any, pixels: np.ndarray) -> torch.Tensor:
    """Patch features of the frozen tower, float16 [n, TOKENS, width]."""
    parts = [
        model.model.vision_tower(pixel_values=tensor(pixels[i : i + 256])).last_hidden_state[:, 1:].half()
        for i in range(0, len(pixels), 256)
    ]
    return torch.cat(parts)
