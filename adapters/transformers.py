"""Any image-text-to-text checkpoint of Hugging Face transformers, run in this process.

transformers/Qwen/Qwen3-VL-2B-Instruct    a checkpoint of the hub, `-o revision=COMMIT` pins it
transformers/./my/checkpoint              a folder
transformers/demo-vlm                     the small model that ships with mmeval

Questions that wait are answered together. Greedy by default: the reply does not depend on who shares the batch.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from mmeval import (
    Capabilities,
    FatalError,
    Image,
    MediaError,
    Options,
    Prompt,
    Reply,
    Request,
    Text,
    Usage,
    UsageError,
    catalog,
    providers,
)
from mmeval.engine.batching import Batcher

SHIPPED = ("demo-vlm",)
MOST_TOKENS = 1024
"""Of a reply, when nobody says how many: the library's own default would cut it after 20."""
SMALL = 50_000_000
"""Parameters up to which one thread is faster than several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOptions(Options):
    """Options of models that run here; None = the checkpoint's own."""

    revision: str | None = None
    """Commit, tag or branch on the hub."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """auto: float32 on a CPU, the checkpoint's own on an accelerator."""
    device: str = "auto"
    """auto: cuda, mps or cpu, the first that is there."""
    attn: str | None = None
    """Attention implementation: eager, sdpa, flash_attention_2, ..."""
    trust_remote_code: bool = False
    """Run the Python files of the checkpoint. Read them first and pin the revision."""
    batch_size: int = 16
    """Questions answered together at most; halved when memory does not suffice."""
    wait_ms: int = 20
    """How long a question waits for others."""
    threads: int | None = None
    """CPU threads; None: one for a small model, else all cores."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how to answer it."""

    prompt: Prompt
    options: LocalOptions

    @property
    def sampled(self) -> bool:
        """Whether tokens are drawn at random."""
        return bool(self.options.temperature)

    @property
    def cost(self) -> int:
        """About its number of tokens."""
        return sum(
            len(part.text) // 4 if isinstance(part, Text) else (part.width or 0) * (part.height or 0) // 784
            for part in self.prompt
        )


