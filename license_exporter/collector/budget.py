"""What the good answers of all targets together may take of memory.

Each answer that fits its target's own limits is kept until the next one comes, and many of them
can be more than there is memory for. Half of the budget is shared equally, so that a target that
takes no more than its share always fits, whatever the others do; the other half is for those that
come first. A target that holds something keeps it: a new one gets only what is left.
"""

from collections.abc import Hashable
from itertools import chain

from license_exporter.collector.reading import Answered
from license_exporter.config.target import ANSWERS_SIZE_LIMIT
from license_exporter.config.values import readable_size
from license_exporter.errors import FetchError, Reason

# What a target takes anyway, in bytes: less than that is worth no refusal.
_SMALL = 64 * 1024

# What objects of the model take, in bytes, and a value of those by period or by user.
_POOL, _LICENSE, _ENTITLEMENT, _VALUE = 550, 480, 200, 110


def size_of(answered: Answered) -> int:
    """The memory that an answer takes while it is kept, in bytes: its report and its text.

    The text counts as if it was not compressed, since it is not where a scrape wants it so.
    """
    text = sum(map(len, chain.from_iterable(answered.blocks.values())))
    report = answered.report
    values = sum(len(pool.periods) + len(pool.user_used or ()) for pool in report.pools)
    entitlements = sum(len(license.entitlements) for license in report.licenses)
    return (
        text
        + _POOL * len(report.pools)
        + _LICENSE * len(report.licenses)
        + _ENTITLEMENT * entitlements
        + _VALUE * values
    )


class Budget:
    """What is held of the memory for the answers of all targets, by each holder."""

    def __init__(self) -> None:
        self._limit = ANSWERS_SIZE_LIMIT
        self._share = _SMALL
        self._held: dict[Hashable, int] = {}

    def resize(self, limit: int, targets: int) -> None:
        """From now on there are `limit` bytes for so many targets; what is held stays so."""
        self._limit = limit
        self._share = max(_SMALL, limit // 2 // max(1, targets))

    def take(self, holder: Hashable, size: int) -> None:
        """Hold so many bytes in place of those that were held. Raises FetchError `too_large`.

        Those that were held before are held on then.
        """
        if size > max(self._share, self._held.get(holder, 0)):
            others = (held for other, held in self._held.items() if other is not holder)
            beyond = sum(max(0, held - self._share) for held in others)
            left = self._share + max(0, self._limit // 2 - beyond)
            if size > left:
                raise FetchError(
                    Reason.TOO_LARGE,
                    f"the answer takes {readable_size(size)} of memory, and answers_size_limit "
                    f"leaves {readable_size(left)} beside the answers of other targets; raise it "
                    "if there is memory, or export less by pools, history or max_locations",
                )
        self._held[holder] = size

    def release(self, holder: Hashable) -> None:
        """Nothing is held any more."""
        self._held.pop(holder, None)

    def hand_over(self, holder: Hashable, heir: Hashable) -> None:
        """What the holder has is the heir's from now on."""
        if holder in self._held:
            self._held[heir] = self._held.pop(holder)
