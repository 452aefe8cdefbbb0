"""`mmeval describe`: the parts of a checkpoint, their sizes, and what it takes. What cannot be read stays unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mmeval.anatomy.checkpoint import Checkpoint, Tensor
from mmeval.anatomy.parts import PARTS, part_of

__all__ = ["PRECISIONS", "Description", "describe"]

PRECISIONS: Final[Mapping[str, float]] = {"float32": 4.0, "bfloat16": 2.0, "int8": 1.0, "int4": 0.5}
"""Bytes per parameter."""
SIZES: Final = ((336, 336), (1024, 768), (1920, 1080))
"""Width and height in pixels of the images whose tokens are told."""
FILM: Final = (16, 336, 336)
"""Frames, height and width of the film whose tokens are told."""
MOST_LAYERS: Final = 1000
"""A configuration that asks for more is not built."""
SUBCONFIGS: Final[Mapping[str, Sequence[str]]] = {
    "encoder": ("vision_config", "audio_config", "image_config", "visual_config", "speech_config"),
    "input_projector": ("projector_config", "qformer_config", "perceiver_config", "connector_config"),
    "llm": ("text_config", "llm_config", "language_config", "thinker_config"),
    "generator": ("vq_config", "talker_config", "token2wav_config", "code2wav_config"),
}
"""Where the configurations of the library describe a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known about a checkpoint; None or empty: unknown."""

    name: str
    kind: str | None = None
    """The library's model type."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """By the keys of PARTS, such as `siglip_vision_model, 27 layers of 1152`."""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """By part; `other` belongs to none that is known."""
    total: int | None = None
    dtype: str | None = None
    """Precision of the stored weights."""
    quantized: str | None = None
    """Method of quantisation."""
    context: int | None = None
    """Most tokens."""
    image_tokens: Mapping[str, int] = field(default_factory=dict)
    """Tokens of an image by its size, `WIDTHxHEIGHT`."""
    film_tokens: int | None = None
    """Tokens of a film of 16 frames of 336x336 pixels."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """By kind of media: `yes`, for sounds with rate and length, or `no`, here with what is installed."""
    licence: str | None = None
    weights_bytes: Mapping[str, float] = field(default_factory=dict)
    """Bytes of the weights by precision."""
    cache_bytes: int | None = None
    """Bytes of the key-value cache for one token of one sequence, in bfloat16."""
    notes: tuple[str, ...] = ()


def describe(checkpoint: Checkpoint) -> Description:
    """Read what the files say.

    Raises:
        UsageError: it is not a checkpoint, or a file of it is damaged.
    """
    notes: list[str] = []
    config = _complete(checkpoint, notes)
    quantized = config.get("quantization_config")
    tensors = {} if quantized else checkpoint.tensors
    if not tensors:
        tensors = _built(checkpoint, config, notes)
    sizes = Counter[str]()
    for name, tensor in tensors.items():
        sizes[part_of(name) or "other"] += tensor.count
    total = sum(sizes.values()) or None
    return Description(
        name=checkpoint.name,
        kind=_text(config.get("model_type")),
        parts=_parts(config, tensors, sizes),
        parameters={part: sizes[part] for part in (*PARTS, "other") if sizes[part]},
        total=total,
        dtype=_dtype(checkpoint.tensors) or _text(config.get("dtype") or config.get("torch_dtype")),
        quantized=_text(quantized.get("quant_method")) if isinstance(quantized, dict) else None,
        context=_number(_language(config), "max_position_embeddings"),
        **_read(checkpoint, config, notes),
        licence=checkpoint.licence,
        weights_bytes={name: total * size for name, size in PRECISIONS.items()} if total else {},
        cache_bytes=_cache(_language(config)),
        notes=tuple(notes),
    )


def _complete(checkpoint: Checkpoint, notes: list[str]) -> dict[str, Any]:
    """The configuration with the library's defaults for what it leaves out, where the library knows the model type."""
    raw = checkpoint.config
    try:
        import transformers

        if raw.get("model_type") not in transformers.CONFIG_MAPPING:
            notes.append(f"transformers {transformers.__version__} does not know this model type")
            return raw
        found: dict[str, Any] = transformers.CONFIG_MAPPING[raw["model_type"]].from_dict(raw).to_dict()
    except ImportError:
        notes.append("without transformers, settings that config.json leaves out are unknown")
        return raw
    except Exception as error:  # noqa: BLE001 - the library raises what it likes for a configuration that it cannot read
        notes.append(f"transformers cannot read the configuration: {type(error).__name__}")
        return raw
    return found


