"""Readers: find the answer in the text of a reply."""
