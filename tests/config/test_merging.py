import pytest

from license_exporter.config.merging import inherited

DEFAULTS = {
    "contract": {"limits": {"a": 1}},
    "alerts": {"pools": {"a": {"near_limit": "never"}}},
    "pools": {"include": ["a"]},
    "timeout": "5s",
}


@pytest.mark.parametrize(
    ("own", "blocks"),
    [
        ({}, {"contract", "alerts", "pools"}),
        ({"timeout": "9s"}, {"contract", "alerts", "pools"}),
        ({"contract": {"price": 1}, "pools": {"exclude": ["b"]}}, {"alerts"}),
        # Thresholds are merged, but for those of pools.
        ({"alerts": {"near_limit": "95%"}}, {"contract", "alerts", "pools"}),
        ({"alerts": {"pools": {}}}, {"contract", "pools"}),
        ({"alerts": 5}, {"contract", "alerts", "pools"}),
    ],
)
def test_a_block_is_inherited_unless_the_target_has_its_own(own, blocks):
    assert inherited(DEFAULTS, own) == blocks
    assert inherited({}, own) == set()
