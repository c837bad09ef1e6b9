import pytest

from license_exporter.exposition.labels import label_value
from license_exporter.exposition.locations import greatest, labelled

_LOCATIONS = {
    ("p", "bytes", "great", "server"): 30.0,
    ("p", "bytes", "b-equal", "server"): 10.0,
    ("p", "bytes", "a-equal", "server"): 10.0,
    ("q", "bytes", "middle", "server"): 20.0,
    ("q", "bytes", "c-equal", "server"): 10.0,
    ("p", "bytes", "small", "server"): 1.0,
}


def test_of_equally_great_locations_the_first_by_their_labels_stay() -> None:
    assert greatest(_LOCATIONS, 3) == {
        ("p", "bytes", "great", "server"): 30.0,
        ("q", "bytes", "middle", "server"): 20.0,
        ("p", "bytes", "a-equal", "server"): 10.0,
        ("p", "bytes", "other", ""): 11.0,
        ("q", "bytes", "other", ""): 10.0,
    }


@pytest.mark.parametrize("most", range(1, 7))
def test_what_is_folded_does_not_depend_on_the_order_of_the_answer(most: int) -> None:
    backwards = dict(reversed(_LOCATIONS.items()))
    assert greatest(backwards, most) == greatest(_LOCATIONS, most)


def test_a_location_that_is_called_other_is_added_to_the_folded_ones() -> None:
    locations = {("p", "u", "other", ""): 9.0, ("p", "u", "x", ""): 2.0, ("p", "u", "y", ""): 1.0}
    assert greatest(locations, 1) == {("p", "u", "other", ""): 12.0}


def test_locations_that_become_equal_as_labels_are_added() -> None:
    long = "x" * 600
    names = (chr(0xD800), "\ufffd", long, "München")
    locations = {("p", "u", name, ""): float(2**bit) for bit, name in enumerate(names)}

    assert labelled(locations) == {
        ("p", "u", "\ufffd", ""): 3.0,
        ("p", "u", label_value(long), ""): 4.0,
        ("p", "u", "München", ""): 8.0,
    }


@pytest.mark.parametrize("name", ["x" * 600, "half \ud800"])
def test_a_location_becomes_a_label_value_for_whichever_cause_it_is_none(name: str) -> None:
    locations = {("p", "u", name, ""): 1.0, ("p", "u", "here", ""): 2.0}
    assert labelled(locations) == {
        ("p", "u", label_value(name), ""): 1.0,
        ("p", "u", "here", ""): 2.0,
    }
