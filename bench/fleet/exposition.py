"""The exposition of a large fleet, as text that stays as it is."""

from collections.abc import Iterator

POOLS = 20  # of each target
_DAY = 86400
_EDITIONS = ("Standard", "Enterprise", "Premium")


def exposition(targets: int, now: float) -> str:
    """All of it; every tenth pool is near its limit, every fiftieth at it.

    `now` is in Unix seconds: the dates are around it.
    """
    families: dict[str, list[str]] = {}
    for number in range(targets):
        for family, labels, value in _target(number, now):
            text = ",".join(f'{name}="{of}"' for name, of in labels.items())
            families.setdefault(family, []).append(f"{family}{{{text}}} {value!r}\n")
    return "".join(
        f"# TYPE {family} gauge\n" + "".join(lines) for family, lines in families.items()
    )


def _target(number: int, now: float) -> Iterator[tuple[str, dict[str, str], float]]:
    target = {"target": f"product-{number:04}", "vendor": f"vendor{number % 30}"}
    up = {"team": f"team-{number % 40}", "owner": f"owner-{number % 200}"}
    yield "license_up", target, 1.0
    yield "license_target_info", {**target, "product": f"Product {number % 50}", **up}, 1.0
    yield "license_last_success_timestamp_seconds", target, now
    yield "license_next_fetch_timestamp_seconds", target, now + _DAY
    yield "license_scrape_duration_seconds", target, 0.2
    yield "license_contract_expiry_timestamp_seconds", target, now + (number % 400 + 20) * _DAY
    yield "license_contract_notice_timestamp_seconds", target, now + (number % 400 - 40) * _DAY
    license = {**target, "license": "default"}
    info = {"product": f"Product {number % 50}", "edition": _EDITIONS[number % 3]}
    yield "license_info", {**license, **info, "customer": "Example"}, 1.0
    yield "license_expiry_timestamp_seconds", license, now + (number % 400 + 3) * _DAY
    for state in ("active", "expired", "grace", "suspended"):
        yield "license_state", {**license, "state": state}, float(state == "active")
    for index in range(POOLS):
        pool = {**target, "pool": f"feature_{index:02}", "unit": "licenses"}
        limit = 50 + 10 * (index % 8)
        used = limit if (number + index) % 50 == 0 else limit * ((number + 7 * index) % 100) // 100
        yield "license_used", pool, float(used)
        yield "license_limit", pool, float(limit)
        yield "license_pool_info", {**pool, "name": f"Feature {index}"}, 1.0
        yield "license_contract_unit_price", {**pool, "currency": "EUR"}, 120.0
