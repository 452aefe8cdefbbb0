"""Decisions from stored scores: every rule of the policy."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from mmeval.comparable import Subject, may_differ
from mmeval.compare import by_cluster, compare, read_side, select
from mmeval.errors import NotComparableError, UsageError
from mmeval.gate.decide import Case, conclude, decide, smallest
from mmeval.gate.guards import Measures
from mmeval.gate.offline import case_of, cases
from mmeval.gate.policy import Policy
from mmeval.gate.selftest import selftest
from mmeval.gate.verdict import Verdict
from mmeval.store import Run
from tests.gate.runs import base_scores, flipped, rows, write


def policy(bench: dict[str, Any] | None = None, names: tuple[str, ...] = ("quiz",), **changes: Any) -> Policy:
    return Policy.model_validate({"version": 1, "benchmarks": {name: bench or {} for name in names}, **changes})


def judge(base: Run, candidate: Run, made: Policy) -> Verdict:
    return conclude(decide([case_of("quiz", made, base, candidate)], made), made, command="x")


def pair(folder: Path, n: int, *, losses: int, gains: int, clusters: int | None = None) -> tuple[Run, Run]:
    scores = base_scores(n)
    return (
        write(folder / "base", rows(scores, clusters=clusters)),
        write(folder / "new", rows(flipped(scores, losses=losses, gains=gains), clusters=clusters), model="mock/new"),
    )


@pytest.mark.parametrize(
    ("n", "losses", "gains", "decision", "tag"),
    [
        (1000, 20, 20, "pass", None),
        (1000, 5, 40, "pass", "improved"),
        (2000, 40, 10, "pass", "worse within margin"),
        (1000, 90, 30, "fail", None),
        (300, 18, 18, "inconclusive", None),
        (300, 5, 4, "pass", None),
        (120, 12, 5, "inconclusive", None),
    ],
)
def test_counts(tmp_path: Path, n: int, losses: int, gains: int, decision: str, tag: str | None) -> None:
    verdict = judge(*pair(tmp_path, n, losses=losses, gains=gains), policy())
    bench = verdict.benchmarks[0]
    assert (verdict.decision, bench.tag) == (decision, tag), verdict.summary
    assert bench.difference is not None
    assert (bench.difference.gains, bench.difference.losses) == (gains, losses)
    assert len([flip for flip in bench.flips if flip.candidate < flip.base]) == min(50, losses)


@pytest.mark.parametrize(("metric", "losses", "gains", "decision"), [
    ("wer", 0, 40, "fail"), ("wer", 40, 0, "pass"), ("accuracy", 0, 40, "pass"), ("accuracy", 40, 0, "fail"),
])  # fmt: skip
def test_a_rise_of_an_error_rate_is_a_loss(tmp_path: Path, metric: str, losses: int, gains: int, decision: str) -> None:
    """`losses` are scores that fell to 0, which is what is right of an error rate."""
    scores = base_scores(400)
    base = write(tmp_path / "base", rows(scores), metric=metric)
    new = write(tmp_path / "new", rows(flipped(scores, losses=losses, gains=gains)), metric=metric, model="mock/new")
    assert judge(base, new, policy(subject="model")).benchmarks[0].decision == decision
    assert [trial.found for trial in selftest(policy(), tmp_path / "base")][:2] == ["pass", "fail"]


def test_no_drop_found_by_few_flips(tmp_path: Path) -> None:
    """Four losses and no gain can be chance (p = 1/16): a fail needs five."""
    assert judge(*pair(tmp_path / "4", 110, losses=4, gains=0), policy()).decision == "inconclusive"
    assert judge(*pair(tmp_path / "5", 110, losses=5, gains=0), policy()).decision == "fail"


@pytest.mark.parametrize(("on", "code"), [("pass", 0), ("warn", 0), ("fail", 3), ("extend", 0)])
def test_inconclusive_ends_as_the_policy_says(tmp_path: Path, on: str, code: int) -> None:
    verdict = judge(*pair(tmp_path, 300, losses=18, gains=18), policy(on_inconclusive=on))
    assert (verdict.decision, verdict.exit_code) == ("inconclusive", code)


def test_clusters_count_once(tmp_path: Path) -> None:
    """The same flips, but ten samples of one image always flip together."""
    scores = [float(i // 10 % 3 > 0) for i in range(1200)]
    new = [float(i // 10 % 3 > 0 and i // 10 not in (1, 4, 7)) for i in range(1200)]
    made = {
        size: judge(
            write(tmp_path / f"b{size}", rows(scores, clusters=size)),
            write(tmp_path / f"n{size}", rows(new, clusters=size), model="mock/new"),
            policy(),
        )
        for size in (None, 10)
    }
    assert made[None].decision == "fail"
    assert made[10].decision == "inconclusive"
    assert made[10].benchmarks[0].difference is not None
    assert made[10].benchmarks[0].difference.units == 120


def test_unit_cluster_is_right_when_all_its_samples_are(tmp_path: Path) -> None:
    base = write(tmp_path / "base", rows([1.0, 1.0, 1.0, 0.0] * 300, clusters=2))
    new = write(tmp_path / "new", rows([1.0, 0.0, 1.0, 0.0] * 300, clusters=2), model="mock/new")
    bench = judge(base, new, policy({"unit": "cluster"})).benchmarks[0]
    assert bench.difference is not None
    assert (bench.base, bench.candidate, bench.difference.n) == (0.5, 0.0, 600)
    assert bench.decision == "fail"


@pytest.mark.parametrize(("failed", "decision"), [(0, "pass"), (8, "inconclusive"), (25, "incomplete")])
def test_unmeasured_samples_are_never_wrong_answers(tmp_path: Path, failed: int, decision: str) -> None:
    scores = base_scores(500)
    lost: list[float | None] = [None if i < failed else s for i, s in enumerate(flipped(scores, losses=10, gains=6))]
    base, new = write(tmp_path / "base", rows(scores)), write(tmp_path / "new", rows(lost), model="mock/new")
    verdict = judge(base, new, policy())
    assert verdict.decision == decision, verdict.summary
    if failed == 8:
        assert "8 unmeasured samples could turn pass into" in verdict.summary
        assert judge(base, new, policy(errors={"treat_missing": "ignore"})).decision == "pass"


@pytest.mark.parametrize(("relative", "decision"), [(None, "pass"), (0.15, "inconclusive")])
def test_relative_margin_guards_low_baselines(tmp_path: Path, relative: float | None, decision: str) -> None:
    scores = base_scores(1000, right=0.08)
    base = write(tmp_path / "base", rows(scores))
    new = write(tmp_path / "new", rows(flipped(scores, losses=25, gains=18)), model="mock/new")
    assert judge(base, new, policy({"relative_margin": relative})).decision == decision


def test_holm_over_the_family(tmp_path: Path) -> None:
    """p = .029 fails alone, and not among ten benchmarks that are fine."""
    base, new = pair(tmp_path, 500, losses=22, gains=10)
    calm = pair(tmp_path / "calm", 500, losses=3, gains=3)
    alone = judge(base, new, policy({"margin": 0.02}))
    names = ("quiz", *(f"calm{i}" for i in range(9)))
    made = policy({"margin": 0.02}, names)
    found = [case_of("quiz", made, base, new)]
    found += [replace(case_of("quiz", made, *calm), name=name) for name in names[1:]]
    family = conclude(decide(found, made), made, command="x")
    assert alone.decision == "fail"
    assert family.decision == "inconclusive"
    first = family.benchmarks[0]
    assert first.difference is not None
    assert first.p_adjusted == pytest.approx(10 * first.difference.p_worse)


def test_advisory_never_blocks(tmp_path: Path) -> None:
    bad, fine = pair(tmp_path / "bad", 400, losses=90, gains=3), pair(tmp_path / "fine", 400, losses=2, gains=2)
    made = Policy.model_validate({"version": 1, "benchmarks": {"quiz": {}, "extra": {"tier": "advisory"}}})
    found = [case_of("quiz", made, *fine), replace(case_of("quiz", made, *bad), name="extra")]
    verdict = conclude(decide(found, made), made, command="x")
    assert [bench.decision for bench in verdict.benchmarks] == ["pass", "fail"]
    assert verdict.exit_code == 0


def test_missing_benchmark_is_no_pass(tmp_path: Path) -> None:
    base, new = pair(tmp_path, 400, losses=2, gains=2)
    made = policy({}, ("quiz", "other"))
    found = cases(made, {"quiz": new}, bases={"quiz": base, "other": base})
    verdict = conclude(decide(found, made), made, command="x")
    assert (verdict.decision, verdict.exit_code) == ("not comparable", 4)
    assert verdict.summary == "NOT COMPARABLE: other: the candidate has no run of this benchmark"


FOREIGN = [
    ("model", {"model": "x/y"}), ("model", {"endpoint": "elsewhere"}), ("model", {"adapter_digest": "9" * 64}),
    ("prompt", {"definition_digest": "9" * 64}), ("prompt", {"options": {"temperature": 0.0, "system": "Be brief."}}),
    ("adapter", {"adapter_digest": "9" * 64}), ("scorer", {"scorer": "choice/official@2"}), ("scorer", {"profile": "strict"}),
    ("code", {"scorer": "choice/official@2"}), ("code", {"definition_digest": "9" * 64}),
    (None, {"version": "2"}), (None, {"data": {"id": "drawn", "n": 999}}), (None, {"variant": "blind"}),
    (None, {"options": {"temperature": 0.7}}), (None, {"seed": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "change"), FOREIGN, ids=[f"{s}:{next(iter(c))}" for s, c in FOREIGN])
def test_only_the_subject_may_differ(tmp_path: Path, subject: str | None, change: dict[str, Any]) -> None:
    scores = base_scores(400)
    base, new = write(tmp_path / "base", rows(scores)), write(tmp_path / "new", rows(scores), **change)
    for candidate in get_args(Subject):
        verdict = judge(base, new, policy(subject=candidate))
        allowed = candidate == subject or (subject is not None and _allows(candidate, change))
        assert (verdict.decision == "pass") == allowed, (candidate, verdict.summary)
        if not allowed:
            key = next(iter(change))
            assert verdict.exit_code == 4
            assert key in verdict.summary


def _allows(subject: str, change: dict[str, Any]) -> bool:
    keys = {f"options.{k}" for k in change["options"] if k == "system"} if "options" in change else set(change)
    return all(may_differ(key, subject) for key in keys)  # type: ignore[arg-type]


def test_an_option_that_one_adapter_lacks_is_unset(tmp_path: Path) -> None:
    scores = base_scores(400)
    base = write(tmp_path / "base", rows(scores), options={"temperature": 0.0, "seed": None})
    new = write(tmp_path / "new", rows(scores), model="mock/new", options={"temperature": 0.0, "reasoning": None})
    assert judge(base, new, policy()).decision == "pass"


@pytest.mark.parametrize(
    ("status", "share", "rule", "limit", "decision"),
    [
        ("refused", 0.06, "refusal_rate", "+1pp", "fail"),
        ("refused", 0.06, "refusal_rate", "+10pp", "pass"),
        ("refused", 0.0125, "refusal_rate", "+1pp", "pass"),
        ("refused", 0.01, "refusal_rate", "+0.5pp", "pass"),
        ("truncated", 0.06, "truncation_rate", "+1pp", "fail"),
        ("unparsed", 0.06, "parse_failure", "+1pp", "fail"),
        ("error", 0.04, "error_rate", "+1pp", "fail"),
    ],
)
def test_rate_guards(tmp_path: Path, status: str, share: float, rule: str, limit: str, decision: str) -> None:
    """Scores stay as they were: only the rule can object."""
    scores = base_scores(400)
    found = rows(scores)
    wrong = [row for row in found if row.score == 0][: round(share * 400)]
    change: dict[str, Any] = {"answer": None} if status == "unparsed" else {"status": status}
    if status == "error":
        change["score"] = None
    changed = [row._replace(**change) if row in wrong else row for row in found]
    base, new = write(tmp_path / "base", found), write(tmp_path / "new", changed, model="mock/new")
    made = policy(guards={rule: limit}, errors={"max_rate": 0.05, "treat_missing": "ignore"})
    verdict = judge(base, new, made)
    assert verdict.decision == decision, verdict.summary
    assert verdict.benchmarks[0].guards[0].rule == rule


def amounts(scale: float | None) -> dict[str, float]:
    """Seconds or dollars of 400 samples, most around `scale`; none for None."""
    rng = random.Random(int(1000 * (scale or 0)))
    return {} if scale is None else {f"{i:05}": scale * rng.lognormvariate(0, 0.2) for i in range(400)}


@pytest.mark.parametrize(
    ("old", "new", "decision"),
    [
        (1.0, 1.0, "pass"),
        (1.0, 1.15, "pass"),
        (1.0, 1.22, "pass"),
        (1.0, 2.0, "fail"),
        (None, 1.0, "inconclusive"),
        (1.0, None, "inconclusive"),
    ],
)
@pytest.mark.parametrize(("rule", "field"), [("latency_p95", "latency_s"), ("cost_per_sample", "cost")])
def test_amount_guards(
    tmp_path: Path, rule: str, field: str, old: float | None, new: float | None, decision: str
) -> None:
    """A rise above the limit that may be chance is no fail."""
    made = policy(guards={rule: "+20%"})
    case = case_of("quiz", made, *pair(tmp_path, 400, losses=2, gains=2))
    case = replace(case, base=Measures(**{field: amounts(old)}), candidate=Measures(**{field: amounts(new)}))
    assert conclude(decide([case], made), made, command="x").decision == decision


def test_holm_over_the_guards(tmp_path: Path) -> None:
    """Eleven new refusals of 400 are shown to exceed one point if that is the only guard, and not if it is one of many."""
    scores = base_scores(400)
    found = rows(scores)
    wrong = [row for row in found if row.score == 0][:11]
    changed = [row._replace(status="refused") if row in wrong else row for row in found]
    base, new = write(tmp_path / "base", found), write(tmp_path / "new", changed, model="mock/new")
    alone = policy(guards={"refusal_rate": "+1pp"})
    many = policy(guards=dict.fromkeys(("refusal_rate", "truncation_rate", "parse_failure", "error_rate"), "+1pp"))
    assert [judge(base, new, made).decision for made in (alone, many)] == ["fail", "pass"]
    guard = judge(base, new, many).benchmarks[0].guards[0]
    assert guard.p_value is not None
    assert guard.p_adjusted == pytest.approx(4 * guard.p_value)


@pytest.mark.parametrize("margin", [0.01, 0.03, 0.1])
def test_smallest_is_the_fewest_that_can_pass(tmp_path: Path, margin: float) -> None:
    n = smallest(margin, alpha=0.05)
    made = policy({"margin": margin})
    assert judge(*pair(tmp_path / "enough", n, losses=0, gains=0), made).decision == "pass"
    with pytest.raises(UsageError, match="even when no answer changes"):
        judge(*pair(tmp_path / "few", n - 1, losses=0, gains=0), made)


def test_epochs_are_averaged(tmp_path: Path) -> None:
    scores = base_scores(300)
    two = [row._replace(epoch=e, score=row.score if e == 1 else 1.0) for row in rows(scores) for e in (1, 2)]
    base, new = write(tmp_path / "base", rows(scores)), write(tmp_path / "new", two, model="mock/new")
    found = compare(read_side(base), read_side(new))
    assert found.difference is not None
    assert found.difference.n == 300
    assert found.difference.value == pytest.approx(sum(1 - s for s in scores) / 2 / 300)


@pytest.mark.parametrize(
    ("lost", "decision"), [(0, "pass"), (12, "inconclusive"), (49, "incomplete"), (60, "not comparable")]
)
@pytest.mark.parametrize("unit", ["sample", "cluster"])
def test_samples_that_the_candidate_never_had_are_unmeasured(
    tmp_path: Path, unit: str, lost: int, decision: str
) -> None:
    """The candidate has lost samples that were right, and leaves them out."""
    scores = base_scores(1000)
    right = {i for i, score in enumerate(scores) if score == 1}
    gone = set(sorted(right)[:lost])
    worse = flipped(scores, losses=15, gains=6)
    kept = [row for i, row in enumerate(rows(worse)) if i not in gone]
    base, new = write(tmp_path / "base", rows(scores)), write(tmp_path / "new", kept, model="mock/new")
    verdict = judge(base, new, policy({"unit": unit}))
    assert verdict.decision == decision, verdict.summary
    assert verdict.benchmarks[0].asked == 1000 - lost


def test_a_cluster_without_one_of_its_samples_is_not_right(tmp_path: Path) -> None:
    """Each of 300 questions is asked twice; the candidate is wrong once in 40 of them and has left these replies out."""
    base = write(tmp_path / "base", rows([1.0] * 600, clusters=2))
    kept = [row for i, row in enumerate(rows([1.0] * 600, clusters=2)) if i % 2 or i >= 80]
    new = write(tmp_path / "new", kept, model="mock/new")
    assert judge(base, new, policy({"unit": "cluster"})).decision != "pass"


@pytest.mark.parametrize(
    ("n", "asked", "decision"), [(None, 400, "incomplete"), (400, 400, "pass"), (None, 410, "pass")]
)
def test_what_the_gate_does_not_draw_is_no_loss(tmp_path: Path, n: int | None, asked: int, decision: str) -> None:
    """The policy, and not the candidate, says which samples count."""
    scores = base_scores(410)
    base = write(tmp_path / "base", rows(scores))
    made = policy({"n": n})
    wanted = set(select(read_side(base), asked, seed=made.seed))
    new = write(tmp_path / "new", [row for row in rows(scores) if row.id in wanted], model="mock/new", limit=asked)
    assert judge(base, new, made).decision == decision


def test_unmeasured_epochs_are_bounded_like_samples(tmp_path: Path) -> None:
    """Each of 60 samples lost the epoch in which it would have been wrong; one epoch in 20 is missing."""
    base = write(tmp_path / "base", [row._replace(epoch=e) for row in rows([1.0] * 400) for e in (1, 2, 3)], epochs=3)
    found = [
        row._replace(epoch=e, score=None if e == 2 and i < 60 else 1.0)
        for i, row in enumerate(rows([1.0] * 400))
        for e in (1, 2, 3)
    ]
    new = write(tmp_path / "new", found, model="mock/new", epochs=3)
    assert judge(base, new, policy()).decision == "incomplete"
    assert judge(base, new, policy(errors={"max_rate": 0.1})).decision == "inconclusive"


@pytest.mark.slow
def test_more_epochs_do_not_help(tmp_path: Path) -> None:
    """One model, asked once and four times: two samples per question, each right in three of four replies."""
    rng = random.Random(0)
    runs = [
        write(
            tmp_path / f"{epochs}",
            [
                row._replace(epoch=e, score=float(rng.random() < 0.75))
                for row in rows([1.0] * 1600, clusters=2)
                for e in range(1, epochs + 1)
            ],
            model=f"mock/{epochs}",
            epochs=epochs,
        )
        for epochs in (1, 4)
    ]
    bench = judge(*runs, policy({"unit": "cluster"})).benchmarks[0]
    assert bench.difference is not None
    assert abs(bench.difference.value) < 0.05
    assert "1 replies per sample, the candidate 4" in bench.reasons[-1]


@pytest.mark.parametrize(
    ("losses", "decision"), [(0, "pass"), (2, "inconclusive"), (40, "fail")], ids=["unchanged", "rare", "worse"]
)
def test_partial_scores(tmp_path: Path, losses: int, decision: str) -> None:
    """Of 150 samples, most gain a little and some lose everything: a variance of what was seen passes two losses."""
    scores = [0.5 if i % 2 else 1.0 for i in range(150)]
    after = [0.0 if i % 2 == 0 and i < 2 * losses else score for i, score in enumerate(scores)]
    after = [min(1.0, score + 0.01) if losses == 2 and score else score for score in after]
    base, new = write(tmp_path / "base", rows(scores)), write(tmp_path / "new", rows(after), model="mock/new")
    verdict = judge(base, new, policy())
    assert verdict.decision == decision, verdict.summary


def test_a_failed_run_says_why_and_the_way_out(tmp_path: Path) -> None:
    base, new = pair(tmp_path, 400, losses=2, gains=2)
    info = new.info.model_copy(update={"status": "failed", "reason": "9 of 400 samples failed"})
    summary = judge(base, replace(new, info=info), policy()).summary
    assert summary.endswith(
        f"quiz: the candidate run failed: 9 of 400 samples failed; `mmeval show {new.path} --errors` lists what went wrong"
    )


def test_select_is_random_whole_and_fixed(tmp_path: Path) -> None:
    side = read_side(write(tmp_path, rows(base_scores(600), clusters=3)))
    first = select(side, 100, seed=4)
    assert first == select(side, 100, seed=4) != select(side, 100, seed=5)
    assert 100 <= len(first) <= 102
    groups = [side.items[key].cluster for key in first]
    assert all(groups.count(group) == 3 for group in groups)
    assert len(by_cluster(side).items) == 200


def test_other_benchmarks_are_not_compared(tmp_path: Path) -> None:
    first = write(tmp_path / "a", rows(base_scores(10)))
    second = write(tmp_path / "b", rows(base_scores(10)), benchmark="other")
    with pytest.raises(NotComparableError, match="benchmark: quiz -> other"):
        compare(read_side(first), read_side(second))


def test_no_gated_benchmark_decides_nothing() -> None:
    made = policy({"tier": "advisory"})
    verdict = conclude(decide([Case(name="quiz", problem=NotComparableError("gone"))], made), made, command="x")
    assert verdict.exit_code == 5
