import pytest

from license_exporter.config.pools import PoolPatterns
from tests.fakes import target


@pytest.mark.parametrize(
    ("include", "exclude", "kept"),
    [
        ([], [], ["A1", "A_trial", "B", "a1"]),
        (["A*"], [], ["A1", "A_trial"]),
        (["A*", "B"], ["*_trial"], ["A1", "B"]),
        ([], ["[AB]*"], ["a1"]),
        (["A?"], [], ["A1"]),
    ],
)
def test_pools_are_kept_by_patterns_of_their_whole_names(include, exclude, kept):
    patterns = PoolPatterns(include=tuple(include), exclude=tuple(exclude))
    assert [name for name in ("A1", "A_trial", "B", "a1") if patterns.keeps(name)] == kept


def test_what_a_contract_says_of_pools_that_are_not_exported_goes_with_them():
    contract = {"limits": {"server": 5, "pc": 7}, "prices": {"pc": 1}, "currency": "EUR"}
    configured = target(contract=contract, pools={"exclude": ["p*"]})
    assert configured.contract.limits == {("server", "licenses"): 5.0}
    assert configured.contract.prices == {}
