"""How far judges of what models make can be trusted: labelled slices that are drawn here, and what was measured."""
