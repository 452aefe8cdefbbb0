"""Says how good images are as pictures, sharp and without noise: MUSIQ, as the package pyiqa has it.

quality/musiq-spaq -o weights=musiq_spaq_ckpt-358bb6af.pth

The licence of pyiqa forbids commercial use (PolyForm Noncommercial), so mmeval does not bring it: `pip install pyiqa`.
A .pth file is read as tensors alone. The adapter answers `want="choice"`, with two choices: `quality` is the score of
an image, and `highest` the end of the scale, 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from mmeval import Capabilities, Image, UsageError, providers
from mmeval.engine.images import ImageScorer, LoadedScorer, WeightsOptions
from mmeval.engine.weights import filled, found_device

HIGHEST = 100.0
LONGEST = 512
"""Longer images are scaled down to this side, as VBench does it."""
WEIGHTS = "https://github.com/chaofengc/IQA-PyTorch/releases/download/v0.1-weights/musiq_spaq_ckpt-358bb6af.pth"


class Adapter(ImageScorer):
    """MUSIQ behind a queue."""

    choices = ("quality", "highest")
    engine = "pyiqa"
    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        options=WeightsOptions,
        extra="transformers",
        sdk="torch",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=16,
    )

    def __init__(self, model: str, options: WeightsOptions) -> None:
        if model != "musiq-spaq":
            raise UsageError(f"quality/{model}: no such model; there is musiq-spaq")
        if not options.weights:
            raise UsageError(f"quality/{model}: needs -o weights=FILE, such as {WEIGHTS}")
        self._weights = Path(options.weights).expanduser()
        if not self._weights.is_file():
            raise UsageError(f"-o weights={options.weights}: no such file; it is at {WEIGHTS}")
        super().__init__(model, options, None, self._weights)

    def _load(self) -> Musiq:
        torch = providers.sdk("torch", extra="transformers")
        if self._options.threads:
            torch.set_num_threads(self._options.threads)
        try:
            kind = import_module("pyiqa.archs.musiq_arch").MUSIQ
        except ImportError as error:
            way_out = "pip install pyiqa, if its licence (PolyForm Noncommercial) permits what you do"
            raise UsageError(f"quality/{self.model}: pyiqa cannot be imported ({error}): {way_out}") from error
        model = filled(torch, kind(pretrained=False), self._weights, f"-o weights={self._options.weights}")
        return Musiq(torch, model.to(found_device(torch, self._options.device)).eval())


class Musiq(LoadedScorer):
    """MUSIQ in memory; it looks at one image at a time, at three scales."""

    def __init__(self, torch: Any, model: Any) -> None:
        self._torch, self._model = torch, model
        self._device = next(model.parameters()).device
        ran = {"device": str(self._device), "dtype": "torch.float32"}
        super().__init__("musiq-spaq", providers.DeviceMemory(torch, str(self._device)), ran)

    def scores(self, images: Sequence[Image]) -> Mapping[str, Sequence[float]]:
        """The score of each image."""
        with self._torch.inference_mode():
            found = [float(self._model(self._pixels(providers.decoded(one)))) for one in images]
        return {"quality": found, "highest": [HIGHEST] * len(found)}

    def _pixels(self, image: Any) -> Any:
        """Shape (1, 3, height, width), from 0 to 1."""
        import numpy as np

        pixels = self._torch.from_numpy(np.array(image)).to(self._device).permute(2, 0, 1)[None].float()
        if (longest := max(image.size)) > LONGEST:
            size = [int(LONGEST / longest * side) for side in reversed(image.size)]
            pixels = self._torch.nn.functional.interpolate(pixels, size=size, mode="bilinear")
        return pixels / 255
