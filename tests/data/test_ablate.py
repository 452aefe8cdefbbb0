import pytest

from mmeval import Sample, Text, media
from mmeval.data import ablate
from mmeval.errors import DataError
from tests.data.pictures import png


def sample(name: str, *shades: int) -> Sample:
    pictures = [media.image(png(shade)) for shade in shades]
    return Sample(id=name, prompt=(*pictures, Text(f"about {name}")), target="A", cluster="c")


def shades(sample: Sample) -> list[str]:
    return [part.sha256 for part in sample.prompt if not isinstance(part, Text)]


def test_blind_keeps_all_but_the_pictures():
    (blind,) = ablate([sample("a", 1, 2)], "blind")
    assert blind == Sample(id="a", prompt=(Text("about a"),), target="A", cluster="c")


@pytest.mark.parametrize("count", [2, 3, 64, 65, 200])
def test_everyone_gets_other_pictures(count: int):
    plain = [sample(str(i), i) for i in range(count)]
    mixed = list(ablate(plain, "shuffled-image", seed=3))
    assert [s.id for s in mixed] == [s.id for s in plain]
    assert all(a.prompt[-1] == b.prompt[-1] for a, b in zip(plain, mixed, strict=True))
    assert not any(set(shades(a)) & set(shades(b)) for a, b in zip(plain, mixed, strict=True))
    assert mixed == list(ablate(plain, "shuffled-image", seed=3))
    assert count < 4 or mixed != list(ablate(plain, "shuffled-image", seed=4))


def test_rows_of_one_picture_never_swap_it_among_themselves():
    plain = [sample(str(i), i // 4) for i in range(40)]
    for before, after in zip(plain, ablate(plain, "shuffled-image"), strict=True):
        assert shades(before) != shades(after)


def test_count_of_pictures_stays():
    plain = [sample("a", 1, 2, 3), sample("b", 9), sample("c")]
    assert [len(shades(s)) for s in ablate(plain, "shuffled-image")] == [3, 1, 0]


def test_one_picture_cannot_be_exchanged():
    with pytest.raises(DataError, match="no nearby sample has other media"):
        list(ablate([sample("a", 1), sample("b", 1)], "shuffled-image"))
