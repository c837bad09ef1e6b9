"""Immuta: its licenses and seats, from the endpoints under /admin/license.

Answers hold license keys, tokens and (in usage) people: only the properties named here are read.
"""

from collections.abc import Iterator

from license_exporter.model import (
    Answer,
    Document,
    Entitlement,
    License,
    LicenseReport,
    Pool,
    Record,
    SignIn,
    State,
    Vendor,
)

_LICENSES = "license"
_STATUS = "licenseStatus"
_USAGE = "usage"
_STATUS_KEYS = ("activeUserCount", "licenseSeats", "canAddUser", "hardSeats")
_STATE_FLAGS = (
    ("expired", State.EXPIRED),
    ("deleted", State.INVALID),
    ("invalidated", State.INVALID),
)
_SEATS = ("seats", "softSeats")

# Key of the usage summary, pool of all such users, pool of those seen in the last year.
_USER_KINDS = (
    ("dataConsumers", "data_consumers", "active_data_consumers"),
    ("policyOwners", "policy_owners", "active_policy_owners"),
)


def parse(answer: Answer) -> LicenseReport:
    """Read the licenses, the seats and, where the server has it, usage. Raises SchemaError."""
    licenses = tuple(_licenses(answer))
    pools = [_users(answer.record(_STATUS, one_of=_STATUS_KEYS))]
    if _USAGE in answer:
        with answer.optional(_USAGE):
            pools += _usage_pools(answer.record(_USAGE, "summary"))
    return LicenseReport(pools=tuple(pool for pool in pools if pool.tells), licenses=licenses)


def _users(status: Record) -> Pool:
    hard_seats = status.limit("hardSeats")
    can_add = status.flag("canAddUser")
    return Pool(
        "users",
        "users",
        used=status.number("activeUserCount"),
        limit=status.limit("licenseSeats"),
        limit_reached=None if can_add is None else not can_add,
        thresholds={} if hard_seats is None else {"hard": hard_seats},
    )


def _usage_pools(summary: Record) -> Iterator[Pool]:
    for key, all_users, active_users in _USER_KINDS:
        counts = summary.record(key)
        if counts:
            yield Pool(all_users, "users", used=counts.number("totalCount"))
            active = counts.number("activeCount")
            yield Pool(active_users, "users", parent=all_users, used=active)


def _licenses(answer: Answer) -> Iterator[License]:
    """The licenses that have an id, which alone tells them apart without a secret."""
    ids = set()
    for row in answer.records(_LICENSES):
        id = row.name("id")
        if id in ids:
            row.skip("id")
        elif id:
            ids.add(id)
            yield _license(id, row)


def _license(id: str, row: Record) -> License:
    return License(
        id=id,
        states=_states(row),
        expiry=row.expiry("expires"),
        created=row.timestamp("createdAt"),
        updated=row.timestamp("updatedAt"),
        entitlements=(*_features(row), *_seats(row)),
    )


def _states(row: Record) -> frozenset[State] | None:
    """The states whose flags are set, active if none is; None where no flag is sent."""
    flags = {key: row.flag(key) for key, _ in _STATE_FLAGS}
    if all(flag is None for flag in flags.values()):
        return None
    return frozenset(state for key, state in _STATE_FLAGS if flags[key]) or frozenset(
        {State.ACTIVE}
    )


def _seats(row: Record) -> Iterator[Entitlement]:
    for name in _SEATS:
        seats = row.limit(name)
        if seats is not None:
            yield Entitlement(name, limit=seats, unit="users")


def _features(row: Record) -> Iterator[Entitlement]:
    """The features: by name with `enabled` as in the example, or as the documented array."""
    features = row.value.get("features")
    if isinstance(features, list):
        yield from _listed_features(row, features)
        return
    for name, feature in row.entries("features"):
        enabled = feature.flag("enabled")
        if enabled is not None:
            yield Entitlement(name, granted=enabled)


def _listed_features(row: Record, features: list[object]) -> Iterator[Entitlement]:
    """Features as an array: of names, or of objects with a name."""
    names = set()
    for index, item in enumerate(features):
        path = f"{row.path}.features[{index}]"
        feature = Record(item if isinstance(item, dict) else {"name": item}, path, row.answer)
        name = feature.name("name")
        if name and name not in names:
            names.add(name)
            yield Entitlement(name, granted=feature.flag("enabled") is not False)


VENDOR = Vendor(
    name="immuta",
    product="Immuta",
    documents=(
        Document(_LICENSES, "admin/license"),
        Document(_STATUS, "admin/license/licenseStatus"),
        # The counts cover all users whatever the page; the users on it are personal data.
        Document(
            _USAGE,
            "admin/license/usage",
            params={"offset": "0", "size": "1"},
            required=False,
            absent_statuses=frozenset({404}),
        ),
    ),
    parse=parse,
    api_key=SignIn(
        path="bim/apikey/authenticate",
        body={"apikey": "{key}"},
        token=("token",),
        expires=("tokenExpiration",),
    ),
    kind="data and search",
    checked="documents",
    snippet="""\
targets:
  - name: immuta
    vendor: immuta
    url: https://immuta.example.com
    api_key: {key_file: /run/secrets/immuta.key}
""",
    accounts=(
        "An API key (api_key) of a user of the exporter's own with the permission "
        "APPLICATION_ADMIN; Immuta documents no lesser one that reads licenses."
    ),
    yields=(
        "Active users, seats, whether a user can be added; every license by its id with expiry, "
        "state, features and seats; data consumers and policy owners where the server counts them."
    ),
)
