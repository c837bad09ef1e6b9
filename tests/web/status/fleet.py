"""Targets in every condition that the status page tells apart."""

import math

from license_exporter.collector.target_view import TargetView
from license_exporter.config.contract import Contract
from license_exporter.errors import Reason
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool, State
from license_exporter.sources.source import Step

NOW = 1_795_346_400.0  # 2026-11-22 11:20 UTC
DAY = 86400.0
HOSTILE = "<script>document.title = 'owned'</script>\"'><img src=x onerror=alert(1)>"


def good(name: str, vendor: str, product: str, report: LicenseReport, **more) -> TargetView:
    steps = (Step("GET", "/v1/licenses", 200, None, 48_213, 0.184),)
    values = {
        "up": True,
        "report": report,
        "last_success": NOW - 12,
        "next_fetch": NOW + 18,
        "duration": 0.2,
        "steps": steps,
        **more,
    }
    return TargetView(name, vendor, product, **values)


def active(days: float, **more) -> License:
    return License(expiry=NOW + days * DAY, states=frozenset({State.ACTIVE}), **more)


def fleet() -> list[TargetView]:
    return [
        good(
            "rsa-prod",
            "rsa",
            "RSA ID Plus",
            LicenseReport(
                pools=(
                    Pool(
                        "mfa",
                        "users",
                        used=412,
                        limit=500,
                        window="month",
                        window_start=NOW - 21.416666666666668 * DAY,
                    ),
                    Pool("third_party_fido", "users", used=37),
                    Pool("sms_voice_tokencodes", "messages", used=1894),
                    Pool("active_users", "users", used=455),
                ),
                licenses=(License(described=False, expiry=NOW + 70 * DAY),),
                data_timestamp=NOW - 3 * 3600,
            ),
            labels={"team": "identity", "region": "emea"},
            next_fetch=NOW + 240,
            contracts=(
                Contract(limits={"mfa/users": 500}, expiry="2027-01-31", notice="2026-12-01"),
            ),
        ),
        TargetView(
            "rsa-apac",
            "rsa",
            "RSA ID Plus",
            {"team": "identity", "region": "apac"},
            reason=Reason.AUTH,
            message="GET /AdminInterface/restapi/v2/licenseusage answered 401",
            next_fetch=NOW + 290,
            duration=0.41,
            steps=(
                Step("GET", "/AdminInterface/restapi/v2/licenseusage", 401, Reason.AUTH, 61, 0.4),
            ),
        ),
        TargetView(
            "recon-dr",
            "enterprise_recon",
            "Enterprise Recon",
            {"team": "privacy"},
            reason=Reason.TLS,
            message="the certificate of recon.dr.example.com has expired",
            next_fetch=NOW + 9,
            last_success=NOW - 3 * DAY,
            duration=0.05,
            steps=(Step("GET", "/v1/licenses", None, Reason.TLS, 0, 0.048),),
            report=LicenseReport(pools=(Pool("Server DLP", "licenses", used=88, limit=100),)),
        ),
        good(
            "recon-hq",
            "enterprise_recon",
            "Enterprise Recon",
            LicenseReport(
                pools=(
                    Pool(
                        "Sitewide",
                        "bytes",
                        "Sitewide Data Allowance",
                        used=53.1 * 1e12,
                        limit=50 * 1e12,
                    ),
                    Pool("Server DLP", "licenses", used=612, limit=650, assignments=640),
                    Pool("Client DLP", "licenses", used=4021, limit=10_000),
                ),
                licenses=(
                    License(
                        states=frozenset({State.EXCEEDED, State.ACTIVE}),
                        expiry=NOW + 143 * DAY,
                        edition="Pro",
                        customer="Example Ltd",
                    ),
                ),
                locations={
                    ("Sitewide", "bytes", f"fileserver-{n}.example.com", "File Server"): 9.7
                    * 1e12
                    / (n + 1)
                    for n in range(40)
                },
                pending_bytes=3.2 * 1e9,
                warnings=1,
            ),
            labels={"team": "privacy"},
        ),
        good(
            "seerbox-eu",
            "seerbox",
            "Seer Box",
            LicenseReport(
                pools=(
                    Pool(
                        "monitored_monthly_requests",
                        "requests",
                        window="month",
                        used=46_912_333,
                        limit=50_000_000,
                    ),
                    Pool("machines", "machines", limit=24),
                ),
                licenses=(
                    active(
                        9.3,
                        customer="Example Ltd",
                        policy="gold",
                        created=NOW - 355 * DAY,
                        validated=NOW - 3600,
                        grace_period=15 * DAY,
                        grace_usage_ratio=0.1,
                        entitlements=(
                            Entitlement("waf", granted=True),
                            Entitlement("api_discovery", granted=True, limit=math.inf),
                            Entitlement("retention", granted=True, limit=90, unit="days"),
                            Entitlement("threat_feed", granted=True, expiry=NOW + 9.3 * DAY),
                        ),
                    ),
                ),
            ),
            labels={"team": "web"},
        ),
        good(
            "seerbox-lab",
            "seerbox",
            "Seer Box",
            LicenseReport(
                licenses=(License(expiry=NOW - 3.2 * DAY, states=frozenset({State.EXPIRED})),),
            ),
        ),
        good(
            "immuta-prod",
            "immuta",
            "Immuta",
            LicenseReport(
                pools=(
                    Pool(
                        "users",
                        "users",
                        used=812,
                        limit=1200,
                        thresholds={"hard": 1300},
                        limit_reached=False,
                    ),
                    Pool("data_consumers", "users", used=774),
                    Pool("active_data_consumers", "users", used=402, parent="data_consumers"),
                    Pool("policy_owners", "users", used=38),
                    Pool("active_policy_owners", "users", used=21, parent="policy_owners"),
                ),
                licenses=(
                    License("17", states=frozenset({State.EXPIRED}), expiry=NOW - 300 * DAY),
                    License(
                        "23",
                        states=frozenset({State.ACTIVE}),
                        expiry=math.inf,
                        entitlements=(Entitlement("seats", limit=1200, unit="users"),),
                    ),
                ),
            ),
            reason=Reason.SERVER,
            message="GET /admin/license/usage answered 503",
            labels={"team": "data"},
        ),
        good(
            "gitlab",
            "gitlab",
            "GitLab",
            LicenseReport(
                pools=(Pool("users", "users", used=97, limit=100),), licenses=(active(200),)
            ),
        ),
        good(
            "grafana",
            "grafana",
            "Grafana",
            LicenseReport(licenses=(active(120),)),
            last_success=NOW - 1500,
            next_fetch=NOW - 1470,
        ),
        good(
            "hostile",
            "json",
            HOSTILE,
            LicenseReport(
                pools=(
                    Pool(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        used=1,
                        limit=2,
                        license=HOSTILE,
                        window=HOSTILE,
                        parent=HOSTILE,
                    ),
                ),
                licenses=(
                    License(
                        HOSTILE,
                        edition=HOSTILE,
                        customer=HOSTILE,
                        policy=HOSTILE,
                        expiry=NOW + 400 * DAY,
                        entitlements=(Entitlement(HOSTILE, limit=1, unit=HOSTILE),),
                    ),
                ),
                locations={(HOSTILE, HOSTILE, HOSTILE, HOSTILE): 1.0},
            ),
            labels={"owner": HOSTILE},
            reason=Reason.HTTP,
            message=HOSTILE,
            steps=(Step("GET", f"/{HOSTILE}", 302, Reason.HTTP, 0, 0.01),),
        ),
        TargetView("jira", "jira", "Jira"),
    ]
