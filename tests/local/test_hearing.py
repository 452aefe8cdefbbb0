"""Sounds and films through the adapter `transformers`: tiny models that hear, and what a processor is told of a film."""

import asyncio
import io
import json
import random
import wave
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner

from mmeval import Audio, FatalError, MediaError, Prompt, Reply, Request, Text, animate, media, providers
from mmeval.anatomy import describe, opened
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.definitions import capabilities_of
from mmeval.media.decoder import Decoder, Kept
from mmeval.providers import decoding
from mmeval.sampling import video_policy
from mmeval.types import Video
from tests.local import tiny
from tests.perf.families.sweep import built

pytestmark = pytest.mark.local

Adapter = Catalog().adapter("transformers")
HOW = Adapter.capabilities.options(max_tokens=6, threads=1)


def tone(seconds: float, pitch: float = 440.0, rate: int = 16_000) -> Audio:
    wavy = np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((12_000 * wavy).astype("<i2").tobytes())
    return media.audio(out.getvalue(), source="tone")


LOW, HIGH = tone(1.0, 220), tone(1.5, 1760)
PROMPTS: tuple[Prompt, ...] = (
    (LOW, Text("how many?")),
    (HIGH, Text("how many?")),
    (Text("first"), LOW, Text("second"), HIGH, Text("which is left?")),
    (Text("what is left?"),),
)


@pytest.fixture(scope="module")
def hearing(tmp_path_factory):
    """The folders of a model that chats about sounds, and of one that writes them down."""
    from tests.perf.families import sounds  # noqa: F401 - it registers the builders

    made = tmp_path_factory.mktemp("hearing")
    for name in ("qwen2_audio", "whisper"):
        built(name, made / name)
    return made


async def ask(folder, *prompts: Prompt, together: bool = True, how=HOW):
    adapter = Adapter(str(folder), how)
    await adapter.connect()
    try:
        asked = [adapter.ask(Request(prompt=prompt), how) for prompt in prompts]
        return [
            reply
            for some in ([asked] if together else [[one] for one in asked])
            for reply in await asyncio.gather(*some, return_exceptions=True)
        ]
    finally:
        await adapter.close()


def said(reply):
    return (reply.text, reply.usage) if isinstance(reply, Reply) else (type(reply), str(reply))


@pytest.mark.parametrize("family", ["qwen2_audio", "whisper"])
async def test_a_sound_belongs_to_its_question_in_any_company(family, hearing):
    alone = await ask(hearing / family, *PROMPTS, together=False)
    batched = await ask(hearing / family, *PROMPTS, *reversed(PROMPTS))
    assert list(map(said, batched)) == list(map(said, [*alone, *reversed(alone)]))
    if family == "whisper":
        assert [type(reply) for reply in alone] == [Reply, Reply, FatalError, FatalError]
        assert str(alone[3]).endswith("writes down what is said in one sound; this prompt holds none")
    else:
        assert len({reply.text for reply in alone}) == 4


def test_a_model_that_hears_is_measured_as_a_judge(hearing, tmp_path, monkeypatch):
    """A tiny model writes nonsense: it calls both recordings wrong, and gets all words of the right one wrong."""
    monkeypatch.chdir(tmp_path)
    words = ["judge", "measure", "say_sentences", "--judge", f"transformers/{hearing / 'whisper'}", "--limit", "2"]
    done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    (found,) = json.loads(done.stdout)
    assert (found["slice"], found["n"], found["agree"]["value"]) == ("judge_speech", 2, 0.5)
    assert (found["false_no"]["value"], found["false_yes"]["value"], found["wer"]["value"] >= 1) == (1, 0, True)
    played = [media.audio(file).mime for file in tmp_path.glob("results/_samples/judge_speech@*/thumbs/*.mp3")]
    assert played == ["audio/mpeg"] * 2, "pages play Ogg files as MP3"
    assert media.audio(b"\xff\xf3\x84\xc4").mime == "audio/mpeg", "as services send it, without a head"


