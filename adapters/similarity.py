"""Scores the options of a question by their similarity to its image: CLIP, SigLIP and other models of two encoders.

similarity/openai/clip-vit-base-patch32      a checkpoint on the hub; `-o revision=COMMIT` pins it
similarity/./my/checkpoint                   a folder

It answers `want="choice"` alone, and cannot reason: an honest floor for multiple choice about one image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mmeval import Capabilities, FatalError, Image, Options, Reply, Request, Text, Usage, UsageError, providers
from mmeval.engine.local import LocalModel

FIXED_LENGTH = ("siglip", "siglip2")
"""Model types whose text encoder was trained on texts padded to the full length."""
KEPT = 10_000
"""Texts whose embeddings are kept: the options of many questions are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityOptions(Options):
    """Options of models of two encoders; None = the checkpoint's default."""

    template: str = "{choice}"
    """The text that is compared with the image; `{choice}` is the option, `{question}` the text of the prompt."""
    revision: str | None = None
    """Commit, tag or branch on the hub."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """Precision of weights and embeddings."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    trust_remote_code: bool = False
    """Run the Python files of the checkpoint. Read them first and pin the revision."""
    batch_size: int = 32
    """Most images in a batch; halved when a batch does not fit in memory."""
    wait_ms: int = 20
    """How long a request waits for others, to fill a batch."""
    threads: int | None = None
    """CPU threads; None: one for a small model, otherwise all cores."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One image and the texts that it is compared with."""

    image: Image
    texts: tuple[str, ...]


class Adapter(LocalModel[Asked]):
    """An image encoder and a text encoder of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"choice"}),
        scores="similarity",
        max_images=1,
        options=SimilarityOptions,
        extra="transformers",
        sdk="transformers",
        request_options=frozenset({"template"}),
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=128,
    )

    def __init__(self, model: str, options: SimilarityOptions) -> None:
        if "{choice}" not in options.template:
            raise UsageError("-o template: has no {choice}")
        super().__init__(model, options, providers.checkpoint_folder("similarity", model))

    async def ask(self, request: Request, options: SimilarityOptions) -> Reply:
        """One similarity per choice; raises FatalError or MediaError."""
        images = [part for part in request.prompt if isinstance(part, Image)]
        if len(images) != 1:
            raise FatalError(
                f"{self.model}: compares one image with texts; this prompt has {len(images)}", kind="bad_request"
            )
        question = " ".join(part.text for part in request.prompt if isinstance(part, Text))
        texts = tuple(
            options.template.replace("{question}", question).replace("{choice}", choice) for choice in request.choices
        )
        return await self._answer(Asked(images[0], texts))

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"similarity/{self.model}",
            "a model with an image encoder and a text encoder",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded:
    """Both encoders in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: SimilarityOptions) -> None:
        self._torch, self._name = torch, name
        how = {"revision": options.revision or "main", "trust_remote_code": options.trust_remote_code}
        device = options.device if options.device != "auto" else providers.first_device(torch)
        self._model = library.AutoModel.from_pretrained(where, dtype=options.dtype, **how).to(device).eval()
        if not hasattr(self._model, "get_image_features") or not hasattr(self._model, "get_text_features"):
            raise ValueError("Unrecognized configuration class")
        self._processor = library.AutoProcessor.from_pretrained(where, **how)
        config = self._model.config
        self._longest = config.text_config.max_position_embeddings
        self._padding = "max_length" if config.model_type in FIXED_LENGTH else True
        self._known: dict[str, Any] = {}
        self.memory = providers.DeviceMemory(torch, self._model.device)
        threads = options.threads or providers.threads_for(self._model)
        torch.set_num_threads(threads)
        self.ran = {"device": str(self._model.device), "dtype": str(self._model.dtype), "threads": threads}

    def prepare(self, batch: Sequence[Asked]) -> tuple[Sequence[Asked], Any]:
        """The requests with their pixels, as tensors on the host."""
        images = [providers.decoded(asked.image) for asked in batch]
        return batch, self._processor.image_processor(images=images, return_tensors="pt")

    def answer(self, prepared: tuple[Sequence[Asked], Any]) -> list[Reply]:
        """One reply for each request: scale * cosine + bias for each text, as the model was trained."""
        batch, pixels = prepared
        with self._torch.inference_mode():
            seen = self._unit(self._model.get_image_features(**pixels.to(self._model.device, dtype=self._model.dtype)))
            self._learn([text for asked in batch for text in asked.texts])
            scores = [self._scores(row, asked.texts) for row, asked in zip(seen, batch, strict=True)]
        return [Reply(text="", finish="stop", scores=row, usage=Usage(), model=self._name) for row in scores]

    def _scores(self, seen: Any, texts: Sequence[str]) -> tuple[float, ...]:
        read = self._torch.stack([self._known[text] for text in texts])
        logits = self._model.logit_scale.exp() * (read @ seen)
        bias = getattr(self._model, "logit_bias", None)
        return tuple((logits if bias is None else logits + bias).float().tolist())

    def _learn(self, texts: Sequence[str]) -> None:
        """Embed the texts that are new."""
        if len(self._known) > KEPT:
            self._known.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if not new:
            return
        lengths = [len(ids) for ids in self._processor.tokenizer(new)["input_ids"]]
        if max(lengths) > self._longest:
            raise ValueError(f"a choice of {max(lengths)} tokens; the text encoder reads {self._longest}")
        tokens = self._processor.tokenizer(
            new,
            padding=self._padding,
            max_length=self._longest if self._padding == "max_length" else None,
            return_tensors="pt",
        ).to(self._model.device)
        for text, row in zip(new, self._unit(self._model.get_text_features(**tokens)), strict=True):
            self._known[text] = row

    def _unit(self, features: Any) -> Any:
        """Embeddings of length 1, shape (batch, width)."""
        found = getattr(features, "pooler_output", features)
        return found / found.norm(dim=-1, keepdim=True)
