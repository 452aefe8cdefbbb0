"""The forms of answers: each adds to a question the sentence that says in which notation to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmeval import prompts
from mmeval.fresh.items import Question
from mmeval.scorers.rules.places import box_target
from mmeval.types import JSON

__all__ = ["cells", "grid", "letter", "number", "placements", "point", "sequence", "time", "word", "yes_no"]


def letter(text: str, options: Sequence[str], answer: str) -> Question:
    """A question with options in the text. The target is the letter of `answer`, which is one of the options."""
    lines = [text, *(f"{prompts.letter(place)}. {option}" for place, option in enumerate(options))]
    asked = "\n".join([*lines, "Answer with the letter of the right option."])
    target = prompts.letter(options.index(answer))
    return Question(text=asked, form="letter", target=target, choices=tuple(options), chance=1 / len(options))


def drawn_letter(text: str, count: int, answer: int) -> Question:
    """A question whose options are drawn in the picture as A, B, C, ...; `answer` is the place of the right one."""
    letters = [prompts.letter(place) for place in range(count)]
    asked = f"{text}\nAnswer with the letter of the right option: {', '.join(letters[:-1])} or {letters[-1]}."
    return Question(text=asked, form="letter", target=letters[answer], choices=("",) * count, chance=1 / count)


def number(
    text: str, answer: float, *, tolerance: float = 0.0, accepted: str = "", unit: str = "", among: int = 0
) -> Question:
    """A question with a number as its answer.

    Args:
        text: of the question.
        answer: the exact one.
        tolerance: how far a right answer may be off, in the same unit.
        accepted: the tolerance in words, where its number would tell something about the answer.
        unit: of the answer.
        among: how many answers come up alike; 0 for too many to guess.
    """
    closing = f"Answer with a number{f' in {unit}' if unit else ''}."
    if tolerance:
        closing += f" {accepted or f'A difference of up to {tolerance:g} is accepted.'}"
    target: JSON = {"answer": answer, "tolerance": tolerance}
    return Question(text=f"{text} {closing}", form="number", target=target, chance=1 / among if among else 0.0)


def yes_no(text: str, answer: bool) -> Question:
    """A question that is answered with yes or no."""
    return Question(text=f"{text} Answer with yes or no.", form="yes_no", target="yes" if answer else "no", chance=0.5)


def word(text: str, answer: str, words: Sequence[str]) -> Question:
    """A question whose answer is one of a few words, which the question lists."""
    assert answer in words, f"{answer} is none of {words}"
    closing = f"Answer with one of: {', '.join(words)}."
    target: JSON = {"answer": answer, "words": list(words)}
    return Question(text=f"{text} {closing}", form="word", target=target, chance=1 / len(words))


def sequence(text: str, answer: Sequence[str], words: Sequence[str], *, among: int = 0) -> Question:
    """A question whose answer is a list of words in order; each is one of `words`, and may occur several times.

    `among` is as for `number`.
    """
    closing = f"Answer with a list separated by commas. The words are: {', '.join(words)}."
    target: JSON = {"answer": list(answer), "words": list(words)}
    return Question(text=f"{text} {closing}", form="sequence", target=target, chance=1 / among if among else 0.0)


def cells(text: str, answer: Sequence[str], *, ordered: bool = False, among: int = 0) -> Question:
    """A question whose answer is a set of cells, or a path; the picture names columns A, B, ... and rows 1, 2, ...

    `among` is as for `number`.
    """
    order = " in order" if ordered else ""
    closing = f"Answer with the cells{order}, column letter first, separated by commas, such as B3, C1."
    target: JSON = {"answer": list(answer), "ordered": ordered}
    return Question(text=f"{text} {closing}", form="cells", target=target, chance=1 / among if among else 0.0)


def placements(text: str, answer: Mapping[str, str], pieces: Sequence[str]) -> Question:
    """A question whose answer says which piece lies in which cell: `{"B3": "ramp"}`."""
    closing = f"Answer with one piece for each cell, such as B3: {pieces[0]}. The pieces are: {', '.join(pieces)}."
    return Question(text=f"{text} {closing}", form="placements", target={"answer": dict(answer), "words": list(pieces)})


def grid(text: str, answer: Sequence[Sequence[str]], words: Sequence[str]) -> Question:
    """A question whose answer is a table: one line for each row, words separated by spaces."""
    closing = f"Answer with one line for each row, words separated by spaces. The words are: {', '.join(words)}."
    target = {"answer": [list(row) for row in answer], "words": list(words)}
    return Question(text=f"{text} {closing}", form="grid", target=target)


def time(text: str, minutes: int, *, grain: int = 1) -> Question:
    """A question whose answer is a time on a clock face, in minutes after 12 o'clock: a multiple of `grain`."""
    target: JSON = {"answer": minutes % 720}
    return Question(text=f"{text} Answer with the time, such as 7:05.", form="time", target=target, chance=grain / 720)


def point(text: str, box: Sequence[float], size: tuple[int, int]) -> Question:
    """A question that is answered with a point in a box of pixels; the model declares how it writes coordinates."""
    return Question(text=f"{text} Answer with one point, as [x, y].", form="point", target=box_target(box, size))
