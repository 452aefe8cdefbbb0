"""Films and sounds through the real SDKs: the bytes that arrive, and what is said about them."""

import base64
import json
import re
from dataclasses import replace

import pytest

from mmeval import FatalError, media, providers
from mmeval.sampling import video_policy
from tests.adapters.conftest import CASES, VLLM
from tests.benchmarks.twins_video import film

CHAT, RESPONSES, GEMINI = CASES[0], CASES[1], CASES[3]
SOUND = media.audio(b"RIFF\x24\0\0\0WAVEfmt some sound")
MP3 = media.audio(b"ID3 some sound")


def clip(policy: str = "native", **bounds):
    return replace(media.video(film(10), source="film", **bounds), policy=video_policy(policy))


def camel(given: dict) -> dict:
    """The API takes both spellings of a key, and the SDK sends now this, now that."""
    return {re.sub("_(.)", lambda found: found[1].upper(), key): value for key, value in given.items()}


def sent(part: dict) -> bytes:
    return base64.b64decode(part["data"] if "data" in part else part["url"].partition(",")[2])


@pytest.mark.parametrize("case", [CHAT, VLLM], ids=["openai", "vllm"])
@pytest.mark.parametrize(
    ("policy", "frames"),
    [("native", None), ("native,frames=8", {"video": {"num_frames": 8}}), ("native,fps=2", {"video": {"fps": 2.0}})],
)
def test_a_film_for_a_server(case, policy, frames, ask, last):
    part = clip(policy)
    ask(case, part, "What happens?")
    seen, text = last().body["messages"][0]["content"]
    assert (seen["type"], text["text"]) == ("video_url", "What happens?")
    assert seen["video_url"]["url"].startswith("data:video/mp4;base64,")
    assert sent(seen["video_url"]) == film(10)
    assert last().body.get("media_io_kwargs") == frames
    # A vLLM server reuses what it made under a name, so other frames need another one.
    assert ("uuid" in seen, seen.get("uuid") == part.sha256) == (case is VLLM, case is VLLM and frames is None)


@pytest.mark.parametrize("case", [CHAT, VLLM], ids=["openai", "vllm"])
def test_sounds_for_a_server(case, ask, last):
    odd = media.audio(b"OggS some sound")
    ask(case, SOUND, MP3, odd, "What is it?")
    wav, mp3, ogg, _ = last().body["messages"][0]["content"]
    assert [one["input_audio"]["format"] for one in (wav, mp3)] == ["wav", "mp3"]
    assert [sent(one["input_audio"]) for one in (wav, mp3)] == [SOUND.data, MP3.data]
    assert sent(ogg["audio_url"]) == odd.data


@pytest.mark.parametrize(
    ("part", "message"),
    [(clip(), "the API takes no film; show it frames"), (SOUND, "the Responses API takes no sound")],
)
def test_what_an_api_does_not_take(part, message, ask, provider):
    with pytest.raises(FatalError, match=message) as caught:
        ask(RESPONSES, part, "What?")
    assert caught.value.kind == "unsupported"
    assert not provider.requests


def test_a_film_that_is_too_large_for_a_request(ask, provider, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(providers.clips, "MOST", 100)
    with pytest.raises(FatalError, match=r"more than 0 MB in a request; show it frames"):
        ask(CHAT, clip(), "What?")


def test_gemini_takes_small_clips_inline(ask, last):
    ask(GEMINI, clip("native,fps=0.5", start=1.5, end=3.0), SOUND, "What happens?")
    seen, heard, text = json.loads(last().raw)["contents"][0]["parts"]
    assert base64.urlsafe_b64decode(seen["inlineData"]["data"]) == film(10)
    assert [next(v for k, v in part["inlineData"].items() if k != "data") for part in (seen, heard)] == [
        "video/mp4",
        "audio/wav",
    ]
    assert camel(seen["videoMetadata"]) == {"fps": 0.5, "startOffset": "1.5s", "endOffset": "3s"}
    assert base64.urlsafe_b64decode(heard["inlineData"]["data"]) == SOUND.data
    assert text == {"text": "What happens?"}


def test_gemini_uploads_large_clips_once_and_deletes_them(ask, provider, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(providers, "INLINE", 1000)
    monkeypatch.setattr(providers.GeminiFiles, "FIRST_S", 0.01)
    (tmp_path / "film.mp4").write_bytes(film(10))
    part = replace(clip(), data=None, path=tmp_path / "film.mp4")
    before = dict(provider.batches.files)
    ask(GEMINI, part, part, "What happens?", fresh=True)
    body = next(json.loads(one.raw) for one in provider.requests if b"contents" in one.raw)
    first, second, _ = body["contents"][0]["parts"]
    assert first == second
    uri = camel(first["fileData"])["fileUri"]
    puts = [one.raw for one in provider.requests if "/put/" in one.path]
    assert (puts, f"/v1beta/files/file-{len(before) + 1}" in uri) == ([film(10)], True)
    assert provider.batches.files == before  # deleted at the end
