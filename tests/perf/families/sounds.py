"""Families that hear."""

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
    ROPE,
    TX,
    H,
    chatml,
    fam,
    ip,
    llama,
    make_tok,
    qwen2,
    tid,
    vp,
    whisper_ears,
)

EARS = dict(num_mel_bins=16, d_model=32, encoder_layers=2, encoder_attention_heads=4, encoder_ffn_dim=64)


@fam
def qwen2_audio():
    nm = {"audio_token": "<|AUDIO|>", "audio_bos_token": "<|audio_bos|>", "audio_eos_token": "<|audio_eos|>"}
    tk = make_tok([], nm)
    c = hf.Qwen2AudioConfig(audio_config=dict(model_type="qwen2_audio_encoder", max_source_positions=200, **EARS),
        text_config=qwen2(len(tk)), audio_token_index=tid(tk)("<|AUDIO|>"))
    p = hf.Qwen2AudioProcessor(whisper_ears(), tk, chat_template=chatml(audio="<|audio_bos|><|AUDIO|><|audio_eos|>"))
    return hf.Qwen2AudioForConditionalGeneration(c), p


ON = {**QN, "audio_token": "<|AUDIO|>", "audio_bos_token": "<|audio_bos|>", "audio_eos_token": "<|audio_eos|>"}
OT = chatml(QS[0] + QS[2] + QS[1], QS[0] + QS[3] + QS[1], "<|audio_bos|><|AUDIO|><|audio_eos|>")


def omni_tokens():
    tk = make_tok(["<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"], ON)
    i = tid(tk)
    ids = dict(image=i(QS[2]), video=i(QS[3]), audio=i("<|AUDIO|>"), vision_start=i(QS[0]), vision_end=i(QS[1]),
        audio_start=i("<|audio_bos|>"), audio_end=i("<|audio_eos|>"))
    return tk, ids


