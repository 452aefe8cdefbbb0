"""Log-probabilities of options after a prompt: how a local model of `transformers` scores multiple choice.

The option is put where the chat template puts the assistant's words, without the token that ends them. The tokens that
count are those after the first one in which the prompt with the option differs from the prompt that waits for a reply,
so a template's own space or line break before the words belongs to whichever side the tokenizer gives it.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmeval.errors import FatalError
from mmeval.providers.decoding import option_sums
from mmeval.providers.encoders import encoded_chats
from mmeval.providers.local import too_large

__all__ = ["OptionScores", "Scored"]

Chat = Sequence[Mapping[str, Any]]
"""Messages of the library, with images decoded."""
AGREE = {"torch.float32": 1e-2}
"""How far two log-probabilities may be apart that have to be equal; in half precision, 1."""
SAME = {"torch.float32": 1e-3}
"""How far the sums of an option may be apart that is scored in two ways; in half precision, 1."""


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
    tail: Sequence[int] | None
    """The tokens, if they follow the whole prompt that waits for a reply."""


@dataclass(frozen=True, slots=True)
class _Found:
    sum: float
    used: int
    first: Any = None
    """Log-probabilities of the first token, of shape (vocabulary,), if they can depend on the option: they may not."""


class OptionScores:
    """The log-probabilities of options, of one model.

    A prompt is read once for all of its options, and its cache is shared. On the first question, this is compared with
    reading the prompt again for each option: a model for which the two differ is asked in the second way.

    Args:
        torch: the module.
        model: in evaluation mode.
        processor: with a tokenizer.
        template: chat template.
        rows: most rows (a question with one option) in one batch.
    """

    def __init__(self, torch: Any, model: Any, processor: Any, template: str, *, rows: int) -> None:
        self._torch, self._model, self._most = torch, model, rows
        self._processor, self._template = processor, template
        self._once: bool | None = None
        """Whether reading a prompt once is the same; None: it was not tried."""

    def scored(self, asked: Sequence[tuple[Chat, Sequence[str]]]) -> list[Scored]:
        """The log-probability of each option of each question.

        An option that occurs twice is computed once, so that equal options tie.

        Args:
            asked: a chat and its options, for each question.

        Raises:
            FatalError: (`unsupported`) the model reads ahead, so that the probability of a token is not defined.
            ValueError: an option has no tokens.
        """
        table = [_rows(self._processor, self._template, i, *one) for i, one in enumerate(asked)]
        if self._once is None:
            self._once = self._agree(table[0])
        once = [rows for rows in table if self._once and rows[0].tail is not None]
        again = [rows for rows in table if not (self._once and rows[0].tail is not None)]
        sums = {**self._read_once(once), **self._read_again(again)}
        known = {(row.question, row.option): row for rows in table for row in rows}
        made = []
        for i, (_, options) in enumerate(asked):
            mine = [known[i, option] for option in options]
            found = [sums[i, option] for option in options]
            used = {option: sums[i, option].used for option in options}
            made.append(Scored(tuple(one.sum for one in found), tuple(row.tokens for row in mine), sum(used.values())))
        return made

    def _agree(self, rows: Sequence[_Row]) -> bool:
        """Whether both ways give the same scores for a question; raises FatalError as `scored` does."""
        again = self._read_again([rows])
        if rows[0].tail is None:
            return False
        try:
            once = self._read_once([rows])
        except Exception as error:
            if too_large(error):
                raise
            return False  # its state is not that of the library's loop
        allowed = SAME.get(str(self._model.dtype), 1.0)
        return all(abs(once[key].sum - one.sum) <= allowed for key, one in again.items())

    def _read_once(self, table: Sequence[Sequence[_Row]]) -> dict[tuple[int, str], _Found]:
        """Each prompt is read once; the options follow it in a row each."""
        found = {}
        for part in _parts(table, self._most):
            chats = [rows[0].chat[:-1] for rows in part]
            inputs = encoded_chats(self._processor, self._template, chats, add_generation_prompt=True)
            inputs = inputs.to(self._model.device, dtype=self._model.dtype)
            prompts = inputs["attention_mask"].sum(dim=1).tolist()
            sums = option_sums(self._model, inputs, [[row.tail or () for row in rows] for rows in part])
            for rows, some, length in zip(part, sums, prompts, strict=True):
                for row, one in zip(rows, some, strict=True):
                    found[row.question, row.option] = _Found(one, length + row.tokens)
        return found

    def _read_again(self, table: Sequence[Sequence[_Row]]) -> dict[tuple[int, str], _Found]:
        """Each prompt is read with each of its options.

        Rows are padded on the right, where causal attention does not see the padding.
        """
        flat = [row for rows in table for row in rows]
        parts = [flat[at : at + self._most] for at in range(0, len(flat), self._most)]
        found = {
            (row.question, row.option): one
            for part in parts
            for row, one in zip(
                part, _run(self._torch, self._model, self._processor, self._template, part), strict=True
            )
        }
        for rows in table:
            _refuse_reading_ahead(self._model, [found[row.question, row.option] for row in rows])
        return found


def _parts(table: Sequence[Sequence[_Row]], most: int) -> list[list[Sequence[_Row]]]:
    """Questions with at most so many options together."""
    parts: list[list[Sequence[_Row]]] = []
    for rows in table:
        if not parts or sum(map(len, parts[-1])) + len(rows) > most:
            parts.append([])
        parts[-1].append(rows)
    return parts


def _rows(processor: Any, template: str, question: int, chat: Chat, options: Sequence[str]) -> list[_Row]:
    def ids(messages: Chat, **how: bool) -> list[int]:
        text = processor.apply_chat_template(messages, chat_template=template, tokenize=False, **how)
        found: list[int] = processor.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    waiting, found = ids(chat, add_generation_prompt=True), []
    for option in dict.fromkeys(options):
        if not option.strip():
            raise ValueError("an option is empty, and cannot be scored")
        answered = [*chat, {"role": "assistant", "content": [{"type": "text", "text": option}]}]
        whole = ids(answered, continue_final_message=True)
        shared = _shared(waiting, whole)
        found.append((option, answered, whole[shared:], shared == len(waiting)))
    apart = all(behind for *_, behind in found)
    return [_Row(question, option, chat, len(tail), tail if apart else None) for option, chat, tail, _ in found]


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
