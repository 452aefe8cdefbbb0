"""Test vectors of the field, by scorer and implementation: `TABLE[scorer, impl](**args)` gives what they gave.

The keys are the names that vector files use, the arguments are theirs, and so is the form of the result
(`False`, `""` or `__RANDOM__` for "no letter", percent where they print percent). The rules themselves live in
the modules that this one calls; nothing else of mmeval uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmeval.prompts import interleave
from mmeval.scorers.golds import as_list
from mmeval.scorers.judges import base as judge
from mmeval.scorers.readers import brackets, patterns
from mmeval.scorers.readers import quantities as numbers
from mmeval.scorers.readers.tokens import Generation, match_tokens
from mmeval.scorers.rules import free, lists, mathematics, text, tolerance, vqa, yesno
from mmeval.scorers.rules import typed as extracted
from mmeval.types import Image, Text
from tests.scorers import counts

RANDOM = "__RANDOM__"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Options = Mapping[str, str]
Reader = Callable[[str, Options], str | None]


def _letter(read: Reader, none: object) -> Callable[..., object]:
    def run(*, prediction: str, options: Options) -> object:
        return read(prediction, options) or none

    return run


def _by_tokens(generation: Generation) -> Callable[..., object]:
    def run(*, prediction: str, options: Options) -> object:
        return match_tokens(prediction, options, generation).answer or False

    return run


def _plain(read: Reader, none: object, letters: str = "ABCD") -> Callable[..., object]:
    def run(*, prediction: str, **_: Any) -> object:
        return read(prediction, dict.fromkeys(letters, "\0")) or none

    return run


def _valid(read: Reader) -> Callable[..., object]:
    def run(*, prediction: str, valid_letters: str = LETTERS) -> object:
        return read(prediction, dict.fromkeys(valid_letters, "\0")) or ""

    return run


def _graded_letter(*, prediction: str, choices: Sequence[str], answer: int) -> float:
    letter = patterns.letter_or_numbered(prediction, dict(zip(LETTERS, choices, strict=False)))
    return float(letter == LETTERS[answer])


def _listed(read: Reader, none: object, *, as_text: bool = False) -> Callable[..., object]:
    def run(*, prediction: str, options: Sequence[str]) -> object:
        table = dict(zip(LETTERS, options, strict=False))
        letter = read(prediction, table)
        return none if letter is None else table[letter] if as_text else letter

    return run


def _boxed(*, prediction: str) -> list[str]:
    letter, rule = patterns.boxed_or_phrase_rule(prediction)
    return [letter or "Z", rule]


def _vqa(normalise: vqa.Normalise, *, unanimous_raw: bool = False) -> Callable[..., float]:
    def run(*, prediction: str, answers: Sequence[str]) -> float:
        return vqa.vqa_value(prediction, answers, normalise=normalise, unanimous_raw=unanimous_raw)

    return run


def _normalised(normalise: vqa.Normalise) -> Callable[..., str]:
    return lambda *, text: normalise(text)


def _anls(*, strict: bool) -> Callable[..., float]:
    def run(*, prediction: str, answers: Sequence[str]) -> float:
        return max(text.anls_similarity(prediction, gold, strict=strict) for gold in answers)

    return run


def _relaxed_listed(*, prediction: str, target: str) -> float:
    golds = as_list(target)
    accepted = [str(gold) for gold in golds] if golds is not None else [target]
    return float(any(tolerance.relaxed_match(prediction.strip(), gold) for gold in accepted))


def _relaxed(*, prediction: str, target: str) -> float:
    return float(tolerance.relaxed_match(prediction, target))


def _chart_list(exact_kinds: Sequence[str], *, strip: bool) -> Callable[..., float]:
    def run(*, prediction: str, answer: Sequence[str], question_type: str, year: Sequence[str]) -> float:
        said, golds = (prediction.strip(), [str(a).strip() for a in answer]) if strip else (prediction, list(answer))
        return lists.chart_list(said, answers=golds, kind=question_type, years=year, exact_kinds=exact_kinds)

    return run


def _accepted(answer: str | Sequence[str]) -> list[str]:
    return [answer] if isinstance(answer, str) else list(answer)


def _open(match: Callable[[str, Sequence[str]], bool]) -> Callable[..., bool]:
    return lambda *, prediction, answer: match(prediction, _accepted(answer))


def _pseudo(*, prediction: str, answer: str) -> dict[str, object]:
    inferred, expected = free.pseudo_letters(prediction, answer)
    return {"inferred": inferred, "GT": expected, "hit": int(inferred == expected)}


def _typed(*, integral_precision: bool) -> Callable[..., bool]:
    def run(*, extraction: str, question_type: str, **facts: Any) -> bool:
        multiple = question_type == "multi_choice"
        return extracted.typed_match(
            extraction, multiple_choice=multiple, integral_precision=integral_precision, **facts
        )

    return run


def _strict(*, extraction: str, question_type: str, precision: float | None, **facts: Any) -> bool:
    return extracted.strict_match(extraction, multiple_choice=question_type == "multi_choice", **facts)


def _yes_no(read: Callable[[str], str | None], none: str, *, title: bool = False) -> Callable[..., str]:
    def run(*, prediction: str) -> str:
        said = read(prediction) or none
        return said.title() if title else said

    return run


def _rates(*, authors: bool) -> Callable[..., dict[str, float]]:
    def run(*, rows: Sequence[Mapping[str, object]], verdict_legend: str = "") -> dict[str, float]:
        found = counts.consistency_rates(rows, authors=authors)
        out = {"aAcc": 100 * found.questions, "fAcc": 100 * found.figures, "qAcc": 100 * found.groups}
        return out if authors else {**out, "avg": 100 * found.mean}

    return run


COGNITION = ("code_reasoning", "commonsense_reasoning", "numerical_calculation", "text_translation")
BOARD_SHARE = 28
"""What the board divides the full 2800 points by."""


def _paired(*, board: bool) -> Callable[..., dict[str, float]]:
    def run(*, per_image_hits: Mapping[str, Sequence[Sequence[float]]], description: str = "") -> dict[str, float]:
        scores = {name: counts.paired_score(images) for name, images in per_image_hits.items()}
        thinking = sum(scores.get(name, 0.0) for name in COGNITION)
        total = sum(scores.values())
        out = {"perception": total - thinking, "cognition": thinking}
        more = {"leaderboard_overall": total, "leaderboard_norm_0_100": total / BOARD_SHARE}
        return out | more if board else out

    return run


def _matrix(pairs: Sequence[Mapping[str, str]], read: Callable[[str], str | None]) -> counts.Binary:
    matrix = counts.Binary()
    for pair in pairs:
        matrix = matrix.add(read(pair["prediction"]), pair["answer"].strip().lower())
    return matrix


def _binary_authors(*, pairs: Sequence[Mapping[str, str]]) -> dict[str, float | None]:
    return counts.binary_scores(_matrix(pairs, yesno.read_else_yes))._asdict()


def _binary_percent(*, pairs: Sequence[Mapping[str, str]]) -> dict[str, float]:
    found = counts.binary_scores(_matrix(pairs, yesno.read_tokens))._asdict()
    return {name: 100 * (found[name] or 0) for name in ("f1", "accuracy", "precision", "recall")}


def _binary_literal(*, pairs: Sequence[Mapping[str, str]]) -> dict[str, float]:
    found = counts.binary_scores(_matrix(pairs, yesno.read_literal), other_misses=False)._asdict()
    gold_yes = counts.share(float(pair["answer"].strip().lower() == "yes") for pair in pairs)
    return {name: value or 0 for name, value in found.items()} | {"yes_ratio": gold_yes}


def _circular(*, rows: Sequence[Mapping[str, Any]], description: str = "") -> object:
    unresolved = False
    for row in rows:
        options = {letter: row[letter] for letter in LETTERS if row.get(letter) is not None}
        letter = match_tokens(str(row["prediction"]), options, 3).answer
        if letter is not None and letter != row["GT"]:
            return 0
        unresolved = unresolved or letter is None
    return "UNRESOLVED_NEEDS_JUDGE (=0 under exact_matching)" if unresolved else 1


FORMULAS = "HME100k"


def _contains(*, half_width: bool) -> Callable[..., int]:
    def run(*, prediction: str, answers: Sequence[str], dataset: str) -> int:
        return int(free.contains_any(prediction, answers, formula=dataset == FORMULAS, half_width=half_width))

    return run


def _in_braces(*, prediction: str, answer: str) -> bool:
    return answer.strip().lower() in (free.last_braces(prediction) or "")


def _count(hit: Callable[[str, str], bool]) -> Callable[..., bool]:
    return lambda *, prediction, answer: hit(prediction, answer)


def _math(*, irrational: bool) -> Callable[..., bool]:
    def run(*, prediction: str, options: Sequence[str], answer: str) -> bool:
        return mathematics.math_match(prediction, options, answer, irrational=irrational)

    return run


def _graded(*, correct: int, incorrect: int, not_attempted: int, judge_parse_failures: int) -> dict[str, float]:
    total = correct + incorrect + not_attempted + judge_parse_failures
    right, given, f1 = counts.graded_rates(correct, incorrect, total)
    return {
        "is_correct": right,
        "is_incorrect": incorrect / total,
        "is_not_attempted": not_attempted / total,
        "is_given_attempted": (correct + incorrect) / total,
        "accuracy_given_attempted": given,
        "f1": f1,
    }


def _fraction(judge_output: str) -> object:
    """Not a number passes the range check of this one, though it compares with nothing."""
    value = numbers.python_float(judge_output)
    if value is not None and value != value:
        return "nan (accepted! comparisons with nan are False)"
    found = judge.fraction(judge_output)
    return "RETRY" if found is None else found


def _first_fraction(judge_output: str) -> object:
    word = judge_output.strip().split(" ")[0]
    found = judge.fraction(word)
    if found is not None or not word:
        return found or 0.0
    return "RETRY" if numbers.python_float(word) is None else "RETRY_SAME_PROMPT"


def _letter_set(gold: str, judge_output: str) -> dict[str, object]:
    said = judge.letter_set(judge_output)
    want = "".join(sorted(part.lower() for part in gold.split(", ")))
    return {"accepted": said is not None, "hit": int(said is not None and said.lower() == want)}


def _decimals(answer: str) -> str:
    _, point, decimals = answer.partition(".")
    if not point:
        return "* Your final answer must be an exact integer."
    return f"* Your final answer must be a number with {len(decimals.partition('.')[0])} decimal places."


def _image(name: str) -> Image:
    return Image(data=b"", mime="", sha256=name)


def _layout(*, images: Sequence[str], text: str) -> list[dict[str, str]]:
    """Pictures where their tokens stand; with a text, be it empty, before the first, between all and after the last."""
    laid = interleave(text, {number: _image(name) for number, name in enumerate(images, 1)})
    out: list[dict[str, str]] = []
    for part in laid:
        picture = not isinstance(part, Text)
        if picture and "<image " in text and (not out or out[-1]["type"] == "image"):
            out.append({"type": "text", "value": ""})
        value = part.text if isinstance(part, Text) else part.sha256
        out.append({"type": "image" if picture else "text", "value": value})
    return [*out, {"type": "text", "value": ""}] if out[-1]["type"] == "image" else out


def _positional_layout(*, images: Sequence[str], text: str) -> list[dict[str, str]]:
    """Sorted distinct pictures against placeholders by position: swaps pictures, loses text where tokens repeat."""
    tokens = sorted(set(re.findall(r"<image \d+>", text)))
    texts = re.sub(r"<image [1-7]>", "<image>", text).split("<image>")
    out: list[dict[str, str]] = []
    for at, token in enumerate(tokens):
        if at < len(texts) - 1 and texts[at].strip():
            out.append({"type": "text", "value": texts[at].strip()})
        out.append({"type": "image", "value": images[int(token[7:-1]) - 1]})
    return [*out, {"type": "text", "value": texts[-1].strip()}]


TABLE: dict[tuple[str, str], Callable[..., object]] = {
    ("vqa_accuracy", "official_vqa"): _vqa(vqa.normalise_published, unanimous_raw=True),
    ("vqa_accuracy", "vlmevalkit"): _vqa(vqa.normalise_lone_periods),
    ("vqa_accuracy", "lmms_textvqa"): _vqa(vqa.normalise_words_first),
    ("vqa_accuracy", "lmms_vqav2"): _vqa(vqa.normalise_lmms),
    ("vqa_normalize", "official_vqa"): _normalised(vqa.normalise_published),
    ("vqa_normalize", "vlmevalkit"): _normalised(vqa.normalise_lone_periods),
    ("vqa_normalize", "lmms_evalai"): _normalised(vqa.normalise_words_first),
    ("anls", "official_rrc_tau"): _anls(strict=True),
    ("anls", "vlmevalkit"): _anls(strict=False),
    ("anls", "lmms"): _anls(strict=False),
    ("relaxed_accuracy", "vlmevalkit"): _relaxed_listed,
    ("relaxed_accuracy", "lmms"): _relaxed,
    ("chartqapro", "official_and_vlmevalkit"): _chart_list((), strip=False),
    ("chartqapro", "lmms"): _chart_list(lists.EXACT_KINDS, strip=True),
    ("mcq_letter", "vlmevalkit_v1_2024"): _by_tokens(1),
    ("mcq_letter", "vlmevalkit_v2_2025-08"): _by_tokens(2),
    ("mcq_letter", "vlmevalkit_v3"): _by_tokens(3),
    ("mcq_letter", "lmms_extract_mcq"): _letter(brackets.ranked, ""),
    ("mcq_letter", "mmmu_official"): _letter(brackets.bracketed, RANDOM),
    ("mcq_letter", "mmmu_pro_official"): _letter(brackets.after_answer, RANDOM),
    ("mcq_letter", "lmms_mmmu"): _letter(brackets.bracketed_loose, RANDOM),
    ("mcq_letter", "lmms_mmbench"): _letter(brackets.affixed, False),
    ("letter_small", "lmms_mmvp"): _plain(patterns.two_way, ""),
    ("letter_small", "lmms_scienceqa_gold_B"): _graded_letter,
    ("letter_small", "lmms_blink_0.7.3"): _valid(patterns.stated_letter),
    ("letter_small", "lmms_blink_0.7.2"): _plain(patterns.first_letter, ""),
    ("letter_small", "lmms_vstar"): _plain(patterns.capitals, None),
    ("mmmu_open", "official"): _open(free.open_match),
    ("mmmu_open", "lmms_0.7.2"): _open(free.characters_match),
    ("mmmu_open_parse", "official"): lambda *, prediction: sorted(map(str, free.candidates(prediction))),
    ("mmmu_open_pseudo_mcq", "vlmevalkit_exact_matching"): _pseudo,
    ("mathvista", "official"): _typed(integral_precision=True),
    ("mathvista", "lmms"): _typed(integral_precision=False),
    ("mathvista", "vlmevalkit_2026-08"): _strict,
    ("yes_no", "vlmevalkit"): _yes_no(yesno.read_tokens, "Unknown", title=True),
    ("yes_no", "lmms_mme"): _yes_no(yesno.read_prefix, "other"),
    ("yes_no", "pope_official"): _yes_no(yesno.read_else_yes, "yes"),
    ("yes_no", "lmms_pope"): _yes_no(yesno.read_literal, "neither"),
    ("hallusionbench_group", "vlmevalkit"): _rates(authors=False),
    ("hallusionbench_group", "official"): _rates(authors=True),
    ("mme_score", "vlmevalkit"): _paired(board=True),
    ("mme_score", "lmms"): _paired(board=False),
    ("pope", "official"): _binary_authors,
    ("pope", "vlmevalkit"): _binary_percent,
    ("pope", "lmms"): _binary_literal,
    ("circular_group", "vlmevalkit"): _circular,
    ("ocrbench_match", "official_and_vlmevalkit"): _contains(half_width=False),
    ("ocrbench_match", "lmms"): _contains(half_width=True),
    ("puzzle_letter", "lmms_visulogic"): _plain(patterns.tagged, ""),
    ("puzzle_letter", "vlmevalkit_puzzlevqa_visualpuzzles"): _plain(patterns.answer_line, "Z"),
    ("puzzle_letter", "lmms_visualpuzzles"): _listed(patterns.cascade, RANDOM),
    ("puzzle_letter", "llm_puzzletest_official"): _listed(patterns.last_capital, "CANNOT_GET_ANSWER", as_text=True),
    ("puzzle_letter", "vlmevalkit_visulogic"): _boxed,
    ("zerobench", "lmms"): _count(free.same_decimal),
    ("zerobench", "vlmevalkit"): _in_braces,
    ("countbench", "vlmevalkit"): _count(lambda said, gold: gold in said),
    ("countbench", "lmms_countbench"): _count(lambda said, gold: free.count_of(said) == free.count_of(gold)),
    ("countbench", "lmms_countbenchqa"): _count(lambda said, gold: said.strip() == gold),
    ("chartmuseum_extract", "vlmevalkit"): lambda *, prediction: judge.tagged_answer(prediction),
    ("charxiv_number_hint", "official_and_lmms"): lambda *, answer: _decimals(answer),
    ("mmmu_pro_cot", "vlmevalkit"): lambda *, prediction: patterns.answer_tail(prediction),
    ("mmmu_interleave", "vlmevalkit"): _layout,
    ("mmmu_interleave", "lmms"): _positional_layout,
    ("mvbench", "lmms_gold_A"): lambda *, prediction: int(patterns.lone_letter(prediction, {}) == "A"),
    ("mmau", "lmms"): _plain(brackets.bracketed_letters, RANDOM),
    ("simplevqa_metrics", "vlmevalkit"): _graded,
    ("logicvista", "vlmevalkit"): lambda *, gold, judge_output: _letter_set(gold, judge_output),
    ("mmvet_judge_parse", "vlmevalkit"): lambda *, judge_output: _fraction(judge_output),
    ("mmvet_judge_parse", "lmms"): lambda *, judge_output: _first_fraction(judge_output),
    ("mathvision", "lmms_0.7.2"): _math(irrational=True),
    ("mathvision", "lmms_0.7.3"): _math(irrational=False),
}
