"""Tiny pipelines of diffusers with random weights, made here: real components, schedulers and tokenizers."""

from __future__ import annotations

import io
import string
from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

WIDE = 32
VAE = {
    "block_out_channels": (WIDE, WIDE), "norm_num_groups": 8, "latent_channels": 4,
    "down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2,
}  # fmt: skip
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False,
         "set_alpha_to_one": False, "steps_offset": 1}  # fmt: skip
LETTERS = [*string.printable.replace(" ", "").replace("\n", "")]


def clip_words() -> Any:
    """CLIP's tokenizer with a letter for each token."""
    from transformers import CLIPTokenizer

    tokens = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges=[], model_max_length=77
    )


def clip_text(vocab: int, **more: Any) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=vocab, hidden_size=WIDE, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
        bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=1, projection_dim=WIDE, **more,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if more else CLIPTextModel)(config)


def image() -> Any:
    """Stable Diffusion."""
    import diffusers as d

    words = clip_words()
    unet = d.UNet2DConditionModel(
        block_out_channels=(WIDE, 64), layers_per_block=1, sample_size=32, norm_num_groups=8, cross_attention_dim=WIDE,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    return d.StableDiffusionPipeline(
        vae=d.AutoencoderKL(**VAE), text_encoder=clip_text(len(words)), tokenizer=words, unet=unet,
        scheduler=d.DDIMScheduler(**NOISE), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def large_image() -> Any:
    """Stable Diffusion XL."""
    import diffusers as d

    words = clip_words()
    unet = d.UNet2DConditionModel(
        block_out_channels=(WIDE, 64), layers_per_block=2, sample_size=32, norm_num_groups=8, cross_attention_dim=64,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=6 * 8 + WIDE,
    )  # fmt: skip
    one, two = clip_text(len(words)), clip_text(len(words), hidden_act="gelu")
    return d.StableDiffusionXLPipeline(
        vae=d.AutoencoderKL(**VAE), text_encoder=one, text_encoder_2=two, tokenizer=words, tokenizer_2=words,
        unet=unet, scheduler=d.EulerDiscreteScheduler(beta_schedule="scaled_linear"), add_watermarker=False,
    )  # fmt: skip


def film() -> Any:
    """The text-to-video pipeline of ModelScope and Zeroscope."""
    import diffusers as d

    words = clip_words()
    unet = d.UNet3DConditionModel(
        block_out_channels=(WIDE, 64), layers_per_block=1, sample_size=32, norm_num_groups=8, cross_attention_dim=WIDE,
        down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"), up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
        attention_head_dim=4,
    )  # fmt: skip
    return d.TextToVideoSDPipeline(
        vae=d.AutoencoderKL(**VAE), text_encoder=clip_text(len(words)), tokenizer=words, unet=unet,
        scheduler=d.DDIMScheduler(**NOISE),
    )  # fmt: skip


def instruct() -> Any:
    """InstructPix2Pix: Stable Diffusion whose network sees the picture beside the noise."""
    import diffusers as d

    pipe = image()
    unet = d.UNet2DConditionModel(**{**pipe.unet.config, "in_channels": 8})
    parts = {**pipe.components, "unet": unet, "scheduler": d.EulerDiscreteScheduler(beta_schedule="scaled_linear")}
    return d.StableDiffusionInstructPix2PixPipeline(**parts, requires_safety_checker=False)


def t5() -> tuple[Any, Any]:
    """A tokenizer of T5 with a letter for each token, and an encoder."""
    import transformers as hf

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -4.0) for letter in LETTERS)]
    words = hf.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=77)
    config = hf.T5Config(vocab_size=len(pieces), d_model=32, d_ff=37, d_kv=8, num_layers=2, num_heads=4)
    return words, hf.T5EncoderModel(config).eval()


def ltx() -> dict[str, Any]:
    """The parts of LTX-Video."""
    import diffusers as d

    blocks, flat = (8, 8, 8, 8), (False,) * 4
    vae = d.AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=blocks, decoder_block_out_channels=blocks, layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 5, spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False), decoder_inject_noise=(False, *flat),
        upsample_residual=flat, upsample_factor=(1,) * 4, patch_size=1, encoder_causal=True,
    )  # fmt: skip
    transformer = d.LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=4, attention_head_dim=8, cross_attention_dim=32,
        num_layers=1, caption_channels=32,
    )  # fmt: skip
    words, encoder = t5()
    return {"scheduler": d.FlowMatchEulerDiscreteScheduler(), "vae": vae, "text_encoder": encoder, "tokenizer": words,
            "transformer": transformer}  # fmt: skip


def moving() -> Any:
    """LTX-Video from an image."""
    import diffusers as d

    return d.LTXImageToVideoPipeline(**ltx())


