"""The documented answers of each vendor, those of their writing calls among them."""

from collections.abc import Mapping
from typing import Any

from tests.documents import document

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
}
