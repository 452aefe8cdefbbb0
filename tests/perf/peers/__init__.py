"""Other harnesses on the same questions against the same provider."""
