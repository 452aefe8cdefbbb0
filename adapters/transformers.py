"""Runs checkpoints of Hugging Face transformers in this process that make text of images, films or sounds.

transformers/Qwen/Qwen3-VL-2B-Instruct    a checkpoint on the hub; `-o revision=COMMIT` pins it
transformers/./my/checkpoint              a folder
transformers/openai/whisper-small         writes down what is said in a sound
transformers/demo-vlm                     a small model that ships with mmeval; demo-vlm-small is a smaller one

Waiting requests are answered in batches. Decoding is greedy by default, and in float32 a reply then does not depend on
the rest of its batch.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
import wave
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mmeval import (
    Capabilities,
    FatalError,
    Prompt,
    Reply,
    Request,
    Text,
    Usage,
    UsageError,
    catalog,
    media,
    providers,
)
from mmeval.definitions import added
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import LoadOptions, load_weights, lora_folder
from mmeval.types import Modality, Part

SHIPPED = ("demo-vlm", "demo-vlm-small")
MOST_TOKENS = 1024
"""Longest reply by default; the library's own default is 20 tokens."""
REPLY = 128
"""Tokens for which a batch leaves room in a reply, until a longer one has come."""
OPENING = 8
"""Positions of a decoder of speech for the tokens of language and task. It refuses to go beyond the last one."""
WINDOW = 512
"""Requests that wait at once: four full batches, so that those of one batch can be of similar length."""
FIRST_TOKENS = 16_384
"""Most tokens in the first batch; the later ones grow."""
READ = 2048
"""Tokens of prompts, padding included, that the model reads at once."""
NO_TEMPLATE = "it has no chat template (chat_template.jinja); copy it from the base model"
NAMES = {"image": "image", "audio": "sound"}
COMPILERS = ("torch._dynamo", "torch._inductor")
"""Modules whose errors tell that a model cannot be compiled."""
REHEARSAL = ("Which colour is in this picture, red or blue?", "What is it?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOptions(LoadOptions):
    """Options of models that run in this process; None = the checkpoint's default."""

    batch_size: int = 128
    """Most requests in a batch; how many there are depends on their length and on the memory."""
    wait_ms: int = 20
    """How long a batch that is not full waits for the next request."""
    gpus: int | Literal["all"] = "all"
    """How many GPUs, each with a copy of the model in a process of its own."""
    threads: int | None = None
    """CPU threads; None: one for a small model, otherwise all cores."""
    top_k: int | None = added(None)
    """Sample only from this many tokens."""
    repetition_penalty: float | None = added(None)
    """Factor against tokens that prompt or reply already hold; 1 changes nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with its options."""

    prompt: Prompt
    options: LocalOptions
    choices: tuple[str, ...] = ()
    """To be scored; none: a reply is wanted."""

    @property
    def kinds(self) -> frozenset[Modality]:
        """Which kinds of parts the prompt has. Some processors mix up those of prompts that differ in it."""
        return frozenset(part.kind for part in self.prompt)

    @property
    def sampled(self) -> bool:
        """Whether tokens are sampled at random."""
        return bool(self.options.temperature)


@dataclass(frozen=True, slots=True)
class Ready:
    """Requests that the model answers together, with what the processor made of them."""

    asked: Sequence[Asked]
    places: Sequence[int]
    """Of the requests in their batch."""
    read: Sequence[Any]
    """The prompts with their media decoded."""
    inputs: Any = None
    """Tensors on the host; None where choices are scored."""


Prepared = Sequence[Ready]
"""A batch, in parts whose prompts are padded to the same length."""


class Adapter(LocalModel[Asked]):
    """A processor and a model of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image", "video", "audio"}),
        frames=True,
        wants=frozenset({"text", "choice"}),
        scores="likelihood",
        options=LocalOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "gpus", "threads"}),
        queue=WINDOW,
        request_options=frozenset({"top_k", "repetition_penalty"}),
    )

    _loaded: Loaded

    @classmethod
    def capabilities_for(cls, model: str) -> Capabilities:
        """Without the kinds of media of which the files of the checkpoint know nothing."""
        folder = _folder(model)
        return replace(cls.capabilities, inputs=providers.checkpoint_inputs(folder)) if folder else cls.capabilities

    def __init__(self, model: str, options: LocalOptions) -> None:
        lora = lora_folder(options)
        super().__init__(model, options, _folder(model), *([lora] if lora else []))
        self.capabilities = self.capabilities_for(model)

    def replicas(self) -> int:
        """A copy for each GPU, unless one is named or the layers are spread over all; raises UsageError."""
        alone = self._options.device_map or self._options.device not in ("auto", "cuda")
        return 1 if alone else providers.gpu_copies(self._options.gpus)

    async def ask(self, request: Request, options: LocalOptions) -> Reply:
        """Answer in a batch with other waiting requests; raises FatalError or MediaError."""
        asked = Asked(request.prompt, options, request.choices if request.want == "choice" else ())
        self._loaded.encoder.check(asked.prompt)
        return await self._answer(asked)

    def _length(self, item: Asked) -> int:
        return self._loaded.length(item)

    def _group(self, item: Asked) -> Hashable:
        # Some families refuse a text-only prompt alone, but answer it beside an image of another prompt.
        if item.choices:
            return item.options.system, item.kinds, "choice"
        return item.options, item.kinds, id(item) if item.sampled else None

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"transformers/{self.model}",
            "a model that makes text of images, films or sounds",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options),
        )


class Loaded:
    """A processor and a model in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: LocalOptions) -> None:
        self._torch = torch
        config = providers.load_config(library, where, options.source)
        self._processor = providers.load_processor(library, where, options.source, config)
        self._model = load_weights(torch, library, where, options, config)
        providers.tell_types(self._processor, self._model)
        words = self._processor.tokenizer
        # BLIP passes the id to its decoder itself, and fails when it is an argument of `generate`, too.
        self._model.generation_config.pad_token_id = words.pad_token_id
        commit = getattr(self._model.config, "_commit_hash", None)
        self._name = f"{name}@{commit[:12]}" if commit else name
        self.encoder = providers.encoder_for(self._processor, name)
        template = getattr(self.encoder, "template", "")  # `prepare` refuses to score options without one
        self._options = providers.OptionScores(torch, self._model, self._processor, template, rows=options.batch_size)
        self._ends = providers.end_tokens(self._model.generation_config, words)
        threads = options.threads or providers.threads_for(self._model)
        torch.set_num_threads(threads)
        self._reading = threading.Lock()
        """Held by the thread that uses the processor: tokenizers cannot be used by two."""
        self._longest = REPLY
        """Tokens of the longest reply so far."""
        self.memory = providers.DeviceMemory(torch, self._model.device)
        self.first_tokens = min(FIRST_TOKENS, providers.fitting_tokens(self._model, self.memory.free))
        self._leave, self.joins = self._rehearsed()
        self.ran = {
            "device": str(self._model.device), "card": providers.card(torch, self._model.device),
            "dtype": str(self._model.dtype), "threads": threads, "early_leave": self._leave, "late_join": self.joins,
        }  # fmt: skip

    def length(self, asked: Asked) -> int:
        """About how many tokens the request takes in a batch: text, images and reply, or all of its options."""
        prompt = sum(map(self.encoder.tokens, asked.prompt))
        if asked.choices:
            return sum(prompt + len(choice) // 4 for choice in asked.choices)
        return prompt + min(self._longest, asked.options.max_tokens or MOST_TOKENS)

    # Before the device: decode media, make tensors

    def prepare(self, batch: Sequence[Asked]) -> Prepared:
        """What `answer` needs; all requests have the same options, and want the same."""
        if batch[0].choices and not isinstance(self.encoder, providers.Chats):
            raise FatalError(f"{self._name}: has no chat template, and scores no options", kind="unsupported")
        with self._reading:
            parts = self._alike(batch)
        return [self._encoded([batch[place] for place in part], part) for part in parts]

    def _alike(self, batch: Sequence[Asked]) -> list[list[int]]:
        """Places of prompts that are padded to one length: of those of similar length, if they can be joined later."""
        prompts = [asked.prompt for asked in batch]
        if not self.joins or batch[0].choices or not isinstance(self.encoder, providers.Chats):
            return self.encoder.alike(prompts)
        return providers.by_length(range(len(batch)), self.encoder.lengths(prompts), READ)

    def _encoded(self, batch: Sequence[Asked], places: Sequence[int]) -> Ready:
        read = self.encoder.read([asked.prompt for asked in batch], batch[0].options.system)
        if batch[0].choices:
            return Ready(batch, places, read)
        with self._reading:
            return Ready(batch, places, read, self.encoder.tensors(read))

    # On the device

    def answer(self, prepared: Prepared, more: Callable[[], Prepared | None]) -> Iterator[tuple[int, Reply]]:
        """The place of each request in its batch, and its reply, as soon as it is there."""
        first = prepared[0].asked[0]
        if first.choices:
            for part in prepared:
                yield from zip(part.places, self._score(part), strict=True)
        elif self._leave and not first.sampled:
            for some in [prepared] if self.joins else [[part] for part in prepared]:
                yield from self._replies(self._together(some, more if self.joins else None))
        else:
            for part in prepared:
                yield from self._replies(providers.usual_way(self._model, self._inputs(part), self._sampling(first)))

    def _together(self, parts: Prepared, more: Callable[[], Prepared | None] | None) -> Iterator[providers.Said]:
        """Of prompts that are read part by part; each reply leaves when it has ended, and others join."""
        further = None if more is None else lambda: [self._inputs(part) for part in more() or ()]
        inputs, how = [self._inputs(part) for part in parts], self._sampling(parts[0].asked[0])
        return providers.early_leave(self._model, inputs, how, further)

    def _inputs(self, part: Ready) -> tuple[Sequence[int], Any]:
        return part.places, part.inputs.to(self._model.device, dtype=self._model.dtype)

    def _replies(self, said: Iterable[providers.Said]) -> Iterator[tuple[int, Reply]]:
        for one in said:
            reply = self._reply(one)
            self._longest = max(self._longest, reply.usage.output or 0)
            yield one.place, reply

    def _score(self, part: Ready) -> list[Reply]:
        """The log-probabilities of the choices of each request."""
        began = time.perf_counter()
        asked = [(chat, one.choices) for chat, one in zip(part.read, part.asked, strict=True)]
        with self._reading:
            found = self._options.scored(asked)
        shared: dict[str, Any] = {"text": "", "finish": "stop", "model": self._name}
        shared["latency_s"] = time.perf_counter() - began
        return [
            Reply(scores=one.sums, tokens=one.tokens, usage=Usage(input=one.used, output=0), **shared) for one in found
        ]

    def _rehearsed(self) -> tuple[bool, bool]:
        """Answer two made-up questions, so that a checkpoint that cannot do so is found before the run.

        Returns:
            Whether a reply that has ended can leave its batch, and whether others can join it meanwhile.
        """
        chats = isinstance(self.encoder, providers.Chats)
        about = _sample(self.encoder.rehearses, self.encoder.rate)
        texts = REHEARSAL if chats else REHEARSAL[:1] * 2
        asked = [Asked((*about, Text(text)), LocalOptions(max_tokens=4)) for text in texts]
        try:
            (_, both), (_, one), (_, other) = [
                self._inputs(self._encoded(a, [])) for a in (asked, asked[:1], asked[1:])
            ]
            leaves = "input_ids" in both and providers.leaves_cleanly(self._model, both)
            return leaves, leaves and providers.joins_cleanly(self._model, both, [one, other])
        except Exception as error:
            if providers.too_large(error):
                raise
            template = "" if chats else f"; {NO_TEMPLATE}"
            text = " ".join(str(error).split())[:300]
            if type(error).__module__.startswith(COMPILERS):
                raise UsageError(f"-o compile=true: {type(error).__name__}: {text}; leave it out") from error
            raise UsageError(
                f"cannot answer a question about a small {NAMES.get(self.encoder.rehearses, 'text')}: "
                f"{type(error).__name__}: {text}{template}"
            ) from error

    def _sampling(self, asked: Asked) -> dict[str, Any]:
        options = asked.options
        most = options.max_tokens or MOST_TOKENS
        positions = getattr(self._model.config, "max_target_positions", None)
        how: dict[str, Any] = {"max_new_tokens": min(most, positions - OPENING) if positions else most}
        if options.repetition_penalty is not None:
            how["repetition_penalty"] = options.repetition_penalty
        if not asked.sampled:
            return {**how, "do_sample": False, "num_beams": 1, "temperature": None, "top_p": None, "top_k": None}
        if options.seed is None:
            self._torch.seed()
        else:
            self._torch.manual_seed(_seed(asked))
        top = {"top_p": options.top_p or 1.0, "top_k": options.top_k or 0}
        return {**how, "do_sample": True, "temperature": options.temperature, **top}

    def _reply(self, made: providers.Said) -> Reply:
        """Cut the reply at the first end token; without one it is truncated."""
        end = next((i for i, token in enumerate(made.tokens) if token in self._ends), None)
        text = self._processor.tokenizer.decode(made.tokens[:end], skip_special_tokens=True).strip()
        usage = Usage(input=made.used, output=len(made.tokens) if end is None else end + 1)
        finish: Literal["stop", "length"] = "length" if end is None else "stop"
        return Reply(text=text, finish=finish, usage=usage, latency_s=made.seconds, model=self._name)


def _folder(model: str) -> Path | None:
    """The folder that holds the checkpoint, or None for a name on the hub."""
    if model in SHIPPED:
        return catalog.bundled() / "adapters" / "weights" / model
    return providers.checkpoint_folder("transformers", model)


def _sample(kind: Modality, rate: int) -> tuple[Part, ...]:
    """A small red picture, two seconds of silence, or nothing."""
    out = io.BytesIO()
    if kind == "image":
        from PIL import Image as Pillow

        Pillow.new("RGB", (64, 64), (200, 30, 30)).save(out, "PNG")
        return (media.image(out.getvalue()),)
    if kind == "audio":
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(bytes(4 * rate))
        return (media.audio(out.getvalue()),)
    return ()


def _seed(asked: Asked) -> int:
    """The seed of one request: independent of the requests before it."""
    parts = [part.text if isinstance(part, Text) else part.sha256 for part in asked.prompt]
    digest = hashlib.sha256("\0".join([str(asked.options.seed), *parts]).encode()).digest()
    return int.from_bytes(digest[:7], "big")
