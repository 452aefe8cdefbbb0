"""The page of a benchmark: what it asks, how every model did, how hard its questions are, and how good it is."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.board import Board, Cell, Column
from mmeval.board.findings import Finding, hardest
from mmeval.board.leakage import BlindGain, published
from mmeval.board.ranks import Ranks
from mmeval.board.reported import Beside
from mmeval.judging.measured import said_of
from mmeval.sitegen import data, samples
from mmeval.sitegen.agreement import agreement_table
from mmeval.sitegen.asked import Asked
from mmeval.sitegen.boardrows import group_title
from mmeval.sitegen.cells import aside, metric_title, rank_text, seldom, shown, slices, text_of, trust
from mmeval.sitegen.charts import Scale, around, axis, interval
from mmeval.sitegen.drawings import histogram
from mmeval.sitegen.env import Language, number, whole
from mmeval.sitegen.expected import target_line
from mmeval.sitegen.ladder import ladder
from mmeval.sitegen.links import benchmark_url, chart_path, model_url, question_url, questions_url
from mmeval.sitegen.matrix import png
from mmeval.sitegen.quality import asked_otherwise, cutoffs, needs_image, quality_of, sharpest, with_and_without
from mmeval.sitegen.questions import brief_of, card_of
from mmeval.sitegen.reported import reported_rows
from mmeval.sitegen.seasons import seasons_of
from mmeval.sitegen.site import Context, File, Page, Site
from mmeval.sitegen.sources import data_url
from mmeval.sitegen.text import short
from mmeval.sitegen.understanding import understood
from mmeval.sitegen.writer import digest
from mmeval.store import samples_path, slug

SLICES = 24
"""Sub-scores that the table shows. More do not fit a screen; run.json has them all."""
PICKED = 6
"""Questions at the top of the page."""
LABELS = 24
"""Names beside the matrix."""


def pages(site: Site) -> Iterator[Page | File]:
    """A page, its data, its matrix and its thumbnails for each benchmark."""
    root = site.board.root
    for asked in site.asked:
        name, column, content = asked.name, asked.column, site.key(asked.content)
        drawn = f"mx/{slug(name)}-{asked.content[:10]}.png" if asked.ids else ""
        if drawn:
            yield File(drawn, functools.partial(matrix, asked), key=content)
        ranks = site.ranks[name]
        told = [one for one in site.reported if one.reported.benchmark == name]
        key = digest(
            [content, drawn, str(ranks and [ranks.models, ranks.intervals, ranks.compared]), *map(_told, told)]
        )
        yield Page(benchmark_url(name), "benchmark.html", context(asked, site, drawn, told), key)
        yield File(f"data/s/{slug(name)}.js", functools.partial(samples_text, column, root), key=content)
        yield from (File(*thumb) for thumb in samples.thumbs(column, root))


def samples_text(column: Column, root: Path) -> str:
    """The data file about the samples of a benchmark."""
    return data.data_text(f"s/{slug(column.card.name)}", data.samples_data(column, samples.tags_of(column, root)))


def _told(one: Beside) -> str:
    """What a page says of one reported number; the runs are in the content of the page."""
    return f"{one.reported} {one.followed} {one.changed}"


def context(asked: Asked, site: Site, drawn: str, told: Sequence[Beside]) -> Context:
    """The variables of benchmark.html, made when they are asked for."""

    @functools.cache
    def shared() -> dict[str, Any]:
        return measured(asked, site.board, site.ranks[asked.name], site.gains[asked.name])

    return lambda lang: {
        **shared(),
        "card_facts": facts(asked.column, lang),
        "group": group_title(asked.column.card.group, lang),
        "head": headline(asked, shared()["needs_image"], lang),
        "picked": picked(asked, lang),
        "difficulty": difficulty(asked, lang),
        "blind": with_and_without(asked, lang),
        "matrix": matrix_of(asked, drawn, lang) if drawn else None,
        "reported": reported_rows(told, site.board, lang, by="model"),
        "seasons": seasons_of(asked.column, site.board, lang),
        "ladder": ladder(asked),
        "understood": understood(asked.column, site.board, by_score(asked.column, site.board), lang),
    }


def measured(asked: Asked, board: Board, ranks: Ranks | None, gains: Sequence[BlindGain]) -> dict[str, Any]:
    """What is the same in all languages."""
    column, models = asked.column, asked.rivals
    order = by_score(column, board)
    x = scale_of(column)
    chance = None if column.card.chance is None else column.card.chance * column.card.scale
    rows = [row(name, column, board, ranks, x, chance) for name in order]
    return {
        "card": {"title": column.card.title, "about": column.card.about or "", "known": column.card.known},
        "name": asked.name,
        "questions": questions_url(asked.name),
        "count": len(asked.ids),
        "doubts": len(asked.doubts),
        "bibtex": bibtex(column),
        "share": {
            "title": column.card.title,
            "updated": max(cell.finished for cell in column.cells.values()),
            "files": data.downloads(f"data/b/{slug(asked.name)}"),
            "chart": chart_path(benchmark_url(asked.name)),
            "badge": "",
        },
        "dataset": dataset(column),
        "metric": metric_title(column.primary_metric),
        "compared": column.compared(ranks.models) if ranks else "mean",
        "axis": axis(x),
        "chance": chance,
        "rows": rows,
        "odd": seldom(rows, ("failed", "truncated", "unparsed")),
        "full": column.full,
        "needs_image": needs_image(gains, column, board),
        "quality": quality_of(asked),
        "otherwise": asked_otherwise(column, board),
        "cutoffs": cutoffs(column, board, samples.tags_of(column, board.root)),
        "slices": slice_table(column, board, order),
        "agreement": agreement_of(asked),
        "sharpest": sharpest(asked),
        "hardest": findings(hardest(column, models), asked),
        "suspicious": findings(asked.suspicious, asked),
        "variants": [aside(one, column, title(one.cell, board), "setting") for one in column.variants],
        "limited": [{"title": title(cell, board), **shown(cell, column)} for cell in column.limited],
        "excluded": [aside(one, column, title(one.cell, board), "excluded") for one in column.excluded],
        "example": example(column, board.root),
    }


def headline(asked: Asked, seeing: Sequence[Mapping[str, Any]], lang: Language) -> list[tuple[str, str]]:
    """The numbers at the top of the page as pairs of name and value."""
    column, t = asked.column, lang.text
    card, cells = column.card, asked.column.cells
    best = cells[asked.rivals[0]].headline.value if asked.rivals else None
    end = card.low if card.higher_is_better is False else card.high
    gains = [one["gain"]["value"] for one in seeing]
    pairs = [
        (t("questions"), whole(len(asked.ids))),
        (t("models"), whole(len(asked.rivals))),
        (t("fact.best"), "" if best is None else number(best * card.scale)),
        (t("fact.chance"), "" if card.chance is None else number(card.chance * card.scale)),
        (t("fact.room"), "" if best is None else t("points", value=number(abs(end - best) * card.scale))),
        (t("fact.seeing"), t("points", value=number(max(gains))) if gains else ""),
        (t("fact.license"), card.license or ""),
    ]
    return [pair for pair in pairs if pair[1]]


def picked(asked: Asked, lang: Language) -> list[dict[str, Any]]:
    """Questions from easy to hard as cards, evenly spread over the shares; pictured ones, if there are enough."""
    order = asked.easy_first
    pictured = [i for i in order if brief_of(asked, i)[1]]
    among = pictured if len(pictured) >= PICKED else order
    if not among:
        return []
    shares = {i: asked.solved[i][0] for i in among}
    top, bottom = shares[among[0]], shares[among[-1]]
    taken: list[int] = []
    for k in range(min(PICKED, len(among))):
        target = top - (top - bottom) * k / (PICKED - 1)
        taken.append(min((i for i in among if i not in taken), key=lambda i: abs(shares[i] - target)))
    taken.sort(key=among.index)
    return [card_of(asked, i, lang.text("question.number", n=i + 1)) for i in taken]


def difficulty(asked: Asked, lang: Language) -> str:
    """The histogram; empty with fewer than three models."""
    if len(asked.rivals) < 3:
        return ""
    t = lang.text
    shares = [one[0] for one in asked.solved]
    return histogram(shares, label=t("difficulty.label"), left=t("difficulty.left"), right="100%")


def matrix(asked: Asked) -> bytes:
    """The picture of every model on every question."""
    order = asked.easy_first
    return png(["".join(asked.outcomes[name][i] for i in order) for name in asked.models])


def matrix_of(asked: Asked, file: str, lang: Language) -> dict[str, Any]:
    """What `matrix_figure` needs."""
    titles = [short(asked.board.models[name].label, 40) for name in asked.models]
    step = -(-len(titles) // LABELS)
    rows = len(titles)
    return {
        "file": file,
        "width": 1200,
        "height": rows * max(2, min(18, 420 // rows)),
        "rows": titles[::step],
        "alt": lang.text("matrix.alt", models=rows, questions=len(asked.ids)),
        "url": questions_url(asked.name),
        "list": f"q/{slug(asked.name)}",
        "order": ",".join(map(str, asked.easy_first)),
        "models": rows,
        "codes": sorted({code for name in asked.models for code in asked.outcomes[name]}, key="rpwutxf".index),
    }


def agreement_of(asked: Asked) -> dict[str, Any] | None:
    """How alike the best models answer."""
    titles = [short(asked.board.models[name].label, 40) for name in asked.rivals]
    return agreement_table(titles, [model_url(name) for name in asked.rivals], asked.scores)


def bibtex(column: Column) -> str:
    """An entry for a bibliography; braces and backslashes are left out of the values."""
    card = column.card
    known = {"title": card.title, "url": card.url or card.paper, "note": f"Version {column.spec.version}"}
    fields = [f"  {key} = {{{_bare(str(value))}}}" for key, value in known.items() if value]
    return f"@misc{{{slug(card.name)},\n" + ",\n".join(fields) + "\n}"


def _bare(text: str) -> str:
    return short("".join(c for c in text if c not in "{}\\"), 300)


def dataset(column: Column) -> dict[str, Any]:
    """Structured data for search engines: schema.org/Dataset."""
    card = column.card
    known = {"license": card.license, "url": card.url, "citation": card.paper, "version": column.spec.version}
    about = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": card.title,
        "description": card.about or card.title,
    }
    return {**about, "variableMeasured": column.primary_metric, **{key: value for key, value in known.items() if value}}


def by_score(column: Column, board: Board) -> list[str]:
    """Models and people, best headline first, then what answers without looking in the same order."""
    better = 1.0 if column.card.higher_is_better is False else -1.0
    place = {name: (better * cell.headline.value, name) for name, cell in column.cells.items()}
    return sorted(place, key=lambda name: (board.models[name].reference not in (None, "human"), *place[name]))


def scale_of(column: Column) -> Scale:
    """A range with room for all whiskers and the chance level."""
    card = column.card
    ends = [end for cell in column.cells.values() for end in (cell.headline.low, cell.headline.high)]
    start, end = around([*ends, *([card.chance] if card.chance is not None else [])], card.low, card.high)
    return Scale(start * card.scale, end * card.scale, 100, "%")


def row(name: str, column: Column, board: Board, ranks: Ranks | None, x: Scale, chance: float | None) -> dict[str, Any]:
    """One model's line."""
    card, cell = board.models[name], column.cells[name]
    rank = ranks.intervals.get(name) if ranks else None
    numbers = shown(cell, column)
    if card.reference:  # it has no rank anyway
        numbers["marks"] = [one for one in numbers["marks"] if not one["key"].startswith("unranked.")]
    return {
        "title": card.label,
        "url": model_url(name),
        "reference": card.reference,
        "rank": rank_text(rank),
        "tier": rank.tier if rank else "",
        "first": rank is not None and rank.best == 1,
        "trust": trust(cell),
        "plot": interval(x, numbers["value"], numbers["low"], numbers["high"], chance),
        **numbers,
    }


