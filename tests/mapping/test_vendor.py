from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from license_exporter.config import strict_yaml
from license_exporter.errors import ConfigError
from license_exporter.mapping.spec import Mapping
from license_exporter.mapping.vendor import (
    AskingOptions,
    JsonOptions,
    configure_asking,
    preset,
)
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Document, HeaderKey, OutputFile, ParamKey, SignIn
from license_exporter.vendors.json import VENDOR
from license_exporter.vendors.registry import find_vendors
from tests.mapping.mappings import vendor

PRESET = """
product: Acme Suite
base_path: /X/v1/
bare_hosts: [api.acme.example]
api_key: {header: X-Acme-Key, prefix: "Key "}
unit: seats
units: {disk: bytes}
kind: Seats
checked: live
data_age: 7d
snippet: "targets: []"
variables: {org: Name of the organization.}
defaults: {min_interval: 5m}
accounts: " A reader. "
yields: " Seats. "
requests:
  license: {}
  seats: {path: "orgs/{org}/seats"}
pools:
  - {document: license, name: {value: all}, used: used}
  - {document: seats, name: {value: org}, used: used}
"""


SECTIONS = "licenses, pools, entitlements, locations, assignments, periods, report"


def configured(text, **variables):
    acme = preset("acme", text)
    return acme.configure(acme.options.model_validate({"variables": variables}))


def test_a_preset_says_all_that_a_vendor_in_python_says():
    acme = preset("acme", PRESET)
    assert (acme.name, acme.product, acme.unit) == ("acme", "Acme Suite", "seats")
    assert (acme.base_path, acme.bare_hosts) == ("X/v1", ("api.acme.example",))
    assert acme.api_key == HeaderKey("X-Acme-Key", "Key ")
    assert [document.format for document in acme.documents] == ["json", "json"]
    assert acme.units == {"disk": "bytes"}
    assert acme.defaults == {"min_interval": "5m"}
    assert (acme.accounts, acme.yields) == ("A reader.", "Seats.")
    assert (acme.kind, acme.checked, acme.snippet) == ("Seats", "live", "targets: []")
    assert (acme.data_age, configured(PRESET, org="a").data_age) == (604_800, 604_800)
    assert (acme.anonymous, acme.login, acme.doubts) == (False, None, ())


def test_the_variables_of_a_preset_are_keys_of_its_targets():
    options = preset("acme", PRESET).options
    assert options.model_json_schema() == {
        "title": "acme_options",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "variables": {
                "anyOf": [{"$ref": "#/$defs/acme_variables"}, {"type": "null"}],
                "default": None,
                "description": "What the product's requests need beside the url.",
            }
        },
        "$defs": {
            "acme_variables": {
                "title": "acme_variables",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "org": {
                        "anyOf": [
                            {"type": ["string", "integer"], "minLength": 1},
                            {"type": "null"},
                        ],
                        "default": None,
                        "description": "Name of the organization.",
                        "title": "Org",
                    }
                },
            }
        },
    }


def test_a_request_whose_variable_is_missing_is_not_made():
    assert [document.path for document in configured(PRESET).documents] == ["license"]
    acme = preset("acme", PRESET)
    assert len(acme.configure(acme.options.model_validate({})).documents) == 1
    made = configured(PRESET, org="eng")
    assert made.name == "acme"
    assert [document.path for document in made.documents] == ["license", "orgs/eng/seats"]


def test_a_preset_tells_of_all_its_requests():
    paths = [document.path for document in preset("acme", PRESET).documents]
    assert paths == ["license", "orgs/{org}/seats"]
    unless = PRESET.replace("license: {}", "license: {unless: org}")
    assert [each.path for each in preset("acme", unless).documents] == paths
    assert [each.path for each in configured(unless, org="eng").documents] == ["orgs/eng/seats"]


def test_without_a_request_to_make_a_target_is_refused():
    text = PRESET.replace("  license: {}\n", "").replace(
        "  - {document: license, name: {value: all}, used: used}\n", ""
    )
    text = text.replace("organization.}", "organization., team: That of the team.}")
    with pytest.raises(ConfigError) as caught:
        configured(text)
    assert caught.value.problems == ["variables: give some of org, team"]


def test_a_variable_that_the_preset_does_not_know_is_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        configured(PRESET, organisation="eng")


def test_a_preset_without_variables_needs_no_options():
    text = "{requests: {a: {}}, pools: [{name: {value: x}, used: u}]}"
    assert preset("acme", text).options is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{requests: {a: {}}}", "mapping: maps nothing; fill one of " + SECTIONS),
        ("{requests: {}, pools: []}", "mapping: has no requests"),
        ("{requests: {a: {}}, pool: []}", "pool: is not known; did you mean 'pools'?"),
        (
            "{requests: {a: {}}, pools: [{name: 'x[', used: u}]}",
            "pools[0].name: column 3: the expression ends too early",
        ),
        (
            "{requests: {a: {}}, pools: [{name: n, name: m, used: u}]}",
            "pools[0].name: stands more than once (line 1); keep one",
        ),
    ],
)
def test_a_preset_that_cannot_work_is_refused(text, problem):
    with pytest.raises(ConfigError) as caught:
        preset("acme", text)
    assert caught.value.problems == [problem]


def test_a_preset_may_read_a_file():
    text = "{requests: {a: {file: seats.json}}, pools: [{name: n, used: u}]}"
    (document,) = preset("acme", text).documents
    assert document.file == OutputFile(Path("seats.json"), 600.0)


def test_a_preset_that_is_no_yaml_is_refused():
    with pytest.raises(ConfigError, match=r"^mapping: is not YAML: line 2"):
        preset("acme", "pools: [")


