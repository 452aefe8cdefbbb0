"""Scores the options of a question by their similarity to its image, sound or film, with models of two encoders.

similarity/openai/clip-vit-base-patch32          a checkpoint on the hub; `-o revision=COMMIT` pins it
similarity/google/siglip2-base-patch16-224       SigLIP 2
similarity/laion/clap-htsat-unfused              sound: CLAP
similarity/microsoft/xclip-base-patch32          film, as frames: X-CLIP
similarity/./my/checkpoint                       a folder

It answers `want="choice"` alone, and cannot reason: an honest floor for multiple choice about one medium.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mmeval import (
    Audio,
    Capabilities,
    FatalError,
    Image,
    Reply,
    Request,
    Text,
    Usage,
    UsageError,
    providers,
)
from mmeval.definitions import added
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import EncoderOptions, load_encoder

FIXED_LENGTH = ("siglip", "siglip2")
"""Model types whose text encoder was trained on texts padded to the full length."""
KEPT = 10_000
"""Texts whose embeddings are kept: the options of many questions are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityOptions(EncoderOptions):
    """Options of models of two encoders; None = the checkpoint's default."""

    template: str = "{choice}"
    """The text that is compared; `{choice}` is the option, `{question}` the text of the prompt."""
    cosine: bool = added(False)
    """Report the cosine itself, and not the score that the model was trained with; CLIPScore needs it."""
    batch_size: int = 32
    """Most requests in a batch; halved when a batch does not fit in memory."""
    wait_ms: int = 20
    """How long a request waits for others, to fill a batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is seen or heard, and the texts that each of it is compared with."""

    media: tuple[Image | Audio, ...]
    texts: tuple[str, ...]


