"""Ask one tiny checkpoint through the adapter `transformers`, in every way that the table of families tells."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from mmeval import Prompt, Reply, Request, Text, media
from mmeval.catalog import Catalog
from mmeval.probe import material

TOKENS = 8


def picture(width: int, height: int, tint: int) -> media.Image:
    out = io.BytesIO()
    gradient = Pillow.linear_gradient("L").resize((width, height))
    Pillow.merge("RGB", [gradient, gradient.rotate(90), gradient.point(lambda v: v // 2 + tint)]).save(out, "PNG")
    return media.image(out.getvalue())


def prompts() -> dict[str, list[Prompt]]:
    """Four questions about one picture, two about two, two about none; of mixed sizes and lengths."""
    tall = [picture(48 + 16 * i, 96 - 8 * i, 12 * i) for i in range(4)]
    words = ["What colour is it? ", "how many circles left or right? ", "a b c d? "]
    one: list[Prompt] = [(shown, Text(words[i % 3] * (1 + i % 2))) for i, shown in enumerate(tall)]
    two: list[Prompt] = [(tall[i], Text("and"), tall[3 - i], Text(words[i % 3])) for i in range(2)]
    none: list[Prompt] = [(Text(f"What is {word}? " * (1 + i)),) for i, word in enumerate(("left", "red"))]
    return {"one image": one, "several": two, "none": none}


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
    """What the checkpoint does, by column of the table; `error` where it cannot be loaded."""
    Adapter = Catalog().adapter("transformers")
    how = Adapter.capabilities.options(max_tokens=TOKENS, threads=1)
    adapter = Adapter(str(folder), how)
    await adapter.connect()
    try:
        groups = prompts()
        every = [prompt for group in groups.values() for prompt in group]
        alone = [(await _all(adapter, how, [prompt]))[0] for prompt in every]
        together = await _all(adapter, how, every)
        found: dict[str, Any] = {}
        at = 0
        for name, group in groups.items():
            part = alone[at : at + len(group)]
            at += len(group)
            failed = [said for kind, said in part if kind == "error"]
            found[name] = (
                "yes"
                if not failed
                else ("no" if len(failed) == len(part) else f"{len(part) - len(failed)} of {len(part)}")
            )
            if failed:
                found[f"{name}: why"] = failed[0]
        replies = {said for kind, said in alone if kind == "reply"}
        same = sum(one == other for one, other in zip(alone, together, strict=True))
        shown = len(replies) > 1
        found["batch = single"] = (
            ("yes" if shown else "not shown") if same == len(every) else f"no ({same} of {len(every)})"
        )
        for kind, part in (("video", material.film()), ("audio", material.beeps(2))):
            found[kind] = await _takes(adapter, how, kind, part)
        return found
    finally:
        await adapter.close()


async def _takes(adapter: Any, how: Any, kind: str, part: Any) -> str:
    if kind not in adapter.capabilities.inputs:
        return "not sent"
    ((outcome, _),) = await _all(adapter, how, [(part, Text("What is it?"))])
    return "yes" if outcome == "reply" else "no"


async def _all(adapter: Any, how: Any, asked: Sequence[Prompt]) -> list[tuple[str, str]]:
    replies = await asyncio.gather(*(adapter.ask(Request(prompt=p), how) for p in asked), return_exceptions=True)
    return [
        ("reply", f"{r.text!r} {r.usage}") if isinstance(r, Reply) else ("error", " ".join(str(r).split())[:300])
        for r in replies
    ]


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

    from tests.perf.families import first, more  # noqa: F401 - they register the builders
    from tests.perf.families.common import FAMILIES

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    for name in names or FAMILIES:
        found: dict[str, Any] = {"family": name}
        try:
            if build:
                found["type"] = built(name, folder / name)
            if (folder / name / "config.json").is_file():
                found |= asyncio.run(asyncio.wait_for(examined(folder / name), 240))
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
