"""What the targets of all license managers have in common, by a manager that is made here."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from license_exporter.errors import ConfigError
from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    OutputFile,
    Run,
    Server,
    Vendor,
)
from license_exporter.vendors._managers import (
    Address,
    ManagerOptions,
    manager,
    one_of_each,
    server,
    status_document,
)

MOVING = re.compile(rb"Time: .*")


def refusal(text: str) -> FetchError | None:
    return None


def run(address: Address) -> Run:
    return Run("acmestat", (str(address.with_port(7000)),))


def documents(options: ManagerOptions) -> tuple[Document, ...]:
    return (status_document(options, refusal, run, moving=MOVING),)


def parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    """Tell the host of the first server that the target names."""
    return LicenseReport(servers=(Server(options.servers[0].host, up=True),))


def acme() -> Vendor:
    return manager(
        "acme",
        "Acme Manager",
        ManagerOptions,
        documents,
        parse,
        example=ManagerOptions.model_construct(servers=(Address("example", 7001),)),
        defaults={"timeout": "30s"},
        accounts="None.",
        yields="Everything.",
        checked="recordings",
        snippet="targets: []",
    )


SHOWN = "show_users: needs users, which are not asked for: remove users: false"
BESIDE = "output_file: stands beside servers; keep one of the two"
MISSING = "servers: is missing; give the license servers, or an output_file"


def target(**keys: object) -> Vendor:
    """The vendor of a target with these keys."""
    vendor = acme()
    assert vendor.configure
    options = ManagerOptions.model_validate(keys, context={"folder": Path("/etc/exporter")})
    return vendor.configure(options)


def servers_of(vendor: Vendor) -> tuple[Server, ...]:
    return vendor.parse(Answer({}, 0.0)).servers


def asked(*words: str) -> Document:
    """The document that the tool prints, one run for each of these arguments."""
    runs = tuple(Run("acmestat", (word,)) for word in words)
    return Document("status", runs=runs, format="text", refusal=refusal, moving=MOVING)


def test_a_manager_needs_no_account_and_is_asked_every_two_minutes():
    vendor = acme()
    assert vendor == Vendor(
        name="acme",
        product="Acme Manager",
        documents=(asked("7001@example"),),
        parse=vendor.parse,
        anonymous=True,
        unit="licenses",
        defaults={"min_interval": "2m", "timeout": "30s"},
        accounts="None.",
        yields="Everything.",
        kind="license managers",
        checked="recordings",
        snippet="targets: []",
        options=ManagerOptions,
        configure=vendor.configure,
    )
    assert servers_of(vendor) == (Server("example", up=True),)


def test_a_target_asks_its_servers_in_turn_and_tells_its_own_product():
    vendor = target(servers=["lic1", "7002@lic2"], product="CAD")
    assert vendor == replace(
        acme(),
        product="CAD",
        documents=(asked("7000@lic1", "7002@lic2"),),
        parse=vendor.parse,
        configure=vendor.configure,
    )
    assert servers_of(vendor) == (Server("lic1", up=True),)
    assert target(servers=["lic1"]).product == "Acme Manager"


def test_a_file_takes_the_place_of_the_servers():
    (document,) = target(output_file="out.txt", max_age="1h", users=False).documents
    file = OutputFile(Path("/etc/exporter/out.txt"), 3600.0)
    assert document == Document("status", file=file, format="text", refusal=refusal, moving=MOVING)


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ({}, [MISSING]),
        ({"servers": ["lic1"], "output_file": "out.txt"}, [BESIDE]),
        ({"servers": ["lic1"], "users": False, "show_users": True}, [SHOWN]),
        ({"users": False, "show_users": True}, [SHOWN, MISSING]),
    ],
)
def test_keys_that_do_not_go_together_are_all_told(keys, problems):
    with pytest.raises(ConfigError) as error:
        target(**keys)
    assert error.value.problems == problems


@pytest.mark.parametrize(
    ("written", "argument"),
    [
        ("27000@lic1", "27000@lic1"),
        ("lic1:27000", "27000@lic1"),
        ("@lic1", "7000@lic1"),
        ("lic1", "7000@lic1"),
        ("65535@lic1", "65535@lic1"),
        ("1@[2001:db8::1]", "1@[2001:db8::1]"),
        ("[2001:db8::1]:1", "1@[2001:db8::1]"),
    ],
)
def test_a_server_is_written_in_two_ways(written, argument):
    assert target(servers=[written]).documents == (asked(argument),)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"servers": ["a b"]}, "is not a license server; write port@host or host:port"),
        ({"servers": ["lic1:65536"]}, "has no port; a port is at most 65535"),
        ({"product": "CAD@acme"}, "is the name of a product, and holds no @"),
    ],
)
def test_a_value_that_is_none_is_refused_with_what_to_write(keys, problem):
    with pytest.raises(ValidationError) as error:
        target(**keys)
    (found,) = error.value.errors()
    assert str(found["ctx"]["error"]) == problem


def test_a_server_is_named_in_small_letters_with_its_port_if_it_has_one():
    assert server("LIC1", "7000", up=False) == Server("lic1:7000", up=False)
    assert server("MAX", primary=True) == Server("max", up=True, primary=True)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ((True, None), (False, None), (True, None)),
        ((False, None), (True, None), (True, None)),
        ((True, False), (True, None), (True, False)),
        ((True, None), (True, True), (True, True)),
        ((True, True), (True, False), (True, True)),
    ],
)
def test_a_server_that_is_told_twice_is_up_or_the_master_if_either_is(first, second, both):
    other = Server("b", up=True)
    told = [other, *(Server("a", up=up, primary=primary) for up, primary in (first, second))]
    assert one_of_each(told) == (Server("a", up=both[0], primary=both[1]), other)
