"""Results of other tools as runs here, and runs as what other tools read."""
