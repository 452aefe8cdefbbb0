"""Tiny multimodal models with random weights, made here: real processors, chat templates and architectures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

HIDDEN = 64
BASE = ("<pad>", "<s>", "</s>", "<unk>")
CORPUS = "what colour is the shape in the picture? answer with a single letter (A) (B) (C) (D) red green blue "


def words(named: dict[str, str], *more: str) -> Any:
    """A byte-level tokenizer with the family's special tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    special = list(dict.fromkeys([*BASE, *named.values(), *more]))
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator([CORPUS * 4], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        padding_side="right", extra_special_tokens=named, model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def template(image: str) -> str:
    return (
        "{% for m in messages %}<s>{{ m['role'] }}\n{% for c in m['content'] %}{% if c['type'] == 'image' %}"
        + image
        + "{% else %}{{ c['text'] }}{% endif %}{% endfor %}</s>\n{% endfor %}"
        "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
    )


def text_size(vocab: int) -> dict[str, Any]:
    return {
        "vocab_size": vocab, "hidden_size": HIDDEN, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096,
        "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
    }  # fmt: skip


VISION = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "image_size": 56, "patch_size": 14,
}  # fmt: skip


def llava() -> tuple[Any, Any]:
    import transformers as hf

    tokens = words({"image_token": "<image>"})
    config = hf.LlavaConfig(
        vision_config=hf.CLIPVisionConfig(**VISION, projection_dim=32),
        text_config=hf.LlamaConfig(**text_size(len(tokens)), tie_word_embeddings=False),
        image_token_index=tokens.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    pictures = hf.CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56})
    processor = hf.LlavaProcessor(
        pictures, tokens, patch_size=14, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=template("<image>\n"),
    )  # fmt: skip
    return hf.LlavaForConditionalGeneration(config), processor


def idefics3() -> tuple[Any, Any]:
    import transformers as hf

    cells = [f"<row_{i}_col_{j}>" for i in range(1, 4) for j in range(1, 4)]
    tokens = words(
        {"image_token": "<image>"}, "<fake_token_around_image>", "<end_of_utterance>", "<global-img>", *cells
    )
    config = hf.Idefics3Config(
        vision_config=VISION,
        text_config=hf.LlamaConfig(**text_size(len(tokens)), tie_word_embeddings=False),
        scale_factor=2,
        image_token_id=tokens.convert_tokens_to_ids("<image>"),
        pad_token_id=0,
        tie_word_embeddings=False,
    )
    pictures = hf.Idefics3ImageProcessorPil(size={"longest_edge": 112}, max_image_size={"longest_edge": 56})
    processor = hf.Idefics3Processor(pictures, tokens, image_seq_len=4, chat_template=template("<image>"))
    return hf.Idefics3ForConditionalGeneration(config), processor


def gemma3() -> tuple[Any, Any]:
    import transformers as hf

    named = {"image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>"}
    tokens = words(named)
    ids = tokens.convert_tokens_to_ids
    config = hf.Gemma3Config(
        vision_config={**VISION, "model_type": "siglip_vision_model", "vision_use_head": False},
        text_config={**text_size(len(tokens)), "num_key_value_heads": 1, "head_dim": 16, "sliding_window": 64},
        mm_tokens_per_image=4,
        image_token_index=ids("<image_soft_token>"),
        boi_token_index=ids("<start_of_image>"),
        eoi_token_index=ids("<end_of_image>"),
    )
    pictures = hf.Gemma3ImageProcessorPil(size={"height": 56, "width": 56})
    processor = hf.Gemma3Processor(pictures, tokens, image_seq_length=4, chat_template=template("<start_of_image>"))
    return hf.Gemma3ForConditionalGeneration(config), processor


