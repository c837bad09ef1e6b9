"""What infrastructure is made of: firewalls, switches, storage, and subscriptions of hosts."""

import secrets
from datetime import UTC, datetime

from aiohttp import web

from license_exporter.demo.config import api_key, basic_auth, bearer
from license_exporter.demo.fleet.product import USER, YEAR, Product
from license_exporter.demo.moments import DAY, around, growing, iso
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import ByQuery, Document, basic, header
from license_exporter.process.clock import Clock

_TB = 10**12


def fortigate(clock: Clock) -> Product:
    """A firewall of which one service has expired."""
    now, token = clock.time(), secrets.token_hex(15)

    def service(days: float) -> dict[str, object]:
        status = "licensed" if days > 0 else "expired"
        return {
            "type": "downloaded_fds_object",
            "status": status,
            "expires": round(now + days * DAY),
        }

    support = {"hardware": service(90), "enhanced": service(90)}
    results = {
        "forticare": {"status": "registered", "support": support},
        "antivirus": service(90),
        "ips": service(90),
        "web_filtering": service(-3),
        "vdom": {"type": "platform", "used": 9, "max": 10},
        "sms": {"type": "other", "status": "no_license", "used": 0, "max": 0},
    }
    documents: dict[str, Document] = {
        "/api/v2/monitor/license/status": lambda _time: {"status": "success", "results": results}
    }
    return preset_product(
        clock,
        "fortigate",
        "one service that has expired, beside others that run for 90 days",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def pan_os(clock: Clock) -> Product:
    """A firewall whose threat prevention has expired, and whose support is about to."""
    now, key = clock.time(), secrets.token_hex(30)

    def date(days: float) -> str:
        return datetime.fromtimestamp(now + days * DAY, UTC).strftime("%B %d, %Y")

    def entry(feature: str, expires: str, expired: str) -> str:
        return (
            f"<entry><feature>{feature}</feature><issued>{date(-365)}</issued>"
            f"<expires>{expires}</expires><expired>{expired}</expired></entry>"
        )

    entries = (
        entry("PA-VM", "Never", "no"),
        entry("WildFire License", date(200), "no"),
        entry("Threat Prevention", date(-4), "yes"),
    )

    def answer(result: str) -> Document:
        text = f'<response status="success"><result>{result}</result></response>'
        return lambda _time: web.Response(text=text, content_type="application/xml")

    support = f"<ExpiryDate>{date(40)}</ExpiryDate><SupportLevel>Premium</SupportLevel>"
    answers = {
        "request><license": answer(f"<licenses>{''.join(entries)}</licenses>"),
        "request><support": answer(
            f"<SupportInfoResponse><Support>{support}</Support></SupportInfoResponse>"
        ),
    }
    return preset_product(
        clock,
        "pan_os",
        "a license that has expired beside others, and support that ends in 40 days",
        {"/api/": ByQuery("cmd", answers)},
        header("X-PAN-KEY", key),
        api_key(key),
    )


def f5_bigip(clock: Clock) -> Product:
    """A load balancer whose license ends in a month."""
    now, password = clock.time(), secrets.token_hex(12)

    def date(time: float) -> dict[str, str]:
        return {"description": datetime.fromtimestamp(time, UTC).strftime("%Y/%m/%d")}

    values = {
        "licenseStartDate": date(now - YEAR),
        "licenseEndDate": date(now + 30 * DAY),
        "licensedOnDate": date(now - YEAR),
        "platformId": {"description": "Z100"},
        "registrationKey": {"description": "a key, which nobody must see"},
    }
    entries = {"https://localhost/mgmt/tm/sys/license/0": {"nestedStats": {"entries": values}}}
    documents: dict[str, Document] = {"/mgmt/tm/sys/license": lambda _time: {"entries": entries}}
    return preset_product(
        clock,
        "f5_bigip",
        "a license that ends in a month",
        documents,
        basic(USER, password),
        basic_auth(USER, password),
        tls=True,
    )


def meraki(clock: Clock) -> Product:
    """An organization with more devices of a model than licenses."""
    now, key = clock.time(), secrets.token_hex(20)
    ends = datetime.fromtimestamp(now + 45 * DAY, UTC).strftime("%b %d, %Y UTC")
    overview = {
        "status": "License Required",
        "expirationDate": ends,
        "licensedDeviceCounts": {"MS225-24": 2, "wireless": 4},
    }
    models = ["MS225-24"] * 3 + ["MR36"] * 4
    devices = [{"model": model, "networkId": "N_1"} for model in models]
    organization = "/api/v1/organizations/1"
    documents: dict[str, Document] = {
        f"{organization}/licenses/overview": lambda _time: overview,
        f"{organization}/inventory/devices": lambda _time: devices,
    }
    return preset_product(
        clock,
        "meraki",
        "one device more than there are licenses of its model",
        documents,
        header("Authorization", f"Bearer {key}"),
        bearer(key),
        {"variables": {"organization": "1"}},
    )


def netapp_ontap(clock: Clock) -> Product:
    """A storage cluster with a capacity that fills up, and an evaluation."""
    now, password = clock.time(), secrets.token_hex(12)
    used = growing(3.1 * _TB, 10**9, 60, now)

    def license(owner: str, evaluation: bool, days: float) -> dict[str, object]:
        return {
            "owner": owner,
            "active": True,
            "evaluation": evaluation,
            "expiry_time": iso(now + days * DAY),
            "compliance": {"state": "compliant"},
        }

    def licenses(time: float) -> object:
        capacity = {"maximum_size": 4 * _TB, "used_size": round(used(time))}
        select = license("cluster1", evaluation=False, days=300) | {"capacity": capacity}
        evaluated = license("node1", evaluation=True, days=12)
        return {
            "records": [
                {"name": "select", "state": "compliant", "licenses": [select]},
                {"name": "snapmirror", "state": "compliant", "licenses": [evaluated]},
            ]
        }

    return preset_product(
        clock,
        "netapp_ontap",
        "a licensed capacity that fills up, and an evaluation that ends in 12 days",
        {"/api/cluster/licensing/licenses": licenses},
        basic(USER, password),
        basic_auth(USER, password),
        tls=True,
    )


def satellite(clock: Clock) -> Product:
    """A Satellite with one subscription that is overdrawn, and one about to end."""
    now, password, hosts = clock.time(), secrets.token_hex(12), around(53, 3)

    def written(time: float) -> str:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    def subscription(id: int, name: str, quantity: int, used: float, days: float) -> object:
        return {
            "id": id,
            "name": name,
            "type": "NORMAL",
            "support_level": "Premium",
            "start_date": written(now - YEAR),
            "end_date": written(now + days * DAY),
            "quantity": quantity,
            "consumed": round(used),
            "available": quantity - round(used),
        }

    def subscriptions(time: float) -> object:
        rows = [
            subscription(11, "Red Hat Enterprise Linux Server", 50, hosts(time), 220),
            subscription(12, "Red Hat Ansible Automation Platform", 20, 11, 25),
        ]
        return {"total": len(rows), "page": 1, "per_page": 100, "results": rows}

    pages = {"1": subscriptions, "": lambda _time: {"total": 2, "results": []}}
    return preset_product(
        clock,
        "satellite",
        "a subscription that is overdrawn, and one that ends in 25 days",
        {"/katello/api/organizations/1/subscriptions": ByQuery("page", pages)},
        basic(USER, password),
        basic_auth(USER, password),
        {"variables": {"organization": "1"}},
        tls=True,
    )
