import math

import pytest

from license_exporter.model.report import License, LicenseReport, Pool, State
from license_exporter.web.status.force import licenses_by_force
from tests.web.status.fleet import DAY, NOW


def license(id: str, days: float | None = None, *states: State, **more) -> License:
    expiry = None if days is None else NOW + days * DAY
    return License(id, expiry=expiry, states=frozenset(states) or None, **more)


def by_force(*licenses: License, pool: str = "") -> tuple[str, str]:
    pools = (Pool("p", "users", license=pool),)
    found = licenses_by_force(LicenseReport(pools=pools, licenses=licenses), NOW)
    return tuple(" ".join(each.id for each in group) for group in found)


@pytest.mark.parametrize(
    ("licenses", "in_force", "missed"),
    [
        # A later one of the same kind takes the place of an older one, whatever became of it.
        ([license("a", -9), license("b", 9)], "b", ""),
        ([license("a", -9), license("b", -3)], "", "b"),
        ([license("a", -9), license("b", math.inf)], "b", ""),
        # One of another kind does not.
        ([license("a", -9, edition="CAD"), license("b", 9, edition="CAM")], "b", "a"),
        ([license("cad@2026-11-01", -9), license("cam@2027-11-01", 9)], "cam@2027-11-01",
         "cad@2026-11-01"),
        ([license("cad@2026-11-01", -9), license("cad@permanent", math.inf)], "cad@permanent", ""),
        # Nor one that has yet to begin, or is suspended.
        ([license("a", -9), license("b", 9, start=NOW + DAY)], "b", "a"),
        ([license("a", -9), license("b", 9, State.SUSPENDED)], "", "a b"),
        ([license("a", -9), license("b", None, State.ACTIVE)], "b", "a"),
        # Nor one that is withdrawn; and its own dates are nobody's.
        ([license("a", -9), license("b", 9, State.INVALID)], "", "a b"),
        ([license("a", -9, State.INVALID, edition="x"), license("b", 9)], "b", ""),
        # By their states.
        ([license("a", None, State.EXPIRED), license("b", 9)], "b", ""),
        ([license("a", None, State.EXPIRED, edition="x"), license("b", 9)], "b", "a"),
        ([license("a", None, State.SUSPENDED), license("b", 9)], "b", "a"),
        ([license("a", None, State.ABSENT, edition="x"), license("b", 9)], "b", ""),
        ([license("a", None, State.ABSENT)], "", "a"),
        ([license("a", -1, State.GRACE)], "a", ""),
        # What the vendor says is not the current one.
        ([license("a", -9, current=False), license("b", 9, edition="x")], "b", ""),
    ],
)  # fmt: skip
def test_an_end_matters_until_another_license_is_in_its_place(licenses, in_force, missed):
    assert by_force(*licenses) == (in_force, missed)


def test_an_ended_license_matters_while_a_pool_belongs_to_it():
    assert by_force(license("a", -9), license("b", 9), pool="a") == ("b", "a")
