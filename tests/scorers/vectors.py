"""Recorded results of the reference implementations, reproduced by mmeval's own rules and metrics.

`TABLE[scorer, implementation](**arguments)` translates a vector's arguments into samples and replies, lets the
scorer of a benchmark or the metric of a board score them, and translates the result back into the form that the
reference has: `False`, `""` or `__RANDOM__` for "no letter", percent where it prints percent.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmeval.catalog import Catalog
from mmeval.errors import ScoreError
from mmeval.interchange import openvlm
from mmeval.metrics import accuracy, binary, circular, hallusion_accuracy, simpleqa_f1
from mmeval.metrics.aggregates import labels_of
from mmeval.prompts import interleave
from mmeval.scorers import Scorer, choice, extracted_answer, open_answer
from mmeval.scorers.judges import base as judge
from mmeval.scorers.readers import brackets, patterns
from mmeval.scorers.readers.quantities import python_float
from mmeval.scorers.readers.tokens import REFUSED
from mmeval.scorers.rules import free, typed, vqa
from mmeval.types import Estimate, Image, Record, Reply, Sample, Score, Text

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
RANDOM = "__RANDOM__"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VLM, LMMS = "vlmevalkit-2026-08", "lmms-0.7.3"
Run = Callable[..., Any]


def failures() -> list[str]:
    """Ids of the vectors that are not reproduced, or that raise."""
    failed = []
    for vector in VECTORS:
        try:
            ended = reproduced(vector)
        except Exception:  # noqa: BLE001 - whatever is raised, the vector has failed
            ended = False
        failed += [] if ended else [vector["id"]]
    return failed


def reproduced(vector: Mapping[str, Any]) -> bool:
    got = TABLE[vector["scorer"], vector["impl"]](**vector["args"])
    expected = vector["expected"]
    if isinstance(expected, dict) and "raises" in expected:
        return None in got.values()  # the reference divides by zero; here the number is absent
    return same(got, expected)


def same(got: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return bool(got == expected and isinstance(got, bool) == isinstance(expected, bool))
    if isinstance(expected, int | float):
        return isinstance(got, int | float) and math.isclose(got, expected, abs_tol=2e-6)
    if isinstance(expected, dict):
        return set(expected) <= set(got) and all(same(got[key], value) for key, value in expected.items())
    return len(got) == len(expected) and all(map(same, got, expected))


@functools.cache
def of(benchmark: str) -> Scorer:
    return Catalog().benchmark(benchmark).score


def score(scorer: Scorer, profile: str, text: str, target: Any = "", choices: Iterable[str] = (), **tags: str) -> Score:
    """What a rule says of one reply."""
    sample = Sample(id="vector", prompt=(), target=target, choices=tuple(choices), tags=tags)
    return scorer.rule(profile)(sample, Reply(text=text, finish="stop"))  # type: ignore[operator, no-any-return]


def judged(scorer: Scorer, profile: str, verdict: str, target: Any = "", **sample: Any) -> Score | None:
    """What a rule makes of a judge's verdict; None where it is not a verdict."""
    asked = Sample(id="vector", prompt=(), target=target, **sample)
    try:
        return scorer.rule(profile).parse(asked, Reply(text="x", finish="stop"), Reply(text=verdict, finish="stop"))  # type: ignore[union-attr, return-value]
    except ScoreError:
        return None


# Letters


def letter(scorer: Scorer, profile: str, none: object) -> Run:
    """The letter that is read, given the options by letter, in a list, or not at all."""

    def run(*, prediction: str, options: Any = (), valid_letters: str = "", **_: Any) -> object:
        texts = options.values() if isinstance(options, Mapping) else options or ["\0"] * len(valid_letters)
        found = score(scorer, profile, prediction, choices=texts)
        if found.rule.startswith("refusal"):
            return REFUSED
        return found.answer or none

    return run


