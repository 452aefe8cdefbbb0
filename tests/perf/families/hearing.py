"""Families that hear, with sizes out of the library's own configurations."""

# Arguments of configurations are laid out by hand: one per line would be a book.
# fmt: off
# ruff: noqa: C408

from __future__ import annotations

import transformers as hf

from tests.perf.families.common import FF, NH, H, L, fam, make_tok
from tests.perf.families.shrunk import config, seen

SUBSAMPLED = dict(model_type="parakeet_encoder", subsampling_conv_channels=16, num_mel_bins=16)
WAVES = dict(conv_dim=(16,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4)


def heard(kind, model, processor, ears, special=(), how=None, **given):
    """A model that writes down what it hears, and reads no prompt."""
    tk = make_tok(list(special))
    made = getattr(hf, processor)(feature_extractor=ears, tokenizer=tk, **(how or {}))
    return getattr(hf, model)(config(kind, tk, {}, **given)), made


@fam
def cohere_asr():
    return heard("cohere_asr", "CohereAsrForConditionalGeneration", "CohereAsrProcessor",
        hf.CohereAsrFeatureExtractor(feature_size=16), encoder_config=SUBSAMPLED)


@fam
def fun_asr_nano():
    named = {"audio_token": "<|object_ref_start|>"}
    return seen("fun_asr_nano", "FunAsrNanoForConditionalGeneration", "FunAsrNanoProcessor", named,
        {"audio": "<|object_ref_start|>"}, ears=hf.FunAsrNanoFeatureExtractor(feature_size=16),
        adaptor_config=dict(num_attention_heads=NH), audio_config=dict(model_type="fun_asr_nano_encoder", num_mel_bins=16,
        num_timestamp_prediction_layers=1), text_config=dict(model_type="qwen3"))


@fam
def moonshine():
    tk = make_tok([])
    c = config("moonshine", tk, {}, **{f"{half}_num_hidden_layers": L for half in ("encoder", "decoder")},
        **{f"{half}_num_attention_heads": NH for half in ("encoder", "decoder")})
    return hf.MoonshineForConditionalGeneration(c), hf.Wav2Vec2Processor(hf.Wav2Vec2FeatureExtractor(), tk)


@fam
def moonshine_streaming():
    return heard("moonshine_streaming", "MoonshineStreamingForConditionalGeneration", "MoonshineStreamingProcessor",
        hf.Wav2Vec2FeatureExtractor(), num_key_value_heads=NH,
        encoder_config=dict(sliding_windows=[[16, 4], [16, 0]], num_key_value_heads=NH))


@fam
def moss_transcribe_diarize():
    named = {"audio_token": "<|audio_pad|>", "audio_bos_token": "<|audio_start|>", "audio_eos_token": "<|audio_end|>"}
    return seen("moss_transcribe_diarize", "MossTranscribeDiarizeForConditionalGeneration", "MossTranscribeDiarizeProcessor",
        named, {"audio": "<|audio_start|><|audio_pad|><|audio_end|>"}, ears=hf.MossTranscribeDiarizeFeatureExtractor(
        feature_size=16, chunk_length=4), audio_config=dict(max_source_positions=200), text_config=dict(model_type="qwen3"),
        audio_chunk_size=64_000)


@fam
def nemo_speechlm():
    named = {"audio_token": "<|audio|>"}
    audio = dict(asr_config=dict(num_key_value_heads=NH), diarization_config=dict(model_type="nemotron3_diarization"))
    return seen("nemo_speechlm", "Nemotron3_5TranscribeForConditionalGeneration", "Nemotron3_5TranscribeProcessor", named,
        {"audio": "<|audio|>"}, ears=hf.ParakeetFeatureExtractor(feature_size=16), how=dict(alignment_tokenizer=make_tok([])),
        audio_config=audio, text_config=dict(model_type="nemotron_h", layers_block_type=["mamba", "attention"],
        mamba_num_heads=4, mamba_head_dim=16, ssm_state_size=16, n_groups=2, chunk_size=16,
        moe_shared_expert_intermediate_size=32), word_timestamp_config=dict(num_key_value_heads=NH, blank_token_id=3))


@fam
def omniasr():
    named = {"audio_token": "<extra_id_1>"}
    return seen("omniasr", "OmniASRForConditionalGeneration", "OmniASRProcessor", named, {"audio": "<extra_id_1>"},
        ears=hf.OmniASRFeatureExtractor(), audio_config=dict(WAVES, model_type="omniasr_audio"),
        text_config=dict(model_type="llama"))


SEAMLESS = dict(hidden_size=H, **{f"{part}_layers": 1 for part in ("speech_encoder", "t2u_encoder", "t2u_decoder")},
    **{f"{part}_attention_heads": NH for part in ("speech_encoder", "t2u_encoder", "t2u_decoder")},
    **{f"{part}_ffn_dim": FF for part in ("t2u_encoder", "t2u_decoder")}, speech_encoder_intermediate_size=FF,
    t2u_vocab_size=32, unit_hifi_gan_vocab_size=32, unit_embed_dim=16, lang_embed_dim=8, spkr_embed_dim=8,
    upsample_initial_channel=32, feature_projection_input_dim=32)


@fam
def seamless_m4t():
    return heard("seamless_m4t", "SeamlessM4TForSpeechToText", "SeamlessM4TProcessor", hf.SeamlessM4TFeatureExtractor(
        feature_size=16, num_mel_bins=16), num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, **SEAMLESS)


@fam
def seamless_m4t_v2():
    return heard("seamless_m4t_v2", "SeamlessM4Tv2ForSpeechToText", "SeamlessM4TProcessor", hf.SeamlessM4TFeatureExtractor(
        feature_size=16, num_mel_bins=16), char_vocab_size=32, t2u_variance_predictor_embed_dim=H,
        t2u_variance_predictor_hidden_dim=16, **SEAMLESS)


@fam
def speech_to_text():
    return heard("speech_to_text", "Speech2TextForConditionalGeneration", "Speech2TextProcessor",
        hf.Speech2TextFeatureExtractor(feature_size=16, num_mel_bins=16), conv_channels=32, input_feat_per_channel=16,
        max_target_positions=64)


@fam
def speecht5():
    return heard("speecht5", "SpeechT5ForSpeechToText", "SpeechT5Processor", hf.SpeechT5FeatureExtractor(), **WAVES)


@fam
def vibevoice_asr():
    named = {"audio_token": "<|box_start|>", "audio_bos_token": "<|object_ref_start|>", "audio_eos_token": "<|object_ref_end|>"}
    codec = dict(model_type="vibevoice_acoustic_tokenizer_encoder", hidden_size=16, num_filters=4, depths=(1,) * 7)
    return seen("vibevoice_asr", "VibeVoiceAsrForConditionalGeneration", "VibeVoiceAsrProcessor", named,
        {"audio": "<|object_ref_start|><|box_start|><|object_ref_end|>"}, ears=hf.VibeVoiceAcousticTokenizerFeatureExtractor(),
        acoustic_tokenizer_encoder_config=codec, semantic_tokenizer_encoder_config=codec, text_config=dict(model_type="qwen2"))
