"""The model: a LLaVA of 1.6 million parameters, or a smaller one, with its vocabulary and its processor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from scripts.demo_vlm.pictures import COLOURS, PLACES, SHAPES, SIDE, VALID_SEED, corpus

PATCH, WIDTH = 16, 128
TOKENS = (SIDE // PATCH) ** 2
DIGITS = [str(n) for n in range(1, 9)]
PAD, BOS, EOS, UNK, IMAGE = range(5)


def phrases() -> list[str]:
    """`B red` and the like: one token each, so that letter and word need not be bound by attention."""
    return [f"{letter} {word}" for letter in "ABCD" for word in [*COLOURS, *SHAPES, *DIGITS]]


def vocabulary() -> dict[str, int]:
    """Words of all prompts and answers, by id."""
    text = " ".join(q.text for qs in corpus(VALID_SEED, 200).questions for q in qs)
    words = sorted(set(re.findall(r"[^\s().:?,;]+", text)) | {*COLOURS, *SHAPES, *DIGITS, *PLACES, *"ABCD"})
    unused = [f"<unused{i}>" for i in range(4)]
    tokens = ["<pad>", "<s>", "</s>", "<unk>", "<image>", "user", "assistant", "system"]
    return {word: i for i, word in enumerate(dict.fromkeys([*tokens, *words, "yes", "no", *unused, *phrases()]))}


def tokenizer(vocab: Mapping[str, int]) -> transformers.PreTrainedTokenizerFast:
    """Words and option phrases; punctuation and line breaks are spaces."""
    core = Tokenizer(models.WordLevel(dict(vocab), unk_token="<unk>"))
    core.normalizer = normalizers.Sequence(
        [normalizers.Replace(Regex(r"[().:?,;]"), " "), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    pattern = Regex("|".join(rf"\b{phrase}\b" for phrase in phrases()) + r"|\S+")
    core.pre_tokenizer = pre_tokenizers.Split(pattern, "removed", invert=True)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>"}, padding_side="left",
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %} assistant {{ m['content'] if m['content'] is string"
    " else m['content'][0]['text'] }}</s>{% else %}<s>{{ m['role'] }} {% if m['content'] is string %}{{ m['content'] }}"
    "{% else %}{% for c in m['content'] %}{% if c['type'] == 'image' %}<image>{% else %} {{ c['text'] }} {% endif %}"
    "{% endfor %}{% endif %}{% endif %}{% endfor %}{% if add_generation_prompt %} assistant{% endif %}"
)


def processor(words: transformers.PreTrainedTokenizerFast) -> transformers.LlavaProcessor:
    """What turns pictures and chats into tensors."""
    size = {"height": SIDE, "width": SIDE}
    pictures = transformers.CLIPImageProcessorPil(
        size=size, crop_size=size, do_center_crop=False, image_mean=[0.5] * 3, image_std=[0.5] * 3, resample=2
    )
    return transformers.LlavaProcessor(
        pictures, words, patch_size=PATCH, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )  # fmt: skip


def build(vocab: Mapping[str, int], *, width: int = WIDTH, layers: int = 4) -> Any:
    """A LLaVA with fresh weights; tower and language model have `layers` layers each.

    An option phrase starts as the sum of its letter and its word.
    """
    vision = transformers.CLIPVisionConfig(
        hidden_size=width, intermediate_size=3 * width, num_hidden_layers=layers, num_attention_heads=4,
        image_size=SIDE, patch_size=PATCH, projection_dim=width,
    )  # fmt: skip
    text = transformers.LlamaConfig(
        vocab_size=len(vocab), hidden_size=width, intermediate_size=5 * width // 2, num_hidden_layers=layers,
        num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=1024, bos_token_id=BOS,
        eos_token_id=EOS, pad_token_id=PAD, tie_word_embeddings=True, attention_bias=True,
        rope_parameters={"rope_type": "default", "rope_theta": 100},
    )  # fmt: skip
    config = transformers.LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=IMAGE, vision_feature_layer=-1,
        vision_feature_select_strategy="default", projector_hidden_act="gelu", tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.LlavaForConditionalGeneration(config)
    with torch.no_grad():
        table = model.get_input_embeddings().weight
        for phrase in phrases():
            letter, word = phrase.split()
            table[vocab[phrase]] = table[vocab[letter]] + table[vocab[word]]
        # Keys start equal to queries, so that attention begins by looking for like words.
        for layer in model.model.language_model.layers:
            layer.self_attn.q_proj.weight.mul_(4)
            layer.self_attn.k_proj.weight.copy_(layer.self_attn.q_proj.weight)
    for name, value in (("bos_token_id", BOS), ("eos_token_id", EOS), ("pad_token_id", PAD)):
        setattr(model.generation_config, name, value)
    return model


def save(model: Any, words: transformers.PreTrainedTokenizerFast, out: Path) -> None:
    """Half-precision safetensors and the processor, as `from_pretrained` reads them."""
    model.half().save_pretrained(out)
    processor(words).save_pretrained(out)
