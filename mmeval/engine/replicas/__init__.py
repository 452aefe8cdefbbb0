"""Copies of one adapter behind the same `ask`: as child processes, or as Ray actors on other machines.

`router` spreads the requests, `process` and `cluster` are the two ways to run a copy, `served` is what runs in a copy,
and `wire` is how they talk: JSON and raw media, no pickle.
"""
