"""Versions of TLS, as Prometheus and its exporters name them in their configuration."""

import ssl
import warnings
from typing import Literal

# In the order of their age, in which the names sort, too.
TLSVersion = Literal["TLS10", "TLS11", "TLS12", "TLS13"]

_VERSIONS: dict[TLSVersion, ssl.TLSVersion] = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}


def is_deprecated(version: TLSVersion) -> bool:
    """Whether OpenSSL allows the version on its lowest level of security only."""
    return version < "TLS12"


def set_versions(
    context: ssl.SSLContext, oldest: TLSVersion, newest: TLSVersion | None = None
) -> None:
    """Accept only the versions from `oldest` to `newest`; None is the newest that there is."""
    with warnings.catch_warnings():
        # Python warns of TLS 1.0 and 1.1; the operator has asked for them by name.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = _VERSIONS[oldest]
        if newest:
            context.maximum_version = _VERSIONS[newest]
