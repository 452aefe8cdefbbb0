"""Import results of other tools as runs, and export runs for other tools."""
