"""Greedy decoding without padding: prompts are read beside those of their length, replies that have ended leave.

parts of a batch ─► each is read by itself ─► joined ─► a token for each row ─► what has ended leaves ─┐
                                   further parts ─► joined ─────┴────────◄──────────────────────────┘
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple, TypeVar

from mmeval.providers.joining import Rows, joined, kept, trimmed

__all__ = [
    "Said",
    "by_length",
    "early_leave",
    "end_tokens",
    "joins_cleanly",
    "leaves_cleanly",
    "option_sums",
    "usual_way",
]

T = TypeVar("T")
Part = tuple[Sequence[int], Any]
"""Whose prompts they are, and the inputs of the model, padded to one length, on its device."""
LOOK = 4
"""Steps between two looks for replies that have ended: a look makes the host wait for the device."""
BY_ROW = ("RepetitionPenaltyLogitsProcessor",)
"""What changes the logits of a row without counting its tokens, so that rows of other ages can join."""
NEAR = {"torch.float32": 1e-3}
"""How far logits may differ between a row alone and in company, relative to their size, by precision."""
ROUGHLY = 0.1
"""The same in half precision. Another row's state or position makes a difference of about 1."""
COMPARED = 4
"""Steps in which logits are compared."""


class Said(NamedTuple):
    """A reply."""

    place: int
    """Of its request; places count on from one batch to the next."""
    tokens: list[int]
    """Others may stand behind the end of the reply."""
    used: int | None
    """Tokens of the prompt; None where there are none."""
    seconds: float


class _Asked(NamedTuple):
    place: int
    used: int
    began: float


def by_length(batch: Sequence[T], lengths: Sequence[int], most: int) -> list[list[T]]:
    """Items of similar length together, at most `most` tokens in each part, padding included."""
    parts: list[list[T]] = []
    first = 0
    for i in sorted(range(len(batch)), key=lengths.__getitem__, reverse=True):
        if not parts or (len(parts[-1]) + 1) * first > most:
            parts.append([])
            first = lengths[i]
        parts[-1].append(batch[i])
    return parts


def early_leave(
    model: Any, parts: Sequence[Part], how: dict[str, Any], more: Callable[[], Sequence[Part] | None] | None = None
) -> Iterator[Said]:
    """The reply of each row, as soon as it has ended.

    Args:
        model: the model that decodes.
        parts: prompts.
        how: further arguments of `generate`, for greedy decoding, with `max_new_tokens`.
        more: a further batch that joins, if there is one; None where the model allows none.
    """
    most, known = how["max_new_tokens"], sum(len(places) for places, _ in parts)
    apart = joined([_read(model, part, how) for part in parts])
    while apart:
        rows, *apart = apart
        for step in count():
            rows = _said(rows)
            if step % LOOK == 0 or max(rows.ages) >= most:
                done = _ended(rows, most)
                yield from (_reply(rows, i) for i in sorted(done))
                if len(done) == len(rows.whose):
                    break
                rows = _without(rows, done, trim=more is not None)
            rows = _next(rows)
            if step % LOOK == 0 and more and not apart and _by_row(rows) and (new := more()):
                rows, *apart = joined([rows, *(_read(model, part, how, known) for part in new)])
                known += sum(len(places) for places, _ in new)


def end_tokens(generation: Any, words: Any) -> frozenset[int]:
    """The ids of the tokens that end a reply, by the generation options or else by the tokenizer."""
    declared = generation.eos_token_id if generation.eos_token_id is not None else words.eos_token_id
    return frozenset(declared if isinstance(declared, list) else [declared])


def usual_way(model: Any, part: Part, how: dict[str, Any]) -> Iterator[Said]:
    """The reply of each row, as the model generates them itself."""
    (places, inputs), began = part, time.perf_counter()
    with _torch().inference_mode():
        made = model.generate(**inputs, **how)
    made = getattr(made, "sequences", made)  # some models return them beside other things
    new = _written(model, made, inputs).tolist()
    counts = _used(inputs) if "input_ids" in inputs else [None] * len(new)
    for place, tokens, used in zip(places, new, counts, strict=True):
        yield Said(place, _with_end(model, tokens, how["max_new_tokens"]), used, time.perf_counter() - began)


def _with_end(model: Any, tokens: list[int], most: int) -> list[int]:
    """The tokens of a reply, with the one that ends it where it ended before the limit: Whisper leaves that out."""
    ends = model.generation_config.eos_token_id
    if ends is None or len(tokens) >= most:
        return tokens
    return [*tokens, ends[0] if isinstance(ends, list) else ends]


