"""Renderers of verdicts, comparisons and runs: text, tables, HTML, JUnit XML."""
