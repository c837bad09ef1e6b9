"""What is wrong with a target's entry that no type of an option tells: how its options go together.

Each check notes it in the file; `at` is where the target stands.
"""

from typing import Any

from license_exporter.config import contract
from license_exporter.config.auth_config import WAYS, ways_of
from license_exporter.config.checked_file import CheckedFile
from license_exporter.config.leaving_out import LeftOut
from license_exporter.config.pool_keys import in_units_of
from license_exporter.config.spelling import suggestion
from license_exporter.config.strict_yaml import Location, dotted
from license_exporter.config.target import Entry
from license_exporter.model.vendor import Vendor

# Options of Prometheus' scrape_config that stand elsewhere here.
_ELSEWHERE = {
    "bearer_token": "authorization: {credentials: ...}",
    "bearer_token_file": "authorization: {credentials_file: ...}",
    "metrics_path": "url",
    "scheme": "url",
    "static_configs": "url",
    "scrape_interval": "min_interval",
    "scrape_timeout": "timeout",
}


def check_keys(file: CheckedFile, own: dict[str, Any], known: set[str], at: Location) -> None:
    """Note the keys that nobody knows; `known` are the vendor's own."""
    for key in own.keys() - known:
        if key in _ELSEWHERE:
            file.note((*at, key), f"is not known; use {_ELSEWHERE[key]}")
        else:
            nearest = suggestion(key, {*Entry.model_fields, *known})
            file.note((*at, key), f"is not known{nearest or '; remove it'}")


def check_ways(
    file: CheckedFile, given: dict[str, Any], driver: Vendor | None, at: Location
) -> None:
    """Note it unless there is just one way to authenticate (or none, if none is needed).

    `driver` is None where it is not known which ways there are.
    """
    if driver is None:
        _check_others(file, [way for way in WAYS if way in given], at)
        return
    if driver.documents and not driver.asks_http:
        for key in (*WAYS, "url"):
            if key in given:
                file.note((*at, key), "is not for a target that is not asked by HTTP; remove it")
        return
    usable = ways_of(driver)
    ways = [way for way in WAYS if way in given]
    for way in ways:
        if way not in usable:
            file.note((*at, way), f"is not for {driver.name}; use one of {', '.join(usable)}")
    _check_others(file, [way for way in ways if way in usable], at)
    if not ways and not driver.anonymous:
        file.note(at, f"has no way to authenticate; give one of {', '.join(usable)}")
    if driver.asks_http and "url" not in given and "rsa_admin_key" not in given:
        file.note((*at, "url"), "is missing; give the base address of the API")


def _check_others(file: CheckedFile, ways: list[str], at: Location) -> None:
    for way in ways[1:]:
        file.note((*at, way), f"stands beside {ways[0]}; keep one way to authenticate")


def check_pools(
    file: CheckedFile, entry: Entry, left_out: LeftOut, driver: Vendor, at: Location
) -> None:
    """Note what of the contract and the alerts does not fit the vendor's pools.

    The entry lacks what is `left_out`.
    """
    for place, problem in contract.problems(entry.contract, driver):
        below = "contract", *place
        if not left_out.explains(dotted(below), problem):
            file.note((*at, *below), problem)
    pools = entry.alerts.pools if entry.alerts else {}
    if len(in_units_of(driver, pools)) < len(pools):
        problem = "names a pool twice, with and without its unit; keep one"
        file.note((*at, "alerts", "pools"), problem)