def option_text(*, prediction: str, options: Sequence[str]) -> str:
    found = score(of("algopuzzlevqa"), "official", prediction, choices=options).answer
    return options[LETTERS.index(found)] if found else "CANNOT_GET_ANSWER"


def boxed(*, prediction: str) -> list[str]:
    found = score(of("visulogic"), VLM, prediction)
    return [found.answer or "Z", patterns.boxed_or_phrase_rule(prediction)[1]]


def cased_letter(*, prediction: str, options: Sequence[str]) -> str:
    """The letter in the case that the reply has; the scorer makes it a capital."""
    found = patterns.cascade(prediction, dict(zip(LETTERS, options, strict=False)))
    capital = score(of("visualpuzzles"), LMMS, prediction, choices=options).answer
    return found if found and found.upper() == capital else RANDOM


def graded_letter(*, prediction: str, choices: Sequence[str], answer: int) -> float:
    return score(of("scienceqa_img"), LMMS, prediction, LETTERS[answer], choices).value


def line_tail(*, prediction: str) -> str:
    """What the matcher is given: the text after the last line-initial `Answer:`, or its only capital."""
    lines = [line.strip() for line in prediction.strip().split("\n")]
    tails = [line.removeprefix("Answer:") for line in lines if line.startswith("Answer:")]
    capitals = {char for char in tails[-1] if "A" <= char <= "Z"} if tails else set()
    return capitals.pop() if len(capitals) == 1 else tails[-1] if tails else prediction


# Answers


def value(benchmark: str, profile: str, kind: type = float) -> Run:
    """The score of a reply against `target`, `answer` or `answers`, with any other argument as a tag."""

    def run(*, prediction: str, options: Sequence[str] = (), **facts: Any) -> object:
        (target,) = (facts.pop(name) for name in ("target", "answer", "answers") if name in facts)
        return kind(score(of(benchmark), profile, prediction, target, options, **facts).value)

    return run


def chart_list(profile: str) -> Run:
    def run(*, prediction: str, answer: Sequence[str], question_type: str, year: Sequence[str]) -> float:
        target = {"answers": list(answer), "kind": question_type, "years": list(year)}
        return score(of("chartqapro"), profile, prediction, target).value

    return run


def open_value(profile: str) -> Run:
    def run(*, prediction: str, answer: Any) -> bool:
        return bool(score(open_answer(), profile, prediction, answer).value)

    return run


def pseudo(*, prediction: str, answer: str) -> dict[str, object]:
    inferred, expected = free.pseudo_letters(prediction, answer)
    return {"inferred": inferred, "GT": expected, "hit": score(open_answer(), VLM, prediction, answer).value}


def extracted(profile: str) -> Run:
    def run(*, extraction: str, question_type: str, answer_type: str, precision: Any, **facts: Any) -> bool:
        tags = {"answer_type": answer_type, "precision": "" if precision is None else str(precision)}
        choices = tuple(facts["choices"] or ()) if question_type == "multi_choice" else ()
        found = judged(extracted_answer(), profile, extraction, facts["answer"], choices=choices, tags=tags)
        return found is not None and found.value == 1

    return run


def float_precision(*, extraction: str, question_type: str, **facts: Any) -> bool:
    multiple = question_type == "multi_choice"
    return typed.typed_match(extraction, multiple_choice=multiple, integral_precision=False, **facts)


def yes_no(benchmark: str, profile: str, none: str, *, title: bool = False) -> Run:
    def run(*, prediction: str) -> str:
        said = score(of(benchmark), profile, prediction).answer or none
        return said.title() if title else said

    return run


# Judges


def word_set(*, gold: str, judge_output: str) -> dict[str, object]:
    found = judged(of("logicvista"), "official", judge_output, gold)
    return {"accepted": found is not None, "hit": int(found is not None and found.value)}


def fraction(*, judge_output: str) -> object:
    found = judged(of("mmvet"), "official", judge_output)
    if found is not None:
        return found.value
    number = python_float(judge_output)
    nan = number is not None and number != number
    return "nan (accepted! comparisons with nan are False)" if nan else "RETRY"


