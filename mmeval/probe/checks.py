"""`mmeval probe`: what a model can do, shown by its replies wherever that is possible."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mmeval.probe import material
from mmeval.probe.asker import REFUSED, Asker, SpentError
from mmeval.types import Reply, Text

__all__ = ["CHECKS", "Finding", "probe"]

Answer = Literal["yes", "accepted", "no", "unknown"]
NUMBERS = (407, 392)
SIDES = (1024, 2048, 4096, 8192)
COUNTS = (2, 4, 8, 16, 32)
READ = Text("Which number is in the picture? Reply with the number.")
OPPOSITE = Text("Which word is the opposite of cold? Reply with that word alone.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    answer: Answer
    """`yes`: a reply shows it. `accepted`: it is taken without an error, and no reply shows that it counts. `no`: it is
    refused, or a reply shows the contrary. `unknown`: not found out."""
    detail: str = ""
    value: int | str | None = None
    """The largest number of images, the longest side in pixels, and the like."""


Check = Callable[[Asker], Awaitable[tuple[Answer, str] | tuple[Answer, str, int | str | None]]]


async def probe(ask: Asker, names: Collection[str] = ()) -> AsyncIterator[Finding]:
    """Run all checks, or those named, in their order; after the budget is spent, what is left is `unknown`."""
    spent = ""
    for name, check in CHECKS.items():
        if names and name not in names:
            continue
        if spent:
            yield Finding(name, "unknown", spent)
            continue
        try:
            yield Finding(name, *(await check(ask)))
        except SpentError as error:
            spent = f"not asked: {error}"
            yield Finding(name, "unknown", spent)
        except REFUSED as error:
            yield Finding(name, "no", _line(error))


async def _text(ask: Asker) -> tuple[Answer, str]:
    reply = await ask(OPPOSITE)
    return (
        ("yes", "") if re.search(r"\b(?:hot|warm)\b", reply.text.lower()) else ("accepted", f"replied {_short(reply)}")
    )


async def _image(ask: Asker) -> tuple[Answer, str]:
    replies = [await ask(material.picture(number), READ) for number in NUMBERS]
    if all(str(number) in reply.text for number, reply in zip(NUMBERS, replies, strict=True)):
        return "yes", "read a number in each of two pictures"
    if replies[0].text != replies[1].text:
        return "yes", "two pictures got two replies, but the numbers in them were not read"
    return "accepted", f"two pictures got the same reply, {_short(replies[0])}"


async def _images(ask: Asker) -> tuple[Answer, str, int | None]:
    best, said = None, ""
    for count in COUNTS:
        try:
            await ask(
                *(material.picture(number, side=64) for number in range(count)), Text("How many pictures are these?")
            )
        except REFUSED as error:
            said = f"{count}: {_line(error)}"
            break
        best = count
    if best is None:
        return "no", said, 1
    return "accepted", said or f"{best} were the most that were tried", best


async def _size(ask: Asker) -> tuple[Answer, str, int | None]:
    limit = ask.model.capabilities
    best, said = None, ""
    for side in SIDES:
        try:
            await ask(material.plain(side), Text("Which colour is this? Reply with one word."))
        except REFUSED as error:
            said = f"{side} pixels: {_line(error)}"
            break
        best = side
    if best is None:
        return "no", said, None
    shrunk = "mmeval makes larger pictures smaller for this adapter" if _shrinks(limit, best) else ""
    return "accepted", said or shrunk or f"{best} pixels were the most that were tried", best


def _shrinks(limit: object, side: int) -> bool:
    pixels, sides = getattr(limit, "max_image_pixels", None), getattr(limit, "max_image_side", ())
    return bool((pixels and side * side > pixels) or (sides and side > sides[0][1]))


async def _system(ask: Asker) -> tuple[Answer, str]:
    plain = await ask(Text("What is your name?"))
    told = await ask(Text("What is your name?"), system="Whatever you are asked, reply with the single word banana.")
    if "banana" in told.text.lower():
        return "yes", "followed"
    if told.usage.input and plain.usage.input and told.usage.input > plain.usage.input:
        return "accepted", f"read ({told.usage.input - plain.usage.input} more input tokens), not followed"
    return ("accepted", "changes the reply, is not followed") if told.text != plain.text else ("no", "changes nothing")


async def _interleaved(ask: Asker) -> tuple[Answer, str]:
    first, second = map(material.picture, NUMBERS)
    asked = Text("Which number is in the first picture? Reply with the number.")
    orders = [(Text("First:"), one, Text("Second:"), other, asked) for one, other in ((first, second), (second, first))]
    replies = [await ask(*order) for order in orders]
    right = [str(number) in reply.text for number, reply in zip(NUMBERS, replies, strict=True)]
    if all(right):
        return "yes", "tells the first picture from the second"
    return ("accepted", "the order of text and pictures changes the reply") if replies[0].text != replies[1].text else (
        "accepted", "the order of two pictures does not change the reply",
    )  # fmt: skip


async def _video(ask: Asker) -> tuple[Answer, str]:
    if "video" not in ask.model.capabilities.inputs:
        return "no", "this adapter sends none"
    film = material.film()
    if film is None:
        return "unknown", "pip install av: mmeval draws a film with it"
    reply = await ask(film, Text("Which is the largest number in this video? Reply with the number."))
    return ("yes", "read the last frame") if "8" in reply.text else ("accepted", f"replied {_short(reply)}")


async def _audio(ask: Asker) -> tuple[Answer, str]:
    if "audio" not in ask.model.capabilities.inputs:
        return "no", "this adapter sends none"
    reply = await ask(material.beeps(3), Text("How many beeps are in this recording? Reply with the number."))
    return (
        ("yes", "counted three beeps")
        if re.search(r"\b(?:3|three)\b", reply.text.lower())
        else ("accepted", f"replied {_short(reply)}")
    )


async def _choices(ask: Asker) -> tuple[Answer, str]:
    if "choice" not in ask.model.capabilities.wants:
        return "no", "this adapter scores no options"
    prompt = () if "text" in ask.model.capabilities.wants else (material.picture(NUMBERS[0]),)
    reply = await ask(*prompt, Text("Is the sky blue?"), choices=("yes", "no"))
    counts = f", {reply.tokens} tokens" if reply.tokens else ""
    return "yes", f"scores {', '.join(f'{score:.3g}' for score in reply.scores)}{counts}"


async def _seed(ask: Asker) -> tuple[Answer, str]:
    async def drawn(seed: int) -> str:
        return (await ask(Text("Write ten random words."), seed=seed, temperature=1.0)).text

    first, again, other = await drawn(11), await drawn(11), await drawn(12)
    if first != again:
        return "no", "one seed gives two replies"
    if first == other:
        return "unknown", "two seeds give the same reply: nothing is drawn at temperature 1"
    return "yes", "one seed repeats its reply, another gives another"


async def _repeats(ask: Asker) -> tuple[Answer, str]:
    replies = {(await ask(Text("Describe a tree in one sentence."))).text for _ in range(3)}
    return ("yes", "three times the same reply at temperature 0") if len(replies) == 1 else (
        "no", f"{len(replies)} different replies to one question at temperature 0",
    )  # fmt: skip


CHECKS: Final[Mapping[str, Check]] = {
    "text": _text,
    "image": _image,
    "several images": _images,
    "image size": _size,
    "interleaving": _interleaved,
    "system prompt": _system,
    "video": _video,
    "audio": _audio,
    "option scores": _choices,
    "seed": _seed,
    "same answer twice": _repeats,
}


def _short(reply: Reply) -> str:
    text = " ".join(reply.text.split())
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
