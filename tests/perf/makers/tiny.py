"""Tiny pipelines with random weights: the real classes of the library, with the fewest and smallest layers that run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import diffusers as d
import transformers as hf

from tests.local import pipelines as own

SIZE = {"width": 32, "height": 32, "steps": 2}
FLOW = d.FlowMatchEulerDiscreteScheduler


@dataclass(frozen=True)
class Family:
    """A family of pipelines, and how one of it is asked."""

    make: Callable[[], Any]
    want: str = "image"
    given: dict[str, Any] = field(default_factory=lambda: dict(SIZE))
    pictures: int = 0
    """In the prompt."""


def film(frames: int, **more: Any) -> dict[str, Any]:
    return {**SIZE, "frames": frames, **more}


def clip(**more: Any) -> Any:
    return own.clip_text(len(own.clip_words()), **more)


def vae(latent: int = 4, levels: int = 2) -> Any:
    """As FLUX and its successors have it: no convolution for the moments, and a shift."""
    blocks = {
        "block_out_channels": (own.WIDE,) * levels, "down_block_types": ("DownEncoderBlock2D",) * levels,
        "up_block_types": ("UpDecoderBlock2D",) * levels,
    }  # fmt: skip
    return d.AutoencoderKL(
        **{**own.VAE, **blocks, "latent_channels": latent}, use_quant_conv=False, use_post_quant_conv=False,
        shift_factor=0.0609, scaling_factor=1.5035,
    )  # fmt: skip


def flux_parts() -> dict[str, Any]:
    words, encoder = own.t5()
    transformer = d.FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
    )  # fmt: skip
    return {"scheduler": FLOW(), "text_encoder": clip(), "tokenizer": own.clip_words(), "text_encoder_2": encoder,
            "tokenizer_2": words, "transformer": transformer, "vae": vae()}  # fmt: skip


def sd3() -> Any:
    words, encoder = own.t5()
    transformer = d.SD3Transformer2DModel(
        sample_size=32, patch_size=1, in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=4,
        caption_projection_dim=32, joint_attention_dim=64, pooled_projection_dim=64, out_channels=4,
    )  # fmt: skip
    config = hf.T5Config(vocab_size=encoder.config.vocab_size, d_model=64, d_ff=37, d_kv=8, num_layers=2, num_heads=4)
    return d.StableDiffusion3Pipeline(
        scheduler=FLOW(), text_encoder=clip(hidden_act="gelu"), tokenizer=own.clip_words(),
        text_encoder_2=clip(hidden_act="gelu"), tokenizer_2=own.clip_words(), text_encoder_3=hf.T5EncoderModel(config),
        tokenizer_3=words, transformer=transformer, vae=vae(),
    )  # fmt: skip


def bytes_words() -> Any:
    """A tokenizer of Qwen 2 with a byte for each token."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    vocab = {sign: place for place, sign in enumerate(bytes_to_unicode().values())}
    words = hf.Qwen2Tokenizer(vocab=vocab, merges=[])
    words.add_special_tokens(
        {"additional_special_tokens": ["<|im_start|>", "<|im_end|>"], "pad_token": "<|endoftext|>"}
    )
    words.chat_template = (
        "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content }}<|im_end|>\n{% endfor %}"
    )
    return words


def qwen() -> Any:
    words = bytes_words()
    config = hf.Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
            "num_key_value_heads": 2, "vocab_size": len(words) + 8, "bos_token_id": None, "eos_token_id": None,
            "pad_token_id": None,
            "rope_parameters": {"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1e6},
        },
        vision_config={"depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16},
        vision_start_token_id=1, vision_end_token_id=2, image_token_id=3, video_token_id=4,
    )  # fmt: skip
    transformer = d.QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=3,
        joint_attention_dim=16, axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    autoencoder = d.AutoencoderKLQwenImage(
        base_dim=24, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True],
        latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
    )  # fmt: skip
    encoder = hf.Qwen2_5_VLForConditionalGeneration(config)
    return d.QwenImagePipeline(
        scheduler=FLOW(use_dynamic_shifting=True),
        vae=autoencoder,
        text_encoder=encoder,
        tokenizer=words,
        transformer=transformer,
    )


def z_image() -> Any:
    words = bytes_words()
    transformer = d.ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2,
        n_kv_heads=2, cap_feat_dim=16, axes_dims=[8, 4, 4], axes_lens=[512, 32, 32],
    )  # fmt: skip
    for token in (transformer.x_pad_token, transformer.cap_pad_token):
        token.data.fill_(1.0)
    config = hf.Qwen3Config(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
        head_dim=8, vocab_size=len(words) + 8, max_position_embeddings=512,
    )  # fmt: skip
    return d.ZImagePipeline(
        scheduler=FLOW(use_dynamic_shifting=True),
        vae=vae(16),
        text_encoder=hf.Qwen3Model(config),
        tokenizer=words,
        transformer=transformer,
    )