def mllama() -> tuple[Any, Any]:
    import transformers as hf

    tokens = words({"image_token": "<|image|>"}, "<|python_tag|>", "<|begin_of_text|>")
    vision = {key: value for key, value in VISION.items() if key != "num_attention_heads"}
    config = hf.MllamaConfig(
        vision_config={
            **vision, "num_global_layers": 1, "attention_heads": 4, "max_num_tiles": 2, "vision_output_dim": 64,
            "supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]], "intermediate_layers_indices": [0],
        },
        text_config={
            **text_size(len(tokens)), "num_hidden_layers": 3, "cross_attention_layers": [1],
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
        },
        image_token_index=tokens.convert_tokens_to_ids("<|image|>"),
    )  # fmt: skip
    pictures = hf.MllamaImageProcessorPil(size={"height": 56, "width": 56}, max_image_tiles=2)
    processor = hf.MllamaProcessor(pictures, tokens, chat_template=template("<|image|>"))
    return hf.MllamaForConditionalGeneration(config), processor


QWEN = {
    "image_token": "<|image_pad|>", "video_token": "<|video_pad|>",
    "vision_bos_token": "<|vision_start|>", "vision_eos_token": "<|vision_end|>",
}  # fmt: skip
QWEN_TEMPLATE = template("<|vision_start|><|image_pad|><|vision_end|>")


def qwen_ids(tokens: Any) -> dict[str, int]:
    names = {"image_token": "image_token_id", "video_token": "video_token_id"}
    names |= {"vision_bos_token": "vision_start_token_id", "vision_eos_token": "vision_end_token_id"}
    return {names[key]: tokens.convert_tokens_to_ids(token) for key, token in QWEN.items()}


def qwen2_vl() -> tuple[Any, Any]:
    """A family whose processor wants torchvision for its video half, as the three below."""
    import transformers as hf

    tokens = words(QWEN)
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
    vision = {
        "depth": 2, "embed_dim": 32, "hidden_size": HIDDEN, "num_heads": 4, "mlp_ratio": 2, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2,
    }  # fmt: skip
    text = {**text_size(len(tokens)), "rope_parameters": rope}
    config = hf.Qwen2VLConfig(text_config=text, vision_config=vision, **qwen_ids(tokens))
    pictures = hf.Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": 112 * 112})
    tokens.chat_template = QWEN_TEMPLATE
    return hf.Qwen2VLForConditionalGeneration(config), (pictures, tokens, {})


def qwen3_vl() -> tuple[Any, Any]:
    import transformers as hf

    tokens = words(QWEN)
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
    vision = {
        "depth": 2, "hidden_size": 32, "out_hidden_size": HIDDEN, "num_heads": 4, "intermediate_size": 64,
        "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "num_position_embeddings": 256,
        "deepstack_visual_indexes": [0],
    }  # fmt: skip
    text = {**text_size(len(tokens)), "head_dim": 16, "rope_parameters": rope}
    config = hf.Qwen3VLConfig(text_config=text, vision_config=vision, **qwen_ids(tokens))
    size = {"shortest_edge": 56 * 56, "longest_edge": 112 * 112}
    pictures = hf.Qwen2VLImageProcessorPil(size=size, patch_size=14)
    tokens.chat_template = QWEN_TEMPLATE
    return hf.Qwen3VLForConditionalGeneration(config), (pictures, tokens, {})


def internvl() -> tuple[Any, Any]:
    import transformers as hf

    tokens = words(
        {
            "start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>",
            "video_token": "<video>",
        }
    )  # fmt: skip
    config = hf.InternVLConfig(
        vision_config={**VISION, "image_size": [56, 56], "patch_size": [14, 14]},
        text_config=hf.Qwen2Config(**text_size(len(tokens))),
        image_token_id=tokens.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
        downsample_ratio=0.5,
        tie_word_embeddings=False,
    )
    size = {"height": 56, "width": 56}
    pictures = hf.GotOcr2ImageProcessorPil(size=size, crop_to_patches=True, max_patches=4)
    tokens.chat_template = template("<IMG_CONTEXT>\n")
    return hf.InternVLForConditionalGeneration(config), (pictures, tokens, {"image_seq_length": 4})


