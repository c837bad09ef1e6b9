import pytest

from license_exporter.web.config import WebConfig
from license_exporter.web.weakening import weakened

HASH = "$2b$04$" + "." * 53
TLS = {"cert_file": "c.pem", "key_file": "k.pem"}
REQUIRED = {
    **TLS,
    "client_auth_type": "RequireAndVerifyClientCert",
    "client_ca_file": "ca.pem",
    "client_allowed_sans": ["prometheus.example.com"],
    "min_version": "TLS13",
    "cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
}


def config(tls=None, users=("alice",)) -> WebConfig:
    return WebConfig(tls_server_config=tls or {}, basic_auth_users=dict.fromkeys(users, HASH))


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (config(), config(users=()), "basic_auth_users"),
        (config(), WebConfig(), "basic_auth_users"),
        (config(TLS), config(), "tls_server_config: TLS is off"),
        (config(REQUIRED), config(TLS), "tls_server_config.client_auth_type"),
        (
            config(REQUIRED),
            config({**REQUIRED, "client_auth_type": "VerifyClientCertIfGiven"}),
            "tls_server_config.client_auth_type",
        ),
        (
            config({**TLS, "client_auth_type": "VerifyClientCertIfGiven"}),
            config({**TLS, "client_auth_type": "NoClientCert"}),
            "tls_server_config.client_auth_type",
        ),
        (
            config(REQUIRED),
            config({**REQUIRED, "client_ca_file": ""}),
            "tls_server_config.client_ca_file",
        ),
        (
            config(REQUIRED),
            config({**REQUIRED, "client_allowed_sans": None}),
            "tls_server_config.client_allowed_sans",
        ),
        (
            config(REQUIRED),
            config({**REQUIRED, "min_version": "TLS12"}),
            "tls_server_config.min_version",
        ),
        (
            config(REQUIRED),
            config({**REQUIRED, "cipher_suites": []}),
            "tls_server_config.cipher_suites",
        ),
    ],
)
def test_what_a_change_takes_away_is_told(before: WebConfig, after: WebConfig, lost: str) -> None:
    assert next(weakened(before, after)).startswith(lost)
    assert not list(weakened(after, before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WebConfig(), WebConfig()),
        (config(), config(users=("bob",))),
        (config(users=("alice", "bob")), config()),
        (config(TLS), config({"cert_file": "new.pem", "key_file": "new.key"})),
        (config(TLS), config({**TLS, "client_auth_type": "NoClientCert"})),
        (config(REQUIRED), config({**REQUIRED, "client_ca_file": "other.pem"})),
        (config(REQUIRED), config({**REQUIRED, "client_allowed_sans": ["other.example.com"]})),
        (
            config(REQUIRED),
            config({**REQUIRED, "client_ca_file": "", "client_ca": "PEM"}),
        ),
    ],
)
def test_other_users_certificates_and_names_are_no_weaker(
    before: WebConfig, after: WebConfig
) -> None:
    assert not list(weakened(before, after))