def gemma(width: int) -> tuple[Any, Any]:
    """A tokenizer of Gemma with a letter for each token, and a model of Gemma 2."""
    vocab = {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<unk>": 3, "▁": 4}
    for letter in own.LETTERS:
        vocab.setdefault(letter, len(vocab))
    config = hf.Gemma2Config(
        head_dim=16, hidden_size=width, intermediate_size=64, num_attention_heads=2, num_hidden_layers=1,
        num_key_value_heads=2, vocab_size=len(vocab), attn_implementation="eager",
    )  # fmt: skip
    return hf.GemmaTokenizer(vocab=vocab, merges=[]), hf.Gemma2Model(config)


def sana() -> Any:
    words, encoder = gemma(8)
    transformer = d.SanaTransformer2DModel(
        patch_size=1, in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=4,
        num_cross_attention_heads=2, cross_attention_head_dim=4, cross_attention_dim=8, caption_channels=8,
        sample_size=16,
    )  # fmt: skip
    depth = 6  # 512 pixels become 16 tokens a side, as in the real one
    autoencoder = d.AutoencoderDC(
        in_channels=3, latent_channels=4, attention_head_dim=2, encoder_block_types=("ResBlock",) * depth,
        decoder_block_types=("ResBlock",) * depth, encoder_block_out_channels=(8,) * depth,
        decoder_block_out_channels=(8,) * depth, encoder_qkv_multiscales=((),) * depth,
        decoder_qkv_multiscales=((),) * depth, encoder_layers_per_block=(1,) * depth,
        decoder_layers_per_block=[1] * depth, downsample_block_type="conv", upsample_block_type="interpolate",
        decoder_norm_types="rms_norm", decoder_act_fns="silu",
    )  # fmt: skip
    return d.SanaPipeline(
        scheduler=FLOW(shift=7.0), vae=autoencoder, text_encoder=encoder, tokenizer=words, transformer=transformer
    )


def wan_parts(**more: Any) -> dict[str, Any]:
    words, encoder = own.t5()
    autoencoder = d.AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    transformer = d.WanTransformer3DModel(
        **{"patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 16,
           "out_channels": 16, "text_dim": 32, "freq_dim": 256, "ffn_dim": 32, "num_layers": 1, "rope_max_seq_len": 32,
           **more}
    )  # fmt: skip
    return {"scheduler": FLOW(shift=7.0), "vae": autoencoder, "text_encoder": encoder, "tokenizer": words,
            "transformer": transformer, "transformer_2": None}  # fmt: skip


def seer(width: int, side: int = 32) -> dict[str, Any]:
    """An encoder of images of CLIP, and what prepares them."""
    config = hf.CLIPVisionConfig(
        hidden_size=width, projection_dim=width, num_hidden_layers=2, num_attention_heads=2, image_size=side,
        intermediate_size=16, patch_size=side // 4,
    )  # fmt: skip
    return {"image_encoder": hf.CLIPVisionModelWithProjection(config),
            "image_processor": hf.CLIPImageProcessor(crop_size=side, size=side)}  # fmt: skip


def wan_from_image() -> Any:
    return d.WanImageToVideoPipeline(**wan_parts(in_channels=36, image_dim=4), **seer(4))


def cog_parts(**more: Any) -> dict[str, Any]:
    words, encoder = own.t5()
    transformer = d.CogVideoXTransformer3DModel(
        **{"num_attention_heads": 2, "attention_head_dim": 16, "in_channels": 4, "out_channels": 4, "time_embed_dim": 2,
           "text_embed_dim": 32, "num_layers": 1, "sample_width": 4, "sample_height": 4, "sample_frames": 9,
           "max_text_seq_length": 226, "use_rotary_positional_embeddings": True, **more}
    )  # fmt: skip
    autoencoder = d.AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8,) * 4, latent_channels=4, layers_per_block=1, norm_num_groups=2,
        temporal_compression_ratio=4,
    )  # fmt: skip
    return {"scheduler": d.CogVideoXDDIMScheduler(), "vae": autoencoder, "text_encoder": encoder, "tokenizer": words,
            "transformer": transformer}  # fmt: skip


def cog_from_image() -> Any:
    return d.CogVideoXImageToVideoPipeline(**cog_parts(in_channels=8, use_learned_positional_embeddings=True))


def llama_words() -> Any:
    vocab = {"<unk>": 0, "<s>": 1, "</s>": 2, "▁": 3}
    for letter in own.LETTERS:
        vocab.setdefault(letter, len(vocab))
    words = hf.LlamaTokenizer(vocab=vocab, merges=[])
    words.add_special_tokens({"pad_token": "<pad>"})
    return words