class Adapter(LocalModel[Asked]):
    """An encoder of images, sounds or films and a text encoder of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "audio"}),
        wants=frozenset({"choice"}),
        scores="similarity",
        options=SimilarityOptions,
        extra="transformers",
        sdk="transformers",
        request_options=frozenset({"template"}),
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=128,
    )

    _loaded: Loaded

    def __init__(self, model: str, options: SimilarityOptions) -> None:
        if "{choice}" not in options.template:
            raise UsageError("-o template: has no {choice}")
        super().__init__(model, options, providers.checkpoint_folder("similarity", model))

    async def ask(self, request: Request, options: SimilarityOptions) -> Reply:
        """One similarity per choice, image by image where there are several; raises FatalError or MediaError."""
        media = tuple(part for part in request.prompt if isinstance(part, Image | Audio))
        self._loaded.check(media)
        question = " ".join(part.text for part in request.prompt if isinstance(part, Text))
        texts = tuple(
            options.template.replace("{question}", question).replace("{choice}", choice) for choice in request.choices
        )
        return await self._answer(Asked(media, texts))

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"similarity/{self.model}",
            "a model of similarity, with two encoders",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded:
    """Both encoders in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    joins = False

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: SimilarityOptions) -> None:
        self._torch, self._name, self._cosine = torch, name, options.cosine
        made = load_encoder(torch, library, where, options, "AutoProcessor")
        self._model, self._processor, self.memory, self.ran = made.model, made.processor, made.memory, made.ran
        self._takes = _takes(self._model)
        config = self._model.config
        # RoBERTa's positions begin after its padding token.
        first = config.text_config.pad_token_id + 1 if config.model_type == "clap" else 0
        self._longest = config.text_config.max_position_embeddings - first
        self._padding = "max_length" if config.model_type in FIXED_LENGTH else True
        self._known: dict[str, Any] = {}
        self.first_tokens = options.batch_size

    def check(self, media: Sequence[Image | Audio]) -> None:
        """Raise FatalError for media that this model does not compare with texts."""
        sounds = sum(isinstance(one, Audio) for one in media)
        images = len(media) - sounds
        wrong = images or sounds != 1 if self._takes == "sound" else sounds or not images
        if wrong:
            needs = {"sound": "one sound", "film": "the frames of one film"}.get(self._takes, "one image or several")
            text = f"{self._name}: compares {needs} with texts; this prompt has {images} images and {sounds} sounds"
            raise FatalError(text, kind="bad_request")

    def prepare(self, batch: Sequence[Asked]) -> tuple[Sequence[Asked], Any]:
        """The requests with what is seen or heard, as tensors on the host."""
        if self._takes == "film":
            return batch, [self._frames(asked) for asked in batch]
        media = [one for asked in batch for one in asked.media]
        if self._takes == "image":
            images = [providers.decoded(one) for one in media if isinstance(one, Image)]
            return batch, self._processor.image_processor(images=images, return_tensors="pt")
        extractor = self._processor.feature_extractor
        rate, most = extractor.sampling_rate, extractor.nb_max_samples
        # The library takes what it hears of a longer sound at random.
        waves = [providers.samples(one, rate)[:most] for one in media if isinstance(one, Audio)]
        return batch, extractor(waves, sampling_rate=rate, return_tensors="pt")

    def answer(self, prepared: tuple[Sequence[Asked], Any], _: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """One reply for each request: scale * cosine + bias for each text, as the model was trained."""
        batch, inputs = prepared
        with self._torch.inference_mode():
            if self._takes == "film":
                scores = [self._of_film(asked, pixels) for asked, pixels in zip(batch, inputs, strict=True)]
            else:
                scores = self._of_each(batch, inputs)
        for place, row in enumerate(scores):
            yield place, Reply(text="", finish="stop", scores=row, usage=Usage(), model=self._name)

    def _of_each(self, batch: Sequence[Asked], inputs: Any) -> list[tuple[float, ...]]:
        """Every image or sound of each request with every text."""
        embed = self._model.get_audio_features if self._takes == "sound" else self._model.get_image_features
        seen = iter(self._unit(embed(**inputs.to(self._model.device, dtype=self._model.dtype))))
        self._learn([text for asked in batch for text in asked.texts])
        return [sum((self._scores(next(seen), asked.texts) for _ in asked.media), ()) for asked in batch]

    def _frames(self, asked: Asked) -> Any:
        """As many frames as the model was trained with, evenly, shape (1, frames, 3, height, width)."""
        count = self._model.config.vision_config.num_frames
        chosen = [asked.media[(2 * i + 1) * len(asked.media) // (2 * count)] for i in range(count)]
        frames = [providers.decoded(one) for one in chosen if isinstance(one, Image)]
        pixels = self._processor.image_processor(frames, return_tensors="pt")["pixel_values"]
        return pixels if pixels.ndim == 5 else pixels[None]

    def _of_film(self, asked: Asked, pixels: Any) -> tuple[float, ...]:
        """A film with every text; X-CLIP reads the texts in the light of the film, so they are not kept."""
        texts = list(dict.fromkeys(asked.texts))
        pixels = pixels.to(self._model.device, self._model.dtype)
        found = self._model(pixel_values=pixels, **self._tokens(texts)).logits_per_video[0].float().tolist()
        known = dict(zip(texts, found, strict=True))
        return tuple(known[text] for text in asked.texts)

    def _scores(self, seen: Any, texts: Sequence[str]) -> tuple[float, ...]:
        read = self._torch.stack([self._known[text] for text in texts])
        if self._cosine:
            return tuple((read @ seen).float().tolist())
        scale = self._model.logit_scale_a if self._takes == "sound" else self._model.logit_scale
        logits = scale.exp() * (read @ seen)
        bias = getattr(self._model, "logit_bias", None)
        return tuple((logits if bias is None else logits + bias).float().tolist())

    def _learn(self, texts: Sequence[str]) -> None:
        """Embed the texts that are new."""
        if len(self._known) > KEPT:
            self._known.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            rows = self._unit(self._model.get_text_features(**self._tokens(new)))
            self._known |= dict(zip(new, rows, strict=True))

    def _tokens(self, texts: list[str]) -> Any:
        """The texts as the text encoder reads them; raises ValueError for one that is too long."""
        lengths = [len(ids) for ids in self._processor.tokenizer(texts)["input_ids"]]
        if max(lengths) > self._longest:
            raise ValueError(f"a choice of {max(lengths)} tokens; the text encoder reads {self._longest}")
        fixed = self._longest if self._padding == "max_length" else None
        found = self._processor.tokenizer(texts, padding=self._padding, max_length=fixed, return_tensors="pt")
        return found.to(self._model.device)

    def _unit(self, features: Any) -> Any:
        """Embeddings of length 1, shape (batch, width)."""
        found = getattr(features, "pooler_output", features)
        return found / found.norm(dim=-1, keepdim=True)


def _takes(model: Any) -> Literal["image", "sound", "film"]:
    """What a model compares with texts; raises ValueError for one of another kind."""
    if model.config.model_type == "xclip":
        return "film"
    for kind, method in (("image", "get_image_features"), ("sound", "get_audio_features")):
        if hasattr(model, method) and hasattr(model, "get_text_features"):
            return kind  # type: ignore[return-value]
    raise ValueError("Unrecognized configuration class")
