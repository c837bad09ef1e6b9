"""Double quotes make a name in JMESPath; who compares with one mostly means a text."""

import pytest

from license_exporter.mapping.vendor import JsonOptions, configure_json
from license_exporter.vendors.registry import find_vendors


def lines(**pool):
    mapping = {
        "requests": {"a": {"path": "a"}},
        "pools": [{"name": {"value": "x"}, "used": "used", **pool}],
    }
    options = JsonOptions.model_validate({"as": "acme", "mapping": mapping})
    return list(configure_json(options).doubts)


def test_a_comparison_with_a_name_in_quotes_is_told_with_its_place():
    assert lines(rows='summary[?type == "server"]') == [
        "pools[0].rows: compares with what stands at the key \"server\"; a text is written 'server'"
    ]
    (line,) = lines(used='rows[?a != "b"] | [0].n')
    assert line.startswith("pools[0].used: ")


@pytest.mark.parametrize(
    "rows", ["x[?a == 'b']", "x[?a == `1`]", "x[?a == b]", "x[?\"a-b\" == 'c']", 'x[*]."a-b"']
)
def test_what_is_meant_is_not_told(rows):
    assert lines(rows=rows) == []


@pytest.mark.parametrize("name", list(find_vendors()))
def test_no_preset_has_one(name):
    assert find_vendors()[name].doubts == ()
