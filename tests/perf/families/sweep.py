"""Ask one tiny checkpoint through the adapter `transformers`, in every way that the table of families tells."""

from __future__ import annotations

import asyncio
import io
import json
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from mmeval import Audio, FatalError, Prompt, Reply, Request, Text, Video, animate, media
from mmeval.catalog import Catalog
from mmeval.probe import material
from mmeval.providers.sounds import samples
from mmeval.sampling import video_policy
from mmeval.types import Frames

TOKENS = 8
LONGEST_S = 1200.0
"""For one family; a busy machine takes long."""


def picture(width: int, height: int, tint: int) -> media.Image:
    out = io.BytesIO()
    gradient = Pillow.linear_gradient("L").resize((width, height))
    Pillow.merge("RGB", [gradient, gradient.rotate(90), gradient.point(lambda v: v // 2 + tint)]).save(out, "PNG")
    return media.image(out.getvalue())


TIMES = (0.0, 0.4, 1.1, 1.5, 2.2, 2.6, 3.3, 3.7)
"""When the frames of a film are on screen, in seconds: at no fixed rate."""
SECONDS = 5.0


def film(tint: int) -> Video:
    """A film of five seconds, as an adapter gets it."""
    images = tuple(picture(84, 56, tint + 8 * i) for i in range(len(TIMES)))
    size = {"width": 84, "height": 56, "policy": video_policy("native")}
    return Video(None, "video/mp4", f"{tint}", frames=Frames(images, TIMES, SECONDS), **size)


def beeps(count: int, rate: int) -> Audio:
    """So many short tones, with as many samples per second as a model hears."""
    sound = samples(material.beeps(count), material.RATE)
    wanted = np.arange(0, len(sound), material.RATE / rate)
    data = animate.wav((np.interp(wanted, np.arange(len(sound)), sound) * 32767).astype(np.int16), rate=rate)
    return media.audio(data)


def prompts(rate: int) -> dict[str, list[Prompt]]:
    """Questions about one picture, two, none, a film and sounds, at a rate; of mixed sizes and lengths."""
    tall = [picture(48 + 16 * i, 96 - 8 * i, 12 * i) for i in range(4)]
    words = ["What colour is it? ", "how many circles left or right? ", "a b c d? "]
    one: list[Prompt] = [(shown, Text(words[i % 3] * (1 + i % 2))) for i, shown in enumerate(tall)]
    two: list[Prompt] = [(tall[i], Text("and"), tall[3 - i], Text(words[i % 3])) for i in range(2)]
    none: list[Prompt] = [(Text(f"What is {word}? " * (1 + i)),) for i, word in enumerate(("left", "red"))]
    films: list[Prompt] = [(film(tint), Text(words[0])) for tint in (0, 90)]
    low, high = beeps(2, rate), beeps(5, rate)
    sounds: list[Prompt] = [(low, Text(words[0])), (high, Text(words[0]))]
    both: list[Prompt] = [(low, Text("and"), high, Text(words[2]))]
    return {"one image": one, "several": two, "none": none, "video": films, "audio": sounds, "sounds": both}


def scattered(model: Any) -> None:
    """Draw weights so that different prompts get different replies; with those of a new model most get the same."""
    import torch

    torch.manual_seed(3)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim >= 2:
                wide = 1.0 if "embed" in name and weight.ndim == 2 else 1.2 / weight[0].numel() ** 0.5
                weight.normal_(0.0, wide)


async def examined(folder: Path) -> dict[str, Any]:
    """What the checkpoint does, by column of the table; an exception where it cannot be loaded."""
    Adapter = Catalog().adapter("transformers")
    how = Adapter.capabilities.options(max_tokens=TOKENS, threads=1)
    adapter = Adapter(str(folder), how)
    await adapter.connect()
    try:
        groups = prompts(adapter._loaded.encoder.rate)
        every = [prompt for group in groups.values() for prompt in group]
        alone = [(await _all(adapter, how, [prompt]))[0] for prompt in every]
        together = await _all(adapter, how, every)
        left = iter(alone)
        found: dict[str, Any] = {}
        for name, group in groups.items():
            found |= _told(name, part := [next(left) for _ in group])
            # Two films, or two sounds, with one and the same question.
            if name in ("video", "audio") and found[name] == "yes" and len({said for _, said in part}) == 1:
                found[name] = "yes" if _differ(adapter._loaded, group) else "yes, unheeded"
        replies = {said for kind, said in alone if kind == "reply"}
        same = sum(one == other for one, other in zip(alone, together, strict=True))
        shown = "yes" if len(replies) > 1 else "not shown"
        found["batch = single"] = shown if same == len(every) else f"no ({same} of {len(every)})"
        apart = next((pair for pair in zip(alone, together, strict=True) if pair[0] != pair[1]), None)
        if apart:
            found["batch = single: why"] = f"{apart[0][1]} alone, {apart[1][1]} in company"
        if found["video"] != "no":
            found["times"] = _times(adapter)
        return found
    finally:
        await adapter.close()


def _told(name: str, part: list[tuple[str, str]]) -> dict[str, str]:
    """Whether a group of questions was answered, and why not, unless the model does not take such questions."""
    failed = [(kind, said) for kind, said in part if kind != "reply"]
    if not failed:
        return {name: "yes"}
    answer = "no" if len(failed) == len(part) else f"{len(part) - len(failed)} of {len(part)}"
    return {name: answer, **{f"{name}: why": said for kind, said in failed[:1] if kind == "error"}}


def _differ(loaded: Any, prompts: Sequence[Prompt]) -> bool:
    """Whether some next token is likelier after one prompt than after the other, by 0.1 % at least."""
    import torch

    first = {"decoder_input_ids": torch.ones((1, 1), dtype=torch.long)}
    with torch.inference_mode():
        chances = [
            loaded._model(**inputs, **({} if "input_ids" in inputs else first)).logits[0, -1].log_softmax(-1)
            for inputs in (loaded.encoder.tensors(loaded.encoder.read([prompt], None)) for prompt in prompts)
        ]
    return bool((chances[0] - chances[1]).abs().max() > 1e-3)


def _times(adapter: Any) -> str:
    """Where the times of the frames are in what the model reads; raises AssertionError if some are wrong."""
    loaded = adapter._loaded
    encoder = loaded.encoder
    inputs = encoder.tensors(encoder.read([(film(0), Text("?"))], None))
    grid, pixels = inputs.get("video_grid_thw"), inputs.get("pixel_values_videos")
    deep = getattr(loaded._processor.video_processor, "temporal_patch_size", 1)
    if grid is not None:
        count = int(grid[:, 0].sum())
        assert count * deep in (len(TIMES), len(TIMES) * deep), f"a grid of {grid} for {len(TIMES)} frames"
    elif pixels is not None and pixels.ndim == 5:
        assert pixels.shape[1] * deep in (len(TIMES), len(TIMES) * deep), (
            f"{pixels.shape[1]} frames instead of {len(TIMES)}"
        )
    if (seconds := inputs.get("second_per_grid_ts", inputs.get("video_second_per_grid"))) is not None:
        assert abs(float(seconds[0]) - SECONDS / (len(TIMES) / 2)) < 1e-3, f"{seconds} seconds per patch"
        return "rate"
    text = loaded._processor.tokenizer.decode(inputs["input_ids"][0])
    said = [int(m) * 60 + float(s) for m, s in re.findall(r"(?<![\d:])(\d+):(\d\d)(?!:\d)", text)]
    said = said or [float(number) for number in re.findall(r"\d+\.\d+|(?<!_id>)(?<=>)\d+(?=[<\n])", text)]
    pairs = [(a + b) / 2 for a, b in zip(TIMES[::2], TIMES[1::2], strict=True)]
    for times, words in (
        (TIMES, "each frame"), (pairs, "each pair"), (TIMES[::2], "each pair"), (TIMES[::4], "each four"),
    ):  # fmt: skip
        if len(said) == len(times):
            rounded = [abs(a - b) <= 0.051 or a == int(b) for a, b in zip(said, times, strict=True)]
            if all(rounded):
                return words
    assert not said, f"times {said} in {text!r:.200}"
    return "no"


async def _all(adapter: Any, how: Any, asked: Sequence[Prompt]) -> list[tuple[str, str]]:
    """What was said to each: a reply, a refusal of what the model does not take, or an error."""
    replies = await asyncio.gather(*(adapter.ask(Request(prompt=p), how) for p in asked), return_exceptions=True)
    return [
        ("reply", f"{r.text!r} {r.usage}")
        if isinstance(r, Reply)
        else (_kind(adapter, p), " ".join(str(r).split())[:300])
        for p, r in zip(asked, replies, strict=True)
    ]


def _kind(adapter: Any, prompt: Prompt) -> str:
    try:
        adapter._loaded.encoder.check(prompt)
    except FatalError:
        return "refused"
    return "error"


def built(name: str, folder: Path) -> str:
    """Write the checkpoint; returns its model type."""
    import torch

    from tests.perf.families.common import FAMILIES

    model, processor = FAMILIES[name]()
    scattered(model)
    for key, value in (("pad_token_id", 0), ("bos_token_id", 1), ("eos_token_id", 2)):
        setattr(model.generation_config, key, value)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    if name == "qwen2_5_omni":  # the library wants the voices even of a model that does not speak
        torch.save({}, folder / "spk_dict.pt")
    return str(model.config.model_type)


def main(folder: Path, out: Path, names: Sequence[str], *, build: bool) -> None:
    """Examine the families and append one JSON line for each to `out`."""
    from transformers.utils import logging

    from tests.perf.families import (  # noqa: F401 - they register the builders
        first,
        hearing,
        more,
        newer,
        newest,
        rest,
        sounds,
    )
    from tests.perf.families.common import FAMILIES

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    for name in names or FAMILIES:
        found: dict[str, Any] = {"family": name}
        try:
            if build:
                found["type"] = built(name, folder / name)
            if (folder / name / "config.json").is_file():
                found |= asyncio.run(asyncio.wait_for(examined(folder / name), LONGEST_S))
            else:
                found["error"] = "not built"
        except Exception as error:  # noqa: BLE001 - whatever a family fails with goes into the table
            said = " ".join(str(error).replace(str(folder / name), name).split())
            found["error"] = f"{type(error).__name__}: {said[:300]}"
            if "-v" in sys.argv:
                traceback.print_exc()
        with out.open("a") as lines:
            lines.write(json.dumps(found) + "\n")
        print(found, flush=True)
