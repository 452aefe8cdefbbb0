"""The transformers adapter beside a plain loop over `generate`, on one random Qwen2-VL of 30 M parameters.

    python -m tests.perf.local                          # 96 questions, mixed lengths and equal lengths
    python -m tests.perf.local --only mixed --most 256  # longer replies
    python -m tests.perf.local --n 48 --device cuda     # fewer, on an accelerator

The plain loop knows all questions from the start, sorts them by the length of the prompt, and answers 16 at a time.
Loading is left out on both sides. The ratio of CPU seconds is that of speed on a machine that is otherwise idle; on a
busy one, it is the figure to read.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmeval import Request, Text, media, providers
from mmeval.catalog import Catalog
from tests.local import tiny

WORDS = [
    "what",
    "colour",
    "is",
    "the",
    "shape",
    "in",
    "the",
    "picture",
    "?",
    "answer",
    "with",
    "a",
    "single",
    "letter",
    "red",
    "green",
    "blue",
]
SIDE = 224
WIDTH = 512
EAGER = 6.0
"""How much larger than those of others the weights of the end token are: some replies end at once, some never."""
PLAIN = 16
"""Rows in a batch of the plain loop."""


@dataclass(frozen=True)
class Took:
    wall_s: float
    cpu_s: float
    replies: dict[int, str]
    note: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=96)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--most", type=int, default=96, help="longest reply in tokens")
    parser.add_argument("--repeat", type=int, default=1, help="runs of both, one after the other; figures are sums")
    parser.add_argument("--only", choices=("mixed", "equal"))
    given = parser.parse_args()
    sys.modules["torchvision"] = None  # type: ignore[assignment]
    print("lengths | program | samples/s | CPU s | ratio by time | by CPU | equal replies | notes", flush=True)
    for lengths in [given.only] if given.only else ["mixed", "equal"]:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["MMEVAL_CACHE"] = f"{scratch}/cache.sqlite"
            folder = build(Path(scratch) / "model", varied=lengths == "mixed")
            asked = questions(given.n, varied=lengths == "mixed")
            runs = [
                (plain(folder, asked, given), asyncio.run(adapter(folder, asked, given))) for _ in range(given.repeat)
            ]
            base, ours = (added(one) for one in zip(*runs, strict=True))
            same = sum(ours.replies[i] == text for i, text in base.replies.items())
            for name, one in (("plain", base), ("mmeval", ours)):
                ratios = f"{base.wall_s / one.wall_s:.2f} | {base.cpu_s / one.cpu_s:.2f}"
                print(
                    f"{lengths} | {name} | {given.n * given.repeat / one.wall_s:.2f} | {one.cpu_s:.1f} | {ratios} | {same}/{given.n} "
                    f"| {one.note}",
                    flush=True,
                )


def build(folder: Path, *, varied: bool) -> Path:
    """A checkpoint whose replies end early, late or never."""
    import torch
    import transformers as hf

    torch.manual_seed(3)
    tokens = tiny.words(tiny.QWEN)
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [8, 12, 12]}
    text = {
        **tiny.text_size(len(tokens)), "hidden_size": WIDTH, "intermediate_size": 3 * WIDTH, "num_hidden_layers": 8,
        "num_attention_heads": 8, "num_key_value_heads": 4, "rope_parameters": rope,
    }  # fmt: skip
    vision = {
        "depth": 4, "embed_dim": 256, "hidden_size": WIDTH, "num_heads": 4, "mlp_ratio": 4, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2,
    }  # fmt: skip
    config = hf.Qwen2VLConfig(
        text_config=text, vision_config=vision, tie_word_embeddings=False, **tiny.qwen_ids(tokens)
    )
    model = hf.Qwen2VLForConditionalGeneration(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and "embed_tokens" not in name:
                weight.mul_(2)
        model.lm_head.weight.normal_(0, 1)
        model.lm_head.weight[2] *= EAGER if varied else 0
    for name, value in (("pad_token_id", 0), ("bos_token_id", 1), ("eos_token_id", 2)):
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    hf.Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": SIDE * SIDE}).save_pretrained(folder)
    tokens.chat_template = tiny.QWEN_TEMPLATE
    tokens.save_pretrained(folder)
    return folder


def questions(n: int, *, varied: bool) -> list[Any]:
    draw = random.Random(1)
    return [question(draw, varied=varied) for _ in range(n)]


def question(draw: random.Random, *, varied: bool) -> Any:
    """A picture of noise, and words without sense."""
    from PIL import Image as Pillow

    size = (draw.randint(112, 1024), draw.randint(112, 768)) if varied else (320, 240)
    out = io.BytesIO()
    noise = Pillow.frombytes("RGB", (16, 16), draw.randbytes(768))
    noise.resize(size).save(out, "JPEG", quality=90)
    return media.image(out.getvalue()), Text(" ".join(draw.choices(WORDS, k=draw.randint(5, 60) if varied else 20)))


def plain(folder: Path, asked: Sequence[Any], given: argparse.Namespace) -> Took:
    """What a short script does."""
    import torch
    import transformers as hf

    torch.set_num_threads(given.threads)
    model = hf.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).to(given.device).eval()
    processor = providers.load_processor(hf, str(folder), {}, model.config)

    def encoded(batch: Sequence[int]) -> Any:
        chats = [
            [{"role": "user", "content": [
                {"type": "image", "image": providers.decoded(asked[i][0])}, {"type": "text", "text": asked[i][1].text},
            ]}]
            for i in batch
        ]  # fmt: skip
        how = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
        return processor.apply_chat_template(chats, **how, processor_kwargs={"padding": True})

    lengths = [encoded([i])["input_ids"].shape[1] for i in range(len(asked))]  # not timed: it may know them
    order = sorted(range(len(asked)), key=lambda i: lengths[i])

    def work() -> dict[int, str]:
        replies = {}
        for start in range(0, len(order), PLAIN):
            batch = order[start : start + PLAIN]
            inputs = encoded(batch).to(given.device)
            with torch.inference_mode():
                made = model.generate(**inputs, max_new_tokens=given.most, do_sample=False)
            rows = made[:, inputs["input_ids"].shape[1] :].tolist()
            ended = [row[: row.index(2)] if 2 in row else row for row in rows]
            texts = [processor.tokenizer.decode(row, skip_special_tokens=True).strip() for row in ended]
            replies |= dict(zip(batch, texts, strict=True))
        return replies

    return timed(work)


async def adapter(folder: Path, asked: Sequence[Any], given: argparse.Namespace) -> Took:
    """All questions at once, as an engine with a large window asks them."""
    made = Catalog().adapter("transformers")
    options = made.capabilities.options(
        device=given.device, dtype="float32", threads=given.threads, max_tokens=given.most
    )
    model: Any = made(str(folder), options)
    await model.connect()
    began, cpu = time.perf_counter(), time.process_time()
    replies = await asyncio.gather(*(model.ask(Request(prompt=one), options) for one in asked))
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    about = model.describe()
    await model.close()
    note = f"idle {about['device_idle']:.1%}, largest batch {about['largest_batch']}"
    lengths = sorted(reply.usage.output for reply in replies)
    quartiles = [lengths[len(lengths) * part // 4] for part in (1, 2, 3)]
    return Took(wall, used, {i: reply.text for i, reply in enumerate(replies)}, f"{note}, reply quartiles {quartiles}")


def added(runs: Sequence[Took]) -> Took:
    """The time of all runs, with the replies and the note of the last."""
    return replace(runs[-1], wall_s=sum(one.wall_s for one in runs), cpu_s=sum(one.cpu_s for one in runs))


def timed(work: Callable[[], dict[int, str]]) -> Took:
    began, cpu = time.perf_counter(), time.process_time()
    replies = work()
    return Took(time.perf_counter() - began, time.process_time() - cpu, replies)


if __name__ == "__main__":
    main()