def _written(model: Any, made: Any, inputs: Any) -> Any:
    """The generated tokens, shape (batch, new). A decoder of its own begins with a token of its own, and any prompt."""
    if not model.config.is_encoder_decoder:
        return _new_tokens(made, inputs["input_ids"]) if "input_ids" in inputs else made[:, 1:]
    prompt, start = inputs.get("decoder_input_ids"), getattr(model.generation_config, "decoder_start_token_id", None)
    begun = int((made[:, 0] == start).all()) if start is not None else 0
    if prompt is None:
        return made[:, begun:]
    return made[:, prompt.shape[1] + (begun if bool((prompt[:, 0] != start).any()) else 0) :]


def _new_tokens(made: Any, prompts: Any) -> Any:
    """The generated tokens without the prompt, shape (batch, new).

    A model that is given embeddings returns new tokens alone. BLIP returns the prompt with another first token and
    without its last one.
    """
    for length in (prompts.shape[1], prompts.shape[1] - 1):
        if made.shape[1] >= length > 1 and bool((made[:, 1:length] == prompts[:, 1:length]).all()):
            return made[:, length:]
    return made


def _used(inputs: Any) -> list[int]:
    """Tokens of each prompt."""
    found: list[int] = inputs["attention_mask"].sum(dim=1).tolist()
    return found


def _reply(rows: Rows, i: int) -> Said:
    place, used, began = rows.whose[i]
    return Said(place, rows.ids[i, -rows.ages[i] :].tolist(), used, time.perf_counter() - began)


def option_sums(model: Any, inputs: Any, options: Sequence[Sequence[Sequence[int]]]) -> list[list[float]]:
    """Summed log-probabilities of options after their prompts, each of which is read once.

    Args:
        model: the model.
        inputs: of the prompts, padded to one length.
        options: tokens of the options of each prompt.
    """
    torch = _torch()
    owners = [i for i, some in enumerate(options) for _ in some]
    rows = _read(model, (range(len(options)), inputs), {"max_new_tokens": 1, "do_sample": False, "num_beams": 1})
    said = [torch.tensor(tokens, device=rows.ids.device) for some in options for tokens in some]
    with torch.inference_mode():
        said = torch.nn.utils.rnn.pad_sequence(said, batch_first=True, padding_value=-1)
        logits = rows.logits[owners, None]
        if said.shape[1] > 1:
            logits = torch.cat([logits, _forced(kept(rows, owners), said[:, :-1].clamp(min=0))], dim=1)
        chances = torch.log_softmax(logits, dim=-1).gather(-1, said.clamp(min=0)[..., None])[..., 0]
        sums = iter((chances * (said >= 0)).sum(dim=1).tolist())
    return [[next(sums) for _ in some] for some in options]


def _forced(rows: Rows, said: Any) -> Any:
    """The logits behind each of these tokens, shape (rows, tokens, vocabulary)."""
    state, count = rows.state, said.shape[1]
    if count > 1:
        state = rows.model._update_model_kwargs_for_generation({}, state, num_new_tokens=count - 1)
    state = {**state, **({"logits_to_keep": count} if "logits_to_keep" in state else {})}
    ids = _torch().cat([rows.ids, said], dim=-1)
    inputs = rows.model.prepare_inputs_for_generation(ids, next_sequence_length=count, **state)
    return rows.model(**inputs, return_dict=True).logits[:, -count:].float()


def _read(model: Any, part: Part, how: dict[str, Any], first: int = 0) -> Rows:
    """The part of `generate` that reads prompts; places are counted from `first`."""
    (places, inputs), began = part, time.perf_counter()
    whose = [_Asked(first + place, used, began) for place, used in zip(places, _used(inputs), strict=True)]

    def begin(
        model: Any, ids: Any, *, logits_processor: Any, stopping_criteria: Any, generation_config: Any, **state: Any
    ) -> Rows:
        outputs = model._prefill(ids, generation_config, state)
        state = model._update_model_kwargs_for_generation(outputs, state, is_encoder_decoder=False)
        if state.get("attention_mask", ids) is None:  # the library drops one without padding, but others may join
            state["attention_mask"] = ids.new_ones((len(ids), state.get("inputs_embeds", ids).shape[1] + 1))
        ends = type(stopping_criteria)(one for one in stopping_criteria if not hasattr(one, "max_length"))
        return Rows(
            model, ids, outputs.logits[:, -1].float(), state, ids.new_ones(len(ids)).bool(), whose, [0] * len(ids),
            logits_processor, ends, int(generation_config._pad_token_tensor),
        )  # fmt: skip

    with _torch().inference_mode():
        found: Rows = model.generate(**inputs, **how, custom_generate=begin)
    return found


