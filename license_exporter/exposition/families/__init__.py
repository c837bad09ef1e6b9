"""The families of metrics: name, help and labels, in the order of the exposition.

A family's name, unit and meaning never change; labels may be added at the end. docs/metrics.md is
written from this table, and tests/exposition/families.txt holds the project to it. The
exporter's own metrics that are not counted by target are not here: the client library keeps them.
"""

from license_exporter.exposition.families import configured, fetches, licenses, pools, targets
from license_exporter.exposition.families.configured import *  # noqa: F403 - all of its families
from license_exporter.exposition.families.family import Family as Family
from license_exporter.exposition.families.fetches import *  # noqa: F403
from license_exporter.exposition.families.licenses import *  # noqa: F403
from license_exporter.exposition.families.pools import *  # noqa: F403
from license_exporter.exposition.families.targets import *  # noqa: F403

FAMILIES = (
    *targets.MEMBERS,
    *pools.MEMBERS,
    *licenses.MEMBERS,
    *configured.MEMBERS,
    *fetches.MEMBERS,
)
