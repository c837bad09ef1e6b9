"""The documented answers of each vendor, those of their writing calls among them."""

from collections.abc import Mapping
from typing import Any

from license_exporter.model.vendor import Vendor
from license_exporter.vendors.registry import find_vendors
from tests.documents import document

_FOUND = find_vendors()
_VARIABLES = {"github_enterprise": {"enterprise": "acme", "org": "acme-eng"}}


def vendor_of(name: str) -> Vendor:
    """A vendor as a target has it that gives all variables."""
    vendor = _FOUND[name]
    if vendor.options is None or vendor.configure is None:
        return vendor
    return vendor.configure(vendor.options.model_validate({"variables": _VARIABLES.get(name)}))


def answer_of(name: str, **changed: Any) -> dict[str, Any]:
    """The examples of a preset's documents by their names, some of them changed."""
    return {
        made.name: [example] if made.paging else example
        for made in vendor_of(name).documents
        for example in [changed.get(made.name) or document(f"{name}/{made.name}")]
    }


def _elasticsearch_enterprise() -> dict[str, Any]:
    license = document("elasticsearch/_license")["license"]
    license |= {"type": "enterprise", "start_date_in_millis": 1540073112332}
    license |= {"max_nodes": None, "max_resource_units": 10}
    return answer_of("elasticsearch", _license={"license": license})


def _sonarqube_in_grace() -> dict[str, Any]:
    grace = {"isExpired": True, "gracePeriodEndDate": "2018-05-25", "gracePeriodExpired": False}
    return {"license": document("sonarqube/v1") | grace}


def _vault_without_a_license() -> dict[str, Any]:
    activity = "sys/internal/counters/activity"
    return {activity: document(f"vault/{activity}")}


ANSWERS: Mapping[str, list[Mapping[str, Any]]] = {
    "rsa": [{"licenseusage": document("rsa/licenseusage")}],
    "seerbox": [{"license": document("seerbox/license")}],
    "enterprise_recon": [
        {"licenses": document(f"enterprise_recon/{model}")}
        for model in ("per_target", "sitewide", "non_sitewide")
    ],
    "immuta": [
        {
            "license": [*document("immuta/license"), document("immuta/added") | {"id": 2}],
            "licenseStatus": document("immuta/licenseStatus"),
            "usage": document("immuta/usage"),
        }
    ],
    "elasticsearch": [answer_of("elasticsearch"), _elasticsearch_enterprise()],
    "github_enterprise": [answer_of("github_enterprise")],
    "gitlab": [answer_of("gitlab")],
    "microsoft_graph": [answer_of("microsoft_graph")],
    "pagerduty": [answer_of("pagerduty")],
    "redis_enterprise": [answer_of("redis_enterprise")],
    "sonarqube": [
        {"license": document("sonarqube/v1")},
        {
            "license": document("sonarqube/v2"),
            "projects/license_usage": document("sonarqube/projects/license_usage"),
        },
        _sonarqube_in_grace(),
    ],
    "vault": [answer_of("vault"), _vault_without_a_license()],
}
