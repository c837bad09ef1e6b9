"""How well LicenseForecastExhaustion forecasts: its rule as a model, on a year of simulated pools.

    python -m bench.forecast [POOLS]

Of pools that stand still it prints the false episodes a pool and year; of pools that grow, the
share that is warned 14 days ahead, the share of the last 30 days in which the alert is on, and its
episodes in the last 45 days. The first 60 days of a year are left out. prometheus/rules.yml is the
rule; tests/prometheus/test_forecast.py holds the two together.
"""

import math
import random
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

STEP = 3  # hours
DAY = 24 // STEP  # steps
WEEK = 7 * DAY
YEAR = 365 * DAY
HORIZON = 30  # days, license:forecast_seconds:threshold
MINIMUM = 0.5  # license:forecast_min_ratio:threshold
WAIT = 6 // STEP  # steps, the alert's `for`
KEEP = 14 * DAY  # the alert's keep_firing_for
SETTLED = 60 * DAY

Use = list[float]


@dataclass(frozen=True)
class Family:
    """A kind of pool: what makes one, its limit, and whether it grows until it is full."""

    name: str
    limit: float
    grows: bool
    make: Callable[[random.Random], Use]


def highest(use: Sequence[float], steps: int) -> Use:
    """The maximum of the last `steps` values, the present one included."""
    window: deque[int] = deque()
    peaks = []
    for step, value in enumerate(use):
        while window and use[window[-1]] <= value:
            window.pop()
        window.append(step)
        if window[0] <= step - steps:
            window.popleft()
        peaks.append(use[window[0]])
    return peaks


def slope(points: Sequence[float]) -> float:
    """Least squares over points a day apart, in units a day."""
    middle = (len(points) - 1) / 2
    spread = sum((day - middle) ** 2 for day in range(len(points)))
    return sum((day - middle) * value for day, value in enumerate(points)) / spread


