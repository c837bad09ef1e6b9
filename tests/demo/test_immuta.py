import pytest

from license_exporter.demo.immuta import Immuta, ImmutaLicense
from license_exporter.demo.moments import DAY, HOUR, level
from tests.documents import document

API_KEY = "dea464c07bd07300095caa8"
FEATURES = {"FPE": True, "nativeSqlTeradata": False}
RAW = {"Authorization": API_KEY}


@pytest.fixture
def licenses(clock):
    now = clock.time()
    return {
        "old": ImmutaLicense("u-old", now - 400 * DAY, now - 30 * DAY, 10, hard_expiration=True),
        "current": ImmutaLicense(
            "u-current", now - 30 * DAY, now + 300 * DAY, 20, soft_seats=5, features=FEATURES
        ),
        "renewal": ImmutaLicense("u-renewal", now, None, 100, features=("FPE",)),
    }


@pytest.fixture
def start(clock, serve, licenses):
    async def start(*installed, active_users=1, **options):
        immuta = Immuta(
            clock,
            api_key=API_KEY,
            license_keys=licenses,
            installed=installed,
            active_users=level(active_users),
            **options,
        )
        return immuta, await serve(immuta.app())

    return start


@pytest.fixture
def call(http):
    async def call(method, url, headers=RAW, **options):
        async with http.request(method, url, headers=headers, **options) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    return call


async def test_an_api_key_is_exchanged_for_a_token_that_ends(start, call, clock):
    _, url = await start("current", token_lifetime=HOUR)
    status, body = await call("POST", f"{url}/bim/apikey/authenticate", json={"apikey": API_KEY})
    assert (status, body["tokenExpiration"]) == (200, "2026-03-12T13:00:00.000Z")
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert (await call("GET", f"{url}/admin/license", headers=headers))[0] == 200
    clock.advance(HOUR)
    assert (await call("GET", f"{url}/admin/license", headers=headers))[0] == 401


async def test_a_token_is_refused_after_all_were_signed_out(start, call):
    immuta, url = await start("current")
    _, body = await call("POST", f"{url}/bim/apikey/authenticate", json={"apikey": API_KEY})
    immuta.sign_out_all()
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert (await call("GET", f"{url}/admin/license", headers=headers))[0] == 401


@pytest.mark.parametrize("body", [{"apikey": "wrong"}, {}, []])
async def test_a_wrong_api_key_gets_no_token(start, call, body):
    immuta, url = await start("current")
    status, answer = await call("POST", f"{url}/bim/apikey/authenticate", json=body)
    assert status == 401
    assert "token" not in answer
    assert immuta.tokens_given == 0


@pytest.mark.parametrize("header", [None, "wrong", f"Bearer {API_KEY}", "Bearer unknown"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/license"),
        ("POST", "/admin/license"),
        ("GET", "/admin/license/licenseStatus"),
        ("GET", "/admin/license/usage"),
        ("DELETE", "/admin/license/1"),
    ],
)
async def test_every_call_needs_the_key_itself_or_a_token_as_bearer(
    start, call, method, path, header
):
    _, url = await start("current")
    headers = {"Authorization": header} if header else {}
    assert (await call(method, url + path, headers=headers))[0] == 401


async def test_licenses_are_listed_with_the_documented_fields(start, call):
    _, url = await start("old", "current", undocumented_fields=False)
    status, licenses = await call("GET", f"{url}/admin/license")
    assert status == 200
    assert [license["id"] for license in licenses] == [1, 2]
    example = document("immuta/license")[0]
    assert all(license.keys() == example.keys() for license in licenses)
    assert licenses[1]["features"] == {
        "FPE": {"enabled": True},
        "nativeSqlTeradata": {"enabled": False},
    }


