"""Greedy decoding in which a reply that has ended leaves its batch, so that the others do not wait for its padding."""

from __future__ import annotations

from typing import Any

__all__ = ["early_leave", "leaves_cleanly"]

LOOK = 4
"""Steps between two looks for replies that have ended: a look makes the host wait for the device."""
NEAR = {"torch.float32": 1e-3}
"""How far logits may differ between a row alone and in company, relative to their size, by precision."""
ROUGHLY = 0.1
"""The same in half precision. Another row's state or position makes a difference of about 1."""


def early_leave(
    model: Any, input_ids: Any, *, logits_processor: Any, stopping_criteria: Any, generation_config: Any, **state: Any
) -> Any:
    """A decoding loop for `generate(custom_generate=...)`; returns prompts and replies, shape (batch, length).

    Args:
        model: the model that decodes, which `generate` passes on.
        input_ids: prompts, shape (batch, length).
        logits_processor: what the checkpoint's generation options ask for.
        stopping_criteria: says which rows have ended.
        generation_config: its longest length and its padding.
        state: all other inputs: cache, masks, positions, pixels.
    """
    torch = _torch()
    most = generation_config.max_length - input_ids.shape[1]
    prompts, made = input_ids, input_ids.new_full((len(input_ids), most), int(generation_config._pad_token_tensor))
    rows, running = torch.arange(len(input_ids), device=input_ids.device), input_ids.new_ones(len(input_ids)).bool()
    outputs = model._prefill(input_ids, generation_config, state)
    for step in range(most):
        state = model._update_model_kwargs_for_generation(outputs, state, is_encoder_decoder=False)
        new = logits_processor(input_ids, outputs.logits[:, -1].float()).argmax(-1)
        made[rows, step] = new
        input_ids = torch.cat([input_ids, new[:, None]], dim=-1)
        running &= ~stopping_criteria(input_ids, None)
        if step % LOOK == 0 and not running.all():
            if not running.any():
                break
            kept = running.nonzero()[:, 0]
            state = {name: _kept(name, value, kept, len(rows)) for name, value in state.items()}
            input_ids, rows, running = input_ids[kept], rows[kept], running[kept]
        inputs = model.prepare_inputs_for_generation(input_ids, next_sequence_length=1, **state)
        outputs = model(**inputs, return_dict=True)
    return torch.cat([prompts, made[:, : step + 1]], dim=-1)


def leaves_cleanly(model: Any, inputs: Any) -> bool:
    """Whether the second of two rows gets the same logits when the first leaves the batch after one token.

    Raises:
        Exception: whatever the model raises when it decodes these rows in the usual way.
    """
    kept = _logits(model, inputs, {})
    if not len(kept):  # the model has a loop of its own
        return False
    try:
        left = _logits(model, inputs, {"custom_generate": early_leave, "stopping_criteria": [_first_ends]})
    except Exception:  # noqa: BLE001 - the model's state is not that of the library's loop
        return False
    apart = (left - kept).norm() / (kept - kept.mean()).norm()
    return bool(apart < NEAR.get(str(model.dtype), ROUGHLY))


def _logits(model: Any, inputs: Any, how: dict[str, Any]) -> Any:
    """The logits of the last row in each of four steps, shape (4, vocabulary); zero for tokens that are ruled out."""
    seen: list[Any] = []

    def see(_: Any, scores: Any) -> Any:
        seen.append(scores[-1].float().nan_to_num(neginf=0.0, posinf=0.0))
        return scores

    length = {"max_new_tokens": 4, "min_new_tokens": 4, "do_sample": False, "num_beams": 1}
    model.generate(**inputs, **length, logits_processor=[see], **how)
    return _torch().stack(seen) if seen else seen


def _first_ends(ids: Any, _: Any, **__: Any) -> Any:
    """The first of two rows has ended."""
    return _torch().arange(len(ids), device=ids.device) < len(ids) - 1


def _kept(name: str, value: Any, rows: Any, of: int) -> Any:
    """The rows of one input that stay in a batch of `of` rows."""
    if hasattr(value, "batch_select_indices"):
        value.batch_select_indices(rows)
    elif name.endswith("position_ids") and value is not None and value.ndim == 3:  # in time, height and width
        return value[:, rows]
    elif getattr(value, "ndim", 0) and value.shape[0] == of:
        return value[rows]
    return value


def _torch() -> Any:
    import torch

    return torch