def first_fraction(*, judge_output: str) -> object:
    word = judge_output.strip().split(" ")[0]
    found = judged(of("mmvet"), "official", word)
    if found is not None or not word:
        return found.value if found else 0.0
    return "RETRY" if python_float(word) is None else "RETRY_SAME_PROMPT"


# Metrics


def record(number: object, value: float, answer: str | None = "x", **tags: str) -> Record:
    return Record(
        id=str(number), epoch=1, status="ok", score=Score(value=value, answer=answer, rule="vector"), tags=tags
    )


def hallusion(*, authors: bool) -> Run:
    words = {0: "incorrect", 1: "correct", 2: "unclear"}

    def run(*, rows: Sequence[Mapping[str, Any]], **_: str) -> dict[str, float]:
        records = [
            record(i, float(row["verdict"] == 1), words[row["verdict"]], **{k: str(v) for k, v in row.items()})
            for i, row in enumerate(rows)
        ]
        out = hallusion_accuracy(authors=authors).aggregate(records)
        names = {"aAcc": "/questions", "fAcc": "/figures", "qAcc": "/groups", "avg": ""}
        return {short: 100 * out[f"mean_accuracy{name}"].value for short, name in names.items()}

    return run


def mme(*, per_image_hits: Mapping[str, Sequence[Sequence[float]]], **_: str) -> dict[str, float]:
    records = [
        record(f"{task}/{image}/{i}", float(hit), category=task, pair=f"{task}/{image}")
        for task, images in per_image_hits.items()
        for image, hits in enumerate(images)
        for i, hit in enumerate(hits)
    ]
    out = Catalog().benchmark("mme").metric.aggregate(records)
    found = {name: out[f"score/{name}"].value for name in ("perception", "cognition")}
    total = out["score"].value
    return {**found, "leaderboard_overall": total, "leaderboard_norm_0_100": openvlm.contribution("MME", total)}


Pairs = Sequence[Mapping[str, str]]
NAMES = ("f1", "accuracy", "precision", "recall", "yes_ratio")


def answered(profile: str, pairs: Pairs) -> list[Record]:
    scores = [score(of("pope"), profile, pair["prediction"], pair["answer"].strip().lower()) for pair in pairs]
    golds = [pair["answer"].strip().lower() for pair in pairs]
    return [record(i, s.value, s.answer, gold=gold) for i, (s, gold) in enumerate(zip(scores, golds, strict=True))]


def by_name(out: Mapping[str, Estimate]) -> dict[str, float | None]:
    found = {name: out.get("f1" if name == "f1" else f"f1/{name}") for name in NAMES}
    return {name: None if estimate is None else estimate.value for name, estimate in found.items()}


def pope_authors(*, pairs: Pairs) -> dict[str, float | None]:
    return by_name(binary().aggregate(answered("official", pairs)))


def pope_percent(*, pairs: Pairs) -> dict[str, float]:
    return {name: 100 * (x or 0) for name, x in by_name(binary().aggregate(answered(VLM, pairs))).items()}


def pope_lmms(*, pairs: Pairs) -> dict[str, float]:
    """Answers that are neither yes nor no count against accuracy alone; the share of yes is that of the targets."""
    records = answered(LMMS, pairs)
    said = [one for one in records if one.score is not None and one.score.answer]
    truth = [record(i, 1.0, one.tags["gold"], gold=one.tags["gold"]) for i, one in enumerate(records)]
    whole, known, targets = (by_name(binary().aggregate(part)) for part in (records, said, truth))
    found = {**known, "accuracy": whole["accuracy"], "yes_ratio": targets["yes_ratio"]}
    return {name: number or 0 for name, number in found.items()}


