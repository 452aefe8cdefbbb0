"""The processor of a local checkpoint: tokenizer, image processor and chat template of Hugging Face transformers."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mmeval.errors import UsageError

__all__ = ["load_config", "load_processor"]

NONE = "has no processor for images (preprocessor_config.json); copy it from the base model"


def load_config(library: Any, where: str, how: dict[str, Any]) -> Any:
    """The configuration of an image-text-to-text checkpoint.

    Args:
        library: the module `transformers`.
        where: a folder, or a name on the hub.
        how: `revision` and `trust_remote_code`.

    Raises:
        UsageError: the checkpoint is of another kind.
    """
    config = library.AutoConfig.from_pretrained(where, **how)
    own = "AutoModelForImageTextToText" in (getattr(config, "auto_map", None) or {})
    if not own and type(config) not in library.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        raise UsageError(f"is not an image-text-to-text model; its type is {config.model_type}")
    return config


def load_processor(library: Any, where: str, how: dict[str, Any], config: Any) -> Any:
    """The checkpoint's processor, without its video part where only that part needs torchvision.

    Args:
        library: the module `transformers`.
        where: a folder, or a name on the hub.
        how: `revision` and `trust_remote_code`.
        config: the configuration of the model.

    Raises:
        UsageError: the checkpoint has no processor.
    """
    try:
        found = library.AutoProcessor.from_pretrained(where, **how)
    except Exception as error:  # without torchvision, the library fails in a different way for each family
        if "load image processor for" in str(error):
            raise UsageError(NONE) from error
        base = _class(library, where, how, config)
        if base is None or library.utils.is_torchvision_available():
            raise
        found = _without_video(library, base).from_pretrained(where, **how)
    if not hasattr(found, "tokenizer") or not hasattr(found, "image_processor"):
        raise UsageError(NONE)
    return _ready(found)


def _class(library: Any, where: str, how: dict[str, Any], config: Any) -> Any:
    """The class that the checkpoint names, or that its model type stands for; None: a class of its own code."""
    names = import_module("transformers.models.auto.processing_auto").PROCESSOR_MAPPING_NAMES
    said, _ = library.ProcessorMixin.get_processor_dict(where, **how)
    return getattr(library, said.get("processor_class") or names.get(config.model_type, ""), None)


def _without_video(library: Any, base: Any) -> Any:
    """A subclass of the processor class without its video part."""
    order = base.get_attributes()
    kept = [name for name in order if not name.startswith("video")]

    class Rest(library.ProcessorMixin):  # type: ignore[misc]
        # Follows `base` in the method resolution order: it gets the parts that `base` passes on, and drops the video
        # part. Families order their parts differently, so the parts are matched by name.
        def __init__(self, *parts: Any, **more: Any) -> None:
            given = dict(zip(order, parts, strict=False)) | more
            super().__init__(**{name: part for name, part in given.items() if name in kept or name not in order})
            self.video_processor = None

    class Reduced(base, Rest):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return kept

        @classmethod
        def _get_arguments_from_pretrained(cls, *given: Any, **how: Any) -> list[Any]:
            found = dict(zip(kept, super()._get_arguments_from_pretrained(*given, **how), strict=True))
            return [found.get(name) for name in order]

    return type(base.__name__, (Reduced,), {})


def _ready(processor: Any) -> Any:
    """Set up padding: on the left of a prompt, so that replies begin at the same place, and on the right elsewhere."""
    tokens = processor.tokenizer
    tokens.padding_side = "left"
    if tokens.pad_token is None:
        tokens.pad_token = tokens.eos_token
    if getattr(processor, "qformer_tokenizer", None) is not None:
        # A Q-Former counts positions from the first token, padding included.
        processor.qformer_tokenizer.padding_side = "right"
    return processor
