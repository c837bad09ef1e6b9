"""The locations of an answer as they are exported: by label values, and no more than are wanted.

The users of a license manager's features are kept to a number in the same way.
"""

from collections.abc import Mapping

from license_exporter.exposition.labels import LABEL_LENGTH, label_value
from license_exporter.exposition.text import unicode_scalars
from license_exporter.model.report import LocationKey


def labelled(locations: Mapping[LocationKey, float]) -> Mapping[LocationKey, float]:
    """The locations with their texts as label values; those that become equal are added."""
    # A million locations are looked through at once: where the four texts together are short, and
    # no surrogate is among them, each is a label value.
    texts = list(map("".join, locations))
    text = "".join(texts)
    if max(map(len, texts), default=0) <= LABEL_LENGTH and unicode_scalars(text) == text:
        return locations
    result: dict[LocationKey, float] = {}
    for (pool, unit, location, type), used in locations.items():
        key = (label_value(pool), label_value(unit), label_value(location), label_value(type))
        result[key] = result.get(key, 0.0) + used
    return result


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
