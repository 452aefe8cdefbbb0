"""Finds the objects in an image, with a model that was trained to name them and to draw boxes or masks.

detector/facebook/mask2former-swin-small-coco-instance   a checkpoint on the hub; `-o revision=COMMIT` pins it
detector/facebook/detr-resnet-50                         boxes without masks
detector/./my/checkpoint                                 a folder

A prompt is one image, and a JSON object with the names of what to find: `{"cat": {}}`. A name may bring words and the
texts of each: `{"cup": {"red": ["a photo of a red cup"], "blue": ["a photo of a blue cup"]}}`. CLIP (`-o clip=`) then
tells which word fits a cup best.

The reply is JSON: `{"objects": [{"name": "cup", "score": 0.98, "box": [40, 12, 96, 80], "fits": "red"}]}` with all
objects that were found, best first. A box is left, top, right and bottom in pixels of the image.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from mmeval import Capabilities, FatalError, Image, Reply, Request, Text, Usage, UsageError, providers
from mmeval.engine.local import LocalModel
from mmeval.engine.weights import EncoderOptions, load_encoder

MASKED = ("mask2former", "maskformer")
"""Model types that draw a mask for each object."""
LEAST = 0.1
"""Objects with a lower score are left out."""
MOST = 100
"""Objects in a reply."""
GREY = "#999"
"""Stands for what does not belong to an object."""
SPELLED = {
    "motorbike": "motorcycle", "aeroplane": "airplane", "sofa": "couch", "pottedplant": "potted plant",
    "diningtable": "dining table", "tvmonitor": "tv",
}  # fmt: skip
"""The names of Pascal VOC, which some checkpoints have, and those of COCO."""
Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorOptions(EncoderOptions):
    """Options of detectors; None = the checkpoint's default."""

    clip: str = "openai/clip-vit-large-patch14"
    """The model of images and texts that tells which word fits an object: a folder, or a name on the hub."""
    batch_size: int = 8
    """Most images of one size in a batch; halved when a batch does not fit in memory."""
    wait_ms: int = 20
    """How long a request waits for others, to fill a batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An image, and what to find in it."""

    image: Image
    names: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Found:
    """An object."""

    name: str
    score: float
    box: tuple[float, ...]
    mask: Any
    """Of the shape of the image, True where the object is; None from models without masks."""


class Adapter(LocalModel[Asked]):
    """A detector of `transformers`, behind a queue."""

    capabilities = Capabilities(
        version="1",
        inputs=frozenset({"text", "image"}),
        options=DetectorOptions,
        extra="transformers",
        sdk="transformers",
        transport_options=frozenset({"batch_size", "wait_ms", "threads"}),
        queue=64,
    )

    _loaded: Loaded

    def __init__(self, model: str, options: DetectorOptions) -> None:
        words = providers.checkpoint_folder("-o clip=", options.clip)
        super().__init__(model, options, providers.checkpoint_folder("detector", model), *([words] if words else []))
        self._words = str(words.resolve()) if words else options.clip

    async def ask(self, request: Request, options: DetectorOptions) -> Reply:
        """The objects; raises FatalError or MediaError."""
        images = [part for part in request.prompt if isinstance(part, Image)]
        names = _names(" ".join(part.text for part in request.prompt if isinstance(part, Text)))
        if len(images) != 1 or names is None:
            why = "finds objects in one image, and answers no questions; see the --profile detector of geneval"
            raise FatalError(f"{self.model}: {why}", kind="bad_request")
        if unknown := [name for name in names if name not in self._loaded.names]:
            raise FatalError(f"{self.model}: was not trained to find {', '.join(unknown)[:200]}", kind="bad_request")
        return await self._answer(Asked(images[0], names))

    def _group(self, item: Asked) -> Hashable:
        # Padding changes what these models see, so a batch has images of one size.
        return (item.image.width, item.image.height) if item.image.width else id(item)

    def _load(self) -> Loaded:
        return providers.load_checkpoint(
            f"detector/{self.model}",
            "a model that detects objects or segments instances",
            lambda torch, library: Loaded(torch, library, self._where, self.model, self._options, self._words),
        )


