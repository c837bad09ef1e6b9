import base64
import json
from datetime import UTC, datetime

import jwt
import pytest

from license_exporter.demo.keys import new_rsa_key
from license_exporter.demo.moments import DAY, HOUR, through_month
from license_exporter.demo.rsa import MonthlyUsage, RsaTenant
from tests.documents import document

KEY, OTHER_KEY = new_rsa_key(), new_rsa_key()
ACCESS_ID = "access-id"
BASE = "/AdminInterface/restapi"
USAGE = f"{BASE}/v2/licenseusage"


def usage(time):
    return MonthlyUsage(100 + time / DAY % 7, 12, through_month(0.001)(time), 80)


@pytest.fixture
def tenant(clock):
    return RsaTenant(clock, usage, admin_keys={ACCESS_ID: KEY.public_key()})


@pytest.fixture
async def url(tenant, serve):
    return await serve(tenant.app())


@pytest.fixture
def get(http, url, clock):
    """Asks for the license usage with a token of the given claims; gives status and body."""

    async def ask(key=KEY, algorithm="RS256", **claims):
        now = int(clock.time())
        payload = {"sub": ACCESS_ID, "iat": now, "exp": now + 3000, "aud": f"{url}{BASE}"}
        payload.update(claims)
        payload = {name: value for name, value in payload.items() if value is not None}
        token = jwt.encode(payload, key, algorithm)
        async with http.get(url + USAGE, headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    return ask


async def test_a_token_of_the_admin_key_gets_the_current_month_and_the_twelve_before_it(get):
    status, rows = await get()
    assert status == 200
    assert [row["month"] for row in rows] == [
        *("2026-03", "2026-02", "2026-01"),
        *(f"2025-{month:02}" for month in range(12, 2, -1)),
    ]


async def test_a_row_has_the_fields_of_the_documented_example(get):
    _, rows = await get()
    current, earlier, *_ = document("rsa/licenseusage")
    assert rows[0].keys() == current.keys()
    assert all(row.keys() == earlier.keys() for row in rows[1:])


async def test_the_current_row_tells_the_hour_in_which_it_was_collected(get, clock):
    clock.advance(20 * 60 + 0.5)
    _, rows = await get()
    assert rows[0]["lastUpdatedAt"] == "2026-03-12T12:00:00.000Z"


async def test_messages_are_counted_anew_in_each_month(get, clock):
    clock.now = datetime(2026, 3, 31, 23, 0, tzinfo=UTC).timestamp()
    _, (march, *_) = await get()
    clock.advance(3 * HOUR)
    _, (april, march_again, *_) = await get()
    assert april["month"] == "2026-04"
    assert april["smsAndVoiceTokencodesSent"] < 10 < march["smsAndVoiceTokencodesSent"]
    assert march_again["smsAndVoiceTokencodesSent"] >= march["smsAndVoiceTokencodesSent"]


async def test_numbers_stand_still_once_collection_has_stopped(clock, serve, http):
    tenant = RsaTenant(
        clock,
        usage,
        admin_keys={ACCESS_ID: KEY.public_key()},
        collected_until=clock.time() - 5 * DAY,
    )
    url = await serve(tenant.app())
    now = int(clock.time())
    claims = {"sub": ACCESS_ID, "iat": now, "exp": now + 60, "aud": url + BASE}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, KEY, 'RS256')}"}
    async with http.get(url + USAGE, headers=headers) as answer:
        rows = await answer.json()
    assert rows[0]["lastUpdatedAt"] == "2026-03-07T12:00:00.000Z"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "another-access-id"},
        {"sub": None},
        {"aud": "https://other.access.securid.com/AdminInterface/restapi"},
        {"aud": None},
        {"iat": None},
        {"exp": None},
    ],
    ids=str,
)
async def test_a_claim_that_is_missing_or_wrong_is_refused(get, claims):
    status, _ = await get(**claims)
    assert status == 403


async def test_the_audience_is_the_api_and_not_its_host(get, url):
    status, _ = await get(aud=url)
    assert status == 403


async def test_a_token_signed_with_another_key_is_refused(get):
    status, _ = await get(key=OTHER_KEY)
    assert status == 403


@pytest.mark.parametrize("algorithm", ["RS384", "PS256"])
async def test_a_token_signed_in_another_way_is_refused(get, algorithm):
    status, _ = await get(algorithm=algorithm)
    assert status == 403


async def test_a_token_with_a_changed_payload_is_refused(http, url, clock):
    now = int(clock.time())
    claims = {"sub": ACCESS_ID, "iat": now, "exp": now + 60, "aud": url + BASE}
    header, _, signature = jwt.encode(claims, KEY, "RS256").split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**claims, "exp": now + 3600}).encode())
    token = f"{header}.{payload.decode().rstrip('=')}.{signature}"
    async with http.get(url + USAGE, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 403


async def test_a_token_may_live_for_an_hour_and_not_longer(get, clock):
    now = int(clock.time())
    assert (await get(iat=now, exp=now + 3600))[0] == 200
    assert (await get(iat=now, exp=now + 3601))[0] == 403


async def test_clocks_may_differ_by_a_minute(get, clock):
    now = int(clock.time())
    assert (await get(iat=now + 60, exp=now + 600))[0] == 200
    assert (await get(iat=now + 61, exp=now + 600))[0] == 403
    assert (await get(iat=now - 600, exp=now - 59))[0] == 200
    assert (await get(iat=now - 600, exp=now - 60))[0] == 403


async def test_times_must_be_integers(get, clock):
    now = int(clock.time())
    assert (await get(iat=float(now)))[0] == 403
    assert (await get(exp=str(now + 60)))[0] == 403


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x.y.z", "Basic dTpw", "bearer abc"])
async def test_a_request_without_a_usable_token_is_forbidden_in_the_documented_form(
    http, url, clock, header
):
    headers = {"Authorization": header} if header else {}
    async with http.get(url + USAGE, headers=headers) as answer:
        assert answer.status == 403
        assert await answer.json() == {
            "timestamp": int(clock.time() * 1000),
            "status": 403,
            "error": "Forbidden",
            "message": "Server failed to process provided access token",
            "path": USAGE,
        }


async def test_requests_over_the_rate_limit_are_refused_until_a_minute_has_passed(
    tenant, get, clock
):
    tenant.requests_per_minute = 2
    assert [(await get())[0] for _ in range(3)] == [200, 200, 429]
    assert (await get())[1]["code"] == "429 TOO_MANY_REQUESTS"
    clock.advance(60)
    assert (await get())[0] == 200


async def test_a_broken_tenant_answers_with_an_internal_error(tenant, get):
    tenant.broken = True
    status, body = await get()
    assert status == 500
    assert body["code"] == "500 INTERNAL_SERVER_ERROR"


async def test_an_unknown_path_is_answered_in_the_form_of_other_errors(http, url):
    async with http.get(f"{url}{BASE}/v9/licenseusage") as answer:
        assert answer.status == 404
        assert (await answer.json())["code"] == "404 NOT_FOUND"
    async with http.post(url + USAGE) as answer:
        assert answer.status == 405