async def test_a_transcript_is_no_longer_than_its_decoder_can_write(hearing):
    (reply,) = await ask(hearing / "whisper", PROMPTS[0], how=replace(HOW, max_tokens=None))
    assert (reply.finish, reply.usage.output) == ("length", 64 - 8)


WRONG = (
    (tone(4.5), MediaError, "tone: 4.5 s; the model hears 4 s: add --audio max=4"),
    (tone(0.5, rate=8000), MediaError, "tone: the model hears 16000 samples per second: add --audio rate=16000"),
    (media.audio(b"ID3 no wave"), MediaError, "add --audio rate=16000"),
    (media.image(b"no picture"), FatalError, "the model takes no image"),
)


async def test_what_cannot_be_heard_says_the_way_out(hearing):
    *wrong, right = await ask(hearing / "qwen2_audio", *((part, Text("what?")) for part, _, _ in WRONG), PROMPTS[0])
    assert right.text
    for raised, (_, error, message) in zip(wrong, WRONG, strict=True):
        assert isinstance(raised, error)
        assert message in str(raised)


def test_a_checkpoint_takes_what_its_files_know_of(hearing, tmp_path):
    watching = tiny.build("qwen2_vl", tmp_path)
    inputs = {name: capabilities_of(Adapter, str(hearing / name)).inputs for name in ("qwen2_audio", "whisper")}
    assert inputs == dict.fromkeys(inputs, frozenset({"text", "audio"}))
    assert capabilities_of(Adapter, str(watching)).inputs == {"text", "image", "video"}
    reads = {name: describe(opened(str(hearing / name))).reads for name in inputs}
    assert reads["qwen2_audio"] == reads["whisper"]
    assert reads["whisper"] == {"image": "no", "audio": "yes, 16,000 samples per second, up to 4 s", "video": "no"}
    film = describe(opened(str(watching))).reads["video"]
    assert film == "no: its video processor needs torchvision: pip install torchvision"
    assert capabilities_of(Adapter, "demo-vlm").inputs == {"text", "image"}
    assert capabilities_of(Adapter, "org/unknown").inputs == {"text", "image", "video", "audio"}


async def test_a_film_without_torchvision_names_the_package(tmp_path):
    shown = replace(media.video(b"film"), policy=video_policy("native"))
    (refused,) = await ask(tiny.build("qwen2_vl", tmp_path), (shown, Text("what?")))
    assert "its video processor needs torchvision: pip install torchvision; show it frames" in str(refused)
    assert refused.kind == "unsupported"


STEP = 12
"""Between the brightness of a frame and that of the next."""


@pytest.fixture(scope="module")
def decoder(tmp_path_factory) -> Decoder:
    return Decoder(Kept(tmp_path_factory.mktemp("kept")), workers=1)


def shown(policy: str, decoder: Decoder, *, frames: int = 20, tone: bool = False, **bounds) -> media.Shown:
    """A film of five frames a second, as an adapter of a model in this process gets it."""
    sound = animate.samples([animate.Tone(frames / 5)], random.Random(0)) if tone else None
    drawn = animate.film((Pillow.new("RGB", (64, 48), (STEP * i,) * 3) for i in range(frames)), fps=5, sound=sound)
    counted = media.counted(video_policy(policy), Adapter.capabilities)
    clip = replace(media.video(drawn, **bounds), policy=counted)
    made = [decoder.want(job).result(60) for job in media.wanted((clip,), Adapter.capabilities)]
    return media.shown((clip,), Adapter.capabilities, made)


class Recording:
    """A processor that keeps what it is given."""

    tokenizer = type("Tokenizer", (), {"chat_template": None})
    image_processor = video_processor = object()
    chat_template = "template"

    def apply_chat_template(self, chats, **how):
        self.chats, self.how = chats, how
        return {"input_ids": str(chats)}


@pytest.mark.parametrize("names", [["mm_token_type_ids"], []])
def test_a_model_is_told_which_tokens_are_images_where_both_know_the_word(names):
    processor = SimpleNamespace(model_input_names=names, return_mm_token_type_ids=False)
    providers.tell_types(processor, SimpleNamespace(forward=lambda input_ids, mm_token_type_ids=None: None))
    assert processor.return_mm_token_type_ids is bool(names)
    processor.return_mm_token_type_ids = False
    providers.tell_types(processor, SimpleNamespace(forward=lambda input_ids: None))
    assert not processor.return_mm_token_type_ids