def slice_table(column: Column, board: Board, order: Sequence[str]) -> dict[str, Any]:
    """Models by sub-score."""
    table = {name: {one["name"]: one for one in slices(column.cells[name], column)} for name in order}
    names = sorted({key for one in table.values() for key in one})[:SLICES]
    rows = [
        {
            "title": board.models[name].label,
            "reference": board.models[name].reference,
            "cells": [table[name].get(key) for key in names],
        }
        for name in order
    ]
    sizes = [max((table[name][key]["n"] for name in order if key in table[name]), default=0) for key in names]
    return {"heads": list(zip(names, sizes, strict=True)), "rows": rows if names else []}


def findings(found: Sequence[Finding], asked: Asked) -> list[dict[str, Any]]:
    """Questions with a link to their page, and with their text if the licence allows it."""
    out = []
    for one in found:
        sample = asked.known.by_id.get(one.id) if asked.known.public else None
        out.append(
            {
                "id": short(one.id, 80),
                "url": question_url(asked.name, one.id),
                "share": 100 * one.share,
                "models": one.models,
                "answer": one.answer,
                "question": samples.brief(asked.file, one.id, 160)[0] if sample else "",
                "target": short(target_line(sample), 60) if sample else "",
            }
        )
    return out


def title(cell: Cell, board: Board) -> str:
    """The model's label."""
    return board.models[cell.spec.model].label


