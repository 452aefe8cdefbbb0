"""Models that give each image of a prompt some numbers: how alike two of them are, how good one looks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

from mmeval.definitions import Options
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import EncoderOptions, load_encoder
from mmeval.errors import FatalError
from mmeval.providers.local import decoded
from mmeval.types import Image, Reply, Request, Usage

__all__ = ["AskedImages", "FeatureOptions", "FeatureScorer", "ImageScorer", "LoadedScorer", "WeightsOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureOptions(EncoderOptions):
    """Options of models of images; None = the checkpoint's default."""

    batch_size: int = 32
    """Most images at once."""
    wait_ms: int = 0
    """How long a request waits for others; each has many images of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsOptions(Options):
    """Options of models whose weights are one file."""

    weights: str | None = None
    """File of weights, .pth or .safetensors; None: those that its library downloads, if there are any."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    threads: int | None = None
    """CPU threads; None: as many as torch takes."""
    batch_size: int = 1
    """Most requests at once."""
    wait_ms: int = 0
    """How long a request waits for others; each has many images of its own."""


@dataclass(frozen=True, slots=True)
class AskedImages:
    """The images of a prompt, and what is asked about each."""

    images: tuple[Image, ...]
    choices: tuple[str, ...]


class ImageScorer(LocalModel[AskedImages]):
    """The part of an adapter whose model answers `want="choice"` alone, with a number per image and choice."""

    choices: ClassVar[tuple[str, ...]]
    """What can be asked about an image."""

    async def ask(self, request: Request, options: Any) -> Reply:
        """The numbers, image by image; raises FatalError or MediaError."""
        del options
        images = tuple(part for part in request.prompt if isinstance(part, Image))
        if len(images) < len(request.prompt) or not images:
            raise FatalError(f"{self.model}: takes images, and nothing else", kind="bad_request")
        if set(request.choices) - set(self.choices):
            known = " and ".join(f"`{choice}`" for choice in self.choices)
            raise FatalError(f"{self.model}: answers to {known} alone", kind="bad_request")
        return await self._answer(AskedImages(images, request.choices))


class LoadedScorer(ABC):
    """A model in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    joins = False
    first_tokens = 1

    def __init__(self, name: str, memory: Any, ran: Mapping[str, Any]) -> None:
        self._name, self.memory, self.ran = name, memory, ran

    def prepare(self, batch: Sequence[AskedImages]) -> Sequence[tuple[AskedImages, Any]]:
        """The requests with their images as the model takes them."""
        return [(asked, self.read(asked.images)) for asked in batch]

    def answer(self, prepared: Sequence[tuple[AskedImages, Any]], _: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """One reply for each request."""
        for place, (asked, images) in enumerate(prepared):
            found = self.scores(images)
            rows = zip(*(found[choice] for choice in asked.choices), strict=True)
            scores = tuple(float(one) for one in chain.from_iterable(rows))
            yield place, Reply(text="", finish="stop", scores=scores, usage=Usage(), model=self._name)

    def read(self, images: Sequence[Image]) -> Any:
        """Images as `scores` takes them; as they are, where a model looks at them one by one."""
        return images

    @abstractmethod
    def scores(self, images: Any) -> Mapping[str, Sequence[float]]:
        """By choice, a number for each image; raises MediaError."""


class FeatureScorer(LoadedScorer):
    """An encoder of images in memory, whose features the numbers are made of."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: FeatureOptions) -> None:
        made = load_encoder(torch, library, where, options, "AutoImageProcessor")
        super().__init__(name, made.memory, made.ran)
        self._torch, self._model, self._processor, self._most = torch, made.model, made.processor, options.batch_size

    def read(self, images: Sequence[Image]) -> Any:
        """The images as a tensor on the host, shape (images, 3, height, width)."""
        return self._processor([decoded(one) for one in images], return_tensors="pt")["pixel_values"]

    @property
    def width(self) -> int:
        """Numbers in a feature."""
        from PIL import Image as Pillow

        blank = self._processor([Pillow.new("RGB", (64, 64))], return_tensors="pt")["pixel_values"]
        return int(self.features(blank).shape[1])

    def features(self, pixels: Any) -> Any:
        """One feature of length 1 for each image, shape (images, width)."""
        with self._torch.inference_mode():
            return self._torch.cat([self._some(part) for part in pixels.split(self._most)])

    def _some(self, pixels: Any) -> Any:
        """The features of a model of two encoders, or the class tokens."""
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
