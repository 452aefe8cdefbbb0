"""Families with something of their own: decoders with cross attention, patches without an encoder."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

import transformers as hf

from tests.perf.families.common import (
    FF,
    NH,
    SZ,
    TX,
    H,
    L,
    V,
    chatml,
    fam,
    ip,
    make_tok,
    siglip,
    tid,
    vp,
)


@fam
def cohere2_vision():
    nm = {"image_token": "<|IMG_PATCH|>", "boi_token": "<|START_OF_IMG|>", "eoi_token": "<|END_OF_IMG|>",
        "img_line_break_token": "<|IMG_LINE_BREAK|>"}
    tk = make_tok(list(nm.values()), nm)
    c = hf.Cohere2VisionConfig(vision_config=siglip(), text_config=hf.Cohere2Config(vocab_size=len(tk),
        sliding_window=64, **TX), image_token_id=tid(tk)("<|IMG_PATCH|>"), downsample_factor=2,
        alignment_intermediate_size=64)
    p = hf.Cohere2VisionProcessor(ip("Cohere2VisionImageProcessor", size=SZ, patch_size=2, max_patches=2), tk,
        chat_template=chatml("<|IMG_PATCH|>"))
    return hf.Cohere2VisionForConditionalGeneration(c), p


@fam
def fuyu():
    tk = make_tok(["|SPEAKER|", "|NEWLINE|", *(f"<0x0{i}>" for i in range(5))], {"image_token": "|SPEAKER|"})
    text = dict(vocab_size=len(tk), hidden_size=H, intermediate_size=FF, num_hidden_layers=L, num_attention_heads=NH,
        max_position_embeddings=4096)
    c = hf.FuyuConfig(patch_size=14, image_size=56, text_config=dict(model_type="persimmon", **text), pad_token_id=0,
        bos_token_id=1, eos_token_id=2, image_token_id=tid(tk)("|SPEAKER|"), **text)
    p = hf.FuyuProcessor(ip("FuyuImageProcessor", size=SZ, patch_size={"height": 14, "width": 14}), tk)
    return hf.FuyuForCausalLM(c), p


@fam
def pix2struct():
    tk = make_tok(["<image>"])
    c = hf.Pix2StructConfig(text_config=dict(vocab_size=len(tk), hidden_size=32, d_kv=8, d_ff=64, num_layers=2,
        num_heads=4, pad_token_id=0, eos_token_id=2, decoder_start_token_id=0), vision_config=dict(hidden_size=32,
        patch_embed_hidden_size=768, d_ff=64, d_kv=8, num_hidden_layers=2, num_attention_heads=4, seq_len=4096))
    p = hf.Pix2StructProcessor(ip("Pix2StructImageProcessor", max_patches=64, is_vqa=False), tk)
    return hf.Pix2StructForConditionalGeneration(c), p


@fam
def ernie4_5_vl_moe():
    sp = [f"<|{kind}_{what}|>" for kind in ("IMAGE", "VIDEO") for what in ("PLACEHOLDER", "START", "END")]
    names = [f"{kind}_{what}token" for kind in ("image", "video") for what in ("", "start_", "end_")]
    tk = make_tok(sp, dict(zip(names, sp, strict=True)))
    ids = {f"{name}_id": tid(tk)(token) for name, token in zip(names, sp, strict=True)}
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [3, 3, 2]}
    c = hf.Ernie4_5_VLMoeConfig(vision_config=dict(depth=2, hidden_size=32, intermediate_size=64, num_heads=4,
        patch_size=14, spatial_merge_size=2, temporal_merge_size=2), text_config=dict(vocab_size=len(tk),
        rope_parameters=rope, moe_intermediate_size=[32, 16], moe_k=2, moe_num_experts=4, moe_num_shared_experts=1,
        mlp_layer_types=["dense", "sparse"], **TX), **ids)
    p = hf.Ernie4_5_VLMoeProcessor(ip("Ernie4_5_VLMoeImageProcessor", size={"shortest_edge": 56*56,
        "longest_edge": 112*112}), tk, vp("Ernie4_5_VLMoeVideoProcessor", draw_on_frames=False),
        chat_template=chatml("<|IMAGE_START|><|IMAGE_PLACEHOLDER|><|IMAGE_END|>",
        "<|VIDEO_START|><|VIDEO_PLACEHOLDER|><|VIDEO_END|>"))
    return hf.Ernie4_5_VLMoeForConditionalGeneration(c), p


@fam
def kosmos2():
    tk = make_tok(["<image>", "</image>", "<grounding>", "<phrase>", "</phrase>", "<object>", "</object>",
        "</delimiter_of_multi_objects/>"])
    c = hf.Kosmos2Config(text_config=dict(vocab_size=len(tk), embed_dim=H, layers=2, ffn_dim=FF, attention_heads=4,
        max_position_embeddings=512, pad_token_id=0, bos_token_id=1, eos_token_id=2), vision_config=dict(V),
        latent_query_num=64)
    p = hf.Kosmos2Processor(ip("CLIPImageProcessor", size={"shortest_edge": 56}, crop_size=SZ), tk,
        num_patch_index_tokens=16)
    return hf.Kosmos2ForConditionalGeneration(c), p


@fam
def florence2():
    tk = make_tok(["<image>"], {"image_token": "<image>"})
    text = hf.BartConfig(vocab_size=len(tk), d_model=H, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=FF, decoder_ffn_dim=FF, max_position_embeddings=512, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_bos_token_id=None)
    c = hf.Florence2Config(text_config=text, vision_config=dict(depths=[1]*4, embed_dim=[16]*4, num_heads=[2]*4,
        num_groups=[2]*4, patch_size=[7, 3, 3, 3], patch_stride=[4, 2, 2, 2], patch_padding=[3, 1, 1, 1],
        patch_prenorm=[False, True, True, True], window_size=12, projection_dim=H), image_token_id=tid(tk)("<image>"))
    pictures = ip("CLIPImageProcessor", size=SZ, crop_size=SZ)
    pictures.image_seq_length = 5
    p = hf.Florence2Processor(pictures, tk, num_additional_image_tokens=1)
    return hf.Florence2ForConditionalGeneration(c), p
