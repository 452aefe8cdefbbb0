"""A rule is identified by its name, parameters and version; the code behind a version is locked."""

from __future__ import annotations

import functools
import json

import pytest

from mmeval import codedigest
from mmeval.catalog import Catalog
from mmeval.codedigest import code_digest
from mmeval.scorers import (
    Scorer,
    Staged,
    choice,
    contains,
    correctness,
    graded,
    judged_choice,
    math_judged,
    numeric,
    open_answer,
    pairwise,
    routed,
)
from mmeval.scorers.readers.brackets import bracketed
from mmeval.scorers.rules.text import same_text, whole
from mmeval.store import schema1
from mmeval.types import Score
from scripts import lock_rules

LOCKED = lock_rules.read()
MODULES = sorted(
    codedigest.modules_behind(
        ["mmeval.scorers", "mmeval.metrics"], ("mmeval.scorers.", "mmeval.metrics.", "mmeval.stats.")
    )
)


def mine(sample, reply):
    return Score(value=1.0, answer=None, rule="mine")


def close_to(answer, sample, *, limit):
    return same_text(answer, sample)


@pytest.mark.parametrize(
    ("scorer", "profile", "identity"),
    [
        (choice(), "official", "choice/official@2"),
        (choice(letters="ABCDE", official=bracketed), "official", "choice(letters=ABCDE,read=bracketed)/official@1"),
        (choice(letters="ABCDE", official=bracketed), "mmeval", "choice(letters=ABCDE)/mmeval@2"),
        (numeric(0.05), "official", "numeric(tolerance=0.05)/official@1"),
        (numeric(), "official", "numeric/official@1"),
        (contains(keep_case_tag="set", keep_case=["a b"]), "official",
         "contains(keep_case=['a b'],keep_case_tag=set)/official@1"),
        (correctness(), "official", "correctness/official@1"),
        (routed({"closed": choice(), "open": open_answer()}), "official",
         "routed(closed=choice/official@2,open=open_answer/official@1)@1"),
        (Scorer(name="mine", rules={"default": mine}, version=3), "default", "mine/default@3"),
        (Scorer(name="mine", rules={"a": mine, "b": mine}, version={"b": 2}), "a", "mine/a@1"),
        (Scorer(name="mine", rules={"a": mine, "b": mine}, version={"b": 2}), "b", "mine/b@2"),
    ],
)  # fmt: skip
def test_identity(scorer, profile, identity):
    assert scorer.identity(profile) == identity


def test_a_rule_without_a_version_is_identified_by_its_code():
    name, digest = Scorer(name="mine", rules={"default": mine}).identity("default").split("#")
    assert (name, len(digest)) == ("mine/default", 12)


def test_what_a_rule_was_given_tells_it_from_others():
    def made(limit):
        return Scorer(name="mine", rules={"x": Staged(whole, functools.partial(close_to, limit=limit))})

    def closed_over(limit):
        def grade(answer, sample):
            return close_to(answer, sample, limit=limit)

        return Scorer(name="mine", rules={"x": Staged(whole, grade)})

    for make in (made, closed_over):
        assert make(1).identity("x") == make(1).identity("x") != make(2).identity("x")


def test_a_reader_of_a_user_stands_in_the_identity_with_its_code():
    found = choice(official=mine).identity("official")
    assert found.startswith("choice(read=mine#")


def test_every_bundled_rule_has_a_version():
    assert [one for one in lock_rules.current()["rules"] if "#" in one] == []


def test_the_lock_is_current():
    changed = lock_rules.changed(LOCKED)
    assert not changed, (
        f"the code behind {', '.join(changed[:5])} ({len(changed)} in all) is not the locked one. If the same reply may "
        f"score differently now, raise the version of the rule. Then run: {lock_rules.COMMAND}"
    )


@pytest.fixture
def edit(monkeypatch):
    """Makes modules read as another text."""
    read = functools.cache(codedigest.source_of)  # asked for the same modules once for each rule

    def apply(modules, change):
        monkeypatch.setattr(codedigest, "source_of", lambda name: change(read(name)) if name in modules else read(name))

    return apply


@pytest.mark.slow
def test_comments_and_docstrings_change_nothing(edit):
    edit(MODULES, lambda text: f'"""Another docstring."""\n\n\n# A comment.\n{text}\n\n# The end.\n"""Last words."""\n')
    assert lock_rules.changed(LOCKED) == []


