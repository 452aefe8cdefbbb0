"""Images, films and sounds made on this machine, through `diffusers`.

diffusers/stabilityai/stable-diffusion-xl-base-1.0   a pipeline on the hub; `-o revision=COMMIT` pins it
diffusers/./my/pipeline                              a folder

Every text-to-image, text-to-video and text-to-audio pipeline of the library works, and those that change an image or
begin a film with it: the image of the prompt, and a second one as the mask where there is one. A text-to-image pipeline
changes an image by the image-to-image pipeline of its family. All prompts begin with the same seed, `-o seed=` (0
unless given); a repetition adds one. So a reply can be made again with the library alone. Weights are read from
safetensors files only.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import io
import math
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mmeval import Capabilities, FatalError, Image, Options, Reply, Request, UsageError, animate, media, providers
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import check_pipeline, found_device
from mmeval.media.images import decoded
from mmeval.types import MEDIA, Form, Media

INDEX = "model_index.json"
WAYS = "use -o dtype=bfloat16, or another -o device"
NAMES = {
    "width": ("width",),
    "height": ("height",),
    "steps": ("num_inference_steps",),
    "guidance": ("true_cfg_scale", "guidance_scale", "distilled_guidance_scale", "max_guidance_scale"),
    "negative": ("negative_prompt",),
    "frames": ("num_frames", "video_length", "frames"),
    "fps": ("frame_rate", "fps", "target_fps"),
    "seconds": ("audio_length_in_s", "audio_end_in_s", "audio_duration", "audio_duration_s", "duration"),
}
"""Our options and what pipelines call them, the first that a pipeline has."""
FPS = 8
"""Frames per second of a film whose pipeline does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusersOptions(Options):
    """Options of pipelines; None = the pipeline's default."""

    width: int | None = None
    """Pixels, as height."""
    height: int | None = None
    steps: int | None = None
    """Denoising steps."""
    guidance: float | None = None
    """How closely the prompt is followed (classifier-free guidance)."""
    negative: str | None = None
    """What should not be there."""
    frames: int | None = None
    """Of a film."""
    fps: int | None = None
    """Frames per second of a film; those of the pipeline, or else 8, unless given."""
    seconds: float | None = None
    """Length of a sound."""
    revision: str | None = None
    """Commit, tag or branch on the hub."""
    variant: str | None = None
    """Of the weight files, such as fp16."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """Precision of the weights."""
    device: str = "auto"
    """auto: the first available of cuda, mps and cpu."""
    trust_remote_code: bool = False
    """Run the Python files of the pipeline. Read them first and pin the revision."""
    batch_size: int = 1
    """Most prompts in a batch; halved when a batch does not fit in memory. More than one can change the last bit of a
    pixel."""
    wait_ms: int = 20
    """How long a prompt waits for others, to fill a batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to make."""

    text: str
    seed: int
    want: str
    pictures: tuple[Image, ...] = ()
    """What is changed, and its mask."""


class Adapter(LocalModel[Asked]):
    """A pipeline of `diffusers`, behind a queue."""

    engine = "diffusers"
    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        wants=MEDIA,
        options=DiffusersOptions,
        extra="diffusers",
        sdk="diffusers",
        transport_options=frozenset({"batch_size", "wait_ms"}),
        queue=64,
    )

    _loaded: Pipeline

    def __init__(self, model: str, options: DiffusersOptions) -> None:
        for name in ("width", "height", "steps", "frames", "seconds", "fps", "batch_size"):
            value = getattr(options, name)
            if value is not None and value <= 0:
                raise UsageError(f"-o {name}={value}: must be positive")
        folder = providers.checkpoint_folder("diffusers", model, index=INDEX)
        super().__init__(model, options, folder)
        if folder is not None:
            parts = [folder, *sorted(part for part in folder.iterdir() if part.is_dir())]
            digests = "".join(map(providers.checkpoint_digest, parts))
            self.endpoint = f"local:{hashlib.sha256(digests.encode()).hexdigest()[:12]}"

    async def ask(self, request: Request, options: DiffusersOptions) -> Reply:
        """Make one image, sound or film; raises FatalError."""
        text, pictures = providers.text_and_images(request)
        if request.want != self._loaded.makes:
            raise FatalError(f"{self.model} makes {self._loaded.makes}, not {request.want}", kind="unsupported")
        self._loaded.admit(len(pictures))
        return await self._answer(Asked(text, (options.seed or 0) + request.epoch - 1, request.want, tuple(pictures)))

    def form(self, request: Request, options: DiffusersOptions) -> Form:
        """The size and the length that were asked for. The codec of films takes even sides."""
        width, height = options.width, options.height
        if request.want == "video":
            width, height = width and width - width % 2, height and height - height % 2
        film = options.frames / options.fps if options.frames and options.fps else None
        return Form(width=width, height=height, seconds=film if request.want == "video" else options.seconds)

    def _group(self, item: Asked) -> Hashable:
        return id(item) if item.pictures else item.want  # pipelines differ in whether they take several pictures

    def _load(self) -> Pipeline:
        providers.sdk("diffusers", extra="diffusers")
        return providers.load_checkpoint(
            f"diffusers/{self.model}",
            "a pipeline of diffusers",
            lambda torch, _: Pipeline(torch, self._where, self.model, self._options),
        )


class Pipeline:
    """A pipeline in memory."""

    joins = False

    def __init__(self, torch: Any, where: str, name: str, options: DiffusersOptions) -> None:
        diffusers: Any = importlib.import_module("diffusers")
        speaker = importlib.import_module("diffusers.utils.logging")
        speaker.set_verbosity(speaker.CRITICAL)  # an error is raised, too
        speaker.disable_progress_bar()
        device = found_device(torch, options.device)
        free = providers.DeviceMemory(torch, device).free
        check_pipeline(where, options.revision or "main", options.dtype, free, device, WAYS)
        how = {"revision": options.revision, "variant": options.variant, "trust_remote_code": options.trust_remote_code}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipe = diffusers.DiffusionPipeline.from_pretrained(
                where, dtype=getattr(torch, options.dtype), use_safetensors=True, **providers.drop_none(how)
            )
        self._pipe = pipe.to(device)
        self._pipe.set_progress_bar_config(disable=True)
        self._torch, self._name, self._fps = torch, name, _fps(self._pipe, options)
        self._given, self._size = _given(self._pipe, options), (options.width, options.height)
        self.makes = _makes(self._pipe)
        self.memory, self.first_tokens = providers.DeviceMemory(torch, device), options.batch_size
        threads = providers.threads_for(self)
        torch.set_num_threads(threads)
        self.ran = {"device": device, "dtype": options.dtype, "threads": threads, "pipeline": type(pipe).__name__}

    def admit(self, pictures: int) -> None:
        """Raise FatalError for a prompt with more or fewer pictures than the pipeline takes."""
        if not pictures and not self._draws:
            raise FatalError(f"{self._name} changes pictures, and the prompt has none", kind="unsupported")
        takes = _takes(self._editor) if pictures and self._editor else {}
        wanted = [name for name in ("image", "mask_image") if name in takes]
        if pictures and pictures != len(wanted):
            told = " and ".join(wanted) or "no picture"
            raise FatalError(f"{self._name} takes {told}, and the prompt has {pictures}", kind="unsupported")
        steps, strength = self._given.get("num_inference_steps"), getattr(takes.get("strength"), "default", None)
        if steps and isinstance(strength, float) and int(steps * strength) < 1:
            told = f"-o steps={steps}: a picture is changed in {strength:g} of the steps"
            raise FatalError(f"{told}; use at least {math.ceil(1 / strength)}", kind="bad_request")

    @property
    def _draws(self) -> bool:
        """Whether the pipeline makes something of a text alone."""
        tables: Any = importlib.import_module("diffusers.pipelines.auto_pipeline")
        optional = (
            *tables.AUTO_TEXT2IMAGE_PIPELINES_MAPPING.values(),
            *tables.AUTO_TEXT2VIDEO_PIPELINES_MAPPING.values(),
        )
        return "image" not in _takes(self._pipe) or isinstance(self._pipe, optional)

    @functools.cached_property
    def _editor(self) -> Any:
        """The pipeline that changes pictures: this one, or one of the same parts; None if its family has none."""
        if "image" in _takes(self._pipe):
            return self._pipe
        diffusers: Any = importlib.import_module("diffusers")
        try:
            made = diffusers.AutoPipelineForImage2Image.from_pipe(self._pipe)
        except ValueError:
            return None
        made.set_progress_bar_config(disable=True)
        return made

    def num_parameters(self) -> int:
        """Of all parts."""
        parts = (part for part in self._pipe.components.values() if isinstance(part, self._torch.nn.Module))
        return sum(weights.numel() for part in parts for weights in part.parameters())

    def prepare(self, batch: Sequence[Asked]) -> Sequence[Asked]:
        """The prompts as they are: pipelines tokenize themselves."""
        return batch

    def answer(self, prepared: Sequence[Asked], _: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """One reply for each prompt; each has a generator of its own, so that none changes what another one draws."""
        made = self._changed if prepared[0].pictures else self._drawn
        with self._torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries to each other
            out = made(prepared)
        flags = getattr(out, "nsfw_content_detected", None) or [False] * len(prepared)
        found = self._media(out)
        for place, one in enumerate(zip(prepared, found, flags, strict=True)):
            yield place, self._reply(*one)

    def _drawn(self, prepared: Sequence[Asked]) -> Any:
        """What a pipeline makes of texts."""
        generators = [self._torch.Generator("cpu").manual_seed(asked.seed) for asked in prepared]
        texts = [asked.text for asked in prepared]
        return self._pipe(prompt=texts, generator=generators, **OUTPUT[self.makes], **self._given)

    def _changed(self, prepared: Sequence[Asked]) -> Any:
        """What a pipeline makes of a picture. Where it takes no size, the picture gets it before."""
        (asked,), takes = prepared, _takes(self._editor)
        given = {name: value for name, value in self._given.items() if name in takes}
        if "prompt" in takes:
            given["prompt"] = asked.text
        given |= dict(zip(("image", "mask_image"), map(self._opened, asked.pictures), strict=False))
        generator = self._torch.Generator("cpu").manual_seed(asked.seed)
        return self._editor(generator=generator, **OUTPUT[self.makes], **given)

    def _opened(self, picture: Image) -> Any:
        opened, (width, height) = decoded(picture).convert("RGB"), self._size
        return opened.resize((width or opened.width, height or opened.height))

    def _reply(self, asked: Asked, made: Media, unsafe: bool) -> Reply:
        if unsafe:  # the pipeline has blacked the picture out
            return Reply(text="", finish="filtered", model=self._name, seed=asked.seed)
        return Reply(text="", finish="stop", media=(made,), model=self._name, seed=asked.seed)

    def _media(self, out: Any) -> list[Media]:
        if self.makes == "image":  # Kandinsky 5 names them in the singular
            return [media.image(_png(picture)) for picture in getattr(out, "images", None) or out.image]
        if self.makes == "video":
            return [media.video(_film(frames, self._fps)) for frames in out.frames]
        return [media.audio(_wav(sound, _rate(self._pipe))) for sound in out.audios]


OUTPUT: Mapping[str, Mapping[str, str]] = {
    "image": {"output_type": "pil"}, "video": {"output_type": "pil"}, "audio": {"output_type": "np"},
}  # fmt: skip


def _takes(pipe: Any) -> Mapping[str, Any]:
    """What a pipeline can be called with."""
    return inspect.signature(pipe.__call__).parameters


def _makes(pipe: Any) -> Literal["image", "audio", "video"]:
    """What a pipeline makes, by what its `__call__` takes: films have frames, sounds a length in seconds."""
    takes = _takes(pipe)
    if any(name in takes for name in NAMES["seconds"]):
        return "audio"
    return "video" if any(name in takes for name in NAMES["frames"]) else "image"


def _named(own: str, takes: Mapping[str, Any]) -> str | None:
    """What a pipeline calls one of our options; None if it has no such setting."""
    found = [name for name in NAMES[own] if name in takes]
    if len(found) > 1 and found[0] == "true_cfg_scale" and takes[found[0]].default <= 1:  # off, as in FLUX
        return found[1]
    return found[0] if found else None


def _fps(pipe: Any, options: DiffusersOptions) -> int:
    """Frames per second of a film: as asked for, or as the pipeline makes them unless told otherwise."""
    takes = _takes(pipe)
    name = _named("fps", takes)
    own = takes[name].default if name else None
    return options.fps or (round(own) if isinstance(own, int | float) else FPS)


def _given(pipe: Any, options: DiffusersOptions) -> dict[str, Any]:
    """The options as the pipeline calls them; raises UsageError for one that it does not have."""
    takes, found = _takes(pipe), {}
    for own in NAMES:
        value, name = getattr(options, own), _named(own, takes)
        if value is None:
            continue
        if name is None and own in ("width", "height") and "image" in takes:
            continue  # the picture is brought to this size
        if name is None and own == "fps" and _makes(pipe) == "video":
            continue  # the film has this rate, and the pipeline knows of none
        if name is None:
            raise UsageError(f"-o {own}: {type(pipe).__name__} has no such setting; leave it out")
        found[name] = value
    if "max_area" in takes and options.width and options.height:  # FLUX Kontext takes only the ratio of the sides
        found["max_area"] = options.width * options.height
    return found


def _png(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _film(frames: Sequence[Any], fps: int) -> bytes:
    """Frames as a film; the codec needs even sides, so an odd row or column is cut off."""
    width, height = (side - side % 2 for side in frames[0].size)
    return animate.film((frame.convert("RGB").crop((0, 0, width, height)) for frame in frames), fps=fps)


def _rate(pipe: Any) -> int:
    """Samples per second of what a pipeline makes."""
    for part in (getattr(pipe, "vocoder", None), getattr(pipe, "vae", None)):
        rate = getattr(getattr(part, "config", None), "sampling_rate", None)
        if rate:
            return int(rate)
    return int(getattr(pipe, "sample_rate", None) or pipe.vae.sampling_rate)


def _wav(sound: Any, rate: int) -> bytes:
    """Samples from -1 to 1, one channel or several channels x samples, as a WAV file with one channel."""
    import numpy as np

    samples = np.asarray(sound, dtype=np.float64)
    mono = samples.mean(axis=0) if samples.ndim > 1 else samples
    return animate.wav(np.rint(32767 * np.clip(mono, -1, 1)).astype(np.int16), rate=rate)
