"""What the builders of the families share: tokenizers, chat templates, and the sizes of tiny models."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import transformers as hf

from tests.local.tiny import words

FAMILIES: dict[str, Callable[[], tuple[Any, Any]]] = {}
TV = hf.utils.is_torchvision_available()
H, L, NH, FF = 64, 2, 4, 128


def fam(make):
    """Register a builder under its name."""
    FAMILIES[make.__name__] = make
    return make


def make_tok(special, named=None):
    """A byte-level tokenizer with these special tokens."""
    return words(named or {}, *special)


def chatml(image="", video="", audio=""):
    """A chat template with placeholders of images, films and sounds."""
    places = {"image": image, "video": video, "audio": audio}
    media = "".join("{% elif c['type'] == '" + kind + "' %}" + place for kind, place in places.items() if place)
    return (
        "{% for m in messages %}<s>{{ m['role'] }}\n{% for c in m['content'] %}{% if c['type'] == 'text' %}{{ c['text'] }}"
        + media + "{% endif %}{% endfor %}</s>\n{% endfor %}{% if add_generation_prompt %}<s>assistant\n{% endif %}"
    )


def whisper_ears(**how):
    """A feature extractor that hears four seconds."""
    return hf.WhisperFeatureExtractor(**{"feature_size": 16, "chunk_length": 4, **how})


def ip(name, **k):
    """An image processor: with torchvision, or with Pillow."""
    return getattr(hf, name if TV else name + "Pil")(**k)


def vp(name, **k):
    """A video processor; there is none without torchvision."""
    return getattr(hf, name)(**k) if TV else None


def tid(tk):
    return tk.convert_tokens_to_ids


def llama(v, **k):
    return hf.LlamaConfig(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2,
        pad_token_id=0, tie_word_embeddings=False, **k)


def qwen2(v, **k):
    return hf.Qwen2Config(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2,
        pad_token_id=0, **k)


def clip(sz=56, p=14):
    return hf.CLIPVisionConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        image_size=sz, patch_size=p, projection_dim=32)


def siglip(sz=56, p=14, **k):
    return hf.SiglipVisionConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        image_size=sz, patch_size=p, vision_use_head=False, **k)


def mistral(v):
    return hf.MistralConfig(vocab_size=v, head_dim=16, **TX)


def qids(tk):
    i = tk.convert_tokens_to_ids
    return dict(image_token_id=i("<|image_pad|>"), video_token_id=i("<|video_pad|>"),
        vision_start_token_id=i("<|vision_start|>"), vision_end_token_id=i("<|vision_end|>"))


V = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=56,
    patch_size=14)
SZ = {"height": 56, "width": 56}


TX = dict(hidden_size=H, intermediate_size=FF, num_hidden_layers=L, num_attention_heads=NH, num_key_value_heads=2,
    max_position_embeddings=4096, bos_token_id=1, eos_token_id=2, pad_token_id=0)
QS = ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]


QN = {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>", "vision_bos_token": "<|vision_start|>",
    "vision_eos_token": "<|vision_end|>"}
QT = chatml("<|vision_start|><|image_pad|><|vision_end|>", "<|vision_start|><|video_pad|><|vision_end|>")


ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
IDS = ["<fake_token_around_image>", "<image>", "<end_of_utterance>",
    "<global-img>"] + [f"<row_{i+1}_col_{j+1}>" for i in range(6) for j in range(6)]


QF = dict(vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    encoder_hidden_size=32, cross_attention_frequency=2)