def facts(column: Column, lang: Language) -> list[tuple[str, Any]]:
    """The card as pairs of name and value; the template leaves out unknown values."""
    card, spec, t = column.card, column.spec, lang.text
    day = published(card)
    source: Mapping[str, Any] = {**card.source, **spec.data}
    chance = None if card.chance is None else f"{card.chance * card.scale:.1f}"
    return [
        (t("fact.version"), spec.version),
        (t("fact.source"), text_of(source.get("id") or source.get("path") or source.get("kind"))),
        (t("fact.revision"), text_of(source.get("revision"))),
        (t("fact.split"), text_of(source.get("split"))),
        (t("fact.files"), data_url(spec.data)),
        (t("fact.rows"), card.rows),
        (t("fact.published"), text_of(day and day.isoformat())),
        (t("fact.license"), card.license),
        (t("fact.url"), card.url),
        (t("fact.paper"), card.paper),
        (t("fact.metric"), card.metric_about),
        (t("fact.chance"), chance),
        (t("fact.scorer"), card.scorer),
        (t("fact.profile"), spec.profile),
        (t("fact.judge"), ", ".join(filter(None, [spec.judge, said_of(next(iter(column.cells.values())).run)]))),
        (t("fact.cluster"), card.cluster),
        (t("fact.system"), card.system),
        (t("fact.max_tokens"), card.max_tokens),
        (
            t("fact.policy"),
            unscored(card.policy, lang),
        ),
    ]


def unscored(policy: Mapping[str, str], lang: Language) -> str:
    """What becomes of replies that are not scored as usual."""
    named = ((lang.messages.get(f"status.{status}", status), rule) for status, rule in policy.items())
    return lang.text("comma").join(lang.text(f"policy.{rule}", status=status) for status, rule in named)


def example(column: Column, root: Path) -> str:
    """The first prompt, if the licence allows it."""
    cell = next(iter(column.cells.values()))
    known = samples.load(samples_path(root, cell.run.info))
    if not known.public or not known.by_id:
        return ""
    sample = known.by_id[min(known.by_id)]
    parts = [part.text if part.kind == "text" and part.text else f"[{part.kind}]" for part in sample.prompt]
    return short("\n".join(parts), 2000)