class Adapter:
    """A processor and a model of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        options=LocalOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
    )

    def __init__(self, model: str, options: LocalOptions) -> None:
        self.model = model
        self._options = options
        folder = _folder(model)
        self._where = str(folder.resolve()) if folder else model
        self.endpoint = f"local:{providers.checkpoint_digest(folder)}" if folder else "local"

    async def connect(self) -> None:
        """Load processor and weights in the worker thread; raises UsageError with the way out."""
        self._batcher: Batcher[Asked, Reply] = Batcher(
            lambda batch: self._loaded.answer(batch),
            size=self._options.batch_size,
            wait_s=self._options.wait_ms / 1000,
            length=lambda asked: asked.cost,
            group=lambda asked: (asked.options, id(asked) if asked.sampled else None),
            too_large=_too_large,
        )
        try:
            self._loaded: Loaded = await self._batcher.run(self._load)
        except BaseException:
            await self._batcher.close()
            raise
        self._ran = self._loaded.ran

    async def close(self) -> None:
        """Finish the batch under way and give the memory back."""
        await self._batcher.close()
        del self._loaded

    async def ask(self, request: Request, options: LocalOptions) -> Reply:
        """Answer together with what else waits; raises FatalError or MediaError."""
        try:
            return await self._batcher.submit(Asked(request.prompt, options))
        except MediaError:
            raise
        except Exception as error:
            if _too_large(error):
                raise FatalError(
                    f"{self.model}: this question alone does not fit in memory", kind="too_large"
                ) from None
            line = str(error).strip().partition("\n")[0][:200]
            raise FatalError(f"{self.model}: {type(error).__name__}: {line}", kind="bad_request") from error

    def describe(self) -> Mapping[str, Any]:
        """Where and how precisely it ran, and which weights."""
        return {**self._ran, "weights": self.endpoint.partition(":")[2] or None}

    def _load(self) -> Loaded:
        torch, library, hub = (
            providers.sdk(name, extra="transformers") for name in ("torch", "transformers", "huggingface_hub")
        )
        for speaker in (library.logging, hub.utils.logging):
            speaker.set_verbosity_error()
        library.logging.disable_progress_bar()
        try:
            return Loaded(torch, library, self._where, self.model, self._options)
        except (OSError, ValueError, KeyError, ImportError, AttributeError, RuntimeError) as error:
            raise UsageError(f"transformers/{self.model}: {_advice(error)}") from error


class Loaded:
    """A processor and a model in memory; everything here runs in the worker thread."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: LocalOptions) -> None:
        self._torch = torch
        how = {"revision": options.revision or "main", "trust_remote_code": options.trust_remote_code}
        device = options.device if options.device != "auto" else _device(torch)
        dtype = options.dtype if options.dtype != "auto" or device != "cpu" else "float32"
        attention = {"attn_implementation": options.attn} if options.attn else {}
        self._model = library.AutoModelForImageTextToText.from_pretrained(where, dtype=dtype, **attention, **how)
        self._model.to(device).eval()
        self._processor = _processor(library, where, how, self._model.config)
        words = self._processor.tokenizer
        words.padding_side = "left"
        if words.pad_token is None:
            words.pad_token = words.eos_token
        commit = getattr(self._model.config, "_commit_hash", None)
        self._name = f"{name}@{commit[:12]}" if commit else name
        self._ends = _ends(self._model.generation_config, words)
        threads = options.threads or _threads(self._model)
        torch.set_num_threads(threads)
        self.ran = {"device": str(self._model.device), "dtype": str(self._model.dtype), "threads": threads}

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        """One reply for each question; all have the same options."""
        began = time.perf_counter()
        inputs = self._encode(batch).to(self._model.device, dtype=self._model.dtype)
        with self._torch.inference_mode():
            made = self._model.generate(**inputs, **self._sampling(batch[0]))
        prompts, mask = inputs["input_ids"], inputs["attention_mask"]
        length = prompts.shape[1]
        # A model that is fed embeddings returns the new tokens alone.
        whole = made.shape[1] >= length and bool((made[:, :length] == prompts).all())
        new = made[:, length:] if whole else made
        seconds = time.perf_counter() - began
        used = mask.sum(dim=1).tolist()
        return [self._reply(tokens, count, seconds) for tokens, count in zip(new.tolist(), used, strict=True)]

    def _encode(self, batch: Sequence[Asked]) -> Any:
        pictures = [[_picture(part) for part in asked.prompt if isinstance(part, Image)] for asked in batch]
        chats = [_chat(asked, row) for asked, row in zip(batch, pictures, strict=True)]
        if self._processor.chat_template or self._processor.tokenizer.chat_template:
            how = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
            return self._processor.apply_chat_template(chats, **how, processor_kwargs={"padding": True})
        # Checkpoints without a chat template are captioners and question answerers of before chat.
        questions = [" ".join(part.text for part in asked.prompt if isinstance(part, Text)) for asked in batch]
        texts = [f"Question: {question} Answer:" for question in questions]
        flat = [picture for row in pictures for picture in row]
        return self._processor(images=flat or None, text=texts, padding=True, return_tensors="pt")

    def _sampling(self, asked: Asked) -> dict[str, Any]:
        options = asked.options
        how: dict[str, Any] = {
            "max_new_tokens": options.max_tokens or MOST_TOKENS,
            "pad_token_id": self._processor.tokenizer.pad_token_id,
        }
        if not asked.sampled:
            return {**how, "do_sample": False, "num_beams": 1, "temperature": None, "top_p": None, "top_k": None}
        if options.seed is None:
            self._torch.seed()
        else:
            self._torch.manual_seed(_seed(asked))
        return {**how, "do_sample": True, "temperature": options.temperature, "top_p": options.top_p or 1.0, "top_k": 0}

    def _reply(self, tokens: list[int], used: int, seconds: float) -> Reply:
        """Cut at the first end token; without one the reply was too long."""
        end = next((i for i, token in enumerate(tokens) if token in self._ends), None)
        said = tokens if end is None else tokens[:end]
        text = self._processor.tokenizer.decode(said, skip_special_tokens=True).strip()
        usage = Usage(input=used, output=len(tokens) if end is None else end + 1)
        finish: Literal["stop", "length"] = "length" if end is None else "stop"
        return Reply(text=text, finish=finish, usage=usage, latency_s=seconds, model=self._name)