def _said(rows: Rows) -> Rows:
    """With the likeliest token of each row."""
    torch = _torch()
    with torch.inference_mode():
        new = rows.processor(rows.ids, rows.logits).argmax(-1)
        ids = torch.cat([rows.ids, new[:, None]], dim=-1)
        return replace(
            rows, ids=ids, running=rows.running & ~rows.ended(ids, None), ages=[age + 1 for age in rows.ages]
        )


def _next(rows: Rows) -> Rows:
    """With the logits of what follows."""
    with _torch().inference_mode():
        inputs = rows.model.prepare_inputs_for_generation(rows.ids, next_sequence_length=1, **rows.state)
        outputs = rows.model(**inputs, return_dict=True)
        state = rows.model._update_model_kwargs_for_generation(outputs, rows.state, is_encoder_decoder=False)
        return replace(rows, logits=outputs.logits[:, -1].float(), state=state)


def _ended(rows: Rows, most: int) -> set[int]:
    running = rows.running.tolist()
    return {i for i, age in enumerate(rows.ages) if not running[i] or age >= most}


def _without(rows: Rows, done: set[int], *, trim: bool) -> Rows:
    if not done:
        return rows
    with _torch().inference_mode():
        left = kept(rows, [i for i in range(len(rows.whose)) if i not in done])
        return trimmed(left) if trim else left


def _by_row(rows: Rows) -> bool:
    """Whether rows of any age may join."""
    mask = rows.state.get("attention_mask")
    by_tokens = mask is not None and mask.shape[1] == rows.ids.shape[1] + 1  # otherwise padding stays for ever
    return by_tokens and all(type(one).__name__ in BY_ROW for one in rows.processor)


def leaves_cleanly(model: Any, inputs: Any) -> bool:
    """Whether the second of two rows gets the same logits when the first leaves the batch after one token.

    Raises:
        Exception: whatever the model raises when it decodes these rows in the usual way.
    """

    def ours(how: dict[str, Any]) -> None:
        (rows,) = joined([_read(model, ([0, 1], inputs), how)])
        _go_on(_next(_without(_said(rows), {0}, trim=False)))

    return _agree(model, inputs, ours)


def joins_cleanly(model: Any, inputs: Any, alone: Sequence[Any]) -> bool:
    """Whether it gets them when it joins the first after one token, which leaves after three."""

    def ours(how: dict[str, Any]) -> None:
        first, second = (_read(model, ([i], one), how) for i, one in enumerate(alone))
        (rows,) = joined([_next(_said(first)), second])
        rows = _without(_said(_next(_said(rows))), {0}, trim=True)
        _go_on(_next(rows), done=2)

    return _agree(model, inputs, ours)


def _go_on(rows: Rows, *, done: int = 1) -> None:
    for _ in range(COMPARED - done - 1):
        rows = _next(_said(rows))
    _said(rows)


def _agree(model: Any, inputs: Any, ours: Callable[[dict[str, Any]], None]) -> bool:
    """Whether both ways see the same logits."""
    usual, other = _Seen(), _Seen()
    model.generate(**inputs, **usual.how)
    if not usual.logits:  # the model has a loop of its own
        return False
    try:
        ours(other.how)
    except Exception:  # noqa: BLE001 - the model's state is not that of the library's loop
        return False
    expected = _torch().stack(usual.logits[:COMPARED])
    apart = (_torch().stack(other.logits[-COMPARED:]) - expected).norm() / (expected - expected.mean()).norm()
    return bool(apart < NEAR.get(str(model.dtype), ROUGHLY))


class _Seen:
    """The logits of the last row in each step; zero for tokens that are ruled out."""

    def __init__(self) -> None:
        self.logits: list[Any] = []
        # More steps than are compared, so that the token which ends a reply is ruled out in all of them.
        length = {"max_new_tokens": 2 * COMPARED, "min_new_tokens": 2 * COMPARED, "do_sample": False, "num_beams": 1}
        self.how: dict[str, Any] = {**length, "logits_processor": _generation().LogitsProcessorList([self._see])}

    def _see(self, _: Any, scores: Any) -> Any:
        self.logits.append(scores[-1].float().nan_to_num(neginf=0.0, posinf=0.0))
        return scores


def _generation() -> Any:
    from transformers import generation

    return generation


def _torch() -> Any:
    import torch

    return torch
