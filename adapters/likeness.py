"""Scores how alike the images of a prompt are, or the frames of a film, with a model that makes features of images.

likeness/facebook/dino-vitb16            a checkpoint on the hub; `-o revision=COMMIT` pins it
likeness/openai/clip-vit-base-patch32    the image encoder of a model of two encoders
likeness/./my/checkpoint                 a folder

It answers `want="choice"` alone, with two choices: `before` compares an image with the one before it, `first` with the
first one, and the first one with itself. A reply holds a cosine for each image and choice, image by image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval import Capabilities, FatalError, Image, Reply, Request, Usage, providers
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import EncoderOptions, load_encoder

CHOICES = ("before", "first")


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessOptions(EncoderOptions):
    """Options of models of images; None = the checkpoint's default."""

    batch_size: int = 32
    """Most images at once."""
    wait_ms: int = 0
    """How long a request waits for others; each has many images of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The images of a prompt, and what each is compared with."""

    images: tuple[Image, ...]
    choices: tuple[str, ...]


class Adapter(LocalModel[Asked]):
    """An image encoder of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        scores="similarity",
        options=LikenessOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=16,
    )

    def __init__(self, model: str, options: LikenessOptions) -> None:
        super().__init__(model, options, providers.checkpoint_folder("likeness", model))

    async def ask(self, request: Request, options: LikenessOptions) -> Reply:
        """The cosines of each image; raises FatalError or MediaError."""
        images = tuple(part for part in request.prompt if isinstance(part, Image))
        if len(images) < len(request.prompt) or not images:
            raise FatalError(f"{self.model}: compares images, and nothing else", kind="bad_request")
        if set(request.choices) - set(CHOICES):
            raise FatalError(f"{self.model}: compares images with `before` and `first` alone", kind="bad_request")
        return await self._answer(Asked(images, request.choices))

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"likeness/{self.model}",
            "a model that makes features of images",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded:
    """An encoder in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    joins = False

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: LikenessOptions) -> None:
        self._torch, self._name, self._most = torch, name, options.batch_size
        made = load_encoder(torch, library, where, options, "AutoImageProcessor")
        self._model, self._processor, self.memory, self.ran = made.model, made.processor, made.memory, made.ran
        self.first_tokens = 1

    def prepare(self, batch: Sequence[Asked]) -> Sequence[tuple[Asked, Any]]:
        """The requests with their images as tensors on the host, shape (images, 3, height, width)."""
        return [(asked, self._pixels(asked.images)) for asked in batch]

    def _pixels(self, images: Sequence[Image]) -> Any:
        return self._processor([providers.decoded(one) for one in images], return_tensors="pt")["pixel_values"]

    def answer(self, prepared: Sequence[tuple[Asked, Any]], _: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """One reply for each request."""
        for place, (asked, pixels) in enumerate(prepared):
            with self._torch.inference_mode():
                features = self._torch.cat([self._features(some) for some in pixels.split(self._most)])
            before = self._torch.cat([features[:1], features[:-1]])
            found = {"before": (features * before).sum(-1), "first": features @ features[0]}
            scores = self._torch.stack([found[choice] for choice in asked.choices], dim=-1).flatten()
            yield (
                place,
                Reply(text="", finish="stop", scores=tuple(scores.float().tolist()), usage=Usage(), model=self._name),
            )

    def _features(self, pixels: Any) -> Any:
        """One feature of length 1 for each image: that of the model of two encoders, or the class token."""
        pixels = pixels.to(self._model.device, self._model.dtype)
        if hasattr(self._model, "get_image_features"):
            made = self._model.get_image_features(pixel_values=pixels)
            found = getattr(made, "pooler_output", made)
        else:
            found = self._model(pixel_values=pixels).last_hidden_state
            if found.ndim != 3:
                raise ValueError("has no class token, so no feature of a whole image")
            found = found[:, 0]
        return found / found.norm(dim=-1, keepdim=True)
