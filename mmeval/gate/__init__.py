"""The regression gate: a policy, two runs, and a verdict that states the drop it can detect."""
