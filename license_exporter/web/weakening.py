"""What a changed file would take away of a server's protection.

A file that an editor or `cp` is writing can be empty or end in the middle, and still be a file that
says something: less than it will. So a running server takes no less than it has.
"""

from collections.abc import Iterator

from license_exporter.web.config import TLSServerConfig, WebConfig

# Who is asked for a certificate, in the order of how many are let in without one.
_POLICIES = ("", "NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert")
_LEAST = "NoClientCert"


def weakened(before: WebConfig, after: WebConfig) -> Iterator[str]:
    """What `after` lacks of the protection that `before` gives, each as the path of an option.

    Nothing, where it protects as well: other users, certificates and limits are no weaker.
    """
    if before.basic_auth_users and not after.basic_auth_users:
        yield "basic_auth_users: no user is left"
    yield from (
        f"tls_server_config{problem}"
        for problem in _weakened_tls(before.tls_server_config, after.tls_server_config)
    )


def _weakened_tls(before: TLSServerConfig, after: TLSServerConfig) -> Iterator[str]:
    if not before.enabled:
        return
    if not after.enabled:
        yield ": TLS is off"
        return
    if _strictness(after) < _strictness(before):
        asked = after.client_auth_type or _LEAST
        yield f".client_auth_type: {asked} asks less than {before.client_auth_type}"
    elif _has_authority(before) and not _has_authority(after):
        yield ".client_ca_file: every authority that the system trusts is let in"
    if before.client_allowed_sans is not None and after.client_allowed_sans is None:
        yield ".client_allowed_sans: every name is let in"
    if after.min_version < before.min_version:
        yield f".min_version: {after.min_version} is below {before.min_version}"
    if before.cipher_suites and not after.cipher_suites:
        yield ".cipher_suites: every suite is let in"


def _strictness(config: TLSServerConfig) -> int:
    return max(1, _POLICIES.index(config.client_auth_type))


def _has_authority(config: TLSServerConfig) -> bool:
    return bool(config.client_ca or config.client_ca_file)