def told(part: Video) -> tuple[list[int], dict]:
    """Which frames a processor is given, by their brightness, and what it is told about them."""
    processor = Recording()
    chats = providers.Chats(processor, "model", "template")
    chats.tensors(chats.read([(part, Text("what?"))], None))
    how = processor.how["processor_kwargs"]
    assert (how["padding"], how["do_sample_frames"]) == (True, False)
    assert how["videos_kwargs"] == {"return_metadata": True}
    (about,) = how["video_metadata"]
    frames = processor.chats[0][0]["content"][0]["video"]
    assert frames.shape[1:] == (about["height"], about["width"], 3)
    return [round(float(frame.mean()) / STEP) for frame in frames], about


@pytest.mark.parametrize(
    ("policy", "bounds", "frames", "at"),
    [
        ("native,frames=4", {}, [2, 7, 12, 17], [400, 1400, 2400, 3400]),
        ("native,fps=2.5,max=8", {"start": 1.0, "end": 3.0}, [5, 7, 9, 11, 13], [0, 400, 800, 1200, 1600]),
        ("native", {}, list(range(20)), list(range(0, 4000, 200))),
    ],
)
def test_a_processor_gets_the_frames_of_the_policy_and_their_times(policy, bounds, frames, at, decoder):
    made = shown(policy, decoder, **bounds)
    seen, about = told(made.prompt[0])
    seconds = bounds.get("end", 4.0) - bounds.get("start", 0.0)
    assert (seen, about["frames_indices"]) == (frames, at)
    assert (about["fps"], about["total_num_frames"], about["duration"]) == (1000.0, seconds * 1000, seconds)
    (record,) = made.seen
    assert (record.frames, record.seconds, record.width, record.height) == (len(frames), seconds, 64, 48)


def test_shuffled_frames_take_each_others_places_in_time(decoder):
    seen, about = told(shown("native,frames=10,order=shuffled", decoder).prompt[0])
    assert seen != sorted(seen) == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
    assert about["frames_indices"] == sorted(about["frames_indices"])


def test_the_sound_track_goes_beside_the_frames(decoder):
    film, sound = shown("native,frames=2,sound=on", decoder, frames=5, tone=True).prompt
    assert len(film.frames.images) == 2
    assert 1.0 <= len(providers.samples(sound, 16_000)) / 16_000 < 1.1


@pytest.mark.parametrize(
    ("made", "prompt", "said"),
    [
        ([0, 5, 6], None, [5, 6]),
        ([5, 6], None, [5, 6]),
        ([0, 7, 8, 5], [7, 8], [5]),
        ([0, 7, 5], [0, 7], [5]),
    ],
)
def test_a_decoder_of_its_own_does_not_say_its_prompt(made, prompt, said):
    import torch

    config = SimpleNamespace(is_encoder_decoder=True, decoder_start_token_id=0)
    inputs = {} if prompt is None else {"decoder_input_ids": torch.tensor([prompt])}
    model = SimpleNamespace(config=config, generation_config=config)
    assert decoding._written(model, torch.tensor([made]), inputs).tolist() == [said]


@pytest.mark.parametrize(("ends", "said"), [(9, [5, 6, 9]), ([9, 8], [5, 6, 9]), (None, [5, 6])])
def test_a_reply_that_ended_before_the_limit_is_whole(ends, said):
    """Whisper leaves out the token that ends a reply, so only the length of the longest one in a batch tells."""
    import torch

    config = SimpleNamespace(is_encoder_decoder=True, decoder_start_token_id=0, eos_token_id=ends)
    model = SimpleNamespace(
        config=config, generation_config=config, generate=lambda input_features, **how: torch.tensor([[0, 5, 6]])
    )
    for most, tokens in ((3, said), (2, [5, 6])):
        (reply,) = decoding.usual_way(model, ([0], {"input_features": None}), {"max_new_tokens": most})
        assert reply.tokens == tokens
