"""More families that see, or see and hear, with sizes out of the library's own configurations."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

import transformers as hf

from tests.perf.families.common import NH, H, fam, ip, make_tok
from tests.perf.families.more import G35, R35
from tests.perf.families.newer import AREA, PLAIN
from tests.perf.families.shrunk import config, seen, tokens

GEMMA = {"image_token": "<|image|>", "boi_token": "<|image>", "eoi_token": "<image|>", "audio_token": "<|audio|>",
    "boa_token": "<|audio>", "eoa_token": "<audio|>", "video_token": "<|video|>"}
CUT = {"image_token": "<unk_image>", "video_token": "<unk_video>", "image_start_token": "<image>", "image_end_token": "</image>",
    "slice_start_token": "<slice>", "slice_end_token": "</slice>", "image_id_start_token": "<image_id>",
    "image_id_end_token": "</image_id>"}
MUSE = {"image_token": "<|patch|>", "video_token": "<|video|>", "audio_token": "<|audio|>"}


@fam
def apertus1p5():
    named = {"image_token": "<|image|>", "audio_token": "<|audio|>", "boi_token": "<|boi|>", "eoi_token": "<|eoi|>",
        "image_wrapper_token": "<|img|>", "eol_token": "<|eol|>", "boa_token": "<|boa|>", "eoa_token": "<|eoa|>"}
    count = len(tokens(named))
    return seen("apertus1p5", "Apertus1p5ForConditionalGeneration", "Apertus1p5Processor", named,
        {"image": "<|image|>", "audio": "<|audio|>"}, images=("Apertus1p5ImageProcessor", dict(size={"min_pixels": 32 * 32,
        "max_pixels": 64 * 64}, spatial_factor=4)), ears=hf.WavTokenizerFeatureExtractor(),
        vision_config=dict(codebook_size=16, embed_dim=8, latent_channels=32, base_channels=32, channel_multiplier=(1, 1, 1),
        num_res_blocks=1, attn_resolutions=(), resolution=64), audio_config=dict(model_type="wavtokenizer_encoder", num_filters=4,
        codebook_size=16, codebook_dim=64, num_lstm_layers=1), text_config=dict(vocab_size=count + 32, rope_parameters=PLAIN),
        image_token_offset=count, audio_token_offset=count + 16)


@fam
def dots3_note():
    named = {"image_token": "<|imgpad|>", "video_token": "<|video_pad|>", "audio_token": "<|audio_comp_pad|>"}
    return seen("dots3_note", "Dots3NoteForConditionalGeneration", "Dots3NoteProcessor", named, {"image": "<|imgpad|>",
        "video": "<|video_pad|>", "audio": "<|audio_comp_pad|>"}, images=("Qwen2VLImageProcessor", dict(size=AREA, temporal_patch_size=1)),
        films=("Qwen2VLVideoProcessor", dict(size=AREA, temporal_patch_size=1)), ears=hf.Dots3NoteFeatureExtractor(feature_size=16, chunk_length=4),
        vision_config=dict(mlp_layer_types=["dense", "sparse"]), audio_config=dict(feature_size=16, downsample_hidden_size=16),
        text_config=dict(num_key_value_heads=4, mlp_layer_types=["dense", "sparse"]))


@fam
def emu3():
    named = {"image_token": "<image>", "boi_token": "<|image start|>", "eoi_token": "<|image end|>",
        "image_wrapper_token": "<|image token|>", "eof_token": "<|extra_201|>"}
    visual = [f"<|visual token {i:06d}|>" for i in range(16)]
    places = {token: i for i, token in enumerate([*["<pad>", "<s>", "</s>", "<unk>"], *named.values(), *visual, "<|extra_200|>"])}
    return seen("emu3", "Emu3ForConditionalGeneration", "Emu3Processor", named, {"image": "<image>"}, *visual, "<|extra_200|>",
        images=None, how=dict(image_processor=hf.Emu3ImageProcessor(min_pixels=32 * 32, max_pixels=64 * 64)),
        vq_config=dict(codebook_size=16, embed_dim=4, base_channels=32, channel_multiplier=(1, 1, 1, 1), num_res_blocks=1,
        attn_resolutions=(), hidden_size=32, num_attention_heads=1), vocabulary_map=places)


@fam
def gemma4_unified():
    return seen("gemma4_unified", "Gemma4UnifiedForConditionalGeneration", "Gemma4UnifiedProcessor", GEMMA, {"image": "<|image|>",
        "video": "<|video|>", "audio": "<|audio|>"}, images=("Gemma4UnifiedImageProcessor", dict(patch_size=14, max_soft_tokens=70,
        pooling_kernel_size=2)), films=("Gemma4UnifiedVideoProcessor", dict(patch_size=14, max_soft_tokens=70,
        pooling_kernel_size=2)), ears=hf.Gemma4UnifiedAudioFeatureExtractor(), how=dict(image_seq_length=70),
        vision_config=dict(patch_size=14, pooling_kernel_size=2, mm_embed_dim=H, mm_posemb_size=64, output_proj_dims=H),
        text_config=dict(sliding_window=64, layer_types=["sliding_attention", "full_attention"]))


@fam
def diffusion_gemma():
    return seen("diffusion_gemma", "DiffusionGemmaForBlockDiffusion", "Gemma4Processor", GEMMA, {"image": "<|image|>"},
        images=("Gemma4ImageProcessor", dict(patch_size=14, max_soft_tokens=70, pooling_kernel_size=2)),
        films=("Gemma4VideoProcessor", dict(patch_size=14, max_soft_tokens=70, pooling_kernel_size=2)),
        ears=hf.Gemma4AudioFeatureExtractor(), how=dict(image_seq_length=70), vision_config=dict(model_type="gemma4_vision",
        num_key_value_heads=4, head_dim=16, patch_size=14, position_embedding_size=64, pooling_kernel_size=2),
        text_config=dict(sliding_window=64, layer_types=["sliding_attention", "full_attention"], top_k_experts=2), canvas_length=16)


@fam
def idefics():
    named = {"image_token": "<image>", "fake_image_token": "<fake_token_around_image>"}
    tk = tokens(named)
    c = config("idefics", tk, named, vision_config=dict(embed_dim=32, image_size=28), additional_vocab_size=0,
        perceiver_config=dict(), vocab_size=len(tk))
    return hf.IdeficsForVisionText2Text(c), hf.IdeficsProcessor(ip("IdeficsImageProcessor", size={"height": 28, "width": 28}), tk)


def inkling(kind, model, text, **more):
    text = {"layer_types": ["hybrid_sliding", "hybrid"], **text}
    named = {"image_token": "<|unused_200054|>"}
    return seen(kind, model, "Inkling2Processor", named, {"image": "<|unused_200054|>"},
        images=("Inkling2ImageProcessor", dict()), vision_config=dict(**more, posemb_grid_size=8, projection_hidden_dim=H),
        text_config=dict(text, swa_num_attention_heads=NH,
        swa_num_key_value_heads=2, swa_head_dim=16, sliding_window_size=64, rel_extent=64, n_layers_per_attn_res_block=1))


@fam
def inkling2():
    return inkling("inkling2", "Inkling2ForConditionalGeneration", {})


@fam
def inkling2_loop():
    return inkling("inkling2_loop", "Inkling2LoopForConditionalGeneration", dict(num_hidden_layers=3, loop_layer_index_start=1,
        loop_layer_index_end=2, loop_gate_rank=8, layer_types=["hybrid_sliding", "hybrid", "hybrid"]), model_type="inkling2_vision")


@fam
def inkling_mm_model():
    named = {"image_token": "<|unused_200054|>", "audio_token": "<|unused_200053|>", "image_bos_token": "<|content_image|>",
        "audio_bos_token": "<|content_audio_input|>"}
    return seen("inkling_mm_model", "InklingForConditionalGeneration", "InklingProcessor", named,
        {"image": "<|content_image|><|unused_200054|>", "audio": "<|content_audio_input|><|unused_200053|>"}, images=("InklingImageProcessor", dict()),
        ears=hf.InklingFeatureExtractor(feature_size=16), vision_config=dict(), audio_config=dict(n_mel_bins=16, mel_vocab_size=16),
        text_config=dict(layer_types=["hybrid_sliding", "hybrid"], swa_num_attention_heads=NH, swa_num_key_value_heads=2,
        swa_head_dim=16, sliding_window_size=64, rel_extent=64, mlp_layer_types=["dense", "sparse"]))


@fam
def kosmos2_5():
    named = {"image_token": "<s>", "boi_token": "<image>", "eoi_token": "</image>"}
    tk = make_tok(["<image>", "</image>"], named)
    c = config("kosmos-2.5", tk, {}, text_config=dict(embed_dim=H), vision_config=dict(patch_embed_hidden_size=768), latent_query_num=16)
    p = hf.Kosmos2_5Processor(ip("Kosmos2_5ImageProcessor", max_patches=64), tk, num_image_tokens=16)
    return hf.Kosmos2_5ForConditionalGeneration(c), p


def minicpm(kind, model, processor, images, films, text, **more):
    how = dict(max_slice_nums=4, scale_resolution=112)
    return seen(kind, model, processor, CUT, {"image": "<unk_image>", "video": "<unk_video>"}, images=(images, how),
        films=(films, how), vision_config=dict(image_size=224, patch_size=14, insert_layer_id=0), insert_layer_id=0,
        text_config=dict(model_type=text, **more))


@fam
def minicpmv4_6():
    return minicpm("minicpmv4_6", "MiniCPMV4_6ForConditionalGeneration", "MiniCPMV4_6Processor", "MiniCPMV4_6ImageProcessor",
        "MiniCPMV4_6VideoProcessor", "qwen3")


@fam
def minicpmv4_7():
    return minicpm("minicpmv4_7", "MiniCPMV4_7ForConditionalGeneration", "MiniCPMV4_7Processor", "MiniCPMV4_6ImageProcessor",
        "MiniCPMV4_6VideoProcessor", "qwen3_5_text", rope_parameters=R35, **G35)


@fam
def minicpm_ocr():
    return minicpm("minicpm_ocr", "MiniCPMOcrForConditionalGeneration", "MiniCPMOcrProcessor", "MiniCPMOcrImageProcessor",
        "MiniCPMOcrVideoProcessor", "qwen3")


@fam
def muse_spark():
    return seen("muse_spark", "MuseSparkForConditionalGeneration", "MuseSparkProcessor", MUSE,
        {"image": "<|image_start|><|patch|><|image_end|>", "video": "<|vid_start|><|video|><|vid_end|>", "audio": "<|audio|>"},
        "<|image_start|>", "<|image_end|>", "<|vid_frame_separator|>", "<|vid_start|>", "<|vid_end|>",
        images=("MuseGlimmerImageProcessor", dict(max_image_tokens=16)), ears=hf.MuseSparkFeatureExtractor(),
        films=("MuseGlimmerVideoProcessor", dict(max_video_frame_tokens=16)), vision_config=dict(pos_emb_height=8,
        pos_emb_width=8), audio_config=dict(hidden_sizes=(16, 16, 16, 16), depths=(1, 1, 1, 1), num_hidden_layers=4),
        text_config=dict(sliding_window=64), out_hidden_size=4 * H)


@fam
def nemotron_h_omni():
    named = {"image_token": "<image>", "video_token": "<video>", "audio_token": "<so_embedding>", "image_start_token": "<img>",
        "image_end_token": "</img>"}
    return seen("nemotron_h_omni", "NemotronH_Omni_Reasoning_V3", "NemotronH_Omni_Reasoning_V3Processor", named,
        {"image": "<image>", "video": "<video>", "audio": "<so_embedding>"}, "<so_start>", "<so_end>",
        images=("NemotronH_Omni_Reasoning_V3ImageProcessor", dict(min_num_patches=16, max_num_patches=64)),
        films=("NemotronH_Omni_Reasoning_V3VideoProcessor", dict(video_target_num_patches=16,
        norm_mean=[0.5] * 3, norm_std=[0.5] * 3)),
        ears=hf.ParakeetFeatureExtractor(feature_size=16), vision_config=dict(model_type="radio", image_size=128, max_img_size=256,
        video_temporal_patch_size=2), audio_config=dict(model_type="parakeet_encoder", subsampling_conv_channels=16,
        projection_hidden_size=H, projection_bias=False),
        text_config=dict(model_type="nemotron_h", layers_block_type=["mamba", "attention"], mamba_num_heads=4, mamba_head_dim=16,
        ssm_state_size=16, n_groups=2, chunk_size=16, moe_shared_expert_intermediate_size=32))


@fam
def pp_chart2table():
    named = {"image_token": "<imgpad>", "boi_token": "<img>", "eoi_token": "</img>"}
    return seen("pp_chart2table", "GotOcr2ForConditionalGeneration", "PPChart2TableProcessor", named,
        {"image": "<img>" + "<imgpad>" * 4 + "</img>\n"}, images=("PPChart2TableImageProcessor", dict(size={"height": 128,
        "width": 128})), vision_config=dict(image_size=128, output_channels=32, window_size=4, global_attn_indexes=[1], mlp_dim=128),
        text_config=dict(model_type="qwen2"), image_seq_length=4)


@fam
def pp_formulanet():
    tk = make_tok(["<image>"])
    c = config("pp_formulanet", tk, {}, text_config=dict(d_model=H), vision_config=dict(image_size=64, output_channels=32,
        window_size=4, global_attn_indexes=[1], mlp_dim=128, post_conv_in_channels=32, post_conv_mid_channels=32,
        post_conv_out_channels=H))
    return hf.PPFormulaNetForConditionalGeneration(c), hf.PPFormulaNetProcessor(ip("PPFormulaNetImageProcessor",
        size={"height": 64, "width": 64}), tk)
