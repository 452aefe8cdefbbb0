"""Knows 70 % of the quiz; `quizzer/worse-6` has forgotten six points of it, `quizzer/down` is not reachable."""

from hashlib import sha256

from mmeval import Capabilities, FatalError, Options, Reply, Request, Text


def uniform(*words: str) -> float:
    return int(sha256("|".join(words).encode()).hexdigest()[:8], 16) / 2**32


class Adapter:
    capabilities = Capabilities(version="1", inputs=frozenset({"text"}), options=Options)
    endpoint = "local"

    def __init__(self, model: str, options: Options) -> None:
        self.model = model

    async def connect(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def ask(self, request: Request, options: Options) -> Reply:
        text = "".join(part.text for part in request.prompt if isinstance(part, Text))
        number = text.split(":")[0]
        if self.model == "down" or (self.model == "shaky" and uniform(number, "shaky") < 0.1):
            raise FatalError("503 from the provider", kind="not_found")
        letter = text[-2] if self._knows(number) else "ABCD"["ABCD".index(text[-2]) - 1]
        return Reply(text=f"Answer: {letter}", finish="stop", model=self.model)

    def _knows(self, number: str) -> bool:
        known = uniform(number) < 0.7
        kind, _, points = self.model.partition("-")
        if kind == "same":  # flips two in a hundred, either way
            return known != (uniform(number, "same") < 0.02)
        if kind == "worse":
            return known and uniform(number, "worse") >= float(points) / 70
        return known
