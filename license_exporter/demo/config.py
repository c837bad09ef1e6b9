"""The demo's configuration file: what an operator would write to read the simulated products."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from license_exporter.demo import rsa
from license_exporter.demo.keys import PrivateKey, jwk, pem
from license_exporter.demo.rsa_oauth import USAGE_SCOPE

# Keeps a secret in a file of the target: its kind and content in, the file's name out.
Keep = Callable[[str, str], str]
# From the addresses of a product's servers (the API's first), the options that reach it.
Access = Callable[[Sequence[str], Keep], dict[str, object]]

CERTIFICATE_FILE = "certificate.pem"

_HEADER = """\
# The configuration of `license-exporter demo`: simulators on loopback, gone when the demo ends.

"""


def admin_key(access_id: str, key: PrivateKey) -> Access:
    """RSA: a legacy API key, in the file that the administration console gives out."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        file = {
            "customerName": "Example Ltd",
            "accessID": access_id,
            "accessKey": pem(key),
            "adminRestApiUrl": f"{addresses[0]}{rsa.BASE_PATH}",
            "description": "License monitoring",
        }
        return {"rsa_admin_key": {"key_file": keep("key", json.dumps(file, indent=2))}}

    return access


def oauth_client(client_id: str, key: PrivateKey, key_id: str) -> Access:
    """RSA: an OAuth client; the authorization server has an address of its own."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        api, authorization = addresses
        return {
            "url": f"{api}{rsa.BASE_PATH}",
            "rsa_oauth": {
                "issuer": f"{authorization}/oauth",
                "client_id": client_id,
                "jwk_file": keep("jwk", jwk(key, key_id)),
                "scope": USAGE_SCOPE,
            },
        }

    return access


def login(username: str, password: str) -> Access:
    """Seer Box: a user who signs in."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {
            "url": addresses[0],
            "login": {"username": username, "password_file": keep("password", password)},
        }

    return access


def basic_auth(username: str, password: str) -> Access:
    """A user with a password, over TLS with a self-signed certificate, as Enterprise Recon's."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {
            "url": addresses[0],
            "basic_auth": {"username": username, "password_file": keep("password", password)},
            "tls_config": {"ca_file": CERTIFICATE_FILE},
        }

    return access


def bearer(token: str) -> Access:
    """A token in the header Authorization."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {
            "url": addresses[0],
            "authorization": {"credentials_file": keep("token", token)},
        }

    return access


def client_credentials(client_id: str, secret: str, token_path: str, scope: str) -> Access:
    """An OAuth client with a secret; the token endpoint is a path of the API's server."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {
            "url": addresses[0],
            "oauth2": {
                "client_id": client_id,
                "client_secret_file": keep("secret", secret),
                "token_url": f"{addresses[0]}{token_path}",
                "scopes": [scope],
            },
        }

    return access


def service_account(client_id: str, key: PrivateKey, token_path: str, scope: str) -> Access:
    """An OAuth client that signs what it asks by; the token endpoint is one of the API's server."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {
            "url": addresses[0],
            "oauth2": {
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "client_id": client_id,
                "client_certificate_key_file": keep("key", pem(key)),
                "token_url": f"{addresses[0]}{token_path}",
                "scopes": [scope],
                "claims": {"sub": f"{client_id}@example.com"},
            },
        }

    return access


def api_key(key: str) -> Access:
    """An API key, which Immuta exchanges for a token and others take as it is."""

    def access(addresses: Sequence[str], keep: Keep) -> dict[str, object]:
        return {"url": addresses[0], "api_key": {"key_file": keep("key", key)}}

    return access


def by_tool(addresses: Sequence[str], _keep: Keep) -> dict[str, object]:
    """A license manager: its servers, which its tool asks without credentials."""
    return {"servers": [address.rpartition("/")[2] for address in addresses]}


def by_host(addresses: Sequence[str], _keep: Keep) -> dict[str, object]:
    """A license manager whose tool is given the host alone."""
    return {"servers": [urlsplit(address).hostname for address in addresses]}


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice in full twice: a reader of the file should not have to look up."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write_config(
    folder: Path,
    targets: Sequence[Mapping[str, object]],
    certificate: str,
    programs: Mapping[str, object],
) -> Path:
    """Write the configuration and the certificate that its targets trust; gives its path."""
    (folder / CERTIFICATE_FILE).write_text(certificate)
    config = folder / "config.yaml"
    content: dict[str, object] = {"programs": dict(programs)} if programs else {}
    content["targets"] = list(targets)
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False)
    config.write_text(_HEADER + body)
    return config


def secrets_kept_in(folder: Path, target: str) -> Keep:
    """A way to keep the secrets of one target in files that their owner alone may read."""

    def keep(kind: str, content: str) -> str:
        file = folder / f"{target}.{kind}"
        file.touch(mode=0o600)
        file.write_text(content)
        return file.name

    return keep
