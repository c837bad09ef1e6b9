import shutil
import subprocess
from pathlib import Path

import pytest
import trustme

from license_exporter.errors import ConfigError
from license_exporter.web.config import load_web_config
from license_exporter.web.tls import server_context

HASH = "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu"
SERVER = "cert_file: server.crt, key_file: server.key"

# Files that the toolkit and this program must judge alike.
GOOD = {
    "empty": "",
    "sections without content": "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n",
    "certificate": f"tls_server_config: {{{SERVER}}}",
    "optional client certificates": (
        f"tls_server_config: {{{SERVER}, client_auth_type: VerifyClientCertIfGiven}}"
    ),
    "required client certificates": (
        f"tls_server_config: {{{SERVER}, client_auth_type: RequireAndVerifyClientCert,"
        " client_ca_file: ca.pem}"
    ),
    "versions": f"tls_server_config: {{{SERVER}, min_version: TLS10, max_version: TLS12}}",
    "suites": (
        f"tls_server_config: {{{SERVER}, prefer_server_cipher_suites: false, cipher_suites:"
        " [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]}"
    ),
    "one curve": f"tls_server_config: {{{SERVER}, curve_preferences: [CurveP521]}}",
    "no HTTP/2": (
        f"tls_server_config: {{{SERVER}, cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}}\n"
        "http_server_config: {http2: false}"
    ),
    "headers": (
        "http_server_config:\n"
        "  headers:\n"
        "    X-Frame-Options: deny\n"
        "    Strict-Transport-Security: max-age=31536000; includeSubDomains\n"
        "    X-Content-Type-Options: nosniff\n"
        "    X-XSS-Protection: 1\n"
        "    Content-Security-Policy: default-src 'self' *.example.net\n"
    ),
    "users": f"basic_auth_users: {{alice: {HASH}, 7: {HASH.replace('$2y$', '$2b$')}}}",
}
BAD = {
    "not a mapping": ("[]", "web.yml: must be a mapping"),
    "a zero byte in a name": (
        'tls_server_config: {cert_file: "a\\0b", key_file: server.key}',
        "tls_server_config.cert_file: is not the name of a file: it holds a zero byte",
    ),
    "not YAML": ("a: [", "web.yml: is not YAML: line "),
    "key twice": (
        "http_server_config: {http2: true, http2: false}",
        "http_server_config.http2: stands more than once",
    ),
    "unknown section": (
        "tls_config: {}",
        "tls_config: is not known; did you mean 'tls_server_config'?",
    ),
    "unknown key": (
        "tls_server_config: {cert_filse: server.crt}",
        "tls_server_config.cert_filse: is not known; did you mean 'cert_file'?",
    ),
    "no certificate": ("tls_server_config: {key_file: server.key}", "missing one of cert or"),
    "empty certificate": (
        "tls_server_config: {cert_file: '', key_file: server.key}",
        "missing one of cert or cert_file",
    ),
    "no key": ("tls_server_config: {cert_file: server.crt}", "missing one of key or key_file"),
    "certificate is not there": (
        "tls_server_config: {cert_file: none.crt, key_file: server.key}",
        "tls_server_config.cert_file: {folder}/none.crt: No such file or directory",
    ),
    "key is not there": (
        "tls_server_config: {cert_file: server.crt, key_file: none.key}",
        "tls_server_config.key_file: {folder}/none.key: No such file or directory",
    ),
    "key of another certificate": (
        "tls_server_config: {cert_file: server.crt, key_file: other.key}",
        "tls_server_config: the key does not belong to the certificate",
    ),
    "certificate is none": (
        "tls_server_config: {cert_file: server.key, key_file: server.key}",
        "tls_server_config: the certificate and its key cannot be loaded",
    ),
    "authority without a policy": (
        f"tls_server_config: {{{SERVER}, client_ca_file: ca.pem}}",
        "client_ca_file without a client_auth_type",
    ),
    "authority is not there": (
        (
            f"tls_server_config: {{{SERVER}, client_auth_type: RequireAndVerifyClientCert,"
            " client_ca_file: none.pem}"
        ),
        "tls_server_config.client_ca_file: {folder}/none.pem: No such file or directory",
    ),
    "unknown policy": (
        f"tls_server_config: {{{SERVER}, client_auth_type: Always}}",
        "tls_server_config.client_auth_type: unknown; expected one of NoClientCert, Verify",
    ),
    "unknown suite": (
        f"tls_server_config: {{{SERVER}, cipher_suites: [TLS_RSA_WITH_ROT13]}}",
        "tls_server_config.cipher_suites[0]: unknown cipher",
    ),
    "unknown curve": (
        f"tls_server_config: {{{SERVER}, curve_preferences: [CurveP257]}}",
        "tls_server_config.curve_preferences[0]: unknown curve; expected one of CurveP256",
    ),
    "unknown version": (
        f"tls_server_config: {{{SERVER}, min_version: TLS111}}",
        "tls_server_config.min_version: must be 'TLS10', 'TLS11', 'TLS12' or 'TLS13'",
    ),
    "flag that is a text": (
        "http_server_config: {http2: 'false'}",
        "http_server_config.http2: must be true or false",
    ),
    "other header": (
        "http_server_config: {headers: {Server: x}}",
        "http_server_config.headers.Server: cannot be set",
    ),
    "X-Frame-Options": (
        "http_server_config: {headers: {X-Frame-Options: allow}}",
        "invalid value for X-Frame-Options; expected deny or sameorigin",
    ),
    "empty X-Frame-Options": (
        "http_server_config: {headers: {X-Frame-Options: ''}}",
        "invalid value for X-Frame-Options",
    ),
    "X-Content-Type-Options": (
        "http_server_config: {headers: {X-Content-Type-Options: sniff}}",
        "invalid value for X-Content-Type-Options; expected nosniff",
    ),
    "password that is not hashed": (
        "basic_auth_users: {john: doe}",
        "basic_auth_users.john: not a bcrypt hash ($2a$, $2b$ or $2y$)",
    ),
    "impossible cost": (
        f"basic_auth_users: {{john: {HASH.replace('$10$', '$32$')}}}",
        "basic_auth_users.john: not a bcrypt hash",
    ),
}

