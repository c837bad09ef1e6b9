"""How long a target is left alone after a failed fetch, by the rules of docs/operation.md."""

from collections.abc import Callable

from license_exporter.errors import FetchError, Reason

# All in seconds.
_RETRY = 30.0
_THROTTLED_MAX = 15 * 60.0
_REFUSED = 5 * 60.0
_REFUSED_MAX = 60 * 60.0


class Backoff:
    """The pauses after the failed fetches of one target.

    They double each time that its server refuses the credentials or asks to be left alone, until a
    fetch succeeds. `min_interval` is the target's, in seconds; `jitter` gives a number from 0 to 1.
    """

    def __init__(self, min_interval: float, jitter: Callable[[], float]) -> None:
        self._least = min(min_interval, _RETRY)
        self._jitter = jitter
        self._throttled = 0
        self._refused = 0

    def pause(self, error: FetchError) -> float:
        """How long to leave the target alone after this failure, in seconds."""
        if error.throttled:
            pause = _doubled(_RETRY, self._throttled, _THROTTLED_MAX)
            self._throttled += 1
            if error.retry_after is not None:
                return max(self._least, error.retry_after)
            return min(pause * (1 + self._jitter() / 5), _THROTTLED_MAX)
        if error.reason in (Reason.AUTH, Reason.FORBIDDEN):
            pause = _doubled(_REFUSED, self._refused, _REFUSED_MAX)
            self._refused += 1
            return pause
        return self._least

    def succeeded(self) -> None:
        """Begin anew after a success."""
        self._throttled = self._refused = 0

    def take_over(self, former: "Backoff") -> None:
        """Go on doubling from where the former configuration of the target was.

        Only for a server that asked to be left alone: changed credentials may be good ones.
        """
        self._throttled = former._throttled


def _doubled(first: float, times: int, greatest: float) -> float:
    # Beyond 30 times the power would only grow towards an overflow.
    return min(first * 2.0 ** min(times, 30), greatest)
