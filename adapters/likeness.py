"""Scores how alike the images of a prompt are, or the frames of a film, with a model that makes features of images.

likeness/facebook/dino-vitb16            a checkpoint on the hub; `-o revision=COMMIT` pins it
likeness/openai/clip-vit-base-patch32    the image encoder of a model of two encoders
likeness/./my/checkpoint                 a folder

It answers `want="choice"` alone, with two choices: `before` compares an image with the one before it, `first` with the
first one, and the first one with itself. A reply holds a cosine for each image and choice, image by image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmeval import Capabilities, providers
from mmeval.engine.images import FeatureOptions, FeatureScorer, ImageScorer


class Adapter(ImageScorer):
    """An image encoder of `transformers`, behind a queue."""

    choices = ("before", "first")
    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        scores="similarity",
        options=FeatureOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=16,
    )

    def __init__(self, model: str, options: FeatureOptions) -> None:
        super().__init__(model, options, providers.checkpoint_folder("likeness", model))

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"likeness/{self.model}",
            "a model that makes features of images",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded(FeatureScorer):
    """An encoder in memory."""

    def scores(self, images: Any) -> Mapping[str, Sequence[float]]:
        """The cosine of each image with the one before it and with the first one."""
        features = self.features(images)
        before = self._torch.cat([features[:1], features[:-1]])
        found = {"before": (features * before).sum(-1), "first": features @ features[0]}
        return {choice: cosines.float().tolist() for choice, cosines in found.items()}
