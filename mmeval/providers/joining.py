"""Rows of a running batch: prompts join and replies leave it, with the result of one batch read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

__all__ = ["Rows", "joined", "kept", "trimmed"]

SPARE = 64
"""Tokens that a layer of the cache has room for, beyond those that it holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Replies in the making, padded on the left to the longest."""

    model: Any
    """Decodes them: the language model inside of another model, perhaps."""
    ids: Any
    """Prompts and what was said so far, shape (rows, length)."""
    logits: Any
    """Of the next token, shape (rows, vocabulary)."""
    state: dict[str, Any]
    """What the model needs for it: cache, masks, positions."""
    running: Any
    """Which have not ended, shape (rows,)."""
    whose: Sequence[Any]
    """Whose replies they are."""
    ages: Sequence[int]
    """Tokens that each has said."""
    processor: Any
    """Changes logits as the checkpoint's generation options ask for."""
    ended: Any
    """Says which end with their last token."""
    padding: int


class _UnlikeError(Exception):
    """States that cannot be joined."""


def joined(parts: Sequence[Rows]) -> list[Rows]:
    """All rows in one state; the same parts where that is not possible."""
    try:
        return [_one(parts)]
    except _UnlikeError:
        return list(parts)


def _one(parts: Sequence[Rows]) -> Rows:
    torch, lengths = _torch(), [part.ids.shape[1] for part in parts]
    longest = lengths.index(max(lengths))
    states = [{name: value for name, value in part.state.items() if name not in _read_once()} for part in parts]
    if any(state.keys() != states[0].keys() for state in states):
        raise _UnlikeError
    caches = [name for name, value in states[0].items() if hasattr(value, "layers")]
    state = {name: _entry(name, [state[name] for state in states], lengths) for name in states[0] if name not in caches}
    state |= {name: _cache([state[name] for state in states], longest) for name in caches}
    return replace(
        parts[longest],
        ids=torch.cat([_wider(part.ids, max(lengths), part.padding) for part in parts]),
        logits=torch.cat([part.logits for part in parts]),
        state=state,
        running=torch.cat([part.running for part in parts]),
        whose=[one for part in parts for one in part.whose],
        ages=[age for part in parts for age in part.ages],
    )


def _entry(name: str, values: Sequence[Any], lengths: Sequence[int]) -> Any:
    """One input: by rows, or by images, one part behind the other."""
    torch, first = _torch(), values[0]
    if not getattr(first, "ndim", 0):
        if any(value != first for value in values):
            raise _UnlikeError
        return first
    widths = [value.shape[-1] for value in values]
    if len(set(widths)) > 1:
        if len({width - length for width, length in zip(widths, lengths, strict=True)}) > 1:  # it is not by tokens
            raise _UnlikeError
        values = [_wider(value, max(widths), 0) for value in values]
    at = _row_axis(name, first)
    if len({value.shape[:at] + value.shape[at + 1 :] for value in values}) > 1:
        raise _UnlikeError
    return torch.cat(list(values), dim=at)


def _wider(value: Any, width: int, padding: int) -> Any:
    """Padded on the left of its last axis."""
    return _torch().nn.functional.pad(value, (width - value.shape[-1], 0), value=padding)


def _cache(caches: Sequence[Any], longest: int) -> Any:
    """The cache of the longest rows, with those of all."""
    table = list(zip(*(one.layers for one in caches), strict=True))
    if len(caches) > 1 and not all(_by_tokens(layer) for layers in table for layer in layers):
        raise _UnlikeError
    made = []
    for layers in table:
        whole = layers[longest]
        if _by_tokens(whole) and whole.is_initialized and not (len(caches) == 1 and isinstance(whole, _roomy())):
            keys, values = (_stacked([getattr(layer, name) for layer in layers]) for name in ("keys", "values"))
            for layer in layers:
                layer.keys = layer.values = None  # the memory is wanted for the next layer
            whole.keys, whole.values = keys, values
            if not whole.is_sliding:
                whole = _roomy()(keys, values)
        made.append(whole)
    caches[longest].layers = made
    return caches[longest]