def test_a_target_of_vendor_json_has_the_name_that_it_says():
    made = vendor("{requests: {a: {}}, pools: [{name: {value: x}, used: u}]}")
    assert (made.name, made.product, made.anonymous) == ("acme", "acme", True)


def test_an_api_key_is_sent_in_the_header_that_the_mapping_names():
    text = "{requests: {a: {}}, pools: [{name: {value: x}, used: u}]}"
    assert vendor(text).api_key == HeaderKey("X-API-Key")
    text = text.replace("{requests", "{api_key: {header: X-Acme}, requests")
    assert vendor(text).api_key == HeaderKey("X-Acme")
    text = text.replace("{header: X-Acme}", "{parameter: key}")
    assert vendor(text).api_key == ParamKey("key")


def test_a_product_signs_in_with_a_password_or_exchanges_a_key():
    login = '{path: "{org}/session", body: [SENT], token: t}'
    preset_ = PRESET.replace("unit: seats", f"login: {login}\nunit: seats")
    sign_in = SignIn("eng/session", body=["{username} {password}"], token=("t",))
    made = configured(preset_.replace("SENT", '"{username} {password}"'), org="eng")
    assert (made.login, made.api_key) == (sign_in, HeaderKey("X-Acme-Key", "Key "))
    made = configured(preset_.replace("SENT", '"{key}"'))
    # Without its variable it is made too, with nothing in its place.
    assert (made.login, made.api_key) == (None, SignIn("session", body=["{key}"], token=("t",)))


def asked(path, **options):
    """The vendor of a target that asks for this path."""
    return configure_asking(AskingOptions.model_validate(options), path)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("X", Document("X", "X", format=None)),
        ("/api/v1/", Document("api/v1/", "api/v1/", format=None)),
        ("", Document("document", "", format=None)),
        (
            "/a?b=1&c=&d=%2F?",
            Document("a", "a", params={"b": "1", "c": "", "d": "/?"}, format=None),
        ),
    ],
)
def test_a_path_can_be_asked_for_before_there_is_a_mapping(path, document):
    made = asked(path)
    assert (made.name, made.documents, made.anonymous) == ("json", (document,), True)
    assert made.parse(Answer({document.name: {"used": 1}}, 0.0)) == LicenseReport()


def test_a_path_is_asked_for_as_the_mapping_says_and_none_of_it_is_read():
    mapping = {
        "base_path": "api",
        "api_key": {"header": "X-Acme"},
        "requests": {"seats": {}},
        "pools": [{"name": "n", "used": "u"}],
        "report": [{"warnings": "w"}],
    }
    made = asked("license", **{"as": "acme", "mapping": mapping})
    assert (made.name, made.base_path, made.api_key) == ("acme", "api", HeaderKey("X-Acme"))
    assert made.documents == (Document("license", "license", format=None),)
    assert made.parse(Answer({"license": {"n": "a", "u": 1}}, 0.0)) == LicenseReport()


def test_no_value_that_a_request_sends_shows_in_a_repr():
    request = {
        "path": "{token}/seats",
        "method": "POST",
        "params": {"key": "s3cr3t"},
        "headers": {"X-Key": "s3cr3t"},
        "body": {"key": "s3cr3t"},
    }
    mapping = {"requests": {"seats": request}, "pools": [{"name": "name", "used": "used"}]}
    said = {"as": "acme", "variables": {"token": "s3cr3t"}, "mapping": mapping}
    options = JsonOptions.model_validate(said)
    assert "s3cr3t" not in repr(options)
    assert "s3cr3t" not in repr(VENDOR.configure(options))


@pytest.mark.parametrize("name", ["Zoom", "zoom us", "9zoom", "z" * 65])
def test_the_name_of_a_product_is_a_label_in_small_letters(name):
    mapping = {"requests": {"a": {}}, "pools": [{"name": "n", "used": "u"}]}
    with pytest.raises(ValidationError) as caught:
        JsonOptions.model_validate({"as": name, "mapping": mapping})
    (error,) = caught.value.errors()
    problem = f"{name!r} is not a name; use small letters, digits and _"
    assert (error["loc"], error["msg"]) == (("as",), f"Value error, {problem}")


def test_vendor_json_alone_reads_nothing():
    with pytest.raises(ConfigError):
        VENDOR.parse(Answer({}, 0.0))


def test_vendors_of_equal_mappings_are_equal():
    text = "{requests: {a: {}}, pools: [{name: {value: x}, used: u}]}"
    assert vendor(text) == vendor(text)
    assert vendor(text) != vendor(text.replace("x}", "y}"))
    with_variable = text.replace("a: {}", "a: {path: '{org}'}")
    assert vendor(with_variable, org="1") == vendor(with_variable, org="1")
    assert vendor(with_variable, org="1") != vendor(with_variable, org="2")


def test_every_part_of_a_mapping_is_described_in_the_schema():
    schema = JsonOptions.model_json_schema()
    for name, model in schema["$defs"].items():
        for variant in model.get("anyOf", [model]):
            for key, field in variant.get("properties", {}).items():
                assert field.get("description"), f"{name}.{key}"


def test_the_packaged_mappings_fit_the_schema():
    vendors = find_vendors()
    texts = [text for text in map(vendors.preset, vendors) if text]
    schema = Draft202012Validator(Mapping.model_json_schema())
    assert len(texts) >= 29
    for text in texts:
        schema.validate(strict_yaml.parse(text.encode()).value)


@pytest.mark.parametrize(
    "way", [r'{header: "X\nA"}', "{header: X A}", r'{header: X, prefix: "a\n"}']
)
def test_an_api_key_in_a_header_that_cannot_be_sent_is_refused(way):
    with pytest.raises(ConfigError, match=r"^api_key\."):
        preset("acme", PRESET.replace('{header: X-Acme-Key, prefix: "Key "}', way))