@fam
def qwen2_5_omni():
    tk, ids = omni_tokens()
    thinker = dict(audio_config=dict(EARS, max_source_positions=200, n_window=50, output_dim=H),
        vision_config=dict(depth=2, hidden_size=32, out_hidden_size=H, num_heads=4, intermediate_size=64,
        patch_size=14, spatial_merge_size=2, temporal_patch_size=2, window_size=56, fullatt_block_indexes=[1]),
        text_config=dict(vocab_size=len(tk), rope_parameters=ROPE, **TX), image_token_index=ids["image"],
        video_token_index=ids["video"], audio_token_index=ids["audio"], vision_start_token_id=ids["vision_start"],
        vision_end_token_id=ids["vision_end"], audio_start_token_id=ids["audio_start"],
        audio_end_token_id=ids["audio_end"], pad_token_id=0)
    c = hf.Qwen2_5OmniConfig(thinker_config=thinker, enable_audio_output=False)
    p = hf.Qwen2_5OmniProcessor(ip("Qwen2VLImageProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112}),
        vp("Qwen2VLVideoProcessor", size={"shortest_edge": 56*56, "longest_edge": 112*112}), whisper_ears(), tk,
        chat_template=OT)
    return hf.Qwen2_5OmniForConditionalGeneration(c), p


@fam
def qwen3_omni_moe():
    tk, ids = omni_tokens()
    thinker = dict(audio_config=dict(EARS, max_source_positions=200, n_window=50, n_window_infer=100, output_dim=H,
        downsample_hidden_size=16),
        vision_config=dict(depth=2, hidden_size=32, out_hidden_size=H, num_heads=4, intermediate_size=64,
        patch_size=16, spatial_merge_size=2, temporal_patch_size=2, num_position_embeddings=256,
        deepstack_visual_indexes=[0]),
        text_config=dict(vocab_size=len(tk), head_dim=16, num_experts=4, num_experts_per_tok=2,
        moe_intermediate_size=32, rope_parameters=ROPE, **TX), image_token_id=ids["image"],
        video_token_id=ids["video"], audio_token_id=ids["audio"], vision_start_token_id=ids["vision_start"],
        vision_end_token_id=ids["vision_end"], audio_start_token_id=ids["audio_start"],
        audio_end_token_id=ids["audio_end"])
    c = hf.Qwen3OmniMoeConfig(thinker_config=thinker, enable_audio_output=False)
    p = hf.Qwen3OmniMoeProcessor(ip("Qwen2VLImageProcessor", patch_size=16, size={"shortest_edge": 64*64,
        "longest_edge": 128*128}), vp("Qwen2VLVideoProcessor", patch_size=16,
        size={"shortest_edge": 64*64, "longest_edge": 128*128}), whisper_ears(), tk, chat_template=OT)
    return hf.Qwen3OmniMoeForConditionalGeneration(c), p


@fam
def audioflamingo3():
    tk = make_tok(["<sound>"], {})
    c = hf.AudioFlamingo3Config(audio_config=dict(model_type="audioflamingo3_encoder", num_mel_bins=16,
        num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, hidden_size=32, max_source_positions=200),
        text_config=qwen2(len(tk)), audio_token_id=tid(tk)("<sound>"))
    p = hf.AudioFlamingo3Processor(whisper_ears(), tk, chat_template=chatml(audio="<sound>"), max_audio_len=40)
    return hf.AudioFlamingo3ForConditionalGeneration(c), p


@fam
def glmasr():
    tk = make_tok(["<|sound|>"], {})
    c = hf.GlmAsrConfig(audio_config=dict(model_type="glmasr_encoder", num_mel_bins=16, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=128, hidden_size=32, max_position_embeddings=200),
        text_config=llama(len(tk)), audio_token_id=tid(tk)("<|sound|>"))
    p = hf.GlmAsrProcessor(whisper_ears(), tk, chat_template=chatml(audio="<|sound|>"), audio_token="<|sound|>",
        max_audio_len=40)
    return hf.GlmAsrForConditionalGeneration(c), p


@fam
def qwen3_asr():
    nm = {"audio_token": "<|audio_pad|>", "audio_bos_token": "<|audio_start|>", "audio_eos_token": "<|audio_end|>"}
    tk = make_tok([], nm)
    c = hf.Qwen3ASRConfig(audio_config=dict(EARS, model_type="qwen3_asr_encoder", n_window=50, n_window_infer=100,
        output_dim=H, downsample_hidden_size=16), text_config=dict(model_type="qwen3", vocab_size=len(tk),
        head_dim=16, **TX), audio_token_id=tid(tk)("<|audio_pad|>"), pad_token_id=0, eos_token_id=2)
    p = hf.Qwen3ASRProcessor(hf.Qwen3ASRFeatureExtractor(feature_size=16), tk,
        chat_template=chatml(audio="<|audio_start|><|audio_pad|><|audio_end|>"))
    return hf.Qwen3ASRForConditionalGeneration(c), p


@fam
def granite_speech():
    tk = make_tok(["<|audio|>"], {"audio_token": "<|audio|>"})
    c = hf.GraniteSpeechConfig(encoder_config=dict(input_dim=160, num_layers=2, hidden_dim=32, num_heads=4, dim_head=8,
        output_dim=12, context_size=50, conv_kernel_size=3), text_config=dict(model_type="granite",
        vocab_size=len(tk), **TX), projector_config=dict(model_type="blip_2_qformer", hidden_size=32,
        num_hidden_layers=1, num_attention_heads=4, intermediate_size=64, encoder_hidden_size=32,
        cross_attention_frequency=1), audio_token_index=tid(tk)("<|audio|>"), has_lora_adapter=False)
    p = hf.GraniteSpeechProcessor(hf.GraniteSpeechFeatureExtractor(), tk, chat_template=chatml(audio="<|audio|>"))
    return hf.GraniteSpeechForConditionalGeneration(c), p


@fam
def phi4_multimodal():
    nm = {"image_token": "<|image|>", "audio_token": "<|audio|>"}
    tk = make_tok([], nm)
    i = tid(tk)
    c = hf.Phi4MultimodalConfig(vocab_size=len(tk), vision_config=dict(hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=4, image_size=448, patch_size=14, crop_size=448,
        image_token_id=i("<|image|>")), audio_config=dict(hidden_size=32, num_blocks=2, num_attention_heads=4,
        intermediate_size=32, ext_pw_out_channel=32, depthwise_separable_out_channel=32, nemo_conv_channels=16,
        audio_token_id=i("<|audio|>")), rope_parameters={"rope_type": "default",
        "rope_theta": 10000.0, "partial_rotary_factor": 1.0}, **TX)
    p = hf.Phi4MultimodalProcessor(hf.Phi4MultimodalImageProcessor(dynamic_hd=2),
        hf.Phi4MultimodalFeatureExtractor(), tk, chat_template=chatml("<|image|>", audio="<|audio|>"))
    return hf.Phi4MultimodalForCausalLM(c), p


@fam
def whisper():
    """It writes down what is said, and reads no prompt."""
    tk = make_tok([])
    c = hf.WhisperConfig(vocab_size=len(tk), num_mel_bins=16, d_model=H, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=NH, decoder_attention_heads=NH, encoder_ffn_dim=FF, decoder_ffn_dim=FF,
        max_source_positions=200, max_target_positions=64, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        decoder_start_token_id=1, suppress_tokens=[], begin_suppress_tokens=[], tie_word_embeddings=False)
    return hf.WhisperForConditionalGeneration(c), hf.WhisperProcessor(whisper_ears(), tk)
