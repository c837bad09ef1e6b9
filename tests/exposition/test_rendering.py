"""What a scrape keeps of the one before; what it is joined to is in test_text.py."""

import pytest

from license_exporter.exposition import families
from license_exporter.exposition.rendering import Renderer, render
from license_exporter.exposition.text import encode

MANY = 3000


def blocks(count=MANY, *, used=lambda number: 0.0):
    return [
        encode({families.UP: {(): 1.0}, families.USED: {("p", "u"): used(n)}}, f"t{n}", "v")
        for n in range(count)
    ]


def text(chunks):
    return b"".join(chunk.text for chunk in chunks)


def test_lines_that_have_not_changed_stay_one_chunk():
    renderer = Renderer()
    first = renderer.render(blocks(), b"own 1\n", openmetrics=True)
    second = renderer.render(blocks(), b"own 2\n", openmetrics=True)
    assert [a is b for a, b in zip(first, second, strict=True)] == [True] * 6 + [False]
    assert text(second) == text(render(blocks(), b"own 2\n", openmetrics=True))


def test_of_many_targets_only_the_lines_around_those_that_changed_are_joined_anew():
    renderer = Renderer()
    first = renderer.render(blocks(), openmetrics=True)
    changed = blocks(used=lambda number: float(number == 1500))
    second = renderer.render(changed, openmetrics=True)
    assert sum(a is not b for a, b in zip(first, second, strict=True)) == 2  # and the end
    assert text(second) == text(render(changed, openmetrics=True))


@pytest.mark.parametrize("count", [0, 1, 200, MANY - 1, MANY + 1])
def test_targets_may_come_and_go(count):
    renderer = Renderer()
    renderer.render(blocks(), openmetrics=False)
    chunks = renderer.render(blocks(count), b"own 1\n", openmetrics=False)
    assert text(chunks) == text(render(blocks(count), b"own 1\n", openmetrics=False))


def test_the_other_format_has_chunks_of_its_own():
    renderer = Renderer()
    first = renderer.render(blocks(), openmetrics=False)
    second = renderer.render(blocks(), openmetrics=True)
    assert not set(first) & set(second)
    assert text(second) == text(render(blocks(), openmetrics=True))


def test_large_answers_among_small_ones_keep_their_own_chunks():
    large = encode(
        {families.LOCATION_USED: {("p", "u", f"l{n}", ""): 1.0 for n in range(5000)}}, "big", "v"
    )
    several = [large, *blocks(200)]
    chunks = Renderer().render(several, openmetrics=True)
    assert set(large["license_location_used"]) <= set(chunks)
    assert text(chunks) == text(render(several, openmetrics=True))
