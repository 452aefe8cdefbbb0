"""Files of votes: which forms are read, what is left out, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmeval.arena.fit import fit_table, tables_of
from mmeval.arena.keep import VOTES, add_votes, keep_ratings, kept_ratings
from mmeval.arena.style import count_style
from mmeval.arena.vote import Vote, dump_vote
from mmeval.arena.votes import merge_votes, read_votes
from mmeval.errors import DataError, StoreError

ROW = {"model_a": "lab/x", "model_b": "lab/y", "winner": "model_a", "voter": "v1", "tstamp": 5.0, "sample": "1"}
VOTE = Vote(model_a="lab/x", model_b="lab/y", winner="model_a", voter="v1", at=5.0, sample="1")


def written(folder: Path, *rows: Any, name: str = "votes.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return file


@pytest.mark.parametrize(
    ("row", "vote"),
    [
        (ROW, VOTE),
        (ROW | {"winner": "bothbad"}, VOTE._replace(winner="tie (bothbad)")),
        (ROW | {"category": ["charts", "charts"]}, VOTE._replace(category=("charts",))),
        (
            {
                "model_a": "gpt",
                "model_b": "claude",
                "winner": "tie (bothbad)",
                "judge": "arena_user_7",
                "turn": 1,
                "tstamp": 3,
            },
            Vote(model_a="gpt", model_b="claude", winner="tie (bothbad)", voter="arena_user_7", at=3.0),
        ),
        (
            {"type": "rightvote", "models": ["a", "b"], "states": [{}, {}], "tstamp": 3.5, "ip": "1.2.3.4"},
            Vote(model_a="a", model_b="b", winner="model_b", voter="1.2.3.4", at=3.5),
        ),
        ({"type": "chat", "models": ["a", "b"], "tstamp": 1}, None),
    ],
    ids=["ours", "both bad", "category", "LMArena", "FastChat", "a chat is no vote"],
)
def test_forms(row: dict[str, Any], vote: Vote | None, tmp_path: Path) -> None:
    assert list(read_votes(written(tmp_path, row))) == ([vote] if vote else [])
    array = written(tmp_path, json.dumps([row]), name="votes.json")
    assert list(read_votes(array)) == ([vote] if vote else [])


def test_a_published_table_is_read_without_its_conversations(tmp_path: Path) -> None:
    rows = [
        {
            "model_a": "a",
            "model_b": "b",
            "winner": "tie",
            "judge": "u1",
            "conversation_a": [{"content": "x"}],
            "tstamp": 1.0,
        }
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "table.parquet")
    assert list(read_votes(tmp_path / "table.parquet")) == [
        Vote(model_a="a", model_b="b", winner="tie", voter="u1", at=1.0)
    ]


def test_what_we_write_we_read(tmp_path: Path) -> None:
    whole = VOTE._replace(benchmark="b", category=("c", "d"), style_a={"length": 3.0}, style_b={"bold": 1.0})
    assert list(read_votes(written(tmp_path, dump_vote(whole)))) == [whole]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "votes.jsonl:2: not valid JSON"),
        ("[1]", "votes.jsonl:2: not an object"),
        (ROW | {"winner": "left"}, "votes.jsonl:2: winner is 'left'; use one of model_a, model_b"),
        (ROW | {"model_b": ""}, "votes.jsonl:2: no model_b"),
        (ROW | {"tstamp": "now"}, "votes.jsonl:2: tstamp is not a number"),
        (ROW | {"tstamp": float("inf")}, "votes.jsonl:2: tstamp is not a number"),
        (ROW | {"style_a": [1]}, "votes.jsonl:2: a style is not an object"),
        (ROW | {"category": 3}, "votes.jsonl:2: category is neither"),
        ({"type": "tievote", "models": ["a"]}, "votes.jsonl:2: models is not a list of two names"),
        ("[" * 100_000, "votes.jsonl:2: not valid JSON: nested too deeply"),
        ('"' + "x" * 1_100_000 + '"', "votes.jsonl:2: the line is longer"),
    ],
)
def test_a_bad_line_is_named(line: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=said.replace("(", r"\(")):
        list(read_votes(written(tmp_path, ROW, line)))


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """A later vote of the same voter counts, in whichever order and file the two stand; also with the sides turned."""
    turned = ROW | {"model_a": "lab/y", "model_b": "lab/x", "tstamp": 9.0}
    first = written(tmp_path, turned, ROW | {"model_b": "lab/x"}, name="1.jsonl")
    second = written(tmp_path, ROW, ROW | {"sample": "2"}, ROW | {"model_a": "lab/z"}, name="2.jsonl")
    found = merge_votes([first, second])
    assert [(vote.sample, vote.model_a) for vote in found.votes] == [("1", "lab/y"), ("2", "lab/x"), ("1", "lab/z")]
    assert dict(found.left_out) == {"a model against itself": 1, "replaced by a later vote of the same voter": 1}


def test_votes_are_never_fewer_than_before(tmp_path: Path) -> None:
    gone = [VOTE._replace(model_b="lab/withdrawn", sample=str(i), voter=f"v{i % 3}") for i in range(6)]
    add_votes(tmp_path, VOTES, votes=gone)
    found = add_votes(tmp_path, VOTES, [written(tmp_path, ROW | {"sample": "9"})])
    assert len(found.votes) == 7
    assert "lab/withdrawn" in {row.model for row in fit_table(found.votes).rows}


def test_stored_ratings_of_another_version_are_refused(tmp_path: Path) -> None:
    assert kept_ratings(tmp_path) is None
    keep_ratings(tmp_path, {"schema_version": 7})
    with pytest.raises(StoreError, match="run `mmeval arena fit` again"):
        kept_ratings(tmp_path)


def test_models_that_never_met_are_not_compared() -> None:
    pairs = [("a", "b"), ("c", "d")]
    votes = [VOTE._replace(model_a=x, model_b=y, voter=f"v{i}", sample=f"{x}{i}") for i in range(60) for x, y in pairs]
    table = fit_table(votes)
    groups = {row.model: row.group for row in table.rows}
    assert groups["a"] == groups["b"] != groups["c"] == groups["d"]
    assert {row.model: (row.best, row.worst) for row in table.rows}["b"] == (2, 4), "worse than a, and nothing else"
    names = [row.model for row in table.rows]
    assert table.wins[names.index("a")][names.index("c")] is None
    assert table.wins[names.index("a")][names.index("b")] == 1.0


def test_one_voter_is_not_enough() -> None:
    with pytest.raises(DataError, match="2 votes of 1 voters: ratings need at least two voters"):
        fit_table([VOTE, VOTE._replace(sample="2")])


def test_style_is_taken_out() -> None:
    """Voters who like long replies: "wordy" is no better than "terse", it only writes more."""
    votes = [
        VOTE._replace(
            model_a="wordy", model_b="terse", winner="model_a" if i % 10 < 7 else "model_b", voter=f"v{i}", sample=str(i),
            style_a={"length": 100.0 if i % 10 < 7 else 50.0}, style_b={"length": 50.0 if i % 10 < 7 else 100.0},
        )
        for i in range(200)
    ]  # fmt: skip
    plain, styled = tables_of(votes)
    assert (plain.styled, styled.styled) == (False, True)
    gap = [table.rows[0].rating - table.rows[-1].rating for table in (plain, styled)]
    assert gap[0] > 120
    assert gap[1] < gap[0] / 2
    assert styled.effects["length"] > 50


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (0, 0, 0, 0)),
        ("Two words", (2, 0, 0, 0)),
        ("# Head\n\n- a\n- b\n1. **c** __d__", (6, 3, 2, 1)),
        ("红色的圆", (4, 0, 0, 0)),
        ("*" * 50_000, (0, 0, 0, 0)),
    ],
)
def test_style_counts(text: str, counts: tuple[int, ...]) -> None:
    assert tuple(count_style(text).values()) == counts