def _stacked(values: Sequence[Any]) -> Any:
    """Keys or values of all rows, shape (rows, heads, tokens, width), padded on the left of the tokens."""
    torch, most = _torch(), max(value.shape[-2] for value in values)
    padded = [torch.nn.functional.pad(value, (0, 0, most - value.shape[-2], 0)) for value in values]
    return torch.cat(padded) if len(padded) > 1 else padded[0]


def kept(rows: Rows, stay: Sequence[int]) -> Rows:
    """The rows at these indices alone."""
    chosen = _torch().tensor(stay, device=rows.ids.device)
    return replace(
        rows,
        ids=rows.ids[chosen],
        logits=rows.logits[chosen],
        state={name: _kept(name, value, chosen, len(rows.whose)) for name, value in rows.state.items()},
        running=rows.running[chosen],
        whose=[rows.whose[i] for i in stay],
        ages=[rows.ages[i] for i in stay],
    )


def _kept(name: str, value: Any, rows: Any, of: int) -> Any:
    """The rows of one input that stay of `of` rows."""
    if hasattr(value, "batch_select_indices"):
        value.batch_select_indices(rows)
        return value
    at = _row_axis(name, value)
    return value.index_select(at, rows) if getattr(value, "ndim", 0) and value.shape[at] == of else value


def trimmed(rows: Rows) -> Rows:
    """Without the columns that are padding in all rows; unchanged where the state does not tell."""
    mask = rows.state.get("attention_mask")
    if mask is None or mask.shape[-1] != rows.ids.shape[1]:
        return rows
    width, cut = mask.shape[-1], int(mask.any(dim=0).int().argmax())
    tensors = [value for value in rows.state.values() if getattr(value, "ndim", 0)]
    caches = [value for value in rows.state.values() if hasattr(value, "layers")]
    layers = [layer for one in caches for layer in one.layers]
    if not cut or any(width in value.shape[:-1] for value in tensors) or not all(map(_by_tokens, layers)):
        return rows
    for layer in layers:
        if layer.is_initialized:
            _shorten(layer, cut)
    state = {
        name: value[..., cut:] if getattr(value, "ndim", 0) > 1 and value.shape[-1] == width else value
        for name, value in rows.state.items()
    }
    return replace(rows, ids=rows.ids[:, cut:], state=state)


def _shorten(layer: Any, cut: int) -> None:
    """Forget the oldest tokens."""
    if layer.is_sliding:
        layer.cumulative_length -= cut
        cut = max(0, layer.keys.shape[-2] - layer.cumulative_length)
    layer.keys, layer.values = layer.keys[..., cut:, :], layer.values[..., cut:, :]


def _row_axis(name: str, value: Any) -> int:
    """The axis of the rows; positions in time, height and width have it behind these."""
    return int(name.endswith("position_ids") and getattr(value, "ndim", 0) == 3)


def _read_once() -> Sequence[str]:
    """Inputs that only the prompts need, such as pixels."""
    from transformers.generation import utils

    return getattr(utils, "MULTIMODAL_INPUTS_TO_DROP_OUTSIDE_PREFILL", ())


def _by_tokens(layer: Any) -> bool:
    """Whether a layer of a cache holds keys and values by tokens, and nothing else."""
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    return type(layer) in (DynamicLayer, DynamicSlidingWindowLayer, _roomy())


@cache
def _roomy() -> type:
    from transformers import cache_utils

    dynamic: Any = cache_utils.DynamicLayer

    class Roomy(dynamic):  # type: ignore[misc]
        """A layer that does not copy all tokens to add one: it has room for some more."""

        def __init__(self, keys: Any, values: Any) -> None:
            super().__init__()
            self.lazy_initialization(keys, values)
            self.keys, self.values = keys, values
            self._held: dict[str, Any] = {}

        def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
            self.keys = self._with("keys", self.keys, key_states)
            self.values = self._with("values", self.values, value_states)
            return self.keys, self.values

        def _with(self, name: str, known: Any, new: Any) -> Any:
            length, end = known.shape[-2], known.shape[-2] + new.shape[-2]
            held = self._held.get(name)
            if held is None or held.shape[-2] < end or held.data_ptr() != known.data_ptr():
                held = known.new_empty((*known.shape[:-2], end + SPARE, known.shape[-1]))
                held[..., :length, :] = known
                self._held[name] = held
            held[..., length:end, :] = new
            return held[..., :end, :]

    return Roomy


def _torch() -> Any:
    import torch

    return torch
