"""Keys and certificates that the demo makes for itself when it starts."""

import datetime
import ipaddress
import json
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


def new_rsa_key() -> RSAPrivateKey:
    """An RSA key of 2048 bits; takes about a tenth of a second."""
    return generate_rsa_key(public_exponent=65537, key_size=2048)


def new_ec_key() -> EllipticCurvePrivateKey:
    """A key on the curve P-256."""
    return generate_private_key(SECP256R1())


def pem(key: PrivateKey) -> str:
    """A private key as PEM in its traditional form: PKCS#1 for RSA, SEC 1 for EC."""
    return key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()


def jwk(key: PrivateKey, key_id: str) -> str:
    """A private key as a JSON Web Key."""
    if isinstance(key, RSAPrivateKey):
        members = RSAAlgorithm.to_jwk(key, as_dict=True)
    else:
        members = ECAlgorithm.to_jwk(key, as_dict=True)
    return json.dumps({**members, "kid": key_id})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both as PEM."""

    certificate: str
    key: str


def self_signed_certificate() -> Certificate:
    """A certificate of its own making for loopback, as an appliance has one.

    It is a CA as well, so that a client can name it as the one that it trusts. TLS libraries judge
    it by the machine's own clock, hence no clock is passed in.
    """
    key = new_ec_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "er-master")])
    loopback = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=False,
        key_encipherment=False,
        key_agreement=False,
        content_commitment=False,
        data_encipherment=False,
        encipher_only=False,
        decipher_only=False,
    )
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + 365 * day)
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certificate(certificate.public_bytes(Encoding.PEM).decode(), pem(key))