def growth(peaks: Sequence[float], step: int) -> float | None:
    """Units a day: of eight weeks if both halves rose, of four for a younger pool."""
    weeks = 8 if step >= 8 * WEEK else 4
    if step < weeks * WEEK:
        return None
    now, half, whole = (peaks[step - part * WEEK] for part in (0, weeks // 2, weeks))
    if not now > half > whole:
        return None
    midnight = step - step % DAY
    days = range(midnight - (weeks * 7 - 1) * DAY, midnight + 1, DAY)
    return slope([peaks[day] for day in days])


def alarms(use: Sequence[float], limit: float) -> list[bool]:
    """Whether the alert fires, step by step."""
    peaks = highest(use, WEEK)
    held, last = 0, -KEEP - 1
    firing = []
    for step, peak in enumerate(peaks):
        soon = False
        if MINIMUM * limit <= peak < limit:
            pace = growth(peaks, step)
            soon = pace is not None and pace > 0 and (limit - peak) / pace < HORIZON
        held = held + 1 if soon else 0
        if held > WAIT:
            last = step
        firing.append(step - last <= KEEP)
    return firing


def _working(step: int) -> bool:
    return step // DAY % 7 < 5 and 9 <= step % DAY * STEP < 18


def floating(level: Callable[[float], float], noise: float) -> Callable[[random.Random], Use]:
    """Peaks of `level`, a function of the day, in working hours, each day by some noise off."""

    def make(chance: random.Random) -> Use:
        days = [round(level(day) * (1 + chance.gauss(0, noise))) for day in range(365)]
        return [float(days[step // DAY]) if _working(step) else 3.0 for step in range(YEAR)]

    return make


def _growing_floating(noise: float, holidays: bool = False) -> Callable[[random.Random], Use]:
    def make(chance: random.Random) -> Use:
        start = 100 - 0.25 * chance.uniform(150, 280)

        def level(day: float) -> float:
            away = holidays and 150 < day % 182 < 164
            return (start + 0.25 * day) * (0.5 if away else 1)

        return floating(level, noise)(chance)

    return make


def _arrivals(chance: random.Random, rate: float) -> int:
    """How many of a Poisson process come within a step, at `rate` a day."""
    bound, product, count = math.exp(-rate / DAY), chance.random(), 0
    while product > bound:
        product *= chance.random()
        count += 1
    return count


def named(
    start: Callable[[random.Random], float], come: float, go: float
) -> Callable[[random.Random], Use]:
    """Named users: some come and some go each day."""

    def make(chance: random.Random) -> Use:
        level, use = start(chance), []
        for _ in range(YEAR):
            level += _arrivals(chance, come) - (_arrivals(chance, go) if go else 0)
            use.append(float(math.floor(level)))
        return use

    return make


def _growing_named(come: float, go: float, limit: float) -> Callable[[random.Random], Use]:
    return named(lambda chance: limit - (come - go) * chance.uniform(120, 250), come, go)


def _step(chance: random.Random) -> Use:
    day = chance.uniform(100, 300)
    return [65.0 if step / DAY < day else 85.0 for step in range(YEAR)]


def _roll_out(chance: random.Random) -> Use:
    day = chance.uniform(100, 300)
    ramps = (min(max((step / DAY - day) / 30, 0), 1) for step in range(YEAR))
    return [float(math.floor(20 + 60 * ramp)) for ramp in ramps]


def _hiring(chance: random.Random) -> Use:
    start = 120 - 12 * chance.uniform(4, 8)
    return [float(math.floor(start + 12 * (step / DAY // 30.4))) for step in range(YEAR)]


def families() -> Iterator[Family]:
    for mean in (60, 75, 85, 92):
        for noise in (0.02, 0.05):
            make = floating(lambda day, mean=mean: mean, noise)
            yield Family(f"floating at {mean} %, noise {noise:.0%}", 100, False, make)
    for rate in (1, 0.2):
        make = named(lambda chance: 170, rate, rate)
        yield Family(f"named, 170 of 200, {rate} in and out a day", 200, False, make)
    yield Family("one step from 65 to 85", 100, False, _step)
    yield Family("one roll-out from 20 to 80 in 30 days", 100, False, _roll_out)
    for come, go, limit in ((1.0, 0, 400), (0.5, 0, 200), (0.15, 0, 60), (2.0, 1.2, 400)):
        make = _growing_named(come, go, limit)
        yield Family(f"named, {come} in and {go} out a day, of {limit}", limit, True, make)
    yield Family("hiring on the first, 12 a month", 120, True, _hiring)
    for noise in (0.02, 0.05):
        yield Family(f"floating, noise {noise:.0%}", 100, True, _growing_floating(noise))
    yield Family("floating, noise 2%, holidays", 100, True, _growing_floating(0.02, holidays=True))


def episodes(firing: Sequence[bool]) -> int:
    starts = zip([False, *firing], firing, strict=False)
    return sum(now and not before for before, now in starts)


def judge(family: Family, pools: int, chance: random.Random) -> str:
    if not family.grows:
        count = sum(
            episodes(alarms(family.make(chance), family.limit)[SETTLED:]) for _ in range(pools)
        )
        years = pools * (YEAR - SETTLED) / YEAR
        return f"{count / years:.2f} false episodes a pool and year"
    warned, on, begun, judged = 0, 0.0, 0, 0
    for _ in range(pools):
        use = family.make(chance)
        full = next((step for step, value in enumerate(use) if value >= family.limit), YEAR)
        if full == YEAR or full < 75 * DAY:
            continue
        firing = alarms(use[:full], family.limit)
        judged += 1
        warned += any(firing[max(0, full - 45 * DAY) : full - 14 * DAY + 1])
        on += sum(firing[-30 * DAY :]) / (30 * DAY)
        begun += episodes(firing[-45 * DAY :])
    return (
        f"warned 14 days ahead {warned / judged:.0%}, on in the last 30 days {on / judged:.0%}, "
        f"{begun / judged:.1f} episodes"
    )


def main() -> None:
    pools = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    for family in families():
        kind = "grows" if family.grows else "still"
        print(f"{kind}  {family.name}: {judge(family, pools, random.Random(family.name))}")


if __name__ == "__main__":
    main()
