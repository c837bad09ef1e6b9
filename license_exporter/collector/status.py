"""What is exported of a target whether or not it answers: how its fetches stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from license_exporter.errors import Reason
from license_exporter.exposition import families
from license_exporter.exposition.labels import label_value
from license_exporter.exposition.text import Blocks, encode, encode_single


@dataclass(frozen=True, slots=True)
class FetchStatus:
    """How a target's fetches stand at a scrape.

    `duration` is the time of the last fetch in seconds, None before the first has ended;
    `errors` has the reason of each document that failed; `last_success` and `next_fetch` are in
    seconds since the epoch.
    """

    up: bool
    duration: float | None = None
    errors: Mapping[str, Reason] = field(default_factory=dict)
    last_success: float | None = None
    next_fetch: float | None = None


def status_blocks(status: FetchStatus, target: str, vendor: str) -> Blocks:
    """The samples that tell how the fetches of a target stand, as blocks."""
    values = {
        families.UP: status.up,
        families.SCRAPE_DURATION: status.duration,
        families.LAST_SUCCESS: status.last_success,
        families.NEXT_FETCH: status.next_fetch,
    }
    told = {family: value for family, value in values.items() if value is not None}
    blocks = encode_single(told, target, vendor)
    if not status.errors:
        return blocks
    errors: dict[tuple[str, ...], float] = {
        (label_value(document), reason.value): 1.0 for document, reason in status.errors.items()
    }
    return {**blocks, **encode({families.SCRAPE_ERROR: errors}, target, vendor)}
