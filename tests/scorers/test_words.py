"""Texts read off a picture: words in any order, in order, and texts that a reply must hold."""

import pytest

from mmeval.scorers import covered, overlap, transcript, within
from mmeval.types import Reply, Sample


def value(scorer, profile, target, text, **tags):
    reply = Reply(text=text, finish="stop")
    return scorer.rule(profile)(Sample(id="1", prompt=(), target=target, tags=tags), reply).value


@pytest.mark.parametrize(
    ("scorer", "profile", "target", "text", "tags", "expected"),
    [
        (transcript(), "official", "A b b", "b a", {}, 0.8),
        (transcript(), "official", "東京 駅", "駅京", {"unit": "characters"}, 0.8),
        (transcript(), "official", "No. 5!", "### no 5", {"unit": "alphanumeric"}, 1),
        (transcript(), "official", "No. 5!", "no 5", {}, 0),
        (transcript(), "official", "", "", {}, 0),
        (covered(), "mmeval", ["in May", "the red, old one"], "in may ... The red old one", {}, 1),
        (covered(), "official", ["in May", "the red, old one"], "in May: the red , old one", {}, 1),
        (covered(), "official", ["in May", "the red, old one"], "in may: the red old one", {}, 0),
        (covered(), "mmeval", ["art"], "the party", {}, 0),
        (overlap(), "mmeval", "one two three", "three two one", {}, 1 / 3),
        (overlap(order=False), "mmeval", "one two three", "three two one", {}, 1),
        (overlap(order=False), "mmeval", ["a b", "c"], "c", {}, 1),
        (overlap(), "official", "Old maps", '<meta name="description" content="old maps" />', {}, 1),
        (overlap(), "mmeval", "Sign in", "The text content within the red bounding box is: <Sign in>", {}, 1),
        (within(), "official", "U.S.", "made in the us", {}, 1),
        (within(), "official", "12", "1 200", {}, 0),
        (within(), "mmeval", "Malo", "not Malo", {}, 0),
    ],
)
def test_words(scorer, profile, target, text, tags, expected):
    assert value(scorer, profile, target, text, **tags) == pytest.approx(expected)
