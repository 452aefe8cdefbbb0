"""Eighteen algorithmic puzzles (mazes, queens, jugs, clocks, ...): a picture of the state, a question, four options.

The default is our own reading: the authors' rule turns any capital A to D into an answer. Yes-no puzzles
have two options. Puzzles are drawn from templates, which are the clusters.
"""

from mmeval import Benchmark, Row, Sample, data, prompts
from mmeval.metrics import accuracy
from mmeval.scorers import choice
from mmeval.scorers.readers.patterns import last_capital

CLOSING = "Think step by step. The last line of the reply must be of the form: Answer: $LETTER"
PUZZLES = (
    "board_tile", "calendar", "chain_link", "checker_move", "clock", "colour_hue", "map_colour", "maze", "move_box",
    "n_queens", "number_slide", "rotting_kiwi", "rubiks_cube", "think_dot", "tower_of_hanoi", "water_jugs",
    "wheel_of_fortune", "wood_slide",
)  # fmt: skip


def to_sample(row: Row) -> Sample:
    options = [str(option) for option in row["options"] if str(option).strip()]
    question = f"Question: {row['question']}\nOptions:"
    return Sample(
        id=f"{row['puzzle']}-{row['row']}",
        prompt=prompts.multiple_choice(
            question, options, CLOSING, images=[data.beside(row)], style="({letter}) {text}"
        ),
        target=str(row["answer"]),
        choices=tuple(options),
        cluster=row["puzzle"],
        tags={"category": row["puzzle"]},
    )


HOW = "copy AlgoPuzzleVQA/data of https://github.com/declare-lab/LLM-PuzzleTest there"
benchmark = Benchmark(
    name="algopuzzlevqa", version="1", title="AlgoPuzzleVQA", about=__doc__,
    data=data.chained("puzzle", {
        name: data.supplied("algopuzzlevqa", file=f"{name}.json", how=HOW, columns={
            "image": str, "question": str, "options": list, "answer": str | int,
        })
        for name in PUZZLES
    }),
    to_sample=to_sample, score=choice(official=last_capital), profile="mmeval", metric=accuracy(),
    cluster="template", license="MIT", url="https://algopuzzlevqa.github.io", paper="https://arxiv.org/abs/2403.03864",
    rows=1_800, chance=None, labels="user-supplied", tags=("puzzle", "multiple-choice"),
)  # fmt: skip
