"""The processor of a local checkpoint: tokenizer, image processor and chat template of Hugging Face transformers."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from mmeval.errors import UsageError

__all__ = ["AUTO", "auto_class", "load_config", "load_processor", "tell_types"]

AUTO = {
    "AutoModelForImageTextToText": "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING",
    "AutoModelForMultimodalLM": "MODEL_FOR_MULTIMODAL_LM_MAPPING",
    "AutoModelForSpeechSeq2Seq": "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING",
    "AutoModelForSeq2SeqLM": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING",
}
"""The library's classes of models that read text beside images, films and sounds, or write down what they hear."""
NONE = "has no processor for images or sounds (preprocessor_config.json); copy it from the base model"


def load_config(library: Any, where: str, how: dict[str, Any]) -> Any:
    """The configuration of a checkpoint that makes text of images, films or sounds.

    Args:
        library: the module `transformers`.
        where: a folder, or a name on the hub.
        how: `revision` and `trust_remote_code`.

    Raises:
        UsageError: the checkpoint is of another kind.
    """
    config = library.AutoConfig.from_pretrained(where, **how)
    auto_class(library, config)
    return config


def auto_class(library: Any, config: Any) -> str:
    """The name of the class that loads the weights; raises UsageError for a checkpoint of another kind."""
    own = getattr(config, "auto_map", None) or {}
    auto = import_module("transformers.models.auto.modeling_auto")
    found = next((name for name, types in AUTO.items() if name in own or type(config) in getattr(auto, types)), None)
    if found is None or (found == "AutoModelForSeq2SeqLM" and not hasattr(config, "audio_config")):
        raise UsageError(f"does not make text of images, films or sounds; its type is {config.model_type}")
    return found


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
    senses = ("image_processor", "video_processor", "feature_extractor", "audio_processor")
    if not hasattr(found, "tokenizer") or not any(hasattr(found, name) for name in senses):
        raise UsageError(NONE)
    return _ready(found)


def tell_types(processor: Any, model: Any) -> None:
    """Let the processor tell a model that wants to know it which tokens stand for images.

    Some processors name this as an input of their model, and return it only when they are asked to.
    """
    name = "mm_token_type_ids"
    if name in processor.model_input_names and name in inspect.signature(model.forward).parameters:
        processor.return_mm_token_type_ids = True


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
