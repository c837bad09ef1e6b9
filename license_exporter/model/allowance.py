"""What reading an answer may cost: in time, and in what is built on the way.

A small answer can make work for hours and gigabytes of text: an expression that joins the row with
all around it, for each row. Whoever reads asks here from time to time whether to go on.
"""

import math
import sys
import time
from collections.abc import Callable

from license_exporter.errors import FetchError, Reason

# No label holds a longer text, so no part of one is worth more, in characters.
LONGEST_PART = 1024

# No single text or list may take more, in bytes: the interpreter is held while one is made.
_MOST_AT_ONCE = 16 * 1024**2

# Lists of up to so many objects are worth no accounting; and what an object takes, in bytes.
_FEW, _OBJECT = 10_000, 250

# Texts up to this length are worth no accounting, in characters.
_SHORT = 256


class OvertimeError(Exception):
    """Reading takes longer than it may where it was begun."""


class Allowance:
    """How long a reader may go on, by the monotonic clock, and how much it may build.

    `deadline` is when reading ends with the reason `timeout`, of a fetch that had `seconds`. Before
    that, at `overtime`, it ends with an OvertimeError, to be begun anew elsewhere. `texts`
    bounds what expressions build, in bytes, `items` the pools, licenses and the like that rows
    make, which are more than the samples that `sample_limit` allows.
    """

    def __init__(
        self,
        deadline: float = math.inf,
        *,
        seconds: float = math.inf,
        overtime: float = math.inf,
        texts: int = 256 * 1024**2,
        items: float = math.inf,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline = deadline
        self._seconds = seconds
        self._overtime = overtime
        self._texts = texts
        self._items = items
        self._ticks = ticks

    def check(self) -> None:
        """Raise FetchError `timeout` if the time is over, OvertimeError if it is so here."""
        now = self._ticks()
        if now >= self._deadline:
            raise FetchError(
                Reason.TIMEOUT,
                f"the answer came, but was not read within {self._seconds:g} s; simplify the "
                "expressions of the mapping, or raise timeout",
            )
        if now >= self._overtime:
            raise OvertimeError

    def builds(self, text: str) -> None:
        """Account for a text that an expression has built. Raises FetchError `too_large`."""
        if len(text) > _SHORT:
            self._take(sys.getsizeof(text))

    def may_build(self, size: int) -> None:
        """Raise FetchError `too_large` if so many bytes are too many for one text or list."""
        if size > min(self._texts, _MOST_AT_ONCE):
            raise _too_much()

    def fills(self, objects: int) -> None:
        """Account for a list of so many objects that an expression has made, if they are many.

        Raises FetchError `too_large`, also before they are made.
        """
        if objects > _FEW:
            self._take(objects * _OBJECT)

    def _take(self, size: int) -> None:
        self._texts -= size
        if self._texts < 0:
            raise _too_much()

    def holds(self, items: int) -> None:
        """Raise FetchError `too_large` if so many items are more than there may be samples."""
        if items > self._items:
            raise FetchError(
                Reason.TOO_LARGE,
                f"the answer makes more than {self._items} pools, licenses or entitlements, which "
                "is what sample_limit allows",
            )


def _too_much() -> FetchError:
    return FetchError(
        Reason.TOO_LARGE,
        "the expressions of the mapping make too much of the answer; look for one that writes a "
        "whole object, or a long text, for each row",
    )