def circular_group(*, rows: Sequence[Mapping[str, Any]], **_: str) -> object:
    scores = []
    for row in rows:
        options = [row[x] for x in LETTERS if row.get(x) is not None]
        scores.append(score(of("mmbench_dev_en"), VLM, str(row["prediction"]), row["GT"], options))
    records = [record(i, s.value, s.answer, group="g", group_size=str(len(rows))) for i, s in enumerate(scores)]
    unread = [s for s in scores if s.answer is None and not s.rule.startswith("refusal")]
    if unread and all(s.value == 1 or s in unread for s in scores):
        return "UNRESOLVED_NEEDS_JUDGE (=0 under exact_matching)"
    return circular().aggregate(records)["accuracy"].value


Rows = Sequence[Mapping[str, Any]]


def pope_exploded(*, rows: Rows = (), pairs: Rows = (), **_: Any) -> dict[str, Any]:
    """One copy of duplicate questions with a list of categories: each counts once per category, also in the whole."""
    given = [*rows, *pairs]
    scores = [score(of("pope"), VLM, str(row["prediction"]), str(row["answer"]).strip().lower()) for row in given]
    records = [
        record(i, s.value, s.answer, gold=str(row["answer"]).strip().lower(), category=str(row["category"]))
        for i, (s, row) in enumerate(zip(scores, given, strict=True))
    ]
    labels = sorted({label for one in records for label in labels_of(one.tags["category"])})
    parts = {label: [one for one in records if label in labels_of(one.tags["category"])] for label in labels}
    metric = Catalog().benchmark("pope").metric
    alone = binary(by=())
    found = {label: percent_of(by_name(alone.aggregate(part))) for label, part in parts.items()}
    whole = metric.aggregate(records)
    return {**percent_of(by_name(whole)), **found, "n": whole["f1"].n}


def percent_of(numbers: Mapping[str, float | None]) -> dict[str, float]:
    """In percent, under the names of the metric and those of the report."""
    known = {name: 100 * (number or 0) for name, number in numbers.items()}
    return {**known, "Overall": known["f1"], "acc": known["accuracy"]}


ABBREVIATIONS = {
    "coarse_perception": "CP",
    "finegrained_perception (instance-level)": "FP-S",
    "finegrained_perception (cross-instance)": "FP-C",
    "logic_reasoning": "LR",
    "relation_reasoning": "RR",
    "attribute_reasoning": "AR",
}


def hit_of(row: Mapping[str, Any]) -> float:
    """The hit that a row has, else the score of its prediction."""
    if "hit" in row:
        return float(row["hit"])
    options = [row[letter] for letter in LETTERS if row.get(letter) is not None]
    return score(choice(), VLM, str(row["prediction"]), row.get("answer", row.get("GT")), options).value


def mcq_report(*, rows: Rows, **_: Any) -> dict[str, Any]:
    """Overall, then the means by `l2-category` and `category`; with splits, one number for each split in its order."""
    splits = sorted({str(row["split"]) for row in rows if "split" in row})
    reports = {split: split_report([row for row in rows if str(row.get("split", "")) == split]) for split in splits}
    if not splits:
        return split_report(rows)
    names = list(dict.fromkeys(name for report in reports.values() for name in report))
    if len(splits) == 1:
        return {**reports[splits[0]], "split": splits}
    return {"split": splits, **{name: [reports[split].get(name, math.nan) for split in splits] for name in names}}


def split_report(rows: Rows) -> dict[str, Any]:
    tags = ("l2-category", "category")
    records = [record(i, hit_of(row), **{t: str(row[t]) for t in tags if t in row}) for i, row in enumerate(rows)]
    out = accuracy(by=tags).aggregate(records)
    labels = {name: name.partition("=")[2] for name in out}
    return {ABBREVIATIONS.get(label, label) or "Overall": out[name].value for name, label in labels.items()}


