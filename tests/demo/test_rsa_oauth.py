import uuid

import jwt
import pytest

from license_exporter.demo.keys import new_ec_key, new_rsa_key
from license_exporter.demo.rsa import MonthlyUsage, RsaTenant
from license_exporter.demo.rsa_oauth import USAGE_SCOPE, AuthorizationServer, OAuthClient

KEYS = {"RS256": new_rsa_key(), "ES256": new_ec_key()}
OTHER_KEYS = {"RS256": new_rsa_key(), "ES256": new_ec_key()}
USAGE = "/AdminInterface/restapi/v2/licenseusage"


@pytest.fixture(params=["RS256", "ES256"])
def algorithm(request):
    return request.param


@pytest.fixture
def authorization(clock, algorithm):
    client = OAuthClient(
        KEYS[algorithm].public_key(), "key-1", frozenset({USAGE_SCOPE, "rsa.report.health"})
    )
    return AuthorizationServer(clock, {"client": client})


@pytest.fixture
async def issuer(authorization, serve):
    return await serve(authorization.app()) + "/oauth"


@pytest.fixture
async def api(authorization, clock, serve):
    def usage(time):
        return MonthlyUsage(1, 2, 3, 4)

    return await serve(RsaTenant(clock, usage, authorization=authorization).app())


@pytest.fixture
def ask(http, issuer, clock, algorithm):
    """Asks for a token; claims, header and form fields differ as given; gives status and body."""

    async def post(*, key=KEYS[algorithm], claims=None, header=None, **form):
        now = int(clock.time())
        payload = {
            "iss": "client",
            "sub": "client",
            "aud": f"{issuer}/token",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 300,
            **(claims or {}),
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        headers = {"kid": "key-1", **(header or {})}
        fields = {
            "grant_type": "client_credentials",
            "client_id": "client",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(payload, key, algorithm, headers=headers),
            "scope": USAGE_SCOPE,
            **form,
        }
        async with http.post(f"{issuer}/token", data=fields) as answer:
            return answer.status, await answer.json()

    return post


@pytest.fixture
def usage_status(http, api):
    async def get(token):
        headers = {"Authorization": f"Bearer {token}"}
        async with http.get(api + USAGE, headers=headers) as answer:
            return answer.status

    return get


async def test_a_signed_assertion_gets_a_token_that_the_api_accepts(ask, usage_status):
    status, body = await ask()
    assert status == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert await usage_status(body["access_token"]) == 200


async def test_a_token_is_refused_once_it_has_expired(ask, usage_status, clock):
    _, body = await ask()
    clock.advance(3599)
    assert await usage_status(body["access_token"]) == 200
    clock.advance(1)
    assert await usage_status(body["access_token"]) == 403


async def test_a_revoked_token_is_refused(ask, usage_status, authorization):
    _, body = await ask()
    authorization.revoke_all()
    assert await usage_status(body["access_token"]) == 403


async def test_a_token_for_another_scope_does_not_open_license_usage(ask, usage_status):
    status, body = await ask(scope="rsa.report.health")
    assert status == 200
    assert await usage_status(body["access_token"]) == 403


async def test_several_scopes_are_separated_by_a_space(ask, usage_status):
    _, body = await ask(scope=f"rsa.report.health {USAGE_SCOPE}")
    assert await usage_status(body["access_token"]) == 200


@pytest.mark.parametrize("scope", ["", "rsa.user.read", f"{USAGE_SCOPE} rsa.user.read"])
async def test_a_scope_that_is_not_enabled_is_forbidden(ask, scope):
    status, body = await ask(scope=scope)
    assert (status, body["error"]) == (403, "invalid_scope")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "another"},
        {"sub": "another"},
        {"aud": "https://acme.auth.securid.com/oauth/token"},
        {"iss": None},
        {"sub": None},
        {"aud": None},
        {"exp": None},
        {"jti": None},
        {"exp": 1_773_316_740},
        {"exp": "1773317100"},
    ],
    ids=str,
)
async def test_an_assertion_with_a_wrong_claim_is_refused(ask, claims):
    status, body = await ask(claims=claims)
    assert (status, body["error"]) == (401, "invalid_client")


async def test_an_assertion_signed_with_another_key_is_refused(ask, algorithm):
    status, body = await ask(key=OTHER_KEYS[algorithm])
    assert (status, body["error"]) == (401, "invalid_client")


async def test_an_assertion_that_names_another_key_is_refused(ask):
    status, body = await ask(header={"kid": "key-2"})
    assert (status, body["error"]) == (401, "invalid_client")


async def test_an_assertion_is_good_for_one_use(ask):
    claims = {"jti": "once"}
    assert (await ask(claims=claims))[0] == 200
    assert (await ask(claims=claims))[0] == 401


async def test_an_unknown_client_is_refused(ask):
    status, body = await ask(client_id="another")
    assert (status, body["error"]) == (401, "invalid_client")


async def test_another_grant_or_a_client_secret_is_refused(ask):
    status, body = await ask(grant_type="password")
    assert (status, body["error"]) == (400, "unsupported_grant_type")
    status, body = await ask(client_assertion_type="", client_secret="x")
    assert (status, body["error"]) == (400, "invalid_request")
