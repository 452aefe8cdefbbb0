"""What charts are about: titles, units, and names of categories and series."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Subject", "names", "row", "subject"]

TOPICS = (
    ("Visitors", "people"), ("Orders", "orders"), ("Output", "tonnes"), ("Energy use", "kWh"), ("Sales", "units"),
    ("Water use", "litres"), ("Distance", "km"), ("Deliveries", "parcels"), ("Repairs", "jobs"), ("Stock", "boxes"),
    ("Revenue", "euros"), ("Working time", "hours"),
)  # fmt: skip
LABELS = (
    ("Apple", "Pear", "Plum", "Cherry", "Fig", "Lemon", "Mango", "Kiwi", "Peach", "Grape"),
    ("Oslo", "Rome", "Paris", "Lima", "Cairo", "Delhi", "Tokyo", "Quito", "Accra", "Seoul"),
    ("Otter", "Lynx", "Heron", "Badger", "Falcon", "Beaver", "Moose", "Raven", "Seal", "Ibex"),
    ("Chair", "Table", "Lamp", "Shelf", "Desk", "Sofa", "Bench", "Stool", "Mirror", "Carpet"),
    ("Harbour", "Station", "Museum", "Park", "Library", "School", "Theatre", "Market", "Stadium", "Airport"),
)  # fmt: skip
ROWS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    tuple(str(year) for year in range(2009, 2026)),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    tuple(f"Week {week}" for week in range(11, 30)),
)
SERIES = (
    ("North", "South", "East", "West", "Centre", "Coast"),
    ("Basic", "Plus", "Pro", "Max", "Mini", "Ultra"),
    ("Alpha", "Beta", "Gamma", "Delta", "Sigma", "Omega"),
    ("Spring", "Summer", "Autumn", "Winter", "Holiday", "Festival"),
    ("Shop", "Phone", "Online", "Agent", "Fair", "Partner"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chart is about."""

    title: str
    unit: str

    @property
    def axis(self) -> str:
        """The name of the axis of values."""
        return f"{self.title} ({self.unit})"


def subject(rng: random.Random) -> Subject:
    """Draw a subject."""
    return Subject(*rng.choice(TOPICS))


def names(rng: random.Random, count: int, *, series: bool = False) -> list[str]:
    """Names of categories or series, in random order."""
    return rng.sample(rng.choice(SERIES if series else LABELS), count)


def row(rng: random.Random, count: int) -> list[str]:
    """Names of times that follow each other."""
    every: Sequence[str] = rng.choice([one for one in ROWS if len(one) >= count])
    start = rng.randint(0, len(every) - count)
    return list(every[start : start + count])
