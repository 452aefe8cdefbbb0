"""Baselines: answers from the sample's id alone, and a wrapper that hides the pictures."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from mmeval import FatalError, Options, Request, Sample, Text, UsageError, media
from mmeval.catalog import Catalog
from mmeval.definitions import NeedsSamples, capabilities_of
from mmeval.runner import Settings, run_one
from mmeval.scorers.targets import accepted

PICTURE = media.image(b"not a picture")


def choice(i: int, gold: str, n: int = 4) -> Sample:
    return Sample(id=f"s{i}", prompt=(Text(f"q{i}"), PICTURE), target=gold, choices=tuple("wxyz"[:n]))


def open_question(i: int, gold) -> Sample:
    return Sample(id=f"s{i}", prompt=(Text(f"q{i}"),), target=gold)


def tagged(i: int, gold: str, category: str) -> Sample:
    return Sample(id=f"s{i}", prompt=(Text(f"q{i}"),), target=gold, tags={"category": category})


def answers(name: str, samples: list[Sample], seed: int | None = None) -> list[str]:
    options = Options(seed=seed)
    adapter = Catalog().adapter("baseline")(name, options)
    assert isinstance(adapter, NeedsSamples)
    adapter.prepare(samples, accepted)

    async def all_of_them():
        return [
            (await adapter.ask(Request(prompt=sample.prompt, choices=sample.choices, sample=sample.id), options)).text
            for sample in samples
        ]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize(
    ("name", "samples", "expected"),
    [
        ("first", [choice(0, "B"), choice(1, "C")], ["A", "A"]),
        ("majority", [choice(0, "B"), choice(1, "C"), choice(2, "C"), choice(3, "B", n=2)], ["B", "B", "B", "B"]),
        ("majority", [choice(0, "C"), choice(1, "C"), choice(2, "B", n=2)], ["C", "C", "B"]),
        ("majority", [choice(0, "y"), choice(1, "y"), choice(2, "A")], ["C", "C", "C"]),
        ("majority", [open_question(0, "no"), open_question(1, "yes"), open_question(2, "no")], ["no"] * 3),
        ("majority", [open_question(0, ["a", "b"]), open_question(1, {"answers": ["b"]})], ["b", "b"]),
        ("majority", [open_question(0, True), open_question(1, 7), open_question(2, 7)], ["7", "7", "7"]),
        ("first", [open_question(0, "yes"), open_question(1, "no")], ["yes", "yes"]),
        ("random", [open_question(0, None)], [""]),
        ("majority", [tagged(0, "yes", "is it"), tagged(1, "3", "count"), tagged(2, "3", "count")], ["yes", "3", "3"]),
        ("random", [tagged(0, "yes", "is it"), tagged(1, "3", "count")], ["3", "yes"]),
        ("random", [tagged(0, "yes", "is it"), tagged(1, "yes", "is it"), tagged(2, "3", "count")], ["yes"] * 3),
        ("random", [open_question(0, "yes")], ["unknown"]),
    ],
)
def test_answers(name, samples, expected):
    assert answers(name, samples) == expected


def test_an_answer_is_written_as_the_rule_of_the_run_reads_it(tmp_path):
    puzzles = Catalog().benchmark("fresh_puzzles")
    clocks = [one for one in puzzles.data.generators if one.name == "clocks"]
    benchmark = replace(puzzles, data=replace(puzzles.data, generators=clocks))
    run = run_one(benchmark, "baseline/majority", Settings(results=tmp_path, cache_file=None, limit=3))
    assert [(one.score.value, ":" in one.reply.text) for one in run.records()] == [(1, True), (1, True), (1, False)]


def test_random_depends_on_the_id_and_the_seed_alone():
    samples = [choice(i, "A") for i in range(2000)]
    first = answers("random", samples)
    assert answers("random", samples[::-1]) == first[::-1]
    assert answers("random", samples, seed=1) != first
    assert all(450 < n < 550 for n in Counter(first).values())


def test_random_open_answers_follow_the_golds():
    golds = ["yes"] * 900 + ["no"] * 300
    drawn = Counter(answers("random", [open_question(i, gold) for i, gold in enumerate(golds)]))
    assert drawn["yes"] == pytest.approx(900, abs=60)
    assert set(drawn) == {"yes", "no"}
    unlike = [open_question(i, str(i)) for i in range(300)]
    assert not [i for i, answer in enumerate(answers("random", unlike)) if answer == str(i)], "never one's own"


def test_a_foreign_prompt_is_refused():
    adapter = Catalog().adapter("baseline")("random", Options())
    adapter.prepare([], accepted)
    with pytest.raises(FatalError, match="samples of the benchmark"):
        asyncio.run(adapter.ask(Request(prompt=(Text("?"),)), Options()))


def test_blind_hides_the_pictures_and_is_otherwise_the_wrapped_model():
    cls = Catalog().adapter("baseline")
    capabilities = capabilities_of(cls, "blind:mock/echo")
    assert capabilities.options is Catalog().adapter("mock").capabilities.options
    assert {"image", "video"} <= capabilities.inputs
    assert capabilities.max_images is None
    options = capabilities.options()
    adapter = cls("blind:mock/echo", options)
    reply = asyncio.run(adapter.ask(Request(prompt=(Text("two words"), PICTURE)), options))
    assert (reply.text, reply.usage.input) == ("two words", 2)
    assert adapter.endpoint == "local"


async def test_described_asks_for_one_description_of_a_picture_and_answers_from_it():
    cls = Catalog().adapter("baseline")
    options = cls.capabilities_for("described:mock/echo").options()
    adapter = cls("described:mock/echo", options)
    questions = [Request(prompt=(PICTURE, Text(f"Question {n}?"))) for n in range(3)]
    first, *others = await asyncio.gather(*(adapter.ask(one, options) for one in questions))
    assert first.text.startswith("Instead of the picture, read what it shows.\n\nDescribe")
    assert first.text.endswith("Question 0?")
    assert first.usage.input > 2 * others[0].usage.input - 60, "who asks first pays for the description"
    assert all(one.usage.input < first.usage.input for one in others)
    plain = await adapter.ask(Request(prompt=(Text("No picture"),)), options)
    assert plain.text == "No picture"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rnd", "baseline/random"),
        ("blind:mock", "blind:PROVIDER/MODEL"),
        ("blind:mokc/echo", "did you mean mock"),
        ("blind:baseline/random", "use baseline/random"),
    ],
)
def test_mistakes_name_the_way_out(name, says):
    with pytest.raises(UsageError, match=says):
        Catalog().adapter("baseline")(name, Options())