def hunyuan() -> Any:
    words = llama_words()
    transformer = d.HunyuanVideoTransformer3DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1, num_single_layers=1,
        num_refiner_layers=1, patch_size=1, patch_size_t=1, guidance_embeds=True, text_embed_dim=16,
        pooled_projection_dim=32, rope_axes_dim=(2, 4, 4),
    )  # fmt: skip
    autoencoder = d.AutoencoderKLHunyuanVideo(
        latent_channels=4, down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4, block_out_channels=(8,) * 4, layers_per_block=1,
        norm_num_groups=4,
    )  # fmt: skip
    config = hf.LlamaConfig(
        hidden_size=16, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2, vocab_size=len(words) + 8
    )
    return d.HunyuanVideoPipeline(
        scheduler=FLOW(shift=7.0), vae=autoencoder, text_encoder=hf.LlamaModel(config), tokenizer=words,
        text_encoder_2=clip(), tokenizer_2=own.clip_words(), transformer=transformer,
    )  # fmt: skip


def stable_video() -> Any:
    """Stable Video Diffusion: a film of an image alone."""
    unet = d.UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=8, out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"), cross_attention_dim=32,
        num_attention_heads=8, projection_class_embeddings_input_dim=96, addition_time_embed_dim=32,
    )  # fmt: skip
    autoencoder = d.AutoencoderKLTemporalDecoder(
        block_out_channels=(32, 64), down_block_types=("DownEncoderBlock2D",) * 2, latent_channels=4
    )
    sees = seer(32, 224)
    return d.StableVideoDiffusionPipeline(
        unet=unet, vae=autoencoder, image_encoder=sees["image_encoder"], feature_extractor=sees["image_processor"],
        scheduler=d.EulerDiscreteScheduler(prediction_type="v_prediction", use_karras_sigmas=True, sigma_max=700.0,
                                           sigma_min=0.002, timestep_type="continuous"),
    )  # fmt: skip


def stable_audio() -> Any:
    from diffusers.pipelines.stable_audio.modeling_stable_audio import StableAudioProjectionModel

    words, encoder = own.t5()
    transformer = d.StableAudioDiTModel(
        sample_size=400, in_channels=3, num_layers=1, attention_head_dim=4, num_key_value_attention_heads=2,
        out_channels=3, cross_attention_dim=4, time_proj_dim=8, global_states_input_dim=8, cross_attention_input_dim=4,
    )  # fmt: skip
    autoencoder = d.AutoencoderOobleck(
        encoder_hidden_size=6, downsampling_ratios=[2, 4], decoder_channels=3, decoder_input_channels=3,
        audio_channels=2, channel_multiples=[2, 4], sampling_rate=800,
    )  # fmt: skip
    return d.StableAudioPipeline(
        vae=autoencoder, text_encoder=encoder, tokenizer=words, transformer=transformer,
        projection_model=StableAudioProjectionModel(text_encoder_dim=32, conditioning_dim=4, min_value=0, max_value=32),
        scheduler=d.CosineDPMSolverMultistepScheduler(solver_order=2),
    )  # fmt: skip


def inpaint() -> Any:
    parts = own.image().components
    return d.StableDiffusionInpaintPipeline(**parts, requires_safety_checker=False)


FAMILIES: dict[str, Family] = {
    "Stable Diffusion": Family(own.image),
    "Stable Diffusion, image to image": Family(own.image, pictures=1),
    "Stable Diffusion, inpainting": Family(inpaint, pictures=2),
    "InstructPix2Pix": Family(own.instruct, pictures=1),
    "Stable Diffusion XL": Family(own.large_image),
    "Stable Diffusion 3": Family(sd3),
    "FLUX": Family(lambda: d.FluxPipeline(**flux_parts())),
    "FLUX, image to image": Family(lambda: d.FluxPipeline(**flux_parts()), pictures=1),
    "FLUX Kontext": Family(lambda: d.FluxKontextPipeline(**{**flux_parts(), "vae": vae(levels=4)}), pictures=1),
    "Qwen-Image": Family(qwen),
    "Z-Image": Family(z_image),
    "Sana": Family(sana),
    "ModelScope, Zeroscope": Family(own.film, "video", film(4)),
    "Wan": Family(lambda: d.WanPipeline(**wan_parts()), "video", film(5, fps=16)),
    "Wan, image to video": Family(wan_from_image, "video", film(5, fps=16), 1),
    "LTX-Video": Family(lambda: d.LTXPipeline(**own.ltx()), "video", film(9)),
    "LTX-Video, image to video": Family(own.moving, "video", film(9), 1),
    "CogVideoX": Family(lambda: d.CogVideoXPipeline(**cog_parts()), "video", film(9)),
    "CogVideoX, image to video": Family(cog_from_image, "video", film(9), 1),
    "HunyuanVideo": Family(hunyuan, "video", film(9)),
    "Stable Video Diffusion": Family(stable_video, "video", film(4), 1),
    "AudioLDM 2": Family(own.sound, "audio", {"steps": 2, "seconds": 0.5}),
    "Stable Audio": Family(stable_audio, "audio", {"steps": 2, "seconds": 2.0}),
}
