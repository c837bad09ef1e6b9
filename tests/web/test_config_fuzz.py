"""Any edit of a web config file is obeyed, or refused in plain words, and shows no secret."""

from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from license_exporter.web.guard import WebGuard
from tests.fuzz import REMOVED, REPLACEMENTS, edited, edits, fuzz, paths
from tests.web.test_config import HASH


def full() -> dict[str, Any]:
    """A file that says everything."""
    ca = trustme.CA()
    server = ca.issue_cert("localhost")
    return {
        "tls_server_config": {
            "cert": server.cert_chain_pems[0].bytes().decode(),
            "key": server.private_key_pem.bytes().decode(),
            "client_ca": ca.cert_pem.bytes().decode(),
            "client_auth_type": "RequireAndVerifyClientCert",
            "client_allowed_sans": ["prometheus.example.com"],
            "min_version": "TLS12",
            "max_version": "TLS13",
            "cipher_suites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
            "curve_preferences": ["CurveP256"],
            "prefer_server_cipher_suites": False,
        },
        "http_server_config": {"http2": True, "headers": {"X-Frame-Options": "deny"}},
        "basic_auth_users": {"alice": HASH},
        "rate_limit": {"interval": "500ms", "burst": 5},
    }


SAID = full()
SECRETS = [HASH, *SAID["tls_server_config"]["key"].splitlines()[1:-1]]


def outcome(content: bytes, folder: Path) -> str:
    """The problems of a file; "" for one that is obeyed."""
    path = folder / "web.yml"
    path.write_bytes(content)
    try:
        WebGuard(path, SystemClock())
    except ConfigError as error:
        assert error.problems
        assert all(problem.isprintable() for problem in error.problems), error.problems
        return str(error)
    return ""


def refuses_in_plain_words(said: Any, folder: Path) -> None:
    problems = outcome(yaml.dump(said).encode(), folder)
    assert not any(secret in problems for secret in SECRETS)


def test_the_file_as_it_is_can_be_used(tmp_path: Path) -> None:
    assert outcome(yaml.dump(SAID).encode(), tmp_path) == ""


@fuzz
@given(
    path=st.sampled_from([path for path in paths(SAID) if path]),
    replacement=st.sampled_from([REMOVED, HASH, *REPLACEMENTS]),
)
def test_an_option_of_another_value_is_obeyed_or_refused(
    path: tuple[str | int, ...], replacement: Any, tmp_path: Path
) -> None:
    refuses_in_plain_words(edited(SAID, path, replacement), tmp_path)


@fuzz
@given(said=edits(SAID))
def test_any_edit_is_obeyed_or_refused(said: Any, tmp_path: Path) -> None:
    refuses_in_plain_words(said, tmp_path)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@fuzz
@given(at=st.integers(0, 2000), length=st.integers(0, 20), put=st.binary(max_size=5))
def test_any_bytes_are_obeyed_or_refused(at: int, length: int, put: bytes, tmp_path: Path) -> None:
    content = yaml.dump(SAID).encode()
    outcome(content[:at] + put + content[at + length :], tmp_path)