def sound() -> Any:
    """AudioLDM 2."""
    import diffusers as d
    import transformers as hf
    from diffusers.pipelines.audioldm2.modeling_audioldm2 import AudioLDM2ProjectionModel, AudioLDM2UNet2DConditionModel

    letters = {token: i for i, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *LETTERS])}
    words = hf.RobertaTokenizer(vocab=letters, merges=[], model_max_length=77)
    t5_words, t5_encoder = t5()
    text = {"vocab_size": len(letters), "hidden_size": 8, "intermediate_size": 37, "num_hidden_layers": 1,
            "num_attention_heads": 1, "projection_dim": 8, "pad_token_id": 1}  # fmt: skip
    heard = {"spec_size": 8, "window_size": 4, "num_mel_bins": 8, "patch_size": 4, "patch_stride": 2, "depths": [1],
             "num_attention_heads": [1], "num_hidden_layers": 1, "hidden_size": 192, "patch_embeds_hidden_size": 24,
             "projection_dim": 8, "drop_path_rate": 0.0}  # fmt: skip
    clap = hf.ClapModel(hf.ClapConfig(text_config=text, audio_config=heard, projection_dim=16))
    gpt = hf.GPT2LMHeadModel(
        hf.GPT2Config(
            n_embd=16,
            n_layer=1,
            n_head=2,
            vocab_size=64,
            n_positions=99,
            max_new_tokens=8,
            bos_token_id=1,
            eos_token_id=2,
        )
    )
    vocoder = hf.SpeechT5HifiGan(hf.SpeechT5HifiGanConfig(
        model_in_dim=8, sampling_rate=16000, upsample_initial_channel=16, upsample_rates=[2, 2],
        upsample_kernel_sizes=[4, 4], resblock_kernel_sizes=[3, 7], resblock_dilation_sizes=[[1, 3, 5], [1, 3, 5]],
        normalize_before=False,
    ))  # fmt: skip
    unet = AudioLDM2UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=8, sample_size=32, cross_attention_dim=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    return d.AudioLDM2Pipeline(
        vae=d.AutoencoderKL(**{**VAE, "in_channels": 1, "out_channels": 1}), text_encoder=clap, text_encoder_2=t5_encoder,
        projection_model=AudioLDM2ProjectionModel(text_encoder_dim=16, text_encoder_1_dim=32, langauge_model_dim=16),
        language_model=gpt, tokenizer=words, tokenizer_2=t5_words,
        feature_extractor=hf.ClapFeatureExtractor(feature_size=8), unet=unet, scheduler=d.DDIMScheduler(**NOISE),
        vocoder=vocoder,
    )  # fmt: skip


PIPELINES: dict[str, Callable[[], Any]] = {
    "image": image, "large_image": large_image, "film": film, "sound": sound, "instruct": instruct, "moving": moving,
}  # fmt: skip


def save(name: str, folder: Path) -> Path:
    """Build a pipeline with seed 0 and write it into a folder."""
    import torch

    torch.manual_seed(0)
    PIPELINES[name]().save_pretrained(folder, safe_serialization=True)
    return folder


THEIRS = {"steps": "num_inference_steps", "frames": "num_frames"}
LENGTHS = ("audio_length_in_s", "audio_end_in_s")


def library(
    folder: Path, want: str, given: dict[str, Any], text: str, pictures: Sequence[Any], *, seed: int, threads: int
) -> Any:
    """What the library makes alone of the same prompt and options."""
    import diffusers as d
    import torch
    from PIL import Image

    pipe: Any = d.DiffusionPipeline.from_pretrained(folder, use_safetensors=True)
    if pictures and "image" not in signature(pipe.__call__).parameters:
        pipe = d.AutoPipelineForImage2Image.from_pipe(pipe)
    pipe.set_progress_bar_config(disable=True)
    takes = signature(pipe.__call__).parameters
    told = {THEIRS.get(name, name): value for name, value in given.items() if name != "fps"}
    told |= {name: given.get("seconds") for name in LENGTHS} | {"prompt": text}
    told["max_area"] = given.get("width", 0) * given.get("height", 0)
    for name, picture in zip(("image", "mask_image"), pictures, strict=False):
        opened = Image.open(io.BytesIO(picture.read())).convert("RGB")
        told[name] = opened.resize((given["width"], given["height"]))
    told = {name: value for name, value in told.items() if name in takes}
    torch.set_num_threads(threads)  # the order of a sum decides its last bit
    with torch.inference_mode():
        return pipe(
            generator=torch.Generator("cpu").manual_seed(seed), output_type="np" if want == "audio" else "pil", **told
        )