def llava_onevision() -> tuple[Any, Any]:
    import transformers as hf

    tokens = words({"image_token": "<image>", "video_token": "<video>"})
    pins = [[56, 112], [112, 56], [112, 112]]
    config = hf.LlavaOnevisionConfig(
        vision_config=hf.SiglipVisionConfig(**VISION, vision_use_head=False),
        text_config=hf.Qwen2Config(**text_size(len(tokens))),
        image_token_index=tokens.convert_tokens_to_ids("<image>"),
        video_token_index=tokens.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=pins,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
    )
    size = {"height": 56, "width": 56}
    pictures = hf.LlavaOnevisionImageProcessorPil(size=size, image_grid_pinpoints=pins)
    tokens.chat_template = template("<image>\n")
    extra = {"num_image_tokens": 16, "vision_feature_select_strategy": "full"}
    return hf.LlavaOnevisionForConditionalGeneration(config), (pictures, tokens, extra)


SQUARE = {"height": 56, "width": 56}
FORMER = {
    "vocab_size": 50, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 4, "encoder_hidden_size": 32, "cross_attention_frequency": 2, "initializer_range": 0.3,
}  # fmt: skip
SHORT = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "initializer_range": 0.3,
}  # fmt: skip
"""With larger weights than usual, so that a shifted position shows in the reply."""


def llava_next_video() -> tuple[Any, Any]:
    """A family whose processor takes its video part first."""
    import transformers as hf

    tokens = words({"image_token": "<image>", "video_token": "<video>"})
    pins = [[56, 112], [112, 56], [112, 112]]
    config = hf.LlavaNextVideoConfig(
        vision_config=hf.CLIPVisionConfig(**VISION, projection_dim=32),
        text_config=hf.LlamaConfig(**text_size(len(tokens)), tie_word_embeddings=False),
        image_token_index=tokens.convert_tokens_to_ids("<image>"),
        video_token_index=tokens.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=pins,
        vision_feature_layer=-2,
    )
    pictures = hf.LlavaNextImageProcessorPil(size={"shortest_edge": 56}, crop_size=SQUARE, image_grid_pinpoints=pins)
    tokens.chat_template = template("<image>\n")
    extra = {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1}
    return hf.LlavaNextVideoForConditionalGeneration(config), (pictures, tokens, extra)


def chameleon() -> tuple[Any, Any]:
    """A checkpoint whose chat template is the tokenizer's, not the processor's."""
    import transformers as hf

    named = {"image_token": "<image>", "boi_token": "<racm3:break>", "eoi_token": "<eoss>", "sep_token": "<reserved>"}
    tokens = words(named)
    codes = {f"IMGIMG{chr(65 + a)}{chr(65 + b)}Z": 10 + a * 4 + b for a in range(4) for b in range(4)}
    quantizer = {
        "embed_dim": 8, "num_embeddings": 16, "latent_channels": 32, "resolution": 64, "in_channels": 3,
        "base_channels": 32, "channel_multiplier": [1, 1], "num_res_blocks": 1,
    }  # fmt: skip
    config = hf.ChameleonConfig(
        **text_size(len(tokens)),
        vq_config=quantizer,
        vocabulary_map={"<image>": tokens.convert_tokens_to_ids("<image>"), **codes},
        tie_word_embeddings=False,
    )
    pictures = hf.ChameleonImageProcessorPil(size={"shortest_edge": 8}, crop_size={"height": 8, "width": 8})
    tokens.chat_template = template("<image>")
    return hf.ChameleonForConditionalGeneration(config), hf.ChameleonProcessor(pictures, tokens, image_seq_length=16)


