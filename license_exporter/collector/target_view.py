"""What is known of a target at a moment, for people: the status page shows nothing else of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from license_exporter.collector.samples import filled
from license_exporter.config.alerts import Alerts
from license_exporter.config.contract import Contract
from license_exporter.errors import Reason
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import DATA_AGE

if TYPE_CHECKING:
    from license_exporter.sources.source import Step


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target as the status page sees it; times are in seconds since the epoch.

    `reason` and `message` tell why the last fetch failed. While the target is `up`, they are those
    of an optional document that failed; before the first fetch has ended, both are empty. `report`
    is the answer that is being served, of whose locations only the greatest are kept, None if no
    answer is served. `duration` is that of the last fetch, in seconds. `known` is
    the last good answer, also where it is no longer served. `unmatched` tells what the
    configuration names and the answer does not have. Of the blocks that the target has from
    `defaults`, which are `inherited`, `in_vain` has what they name so, and which does; None
    without a whole answer. The vendor's data are old from `data_age` on, in seconds.
    """

    name: str
    vendor: str
    product: str
    labels: Mapping[str, str] = field(default_factory=dict)
    up: bool = False
    reason: Reason | None = None
    message: str = ""
    report: LicenseReport | None = None
    known: LicenseReport | None = None
    last_success: float | None = None
    next_fetch: float | None = None
    duration: float | None = None
    steps: "tuple[Step, ...]" = ()
    contracts: tuple[Contract, ...] = ()
    alerts: Alerts | None = None
    unmatched: tuple[str, ...] = ()
    inherited: frozenset[str] = frozenset()
    in_vain: frozenset[tuple[str, str]] | None = None
    data_age: float = DATA_AGE

    @property
    def filled_report(self) -> LicenseReport:
        """The report with what only the contract tells; an empty one where none is served.

        A contract that renews by itself ends no license, as in the alert rules.
        """
        ending = [
            contract.model_copy(update={"expiry": None}) if contract.auto_renew else contract
            for contract in self.contracts
        ]
        return filled(self.report or LicenseReport(), ending)