def _names(text: str) -> Mapping[str, Words] | None:
    """What to find; None if the text does not say so."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    words = list(found.values()) if isinstance(found, dict) else [None]
    whole = all(isinstance(one, dict) and all(map(_texts, one.values())) for one in words)
    return found if whole else None


def _texts(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(one, str) for one in given)


class Loaded:
    """Detector and CLIP in memory: `prepare` runs in one thread, a batch ahead, and `answer` in another."""

    joins = False
    first_tokens = 1

    def __init__(self, torch: Any, library: Any, where: str, name: str, options: DetectorOptions, words: str) -> None:
        self._torch, self._name, self._most = torch, name, options.batch_size
        config = library.AutoConfig.from_pretrained(where, **options.source)
        self._masked = config.model_type in MASKED
        known = import_module("transformers.models.auto.modeling_auto").MODEL_FOR_OBJECT_DETECTION_MAPPING
        if not self._masked and type(config) not in known:
            raise ValueError("Unrecognized configuration class")
        kind = "AutoModelForUniversalSegmentation" if self._masked else "AutoModelForObjectDetection"
        made = load_encoder(torch, library, where, options, "AutoImageProcessor", model=kind)
        plain = replace(options, revision=None, trust_remote_code=False)
        clip = load_encoder(torch, library, words, plain, "AutoProcessor")
        if not hasattr(clip.model, "get_text_features") or not hasattr(clip.model, "get_image_features"):
            raise UsageError(f"-o clip={options.clip}: is not a model of images and texts")
        self._model, self._processor, self.memory, self.ran = made.model, made.processor, made.memory, made.ran
        self._clip, self._reader = clip.model, clip.processor
        labels = ((int(place), str(one)) for place, one in config.id2label.items())
        self._labels = {place: SPELLED.get(one, one) for place, one in labels}
        self.names = frozenset(self._labels.values())
        self._known: dict[str, Any] = {}

    def prepare(self, batch: Sequence[Asked]) -> tuple[Sequence[Asked], Sequence[Any], Any]:
        """The requests with their decoded images, and those as tensors on the host."""
        pictures = [providers.decoded(asked.image) for asked in batch]
        return batch, pictures, self._processor(images=pictures, return_tensors="pt")

    def answer(self, prepared: Any, _: Callable[[], Any]) -> Iterator[tuple[int, Reply]]:
        """One reply for each request."""
        batch, pictures, inputs = prepared
        with self._torch.inference_mode():
            made = self._model(**inputs.to(self._model.device, dtype=self._model.dtype))
            find = self._segmented if self._masked else self._boxed
            sizes = [(one.height, one.width) for one in pictures]
            for place, found in enumerate(find(made, inputs["pixel_values"].shape[-2:], sizes)):
                fits = self._fitting(pictures[place], found, batch[place].names)
                text = json.dumps({"objects": [_told(one, fits) for one in found]}, separators=(",", ":"))
                yield place, Reply(text=text, finish="stop", usage=Usage(), model=self._name)

    def _segmented(self, made: Any, shape: Any, sizes: Sequence[tuple[int, int]]) -> Iterator[list[Found]]:
        """The objects of each image: score of the class times mean certainty within the mask (Cheng et al., CVPR 2022).

        The masks are brought to the size of the model's input, and from there to that of the image.
        """
        functional = self._torch.nn.functional
        for classes, masks, size in zip(made.class_queries_logits, made.masks_queries_logits, sizes, strict=True):
            chances = classes.float().softmax(-1)[:, :-1]
            best, places = chances.flatten().topk(min(MOST, chances.numel()))
            best, places = best[best > LEAST], places[best > LEAST]
            if not len(best):
                yield []
                continue
            drawn = masks[places // chances.shape[1]].float()[:, None]
            for wanted in (tuple(shape), size):
                drawn = functional.interpolate(drawn, size=wanted, mode="bilinear", align_corners=False)
            inside = drawn[:, 0] > 0
            sure = (drawn[:, 0].sigmoid() * inside).sum((1, 2)) / (inside.sum((1, 2)) + 1e-6)
            labels, scores = (places % chances.shape[1]).tolist(), (best * sure).tolist()
            yield self._listed(scores, labels, [_box(one) if one.any() else () for one in inside], inside.cpu().numpy())

    def _boxed(self, made: Any, shape: Any, sizes: Sequence[tuple[int, int]]) -> Iterator[list[Found]]:
        """The same of a model without masks, as its processor reads it."""
        del shape
        for one in self._processor.post_process_object_detection(made, threshold=LEAST, target_sizes=sizes):
            boxes = [tuple(round(float(side), 2) for side in box) for box in one["boxes"]]
            yield self._listed(one["scores"].tolist(), one["labels"].tolist(), boxes, [None] * len(boxes))

    def _listed(self, scores: Any, labels: Any, boxes: Any, masks: Any) -> list[Found]:
        rows = zip(scores, labels, boxes, masks, strict=True)
        found = [Found(self._labels[name], round(score, 6), box, mask) for score, name, box, mask in rows]
        return sorted((one for one in found if one.score > LEAST), key=lambda one: -one.score)[:MOST]

    def _fitting(self, picture: Any, found: Sequence[Found], names: Mapping[str, Words]) -> Mapping[int, str]:
        """The word that fits best, by the id of the object."""
        fits: dict[int, str] = {}
        for name, words in names.items():
            some = [one for one in found if one.name == name]
            if not words or not some:
                continue
            read = self._torch.stack([self._read(texts) for texts in words.values()])
            pixels = self._reader.image_processor([_cut(picture, one) for one in some], return_tensors="pt")
            pixels = pixels["pixel_values"].to(self._clip.device, self._clip.dtype)
            seen = self._torch.cat([_unit(self._clip.get_image_features(part)) for part in pixels.split(self._most)])
            best = (seen @ read.T).argmax(-1).tolist()
            fits |= {id(one): list(words)[place] for one, place in zip(some, best, strict=True)}
        return fits

    def _read(self, texts: Sequence[str]) -> Any:
        """The mean of the texts' embeddings, of length 1."""
        key = "\0".join(texts)
        if key not in self._known:
            tokens = self._reader.tokenizer(list(texts), padding=True, return_tensors="pt").to(self._clip.device)
            self._known[key] = _unit(_unit(self._clip.get_text_features(**tokens)).mean(0))
        return self._known[key]


def _told(one: Found, fits: Mapping[int, str]) -> dict[str, Any]:
    fit = {"fits": fits[id(one)]} if id(one) in fits else {}
    return {"name": one.name, "score": one.score, "box": one.box, **fit}


def _box(mask: Any) -> tuple[int, ...]:
    """The box around a mask."""
    down, across = (mask.any(axis).nonzero().flatten().tolist() for axis in (1, 0))
    return across[0], down[0], across[-1] + 1, down[-1] + 1


def _cut(picture: Any, one: Found) -> Any:
    """An object, with grey for what does not belong to it."""
    from PIL import Image as Pillow

    if one.mask is not None:
        picture = Pillow.composite(picture, Pillow.new("RGB", picture.size, GREY), Pillow.fromarray(one.mask))
    left, top, right, bottom = (round(side) for side in one.box)
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _unit(features: Any) -> Any:
    """Embeddings of length 1 along the last axis."""
    found = getattr(features, "pooler_output", features)
    return found / found.norm(dim=-1, keepdim=True)
