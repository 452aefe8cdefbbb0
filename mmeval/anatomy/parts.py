"""The five parts of a multimodal model, told by the names of its tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["PARTS", "Part", "part_of"]

Part = Literal["encoder", "input_projector", "llm", "output_projector", "generator"]
PARTS: Final[Mapping[Part, str]] = {
    "encoder": "modality encoder",
    "input_projector": "input projector",
    "llm": "backbone",
    "output_projector": "output projector",
    "generator": "generator",
}
"""Their keys in model cards, in the order of data flow, and their names for people."""
NAMES: Final[tuple[tuple[Part, str], ...]] = (
    (
        "output_projector",
        r"generation_head|generation_aligner|generation_embeddings|gen_head|gen_aligner|gen_embed",
    ),
    ("output_projector", r"output_projector|hidden_projection|text_projection"),
    ("generator", r"vqmodel\.(?:decoder|post_quant_conv)|vq_model\.(?:decoder|post_quant_conv)"),
    ("generator", r"talker|code2wav|token2wav|code_predictor|unet|vae|dit|diffusion\w*|vocoder|gen_vision_model"),
    ("input_projector", r"\w*projector|\w*merger\w*|q_?former|query_tokens|language_projection|\w*resampler"),
    (
        "input_projector",
        r"connector|aligner|abstractor|image_newline|embed_vision|embed_audio|vision_proj|audio_proj",
    ),
    (
        "input_projector",
        r"modality_projection|visual_projection|image_proj\w*|perceiver\w*|vision_adapter|proj_out",
    ),
    (
        "encoder",
        r"vision\w*|visual\w*|image_(?:tower|encoder|model)|video_(?:tower|encoder)|audio\w*|speech\w*|vit",
    ),
    ("encoder", r"vqmodel|vq_model|patch_embed\w*|sam_model|clip_model|graph_encoder|high_res\w*"),
    (
        "llm",
        r"language_model|text_\w*model|text_decoder|lm_head|embed_tokens|layers|norm|decoder|shared|transformer",
    ),
    ("llm", r"logit_\w+|output|cls|encoder"),
)
"""Patterns of a component of a name; the first that fits decides."""
RULES: Final = tuple((part, re.compile(rf"(?:^|\.)(?:{names})(?=[._\d]|$)")) for part, names in NAMES)


def part_of(tensor: str) -> Part | None:
    """The part that a tensor belongs to by its dotted name; None where no rule knows."""
    return next((part for part, names in RULES if names.search(tensor)), None)
