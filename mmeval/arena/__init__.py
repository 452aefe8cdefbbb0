"""Pairwise preference: votes on two replies to the same question, and ratings fitted to them."""
