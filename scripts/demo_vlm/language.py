"""Stage 2: the tower is frozen; projector and language model learn to answer, then to answer with options."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import transformers
from torch.nn import functional

from scripts.demo_vlm.model import BOS, EOS, IMAGE, PAD, TOKENS, UNK
from scripts.demo_vlm.pictures import IGNORE, Corpus, Question
from scripts.demo_vlm.steps import order, schedule
from scripts.demo_vlm.tower import features


@dataclass(frozen=True)
class Chat:
    """Token ids and labels of one picture's questions."""

    ids: list[int]
    labels: list[int]
    picture: int | None


class Writer:
    """Turns questions into token ids."""

    def __init__(self, words: transformers.PreTrainedTokenizerFast, vocab: Mapping[str, int]) -> None:
        self.vocab, self.words, self.known = vocab, words, dict[str, list[int]]()

    def ids(self, text: str) -> list[int]:
        """Ids of a text, remembered."""
        if text not in self.known:
            self.known[text] = self.words.encode(text, add_special_tokens=False)
        return self.known[text]

    def chat(self, rng: random.Random, questions: Sequence[Question], picture: int, with_options: float) -> Chat:
        """Four questions about one picture, at most one of them with options; one chat in twenty has no picture."""
        blind = rng.random() < 0.05
        ids = [BOS, self.vocab["user"]] + ([] if blind else [IMAGE] * TOKENS)
        labels = [IGNORE] * len(ids)
        full = rng.randrange(4) if rng.random() < with_options else -1
        for turn in range(4):
            (asked,) = rng.choices(questions, [3 if q.kind.endswith("exists") else 1 for q in questions])
            prompt, answer = self.turn(rng, asked, options=turn == full)
            opening = [BOS, self.vocab["user"]] if turn else []
            ids += [*opening, *prompt, self.vocab["assistant"], *answer, EOS]
            labels += [IGNORE] * (len(opening) + len(prompt) + 1) + [*answer, EOS]
        return Chat(ids, labels, None if blind else picture)

    def turn(self, rng: random.Random, asked: Question, *, options: bool) -> tuple[list[int], list[int]]:
        """Prompt and answer ids; unknown words after the question teach to ignore them."""
        noise = [UNK] * max(0, rng.randint(-6, 6))
        text = asked.text if options or not asked.options else asked.text.partition("\n")[0]
        return self.ids(text) + noise, [self.vocab[asked.word]]


def loss_of(model: Any, chats: Sequence[Chat], seen: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of the answers; `seen` are the tower's features of the chats that have a picture."""
    longest = max(len(chat.ids) for chat in chats)
    ids = torch.tensor([chat.ids + [PAD] * (longest - len(chat.ids)) for chat in chats])
    labels = torch.tensor([chat.labels + [IGNORE] * (longest - len(chat.labels)) for chat in chats])
    embedded = model.get_input_embeddings()(ids)
    projected = model.model.multi_modal_projector(seen.float())
    embedded = embedded.masked_scatter((ids == IMAGE).unsqueeze(-1), projected)
    hidden = model.model.language_model(inputs_embeds=embedded, attention_mask=(ids != PAD).long()).last_hidden_state
    wanted = labels[:, 1:] != IGNORE
    return functional.cross_entropy(model.lm_head(hidden[:, :-1][wanted]), labels[:, 1:][wanted])


def optimizers(model: Any) -> list[tuple[torch.optim.Optimizer, float]]:
    """Muon for the matrices of projector and language model, AdamW for embeddings and vectors; with their rates.

    Muon needs a third of the steps that AdamW needs here (K. Jordan et al., 2024; rates matched to AdamW's as in
    J. Liu et al., Muon is Scalable for LLM Training, 2025).
    """
    free = [(name, p) for name, p in model.named_parameters() if "vision_tower" not in name]
    matrices = [p for name, p in free if p.ndim == 2 and "embed" not in name]
    rest = [p for name, p in free if p.ndim != 2 or "embed" in name]
    muon = torch.optim.Muon(matrices, lr=3e-3, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
    return [(muon, 3e-3), (torch.optim.AdamW(rest, lr=2e-3, weight_decay=0.0, betas=(0.9, 0.98)), 2e-3)]


@dataclass
class Best:
    """The checkpoint that did best on the validation seed."""

    accuracy: float = -1.0
    step: int = 0
    weights: dict[str, torch.Tensor] = field(default_factory=dict, repr=False)


def train_language(model: Any, writer: Writer, data: Corpus, valid: Corpus, steps: int, seed: int) -> Best:
    """Stage 2; trains in place and returns the best checkpoint."""
    model.model.vision_tower.requires_grad_(False)
    seen, valid_seen = features(model, data.pixels), features(model, valid.pixels)
    used, rng, mean, best = optimizers(model), random.Random(seed), None, Best()
    began = time.monotonic()
    for step, rows in zip(range(steps), order(len(seen), 32, seed), strict=False):
        with_options = 0.9 * min(1.0, max(0.0, step / steps / 0.25 - 0.2))
        chats = [writer.chat(rng, data.questions[row], int(row), with_options) for row in rows]
        loss = loss_of(model, chats, seen[[chat.picture for chat in chats if chat.picture is not None]])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, rate in used:
            optimizer.param_groups[0]["lr"] = rate * schedule(step, steps, warm=100, floor=0.02)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if (step + 1) % 50 == 0:
            print(f"language {step + 1} {time.monotonic() - began:.0f}s loss {mean:.3f}", flush=True)
        if (step + 1) % 500 == 0 or step + 1 == steps:
            keep_best(best, step + 1, model, examine(model, writer, valid, valid_seen))
    return best


def keep_best(best: Best, step: int, model: Any, right: Mapping[str, float]) -> None:
    """Print the validation accuracies and remember the weights when their mean is the best so far."""
    accuracy = sum(right.values()) / len(right)
    print(f"valid {step} mean {accuracy:.3f} { ({k: round(v, 3) for k, v in right.items()}) }", flush=True)
    if accuracy > best.accuracy:
        best.accuracy, best.step = accuracy, step
        best.weights = {name: value.clone() for name, value in model.state_dict().items()}


@torch.no_grad()
def examine(model: Any, writer: Writer, valid: Corpus, seen: torch.Tensor) -> dict[str, float]:
    """Accuracy by kind of question; each is asked alone, as the benchmarks do, and its first token counts."""
    right: dict[str, list[bool]] = {}
    for index, questions in enumerate(valid.questions):
        for asked in questions:
            prompt = [BOS, writer.vocab["user"], *[IMAGE] * TOKENS, *writer.ids(asked.text), writer.vocab["assistant"]]
            said = first(model, prompt, seen[index])
            right.setdefault(asked.kind, []).append(said == writer.vocab[asked.word])
    return {kind: sum(values) / len(values) for kind, values in right.items()}


def first(model: Any, ids: list[int], seen: torch.Tensor) -> int:
    """The likeliest next token."""
    inputs = torch.tensor([ids])
    embedded = model.get_input_embeddings()(inputs)
    embedded[inputs == IMAGE] = model.model.multi_modal_projector(seen.float())
    hidden = model.model.language_model(inputs_embeds=embedded).last_hidden_state
    return int(model.lm_head(hidden[0, -1]).argmax())
