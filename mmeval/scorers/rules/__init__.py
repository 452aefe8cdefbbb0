"""Rules: read an answer and grade it against the target."""
