"""Log-probabilities of options after a prompt: how a local model of `transformers` scores multiple choice.

The option is put where the chat template puts the assistant's words, without the token that ends them. The tokens that
count are those after the first one in which the prompt with the option differs from the prompt that waits for a reply,
so a template's own space or line break before the words belongs to whichever side the tokenizer gives it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.errors import FatalError
from mmeval.providers.encoders import encoded_chats

__all__ = ["Scored", "option_scores"]

Chat = Sequence[Mapping[str, Any]]
"""Messages of the library, with images decoded."""
AGREE = {"torch.float32": 1e-2}
"""How far two log-probabilities may be apart that have to be equal; in half precision, 1."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The options of one question."""

    sums: tuple[float, ...]
    """Summed log-probability of each option, in nats."""
    tokens: tuple[int, ...]
    """Tokens of each option."""
    used: int
    """Input tokens in all."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One question with one of its options."""

    question: int
    option: str
    chat: Chat
    tokens: int


@dataclass(frozen=True, slots=True)
class _Found:
    sum: float
    used: int
    first: Any
    """Log-probabilities of the first token, of shape (vocabulary,): they may not depend on the option."""


def option_scores(
    torch: Any, model: Any, processor: Any, template: str, asked: Sequence[tuple[Chat, Sequence[str]]], *, rows: int
) -> list[Scored]:
    """The log-probability of each option of each question.

    An option that occurs twice is computed once, so that equal options tie. Rows are padded on the right, where causal
    attention does not see the padding: scores do not depend on what else is in the batch, up to rounding.

    Args:
        torch: the module.
        model: in evaluation mode.
        processor: with a tokenizer.
        template: chat template.
        asked: a chat and its options, for each question.
        rows: most rows (a question with one option) in one batch.

    Raises:
        FatalError: (`unsupported`) the model reads ahead, so that the probability of a token is not defined.
        ValueError: an option has no tokens.
    """
    table = [row for i, (chat, options) in enumerate(asked) for row in _rows(processor, template, i, chat, options)]
    found = [
        one
        for at in range(0, len(table), rows)
        for one in _run(torch, model, processor, template, table[at : at + rows])
    ]
    known = {(row.question, row.option): (row, one) for row, one in zip(table, found, strict=True)}
    made = []
    for i, (_, options) in enumerate(asked):
        mine = [known[i, option] for option in options]
        _refuse_reading_ahead(model, [one for _, one in mine])
        made.append(
            Scored(
                tuple(one.sum for _, one in mine),
                tuple(row.tokens for row, _ in mine),
                sum({id(one): one.used for _, one in mine}.values()),
            )
        )
    return made


def _rows(processor: Any, template: str, question: int, chat: Chat, options: Sequence[str]) -> Iterator[_Row]:
    def ids(messages: Chat, **how: bool) -> list[int]:
        text = processor.apply_chat_template(messages, chat_template=template, tokenize=False, **how)
        found: list[int] = processor.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    waiting = ids(chat, add_generation_prompt=True)
    for option in dict.fromkeys(options):
        if not option.strip():
            raise ValueError("an option is empty, and cannot be scored")
        answered = [*chat, {"role": "assistant", "content": [{"type": "text", "text": option}]}]
        whole = ids(answered, continue_final_message=True)
        yield _Row(question, option, answered, len(whole) - _shared(waiting, whole))


def _shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences begin with in common, but never all of the second."""
    same = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(first))
    return min(same, len(second) - 1)


def _run(torch: Any, model: Any, processor: Any, template: str, rows: Sequence[_Row]) -> list[_Found]:
    inputs = encoded_chats(
        processor, template, [row.chat for row in rows], padding_side="right", continue_final_message=True
    ).to(model.device, dtype=model.dtype)
    inputs.pop("labels", None)  # PaliGemma's processor makes some for training, with which no logits are kept
    ids, lengths = inputs["input_ids"], inputs["attention_mask"].sum(dim=1).tolist()
    kept = ids.shape[1] - min(length - row.tokens for length, row in zip(lengths, rows, strict=True)) + 1
    few = {"logits_to_keep": kept} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
    with torch.inference_mode():
        logits = model(**inputs, **few, use_cache=False).logits
    behind = ids.shape[1] - logits.shape[1]
    made = []
    for i, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        start = length - row.tokens
        chances = torch.log_softmax(logits[i, start - 1 - behind : length - 1 - behind].float(), dim=-1)
        said = chances.gather(1, ids[i, start:length, None])
        made.append(_Found(float(said.sum()), length, chances[0]))
    return made


def _refuse_reading_ahead(model: Any, found: Sequence[_Found]) -> None:
    """Raise FatalError if the chance of the first token depends on the option, as with attention in both directions."""
    allowed = AGREE.get(str(model.dtype), 1.0)
    for one in found[1:]:
        likely = found[0].first.argmax()
        if abs(float(one.first[likely] - found[0].first[likely])) > allowed:
            raise FatalError(
                "reads the whole prompt at once, so that its options have no likelihood", kind="unsupported"
            )
