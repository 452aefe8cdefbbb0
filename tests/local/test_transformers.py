"""The transformers adapter on tiny models of several families: batches, ends, errors."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner

from mmeval import FatalError, MediaError, Prompt, Reply, Request, Text, UsageError, media, providers
from mmeval.catalog import Catalog
from mmeval.cli import app
from mmeval.engine.options import public
from mmeval.providers import joining, memory
from mmeval.runner.prefetch import Prefetcher
from tests.local import tiny

pytestmark = pytest.mark.local

Adapter = Catalog().adapter("transformers")
Options = Adapter.capabilities.options


def picture(width: int, height: int, tint: int) -> media.Image:
    out = io.BytesIO()
    gradient = Pillow.linear_gradient("L").resize((width, height))
    Pillow.merge("RGB", [gradient, gradient.rotate(90), gradient.point(lambda v: v // 2 + tint)]).save(out, "PNG")
    return media.image(out.getvalue())


A, B, C = picture(80, 60, 10), picture(50, 100, 60), picture(64, 64, 110)
ONE: Prompt = (A, Text("What colour? (A) red"))
TWO: Prompt = (B, Text("and"), C, Text("how many circles left or right?"))
NONE: Prompt = (Text("What is left?"),)
OTHER: Prompt = (C, Text("a b c d?"))
PROMPTS = (ONE, TWO, NONE, OTHER)
ANSWERED = {"blip2": 2, "instructblip": 2, "blip": 2, "git": 2, "paligemma": 3}
"""Of the four; all by the other families."""
STAY_APART = {"blip", "git", "mllama", "paligemma"}
"""Model types whose replies would depend on who joins them late."""


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    built: dict[str, Path] = {}

    def get(family: str) -> Path:
        if family not in built:
            built[family] = tiny.build(family, tmp_path_factory.mktemp(family))
        return built[family]

    return get


async def ask(folder: Path | str, *prompts: Prompt, change=lambda adapter: None, together: bool = True, **options):
    """The replies, or what was raised, in the order of the prompts."""
    how = Options(**{"max_tokens": 6, **options})
    adapter = Adapter(str(folder), how)
    await adapter.connect()
    change(adapter)
    try:
        asked = [adapter.ask(Request(prompt=prompt), how) for prompt in prompts]
        waits = [asked] if together else [[one] for one in asked]
        return [reply for some in waits for reply in await asyncio.gather(*some, return_exceptions=True)]
    finally:
        await adapter.close()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # PaliGemma's processor
@pytest.mark.parametrize("family", tiny.FAMILIES)
async def test_a_reply_does_not_depend_on_its_batch(family, folders):
    """With one image, two, none, and others beside, before and behind; what fails alone fails in company, too."""
    how = {"max_tokens": 12, "change": often_ended}
    alone = await ask(folders(family), *PROMPTS, together=False, **how)
    batched = await ask(folders(family), *PROMPTS, *reversed(PROMPTS), batch_size=4, **how)
    assert list(map(said, batched)) == list(map(said, [*alone, *reversed(alone)]))
    answered = [reply for reply in alone if isinstance(reply, Reply)]
    assert len(answered) == ANSWERED.get(family, 4)
    assert len({reply.text for reply in answered}) > 1
    refused = [reply for reply in alone if not isinstance(reply, Reply)]
    assert all(reply.kind == "bad_request" and "\n" not in str(reply) for reply in refused)


def often_ended(adapter):
    """Every eleventh token ends a reply, so that replies leave their batch one after the other."""
    loaded = adapter._loaded
    assert loaded.ran["early_leave"]
    assert loaded.ran["late_join"] == (loaded._model.config.model_type not in STAY_APART)
    loaded._model.generation_config.eos_token_id = list(range(2, 700, 11))
    loaded._ends = frozenset(range(2, 700, 11))


def said(reply):
    return (reply.text, reply.usage) if isinstance(reply, Reply) else (type(reply), str(reply))


async def test_rows_stay_where_leaving_would_change_a_reply(folders, monkeypatch):
    """The family is tried when it is loaded: here, rows that stay take over the state of others."""
    right = joining._kept
    monkeypatch.setattr(joining, "_kept", lambda name, value, rows, of: right(name, value, rows - 1, of))
    ran = []
    await ask(folders("llava"), ONE, change=lambda adapter: ran.append(adapter._loaded.ran["early_leave"]))
    assert ran == [False]


@pytest.mark.parametrize(("ends", "finish", "output"), [([2], "length", 6), (list(range(700)), "stop", 1)])
async def test_finish_and_usage(ends, finish, output, folders, tmp_path):
    folder = shutil.copytree(folders("llava"), tmp_path / "model")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ends, "pad_token_id": 0}))
    (reply,) = await ask(folder, ONE)
    assert (reply.finish, reply.usage.output) == (finish, output)
    assert reply.usage.input > 16


async def test_pictures_are_seen_and_a_system_prompt_is_read(folders):
    adapter = Adapter(str(folders("llava")), Options(max_tokens=12))
    await adapter.connect()
    plain, told = Options(max_tokens=12), Options(max_tokens=12, system="Answer in red.")
    asked = [((A, Text("what?")), plain), ((B, Text("what?")), plain), ((A, Text("what?")), told)]
    first, other, read = await asyncio.gather(*(adapter.ask(Request(prompt=prompt), how) for prompt, how in asked))
    await adapter.close()
    assert first.text != other.text
    assert read.usage.input > first.usage.input


async def test_sampling_with_a_seed_repeats_in_any_company(folders):
    how = {"temperature": 1.5, "max_tokens": 12, "seed": 3}
    first = await ask(folders("llava"), ONE, TWO, **how)
    second = await ask(folders("llava"), NONE, TWO, ONE, **how)
    assert [reply.text for reply in first] == [second[2].text, second[1].text]
    assert first[0].text != (await ask(folders("llava"), ONE, **{**how, "seed": 13}))[0].text


async def test_a_broken_picture_fails_alone(folders):
    broken = media.image(A.data[:100])
    replies = await ask(folders("llava"), ONE, (broken, Text("what?")), NONE)
    assert isinstance(replies[1], MediaError)
    assert replies[0].text
    assert replies[2].text


@pytest.mark.parametrize(("fits", "failed"), [(2, 0), (0, 4)])
async def test_memory_halves_the_batch(fits, failed, folders):
    sizes = []

    def tight(adapter):
        generate = adapter._loaded._model.generate

        def limited(**inputs):
            sizes.append(len(inputs["input_ids"]))
            if sizes[-1] > fits:
                raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return generate(**inputs)

        adapter._loaded._model.generate = limited

    replies = await ask(folders("llava"), ONE, TWO, OTHER, ONE, change=tight)
    errors = [reply for reply in replies if isinstance(reply, FatalError)]
    assert [error.kind for error in errors] == ["too_large"] * failed
    assert max(sizes) == 4


def written(folder: Path, config: dict) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return folder


TEXT_ONLY = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 1, "n_embd": 8, "n_head": 1}
OWN_CODE = {"model_type": "odd", "auto_map": {"AutoConfig": "odd.Odd", "AutoModelForImageTextToText": "odd.Model"}}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (TEXT_ONLY, "does not make text of images, films or sounds; its type is gpt2"),
        (OWN_CODE, "trust_remote_code=true"),
        ({"model_type": "nobody-knows"}, "cannot be loaded"),
        ({}, "cannot be loaded"),
    ],
)
async def test_a_checkpoint_that_is_none_says_why(config, said, tmp_path):
    with pytest.raises(UsageError, match=said) as raised:
        await ask(written(tmp_path / "model", config), ONE)
    assert "\n" not in str(raised.value)


def cut_off(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def of_noise(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"noise" * 100)


def without_processor(folder: Path) -> None:
    (folder / "processor_config.json").unlink()


def without_template(folder: Path) -> None:
    file = folder / "processor_config.json"
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    file.write_text(
        json.dumps({key: value for key, value in json.loads(file.read_text()).items() if "chat" not in key})
    )


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_off, "model.safetensors: .* bytes, but its header promises"),
        (of_noise, "model.safetensors: not a safetensors file"),
        (without_processor, "has no processor for images or sounds"),
        (without_template, "cannot answer a question about a small image: .*no chat template"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_damaged_checkpoint_is_refused_before_the_run(damage, said, folders, tmp_path):
    folder = shutil.copytree(folders("llava"), tmp_path / "model")
    damage(folder)
    with pytest.raises(UsageError, match=f"^transformers/.*{said}") as raised:
        await ask(folder, ONE)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"device": "cuda:99"}, "-o device=cuda:99: torch .*; use -o device=auto"),
        ({"device": "gpu"}, "-o device=gpu: not a device of torch"),
        ({"quantize": "bitsandbytes-4bit"}, "-o quantize=bitsandbytes-4bit: .*pip install bitsandbytes"),
        ({"quantize": "torchao-int4"}, "-o quantize=torchao-int4: .*pip install"),
        ({"device_map": "auto"}, "-o device_map=auto: accelerate is not installed: pip install accelerate"),
        ({"lora": "nobody/nothing"}, "-o lora=nobody/nothing: .*pip install peft"),
    ],
)
async def test_what_is_missing_is_named(options, said, folders, monkeypatch):
    folder = folders("llava")
    for module in ("bitsandbytes", "accelerate", "peft"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=said):
        await ask(folder, ONE, **options)


async def test_a_model_that_cannot_be_compiled_says_so(folders, monkeypatch):
    broken = type("InvalidCxxCompiler", (RuntimeError,), {"__module__": "torch._inductor.exc"})

    def fails(*_):
        raise broken("No working C++ compiler found")

    monkeypatch.setattr(providers, "leaves_cleanly", fails)
    said = r"-o compile=true: InvalidCxxCompiler: No working C\+\+ compiler found; leave it out$"
    with pytest.raises(UsageError, match=said):
        await ask(folders("llava"), ONE)


async def test_weights_that_do_not_fit_are_refused_before_they_are_loaded(folders, monkeypatch):
    monkeypatch.setattr(memory, "_available", lambda: 600_000.0)
    with pytest.raises(
        UsageError, match=r"the weights take 0\.0 GB in float32, and cpu has 0\.0 GB free; use -o dtype"
    ):
        await ask(folders("llava"), ONE)
    assert (await ask(folders("llava"), ONE, dtype="bfloat16"))[0].text


def test_the_data_are_not_read_before_the_weights(folders, tmp_path, monkeypatch):
    folder = shutil.copytree(folders("llava"), tmp_path / "model")
    cut_off(folder)
    read = []
    monkeypatch.setattr(Prefetcher, "begin", lambda self: read.append(self))
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "what?", "answer": "a"}\n')
    args = ["run", str(questions), "-m", f"transformers/{folder}", "--results", str(tmp_path / "results")]
    result = CliRunner().invoke(app, args)
    assert isinstance(result.exception, UsageError)
    assert "header promises" in str(result.exception)
    assert not result.output, "the error is all that is said"
    assert not read


def weighted(folder: Path, seed: int) -> Path:
    """A LoRA for the tiny LLaVA that changes what it says."""
    import peft
    import torch
    import transformers as hf

    torch.manual_seed(seed)
    base = hf.AutoModelForImageTextToText.from_pretrained(folder)
    how = peft.LoraConfig(r=2, lora_alpha=64, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    peft.get_peft_model(base, how).save_pretrained(folder.parent / "lora")
    return folder.parent / "lora"


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # in peft
async def test_a_lora_changes_the_replies_and_the_identity(folders, tmp_path):
    pytest.importorskip("peft")
    folder = shutil.copytree(folders("llava"), tmp_path / "model")
    lora = weighted(folder, 1)
    plain, tuned = [(await ask(folder, ONE, max_tokens=12, **how))[0] for how in ({}, {"lora": str(lora)})]
    assert plain.text != tuned.text
    endpoints = [Adapter(str(folder), Options(**how)).endpoint for how in ({}, {"lora": str(lora)})]
    assert endpoints[1].startswith(f"{endpoints[0]}+")
    with pytest.raises(UsageError, match=r"-o lora=.*: cannot be loaded for this model"):
        await ask(folders("blip2"), ONE, lora=str(lora))


def test_options_that_are_not_used_name_no_run():
    """Runs and cached replies from before these options are found again."""
    names = {"quantize", "lora", "device_map", "compile"}
    assert not names & public(Options(), Adapter.capabilities).keys()
    used = public(Options(lora="./a", compile=True), Adapter.capabilities)
    assert (used["lora"], used["compile"]) == ("./a", True)


@pytest.mark.parametrize("model", ["./no/such/folder", "/no/such/folder", "~/no/such/folder"])
def test_a_missing_folder_is_named(model):
    with pytest.raises(UsageError, match="no/such/folder holds no checkpoint"):
        Adapter(model, Options())


async def test_a_hub_id_that_is_a_folder_here_is_refused(folders, tmp_path, monkeypatch):
    shutil.copytree(folders("llava"), tmp_path / "org" / "model")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"write transformers/\./org/model"):
        await ask("org/model", ONE)
    assert (await ask("./org/model", ONE))[0].text


async def test_an_unknown_hub_id_is_one_line():
    with pytest.raises(UsageError, match="nobody/nothing") as raised:
        await ask("nobody/nothing", ONE)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("missing", ["torch", "transformers"])
async def test_a_missing_library_names_the_extra(missing, folders, monkeypatch):
    folder = folders("llava")  # made with the very libraries that are hidden next
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UsageError, match=r"pip install 'mmeval-harness\[transformers\]'"):
        await ask(folder, ONE)


def test_other_weights_in_the_same_folder_are_another_endpoint(folders, tmp_path):
    folder = shutil.copytree(folders("llava"), tmp_path / "model")
    before = Adapter(str(folder), Options()).endpoint
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert Adapter(str(folder), Options()).endpoint not in (before, "local")
    assert Adapter("org/model", Options()).endpoint == "local"


@pytest.mark.parametrize(("options", "dtype"), [({}, "torch.float32"), ({"dtype": "bfloat16"}, "torch.bfloat16")])
async def test_it_says_how_it_ran(options, dtype, folders):
    adapter = Adapter(str(folders("llava")), Options(**options, threads=1, device="cpu"))
    await adapter.connect()
    await adapter.close()
    ran = adapter.describe()
    assert (ran["device"], ran["dtype"], ran["threads"]) == ("cpu", dtype, 1)
    assert adapter.endpoint == f"local:{ran['weights']}"


@pytest.mark.parametrize(
    ("options", "sees", "copies"),
    [
        ({}, 3, 3),
        ({}, 0, 1),
        ({"gpus": 2}, 3, 2),
        ({"gpus": 1}, 0, 1),
        ({"device": "cuda"}, 3, 3),
        ({"device": "cuda:1"}, 3, 1),
        ({"device": "cpu"}, 3, 1),
        ({"device_map": "auto"}, 3, 1),
        ({"gpus": 4}, 3, "-o gpus=4: torch sees 3 on this machine"),
        ({"gpus": 0}, 3, "-o gpus=0: torch sees 3"),
        ({"gpus": 2}, 0, "-o gpus=2: torch sees 0"),
    ],
)
def test_each_gpu_has_a_copy(options, sees, copies, monkeypatch):
    import torch

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: sees)
    adapter = Adapter("demo-vlm", Options(**options))
    if isinstance(copies, str):
        with pytest.raises(UsageError, match=copies):
            adapter.replicas()
    else:
        assert adapter.replicas() == copies
