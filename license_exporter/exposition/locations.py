"""The locations of an answer as they are exported: by label values, and no more than are wanted.

The users of a license manager's features are kept to a number in the same way.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from license_exporter.exposition.labels import LABEL_LENGTH, label_value
from license_exporter.exposition.text import unicode_scalars
from license_exporter.model.report import LocationKey

_BATCH = 4096


def labelled(locations: Mapping[LocationKey, float]) -> Mapping[LocationKey, float]:
    """The locations with their texts as label values; those that become equal are added."""
    if all(map(_are_label_values, _batches(locations))):
        return locations
    result: dict[LocationKey, float] = {}
    for (pool, unit, location, type), used in locations.items():
        key = (label_value(pool), label_value(unit), label_value(location), label_value(type))
        result[key] = result.get(key, 0.0) + used
    return result


def _batches(locations: Iterable[LocationKey]) -> Iterator[list[LocationKey]]:
    """A million locations are looked through some at a time, so that it takes no memory."""
    rest = iter(locations)
    return iter(lambda: list(islice(rest, _BATCH)), [])


def _are_label_values(locations: list[LocationKey]) -> bool:
    """Whether each text is a label value as it is.

    It is where the four of a location are short together, and there is no surrogate in all texts.
    """
    texts = list(map("".join, locations))
    text = "".join(texts)
    return max(map(len, texts)) <= LABEL_LENGTH and unicode_scalars(text) == text


def greatest(locations: Mapping[LocationKey, float], most: int) -> Mapping[LocationKey, float]:
    """The `most` greatest locations by use, the others added to "other" of their pool and unit.

    Of equally great ones those that come first by their labels stay, so that the choice does not
    depend on the order of the answer.
    """
    least = sorted(locations.values(), reverse=True)[most - 1]
    greater = sum(used > least for used in locations.values())
    equal = sorted(key for key, used in locations.items() if used == least)
    rest = set(equal[most - greater :])
    result: dict[LocationKey, float] = {}
    for key, used in locations.items():
        if used < least or key in rest:
            key = (*key[:2], "other", "")
        result[key] = result.get(key, 0.0) + used
    return result