@pytest.mark.parametrize(
    ("module", "changed", "same"),
    [
        ("mmeval.scorers.readers.grammar", "choice/mmeval@2", "accuracy@2"),
        ("mmeval.scorers.readers.thinking", "anls/official@1", "accuracy@2"),
        ("mmeval.scorers.rules.tolerance", "relaxed_lists/official@1", "phrase/official@1"),  # a constant is imported
        ("mmeval.scorers.judges.base", "correctness/official@1", "choice/official@2"),
        ("mmeval.scorers.routed", "routed(closed=choice/mmeval@2,open=open_answer/mmeval@2)@1", "choice/mmeval@2"),
        ("mmeval.metrics.ratios", "binary@2", "choice/mmeval@2"),
        ("mmeval.stats.intervals", "accuracy@2", "choice/mmeval@2"),
    ],
)
def test_a_change_of_code_is_noticed_where_the_module_is_used(edit, module, changed, same):
    edit([module], lambda text: f"{text}\nNEW = 1\n")
    found = lock_rules.changed(LOCKED)
    assert changed in found
    assert same not in found


def test_a_raised_version_wants_the_lock_renewed(monkeypatch):
    monkeypatch.setattr(
        lock_rules, "current", lambda: {**LOCKED, "rules": {**LOCKED["rules"], "new/official@2": "0" * 12}}
    )
    assert lock_rules.changed(LOCKED) == ["new/official@2"]


def test_the_lock_is_not_renewed_while_a_vector_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(lock_rules, "LOCK", tmp_path / "lock.json")
    monkeypatch.setattr(lock_rules, "failures", lambda: ["anls/lmms/002"])
    with pytest.raises(SystemExit, match=r"1 recorded vectors give another result: anls/lmms/002"):
        lock_rules.main()
    assert not (tmp_path / "lock.json").exists()
    monkeypatch.setattr(lock_rules, "failures", list)
    lock_rules.main()
    assert json.loads((tmp_path / "lock.json").read_text()) == LOCKED


@pytest.mark.parametrize(
    ("one", "two", "equal"),
    [
        ("x = 1", "x  =  (1)  # one", True),
        ("def f():\n    return 1", 'def f():\n    """Doc."""\n    return 1', True),
        ("class A:\n    x: int = 1", 'class A:\n    x: int = 1\n    """Of x."""', True),
        ("x = 'a'", 'x = "a"', True),
        ("def f(): pass", "def f(): ...", True),
        ("x = 1", "x = 2", False),
        ("x = 1", "x = 1.0", False),
        ("x = True", "x = 1", False),
        ("x = None", "x = ()", False),
        ("if a: f()", "if a: pass\nelse: f()", False),
        ("f('doc')", "'doc'", False),
        ("not python (", "not python ( ", False),
    ],
)
def test_code_digest(one, two, equal):
    assert (code_digest(one) == code_digest(two)) is equal


def test_a_comment_in_a_benchmark_file_keeps_its_digest(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    found = Catalog().definition("benchmarks", "bar_reading")
    (tmp_path / "benchmarks" / "copy.py").write_text(f"# Another comment.\n{found.path.read_text(encoding='utf-8')}")
    assert Catalog([tmp_path]).definition("benchmarks", "copy").digest == found.digest


def test_the_digest_of_a_judge_covers_what_it_is_told_and_how_it_is_read():
    rules = [s.rule("official") for s in (correctness(), graded(), math_judged(), pairwise())]
    rules += [judged_choice(letters=letters).rule("vlmevalkit-2024+judge") for letters in ("ABCD", "ABCDE")]
    assert len({rule.digest for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("scorer", "digest"),
    [
        (correctness(), "0174f138a32b"),
        (graded(), "d1a4f237630f"),
        (math_judged(), "75d9ca3dc8d3"),
        (pairwise(), "4c6f3a2bbd14"),
    ],
    ids=["correctness", "graded", "math_judged", "pairwise"],
)
def test_bundled_judges_keep_the_digest_of_schema_1(scorer, digest):
    assert schema1.judge_digest(scorer.rule("official").digest).startswith(digest)


def test_other_judges_have_their_own_digest():
    assert schema1.judge_digest("of another judge") == "of another judge"
