"""Keys of RSA ID Plus as its console gives them, and what is signed with them."""

import json

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

API = "https://acme.access.securid.com/AdminInterface/restapi"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private_format=PrivateFormat.TraditionalOpenSSL, key=PRIVATE, encryption=None):
    return key.private_bytes(Encoding.PEM, private_format, encryption or NoEncryption()).decode()


def key_file(access_key, **changes):
    content = {
        "customerName": "Acme",
        "accessID": "3a1c5bd4",
        "accessKey": access_key,
        "adminRestApiUrl": API,
        "description": "exporter",
    } | changes
    return json.dumps({name: value for name, value in content.items() if value is not None})


def claims_of(token, audience=API, algorithms=("RS256",), key=PRIVATE):
    """The claims of a token, its signature and audience verified, and its header."""
    claims = jwt.decode(
        token,
        key.public_key(),
        algorithms=list(algorithms),
        audience=audience,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims, jwt.get_unverified_header(token)


def jwk(key, **changes):
    algorithms = jwt.algorithms
    algorithm = algorithms.RSAAlgorithm if key is PRIVATE else algorithms.ECAlgorithm
    said = json.loads(algorithm.to_jwk(key)) | {"kid": "k1", "use": "sig"} | changes
    return json.dumps({name: value for name, value in said.items() if value is not None})