def _folder(model: str) -> Path | None:
    """The folder that holds the checkpoint, or None for a name on the hub."""
    if model in SHIPPED:
        return catalog.bundled() / "adapters" / "weights" / model
    return providers.checkpoint_folder("transformers", model)


def _processor(library: Any, where: str, how: dict[str, Any], config: Any) -> Any:
    """The checkpoint's processor; where only its video half needs torchvision, a processor for pictures."""
    try:
        return library.AutoProcessor.from_pretrained(where, **how)
    except (ImportError, ValueError, AttributeError):
        names = import_module("transformers.models.auto.processing_auto").PROCESSOR_MAPPING_NAMES
        base = getattr(library, names.get(config.model_type, ""), None)
        if base is None or library.utils.is_torchvision_available():
            raise
    return _pictures_only(library, base).from_pretrained(where, **how)


def _pictures_only(library: Any, base: Any) -> Any:
    """A processor class without a part for videos, which exists for torchvision alone."""

    class Two(library.ProcessorMixin):  # type: ignore[misc]
        # Stands behind `base` in the order of resolution: it takes what `base` hands on, and drops the video part.
        def __init__(
            self, image_processor: Any = None, tokenizer: Any = None, video: Any = None, chat_template: Any = None
        ) -> None:
            del video
            library.ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)
            self.video_processor = None

    class Pictures(base, Two):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

    return type(base.__name__, (Pictures,), {})


def _chat(asked: Asked, pictures: Sequence[Any]) -> list[dict[str, Any]]:
    """The prompt as the library's chat: pictures and texts in their order."""
    left = iter(pictures)
    content = [
        {"type": "text", "text": part.text} if isinstance(part, Text) else {"type": "image", "image": next(left)}
        for part in asked.prompt
    ]
    system = asked.options.system
    opening = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
    return [*opening, {"role": "user", "content": content}]


def _picture(part: Image) -> Any:
    """Decoded, upright, RGB; raises MediaError."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with Pillow.open(io.BytesIO(part.read())) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise MediaError(f"{part.source or part.sha256[:12]}: {error}") from None


def _seed(asked: Asked) -> int:
    """Of one question: the same whatever was asked before it."""
    parts = [part.text if isinstance(part, Text) else part.sha256 for part in asked.prompt]
    digest = hashlib.sha256("\0".join([str(asked.options.seed), *parts]).encode()).digest()
    return int.from_bytes(digest[:7], "big")


def _ends(generation: Any, words: Any) -> frozenset[int]:
    """Ids of the tokens that end a reply."""
    declared = generation.eos_token_id if generation.eos_token_id is not None else words.eos_token_id
    return frozenset(declared if isinstance(declared, list) else [declared])


def _device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _threads(model: Any) -> int:
    """One for a small model, else one for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if model.num_parameters() <= SMALL else cores


def _too_large(error: Exception) -> bool:
    text = str(error)
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def _advice(error: Exception) -> str:
    """One line about a checkpoint that cannot be loaded."""
    text = " ".join(str(error).split())
    if "trust_remote_code" in text:
        return "needs Python files of its own: read them, then -o trust_remote_code=true -o revision=COMMIT"
    if "Unrecognized configuration class" in text:
        return "is no image-text-to-text model"
    return f"cannot be loaded: {text[:240]}"