def _built(checkpoint: Checkpoint, config: Mapping[str, Any], notes: list[str]) -> dict[str, Tensor]:
    """The tensors of the model that the configuration describes, built without memory; none where that fails."""
    try:
        import torch
        import transformers

        if (_number(_language(config), "num_hidden_layers") or 0) > MOST_LAYERS:
            raise ValueError("too many layers")
        made = transformers.CONFIG_MAPPING[str(config.get("model_type"))].from_dict(
            {key: value for key, value in checkpoint.config.items() if key != "quantization_config"}
        )
        names = checkpoint.config.get("architectures") or [""]
        cls = getattr(transformers, str(names[0]), transformers.AutoModel)
        with torch.device("meta"):
            model = cls._from_config(made) if hasattr(cls, "_from_config") else cls.from_config(made)
    except Exception as error:  # noqa: BLE001 - as above
        notes.append(f"no safetensors files, and the model cannot be built: {type(error).__name__}; sizes are unknown")
        return {}
    notes.append("sizes are those of the architecture, not of the files")
    return {name: Tensor(tuple(one.shape), "") for name, one in model.named_parameters()}


def _parts(config: Mapping[str, Any], tensors: Mapping[str, Tensor], sizes: Mapping[str, int]) -> dict[str, str]:
    """A line for each part that has tensors: the sub-configurations that describe it, or its module."""
    inner = config.get("thinker_config")
    places = [config, *([inner] if isinstance(inner, dict) else [])]
    named = {
        part: "; ".join(_line(one[key]) for one in places for key in SUBCONFIGS.get(part, ()) if _described(one, key))
        for part in PARTS
    }
    if not named["llm"]:
        named["llm"] = _line(config)
    modules: dict[str, str] = {}
    for tensor in tensors:
        modules.setdefault(part_of(tensor) or "", _module(tensor))
    return {part: (named[part] or modules[part])[:200] for part in PARTS if sizes.get(part)}


def _described(config: Mapping[str, Any], key: str) -> bool:
    """Whether a configuration describes a part under this key. A thinker is described by its own parts."""
    return isinstance(config.get(key), dict) and key != "thinker_config"


