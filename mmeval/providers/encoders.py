"""What a local model reads: prompts as tensors, by the processor of a checkpoint of Hugging Face transformers.

There are three kinds of checkpoint: those that chat, those from before chat, which take one image and a question, and
those that write down what is said in a sound.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from mmeval.errors import FatalError, MediaError
from mmeval.providers.local import decoded
from mmeval.providers.sounds import samples
from mmeval.types import Audio, Image, Media, Modality, Part, Prompt, Text, Video

__all__ = ["Chats", "Encoder", "encoded_chats", "encoder_for"]

DECODERS = 4
"""Threads that decode images and frames."""
TICKS = 1000
"""The clock of the frames of a film: times as whole milliseconds, exact also where frames come at no fixed rate."""
SOUND_TOKENS = 25
"""Tokens of a second of sound, about: what the encoders of most families make of it."""
KINDS: Sequence[Modality] = ("image", "audio")
"""What a made-up question can be about, best first."""
FRAMES = "; show it frames: --video frames=32"


class Encoder(ABC):
    """Makes tensors of prompts: `read` decodes their media, in several threads, and `tensors` runs in one at a time."""

    rehearses: Modality
    """What a made-up question before the run is about."""
    refused: Mapping[Modality, str | None]
    """Why prompts with parts of a kind cannot be asked; "" without a reason, None where they can."""

    def __init__(self, processor: Any, name: str) -> None:
        self._processor, self._name = processor, name
        self._decoders = ThreadPoolExecutor(max_workers=DECODERS, thread_name_prefix="mmeval-decode")
        self._sizes: dict[tuple[int, ...], int] = {}
        """Tokens of an image by height and width, of a film by frames, height and width."""

    @abstractmethod
    def check(self, prompt: Prompt) -> None:
        """Raise FatalError for what the model cannot be asked."""

    def read(self, prompts: Sequence[Prompt], system: str | None) -> list[Any]:
        """The prompts with their media decoded, for `tensors`; raises MediaError."""
        pictures = self._decoders.map(
            decoded, [one for prompt in prompts for part in prompt for one in _pictures(part)]
        )
        return [self._read(prompt, system, pictures) for prompt in prompts]

    @abstractmethod
    def _read(self, prompt: Prompt, system: str | None, pictures: Iterator[Any]) -> Any:
        """One prompt; takes as many of the pictures as it has."""

    @abstractmethod
    def tensors(self, read: Sequence[Any]) -> Any:
        """Tensors on the host, padded to the longest prompt."""

    def alike(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Which prompts may be padded to the same length, by their places in the sequence."""
        return [list(range(len(prompts)))]

    def lengths(self, prompts: Sequence[Prompt]) -> list[int]:
        """About how many tokens each prompt takes; those of its texts are counted."""
        texts = [" ".join(part.text for part in prompt if isinstance(part, Text)) for prompt in prompts]
        counted = map(len, self._processor.tokenizer(texts)["input_ids"])
        seen = (sum(self.tokens(part) for part in prompt if not isinstance(part, Text)) for prompt in prompts)
        return [a + b for a, b in zip(counted, seen, strict=True)]

    def tokens(self, part: Part) -> int:
        """About how many tokens a part of a prompt takes."""
        if isinstance(part, Text):
            return len(part.text) // 4
        if isinstance(part, Audio):
            return part.size // 2 * SOUND_TOKENS // self.rate
        size = part.height or 0, part.width or 0
        return self._seen((len(part.frames.images), *size) if part.frames else size)

    def _seen(self, size: tuple[int, ...]) -> int:
        """Tokens of an image or a film, as the processor counts them; where it cannot, as Qwen2-VL's does."""
        if size not in self._sizes:
            kind = "image" if len(size) == 2 else "video"
            try:
                found = self._processor._get_num_multimodal_tokens(**{f"{kind}_sizes": [size]})
                count = found[f"num_{kind}_tokens"][0]
            except Exception:  # noqa: BLE001 - half of the families have no such method, or one that fails
                count = size[-1] * size[-2] // 784 if kind == "image" else size[0] * self._seen(size[1:]) // 2
            self._sizes[size] = int(count)
        return self._sizes[size]

    @property
    def hearing(self) -> Any:
        """The part of the processor that takes sounds, or None."""
        return getattr(self._processor, "_audio_processor", None)

    @property
    def rate(self) -> int:
        """Samples per second that the model hears."""
        return int(getattr(self.hearing, "sampling_rate", None) or 16_000)

    @property
    def longest(self) -> float | None:
        """Seconds of a sound after which the processor cuts it off without a word; None: it does not."""
        seconds = getattr(self._processor, "max_audio_len", None)
        how = {name: one.default for name, one in inspect.signature(type(self.hearing).__call__).parameters.items()}
        how |= getattr(self._processor, "audio_kwargs", {})
        if seconds or how.get("truncation") is not True:
            return float(seconds) if seconds else None
        count = how.get("max_length") or getattr(self.hearing, "n_samples", None)
        return count / self.rate if count else None

    def heard(self, sound: Audio) -> Any:
        """The samples of a sound, shape (samples,); raises MediaError if it is longer than the model hears."""
        found, most = samples(sound, self.rate), self.longest
        if most is not None and len(found) > most * self.rate:
            seconds = len(found) / self.rate
            raise MediaError(f"{sound.source}: {seconds:.1f} s; the model hears {most:g} s: add --audio max={most:g}")
        return found


