"""An exporter that has a secret in every place where one can be, and all that it then says."""

import asyncio
import json
import os
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import bcrypt
import psutil
import trustme
import yaml
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from tests.e2e.programs import PROJECT, Program, exporter
from tests.faults.plants import Plants, beside
from tests.guarded import basic
from tests.rsa_keys import PRIVATE, jwk, key_file, pem
from tests.servers import serving

FIXTURES = PROJECT / "tests" / "vendors" / "fixtures"

# A vendor whose own code fails, with what it was sent in the message.
BROKEN_VENDOR = """
from license_exporter.model.vendor import Document, Vendor


def parse(answer):
    raise RuntimeError(f"cannot read {answer.documents}")


VENDOR = Vendor("broken", "Broken", (Document("license", "license"),), parse)
"""


@dataclass
class Heard:
    """What the exporter said, by where; `refused` are requests without a good answer."""

    texts: Mapping[str, str]
    refused: list[str]


class Scene:
    """Servers, files and a configuration with planted secrets, in a folder."""

    def __init__(self, folder: Path, plant: Plants) -> None:
        self.folder = folder
        self.plant = plant
        self.user_password = plant("password of a user of the web server")
        self.environ = {
            "PYTHONPATH": str(folder / "packages"),
            "PLANTED_PASSWORD": plant("variable of the environment"),
            "UNUSED": plant("unused variable of the environment"),
        }
        self._certificate_folder()
        self._documents = {
            "rsa": self._beside("rsa/licenseusage.json"),
            "seerbox": self._beside("seerbox/license.json"),
            "recon": self._beside("enterprise_recon/non_sitewide.json"),
            "immuta-license": self._beside("immuta/license.json"),
            "immuta-status": self._beside("immuta/licenseStatus.json"),
            "immuta-usage": self._beside("immuta/usage.json"),
        }
        self._people()

    def _people(self) -> None:
        """E-mail addresses also where texts are read."""
        recon = self._documents["recon"]
        recon["company"] = f"{self.plant('e-mail address of a customer')}@example.com"
        for row in recon.get("datausage", []):
            row["location"] += f" {self.plant('e-mail address of a location')}@example.com"
        seerbox = self._documents["seerbox"]["data"]["license"]
        seerbox["customer_name"] = f"<{self.plant('e-mail address of a customer')}@example.com>"

    def _certificate_folder(self) -> None:
        self._ca = trustme.CA(key_type=trustme.KeyType.RSA)
        self._ca.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        client = self._ca.issue_cert("client.example.com", key_type=trustme.KeyType.RSA)
        self.client_key = client.private_key_pem.bytes().decode()
        self.client_certificate = client.cert_chain_pems[0].bytes().decode()
        self.plant.know(self.client_key.splitlines()[3], "tls_config.key")
        self.plant.know(pem().splitlines()[3], "private key of rsa_admin_key")
        self.signing = jwk(ec.generate_private_key(ec.SECP256R1()))
        self.plant.know(json.loads(self.signing)["d"], "private key of rsa_oauth")
        self.rsa_signing = jwk(PRIVATE)
        self.plant.know(json.loads(self.rsa_signing)["d"], "private key of rsa_oauth")

    def server_context(self) -> ssl.SSLContext:
        """TLS that asks for the client's certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert("127.0.0.1").configure_cert(context)
        self._ca.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _beside(self, name: str) -> Any:
        return beside(json.loads((FIXTURES / name).read_text()), self.plant, name)

    def file(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content)
        return name

    def secret_file(self, place: str) -> str:
        return self.file(place.replace(" ", "-"), self.plant(place) + "\n")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the first part of the path says, with secrets wherever there is room."""
        plant = self.plant
        kind, _, path = request.path.strip("/").partition("/")
        await request.read()
        headers = {"X-Token": plant("header of an answer"), "Set-Cookie": plant("cookie") + "=1"}
        if "token" in path or "signin" in path or "authenticate" in path:
            if kind == "refused":
                return web.Response(
                    status=401, reason=plant("phrase"), text=plant("refused token"), headers=headers
                )
            token = plant("token of an answer")
            said = {"access_token": token, "token": token, "data": {"token": token}}
            return web.json_response(said, headers=headers)
        if kind.isdecimal():
            return web.Response(
                status=int(kind),
                reason=plant(f"phrase of {kind}"),
                text=plant(f"body of {kind}"),
                headers=headers | {"WWW-Authenticate": plant("challenge")},
            )
        if kind == "redirect" and "session" not in path:
            headers["Location"] = f"{plant('path of a redirect')}-session?key={plant('query')}"
            return web.Response(status=302, headers=headers)
        if kind in ("text", "redirect"):
            return web.Response(text=plant("answer that is no JSON"), headers=headers)
        if kind == "shape":
            return web.json_response([plant("answer of another shape")], headers=headers)
        if kind == "immuta":
            kind = {"licenseStatus": "immuta-status", "usage": "immuta-usage"}.get(
                path.rpartition("/")[2], "immuta-license"
            )
        document = self._documents[kind]
        if kind == "recon":
            document = document | {"edition": request.headers["Authorization"]}
        return web.json_response(document, headers=headers)

    def targets(self, url: str, tls_url: str, proxy: str) -> list[dict[str, Any]]:
        """One target, at least, for each place of a secret."""
        plant, secret_file = self.plant, self.secret_file
        login = {"username": "user", "password": plant("login.password")}
        refused = {"authorization": {"credentials": plant("refused credentials")}}

        def oauth2(kind: str, **options: Any) -> dict[str, Any]:
            return {
                "client_id": "id",
                "token_url": f"{url}/{kind}/token?key={plant('query of token_url')}",
                "endpoint_params": {"audience": plant("oauth2.endpoint_params")},
                **options,
            }

        recon: dict[str, dict[str, Any]] = {
            "basic": {
                "basic_auth": {"username": "user", "password": plant("basic_auth.password")},
                "http_headers": {
                    "X-Value": {"values": [plant("http_headers.values")]},
                    "X-Secret": {"secrets": [plant("http_headers.secrets")]},
                    "X-File": {"files": [secret_file("http_headers files")]},
                    "X-Plain": plant("http_headers"),
                },
            },
            "basic-file": {
                "basic_auth": {"username": "user", "password_file": secret_file("password_file")}
            },
            "variable": {"basic_auth": {"username": "user", "password": "${PLANTED_PASSWORD}"}},
            "bearer": {"authorization": {"credentials": plant("authorization.credentials")}},
            "bearer-file": {"authorization": {"credentials_file": secret_file("credentials_file")}},
            "oauth2": {"oauth2": oauth2("recon", client_secret=plant("oauth2.client_secret"))},
            "oauth2-file": {
                "oauth2": oauth2("recon", client_secret_file=secret_file("client_secret_file"))
            },
            "oauth2-refused": {
                "oauth2": oauth2("refused", client_secret=plant("refused client_secret"))
            },
            "header-with-break": {
                "authorization": {
                    "credentials_file": self.file(
                        "broken", f"{plant('first line')}\n{plant('second line')}"
                    )
                }
            },
        }
        targets = [
            {"name": name, "vendor": "enterprise_recon", "url": f"{url}/recon", **options}
            for name, options in recon.items()
        ]
        targets += [
            {"name": f"fails-{kind}", "vendor": "enterprise_recon", "url": f"{url}/{kind}"}
            | refused
            for kind in ("400", "401", "403", "404", "429", "500", "text", "shape", "redirect")
        ]
        through = f"http://user:{plant('proxy_url')}@{proxy}"
        targets += [
            {
                "name": "proxy",
                "vendor": "enterprise_recon",
                "url": "https://vendor.example.com",
                "proxy_url": through,
                "proxy_connect_header": {"X-Proxy": [plant("proxy_connect_header")]},
            }
            | refused,
            {
                "name": "proxy-environment",
                "vendor": "enterprise_recon",
                "url": "http://vendor.example.com",
                "proxy_from_environment": True,
            }
            | refused,
            {
                "name": "client-certificate",
                "vendor": "enterprise_recon",
                "url": f"{tls_url}/recon",
                "tls_config": {
                    "ca_file": "ca.pem",
                    "cert": self.client_certificate,
                    "key": self.client_key,
                },
            }
            | refused,
            {"name": "login", "vendor": "seerbox", "url": f"{url}/seerbox", "login": login},
            {"name": "login-refused", "vendor": "seerbox", "url": f"{url}/refused", "login": login},
            {
                "name": "key",
                "vendor": "immuta",
                "url": f"{url}/immuta",
                "api_key": {"key": plant("api_key.key")},
            },
            {
                "name": "key-file",
                "vendor": "immuta",
                "url": f"{url}/refused",
                "api_key": {"key_file": secret_file("api_key key_file")},
            },
            {"name": "broken", "vendor": "broken", "url": f"{url}/rsa"} | refused,
        ]
        return targets + self._rsa(url) + [self._json(url)]

    def _rsa(self, url: str) -> list[dict[str, Any]]:
        api = f"{url}/rsa"
        good = key_file(pem(), adminRestApiUrl=api, secret=self.plant("key file"))
        damaged = good.replace("MII", "MMM").replace("END", self.plant("damaged key"))
        oauth = {"issuer": url + "/rsa/token", "client_id": "id"}
        ways: dict[str, dict[str, Any]] = {
            "rsa-key": {"rsa_admin_key": {"key": good}},
            "rsa-key-file": {"rsa_admin_key": {"key_file": self.file("rsa.key", good)}},
            "rsa-damaged": {"rsa_admin_key": {"key_file": self.file("damaged.key", damaged)}},
            "rsa-no-json": {"rsa_admin_key": {"key": self.plant("key file that is no JSON")}},
            "rsa-oauth": {"url": api, "rsa_oauth": {**oauth, "jwk": self.signing}},
            "rsa-oauth-file": {
                "url": api,
                "rsa_oauth": {**oauth, "jwk_file": self.file("jwk", self.rsa_signing)},
            },
            "rsa-oauth-damaged": {
                "url": api,
                "rsa_oauth": {**oauth, "jwk": json.dumps({"kty": "RSA", "d": self.plant("jwk")})},
            },
        }
        return [{"name": name, "vendor": "rsa", **options} for name, options in ways.items()]

    def _json(self, url: str) -> dict[str, Any]:
        return {
            "name": "json",
            "vendor": "json",
            "as": "acme",
            "url": f"{url}/recon",
            "authorization": {"credentials": self.plant("authorization of a mapping")},
            "variables": {"secret": self.plant("variable of a mapping")},
            "mapping": {
                "requests": {
                    "licenses": {
                        "path": f"{{secret}}/licenses?key={self.plant('query of a path')}",
                        "params": {"api_key": self.plant("params of a mapping")},
                        "headers": {"X-Key": self.plant("headers of a mapping")},
                    }
                },
                "pools": [{"rows": "summary", "name": "comment", "used": "usage"}],
                "licenses": [{"customer": "company", "edition": "edition"}],
            },
        }

    def web_config(self) -> str:
        hashed = bcrypt.hashpw(self.user_password.encode(), bcrypt.gensalt(4)).decode()
        self.plant.know(hashed, "hash of a password")
        return self.file("web.yaml", yaml.safe_dump({"basic_auth_users": {"user": hashed}}))

    def packages(self) -> None:
        """The broken vendor, as an installed package."""
        package = self.folder / "packages"
        (package / "broken-1.dist-info").mkdir(parents=True)
        (package / "broken_vendor.py").write_text(BROKEN_VENDOR)
        (package / "broken-1.dist-info" / "METADATA").write_text("Name: broken\nVersion: 1\n")
        (package / "broken-1.dist-info" / "entry_points.txt").write_text(
            "[license_exporter.vendors]\nbroken = broken_vendor\n"
        )


