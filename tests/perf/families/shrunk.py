"""Tiny configurations out of the library's own: every size that a configuration class has becomes small."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import transformers as hf
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from tests.perf.families.common import FF, NH, H, L, chatml, ip, make_tok, tid, vp

SMALL: Mapping[str, Any] = {
    **dict.fromkeys(("hidden_size", "d_model", "out_hidden_size", "text_hidden_size", "projector_hidden_size",
        "projection_hidden_size", "adapter_out_dim", "adapter_in_dim", "adapter_input_size", "vision_hidden_size",
        "projection_hidden_dim", "moe_hidden_size", "decoder_hidden_size", "audio_hidden_size"), H),
    **dict.fromkeys(("intermediate_size", "ffn_dim", "dense_intermediate_size", "encoder_ffn_dim", "decoder_ffn_dim",
        "projection_intermediate_size"), FF),
    **dict.fromkeys(("num_hidden_layers", "depth", "encoder_layers", "decoder_layers", "layers", "num_layers"), L),
    **dict.fromkeys(("num_attention_heads", "num_heads", "encoder_attention_heads", "decoder_attention_heads",
        "linear_num_heads", "n_routed_experts", "num_local_experts", "num_experts", "attention_heads"), NH),
    **dict.fromkeys(("num_key_value_heads", "num_experts_per_tok", "index_n_heads", "hc_mult"), 2),
    **dict.fromkeys(("head_dim", "kv_lora_rank", "q_lora_rank", "v_head_dim", "index_head_dim", "linear_head_dim"), 16),
    **dict.fromkeys(("qk_rope_head_dim", "qk_nope_head_dim"), 16),
    **dict.fromkeys(("moe_intermediate_size", "shared_intermediate_size", "shared_experts_intermediate_size",
        "downsample_hidden_size", "share_expert_dim"), 32),
    "max_position_embeddings": 4096, "n_shared_experts": 1, "index_topk": 64, "num_mel_bins": 16,
    "deepstack_visual_indexes": [0], "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
    "decoder_start_token_id": 1,
}
"""Values of fields by their name."""


def sizes(cls: Any, tk: Any, given: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of a configuration class: of the model itself, and of its parts.

    Args:
        cls: the class.
        tk: the tokenizer.
        given: what is not as in SMALL; a dict for a part, and None for one that is left out.
        named: special tokens by their name, such as `image_token`.
    """
    known = cls.__dataclass_fields__
    found = {name: value for name, value in {**SMALL, "vocab_size": len(tk), "unpadded_vocab_size": len(tk)}.items() if name in known} | dict(given)
    for name in known:
        token = name.removesuffix("_id").removesuffix("_index")
        if token in named and token != name and name not in given:
            found[name] = tid(tk)(named[token])
    for name, part in (cls.sub_configs or {}).items():
        mine = given.get(name, {})
        if mine is None:
            continue
        part = CONFIG_MAPPING[mine["model_type"]] if part is hf.AutoConfig else part
        found[name] = sizes(part, tk, mine, named) | {"model_type": part.model_type}
    return found


def config(kind: str, tk: Any, named: Mapping[str, str], **given: Any) -> Any:
    """The tiny configuration of a model type."""
    cls = CONFIG_MAPPING[kind]
    return cls(**sizes(cls, tk, given, named))


def tokens(named: Mapping[str, str], *more: str) -> Any:
    """A tokenizer with these special tokens, which it knows by these names."""
    return make_tok([*named.values(), *more], dict(named))


def seen(kind: str, model: str, processor: str, named: Mapping[str, str], places: Mapping[str, str], *more: str,
        images: tuple[str, dict[str, Any]] | None = None, films: tuple[str, dict[str, Any]] | None = None,
        ears: Any = None, how: Mapping[str, Any] | None = None, **given: Any) -> tuple[Any, Any]:
    """A model and its processor.

    Args:
        kind: the model type.
        model, processor: names of classes.
        named: special tokens.
        places: what a chat template writes for an image, a film and a sound.
        more: special tokens without a name.
        images, films: image and video processors, with their arguments.
        ears: a feature extractor.
        how: further arguments of the processor.
        given: what is not small in the configuration.
    """
    tk = tokens(named, *more)
    parts = {"image_processor": images and ip(images[0], **images[1]), "video_processor": films and vp(films[0], **films[1]),
        "feature_extractor": ears}
    made = getattr(hf, processor)(tokenizer=tk, **{name: one for name, one in parts.items() if one}, **(how or {}),
        **({"chat_template": chatml(**places)} if places else {}))
    return getattr(hf, model)(config(kind, tk, named, **given)), made
