"""How many requests may come."""

from license_exporter.process.clock import Clock


class TokenBucket:
    """Lets `burst` requests through at once, and one more for each `interval` seconds."""

    def __init__(self, interval: float, burst: int, clock: Clock) -> None:
        self._interval = interval
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled = clock.monotonic()

    def take(self) -> bool:
        """Whether one more request may pass now; if so, it is counted."""
        if not self._interval:
            return True
        now = self._clock.monotonic()
        gained = (now - self._filled) / self._interval
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
