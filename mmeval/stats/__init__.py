"""Statistics of comparison: pure functions on numpy arrays."""
