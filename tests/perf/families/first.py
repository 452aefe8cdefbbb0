"""The families that most people run."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

import transformers as hf

from tests.perf.families.common import (
    FF,
    IDS,
    NH,
    QF,
    QN,
    QS,
    QT,
    ROPE,
    H,
    L,
    chatml,
    clip,
    fam,
    ip,
    llama,
    make_tok,
    qids,
    qwen2,
    siglip,
    vp,
)


@fam
def llava():
    tk = make_tok(["<image>"], {"image_token": "<image>"})
    v = len(tk)
    c = hf.LlavaConfig(vision_config=clip(), text_config=llama(v),
        image_token_index=tk.convert_tokens_to_ids("<image>"), vision_feature_layer=-2,
        vision_feature_select_strategy="default")
    p = hf.LlavaProcessor(ip("CLIPImageProcessor", size={"shortest_edge": 56}, crop_size={"height": 56,
        "width": 56}), tk, patch_size=14, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=chatml("<image>\n"))
    return hf.LlavaForConditionalGeneration(c), p


@fam
def llava_next():
    tk = make_tok(["<image>"], {"image_token": "<image>"})
    v = len(tk)
    pin = [[56, 112], [112, 56], [112, 112]]
    c = hf.LlavaNextConfig(vision_config=clip(), text_config=llama(v),
        image_token_index=tk.convert_tokens_to_ids("<image>"), image_grid_pinpoints=pin, vision_feature_layer=-2,
        vision_feature_select_strategy="default")
    p = hf.LlavaNextProcessor(ip("LlavaNextImageProcessor", size={"shortest_edge": 56}, crop_size={"height": 56,
        "width": 56}, image_grid_pinpoints=pin), tk, patch_size=14, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=chatml("<image>\n"))
    return hf.LlavaNextForConditionalGeneration(c), p


@fam
def llava_onevision():
    tk = make_tok(["<image>", "<video>"], {"image_token": "<image>", "video_token": "<video>"})
    v = len(tk)
    pin = [[56, 112], [112, 56], [112, 112]]
    c = hf.LlavaOnevisionConfig(vision_config=siglip(), text_config=qwen2(v),
        image_token_index=tk.convert_tokens_to_ids("<image>"),
        video_token_index=tk.convert_tokens_to_ids("<video>"), image_grid_pinpoints=pin, vision_feature_layer=-1,
        vision_feature_select_strategy="full")
    p = hf.LlavaOnevisionProcessor(ip("LlavaOnevisionImageProcessor", size={"height": 56, "width": 56},
        image_grid_pinpoints=pin), tk, vp("LlavaOnevisionVideoProcessor", size={"height": 56, "width": 56}),
        num_image_tokens=16, vision_feature_select_strategy="full", chat_template=chatml("<image>\n", "<video>\n"))
    return hf.LlavaOnevisionForConditionalGeneration(c), p


@fam
def qwen2_vl():
    tk = make_tok(QS, QN)
    v = len(tk)
    c = hf.Qwen2VLConfig(text_config=dict(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, max_position_embeddings=4096, rope_parameters=ROPE,
        bos_token_id=1, eos_token_id=2, pad_token_id=0), vision_config=dict(depth=2, embed_dim=32, hidden_size=H,
        num_heads=4, mlp_ratio=2, patch_size=14, spatial_merge_size=2, temporal_patch_size=2), **qids(tk))
    p = hf.Qwen2VLProcessor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112}), tk,
        vp("Qwen2VLVideoProcessor"), chat_template=QT)
    return hf.Qwen2VLForConditionalGeneration(c), p


@fam
def qwen2_5_vl():
    tk = make_tok(QS, QN)
    v = len(tk)
    c = hf.Qwen2_5_VLConfig(text_config=dict(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, max_position_embeddings=4096, rope_parameters=ROPE,
        bos_token_id=1, eos_token_id=2, pad_token_id=0), vision_config=dict(depth=2, hidden_size=32,
        out_hidden_size=H, num_heads=4, intermediate_size=64, patch_size=14, spatial_merge_size=2,
        temporal_patch_size=2, window_size=56, fullatt_block_indexes=[1]), **qids(tk))
    p = hf.Qwen2_5_VLProcessor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112}),
        tk, vp("Qwen2VLVideoProcessor"), chat_template=QT)
    return hf.Qwen2_5_VLForConditionalGeneration(c), p


@fam
def qwen3_vl():
    tk = make_tok(QS, QN)
    v = len(tk)
    c = hf.Qwen3VLConfig(text_config=dict(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, head_dim=16, max_position_embeddings=4096,
        rope_parameters=ROPE, bos_token_id=1, eos_token_id=2, pad_token_id=0), vision_config=dict(depth=2,
        hidden_size=32, out_hidden_size=H, num_heads=4, intermediate_size=64, patch_size=14, spatial_merge_size=2,
        temporal_patch_size=2, num_position_embeddings=256, deepstack_visual_indexes=[0]), **qids(tk))
    p = hf.Qwen3VLProcessor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112},
        patch_size=14), tk, vp("Qwen3VLVideoProcessor", patch_size=14), chat_template=QT)
    return hf.Qwen3VLForConditionalGeneration(c), p


@fam
def idefics3():
    tk = make_tok(IDS, {"image_token": "<image>"})
    v = len(tk)
    c = hf.Idefics3Config(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14), text_config=llama(v), scale_factor=2,
        image_token_id=tk.convert_tokens_to_ids("<image>"), pad_token_id=0, tie_word_embeddings=False)
    p = hf.Idefics3Processor(ip("Idefics3ImageProcessor", size={"longest_edge": 112},
        max_image_size={"longest_edge": 56}, do_image_splitting=True), tk, image_seq_len=4,
        chat_template=chatml("<image>"))
    return hf.Idefics3ForConditionalGeneration(c), p


@fam
def smolvlm():
    tk = make_tok(IDS, {"image_token": "<image>", "fake_image_token": "<fake_token_around_image>",
        "end_of_utterance_token": "<end_of_utterance>", "global_image_token": "<global-img>"})
    v = len(tk)
    c = hf.SmolVLMConfig(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14), text_config=llama(v), scale_factor=2,
        image_token_id=tk.convert_tokens_to_ids("<image>"), pad_token_id=0, tie_word_embeddings=False)
    p = hf.SmolVLMProcessor(ip("SmolVLMImageProcessor", size={"longest_edge": 112},
        max_image_size={"longest_edge": 56}), tk, vp("SmolVLMVideoProcessor", size={"longest_edge": 112},
        max_image_size={"longest_edge": 56}), image_seq_len=4, chat_template=chatml("<image>", "<video>"))
    return hf.SmolVLMForConditionalGeneration(c), p


@fam
def internvl():
    tk = make_tok(["<img>", "</img>", "<IMG_CONTEXT>", "<video>"], {"start_image_token": "<img>",
        "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>", "video_token": "<video>"})
    v = len(tk)
    c = hf.InternVLConfig(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=[56, 56], patch_size=[14, 14]), text_config=qwen2(v),
        image_token_id=tk.convert_tokens_to_ids("<IMG_CONTEXT>"), image_seq_length=4, downsample_ratio=0.5)
    p = hf.InternVLProcessor(ip("GotOcr2ImageProcessor", size={"height": 56, "width": 56}, crop_to_patches=True,
        max_patches=4), tk, vp("InternVLVideoProcessor", size={"height": 56, "width": 56}), image_seq_length=4,
        chat_template=chatml("<IMG_CONTEXT>\n", "<video>\n"))
    return hf.InternVLForConditionalGeneration(c), p


@fam
def paligemma():
    tk = make_tok(["<image>"], {"image_token": "<image>"})
    i = ip("SiglipImageProcessor", size={"height": 56, "width": 56})
    i.image_seq_length = 16
    p = hf.PaliGemmaProcessor(i, tk, chat_template=chatml("<image>"))
    v = len(p.tokenizer)
    c = hf.PaliGemmaConfig(vision_config=dict(model_type="siglip_vision_model", hidden_size=32,
        intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=56, patch_size=14,
        projection_dim=H, vision_use_head=False), text_config=dict(model_type="gemma", vocab_size=v, hidden_size=H,
        intermediate_size=FF, num_hidden_layers=L, num_attention_heads=NH, num_key_value_heads=1, head_dim=16,
        num_image_tokens=16, pad_token_id=0, bos_token_id=1, eos_token_id=2), projection_dim=H,
        image_token_index=tk.convert_tokens_to_ids("<image>"))
    return hf.PaliGemmaForConditionalGeneration(c), p


@fam
def gemma3():
    tk = make_tok(["<start_of_image>", "<end_of_image>", "<image_soft_token>"],
        {"image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>"})
    v = len(tk)
    i = tk.convert_tokens_to_ids
    c = hf.Gemma3Config(vision_config=dict(model_type="siglip_vision_model", hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, image_size=56, patch_size=14, vision_use_head=False),
        text_config=dict(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=2,
        num_attention_heads=NH, num_key_value_heads=1, head_dim=16, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        sliding_window=64), mm_tokens_per_image=4, image_token_index=i("<image_soft_token>"),
        boi_token_index=i("<start_of_image>"), eoi_token_index=i("<end_of_image>"))
    p = hf.Gemma3Processor(ip("Gemma3ImageProcessor", size={"height": 56, "width": 56}), tk, image_seq_length=4,
        chat_template=chatml("<start_of_image>"))
    return hf.Gemma3ForConditionalGeneration(c), p


@fam
def blip2():
    tk = make_tok(["<image>"])
    v = len(tk)
    c = hf.Blip2Config(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14), qformer_config=QF,
        text_config=hf.OPTConfig(vocab_size=v, hidden_size=H, word_embed_proj_dim=H, ffn_dim=FF,
        num_hidden_layers=L, num_attention_heads=NH, max_position_embeddings=512, pad_token_id=0, bos_token_id=1,
        eos_token_id=2), num_query_tokens=8, image_token_index=tk.convert_tokens_to_ids("<image>"))
    p = hf.Blip2Processor(ip("BlipImageProcessor", size={"height": 56, "width": 56}), tk, num_query_tokens=8)
    return hf.Blip2ForConditionalGeneration(c), p


@fam
def instructblip():
    tk = make_tok(["<image>"])
    v = len(tk)
    qf = dict(QF, vocab_size=v)
    qt = make_tok(["[DEC]"])
    c = hf.InstructBlipConfig(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14), qformer_config=qf,
        text_config=hf.OPTConfig(vocab_size=v, hidden_size=H, word_embed_proj_dim=H, ffn_dim=FF,
        num_hidden_layers=L, num_attention_heads=NH, max_position_embeddings=512, pad_token_id=0, bos_token_id=1,
        eos_token_id=2), num_query_tokens=8, image_token_index=tk.convert_tokens_to_ids("<image>"))
    p = hf.InstructBlipProcessor(ip("BlipImageProcessor", size={"height": 56, "width": 56}), tk, qt,
        num_query_tokens=8)
    return hf.InstructBlipForConditionalGeneration(c), p


@fam
def mllama():
    tk = make_tok(["<|image|>", "<|python_tag|>", "<|begin_of_text|>"], {"image_token": "<|image|>"})
    v = len(tk)
    c = hf.MllamaConfig(vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_global_layers=1, attention_heads=4, image_size=56, patch_size=14, max_num_tiles=2,
        supported_aspect_ratios=[[1, 1], [1, 2], [2, 1]], intermediate_layers_indices=[0], vision_output_dim=64),
        text_config=dict(vocab_size=v - 1 if 0 else v, hidden_size=H, intermediate_size=FF, num_hidden_layers=3,
        num_attention_heads=NH, num_key_value_heads=2, cross_attention_layers=[1], pad_token_id=0, bos_token_id=1,
        eos_token_id=2, rope_parameters={"rope_type": "default", "rope_theta": 10000.0}),
        image_token_index=tk.convert_tokens_to_ids("<|image|>"))
    p = hf.MllamaProcessor(ip("MllamaImageProcessor", size={"height": 56, "width": 56}, max_image_tiles=2), tk,
        chat_template=chatml("<|image|>"))
    return hf.MllamaForConditionalGeneration(c), p


@fam
def llama4():
    sp = ["<|image|>", "<|image_start|>", "<|image_end|>", "<|patch|>", "<|tile_x_separator|>",
        "<|tile_y_separator|>"]
    tk = make_tok(sp)
    v = len(tk)
    c = hf.Llama4Config(vision_config=dict(hidden_size=32, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, image_size=56, patch_size=14, pixel_shuffle_ratio=0.5, projector_input_dim=32,
        projector_output_dim=32, vision_output_dim=32), text_config=dict(vocab_size=v, hidden_size=H,
        intermediate_size=FF, intermediate_size_mlp=FF, num_hidden_layers=4, num_attention_heads=NH,
        num_key_value_heads=2, head_dim=16, num_local_experts=2, num_experts_per_tok=1, pad_token_id=0,
        bos_token_id=1, eos_token_id=2), image_token_index=tk.convert_tokens_to_ids("<|patch|>"))
    p = hf.Llama4Processor(ip("Llama4ImageProcessor", size={"height": 56, "width": 56}, max_patches=4), tk,
        patch_size=14, chat_template=chatml("<|image|>"))
    return hf.Llama4ForConditionalGeneration(c), p


@fam
def pixtral():
    tk = make_tok(["[IMG]", "[IMG_BREAK]", "[IMG_END]"])
    v = len(tk)
    c = hf.LlavaConfig(vision_config=hf.PixtralVisionConfig(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=2, image_size=112, patch_size=14),
        text_config=hf.MistralConfig(vocab_size=v, hidden_size=H, intermediate_size=FF, num_hidden_layers=L,
        num_attention_heads=NH, num_key_value_heads=2, head_dim=16, bos_token_id=1, eos_token_id=2, pad_token_id=0),
        image_token_index=tk.convert_tokens_to_ids("[IMG]"), vision_feature_layer=-1,
        vision_feature_select_strategy="full")
    p = hf.PixtralProcessor(ip("PixtralImageProcessor", size={"longest_edge": 112}, patch_size={"height": 14,
        "width": 14}), tk, patch_size=14, chat_template=chatml("[IMG]"))
    return hf.LlavaForConditionalGeneration(c), p
