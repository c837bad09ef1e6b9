"""What a whole company works with: Dropbox, Mattermost, DocuSign, Salesforce and Zoom."""

import secrets

from license_exporter.demo.config import bearer
from license_exporter.demo.fleet.product import CUSTOMER, YEAR, Product, day
from license_exporter.demo.moments import DAY, around, growing, iso, month_starts
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import ByQuery, Document, header
from license_exporter.process.clock import Clock


def dropbox(clock: Clock) -> Product:
    """A team with more invited people than licenses in use."""
    token, used = secrets.token_hex(20), around(212, 5)
    documents: dict[str, Document] = {
        "POST /2/team/get_info": lambda time: {
            "name": CUSTOMER,
            "num_licensed_users": 250,
            "num_provisioned_users": round(used(time)) + 9,
            "num_used_licenses": round(used(time)),
        }
    }
    return preset_product(
        clock,
        "dropbox",
        "licenses in use, and people who are invited",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def mattermost(clock: Clock) -> Product:
    """A server on trial."""
    now, token, users = clock.time(), secrets.token_hex(20), around(64, 2)
    license = {
        "IsLicensed": "true",
        "IsTrial": "true",
        "SkuShortName": "enterprise",
        "Company": CUSTOMER,
        "Users": "100",
        "IssuedAt": str(round((now - 20 * DAY) * 1000)),
        "StartsAt": str(round((now - 20 * DAY) * 1000)),
        "ExpiresAt": str(round((now + 10 * DAY) * 1000)),
        "LDAP": "true",
        "SAML": "false",
    }
    documents: dict[str, Document] = {
        "/api/v4/license/client": lambda _time: license,
        "/api/v4/users/stats/filtered": lambda time: {"total_users_count": round(users(time))},
    }
    return preset_product(
        clock,
        "mattermost",
        "a trial that ends in 10 days",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def docusign(clock: Clock) -> Product:
    """An account whose envelopes of the month run out."""
    now, token = clock.time(), secrets.token_hex(20)
    begin = month_starts(now, 1)[0]
    sent = growing(470, 1, 600, now)

    def account(time: float) -> object:
        return {
            "accountName": CUSTOMER,
            "planName": "Business Pro",
            "billingPeriodStartDate": iso(begin),
            "billingPeriodEndDate": iso(begin + 31 * DAY),
            "billingPeriodEnvelopesAllowed": "500",
            "billingPeriodEnvelopesSent": str(round(sent(time))),
            "seatsAllowed": "20",
            "seatsInUse": "17",
            "planStartDate": iso(now - YEAR / 2),
            "planEndDate": iso(now + YEAR / 2),
            "suspensionStatus": "",
        }

    return preset_product(
        clock,
        "docusign",
        "envelopes of the billing period that run out",
        {"/restapi/v2.1/accounts/example": account},
        header("Authorization", f"Bearer {token}"),
        bearer(token),
        {"variables": {"account": "example"}},
    )


def salesforce(clock: Clock) -> Product:
    """An org with a permission set license about to end, and a usage entitlement overdrawn."""
    now, token, users = clock.time(), secrets.token_hex(20), around(188, 4)
    ends = day(now + 25 * DAY).isoformat()

    def seats(**columns: object) -> dict[str, object]:
        return {"Status": "Active", "TotalLicenses": 200, "UsedLicenses": 120, **columns}

    def records(*rows: dict[str, object]) -> object:
        return {"totalSize": len(rows), "done": True, "records": list(rows)}

    def user_licenses(time: float) -> object:
        used = round(users(time))
        return records(seats(Name="Salesforce", LicenseDefinitionKey="SFDC", UsedLicenses=used))

    sets = seats(DeveloperName="SalesConsole", MasterLabel="Sales Console", ExpirationDate=ends)
    package = seats(NamespacePrefix="example", AllowedLicenses=-1, ExpirationDate=None)
    entitlement = {
        "Setting": "force.com/orgValue.MaxApiRequests",
        "ResourceGroupKey": "(tenant)",
        "CurrentAmountAllowed": 100_000.0,
        "AmountUsed": 131_000.0,
        "Frequency": "Monthly",
        "UsageDate": iso(now - DAY),
    }
    organization: dict[str, object] = {
        "OrganizationType": "Enterprise Edition",
        "TrialExpirationDate": None,
    }
    by_object: dict[str, Document] = {
        "FROM UserLicense": user_licenses,
        "FROM PermissionSetLicense": lambda _time: records(sets),
        "FROM PackageLicense": lambda _time: records(package),
        "FROM TenantUsageEntitlement": lambda _time: records(entitlement),
        "FROM Organization": lambda _time: records(organization),
    }
    return preset_product(
        clock,
        "salesforce",
        "a permission set license that ends in 25 days, and more use of the API than is bought",
        {"/services/data/v59.0/query": ByQuery("q", by_object)},
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def zoom(clock: Clock) -> Product:
    """An account with more rooms in use than it has bought."""
    token, hosts = secrets.token_hex(20), around(141, 4)
    documents: dict[str, Document] = {
        "/v2/accounts/me/plans/usage": lambda time: {
            "plan_base": {"type": "yearly", "hosts": 150, "usage": round(hosts(time))},
            "plan_webinar": [{"type": "webinar500_yearly", "hosts": 2, "usage": 1}],
            "plan_zoom_rooms": {"type": "zroom_yearly", "hosts": 10, "usage": 12},
        }
    }
    return preset_product(
        clock,
        "zoom",
        "more rooms than are bought",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
        {"variables": {"account": "me"}},
    )
