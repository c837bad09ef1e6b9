import ssl
from typing import get_args

import pytest

from license_exporter.config.tls_versions import TLSVersion, is_deprecated, set_versions


@pytest.fixture
def context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def test_old_versions_are_accepted_without_a_warning_if_asked_for(context: ssl.SSLContext) -> None:
    set_versions(context, "TLS10", "TLS11")
    assert context.minimum_version is ssl.TLSVersion.TLSv1
    assert context.maximum_version is ssl.TLSVersion.TLSv1_1


def test_without_a_newest_version_all_later_ones_are_accepted(context: ssl.SSLContext) -> None:
    highest = context.maximum_version
    set_versions(context, "TLS12")
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.maximum_version is highest


def test_names_are_in_the_order_of_their_age() -> None:
    names = get_args(TLSVersion)
    assert sorted(names) == list(names)
    assert [name for name in names if is_deprecated(name)] == ["TLS10", "TLS11"]
