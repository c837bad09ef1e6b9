"""RSA ID Plus: monthly use, from Cloud Administration Retrieve License Usage API Version 2.

The API tells what was used in the current month and the twelve before it. It tells no limit, no
expiry and no state.
"""

import re

from license_exporter.model import (
    Answer,
    Document,
    LicenseReport,
    Pool,
    Record,
    SchemaError,
    Vendor,
    timestamp,
)

_USAGE = "licenseusage"
_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)

# Pool, unit and property of a month's row.
_POOLS = (
    ("mfa", "users", "mfaLicensesUsed"),
    ("third_party_fido", "users", "usersWithThirdPartyFidoAuthenticators"),
    ("sms_voice_tokencodes", "messages", "smsAndVoiceTokencodesSent"),
    ("active_users", "users", "activeUsers"),
)


def parse(answer: Answer) -> LicenseReport:
    """Read the months; the greatest is the current one, whatever the order. Raises SchemaError."""
    months = _months(answer)
    if not months:
        return LicenseReport()
    current = max(months)
    pools = (_pool(pool, unit, key, months, current) for pool, unit, key in _POOLS)
    updated = months[current].timestamp("lastUpdatedAt")
    if updated is None:
        updated = months[current].timestamp("lastUpdated")
    return LicenseReport(pools=tuple(pool for pool in pools if pool.tells), data_timestamp=updated)


def _months(answer: Answer) -> dict[str, Record]:
    """The rows by month; of two rows of one month, the first."""
    months: dict[str, Record] = {}
    rows = list(answer.records(_USAGE))
    for row in rows:
        month = _month(row)
        if month is None or month in months:
            row.skip("month")
        else:
            months[month] = row
    if rows and not months:
        raise SchemaError(_USAGE, "no row has a month")
    return months


def _month(row: Record) -> str | None:
    """The row's month as yyyy-mm, None where there is no such month."""
    value = row.value.get("month")
    if not isinstance(value, str):
        return None
    month = value.strip()
    if not _MONTH.fullmatch(month):
        return None
    try:
        timestamp(f"{month}-01")
    except ValueError:
        return None
    return month


def _pool(name: str, unit: str, key: str, months: dict[str, Record], current: str) -> Pool:
    used = {month: row.number(key) for month, row in months.items()}
    return Pool(
        name,
        unit,
        license="default",
        window="month",
        window_start=timestamp(f"{current}-01"),
        used=used[current],
        periods={month: value for month, value in sorted(used.items()) if value is not None},
    )


VENDOR = Vendor(
    name="rsa",
    product="RSA ID Plus",
    documents=(Document(_USAGE, "v2/licenseusage"),),
    parse=parse,
    ways=frozenset({"rsa_admin_key", "rsa_oauth"}),
    units={"sms_voice_tokencodes": "messages"},
    defaults={"min_interval": "5m"},
    kind="security and identity",
    checked="documents",
    snippet="""\
targets:
  - name: rsa-prod
    vendor: rsa
    url: https://acme.access.securid.com/AdminInterface/restapi
    rsa_oauth:
      issuer: https://acme.auth.securid.com/oauth
      client_id: license-exporter
      jwk_file: /run/secrets/rsa.jwk
      scope: rsa.report.license.usage
    # Or, in place of url and rsa_oauth: rsa_admin_key: {key_file: /run/secrets/rsa.key}
    # RSA reports neither limits nor an end: say here what you bought.
    # contract: {limits: {mfa: 500}, expiry: 2027-01-31}
""",
    accounts=(
        "An OAuth API client with the scope rsa.report.license.usage (rsa_oauth), or a legacy API "
        "key of the role Help Desk (rsa_admin_key)."
    ),
    yields=(
        "Use of this month and the twelve before: users with MFA licenses and third-party FIDO "
        "authenticators, active users, SMS and voice tokencodes sent. Limits and the expiry are "
        "not in the API: give them in contract."
    ),
)