class Chats(Encoder):
    """Prompts of a checkpoint with a chat template: text, images, films and sounds in their order."""

    def __init__(self, processor: Any, name: str, template: str) -> None:
        super().__init__(processor, name)
        self.template = template
        self.refused = {kind: self._why_not(kind) for kind in (*KINDS, "video")}
        self.rehearses = next((kind for kind in KINDS if self.refused[kind] is None), "text")

    def check(self, prompt: Prompt) -> None:
        """Refuse parts that the checkpoint does not take."""
        for part in prompt:
            why = self.refused.get(part.kind)
            if why is not None:
                hint = FRAMES if part.kind == "video" else ""
                raise FatalError(f"{self._name}: {why or f'the model takes no {part.kind}'}{hint}", kind="unsupported")
            if isinstance(part, Video) and part.frames is None:
                raise FatalError(f"{self._name}: the film comes without its frames", kind="unsupported")

    def tensors(self, read: Sequence[Any]) -> Any:
        """Chats that wait for a reply."""
        return encoded_chats(self._processor, self.template, read, add_generation_prompt=True)

    def _read(self, prompt: Prompt, system: str | None, pictures: Iterator[Any]) -> list[dict[str, Any]]:
        """One prompt as a chat of the library."""
        opening = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
        return [*opening, {"role": "user", "content": [self._content(part, pictures) for part in prompt]}]

    def _content(self, part: Part, pictures: Iterator[Any]) -> dict[str, Any]:
        if isinstance(part, Text):
            return {"type": "text", "text": part.text}
        if isinstance(part, Audio):
            return {"type": "audio", "audio": self.heard(part)}
        if isinstance(part, Video):
            return _film(part, pictures)
        return {"type": "image", "image": next(pictures)}

    def _why_not(self, kind: str) -> str | None:
        """As `refused`."""
        part = {"image": "image_processor", "video": "video_processor"}.get(kind)
        there = getattr(self._processor, part, None) if part else self.hearing
        lacking = find_spec("torchvision") is None
        if there is None and kind == "video" and lacking and hasattr(self._processor, "video_processor"):
            return "its video processor needs torchvision: pip install torchvision"
        return None if there is not None and self._placed(kind) else ""

    def _placed(self, kind: str) -> bool:
        """Whether the chat template has a place for a part of this kind."""

        def written(*content: Mapping[str, Any]) -> str:
            chat = [{"role": "user", "content": [*content, {"type": "text", "text": "?"}]}]
            return str(self._processor.apply_chat_template(chat, chat_template=self.template, tokenize=False))

        try:
            return written({"type": kind, kind: "x"}) != written()
        except Exception:  # noqa: BLE001 - a template may refuse what it does not know
            return kind == "image"