def _line(config: Mapping[str, Any]) -> str:
    layers = _number(config, "num_hidden_layers", "depth", "num_layers", "encoder_layers", "n_layer")
    width = _number(config, "hidden_size", "embed_dim", "d_model", "n_embd", "width")
    experts = _number(config, "num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
    size = f"{layers} layers of {width}" if layers and width else ""
    return ", ".join(filter(None, (_text(config.get("model_type")), size, f"{experts} experts" if experts else "")))


def _module(tensor: str) -> str:
    """The module that a tensor is in, such as `multi_modal_projector`."""
    parts = [part for part in tensor.split(".") if part not in ("model", "weight", "bias")]
    return next((part for part in parts if part_of(part) == part_of(tensor)), parts[0] if parts else tensor)


def _language(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The configuration of the backbone: its own, or the model's."""
    inner = next((config[key] for key in SUBCONFIGS["llm"] if isinstance(config.get(key), dict)), config)
    deeper = inner.get("text_config")
    return deeper if isinstance(deeper, dict) else inner


def _cache(language: Mapping[str, Any]) -> int | None:
    """Keys and values of one token in all layers, two bytes each; None for other kinds of memory."""
    kinds = language.get("layer_types")
    if isinstance(kinds, list) and not all("attention" in str(kind) and "linear" not in str(kind) for kind in kinds):
        return None
    layers = _number(language, "num_hidden_layers")
    heads = _number(language, "num_key_value_heads", "num_attention_heads")
    queries, width = _number(language, "num_attention_heads"), _number(language, "hidden_size")
    size = _number(language, "head_dim") or (width // queries if width and queries else None)
    return 2 * 2 * layers * heads * size if layers and heads and size and not language.get("kv_lora_rank") else None


def _read(checkpoint: Checkpoint, config: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """What the checkpoint's own processor takes, and the tokens that it makes of an image and a film."""
    inner = config.get("thinker_config") or config
    speech = config.get("is_encoder_decoder") is True
    if not speech and not any(isinstance(inner.get(key), dict) for key in SUBCONFIGS["encoder"]):
        return {}
    try:
        import transformers

        from mmeval.providers import encoder_for, load_processor

        how = {"revision": checkpoint.revision or "main", "trust_remote_code": False}
        where = str(checkpoint.folder or checkpoint.name)
        made = transformers.CONFIG_MAPPING[str(config["model_type"])].from_dict(checkpoint.config)
        processor = load_processor(transformers, where, how, made)
        encoder = encoder_for(processor, checkpoint.name)
    except Exception as error:  # noqa: BLE001 - as above
        notes.append(f"what it reads is unknown: its processor cannot be loaded ({type(error).__name__})")
        return {}
    reads = {str(kind): _taken(why) for kind, why in encoder.refused.items()}
    if reads["audio"] == "yes":
        longest = f", up to {encoder.longest:g} s" if encoder.longest else ""
        reads["audio"] = f"yes, {encoder.rate:,} samples per second{longest}"
    return {"reads": reads, **_tokens(processor, reads, notes)}


def _taken(why: str | None) -> str:
    return "yes" if why is None else f"no: {why}" if why else "no"


def _tokens(processor: Any, reads: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
    """What the processor says about the tokens of images and of a film."""
    found: dict[str, Any] = {}
    try:
        if reads["image"] == "yes":
            counts = processor._get_num_multimodal_tokens(image_sizes=[(height, width) for width, height in SIZES])
            images = zip(SIZES, counts["num_image_tokens"], strict=True)
            found["image_tokens"] = {f"{width}x{height}": int(count) for (width, height), count in images}
        if reads["video"] == "yes":
            found["film_tokens"] = int(processor._get_num_multimodal_tokens(video_sizes=[FILM])["num_video_tokens"][0])
    except Exception as error:  # noqa: BLE001 - as above
        kind = "film" if found else "image"
        notes.append(f"tokens per {kind} are unknown: its processor does not say ({type(error).__name__})")
    return found


def _dtype(tensors: Mapping[str, Tensor]) -> str | None:
    """The precision of most of the weights."""
    sizes = Counter[str]()
    for tensor in tensors.values():
        sizes[tensor.dtype] += tensor.count
    names = {"F32": "float32", "BF16": "bfloat16", "F16": "float16", "F8_E4M3": "float8", "I8": "int8", "U8": "uint8"}
    return names.get(found := sizes.most_common(1)[0][0], found) if sizes else None


def _number(config: Mapping[str, Any], *keys: str) -> int | None:
    """The first of the keys that holds a count."""
    values = (config.get(key) for key in keys)
    return next((one for one in values if isinstance(one, int) and not isinstance(one, bool) and one > 0), None)


def _text(value: Any) -> str | None:
    """A short name; None for anything else."""
    said = str(value).removeprefix("torch.") if value is not None else ""
    return said if re.fullmatch(r"[\w.+/ -]{1,100}", said) else None
