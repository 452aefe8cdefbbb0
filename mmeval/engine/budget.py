"""The price of a request, and the limits on money, tokens and minutes at which a run stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mmeval.errors import UsageError
from mmeval.types import Usage

__all__ = ["Budget", "Price"]

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars as of a date; None = unknown (not free)."""

    input: float | None = None
    """Per million tokens, as `output` and `cached_input`."""
    output: float | None = None
    cached_input: float | None = None
    image: float | None = None
    """Per image made, where images are billed by number."""
    second: float | None = None
    """Per second of film or sound made."""
    characters: float | None = None
    """Per character of text spoken; a card states it per million."""
    date: str | None = None

    @classmethod
    def of(cls, card: Mapping[str, Any], *, batch: bool = False) -> Price:
        """Read from a model's table in models.toml.

        Args:
            card: the table.
            batch: take the prices of the provider's batch API.
        """
        table = card.get("price") or {}
        prefix = "batch_" if batch else ""
        date, per_million = card.get("price_date"), table.get(f"{prefix}characters")
        return cls(
            input=table.get(f"{prefix}input"),
            output=table.get(f"{prefix}output"),
            cached_input=None if batch else table.get("cached_input"),
            image=table.get(f"{prefix}image"),
            second=table.get(f"{prefix}second"),
            characters=per_million and per_million / MILLION,
            date=str(date) if date is not None else None,
        )

    @property
    def known(self) -> bool:
        """Whether tokens, or what is made, has a price."""
        made = (self.image, self.second, self.characters)
        return (self.input is not None and self.output is not None) or any(price is not None for price in made)

    def cost(self, usage: Usage) -> float | None:
        """US dollars for one reply: its tokens, and what was made; None if a price or a count is unknown."""
        pieces = ((usage.images, self.image), (usage.seconds, self.second), (usage.characters, self.characters))
        made = [count * price for count, price in pieces if count is not None and price is not None]
        if made and (self.input is None or self.output is None):
            return sum(made)
        tokens = self._tokens(usage)
        return None if tokens is None else tokens + sum(made)

    def _tokens(self, usage: Usage) -> float | None:
        if self.input is None or self.output is None or usage.input is None or usage.output is None:
            return None
        cached = usage.cached or 0
        cached_price = self.cached_input if self.cached_input is not None else self.input
        return ((usage.input - cached) * self.input + cached * cached_price + usage.output * self.output) / MILLION


class Budget:
    """Compares what was spent with the limits; all runs of a command share one budget.

    Requests in flight count at the mean cost of those already answered. Otherwise a run would overshoot its
    budget by the cost of a full window.
    """

    def __init__(
        self,
        *,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        max_minutes: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_cost, self.max_tokens, self.max_minutes = max_cost, max_tokens, max_minutes
        self.cost = 0.0
        self.tokens = 0
        self._answered = 0
        self._clock = clock
        self._start = clock()

    def require(self, model: str, price: Price) -> None:
        """Raise UsageError if there is a limit on cost but the price of the model is unknown."""
        if self.max_cost is not None and not price.known:
            raise UsageError(f"--max-cost: the price of {model} is unknown; add it to models.toml or use --max-tokens")

    def charge(self, usage: Usage, cost: float | None) -> None:
        """Add one answered request."""
        self._answered += 1
        self.cost += cost or 0.0
        self.tokens += (usage.input or 0) + (usage.output or 0)

    def spent(self, in_flight: int = 0) -> str | None:
        """Which limit is reached, as a message, or None; `in_flight` requests are still unanswered."""
        with_pending = 1 + in_flight / self._answered if self._answered else 1.0
        if self.max_cost is not None and self.cost * with_pending >= self.max_cost:
            return f"${self.cost:.4f} of --max-cost {self.max_cost:g} spent"
        if self.max_tokens is not None and self.tokens * with_pending >= self.max_tokens:
            return f"{self.tokens} of --max-tokens {self.max_tokens} spent"
        minutes = (self._clock() - self._start) / 60
        if self.max_minutes is not None and minutes >= self.max_minutes:
            return f"{minutes:.1f} of --max-minutes {self.max_minutes:g} spent"
        return None