class Captions(Encoder):
    """Prompts of a checkpoint from before chat, which captions an image or answers one question about it."""

    rehearses = "image"
    refused: Mapping[Modality, str | None] = {"image": None, "audio": "", "video": ""}

    def check(self, prompt: Prompt) -> None:
        """One image belongs to one text."""
        media = [part.kind for part in prompt if isinstance(part, Media)]
        if media != ["image"]:
            text = "has no chat template, so a prompt must hold exactly one image; this one holds"
            raise FatalError(f"{self._name}: {text} {', '.join(media) or 'none'}", kind="bad_request")

    def _read(self, prompt: Prompt, system: str | None, pictures: Iterator[Any]) -> tuple[Any, str]:
        """An image and a question; there is no place for a system prompt."""
        del system
        return next(pictures), _question(prompt)

    def tensors(self, read: Sequence[Any]) -> Any:
        """One image and one question each."""
        images, texts = map(list, zip(*read, strict=True))
        return self._processor(images=images, text=texts, padding=True, return_tensors="pt")

    def alike(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Those of equal length: some of these models count positions from the first token, padding included."""
        found: dict[int, list[int]] = {}
        for place, prompt in enumerate(prompts):
            found.setdefault(len(self._processor.tokenizer(_question(prompt))["input_ids"]), []).append(place)
        return list(found.values())


class Transcripts(Encoder):
    """The one sound of a prompt, for a checkpoint that writes down what is said; texts are left out."""

    rehearses = "audio"
    refused: Mapping[Modality, str | None] = {"image": "", "audio": None, "video": ""}

    def check(self, prompt: Prompt) -> None:
        """It hears one sound, and reads nothing."""
        media = [part.kind for part in prompt if isinstance(part, Media)]
        if media != ["audio"]:
            text = f"writes down what is said in one sound; this prompt holds {', '.join(media) or 'none'}"
            raise FatalError(f"{self._name}: {text}", kind="unsupported")

    def _read(self, prompt: Prompt, system: str | None, pictures: Iterator[Any]) -> Any:
        """The samples of the sound."""
        del system, pictures
        return next(self.heard(part) for part in prompt if isinstance(part, Audio))

    def tensors(self, read: Sequence[Any]) -> Any:
        """The sounds, each padded to the length that the model hears."""
        return self.hearing(list(read), sampling_rate=self.rate, return_tensors="pt")


def encoder_for(processor: Any, name: str) -> Encoder:
    """The encoder that fits a checkpoint; `name` is for messages."""
    template = getattr(processor, "chat_template", None) or getattr(processor.tokenizer, "chat_template", None)
    if isinstance(template, dict):
        template = template.get("default")
    if template is not None:
        return Chats(processor, name, template)
    return (Captions if hasattr(processor, "image_processor") else Transcripts)(processor, name)


def encoded_chats(
    processor: Any, template: str, chats: Sequence[Any], *, padding_side: str | None = None, **how: bool
) -> Any:
    """Chats with decoded media as tensors. Films are taken frame by frame as they are, at the times that they state.

    Args:
        processor: with a tokenizer.
        template: chat template.
        chats: as `Chats.chat` makes them.
        padding_side: another side than the tokenizer's.
        how: `add_generation_prompt` or `continue_final_message`.
    """
    parts = [part for chat in chats for message in chat for part in message["content"]]
    padding: dict[str, Any] = {"padding": True, **({"padding_side": padding_side} if padding_side else {})}
    # Sounds keep the padding that their encoder needs; said for all, this one would be theirs, too.
    more: dict[str, Any] = {"text_kwargs": padding} if any(part["type"] == "audio" for part in parts) else padding
    films = [part["metadata"] for part in parts if part["type"] == "video"]
    if films:
        # Some processors write down the times of frames, and forget to ask for them.
        more |= {"do_sample_frames": False, "video_metadata": films, "videos_kwargs": {"return_metadata": True}}
    inputs = processor.apply_chat_template(
        chats,
        chat_template=template,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs=more,
        **how,
    )
    inputs.pop("video_metadata", None)
    if films and "video_second_per_grid" in inputs:  # omni processors take a rate that is one for all films
        deep = processor.video_processor.temporal_patch_size
        seconds = [deep * film["duration"] / len(film["frames_indices"]) for film in films]
        inputs["video_second_per_grid"] = inputs["video_second_per_grid"].new_tensor(seconds)
    return inputs


def _pictures(part: Part) -> Sequence[Image]:
    """The pictures of a part: an image, or the frames of a film."""
    if isinstance(part, Image):
        return (part,)
    return part.frames.images if isinstance(part, Video) and part.frames else ()


def _film(film: Video, pictures: Iterator[Any]) -> dict[str, Any]:
    """A film with what the processor has to know about its frames."""
    import numpy as np

    shown = film.frames
    assert shown is not None, "`check` refuses a film without frames"
    images = [next(pictures) for _ in shown.images]
    if len({image.size for image in images}) > 1:
        raise MediaError(f"{film.source}: its frames have several sizes; show it as pictures: --video frames=32")
    last = max(1, round(shown.seconds * TICKS))
    about = {
        "total_num_frames": last, "fps": float(TICKS), "duration": shown.seconds, "width": images[0].width,
        "height": images[0].height, "frames_indices": [min(last - 1, round(at * TICKS)) for at in shown.times],
    }  # fmt: skip
    return {"type": "video", "video": np.stack([np.asarray(image) for image in images]), "metadata": about}


def _question(prompt: Prompt) -> str:
    """The prompt of a checkpoint without a chat template."""
    return f"Question: {' '.join(part.text for part in prompt if isinstance(part, Text))} Answer:"
