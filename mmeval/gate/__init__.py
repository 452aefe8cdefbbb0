"""The regression gate: a policy, two runs, and a verdict that says what it could have seen."""
