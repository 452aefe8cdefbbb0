"""Statistics for comparing runs: pure functions on arrays."""