async def heard(folder: Path, plant: Plants, format: str) -> Heard:
    """Run the exporter and all its commands on planted secrets, and tell what they say."""
    scene = Scene(folder, plant)
    scene.packages()
    (folder / "web").mkdir()

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=407, reason=plant("phrase of a proxy"), text=plant("proxy"))

    async with (
        serving(scene.answer) as url,
        serving(scene.answer, scene.server_context()) as tls_url,
        serving(refuse) as proxy_url,
    ):
        proxy = proxy_url.removeprefix("http://")
        in_environment = f"http://user:{plant('proxy of the environment')}@{proxy}"
        environ = scene.environ | {"HTTP_PROXY": in_environment}
        targets = scene.targets(url, tls_url, proxy)
        config = scene.file("config.yaml", yaml.safe_dump({"targets": targets}))
        arguments = [
            f"--config.file={folder / config}",
            f"--web.config.file={folder / scene.web_config()}",
            "--web.enable-lifecycle",
            "--log.level=debug",
            f"--log.format={format}",
        ]
        with exporter(folder, *arguments, environ=environ) as program:
            texts, refused = await _asked(program, scene, [target["name"] for target in targets])
            texts["command line"] = " ".join(psutil.Process(program.process.pid).cmdline())
            texts |= await _probed(arguments, targets, os.environ | environ)
        texts["log"] = program.log
    return Heard(texts, refused)


