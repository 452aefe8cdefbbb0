"""The pytest fixture `mmeval_gate`: a test that fails if a model got worse.

def test_the_model_did_not_get_worse(mmeval_gate):
    mmeval_gate("gate.yaml", model="openai/gpt-4o")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mmeval.gate.verdict import Verdict


@pytest.fixture
def mmeval_gate(record_property: Callable[[str, object], None]) -> Callable[..., Verdict]:
    """Run a gate inside a test: `mmeval_gate(policy, model=None, options=None, results="results")`.

    It returns the Verdict if the exit code of the gate is 0, and otherwise fails the test with the summary. An
    inconclusive verdict passes unless the policy says `on_inconclusive: fail`. The properties `mmeval_verdict` and
    `mmeval_summary` of the test report hold the decision and the summary.
    """

    def gate(
        policy: str | Path = "gate.yaml",
        *,
        model: str | None = None,
        options: Mapping[str, Any] | None = None,
        results: str | Path = "results",
    ) -> Verdict:
        from mmeval.errors import MMEvalError
        from mmeval.gate.api import candidate_of, decide_live
        from mmeval.gate.policy import read_policy

        try:
            made = read_policy(Path(policy))
            candidate = candidate_of(made, model=model, options=options or {}, settings={"results": Path(results)})
            verdict = decide_live(made, candidate, file=Path(policy))
        except MMEvalError as error:
            pytest.fail(f"mmeval gate: {error}", pytrace=False)
        record_property("mmeval_verdict", verdict.decision)
        record_property("mmeval_summary", verdict.summary)
        if verdict.exit_code:
            pytest.fail(verdict.summary, pytrace=False)
        return verdict

    return gate
