"""Runs any image-text-to-text checkpoint of Hugging Face transformers in this process.

transformers/Qwen/Qwen3-VL-2B-Instruct    a checkpoint on the hub; `-o revision=COMMIT` pins it
transformers/./my/checkpoint              a folder
transformers/demo-vlm                     the small model that ships with mmeval

Waiting requests are answered in batches. Decoding is greedy by default, and in float32 a reply then does not depend on
the rest of its batch.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mmeval import (
    Capabilities,
    FatalError,
    Image,
    Options,
    Prompt,
    Reply,
    Request,
    Text,
    Usage,
    catalog,
    providers,
)
from mmeval.engine.local import LocalModel

SHIPPED = ("demo-vlm",)
MOST_TOKENS = 1024
"""Longest reply by default; the library's own default is 20 tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOptions(Options):
    """Options of models that run in this process; None = the checkpoint's default."""

    revision: str | None = None
    """Commit, tag or branch on the hub."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """auto: float32 on a CPU, the checkpoint's precision on an accelerator."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    attn: str | None = None
    """Attention implementation: eager, sdpa, flash_attention_2, ..."""
    trust_remote_code: bool = False
    """Run the Python files of the checkpoint. Read them first and pin the revision."""
    batch_size: int = 16
    """Most requests in a batch; halved when a batch does not fit in memory."""
    wait_ms: int = 20
    """How long a request waits for others, to fill a batch."""
    threads: int | None = None
    """CPU threads; None: one for a small model, otherwise all cores."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with its options."""

    prompt: Prompt
    options: LocalOptions
    choices: tuple[str, ...] = ()
    """To be scored; none: a reply is wanted."""

    @property
    def images(self) -> int:
        """How many images the prompt holds."""
        return sum(isinstance(part, Image) for part in self.prompt)

    @property
    def sampled(self) -> bool:
        """Whether tokens are sampled at random."""
        return bool(self.options.temperature)

    @property
    def cost(self) -> int:
        """Approximate number of input tokens."""
        return sum(
            len(part.text) // 4 if isinstance(part, Text) else (part.width or 0) * (part.height or 0) // 784
            for part in self.prompt
        )


