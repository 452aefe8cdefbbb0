"""Families that see, with sizes out of the library's own configurations."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

from tests.perf.families.common import ROPE, SZ, H, fam
from tests.perf.families.shrunk import seen

QWEN = {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>", "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>"}
QWEN_PLACES = {"image": "<|vision_start|><|image_pad|><|vision_end|>", "video": "<|vision_start|><|video_pad|><|vision_end|>"}
AREA = {"shortest_edge": 56 * 56, "longest_edge": 112 * 112}
AREA16 = {"shortest_edge": 64 * 64, "longest_edge": 128 * 128}
PLAIN = {"rope_type": "default", "rope_theta": 10000.0}
PATCHES = dict(patch_size=14, spatial_merge_size=2, temporal_patch_size=2)


@fam
def cohere_compass():
    named = {name: token.upper() for name, token in QWEN.items()}
    return seen("cohere_compass", "CohereCompassForConditionalGeneration", "CohereCompassProcessor", named,
        {kind: place.upper() for kind, place in QWEN_PLACES.items()},
        images=("CohereCompassImageProcessor", dict(size=AREA)),
        films=("CohereCompassVideoProcessor", dict(patch_size=14, size=AREA)),
        vision_config=dict(PATCHES, num_position_embeddings=256), text_config=dict(sliding_window=64,
        rope_parameters=dict.fromkeys(("full_attention", "sliding_attention"), PLAIN)))


@fam
def cosmos3_edge():
    return seen("cosmos3_edge", "Cosmos3EdgeForConditionalGeneration", "Cosmos3EdgeProcessor", QWEN, QWEN_PLACES,
        images=("Cosmos3EdgeImageProcessor", dict(size=AREA16)), films=("Cosmos3EdgeVideoProcessor", dict(size=AREA16)),
        vision_config=dict(num_patches=64), text_config=dict(rope_parameters=ROPE))


@fam
def cosmos3_omni():
    return seen("cosmos3_omni", "Cosmos3OmniForConditionalGeneration", "Qwen3VLProcessor", QWEN, QWEN_PLACES,
        images=("Qwen2VLImageProcessor", dict(size=AREA)), films=("Qwen3VLVideoProcessor", dict(patch_size=14)),
        vision_config=dict(PATCHES, model_type="qwen3_vl_vision", num_position_embeddings=256),
        text_config=dict(model_type="qwen3_vl_text", rope_parameters=ROPE))


@fam
def deepseek_vl_hybrid():
    named = {"image_token": "<image_placeholder>"}
    return seen("deepseek_vl_hybrid", "DeepseekVLHybridForConditionalGeneration", "DeepseekVLHybridProcessor", named,
        {"image": "<image_placeholder>"}, images=("DeepseekVLHybridImageProcessor", dict(size=SZ, min_size=14,
        high_res_size={"height": 128, "width": 128})), how=dict(num_image_tokens=16),
        vision_config=dict(model_type="siglip_vision_model", image_size=56, patch_size=14, vision_use_head=False),
        high_res_vision_config=dict(model_type="sam_vision_model", image_size=128, patch_size=16, output_channels=32,
        window_size=4, global_attn_indexes=[1], mlp_dim=128), text_config=dict(model_type="llama"))


@fam
def glmga():
    named = {"image_token": "<|image|>", "video_token": "<|video|>", "image_start_token": "<|begin_of_image|>",
        "image_end_token": "<|end_of_image|>", "video_start_token": "<|begin_of_video|>", "video_end_token": "<|end_of_video|>"}
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3], "partial_rotary_factor": 1.0}
    return seen("glmga", "Glm46VForConditionalGeneration", "Glm46VProcessor", named,
        {"image": "<|begin_of_image|><|image|><|end_of_image|>", "video": "<|begin_of_video|><|video|><|end_of_video|>"},
        images=("GlmgaImageProcessor", dict(size=AREA)), films=("GlmgaVideoProcessor", dict()),
        vision_config=dict(PATCHES, model_type="glm4v_vision", image_size=112),
        text_config=dict(model_type="glm4v_text", rope_parameters=rope))


@fam
def glm5_next():
    named = {"image_token": "<|image|>", "video_token": "<|video|>", "image_start_token": "<|begin_of_image|>",
        "image_end_token": "<|end_of_image|>", "video_start_token": "<|begin_of_video|>", "video_end_token": "<|end_of_video|>"}
    return seen("glm5_next", "Glm5NextForConditionalGeneration", "Glm5NextProcessor", named,
        {"image": "<|begin_of_image|><|image|><|end_of_image|>", "video": "<|begin_of_video|><|video|><|end_of_video|>"},
        images=("Glm5NextImageProcessor", dict(min_image_tokens=4, max_image_tokens=16)),
        films=("Glm5NextVideoProcessor", dict(min_image_tokens=4, max_image_tokens=64)),
        vision_config=dict(PATCHES, image_size=112), text_config=dict(num_key_value_heads=4, qk_rope_head_dim=0, head_dim=0,
        layer_types=["linear_attention", "indexed_attention"], mlp_layer_types=["dense", "sparse"], index_kpool=2))


@fam
def granite4_vision():
    named = {"image_token": "<image>"}
    pins = [[56, 112], [112, 56], [112, 112]]
    return seen("granite4_vision", "Granite4VisionForConditionalGeneration", "Granite4VisionProcessor", named,
        {"image": "<image>\n"}, images=("LlavaNextImageProcessor", dict(size={"shortest_edge": 56}, crop_size=SZ,
        image_grid_pinpoints=pins)), how=dict(patch_size=14, vision_feature_select_strategy="full", downsample_rate="1/2"),
        vision_config=dict(model_type="siglip_vision_model", image_size=56, patch_size=14, vision_use_head=False),
        qformer_config=dict(model_type="blip_2_qformer", cross_attention_frequency=1), image_grid_pinpoints=pins,
        vision_feature_select_strategy="full", downsample_rate="1/2", deepstack_layer_map=[[-1, 0]],
        spatial_target_layers=[1])


@fam
def granite_docling():
    named = {"image_token": "<image>", "fake_image_token": "<fake_token_around_image>"}
    cells = [f"<row_{i + 1}_col_{j + 1}>" for i in range(4) for j in range(4)]
    return seen("granite_docling", "GraniteDoclingForConditionalGeneration", "GraniteDoclingProcessor", named,
        {"image": "<image>"}, "<global-img>", *cells, images=("GraniteDoclingImageProcessor", dict(size=SZ, max_patches=4)),
        how=dict(image_seq_len=4), vision_config=dict(image_size=56, patch_size=14, scale_factor=2), pad_token_id=0)


@fam
def deepseek_ocr2():
    named = {"image_token": "<image>"}
    sam = dict(image_size=128, patch_size=16, output_channels=32, window_size=4, global_attn_indexes=[1], mlp_dim=128,
        downsample_channels=[32, H])
    return seen("deepseek_ocr2", "DeepseekOcr2ForConditionalGeneration", "DeepseekOcr2Processor", named,
        {"image": "<image>\n"}, images=("DeepseekOcr2ImageProcessor", dict(size={"height": 1024, "width": 1024},
        max_patches=2)), vision_config=dict(sam_config={**sam, "image_size": 1024}, encoder_config={}),
        text_config=dict(n_group=1, topk_group=1, mlp_layer_types=["dense", "sparse"]))


@fam
def unlimited_ocr():
    named = {"image_token": "<image>"}
    sam = dict(image_size=128, patch_size=16, output_channels=32, window_size=4, global_attn_indexes=[1], mlp_dim=128,
        downsample_channels=[32, H])
    return seen("unlimited_ocr", "UnlimitedOcrForConditionalGeneration", "UnlimitedOcrProcessor", named,
        {"image": "<image>\n"}, images=("UnlimitedOcrImageProcessor", dict(size={"height": 128, "width": 128},
        tile_size=128, max_patches=2)), vision_config=dict(sam_config=sam, encoder_config=dict(image_size=28)),
        text_config=dict(mlp_layer_types=["dense", "sparse"], sliding_window=64))


@fam
def hunyuan_vl():
    named = {"image_token": "<image>", "image_start_token": "<img_start>", "image_end_token": "<img_end>"}
    rope = {**PLAIN, "mrope_section": [2, 2, 2, 2]}
    return seen("hunyuan_vl", "HunYuanVLForConditionalGeneration", "HunYuanVLProcessor", named,
        {"image": "<img_start><image><img_end>"}, images=("HunYuanVLImageProcessor", dict(size=AREA16)),
        vision_config=dict(max_image_size=128, min_image_size=32), text_config=dict(rope_parameters=rope))


@fam
def hy_v4_vl():
    return seen("hy_v4_vl", "HYV4VLForConditionalGeneration", "HYV4VLProcessor", QWEN, QWEN_PLACES,
        images=("HYV4VLImageProcessor", dict(size=AREA16)), films=("HYV4VLVideoProcessor", dict(size=AREA16)),
        vision_config=dict(max_image_size=128), text_config=dict(mlp_layer_types=["dense", "sparse"],
        rope_parameters={**PLAIN, "mrope_section": [2, 3, 3]}))


@fam
def hyperclovax_vision_v2():
    return seen("hyperclovax_vision_v2", "HyperCLOVAXVisionV2ForConditionalGeneration", "HyperCLOVAXVisionV2Processor",
        QWEN, QWEN_PLACES, "<|video_duration|>", images=("Qwen2VLImageProcessor", dict(size=AREA)),
        films=("Qwen2VLVideoProcessor", dict(size=AREA)), vision_config=dict(PATCHES, model_type="qwen2_5_vl_vision",
        window_size=56, fullatt_block_indexes=[1]), text_config=dict(model_type="hyperclovax"))


@fam
def kimi_k25():
    named = {"image_token": "<|media_pad|>", "video_token": "<|kimi_k25_video_placeholder|>",
        "vision_start_token": "<|media_begin|>", "vision_end_token": "<|media_end|>"}
    return seen("kimi_k25", "Kimi_K25ForConditionalGeneration", "Kimi_K25Processor", named,
        {"image": "<|media_begin|>image<|media_content|><|media_pad|><|media_end|>", "video": "<|kimi_k25_video_placeholder|>"},
        "<|media_content|>", images=("Kimi_K25ImageProcessor", dict(max_patches=64)),
        films=("Kimi_K25VideoProcessor", dict(max_patches=64)), vision_config=dict(pos_emb_height=8, pos_emb_width=8),
        text_config=dict(model_type="deepseek_v3", num_key_value_heads=4, n_group=1, topk_group=1, first_k_dense_replace=1))


@fam
def lfm3_vl():
    return seen("lfm3_vl", "Lfm3VlForConditionalGeneration", "Lfm3VlProcessor", QWEN, QWEN_PLACES,
        images=("Qwen2VLImageProcessor", dict(size=AREA)), films=("Qwen3VLVideoProcessor", dict(patch_size=14)),
        vision_config=dict(PATCHES, layer_types=["conv", "full_attention"]), text_config=dict(model_type="lfm3",
        layer_types=["conv", "full_attention"]))


@fam
def minimax_m3_vl():
    named = {"image_token": "]<]image[>[", "video_token": "]<]video[>[", "vision_start_token": "]<]start of image[>[",
        "vision_end_token": "]<]end of image[>["}
    return seen("minimax_m3_vl", "MiniMaxM3SparseForConditionalGeneration", "MiniMaxM3VLProcessor", named,
        {"image": "]<]image[>[", "video": "]<]video[>["}, images=("MiniMaxM3VLImageProcessor", dict(size=AREA)),
        films=("MiniMaxM3VLVideoProcessor", dict(size=SZ)), vision_config=dict(PATCHES, image_size=112),
        text_config=dict(rotary_dim=8, index_block_size=16, index_topk_blocks=4, mlp_layer_types=["dense", "sparse"]))


@fam
def mistral_large4():
    named = {"image_token": "[IMG]", "image_break_token": "[IMG_BREAK]", "image_end_token": "[IMG_END]"}
    return seen("mistral_large4", "MistralLarge4ForConditionalGeneration", "PixtralProcessor", named, {"image": "[IMG]"},
        images=("PixtralImageProcessor", dict(size={"longest_edge": 112}, patch_size={"height": 14, "width": 14})),
        how=dict(patch_size=14, spatial_merge_size=2), vision_config=dict(model_type="pixtral", image_size=112, patch_size=14),
        text_config=dict(num_key_value_heads=4, mlp_layer_types=["dense", "sparse"]))


@fam
def molmo2():
    named = {"image_start_token": "<im_start>", "low_res_image_start_token": "<low_res_im_start>", "image_end_token": "<im_end>",
        "image_patch": "<im_patch>", "image_token": "<|image|>", "video_token": "<|video|>", "frame_start_token": "<frame_start>", "frame_end_token": "<frame_end>"}
    return seen("molmo2", "Molmo2ForConditionalGeneration", "Molmo2Processor", named, {"image": "<|image|>", "video": "<|video|>"},
        "<im_col>", images=("Molmo2ImageProcessor", dict(size=SZ, max_crops=2, overlap_margins=[1, 1])),
        films=("Molmo2VideoProcessor", dict(size=SZ)), vision_config=dict(image_size=[56, 56], patch_size=14, num_position_embeddings=16),
        adapter_config=dict(vision_feature_layer=[-1, -2]), text_config=dict())


@fam
def muse_glimmer():
    named = {"image_token": "<|patch|>", "video_token": "<|video|>"}
    return seen("muse_glimmer", "MuseGlimmerForConditionalGeneration", "MuseGlimmerProcessor", named,
        {"image": "<|image_start|><|patch|><|image_end|>", "video": "<|vid_start|><|video|><|vid_end|>"}, "<|image_start|>",
        "<|image_end|>", "<|vid_frame_separator|>", "<|vid_start|>", "<|vid_end|>",
        images=("MuseGlimmerImageProcessor", dict(max_image_tokens=16)),
        films=("MuseGlimmerVideoProcessor", dict(max_video_frame_tokens=16)), vision_config=dict(pos_emb_height=8,
        pos_emb_width=8), text_config=dict(sliding_window=64), out_hidden_size=4 * H)


@fam
def qianfan_ocr():
    named = {"start_image_token": "<img>", "end_image_token": "</img>", "image_token": "<IMG_CONTEXT>",
        "context_image_token": "<IMG_CONTEXT>"}
    return seen("qianfan_ocr", "QianfanOCRForConditionalGeneration", "QianfanOCRProcessor", named,
        {"image": "<image>\n"}, "<image>", images=("GotOcr2ImageProcessor", dict(size=SZ, crop_to_patches=True, max_patches=4)),
        how=dict(image_seq_length=4), vision_config=dict(image_size=(56, 56), patch_size=(14, 14)),
        text_config=dict(model_type="qwen3"), image_seq_length=4)


@fam
def step3p7():
    named = {"image_token": "<im_patch>"}
    more = ["<im_start>", "<im_end>", "<patch_start>", "<patch_end>", "<patch_newline>"]
    return seen("step3p7", "Step3p7ForConditionalGeneration", "Step3p7Processor", named, {"image": "<im_patch>"}, *more,
        images=("Step3p7ImageProcessor", dict(size={"height": 112, "width": 112}, patch_size=56, max_image_size=224)),
        vision_config=dict(image_size=112, mlp_ratio=2.0), text_config=dict(mlp_layer_types=["dense", "sparse"],
        layer_types=["sliding_attention", "full_attention"], sliding_window=64))


@fam
def t5gemma2():
    named = {"image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>"}
    text = dict(sliding_window=64, query_pre_attn_scalar=16, layer_types=["sliding_attention", "full_attention"])
    return seen("t5gemma2", "T5Gemma2ForConditionalGeneration", "Gemma3Processor", named, {"image": "<start_of_image>"},
        images=("Gemma3ImageProcessor", dict(size=SZ)), how=dict(image_seq_length=4), encoder=dict(text_config=text,
        vision_config=dict(model_type="siglip_vision_model", image_size=56, patch_size=14, vision_use_head=False),
        mm_tokens_per_image=4), decoder=text)