def paligemma() -> tuple[Any, Any]:
    """It has a chat template here, but refuses a prompt without an image."""
    import transformers as hf

    pictures = hf.SiglipImageProcessorPil(size=SQUARE)
    pictures.image_seq_length = 16
    processor = hf.PaliGemmaProcessor(pictures, words({"image_token": "<image>"}), chat_template=template("<image>"))
    text = {**text_size(len(processor.tokenizer)), "num_key_value_heads": 1, "head_dim": 16, "num_image_tokens": 16}
    config = hf.PaliGemmaConfig(
        vision_config={
            **VISION, "model_type": "siglip_vision_model", "projection_dim": HIDDEN, "vision_use_head": False,
        },
        text_config={**text, "model_type": "gemma", "tie_word_embeddings": False, "initializer_range": 0.3},
        tie_word_embeddings=False,
        projection_dim=HIDDEN,
        image_token_index=processor.tokenizer.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    return hf.PaliGemmaForConditionalGeneration(config), processor


def opt(vocab: int) -> Any:
    import transformers as hf

    return hf.OPTConfig(
        vocab_size=vocab, hidden_size=HIDDEN, word_embed_proj_dim=HIDDEN, ffn_dim=128, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=512, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        tie_word_embeddings=False, init_std=0.3,
    )  # fmt: skip


def blip2() -> tuple[Any, Any]:
    """The first of the families from before chat: no template, one picture."""
    import transformers as hf

    tokens = words({}, "<image>")
    config = hf.Blip2Config(
        vision_config={**VISION}, qformer_config=FORMER, text_config=opt(len(tokens)), num_query_tokens=8,
        image_token_index=tokens.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    pictures = hf.BlipImageProcessorPil(size=SQUARE)
    return hf.Blip2ForConditionalGeneration(config), hf.Blip2Processor(pictures, tokens, num_query_tokens=8)


def instructblip() -> tuple[Any, Any]:
    """Its Q-Former reads the question, too."""
    import transformers as hf

    tokens, read = words({}, "<image>"), words({}, "[DEC]")
    config = hf.InstructBlipConfig(
        vision_config={**VISION}, qformer_config={**FORMER, "vocab_size": len(read)}, text_config=opt(len(tokens)),
        num_query_tokens=8, image_token_index=tokens.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    pictures = hf.BlipImageProcessorPil(size=SQUARE)
    processor = hf.InstructBlipProcessor(pictures, tokens, read, num_query_tokens=8)
    return hf.InstructBlipForConditionalGeneration(config), processor


def blip() -> tuple[Any, Any]:
    """Its `generate` sets the padding token itself, and returns a part of the prompt."""
    import transformers as hf

    tokens = words({}, "<image>")
    text = {**SHORT, "vocab_size": len(tokens), "encoder_hidden_size": 32, "projection_dim": 32, "sep_token_id": 2}
    config = hf.BlipConfig(text_config=text, vision_config={**VISION, "projection_dim": 32})
    return hf.BlipForConditionalGeneration(config), hf.BlipProcessor(hf.BlipImageProcessorPil(size=SQUARE), tokens)


def git() -> tuple[Any, Any]:
    """It counts positions from the first token, padding included."""
    import transformers as hf

    tokens = words({}, "<image>")
    config = hf.GitConfig(**SHORT, vision_config=VISION, vocab_size=len(tokens))
    pictures = hf.CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=SQUARE)
    return hf.GitForCausalLM(config), hf.GitProcessor(pictures, tokens)


OLD = (blip2, instructblip, blip, git)
CHAT = (
    llava, idefics3, gemma3, mllama, qwen2_vl, qwen3_vl, internvl, llava_onevision, llava_next_video, chameleon,
    paligemma,
)  # fmt: skip
FAMILIES: dict[str, Callable[[], tuple[Any, Any]]] = {make.__name__: make for make in (*CHAT, *OLD)}


def build(family: str, folder: Path) -> Path:
    """A checkpoint folder as `from_pretrained` reads it."""
    import torch
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(3)
    model, processor = FAMILIES[family]()
    for name, value in (("pad_token_id", 0), ("bos_token_id", 1), ("eos_token_id", 2)):
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    if not isinstance(processor, tuple):
        processor.save_pretrained(folder)
        return folder
    # A whole processor cannot be made here without torchvision: write what the hub's checkpoints hold.
    pictures, tokens, extra = processor
    pictures.save_pretrained(folder)
    tokens.save_pretrained(folder)
    if extra:
        (folder / "processor_config.json").write_text(json.dumps(extra))
    return folder
