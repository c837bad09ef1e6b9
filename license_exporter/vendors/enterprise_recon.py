"""Ground Labs Enterprise Recon: pools, targets and data usage, from GET /v1/licenses.

There are three licensing models (per Target, Sitewide, Non-Sitewide); each leaves out other parts
of the answer, so that every part is optional.
"""

import re
from collections import Counter
from dataclasses import replace
from functools import cache

from license_exporter.model import (
    Answer,
    Document,
    License,
    LicenseReport,
    LocationKey,
    Pool,
    Record,
    State,
    Vendor,
    number,
    text,
)

_LICENSES = "licenses"
_PARTS = ("state", "expires", "edition", "company", "targets", "summary", "datausage", "warning")
_STATE_WORDS = {"licensed": State.ACTIVE}
# Not the end of a number that is written in another way: of 1,000, say.
_PENDING = re.compile(
    r"(?<![\w.,-])(?P<bytes>\d+) bytes? of scanned data from (?P<scans>\d+) scans?", re.ASCII
)


def parse(answer: Answer) -> LicenseReport:
    """Read whichever parts the licensing model has. Raises SchemaError where there is none."""
    root = answer.record(_LICENSES, one_of=_PARTS)
    pools = _summary_pools(root)
    for type_, targets in _targets(root).items():
        key = (type_, "licenses")
        pools[key] = replace(pools.get(key) or _pool(*key), assignments=float(targets))
    warning = root.text("warning")
    match = _PENDING.search(warning)
    pending = Record(match.groupdict() if match else {}, f"{root.path}.warning", answer)
    return LicenseReport(
        pools=tuple(pools.values()),
        licenses=(_license(root),),
        locations=_locations(root),
        warnings=float(bool(warning)) if isinstance(root.value.get("warning"), str) else None,
        pending_bytes=pending.number("bytes"),
        pending_scans=pending.number("scans"),
    )


def _pool(name: str, unit: str) -> Pool:
    return Pool(name, unit, license="default")


def _license(root: Record) -> License:
    state = root.state("state", _STATE_WORDS)
    return License(
        edition=root.text("edition"),
        customer=root.text("company"),
        states=frozenset({state}) if state else None,
        expiry=root.number("expires"),
    )


def _summary_pools(root: Record) -> dict[tuple[str, str], Pool]:
    """The pools of the summary by name and unit; rows of one pool are added."""
    pools: dict[tuple[str, str], Pool] = {}
    for row in root.records("summary"):
        name, comment = row.name("type"), row.text("comment")
        if not name:
            continue
        # The comment is the only mark of a data allowance: one type can be sold in both units.
        unit = "bytes" if "data allowance" in comment.lower() else "licenses"
        pool = replace(
            _pool(name, unit),
            display_name=comment,
            used=row.number("usage"),
            limit=row.limit("total"),
        )
        pools[name, unit] = _added(pools[name, unit], pool) if (name, unit) in pools else pool
    return pools


def _added(pool: Pool, other: Pool) -> Pool:
    """Two rows of one pool; their sum is unknown where one of them is."""

    def total(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a + b

    return replace(pool, used=total(pool.used, other.used), limit=total(pool.limit, other.limit))


def _targets(root: Record) -> Counter[str]:
    """The number of targets by type."""
    types = Counter(target.name("type") for target in root.records("targets"))
    del types[""]
    return types


def _locations(root: Record) -> dict[LocationKey, float] | None:
    """The data usage by location; rows that are equal (with e-mail addresses masked) are added.

    One answer holds all locations, a million of them perhaps: so rows are read directly, and the
    few words that they repeat are kept once.
    """
    rows = root.array("datausage")
    if rows is None:
        return None
    locations: dict[LocationKey, float] = {}
    word = cache(text)  # there are few of them, each in many rows
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            root.skip(f"datausage[{index}]")
            continue
        try:
            used = number(row.get("bytes"))
            key = (
                word(row.get("attribution")),
                "bytes",
                text(row.get("location")),
                word(row.get("type")),
            )
        except (TypeError, ValueError):  # no text is an object, which has no hash
            root.skip(f"datausage[{index}]")
            continue
        if used is not None:
            locations[key] = locations.get(key, 0.0) + used
    return locations


VENDOR = Vendor(
    name="enterprise_recon",
    product="Enterprise Recon",
    documents=(Document(_LICENSES, "licenses"),),
    parse=parse,
    base_path="v1",
    unit="licenses",
    kind="security and identity",
    checked="documents",
    snippet="""\
targets:
  - name: er-master
    vendor: enterprise_recon
    url: https://er-master.example.com:8339
    basic_auth: {username: license-exporter, password_file: /run/secrets/er.password}
    # tls_config: {ca_file: /etc/ssl/er-master.pem}   # where its certificate is its own
""",
    accounts=(
        "A Web Console user of the exporter's own (basic_auth), and API access switched on in "
        "System > Server Information > API Config."
    ),
    yields=(
        "Licenses and data allowances by pool, used and total, expiry, state, targets by type, "
        "data usage by location, scans not yet accounted for."
    ),
)
