"""More families."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

import transformers as hf

from tests.perf.families.common import (
    FF,
    NH,
    QN,
    QS,
    QT,
    ROPE,
    SZ,
    TX,
    H,
    L,
    V,
    chatml,
    clip,
    fam,
    ip,
    llama,
    make_tok,
    mistral,
    qids,
    qwen2,
    siglip,
    tid,
    vp,
)
from tests.perf.families.first import gemma3


@fam
def vipllava():
    tk = make_tok(["<image>"], {"image_token": "<image>"})
    v = len(tk)
    c = hf.VipLlavaConfig(vision_config=clip(), text_config=llama(v), image_token_index=tid(tk)("<image>"),
        vision_feature_layers=[-2, -1])
    p = hf.LlavaProcessor(ip("CLIPImageProcessor", size={"shortest_edge": 56}, crop_size=SZ), tk, patch_size=14,
        vision_feature_select_strategy="default", num_additional_image_tokens=1, chat_template=chatml("<image>\n"))
    return hf.VipLlavaForConditionalGeneration(c), p


@fam
def llava_next_video():
    tk = make_tok(["<image>", "<video>"], {"image_token": "<image>", "video_token": "<video>"})
    v = len(tk)
    pin = [[56, 112], [112, 56], [112, 112]]
    c = hf.LlavaNextVideoConfig(vision_config=clip(), text_config=llama(v), image_token_index=tid(tk)("<image>"),
        video_token_index=tid(tk)("<video>"), image_grid_pinpoints=pin, vision_feature_layer=-2)
    p = hf.LlavaNextVideoProcessor(vp("LlavaNextVideoVideoProcessor", size={"shortest_edge": 56}, crop_size=SZ),
        ip("LlavaNextImageProcessor", size={"shortest_edge": 56}, crop_size=SZ, image_grid_pinpoints=pin), tk,
        patch_size=14, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=chatml("<image>\n", "<video>\n"))
    return hf.LlavaNextVideoForConditionalGeneration(c), p


@fam
def video_llava():
    tk = make_tok(["<image>", "<video>"], {"image_token": "<image>", "video_token": "<video>"})
    v = len(tk)
    c = hf.VideoLlavaConfig(vision_config=clip(), text_config=llama(v), image_token_index=tid(tk)("<image>"),
        video_token_index=tid(tk)("<video>"), image_seq_length=16, video_seq_length=136)
    p = hf.VideoLlavaProcessor(ip("VideoLlavaImageProcessor" if hasattr(hf,
        "VideoLlavaImageProcessor") else "CLIPImageProcessor", size={"shortest_edge": 56}, crop_size=SZ),
        vp("VideoLlavaVideoProcessor", size={"shortest_edge": 56}, crop_size=SZ), tk, patch_size=14,
        chat_template=chatml("<image>\n", "<video>\n"))
    return hf.VideoLlavaForConditionalGeneration(c), p


@fam
def mistral3():
    tk = make_tok(["[IMG]", "[IMG_BREAK]", "[IMG_END]"])
    v = len(tk)
    c = hf.Mistral3Config(vision_config=hf.PixtralVisionConfig(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=2, image_size=112, patch_size=14), text_config=mistral(v),
        image_token_index=tid(tk)("[IMG]"), spatial_merge_size=2, vision_feature_layer=-1)
    p = hf.PixtralProcessor(ip("PixtralImageProcessor", size={"longest_edge": 112}, patch_size={"height": 14,
        "width": 14}), tk, patch_size=14, spatial_merge_size=2, chat_template=chatml("[IMG]"))
    return hf.Mistral3ForConditionalGeneration(c), p


@fam
def lighton_ocr():
    tk = make_tok(["<|image_pad|>", "<|vision_pad|>", "<|vision_end|>"], {"image_token": "<|image_pad|>",
        "image_break_token": "<|vision_pad|>", "image_end_token": "<|vision_end|>"})
    v = len(tk)
    c = hf.LightOnOcrConfig(vision_config=hf.PixtralVisionConfig(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=2, image_size=112, patch_size=14),
        text_config=hf.Qwen3Config(vocab_size=v, head_dim=16, **TX), image_token_id=tid(tk)("<|image_pad|>"),
        spatial_merge_size=2)
    p = hf.LightOnOcrProcessor(ip("PixtralImageProcessor", size={"longest_edge": 112}, patch_size={"height": 14,
        "width": 14}), tk, patch_size=14, spatial_merge_size=2, chat_template=chatml("<|image_pad|>"))
    return hf.LightOnOcrForConditionalGeneration(c), p


@fam
def aya_vision():
    sp = ["<image>", "<|START_OF_IMG|>", "<|END_OF_IMG|>", "<|IMG_PATCH|>", "<|IMG_LINE_BREAK|>", "TILE",
        "TILE_GLOBAL"] + [f"TILE_{i}" for i in range(1, 13)]
    tk = make_tok(sp)
    v = len(tk)
    c = hf.AyaVisionConfig(vision_config=siglip(), text_config=hf.Cohere2Config(vocab_size=v, sliding_window=64,
        **TX), image_token_index=tid(tk)("<|IMG_PATCH|>"), downsample_factor=2, alignment_intermediate_size=64,
        vision_feature_layer=-1, vision_feature_select_strategy="full")
    p = hf.AyaVisionProcessor(ip("GotOcr2ImageProcessor", size=SZ, crop_to_patches=True, max_patches=2), tk,
        patch_size=28, img_size=56, downsample_factor=1, chat_template=chatml("<image>"))
    return hf.AyaVisionForConditionalGeneration(c), p


@fam
def got_ocr2():
    sp = ["<imgpad>", "<img>", "</img>", "<|im_start|>", "<|im_end|>"]
    tk = make_tok(sp)
    v = len(tk)
    c = hf.GotOcr2Config(vision_config=dict(hidden_size=32, output_channels=16, num_hidden_layers=2,
        num_attention_heads=4, image_size=256, patch_size=16, mlp_dim=64, window_size=4, global_attn_indexes=[1]),
        text_config=qwen2(v), image_token_index=tid(tk)("<imgpad>"), image_seq_length=16)
    p = hf.GotOcr2Processor(ip("GotOcr2ImageProcessor", size={"height": 256, "width": 256}), tk,
        chat_template=chatml("<img><imgpad></img>"))
    return hf.GotOcr2ForConditionalGeneration(c), p


@fam
def lfm2_vl():
    sp = ["<image>", "<|image_start|>", "<|image_end|>",
        "<|img_thumbnail|>"] + [f"<|img_row_{i}_col_{j}|>" for i in range(1, 5) for j in range(1, 5)]
    tk = make_tok(sp, {"image_token": "<image>", "image_start_token": "<|image_start|>",
        "image_end_token": "<|image_end|>", "image_thumbnail": "<|img_thumbnail|>"})
    v = len(tk)
    c = hf.Lfm2VlConfig(vision_config=hf.Siglip2VisionConfig(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, patch_size=16, num_patches=16, vision_use_head=False),
        text_config=hf.Lfm2Config(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=2,
        num_attention_heads=NH, num_key_value_heads=2, layer_types=["conv", "full_attention"], bos_token_id=1,
        eos_token_id=2, pad_token_id=0), image_token_id=tid(tk)("<image>"), downsample_factor=2,
        projector_hidden_size=64)
    p = hf.Lfm2VlProcessor(ip("Lfm2VlImageProcessor", tile_size=64, encoder_patch_size=16, min_image_tokens=1,
        max_image_tokens=4, max_num_patches=16, min_tiles=2, max_tiles=2), tk, chat_template=chatml("<image>"))
    return hf.Lfm2VlForConditionalGeneration(c), p


@fam
def ovis2():
    sp = ["<image>", "<img>", "</img>", "<IMG_GRID>", "<IMG_COL>", "<IMG_ROW>", "<IMG_ATOM>", "<IMG>", "<pre>",
        "</pre>"]
    tk = make_tok(sp, {"image_token": "<image>"})
    v = len(tk)
    c = hf.Ovis2Config(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14, vocab_size=64, hidden_stride=1,
        num_visual_indicator_tokens=5), text_config=qwen2(v), image_token_id=tid(tk)("<IMG_ATOM>"),
        visual_indicator_token_ids=tid(tk)(["<img>", "</img>", "<IMG_GRID>", "<IMG_COL>", "<IMG_ROW>"]),
        vocab_size=v, hidden_size=H)
    p = hf.Ovis2Processor(ip("Ovis2ImageProcessor", size=SZ, crop_to_patches=True, max_patches=2), tk,
        image_seq_length=16, chat_template=chatml("<image>"))
    return hf.Ovis2ForConditionalGeneration(c), p


GN = {"image_token": "<|image|>", "video_token": "<|video|>"}
GS = ["<|image|>", "<|video|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>"]


GT = chatml("<|begin_of_image|><|image|><|end_of_image|>", "<|begin_of_video|><|video|><|end_of_video|>")
GROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3], "partial_rotary_factor": 1.0}


def gids(tk):
    i = tid(tk)
    return dict(image_token_id=i("<|image|>"), video_token_id=i("<|video|>"),
        image_start_token_id=i("<|begin_of_image|>"), image_end_token_id=i("<|end_of_image|>"),
        video_start_token_id=i("<|begin_of_video|>"), video_end_token_id=i("<|end_of_video|>"))


GV = dict(depth=2, hidden_size=32, out_hidden_size=H, num_heads=4, intermediate_size=64, patch_size=14,
    spatial_merge_size=2, temporal_patch_size=2, image_size=112)


def glmp(cls, i="Glm4vImageProcessor", v="Glm4vVideoProcessor"):
    tk = make_tok(GS, GN)
    p = getattr(hf, cls)(ip(i, size={"shortest_edge": 56*56, "longest_edge": 112*112}), tk, vp(v), chat_template=GT)
    return tk, p


@fam
def glm4v():
    tk, p = glmp("Glm4vProcessor")
    return hf.Glm4vForConditionalGeneration(hf.Glm4vConfig(text_config=dict(vocab_size=len(tk),
        rope_parameters=GROPE, **TX), vision_config=GV, **gids(tk))), p


@fam
def glm46v():
    tk, p = glmp("Glm46VProcessor", "Glm46VImageProcessor", "Glm46VVideoProcessor")
    return hf.Glm46VForConditionalGeneration(hf.Glm46VConfig(text_config=dict(model_type="glm4v_text",
        vocab_size=len(tk), rope_parameters=GROPE, **TX), vision_config=dict(model_type="glm4v_vision", **GV),
        **gids(tk))), p


@fam
def glm4v_moe():
    tk, p = glmp("Glm4vProcessor")
    return hf.Glm4vMoeForConditionalGeneration(hf.Glm4vMoeConfig(text_config=dict(vocab_size=len(tk),
        rope_parameters=GROPE, head_dim=16, n_routed_experts=4, num_experts_per_tok=2, moe_intermediate_size=32,
        first_k_dense_replace=1, n_group=1, topk_group=1, **TX), vision_config=GV, **gids(tk))), p


Q3V = dict(depth=2, hidden_size=32, out_hidden_size=H, num_heads=4, intermediate_size=64, patch_size=14,
    spatial_merge_size=2, temporal_patch_size=2, num_position_embeddings=256)


def q3p():
    tk = make_tok(QS, QN)
    return tk, hf.Qwen3VLProcessor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56,
        "longest_edge": 112*112}, patch_size=14), tk, vp("Qwen3VLVideoProcessor", patch_size=14), chat_template=QT)


@fam
def qwen3_vl_moe():
    tk, p = q3p()
    return hf.Qwen3VLMoeForConditionalGeneration(hf.Qwen3VLMoeConfig(text_config=dict(vocab_size=len(tk),
        head_dim=16, rope_parameters=ROPE, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, **TX),
        vision_config=dict(deepstack_visual_indexes=[0], **Q3V), **qids(tk))), p


R35 = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1], "partial_rotary_factor": 0.5,
    "mrope_interleaved": True}
G35 = dict(head_dim=16, layer_types=["linear_attention", "full_attention"], linear_num_key_heads=2,
    linear_num_value_heads=4, linear_key_head_dim=16, linear_value_head_dim=16, linear_conv_kernel_dim=4)


@fam
def qwen3_5():
    tk, p = q3p()
    return hf.Qwen3_5ForConditionalGeneration(hf.Qwen3_5Config(text_config=dict(vocab_size=len(tk),
        rope_parameters=R35, **G35, **TX), vision_config=Q3V, **qids(tk))), p


@fam
def qwen3_5_moe():
    tk, p = q3p()
    return hf.Qwen3_5MoeForConditionalGeneration(hf.Qwen3_5MoeConfig(text_config=dict(vocab_size=len(tk),
        rope_parameters=R35, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32,
        shared_expert_intermediate_size=32, **G35, **TX), vision_config=Q3V, **qids(tk))), p


@fam
def qwen4_exp():
    tk, p = q3p()
    return hf.Qwen4ExpForConditionalGeneration(hf.Qwen4ExpConfig(text_config=dict(vocab_size=len(tk),
        rope_parameters=R35, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32,
        shared_expert_intermediate_size=32, indexer_n_heads=2, indexer_kv_heads=1, indexer_head_dim=16,
        indexer_budget=64, indexer_compress_ratio=4, hc_lowrank=16, **dict(G35, layer_types=["linear_attention",
        "indexed_attention"]), **TX), vision_config=Q3V, **qids(tk))), p


@fam
def paddleocr_vl():
    tk = make_tok(["<|IMAGE_PLACEHOLDER|>", "<|IMAGE_START|>", "<|IMAGE_END|>"],
        {"image_token": "<|IMAGE_PLACEHOLDER|>"})
    v = len(tk)
    c = hf.PaddleOCRVLConfig(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=112, patch_size=14, spatial_merge_size=2), text_config=dict(vocab_size=v,
        head_dim=16, rope_parameters=ROPE, **TX), image_token_id=tid(tk)("<|IMAGE_PLACEHOLDER|>"),
        vision_start_token_id=tid(tk)("<|IMAGE_START|>"), vision_end_token_id=tid(tk)("<|IMAGE_END|>"))
    p = hf.PaddleOCRVLProcessor(ip("PaddleOCRVLImageProcessor", size={"shortest_edge": 56*56,
        "longest_edge": 112*112}), tk, chat_template=chatml("<|IMAGE_START|><|IMAGE_PLACEHOLDER|><|IMAGE_END|>"))
    return hf.PaddleOCRVLForConditionalGeneration(c), p


@fam
def video_llama_3():
    tk = make_tok(["<image>", "<video>"], {"image_token": "<image>", "video_token": "<video>"})
    v = len(tk)
    c = hf.VideoLlama3Config(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, patch_size=14), text_config=qwen2(v), image_token_id=tid(tk)("<image>"),
        video_token_id=tid(tk)("<video>"))
    p = hf.VideoLlama3Processor(ip("VideoLlama3ImageProcessor", size={"shortest_edge": 56*56,
        "longest_edge": 112*112}), tk, vp("VideoLlama3VideoProcessor"), chat_template=chatml("<image>", "<video>"))
    return hf.VideoLlama3ForConditionalGeneration(c), p


@fam
def idefics2():
    tk = make_tok(["<image>", "<fake_token_around_image>", "<end_of_utterance>"], {"image_token": "<image>",
        "image_boundary_token": "<fake_token_around_image>", "end_of_utterance_token": "<end_of_utterance>"})
    v = len(tk)
    c = hf.Idefics2Config(vision_config=V, perceiver_config=dict(hidden_size=H, resampler_n_latents=4,
        resampler_depth=1, resampler_n_heads=4, resampler_head_dim=16, num_key_value_heads=2),
        text_config=mistral(v), image_token_id=tid(tk)("<image>"))
    p = hf.Idefics2Processor(ip("Idefics2ImageProcessor", size={"shortest_edge": 28, "longest_edge": 56},
        do_image_splitting=False), tk, image_seq_len=4, chat_template=chatml("<image>"))
    return hf.Idefics2ForConditionalGeneration(c), p


@fam
def janus():
    tk = make_tok(["<image_placeholder>", "<begin_of_image>", "<end_of_image>"],
        {"image_token": "<image_placeholder>", "boi_token": "<begin_of_image>", "eoi_token": "<end_of_image>"})
    v = len(tk)
    c = hf.JanusConfig(vision_config=dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2,
        image_size=56, patch_size=14, projection_dim=H, depth=2, num_image_tokens=16), text_config=llama(v),
        vq_config=dict(embed_dim=8, num_embeddings=16, base_channels=32, channel_multiplier=[1, 1],
        num_res_blocks=1, double_latent=False, latent_channels=32, projection_dim=H, image_token_embed_dim=H,
        num_patches=4), image_token_id=tid(tk)("<image_placeholder>"))
    p = hf.JanusProcessor(ip("JanusImageProcessor", size=SZ, min_size=14), tk, num_image_tokens=16,
        chat_template=chatml("<image_placeholder>"))
    return hf.JanusForConditionalGeneration(c), p


@fam
def deepseek_vl():
    tk = make_tok(["<image_placeholder>"], {"image_token": "<image_placeholder>"})
    v = len(tk)
    c = hf.DeepseekVLConfig(vision_config=siglip(), text_config=llama(v),
        image_token_id=tid(tk)("<image_placeholder>"))
    p = hf.DeepseekVLProcessor(ip("DeepseekVLImageProcessor", size=SZ, min_size=14), tk, num_image_tokens=16,
        chat_template=chatml("<image_placeholder>"))
    return hf.DeepseekVLForConditionalGeneration(c), p


@fam
def aria():
    tk = make_tok(["<|img|>"], {"image_token": "<|img|>"})
    v = len(tk)
    c = hf.AriaConfig(vision_config=hf.Idefics3VisionConfig(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, image_size=980, patch_size=14),
        text_config=dict(model_type="aria_text", vocab_size=v, moe_num_experts=4, moe_topk=2,
        moe_num_shared_experts=1, **TX), projector_patch_to_query_dict={4900: 4},
        image_token_index=tid(tk)("<|img|>"), vision_feature_layer=-1)
    p = hf.AriaProcessor(ip("AriaImageProcessor", max_image_size=980, min_image_size=336), tk,
        size_conversion={980: 4}, chat_template=chatml("<|img|>"))
    return hf.AriaForConditionalGeneration(c), p


@fam
def blip():
    tk = make_tok(["<image>"])
    v = len(tk)
    c = hf.BlipConfig(text_config=dict(vocab_size=v, hidden_size=32, encoder_hidden_size=32, intermediate_size=64,
        projection_dim=32, num_hidden_layers=2, num_attention_heads=4, bos_token_id=1, eos_token_id=2,
        pad_token_id=0, sep_token_id=2), vision_config=dict(projection_dim=32, **V))
    return hf.BlipForConditionalGeneration(c), hf.BlipProcessor(ip("BlipImageProcessor", size=SZ), tk)


@fam
def git():
    tk = make_tok(["<image>"])
    v = len(tk)
    c = hf.GitConfig(vision_config=V, vocab_size=v, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    return hf.GitForCausalLM(c), hf.GitProcessor(ip("CLIPImageProcessor", size={"shortest_edge": 56}, crop_size=SZ),
        tk)


@fam
def gemma3n():
    nm = {"image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>",
        "audio_token": "<audio_soft_token>", "boa_token": "<start_of_audio>", "eoa_token": "<end_of_audio>"}
    tk = make_tok(list(nm.values()), nm)
    v = len(tk)
    i = tid(tk)
    c = hf.Gemma3nConfig(text_config=dict(vocab_size=v+32, vocab_size_per_layer_input=v, hidden_size=H,
        hidden_size_per_layer_input=16, intermediate_size=[FF]*5, num_hidden_layers=5, num_attention_heads=NH,
        num_key_value_heads=1, head_dim=16, layer_types=["sliding_attention"]*4+["full_attention"],
        sliding_window=64, num_kv_shared_layers=0, laurel_rank=8, activation_sparsity_pattern=[0.0]*5,
        altup_num_inputs=2, pad_token_id=0, bos_token_id=1, eos_token_id=2),
        vision_config=dict(architecture="mobilenetv5_base", hidden_size=2048, vocab_size=16, vocab_offset=v),
        audio_config=dict(hidden_size=32, conf_num_attention_heads=2, conf_num_hidden_layers=1, vocab_size=16,
        vocab_offset=v+16, sscp_conv_channel_size=[8,4]), image_token_id=i("<image_soft_token>"),
        boi_token_id=i("<start_of_image>"), eoi_token_id=i("<end_of_image>"),
        audio_token_id=i("<audio_soft_token>"), boa_token_id=i("<start_of_audio>"),
        eoa_token_id=i("<end_of_audio>"), vision_soft_tokens_per_image=256)
    p = hf.Gemma3nProcessor(hf.Gemma3nAudioFeatureExtractor(), ip("SiglipImageProcessor", size={"height": 256,
        "width": 256}), tk, image_seq_length=256, chat_template=chatml("<image_soft_token>",
        audio="<audio_soft_token>"))
    return hf.Gemma3nForConditionalGeneration(c), p


@fam
def shieldgemma2():
    m, p = gemma3()
    p2 = hf.ShieldGemma2Processor(p.image_processor, p.tokenizer, image_seq_length=4, chat_template=p.chat_template,
        policy_definitions={"dangerous":"x"})
    m.config.model_type="shieldgemma2"
    return m, p2


@fam
def exaone4_5():
    tk = make_tok(QS, QN)
    p = hf.Exaone4_5_Processor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112},
        patch_size=14), tk, vp("Qwen2VLVideoProcessor"), chat_template=QT)
    c = hf.Exaone4_5_Config(text_config=hf.Exaone4Config(vocab_size=len(tk), sliding_window=64,
        layer_types=["sliding_attention","full_attention"], **TX), vision_config=dict(depth=2, hidden_size=32,
        out_hidden_size=H, num_heads=4, num_key_value_heads=2, intermediate_size=64, patch_size=14,
        spatial_merge_size=2, temporal_patch_size=2, window_size=56, fullatt_block_indexes=[1]), **qids(tk))
    return hf.Exaone4_5_ForConditionalGeneration(c), p


@fam
def glm_ocr():
    tk, p = glmp("Glm46VProcessor", "Glm46VImageProcessor", "Glm46VVideoProcessor")
    return hf.GlmOcrForConditionalGeneration(hf.GlmOcrConfig(text_config=dict(vocab_size=len(tk), head_dim=16,
        rope_parameters=GROPE, **TX), vision_config=GV, **gids(tk))), p


@fam
def gemma4():
    nm = {"image_token": "<|image|>", "boi_token": "<|image>", "eoi_token": "<image|>", "audio_token": "<|audio|>",
        "boa_token": "<|audio>", "eoa_token": "<audio|>", "video_token": "<|video|>"}
    tk = make_tok(list(nm.values()), nm)
    v = len(tk)
    i = tid(tk)
    c = hf.Gemma4Config(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, head_dim=8, patch_size=14, position_embedding_size=64,
        pooling_kernel_size=2), audio_config=None, text_config=dict(vocab_size=v, hidden_size=H,
        intermediate_size=FF, num_hidden_layers=2, num_attention_heads=NH, num_key_value_heads=1, head_dim=16,
        global_head_dim=16, pad_token_id=0, bos_token_id=1, eos_token_id=2, sliding_window=64,
        layer_types=["sliding_attention", "full_attention"], hidden_size_per_layer_input=16,
        vocab_size_per_layer_input=v, num_kv_shared_layers=0), image_token_id=i("<|image|>"),
        boi_token_id=i("<|image>"), eoi_token_id=i("<image|>"), audio_token_id=i("<|audio|>"),
        boa_token_id=i("<|audio>"), eoa_token_id=i("<audio|>"), video_token_id=i("<|video|>"))
    p = hf.Gemma4Processor(hf.Gemma4AudioFeatureExtractor(), ip("Gemma4ImageProcessor", patch_size=14,
        max_soft_tokens=70, pooling_kernel_size=2), tk, vp("Gemma4VideoProcessor", patch_size=14,
        max_soft_tokens=70, pooling_kernel_size=2), image_seq_length=70,
        chat_template=chatml("<|image|>", "<|video|>"))
    return hf.Gemma4ForConditionalGeneration(c), p


@fam
def chameleon():
    nm = {"image_token": "<image>", "boi_token": "<racm3:break>", "eoi_token": "<eoss>",
        "sep_token": "<reserved08706>"}
    tk = make_tok(list(nm.values()), nm)
    v = len(tk)
    vm = {"<image>": tid(tk)("<image>")}
    vm.update({f"IMGIMG{chr(65+a)}{chr(65+b)}Z": 10 + a * 4 + b for a in range(4) for b in range(4)})
    c = hf.ChameleonConfig(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2,
        pad_token_id=0, vq_config=dict(embed_dim=8, num_embeddings=16, latent_channels=32, resolution=64,
        in_channels=3, base_channels=32, channel_multiplier=[1, 1], num_res_blocks=1), vocabulary_map=vm)
    p = hf.ChameleonProcessor(ip("ChameleonImageProcessor", size={"shortest_edge": 8}, crop_size={"height": 8,
        "width": 8}), tk, image_seq_length=16)
    p.chat_template = chatml("<image>")
    return hf.ChameleonForConditionalGeneration(c), p
