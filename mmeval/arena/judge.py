"""A model as the voter: each pair is asked in both orders, as an ordinary run with cache, budget and resume."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mmeval.arena.pairs import Pair, masked
from mmeval.arena.said import kinds_of
from mmeval.arena.style import count_style
from mmeval.arena.vote import Vote
from mmeval.definitions import Benchmark
from mmeval.metrics.aggregates import accuracy
from mmeval.scorers.base import Scorer
from mmeval.types import JSON, Prompt, Record, Reply, Row, Sample, Score, Text

__all__ = ["JUDGE", "judge_benchmark", "judged_votes"]

JUDGE = "judge:"
"""Start of the name of a voter that is a model."""
QUESTION = """The question above was put to two assistants. Decide which reply is better: correct first, then helpful,
then clear. Neither its length nor the order of the replies counts.

Reply 1:
{first}

Reply 2:
{second}

Answer with JSON only: {{"verdict": "first"}}, {{"verdict": "second"}} or {{"verdict": "tie"}}."""
MADE_QUESTION = """The request above was given to two models. Results 1 and 2 are what they made. Decide which is
better: it holds what was asked for first, then it is well made. The order of the results does not count.

Answer with JSON only: {"verdict": "first"}, {"verdict": "second"} or {"verdict": "tie"}."""
FRAMES = "frames=8"
"""How a judge is shown a film."""
_VERDICT = re.compile(r'"verdict"\s*:\s*"(first|second|tie)"')
_VALUES = {"first": 1.0, "second": 0.0, "tie": 0.5}


def judge_benchmark(pairs: Sequence[Pair], originals: Mapping[tuple[str, str], Sample]) -> Benchmark:
    """The pairs as a benchmark of two samples each, one per order; pairs without the original sample are left out.

    Its score is the share of verdicts for the reply that came first: 0.5 for a judge that does not care about order.
    """
    source = _Orders(tuple(pairs), originals)
    made = kinds_of(said for pair in pairs for said in pair.question.replies.values())
    return Benchmark(
        name="arena_judge", version="1", title="Arena", about="Which of two replies is better, asked in both orders.",
        data=source, to_sample=_sample, score=Scorer(name="preference", version=1, rules={"official": _verdict}),
        profile="official", metric=accuracy(name="first", by=()), cluster="sample", license=None, url=None, paper=None,
        rows=None, chance=0.5, max_tokens=200,
        video=FRAMES if "video" in made else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Orders:
    """Both orders of each pair as rows."""

    pairs: tuple[Pair, ...]
    originals: Mapping[tuple[str, str], Sample] = field(repr=False)

    def rows(self, *, offline: bool = False) -> Iterator[Row]:
        """Stream the rows."""
        del offline
        for pair in self.pairs:
            original = self.originals.get(pair.question.key)
            if original is not None:
                yield {"original": original, "pair": pair, "names": (pair.first, pair.second)}
                yield {"original": original, "pair": pair, "names": (pair.second, pair.first)}

    def describe(self) -> Mapping[str, JSON]:
        """What is compared, by digest."""
        parts = [[pair.question.sample, pair.first, pair.second, *_replies(pair)] for pair in self.pairs]
        digest = hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
        return {"kind": "arena", "pairs": len(self.pairs), "sha256": digest}


def _replies(pair: Pair) -> tuple[str, ...]:
    """The texts of both replies as the judge reads them, without the models' names; then the digests of what they made.

    A reply without media adds nothing, so the digest of a comparison of texts is what it always was.
    """
    both = [pair.question.replies[name] for name in (pair.first, pair.second)]
    return (*_texts(pair), *("\0".join(said.content[1:]) for said in both if said.made))


def _texts(pair: Pair) -> tuple[str, ...]:
    names = (pair.first, pair.second)
    return tuple(masked(pair.question.replies[name].text, names)[0] for name in names)


def _asked(pair: Pair, names: tuple[str, str]) -> Prompt:
    """What stands below the question: both replies in this order, and what the judge has to do."""
    texts = dict(zip((pair.first, pair.second), _texts(pair), strict=True))
    first, second = (pair.question.replies[name] for name in names)
    if not first.made and not second.made:
        return (Text(QUESTION.format(first=texts[names[0]], second=texts[names[1]])),)
    heads = [Text(f"Result {place}:\n{texts[name]}".strip()) for place, name in enumerate(names, 1)]
    return (heads[0], *first.made, heads[1], *second.made, Text(MADE_QUESTION))


def _sample(row: Row) -> Sample:
    original, pair, names = row["original"], row["pair"], row["names"]
    benchmark = pair.question.run.info.spec.benchmark
    identity = "\0".join((benchmark, original.id, *names))
    prompt: Prompt = (*original.prompt, *_asked(pair, names))
    tags = {"benchmark": benchmark, "sample": original.id, "model_a": names[0], "model_b": names[1]}
    tags |= {f"category{number}": name for number, name in enumerate(pair.question.category)}
    for side, name in zip("ab", names, strict=True):
        tags[f"style_{side}"] = json.dumps(count_style(pair.question.replies[name].text))
    key = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return Sample(id=key, prompt=prompt, target=None, cluster=f"{benchmark}:{original.id}", tags=tags)


def _verdict(sample: Sample, reply: Reply) -> Score:
    """Read the last verdict of a reply; without one there is no answer, and the pair gets no vote."""
    del sample
    found = _VERDICT.findall(reply.text)
    if not found:
        return Score(value=0.0, answer=None, rule="preference", note="no verdict")
    return Score(value=_VALUES[found[-1]], answer=found[-1], rule="preference")


def judged_votes(records: Iterable[Record], judge: str) -> Iterator[Vote]:
    """One vote per pair on which the judge gave a verdict in both orders; contradicting verdicts are a tie."""
    orders: dict[tuple[str, ...], dict[str, Record]] = {}
    for record in records:
        if record.score is not None and record.score.answer is not None:
            tags = record.tags
            pair = sorted((tags["model_a"], tags["model_b"]))
            orders.setdefault((tags["benchmark"], tags["sample"], *pair), {})[tags["model_a"]] = record
    for found in orders.values():
        if len(found) == 2:
            yield _vote(list(found.values()), judge)


def _vote(orders: Sequence[Record], judge: str) -> Vote:
    values = [record.score.value if record.score else 0.5 for record in orders]
    value = (values[0] + 1 - values[1]) / 2
    winner = "model_a" if value > 0.75 else "model_b" if value < 0.25 else "tie"
    tags = orders[0].tags
    return Vote(
        model_a=tags["model_a"],
        model_b=tags["model_b"],
        winner=winner,
        voter=JUDGE + judge,
        at=max(record.at for record in orders),
        benchmark=tags["benchmark"],
        sample=tags["sample"],
        category=tuple(value for key, value in sorted(tags.items()) if key.startswith("category")),
        style_a=json.loads(tags["style_a"]),
        style_b=json.loads(tags["style_b"]),
    )
