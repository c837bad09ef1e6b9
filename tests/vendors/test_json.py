import pytest

from license_exporter.errors import ConfigError
from license_exporter.model.answer import Answer
from license_exporter.vendors.json import VENDOR, asking

# What a target says of the product, in the mapping that it has so far.
PRODUCT = {"base_path": "api", "requests": {"seats": {"path": "v1/seats"}}}


def asked(path, **options):
    """The vendor of a target with these options that asks for the path alone."""
    vendor = asking(path)
    return vendor.configure(vendor.options.model_validate(options))


def test_an_api_is_read_by_its_targets_own_mapping_and_not_without_one():
    with pytest.raises(ConfigError) as error:
        VENDOR.parse(Answer({}, now=0.0))
    assert error.value.problems == ["a target of vendor json is read by its own mapping"]


@pytest.mark.parametrize("mapping", [{}, {"mapping": PRODUCT}])
def test_a_path_is_asked_for_alone_whatever_the_mapping_says(mapping):
    vendor = asked("/v2/license?a=b&c=", **mapping)
    assert [(each.path, each.params) for each in vendor.documents] == [
        ("v2/license", {"a": "b", "c": ""})
    ]
    assert (vendor.name, vendor.anonymous) == ("json", True)


def test_how_the_product_is_asked_is_what_the_mapping_says():
    assert asked("v2/license", **{"as": "acme", "mapping": PRODUCT}).base_path == "api"