class Adapter(LocalModel[Asked]):
    """A processor and a model of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=frozenset({"text", "choice"}),
        scores="likelihood",
        options=LocalOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
    )

    _loaded: Loaded

    def __init__(self, model: str, options: LocalOptions) -> None:
        super().__init__(model, options, _folder(model))

    async def ask(self, request: Request, options: LocalOptions) -> Reply:
        """Answer in a batch with other waiting requests; raises FatalError or MediaError."""
        asked = Asked(request.prompt, options, request.choices if request.want == "choice" else ())
        if not self._loaded.takes(asked):
            text = "has no chat template, so a prompt must hold exactly one image"
            raise FatalError(f"{self.model}: {text}; this one holds {asked.images}", kind="bad_request")
        return await self._answer(asked)

    def _length(self, item: Asked) -> int:
        return item.cost

    def _group(self, item: Asked) -> Hashable:
        # Some families refuse a text-only prompt alone, but answer it beside an image of another prompt.
        if item.choices:
            return item.options.system, item.images > 0, "choice"
        return item.options, item.images > 0, id(item) if item.sampled else None

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"transformers/{self.model}",
            "an image-text-to-text model",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded:
    """A processor and a model in memory. All methods run in the worker thread."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: LocalOptions) -> None:
        self._torch, self._rows = torch, options.batch_size
        how = {"revision": options.revision or "main", "trust_remote_code": options.trust_remote_code}
        device = options.device if options.device != "auto" else providers.first_device(torch)
        dtype = options.dtype if options.dtype != "auto" or device != "cpu" else "float32"
        attention = {"attn_implementation": options.attn} if options.attn else {}
        self._model = library.AutoModelForImageTextToText.from_pretrained(where, dtype=dtype, **attention, **how)
        self._model.to(device).eval()
        self._processor = providers.load_processor(library, where, how, self._model.config)
        words = self._processor.tokenizer
        self._template = getattr(self._processor, "chat_template", None) or getattr(words, "chat_template", None)
        # BLIP passes the id to its decoder itself, and fails when it is an argument of `generate`, too.
        self._model.generation_config.pad_token_id = words.pad_token_id
        commit = getattr(self._model.config, "_commit_hash", None)
        self._name = f"{name}@{commit[:12]}" if commit else name
        self._ends = _ends(self._model.generation_config, words)
        threads = options.threads or providers.threads_for(self._model)
        torch.set_num_threads(threads)
        self.ran = {"device": str(self._model.device), "dtype": str(self._model.dtype), "threads": threads}

    def takes(self, asked: Asked) -> bool:
        """Whether the processor can encode the prompt: one without a chat template pairs one image with one text."""
        return self._template is not None or asked.images == 1

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        """One reply for each request; all have the same options, and want the same."""
        if batch[0].choices:
            return self._score(batch)
        replies = {id(asked): reply for part in self._alike(batch) for asked, reply in self._answer(part)}
        return [replies[id(asked)] for asked in batch]

    def _score(self, batch: Sequence[Asked]) -> list[Reply]:
        """The log-probabilities of the choices of each request."""
        if self._template is None:
            raise FatalError(f"{self._name}: has no chat template, and scores no options", kind="unsupported")
        began = time.perf_counter()
        asked = [(_chat(one, _images(one)), one.choices) for one in batch]
        found = providers.option_scores(
            self._torch, self._model, self._processor, self._template, asked, rows=self._rows
        )
        seconds = time.perf_counter() - began
        return [
            Reply(
                text="",
                finish="stop",
                scores=one.sums,
                tokens=one.tokens,
                usage=Usage(input=one.used, output=0),
                latency_s=seconds,
                model=self._name,
            )
            for one in found
        ]

    def _alike(self, batch: Sequence[Asked]) -> list[list[Asked]]:
        """Prompts that may be padded to the same length.

        The models without a chat template are older, and some count positions from the first token, padding included.
        """
        if self._template is not None:
            return [list(batch)]
        parts: dict[int, list[Asked]] = {}
        for asked in batch:
            parts.setdefault(len(self._processor.tokenizer(_question(asked))["input_ids"]), []).append(asked)
        return list(parts.values())

    def _answer(self, batch: Sequence[Asked]) -> list[tuple[Asked, Reply]]:
        began = time.perf_counter()
        inputs = self._encode(batch).to(self._model.device, dtype=self._model.dtype)
        with self._torch.inference_mode():
            made = self._model.generate(**inputs, **self._sampling(batch[0]))
        new = _new_tokens(made, inputs["input_ids"]).tolist()
        seconds = time.perf_counter() - began
        used = inputs["attention_mask"].sum(dim=1).tolist()
        rows = zip(batch, new, used, strict=True)
        return [(asked, self._reply(tokens, count, seconds)) for asked, tokens, count in rows]

    def _encode(self, batch: Sequence[Asked]) -> Any:
        images = [_images(asked) for asked in batch]
        if self._template is None:
            flat, texts = [row[0] for row in images], [_question(asked) for asked in batch]
            return self._processor(images=flat, text=texts, padding=True, return_tensors="pt")
        chats = [_chat(asked, row) for asked, row in zip(batch, images, strict=True)]
        how = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
        padded = {"padding": True}
        return self._processor.apply_chat_template(chats, chat_template=self._template, **how, processor_kwargs=padded)

    def _sampling(self, asked: Asked) -> dict[str, Any]:
        options = asked.options
        how: dict[str, Any] = {"max_new_tokens": options.max_tokens or MOST_TOKENS}
        if not asked.sampled:
            return {**how, "do_sample": False, "num_beams": 1, "temperature": None, "top_p": None, "top_k": None}
        if options.seed is None:
            self._torch.seed()
        else:
            self._torch.manual_seed(_seed(asked))
        return {**how, "do_sample": True, "temperature": options.temperature, "top_p": options.top_p or 1.0, "top_k": 0}

    def _reply(self, tokens: list[int], used: int, seconds: float) -> Reply:
        """Cut the reply at the first end token; without one it is truncated."""
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


def _images(asked: Asked) -> list[Any]:
    """The images of a prompt, decoded."""
    return [providers.decoded(part) for part in asked.prompt if isinstance(part, Image)]


def _new_tokens(made: Any, prompts: Any) -> Any:
    """The generated tokens without the prompt, shape (batch, new).

    A model that is given embeddings returns new tokens alone. BLIP returns the prompt with another first token and
    without its last one.
    """
    for length in (prompts.shape[1], prompts.shape[1] - 1):
        if made.shape[1] >= length > 1 and bool((made[:, 1:length] == prompts[:, 1:length]).all()):
            return made[:, length:]
    return made


def _question(asked: Asked) -> str:
    """The prompt of a checkpoint without a chat template, which captions an image or answers one question."""
    return f"Question: {' '.join(part.text for part in asked.prompt if isinstance(part, Text))} Answer:"


def _chat(asked: Asked, images: Sequence[Any]) -> list[dict[str, Any]]:
    """The prompt as a chat of the library: images and texts in their order."""
    left = iter(images)
    content = [
        {"type": "text", "text": part.text} if isinstance(part, Text) else {"type": "image", "image": next(left)}
        for part in asked.prompt
    ]
    system = asked.options.system
    opening = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
    return [*opening, {"role": "user", "content": content}]


def _seed(asked: Asked) -> int:
    """The seed of one request: independent of the requests before it."""
    parts = [part.text if isinstance(part, Text) else part.sha256 for part in asked.prompt]
    digest = hashlib.sha256("\0".join([str(asked.options.seed), *parts]).encode()).digest()
    return int.from_bytes(digest[:7], "big")


def _ends(generation: Any, words: Any) -> frozenset[int]:
    """The ids of the tokens that end a reply."""
    declared = generation.eos_token_id if generation.eos_token_id is not None else words.eos_token_id
    return frozenset(declared if isinstance(declared, list) else [declared])
