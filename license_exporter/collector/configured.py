"""What the configuration alone says of a target, as samples: whether or not a fetch succeeds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from license_exporter.config import values
from license_exporter.config.alerts import Alerts
from license_exporter.config.contract import Contract
from license_exporter.config.target import Target
from license_exporter.exposition import families
from license_exporter.exposition.families import Family
from license_exporter.exposition.labels import label_values
from license_exporter.exposition.text import Samples

# A sample: its family, its value if there is one, and the values of its labels.
_Sample = tuple[Family, float | None, tuple[str, ...]]


def configured_samples(target: Target) -> Samples:
    """The samples of a target's info, contract and thresholds; of equal labels, the first."""
    samples: defaultdict[Family, dict[tuple[str, ...], float]] = defaultdict(dict)
    for family, value, labels in _samples(target):
        if value is not None:
            samples[family].setdefault(label_values(*labels), value)
    return samples


def _samples(target: Target) -> Iterator[_Sample]:
    info = replace(families.TARGET_INFO, labels=(*families.TARGET_INFO.labels, *target.labels))
    yield info, 1, (target.driver.product, *target.labels.values())
    for contract in target.contracts:
        yield from _of_contract(contract)
    if target.alerts:
        yield from _of_alerts(target.alerts)


def _of_contract(contract: Contract) -> Iterator[_Sample]:
    for key, limit in contract.limits.items():
        yield families.CONTRACT_LIMIT, limit, (*key, contract.name)
    for key, price in contract.prices.items():
        yield families.CONTRACT_UNIT_PRICE, price, (*key, contract.currency, contract.name)
    yield families.CONTRACT_EXPIRY, contract.expiry, (contract.name,)
    yield families.CONTRACT_NOTICE, contract.notice, (contract.name,)
    yield families.CONTRACT_PRICE, contract.price, (contract.name, contract.currency)
    if contract.described:
        renews = {True: "yes", False: "no", None: ""}[contract.auto_renew]
        term = values.written_duration(contract.term) if contract.term else ""
        said = (contract.owner, contract.supplier, contract.reference, renews, term)
        yield families.CONTRACT_INFO, 1, (contract.name, *said)


def _of_alerts(alerts: Alerts) -> Iterator[_Sample]:
    for key, said in ((("", ""), alerts), *alerts.pools.items()):
        yield families.ALERT_NEAR_LIMIT, said.near_limit, key
        yield families.ALERT_UNDERUSED, said.underused, key
    for severity, span in alerts.expiring:
        yield families.ALERT_EXPIRING, span, (severity,)