async def test_undocumented_fields_tell_expired_and_deleted_licenses(start, call):
    _, url = await start("old", "current", "renewal", deleted=(3,))
    _, licenses = await call("GET", f"{url}/admin/license")
    assert licenses[0].keys() == document("immuta/added").keys()
    assert [license["expired"] for license in licenses] == [True, False, False]
    assert [license["deleted"] for license in licenses] == [False, False, True]
    assert licenses[1]["updatedAt"] == licenses[1]["createdAt"]


async def test_deleted_licenses_are_not_listed_where_nothing_would_tell_them(start, call):
    _, url = await start("current", "renewal", deleted=(1,), undocumented_fields=False)
    _, licenses = await call("GET", f"{url}/admin/license")
    assert [license["id"] for license in licenses] == [2]


@pytest.mark.parametrize("name", ["licenseKey", "licensekey"])
async def test_adding_a_license_key_adds_its_seats_and_features(start, call, name):
    _, url = await start("current")
    status, added = await call("POST", f"{url}/admin/license", json={name: "renewal"})
    assert status == 200
    assert added.keys() == document("immuta/added").keys()
    assert (added["id"], added["seats"], added["expires"]) == (2, 100, None)
    assert added["updatedAt"] == "2026-03-12T12:00:00.000Z"
    assert added["features"] == ["FPE"]
    _, state = await call("GET", f"{url}/admin/license/licenseStatus")
    assert state["hardSeats"] == 120


async def test_an_unknown_license_key_is_refused(start, call):
    _, url = await start("current")
    assert (await call("POST", f"{url}/admin/license", json={"licenseKey": "x"}))[0] == 400
    assert len((await call("GET", f"{url}/admin/license"))[1]) == 1


async def test_status_counts_the_seats_of_licenses_in_force(start, call):
    _, url = await start("old", "current", active_users=24)
    _, state = await call("GET", f"{url}/admin/license/licenseStatus")
    assert state.keys() == document("immuta/licenseStatus").keys()
    assert state == {
        "activeUserCount": 24,
        "licenseSeats": 25,
        "canAddUser": True,
        "hardSeats": 20,
    }


async def test_no_user_can_be_added_once_all_seats_are_taken(start, call):
    _, url = await start("current", active_users=25)
    assert (await call("GET", f"{url}/admin/license/licenseStatus"))[1]["canAddUser"] is False


async def test_a_deleted_license_is_shown_as_documented_and_gives_no_seats(start, call):
    _, url = await start("current")
    status, deleted = await call("DELETE", f"{url}/admin/license/1")
    assert status == 200
    assert deleted.keys() == document("immuta/deleted").keys()
    assert deleted["deleted"] is True
    assert (await call("GET", f"{url}/admin/license/licenseStatus"))[1]["licenseSeats"] == 0


async def test_a_license_can_be_deleted_once(start, call):
    _, url = await start("current")
    await call("DELETE", f"{url}/admin/license/1")
    assert (await call("DELETE", f"{url}/admin/license/1"))[0] == 404
    assert (await call("DELETE", f"{url}/admin/license/9"))[0] == 404


async def test_usage_gives_a_page_of_users_and_a_summary_of_all(start, call):
    _, url = await start("current", active_users=20)
    _, whole = await call("GET", f"{url}/admin/license/usage?offset=0&size=100")
    _, page = await call("GET", f"{url}/admin/license/usage?offset=5&size=2")
    assert page.keys() == document("immuta/usage").keys()
    assert page["users"] == whole["users"][5:7]
    assert page["users"][0].keys() == document("immuta/usage")["users"][0].keys()
    assert page["summary"] == {
        "dataConsumers": {"totalCount": 20, "activeCount": 18},
        "policyOwners": {"totalCount": 2, "activeCount": 2},
    }
    assert len((await call("GET", f"{url}/admin/license/usage"))[1]["users"]) == 10


@pytest.mark.parametrize("status", [404, 500])
async def test_usage_may_be_unknown_to_the_server_or_fail(start, call, status):
    _, url = await start("current", usage_status=status)
    assert (await call("GET", f"{url}/admin/license/usage"))[0] == status
