"""Says how good images look, with a linear head on the image features of CLIP: LAION's aesthetic predictor.

aesthetic/openai/clip-vit-large-patch14 -o head=sa_0_4_vit_l_14_linear.pth
aesthetic/./my/checkpoint -o head=head.safetensors      a folder

The head is a file of two tensors, `weight` of shape (1, width of the features) and `bias` of shape (1,); LAION's are at
https://github.com/LAION-AI/aesthetic-predictor. A .pth file is read as tensors alone. The adapter answers
`want="choice"`, with two choices: `aesthetic` is the score of an image, and `highest` the end of the scale, 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval import Capabilities, UsageError, providers
from mmeval.engine.images import FeatureOptions, FeatureScorer, ImageScorer
from mmeval.engine.weights import read_tensors

HIGHEST = 10.0
LAION = "https://github.com/LAION-AI/aesthetic-predictor"


@dataclass(frozen=True, slots=True, kw_only=True)
class AestheticOptions(FeatureOptions):
    """Options of an encoder with a head; None = the checkpoint's default."""

    head: str | None = None
    """File of the head: .pth or .safetensors."""


class Adapter(ImageScorer):
    """An image encoder of `transformers` and a head, behind a queue."""

    choices = ("aesthetic", "highest")
    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        options=AestheticOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=16,
    )

    def __init__(self, model: str, options: AestheticOptions) -> None:
        if not options.head:
            raise UsageError(f"aesthetic/{model}: needs -o head=FILE, such as one of {LAION}")
        self._head = Path(options.head).expanduser()
        if not self._head.is_file():
            raise UsageError(f"-o head={options.head}: no such file; there are some at {LAION}")
        super().__init__(model, options, providers.checkpoint_folder("aesthetic", model), self._head)

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"aesthetic/{self.model}",
            "a model that makes features of images",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options, self._head),
        )


class Loaded(FeatureScorer):
    """An encoder and its head in memory."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: AestheticOptions, head: Path) -> None:
        super().__init__(torch, library, where, name, options)
        self._weight, self._bias = _head(read_tensors(torch, head, f"-o head={options.head}"), options.head)
        if (width := self.width) != len(self._weight):
            raise UsageError(
                f"-o head={options.head}: is for features of width {len(self._weight)}, these have {width}"
            )

    def scores(self, images: Any) -> Mapping[str, Sequence[float]]:
        """The score of each image; the head works in float32, as it was trained."""
        features = self.features(images).float().cpu()
        found = features @ self._weight + self._bias
        return {"aesthetic": found.tolist(), "highest": [HIGHEST] * len(found)}


def _head(tensors: Mapping[str, Any], file: str | None) -> tuple[Any, Any]:
    """Weight, shape (width,), and bias, shape (), of a linear head; raises UsageError for another one."""
    shapes = {name: tuple(one.shape) for name, one in tensors.items()}
    if (
        set(shapes) != {"weight", "bias"}
        or len(shapes["weight"]) != 2
        or (shapes["weight"][0], *shapes["bias"]) != (1, 1)
    ):
        said = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:4])
        raise UsageError(
            f"-o head={file}: is not a linear head (weight (1, width) and bias (1,)), but {said or 'empty'}"
        )
    return tensors["weight"][0].float(), tensors["bias"][0].float()