# Files on which promtool 2.42 has another opinion: it is older than the key, it does not check
# what its server then refuses, or Python's TLS cannot do it.
OWN_BAD = {
    "certificate asked for but not verified": (
        f"tls_server_config: {{{SERVER}, client_auth_type: RequestClientCert}}",
        (
            "tls_server_config.client_auth_type: RequestClientCert asks for a certificate without"
            " verifying it, which Python's TLS cannot do"
        ),
    ),
    "any certificate": (
        f"tls_server_config: {{{SERVER}, client_auth_type: RequireAnyClientCert}}",
        "RequireAnyClientCert asks for a certificate without verifying it",
    ),
    "any certificate, by its old name": (
        f"tls_server_config: {{{SERVER}, client_auth_type: RequireClientCert}}",
        "RequireClientCert asks for a certificate without verifying it",
    ),
    "several curves": (
        f"tls_server_config: {{{SERVER}, curve_preferences: [CurveP256, X25519]}}",
        "tls_server_config.curve_preferences: Python's TLS can be set to one curve only",
    ),
    "suites without that of HTTP/2": (
        f"tls_server_config: {{{SERVER}, cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}}",
        "tls_server_config: cipher_suites lacks TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or",
    ),
    "versions that exclude each other": (
        f"tls_server_config: {{{SERVER}, min_version: TLS13, max_version: TLS12}}",
        "tls_server_config: max_version TLS12 is below min_version TLS13",
    ),
    "settings without a certificate": (
        "tls_server_config: {min_version: TLS13}",
        "tls_server_config: min_version without cert_file and key_file: TLS would stay off",
    ),
    "authority without a certificate": (
        (
            f"tls_server_config: {{{SERVER}, client_auth_type: RequireAndVerifyClientCert,"
            " client_ca_file: web.yml}"
        ),
        "tls_server_config.client_ca_file: holds no PEM certificate",
    ),
    "inline and file": (
        f"tls_server_config: {{{SERVER}, cert: x}}",
        "tls_server_config: cert and cert_file exclude each other",
    ),
    "names without a policy": (
        f"tls_server_config: {{{SERVER}, client_allowed_sans: [one]}}",
        "client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert",
    ),
    "names with optional certificates": (
        (
            f"tls_server_config: {{{SERVER}, client_auth_type: VerifyClientCertIfGiven,"
            " client_ca_file: ca.pem, client_allowed_sans: [one]}"
        ),
        "client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert",
    ),
    "header with a line break": (
        'http_server_config: {headers: {X-XSS-Protection: "1\\nA: b"}}',
        "invalid value for X-XSS-Protection; it holds a control character",
    ),
    "interval without a unit": (
        "rate_limit: {interval: 5, burst: 1}",
        "rate_limit.interval: not a duration such as 500ms, 1s or 1m30s",
    ),
    "negative burst": (
        "rate_limit: {interval: 1s, burst: -1}",
        "rate_limit.burst: must be 0 or greater",
    ),
    "hash of a broken kind": (
        f"basic_auth_users: {{john: {HASH.replace('$2y$', '$2x$')}}}",
        "basic_auth_users.john: not a bcrypt hash",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web")
    ca = trustme.CA(key_type=trustme.KeyType.RSA)
    server = ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    other = ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    ca.cert_pem.write_to_path(folder / "ca.pem")
    server.cert_chain_pems[0].write_to_path(folder / "server.crt")
    server.private_key_pem.write_to_path(folder / "server.key")
    other.private_key_pem.write_to_path(folder / "other.key")
    return folder


def check(folder: Path, text: str) -> None:
    """What the server does with the file at its start."""
    path = folder / "web.yml"
    path.write_text(text)
    tls = load_web_config(path).tls_server_config
    if tls.enabled:
        server_context(tls)


def promtool_agrees(folder: Path, text: str) -> bool:
    path = folder / "web.yml"
    path.write_text(text)
    command = ["promtool", "check", "web-config", str(path)]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_good_files_are_accepted(folder: Path, text: str) -> None:
    check(folder, text)


@pytest.mark.parametrize(("text", "problem"), (BAD | OWN_BAD).values(), ids=BAD | OWN_BAD)
def test_bad_files_are_refused_with_path_and_reason(folder: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(folder, text)
    [told] = caught.value.problems
    assert problem.replace("{folder}", str(folder)) in told


@pytest.mark.e2e
def test_promtool_judges_the_files_alike(folder: Path) -> None:
    assert shutil.which("promtool"), "promtool is not installed"
    assert [name for name, text in GOOD.items() if not promtool_agrees(folder, text)] == []
    assert [name for name, (text, _) in BAD.items() if promtool_agrees(folder, text)] == []


def test_all_problems_are_told_at_once(folder: Path) -> None:
    text = (
        "tls_server_config: {min_version: TLS9, client_auth_type: x}\n"
        "basic_auth_users: {john: doe}\nrate_limit: {burst: x}\nother: 1"
    )
    with pytest.raises(ConfigError) as caught:
        check(folder, text)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "basic_auth_users.john",
        "other",
        "rate_limit.burst",
        "tls_server_config.client_auth_type",
        "tls_server_config.min_version",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"web\.yml: cannot be read: No such file or directory"):
        load_web_config(tmp_path / "web.yml")


def test_no_problem_and_no_repr_shows_a_secret(folder: Path) -> None:
    secrets = "basic_auth_users: {john: s3cret}\ntls_server_config: {key: [s3cret], cert: s3cret}"
    with pytest.raises(ConfigError) as caught:
        check(folder, secrets)
    assert "s3cret" not in str(caught.value)
    path = folder / "web.yml"
    path.write_text(
        f"basic_auth_users: {{john: {HASH}}}\ntls_server_config: {{key: s3cret, cert: s3cret}}"
    )
    shown = repr(load_web_config(path))
    assert HASH not in shown
    assert "s3cret" not in shown


def test_relative_paths_start_at_the_folder_of_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    (folder / "web.yml").write_text(f"tls_server_config: {{{SERVER}}}")
    assert load_web_config(folder / "web.yml").tls_server_config.files == (
        folder / "server.crt",
        folder / "server.key",
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("0", 0), ("0s", 0), ("1s", 1), ("500ms", 0.5), ("1m30s", 90), ("1.5h", 5400), ("2us", 2e-6)],
)
def test_intervals_are_durations_of_go(folder: Path, written: str, seconds: float) -> None:
    (folder / "web.yml").write_text(f"rate_limit: {{interval: {written}, burst: 1}}")
    limit = load_web_config(folder / "web.yml").rate_limit
    assert limit.interval == pytest.approx(seconds)


def test_empty_headers_are_unset(folder: Path) -> None:
    (folder / "web.yml").write_text("http_server_config: {headers: {X-XSS-Protection: ''}}")
    assert load_web_config(folder / "web.yml").http_server_config.headers == {}
