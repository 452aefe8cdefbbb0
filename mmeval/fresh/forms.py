"""The forms of answers: each adds to a question the sentence that says in which notation to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmeval import prompts
from mmeval.fresh.items import Question
from mmeval.scorers.rules.places import box_target

__all__ = ["cells", "grid", "letter", "number", "placements", "point", "sequence", "time", "word", "yes_no"]


def letter(text: str, options: Sequence[str], answer: str) -> Question:
    """A question with options in the text. The target is the letter of `answer`, which is one of the options."""
    lines = [text, *(f"{prompts.letter(place)}. {option}" for place, option in enumerate(options))]
    asked = "\n".join([*lines, "Answer with the letter of the right option."])
    return Question(text=asked, form="letter", target=prompts.letter(options.index(answer)), choices=tuple(options))


def drawn_letter(text: str, count: int, answer: int) -> Question:
    """A question whose options are drawn in the picture as A, B, C, ...; `answer` is the place of the right one."""
    letters = [prompts.letter(place) for place in range(count)]
    asked = f"{text}\nAnswer with the letter of the right option: {', '.join(letters[:-1])} or {letters[-1]}."
    return Question(text=asked, form="letter", target=letters[answer], choices=("",) * count)


def number(text: str, answer: float, *, tolerance: float = 0.0, unit: str = "") -> Question:
    """A question with a number as its answer, correct if it differs by at most `tolerance`, in the same unit."""
    closing = f"Answer with a number{f' in {unit}' if unit else ''}."
    if tolerance:
        closing += f" A difference of up to {tolerance:g} is accepted."
    return Question(text=f"{text} {closing}", form="number", target={"answer": answer, "tolerance": tolerance})


def yes_no(text: str, answer: bool) -> Question:
    """A question that is answered with yes or no."""
    return Question(text=f"{text} Answer with yes or no.", form="yes_no", target="yes" if answer else "no")


def word(text: str, answer: str, words: Sequence[str]) -> Question:
    """A question whose answer is one of a few words, which the question lists."""
    assert answer in words, f"{answer} is none of {words}"
    closing = f"Answer with one of: {', '.join(words)}."
    return Question(text=f"{text} {closing}", form="word", target={"answer": answer, "words": list(words)})


def sequence(text: str, answer: Sequence[str], words: Sequence[str]) -> Question:
    """A question whose answer is a list of words in order; each is one of `words`, and may occur several times."""
    closing = f"Answer with a list separated by commas. The words are: {', '.join(words)}."
    return Question(text=f"{text} {closing}", form="sequence", target={"answer": list(answer), "words": list(words)})


def cells(text: str, answer: Sequence[str], *, ordered: bool = False) -> Question:
    """A question whose answer is a set of cells, or a path; the picture names columns A, B, ... and rows 1, 2, ..."""
    order = " in order" if ordered else ""
    closing = f"Answer with the cells{order}, column letter first, separated by commas, such as B3, C1."
    return Question(text=f"{text} {closing}", form="cells", target={"answer": list(answer), "ordered": ordered})


def placements(text: str, answer: Mapping[str, str], pieces: Sequence[str]) -> Question:
    """A question whose answer says which piece lies in which cell: `{"B3": "ramp"}`."""
    closing = f"Answer with one piece for each cell, such as B3: {pieces[0]}. The pieces are: {', '.join(pieces)}."
    return Question(text=f"{text} {closing}", form="placements", target={"answer": dict(answer), "words": list(pieces)})


def grid(text: str, answer: Sequence[Sequence[str]], words: Sequence[str]) -> Question:
    """A question whose answer is a table: one line for each row, words separated by spaces."""
    closing = f"Answer with one line for each row, words separated by spaces. The words are: {', '.join(words)}."
    target = {"answer": [list(row) for row in answer], "words": list(words)}
    return Question(text=f"{text} {closing}", form="grid", target=target)


def time(text: str, minutes: int) -> Question:
    """A question whose answer is a time on a clock face, in minutes after 12 o'clock."""
    return Question(text=f"{text} Answer with the time, such as 7:05.", form="time", target={"answer": minutes % 720})


def point(text: str, box: Sequence[float], size: tuple[int, int]) -> Question:
    """A question that is answered with a point in a box of pixels; the model declares how it writes coordinates."""
    return Question(text=f"{text} Answer with one point, as [x, y].", form="point", target=box_target(box, size))
