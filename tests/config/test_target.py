from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from license_exporter.config.addresses import pasted_path
from license_exporter.config.target import Entry, Target
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Document, Vendor
from tests.config.vendors import PLUG, VENDORS, PlugOptions


def target(vendor: str = "rsa", **said: Any) -> Target:
    entry = Entry.model_validate(
        {"name": "a", "vendor": vendor, "url": "https://a.example.com"} | said
    )
    return Target.of(entry, VENDORS[vendor], where="targets[0]")


def test_targets_are_equal_if_they_say_the_same_wherever_they_stand() -> None:
    entry = Entry.model_validate({"name": "a", "vendor": "plug", "url": "https://a.example.com"})
    here = Target.of(entry, PLUG, PlugOptions(variables={"a": "b"}), "targets[0]")
    there = Target.of(entry, VENDORS["rsa"], PlugOptions(variables={"a": "b"}), "targets[7]")
    assert here == there
    assert here != Target.of(entry, PLUG, PlugOptions(variables={"a": "c"}), "targets[0]")
    assert here != "a"


@pytest.mark.parametrize(
    "said",
    [
        {"timeout": "11s"},
        {"basic_auth": {"username": "u", "password": "p"}},
        {"labels": {"a": "b"}},
        {"contract": {"limits": {"mfa": 1}}},
        {"http_headers": {"X": "y"}},
        {"tls_config": {"ca": "x"}},
    ],
)
def test_targets_that_say_something_else_are_not_equal(said: dict[str, Any]) -> None:
    assert target(**said) != target()
    assert target(**said) == target(**said)


def test_what_thousands_of_targets_have_alike_is_in_memory_once() -> None:
    first, second = target(), target(name="b")
    assert first.tls_config is second.tls_config
    assert first.model_fields_set is second.model_fields_set
    assert first.with_inherited(frozenset()) is first
    assert first.with_inherited(frozenset({"alerts"})).inherited == {"alerts"}


def test_a_targets_files_are_known_by_their_options() -> None:
    with_files = target(
        "immuta",
        api_key={"key_file": "k"},
        tls_config={"ca_file": "ca", "cert": "c", "key_file": "key"},
        http_headers={"X": {"files": ["h"]}},
    )
    assert dict(with_files.files()) == {
        "api_key.key_file": Path("k"),
        "tls_config.ca_file": Path("ca"),
        "tls_config.key_file": Path("key"),
        "http_headers.X.files[0]": Path("h"),
    }
    assert set(with_files.secret_files()) == {Path("k"), Path("ca"), Path("key"), Path("h")}


@pytest.mark.parametrize("name", ["target", "instance", "product", "__meta", "a-b", "1st", ""])
def test_a_label_of_the_exporter_or_of_prometheus_cannot_be_set(name: str) -> None:
    with pytest.raises(ValidationError, match=r"label|empty"):
        target(labels={name: "x"})


def test_a_label_may_have_any_other_name() -> None:
    assert target(labels={"team": "web", "_x": 1}).labels == {"team": "web", "_x": "1"}


@pytest.mark.parametrize(
    ("url", "tail"),
    [
        ("https://a.example.com", ""),
        ("https://a.example.com/api/v3", ""),
        ("https://a.example.com/seats/used", "/seats/used"),
        ("https://a.example.com/api/v3/seats/used", "/api/v3/seats/used"),
        ("https://a.example.com/x/seats/used", "/seats/used"),
        ("https://a.example.com/license", "/license"),
    ],
)
def test_a_url_that_is_a_documents_is_told_with_what_to_leave_away(url: str, tail: str) -> None:
    documents = (Document("license", "license"), Document("seats", "seats/used?all=1"))
    vendor = Vendor("v", "V", documents, lambda _: LicenseReport(), base_path="api/v3")
    assert pasted_path(url, vendor) == tail
    # One word may be the base of a mapping's own.
    assert pasted_path(url, replace(vendor, anonymous=True)) == tail.replace("/license", "")
