"""Prompts of three to ten facts: objects, their number, attributes and relations. How likely does a judge find each?

The authors' rule, Soft-TIFA, takes the chance that Qwen3-VL-8B-Instruct gives the right answer to each question, and
the geometric mean over the questions of a prompt; `--profile soft_tifa_am` takes the arithmetic one. Any local judge
that scores options by likelihood can stand in. Theirs adds the chances of first tokens, also of those that begin with
a blank; here the whole words count, without the blank. `accuracy/count` and the other skills are means over all facts
of a kind, as in the authors' analysis. `--profile share` and `all` need no likelihood: the judge answers, and wrong
answers score 0. State the judge with the number.
"""

from mmeval import Benchmark, Row, Sample, Text, data
from mmeval.metrics import accuracy, with_facts
from mmeval.scorers import soft_tifa


def to_sample(row: Row) -> Sample:
    facts = zip(row["vqa_list"], row["skills"], strict=True)
    return Sample(
        id=str(row["row"]),
        prompt=(Text(row["prompt"]),),
        target={"questions": [{"ask": ask, "answer": answer, "kind": kind} for (ask, answer), kind in facts]},
        cluster=row["prompt"],
        tags={"atoms": str(row["atom_count"]), "skills": ",".join(row["skills"])},
    )


benchmark = Benchmark(
    name="geneval2", version="1", title="GenEval 2", about=__doc__, want="image", temperature=None,
    data=data.supplied(
        "geneval2", file="geneval2_data.jsonl",
        how="copy geneval2_data.jsonl of https://github.com/facebookresearch/GenEval2 there",
        columns={"prompt": str, "atom_count": int, "vqa_list": list, "skills": list},
    ),
    to_sample=to_sample, score=soft_tifa(), profile="soft_tifa_gm",
    metric=with_facts(accuracy(by=("atoms",)), "skills"), cluster="prompt", license="CC BY-NC 4.0",
    url="https://github.com/facebookresearch/GenEval2",
    paper="https://arxiv.org/abs/2512.16853", rows=800, chance=None, labels="user-supplied",
    judge_slice={"*": "judge_objects", **dict.fromkeys(("soft_tifa_gm", "soft_tifa_am"), "judge_objects_soft_tifa")},
    tags=("makes image", "judge"),
)  # fmt: skip
