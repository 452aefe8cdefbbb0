"""Train the small LLaVAs that ship with mmeval, on drawings from the three bundled benchmarks' generators.

    python -m scripts.demo_vlm OUT [--width N] [--layers N] [--tower-steps N] [--language-steps N] [--seed N]

Two stages, one CPU thread, budgets in steps, so that the same command gives the same weights. Training pictures
come from another seed than the benchmarks' own, and any picture that a benchmark also holds is dropped by
digest. The best checkpoint is chosen on a third seed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from scripts.demo_vlm.language import Writer, train_language
from scripts.demo_vlm.model import WIDTH, build, save, tokenizer, vocabulary
from scripts.demo_vlm.pictures import TRAIN_SEED, VALID_SEED, corpus
from scripts.demo_vlm.tower import train_tower


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--layers", type=int, default=4, help="of the tower, and of the language model")
    parser.add_argument("--pictures", type=int, default=16_000, help="training pictures of each benchmark")
    parser.add_argument("--tower-steps", type=int, default=5_000)
    parser.add_argument("--language-steps", type=int, default=2_200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tower", type=Path, help="read the tower from here, or write it here after stage 1")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    held_out = frozenset(corpus(None, 0).digests)
    data = corpus(TRAIN_SEED, args.pictures, forbidden=held_out)
    valid = corpus(VALID_SEED, 60, forbidden=held_out | frozenset(data.digests))
    assert not data.digests & held_out, "a benchmark's picture is among the training pictures"
    print(f"{len(data.pixels)} pictures, {sum(map(len, data.questions))} questions", flush=True)
    vocab = vocabulary()
    words, model = tokenizer(vocab), build(vocab, width=args.width, layers=args.layers)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(vocab)} words", flush=True)
    if args.tower and args.tower.exists():
        model.model.vision_tower.load_state_dict(load_file(args.tower))
    else:
        train_tower(model, data, args.tower_steps, args.seed)
        if args.tower:
            save_file(model.model.vision_tower.state_dict(), args.tower)
    best = train_language(model, Writer(words, vocab), data, valid, args.language_steps, args.seed)
    model.load_state_dict(best.weights)
    save(model, words, args.out)
    print(json.dumps({"step": best.step, "validation": round(best.accuracy, 4), "arguments": vars(args)}, default=str))


if __name__ == "__main__":
    main()