async def _asked(
    program: Program, scene: Scene, names: list[str]
) -> tuple[dict[str, str], list[str]]:
    """What the endpoints answer, also to those who may not ask and to broken files."""
    texts = {}
    refused = []
    paths = ["/metrics", "/-/metrics", "/", "/config", "/sd", "/-/healthy", "/-/ready"]
    for name in names:
        paths += [f"/probe?target={name}", f"/target?name={name}"]
    paths += ["/metrics?target=no", "/probe?target=no", "/no"]
    right = basic("user", scene.user_password)
    wrong = basic("user", scene.plant("wrong password"))
    openmetrics = {"Accept": "application/openmetrics-text; version=1.0.0"} | right
    async with aiohttp.ClientSession(program.url) as session:

        async def ask(path: str, method: str = "GET", **options: Any) -> None:
            options = {"headers": right} | options
            async with session.request(method, path, **options) as answer:
                text = await answer.text()
            texts[f"{method} {path} {len(texts)}"] = f"{answer.raw_headers!r}\n{text}"
            if answer.status != 200:
                refused.append(path)

        for path in paths:
            await ask(path)
        await ask("/metrics", headers=openmetrics)
        await ask("/-/metrics", headers=wrong)
        await ask("/-/metrics", "POST", data=scene.plant("body of a request"))
        whole = (scene.folder / "config.yaml").read_text()
        for broken in ("\n  oauth2: {", "\nglobal: 1", "\n- &a"):
            (scene.folder / "config.yaml").write_text(whole + broken)
            await ask("/-/reload", "POST")
        (scene.folder / "config.yaml").write_text(whole)
        (scene.folder / "web.yaml").write_text(
            f"basic_auth_users: {{user: {scene.plant('password that is no hash')}}}"
        )
        await ask("/-/healthy")
    return texts, refused


async def _probed(
    arguments: list[str], targets: list[dict[str, Any]], environ: Mapping[str, str]
) -> dict[str, str]:
    """What `probe` prints for some of the targets, and what the check does."""
    kept = (
        "basic",
        "oauth2",
        "login",
        "key",
        "rsa-oauth",
        "rsa-damaged",
        "proxy",
        "json",
        "broken",
    )
    commands = {f"probe {name}": ["probe", name, "--document", "--explain"] for name in kept}
    commands["draft"] = ["probe", "json", "--draft"]
    commands["probe"] = ["probe", "fails-500"]
    commands["check"] = ["--config.check"]
    limit = asyncio.Semaphore(2)

    async def run(command: list[str]) -> str:
        async with limit:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "license_exporter",
                *command,
                arguments[0],
                "--log.level=debug",
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=environ,
            )
            said, _ = await process.communicate()
            return said.decode()

    said = await asyncio.gather(*(run(command) for command in commands.values()))
    return dict(zip(commands, said, strict=True))
