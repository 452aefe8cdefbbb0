"""The questions of a benchmark as data: what was asked and what every model answered, fifty questions to a file.

Names of files contain a digest of what they are made from, so a file never changes. `data/q/<benchmark>.js` lists the
questions and names the current files; the pages of questions and runs, the gallery and the search read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mmeval.board import Cell
from mmeval.board.vectors import LEVELS
from mmeval.sitegen import data, samples
from mmeval.sitegen.asked import Asked, code
from mmeval.sitegen.links import anchor, benchmark_url, model_url, question_url, run_dir
from mmeval.sitegen.site import File
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import clean, short
from mmeval.sitegen.writer import digest
from mmeval.store import slug

__all__ = ["PER_SHARD", "answers_name", "brief_of", "card_of", "question_files", "run_map", "share_of"]

PER_SHARD = 50
"""Questions in one file."""
DOUBT = "!"
"""The code of a question whose correct answer may be wrong, beside the codes of outcomes."""


def run_map(ids: Sequence[str], own: Sequence[str]) -> list[int] | None:
    """The place from 1 of each of `own` in `ids`, 0 for none; None if both are the same."""
    if tuple(own) == tuple(ids):
        return None
    at = {key: number for number, key in enumerate(ids, 1)}
    return [at.get(key, 0) for key in own]


def question_files(asked: Asked) -> Iterator[File]:
    """The list of a benchmark's questions, the files of what was asked, and those of what was answered."""
    prompts, answers = shard_names(asked)
    for k, start in enumerate(range(0, len(asked.ids), PER_SHARD), 1):
        places = range(start, min(start + PER_SHARD, len(asked.ids)))
        yield lazy(f"{prompts}/{k}", lambda places=places: [prompt_data(asked, i) for i in places])
        yield lazy(f"{answers}/{k}", lambda places=places: answer_data(asked, places))
    name = f"q/{slug(asked.name)}"
    replies = [answers_name(asked.column.cells[model]) for model in asked.models]
    key = digest([code(), asked.content, prompts, answers, replies])
    yield File(f"data/{name}.js", lambda: data.data_text(name, index_data(asked, prompts, answers)), key=key)


def lazy(name: str, make: Any) -> File:
    """A data file whose name says everything about its content, which is made only if the file is not there."""
    return File(f"data/{name}.js", lambda: data.data_text(name, make()), key=name)


def shard_names(asked: Asked) -> tuple[str, str]:
    """Names of the folders below `data/` with the files of questions, and of answers."""
    about = digest([code(), samples.content(asked.file), asked.ids, asked.pictures])[:12]
    said = digest([code(), asked.source])[:12]
    return f"q/{slug(asked.name)}/{about}", f"a/{slug(asked.name)}/{said}"


def prompt_data(asked: Asked, place: int) -> dict[str, Any]:
    """What was asked, as far as the licence allows."""
    key = asked.ids[place]
    shown = samples.sample_values(asked.known, key, asked.file.parent / "thumbs")
    return {"id": short(key, 160), "anchor": anchor(key), "number": place + 1, **shown}


def answer_data(asked: Asked, places: Sequence[int]) -> dict[str, Any]:
    """What every model answered to some questions.

    `words` are the different answers, `said` has the place in it of each model's answer to each question, -1 for none.
    """
    words: dict[str, int] = {"": -1}
    columns = [asked.answers(model) for model in asked.models]
    said = [[words.setdefault(answers[i], len(words) - 1) for answers in columns] for i in places]
    partly = {
        f"{i - places[0]}.{m}": round(100 * LEVELS.index(vector.levels[i]) / 60)
        for m, (model, vector) in enumerate((model, asked.column.cells[model].vector) for model in asked.models)
        if "p" in asked.outcomes[model] and vector.ids == asked.ids
        for i in places
        if asked.outcomes[model][i] == "p"
    }
    return {
        "words": [short(word, 60) for word in words if word],
        "said": said,
        "outcomes": ["".join(asked.outcomes[model][i] for model in asked.models) for i in places],
        "solved": [[round(100 * part, 1) for part in asked.solved[i][:3]] + [asked.solved[i][3]] for i in places],
        "partly": partly,
    }


def index_data(asked: Asked, prompts: str, answers: str) -> dict[str, Any]:
    """The list of questions: fragment, text, picture with its size, percent right, and codes of outcomes."""
    card = asked.column.card
    codes = outcome_codes(asked)
    return {
        "title": clean(card.title),
        "url": benchmark_url(card.name),
        "group": card.group,
        "home": data_url(asked.column.spec.data),
        "models": [model_entry(asked, name) for name in asked.models],
        "rivals": len(asked.rivals),
        "questions": [question_entry(asked, i, codes[i]) for i in range(len(asked.ids))],
        "prompts": prompts,
        "answers": answers,
        "size": PER_SHARD,
        "makes": asked.makes,
    }


def question_entry(asked: Asked, place: int, codes: str) -> list[Any]:
    """One line of the list."""
    text, thumb, width, height = brief_of(asked, place)
    share = share_of(asked, place)
    return [anchor(asked.ids[place]), text, thumb, width, height, share, codes]


def brief_of(asked: Asked, place: int) -> tuple[str, str, int, int]:
    """A question in a list, as `samples.brief`; without a picture of its own, one that a model made rightly."""
    key = asked.ids[place]
    found = asked.listed.briefs[place]
    return found if found[1] else (found[0], *asked.made.get(key, ("", 0, 0)))


def share_of(asked: Asked, place: int) -> int:
    """Percent of the models that solve a question; -1 without any."""
    return round(100 * asked.solved[place][0]) if asked.rivals else -1


def card_of(asked: Asked, place: int, about: str) -> dict[str, Any]:
    """One question as `question_card` shows it, with a line about it."""
    text, thumb, width, height = brief_of(asked, place)
    share = share_of(asked, place)
    known = {"url": question_url(asked.name, asked.ids[place]), "text": text, "share": share, "about": about}
    return {**known, "thumb": thumb, "width": width, "height": height}


def outcome_codes(asked: Asked) -> list[str]:
    """For each question the outcomes that occur among the models, and DOUBT if its correct answer is in doubt."""
    strings = [asked.outcomes[name] for name in asked.rivals] or [asked.outcomes[name] for name in asked.models]
    found = ["".join(sorted(set(one))) for one in zip(*strings, strict=True)]
    return [codes + (DOUBT if number in asked.doubts else "") for number, codes in enumerate(found, 1)]


def model_entry(asked: Asked, name: str) -> dict[str, Any]:
    """A model's name, its page and its run, and where the run numbers its questions otherwise."""
    card, cell = asked.board.models[name], asked.column.cells[name]
    entry: dict[str, Any] = {"title": clean(card.label), "url": model_url(name), "run": run_dir(cell)}
    entry["data"] = answers_name(cell)
    if card.reference:
        entry["reference"] = card.reference
    if cell.mark:
        entry["mark"] = cell.mark.replace(" ", "-")
    numbers = numbers_in_run(asked, cell)
    if numbers is not None:
        entry["numbers"] = numbers
    return entry


def numbers_in_run(asked: Asked, cell: Cell) -> list[int] | None:
    """The number of each question on the page of a cell's run, 0 where it is not there; None if all are the same."""
    return run_map(cell.runs[0].vector.ids, asked.ids)


def answers_name(cell: Cell) -> str:
    """Name of the folder below `data/` with the replies of a run: it changes when they do."""
    vector = cell.runs[0].vector
    return f"{run_dir(cell)}/{digest([code(), vector.digest, vector.journal])[:12]}"
