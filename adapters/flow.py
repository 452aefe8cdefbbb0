"""Says how far the images of a prompt have moved, each from the one before: frames of a film, by optical flow.

flow/raft_large      RAFT, of torchvision, with the weights C_T_V1, which are those of its authors
flow/tvl1            the method of Zach, Pock and Bischof in scikit-image; it has no weights

It answers `want="choice"` alone, with one choice: `motion` is the mean length of the longest 5 % of the flow's vectors,
in pixels of an image whose shorter side is 256, and 0 for the first image.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval import Capabilities, Image, MediaError, UsageError, providers
from mmeval.engine.images import ImageScorer, LoadedScorer, WeightsOptions
from mmeval.engine.weights import filled, found_device

LONGEST = 0.05
"""Share of the vectors that counts."""
SIDE = 256
UPDATES = 20
"""Steps of RAFT, as VBench takes them."""
MULTIPLE = 8
"""Sides of RAFT's images are multiples of this; what lacks is filled with the outermost pixels, half on each side."""
METHODS = {"raft_large": "torchvision", "tvl1": "scikit-image"}
"""By name, the library that has it."""


class Adapter(ImageScorer):
    """A method of optical flow, behind a queue."""

    choices = ("motion",)
    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        options=WeightsOptions,
        extra="flow",
        sdk="torch",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=16,
    )

    def __init__(self, model: str, options: WeightsOptions) -> None:
        if model not in METHODS:
            raise UsageError(f"flow/{model}: no such method; there are {', '.join(METHODS)}")
        weights = Path(options.weights).expanduser() if options.weights else None
        if weights and (model == "tvl1" or not weights.is_file()):
            why = "tvl1 has no weights" if model == "tvl1" else "no such file"
            raise UsageError(f"-o weights={options.weights}: {why}")
        super().__init__(model, options, None, *([weights] if weights else []))
        self.engine = METHODS[model]

    def _load(self) -> Loaded:
        torch = providers.sdk("torch", extra="flow")
        if self._options.threads:
            torch.set_num_threads(self._options.threads)
        return (Raft if self.model == "raft_large" else TVL1)(torch, self._options)


class Loaded(LoadedScorer):
    """A method of optical flow, in memory."""

    def scores(self, images: Sequence[Image]) -> Mapping[str, Sequence[float]]:
        """How far each image has moved from the one before."""
        found, before = [0.0], providers.decoded(images[0])
        for image in images[1:]:
            now = providers.decoded(image)
            if now.size != before.size:
                raise MediaError("its frames differ in size")
            found.append(self._longest(self.lengths(before, now)) * SIDE / min(now.size))
            before = now
        return {"motion": found}

    @staticmethod
    def _longest(lengths: Any) -> float:
        """Mean of the longest vectors, of which there is at least one."""
        import numpy as np

        count = max(1, int(lengths.size * LONGEST))
        return float(np.sort(lengths, axis=None)[-count:].mean())

    @abstractmethod
    def lengths(self, before: Any, now: Any) -> Any:
        """Length of the vector of each pixel, shape (height, width), of two images of Pillow in RGB."""


class TVL1(Loaded):
    """Of grey images, with the library's own settings."""

    def __init__(self, torch: Any, options: WeightsOptions) -> None:
        self._method = providers.sdk("skimage.registration", extra="flow").optical_flow_tvl1
        super().__init__("tvl1", providers.DeviceMemory(torch, "cpu"), {"device": "cpu"})

    def lengths(self, before: Any, now: Any) -> Any:
        """Length of the vector of each pixel."""
        import numpy as np

        grey = [np.asarray(image.convert("L"), dtype=np.float32) / 255 for image in (before, now)]
        return np.hypot(*self._method(*grey))


class Raft(Loaded):
    """torchvision's RAFT."""

    def __init__(self, torch: Any, options: WeightsOptions) -> None:
        try:
            models = providers.sdk("torchvision.models.optical_flow", extra="flow")
        except (UsageError, RuntimeError) as error:  # torchvision raises the second beside another torch than its own
            way_out = f"pip install torchvision, the release that belongs to torch {torch.__version__}"
            raise UsageError(f"flow/raft_large: torchvision cannot be imported: {way_out}") from error
        self._torch, self._device = torch, found_device(torch, options.device)
        self._model = models.raft_large(weights=None)
        if options.weights:
            filled(torch, self._model, Path(options.weights).expanduser(), f"-o weights={options.weights}")
        else:
            self._model.load_state_dict(_published(models))
        self._model.to(self._device).eval()
        ran = {"device": self._device, "dtype": "torch.float32", "checkpoint": options.weights or "C_T_V1"}
        super().__init__("raft_large", providers.DeviceMemory(torch, self._device), ran)

    def lengths(self, before: Any, now: Any) -> Any:
        """Length of the vector of each pixel, those that were filled in included."""
        with self._torch.inference_mode():
            found = self._model(self._pixels(before), self._pixels(now), num_flow_updates=UPDATES)[-1]
        return found[0].norm(dim=0).cpu().numpy()

    def _pixels(self, image: Any) -> Any:
        """Shape (1, 3, height, width), from -1 to 1."""
        import numpy as np

        pixels = self._torch.from_numpy(np.array(image)).to(self._device).permute(2, 0, 1)[None].float() / 127.5 - 1
        wide, high = (-side % MULTIPLE for side in image.size)
        sides = (wide // 2, wide - wide // 2, high // 2, high - high // 2)
        return self._torch.nn.functional.pad(pixels, sides, mode="replicate")


def _published(models: Any) -> Mapping[str, Any]:
    """C_T_V1, from torch's own cache or the network; raises UsageError."""
    weights = models.Raft_Large_Weights.C_T_V1
    try:
        return dict(weights.get_state_dict(progress=False, check_hash=True, weights_only=True))
    except Exception as error:  # the network, or a cached file that is damaged
        way_out = f"fetch {weights.url} yourself and give it as -o weights=FILE"
        raise UsageError(f"flow/raft_large: no weights ({type(error).__name__}): {way_out}") from error
