"""The version of the package; hatch reads it here."""

__version__ = "0.1.0"