def mmvp_pairs(*, rows: Rows = (), hits: Sequence[float] = (), **_: Any) -> dict[str, float | None]:
    """Overall: both questions of two consecutive rows; Average: single questions. Refuses rows that are no pairs."""
    found = [hit_of(row) for row in rows] or [float(hit) for hit in hits]
    questions = [row.get("question") for row in rows]
    if len(found) % 2 or questions[::2] != questions[1::2]:
        return {"Overall": None, "Average": None}
    records = [record(i, hit, pair=str(i // 2), group_size="2") for i, hit in enumerate(found)]
    out = Catalog().benchmark("mmvp").metric.aggregate(records)
    return {"Overall": out["pair_accuracy"].value, "Average": out["pair_accuracy/single"].value}


def openvlm_board(
    *,
    results: Mapping[str, Mapping[str, Any]],
    fields: Sequence[str] = (),
    benches: Sequence[str] = (),
    sizes: Sequence[str] = openvlm.SIZES,
    types: Sequence[str] = openvlm.TYPES,
    **_: Any,
) -> dict[str, Any]:
    """The rows of the board, in its order, and each model's numbers."""
    board = openvlm.filtered(openvlm.lines(results, fields or benches or openvlm.DEFAULT), sizes=sizes, types=types)
    rows = [
        {"Rank": line.rank, "Method": line.model, "Avg Score": line.score, "Avg Rank": line.avg_rank, **line.values}
        for line in board
    ]
    by_model = {line.model: row for line, row in zip(board, rows, strict=True)}
    columns = {name: {line.model: by_model[line.model][name] for line in board} for name in ("Avg Score", "Avg Rank")}
    return {**by_model, **columns, "order": [line.model for line in board], "rows": rows}


def repeated_schedule(*, n: int = 0, charts: Sequence[Any] = (), rows: Sequence[Any] = (), **_: Any) -> list[list[Any]]:
    """The defect of another harness: the whole set four times over, with the question that the row number chooses.

    If the number of charts is divisible by 4, one question of each chart is asked four times. Gives [chart, question].
    """
    given = list(charts or rows or range(n))
    return [[chart, index % 4 + 1] for index, chart in enumerate(given * 4)]


def simpleqa(*, correct: int, incorrect: int, not_attempted: int, judge_parse_failures: int) -> dict[str, float]:
    counts = {"correct": correct, "incorrect": incorrect, "not attempted": not_attempted, "": judge_parse_failures}
    words = [word for word, n in counts.items() for _ in range(n)]
    out = simpleqa_f1().aggregate(record(i, float(word == "correct"), word) for i, word in enumerate(words))
    right, tried = out["f1/correct"].value, out["f1/attempted"].value
    return {
        "is_correct": right,
        "is_incorrect": tried - right,
        "is_not_attempted": not_attempted / len(words),
        "is_given_attempted": tried,
        "accuracy_given_attempted": out["f1/correct_given_attempted"].value,
        "f1": out["f1"].value,
    }


# Prompts


def decimals(*, answer: str) -> str:
    """The hint of another harness; no benchmark here uses it."""
    _, point, digits = answer.partition(".")
    if not point:
        return "* Your final answer must be an exact integer."
    return f"* Your final answer must be a number with {len(digits.partition('.')[0])} decimal places."


def layout(*, images: Sequence[str], text: str) -> list[dict[str, str]]:
    """Images where their tokens stand; with a text, perhaps empty, before the first, between all, after the last."""
    laid = interleave(text, {n: Image(data=b"", mime="", sha256=name) for n, name in enumerate(images, 1)})
    out: list[dict[str, str]] = []
    for part in laid:
        picture = not isinstance(part, Text)
        if picture and "<image " in text and (not out or out[-1]["type"] == "image"):
            out.append({"type": "text", "value": ""})
        shown = part.text if isinstance(part, Text) else part.sha256
        out.append({"type": "image" if picture else "text", "value": shown})
    return [*out, {"type": "text", "value": ""}] if out[-1]["type"] == "image" else out


def positional_layout(*, images: Sequence[str], text: str) -> list[dict[str, str]]:
    """The defect of another harness: images swap places, and text is lost where tokens repeat."""
    tokens = sorted(set(re.findall(r"<image \d+>", text)))
    texts = re.sub(r"<image [1-7]>", "<image>", text).split("<image>")
    out: list[dict[str, str]] = []
    for at, token in enumerate(tokens):
        if at < len(texts) - 1 and texts[at].strip():
            out.append({"type": "text", "value": texts[at].strip()})
        out.append({"type": "image", "value": images[int(token[7:-1]) - 1]})
    return [*out, {"type": "text", "value": texts[-1].strip()}]


TABLE: dict[tuple[str, str], Run] = {
    ("vqa_accuracy", "official_vqa"): value("vqav2", "official"),
    ("vqa_accuracy", "vlmevalkit"): value("textvqa", VLM),
    ("vqa_accuracy", "lmms_textvqa"): value("textvqa", LMMS),
    ("vqa_accuracy", "lmms_vqav2"): value("vqav2", LMMS),
    ("vqa_normalize", "official_vqa"): lambda *, text: vqa.normalise_published(text),
    ("vqa_normalize", "vlmevalkit"): lambda *, text: vqa.normalise_lone_periods(text),
    ("vqa_normalize", "lmms_evalai"): lambda *, text: vqa.normalise_words_first(text),
    ("anls", "official_rrc_tau"): value("docvqa", "official"),
    ("anls", "vlmevalkit"): value("docvqa", VLM),
    ("anls", "lmms"): value("docvqa", LMMS),
    ("relaxed_accuracy", "vlmevalkit"): value("chartqa", VLM),
    ("relaxed_accuracy", "lmms"): value("chartqa", LMMS),
    ("chartqapro", "official_and_vlmevalkit"): chart_list("official"),
    ("chartqapro", "lmms"): chart_list(LMMS),
    ("mcq_letter", "vlmevalkit_v1_2024"): letter(choice(), "vlmevalkit-2024", none=False),
    ("mcq_letter", "vlmevalkit_v2_2025-08"): letter(choice(), "vlmevalkit-2025-08", none=False),
    ("mcq_letter", "vlmevalkit_v3"): letter(choice(), VLM, none=False),
    ("mcq_letter", "lmms_extract_mcq"): letter(of("mmstar"), LMMS, none=""),
    ("mcq_letter", "mmmu_official"): letter(of("mmmu_val"), "official", none=RANDOM),
    ("mcq_letter", "mmmu_pro_official"): letter(of("mmmu_pro_standard"), "official", none=RANDOM),
    ("mcq_letter", "lmms_mmmu"): letter(of("mmmu_val"), LMMS, none=RANDOM),
    ("mcq_letter", "lmms_mmbench"): letter(of("mmbench_dev_en"), LMMS, none=False),
    ("letter_small", "lmms_mmvp"): letter(of("mmvp"), LMMS, none=""),
    ("letter_small", "lmms_scienceqa_gold_B"): graded_letter,
    ("letter_small", "lmms_blink_0.7.3"): letter(of("blink"), LMMS, none=""),
    ("letter_small", "lmms_blink_0.7.2"): letter(of("blink"), "lmms-0.7.2", none=""),
    ("letter_small", "lmms_vstar"): letter(of("vstar"), LMMS, none=None),
    ("mmmu_open", "official"): open_value("official"),
    ("mmmu_open", "lmms_0.7.2"): open_value("lmms-0.7.2"),
    ("mmmu_open_parse", "official"): lambda *, prediction: sorted(map(str, free.candidates(prediction))),
    ("mmmu_open_pseudo_mcq", "vlmevalkit_exact_matching"): pseudo,
    ("mathvista", "official"): extracted("official"),
    ("mathvista", "lmms"): float_precision,
    ("mathvista", "vlmevalkit_2026-08"): extracted(VLM),
    ("yes_no", "vlmevalkit"): yes_no("pope", VLM, "Unknown", title=True),
    ("yes_no", "lmms_mme"): yes_no("mme", LMMS, "other"),
    ("yes_no", "pope_official"): yes_no("pope", "official", "yes"),
    ("yes_no", "lmms_pope"): yes_no("pope", LMMS, "neither"),
    ("hallusionbench_group", "vlmevalkit"): hallusion(authors=False),
    ("hallusionbench_group", "official"): hallusion(authors=True),
    ("mme_score", "vlmevalkit"): mme,
    ("mme_score", "lmms"): mme,
    ("pope", "official"): pope_authors,
    ("pope", "vlmevalkit"): pope_percent,
    ("pope", "lmms"): pope_lmms,
    ("pope", "vlmevalkit_dedup_explode"): pope_exploded,
    ("mcq_report", "vlmevalkit"): mcq_report,
    ("mmvp_pair", "vlmevalkit"): mmvp_pairs,
    ("openvlm_leaderboard", "leaderboard_branch"): openvlm_board,
    ("charxiv_descriptive_schedule", "lmms_repeat4"): repeated_schedule,
    ("circular_group", "vlmevalkit"): circular_group,
    ("ocrbench_match", "official_and_vlmevalkit"): value("ocrbench", "official", int),
    ("ocrbench_match", "lmms"): value("ocrbench", LMMS, int),
    ("puzzle_letter", "lmms_visulogic"): letter(of("visulogic"), LMMS, none=""),
    ("puzzle_letter", "vlmevalkit_puzzlevqa_visualpuzzles"): letter(of("visualpuzzles"), VLM, none="Z"),
    ("puzzle_letter", "lmms_visualpuzzles"): cased_letter,
    ("puzzle_letter", "llm_puzzletest_official"): option_text,
    ("puzzle_letter", "vlmevalkit_visulogic"): boxed,
    ("zerobench", "lmms"): value("zerobench", LMMS, bool),
    ("zerobench", "vlmevalkit"): value("zerobench", VLM, bool),
    ("countbench", "vlmevalkit"): value("countbenchqa", VLM, bool),
    ("countbench", "lmms_countbench"): value("countbenchqa", LMMS, bool),
    ("countbench", "lmms_countbenchqa"): value("countbenchqa", "official", bool),
    ("chartmuseum_extract", "vlmevalkit"): lambda *, prediction: judge.tagged_answer(prediction),
    ("charxiv_number_hint", "official_and_lmms"): decimals,
    ("mmmu_pro_cot", "vlmevalkit"): line_tail,
    ("mmmu_interleave", "vlmevalkit"): layout,
    ("mmmu_interleave", "lmms"): positional_layout,
    ("mvbench", "lmms_gold_A"): lambda *, prediction: (
        score(choice(lmms=patterns.lone_letter), LMMS, prediction, "A").value
    ),
    ("mmau", "lmms"): letter(choice(lmms=brackets.bracketed_letters), LMMS, none=RANDOM),
    ("simplevqa_metrics", "vlmevalkit"): simpleqa,
    ("logicvista", "vlmevalkit"): word_set,
    ("mmvet_judge_parse", "vlmevalkit"): fraction,
    ("mmvet_judge_parse", "lmms"): first_fraction,
    ("mathvision", "lmms_0.7.2"): value("mathvision", "lmms-0.7.2", bool),
    ("mathvision", "lmms_0.7.3"): value("mathvision", LMMS, bool),
    ("openvlm_size_bucket", "leaderboard_branch"): lambda *, size_b: [openvlm.size_bucket(size_b)],
    ("openvlm_type_bucket", "leaderboard_branch"): lambda *, OpenSource, Verified: [
        openvlm.type_bucket(OpenSource, Verified)
    ],
    ("openvlm_timestamp", "leaderboard_branch"): lambda *, timestamp: openvlm.timestamp(timestamp),
}
