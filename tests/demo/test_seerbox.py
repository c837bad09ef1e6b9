import pytest

from license_exporter.demo.moments import DAY, HOUR, level
from license_exporter.demo.seerbox import SeerBox, SeerBoxLicense
from tests.documents import document

INSTALLED = SeerBoxLicense(
    "installed",
    "Test License",
    created=1_700_212_830.783,
    expiry=2_210_318_430.785,
    max_uses={"monitored_monthly_requests": 900},
)
RENEWED = SeerBoxLicense(
    "renewed",
    "Test License",
    created=1_773_000_000.0,
    expiry=2_300_000_000.0,
    max_uses={"monitored_monthly_requests": 5000},
)


@pytest.fixture
def instance(clock):
    """Makes an instance with the given license key inserted and transactions counted."""

    def make(installed="key", requests=0, **changed):
        return SeerBox(
            clock,
            users={"exporter": "secret", "guest": "guest"},
            unprivileged=frozenset({"guest"}),
            license_keys={"key": INSTALLED, "renewal": RENEWED},
            installed=installed,
            requests=level(requests),
            **changed,
        )

    return make


@pytest.fixture
def call(http, serve):
    """Calls an instance, signed in unless told otherwise; gives status and body."""
    addresses = {}

    async def send(seer_box, method, path, user="exporter", password="secret", **options):
        if seer_box not in addresses:
            addresses[seer_box] = await serve(seer_box.app())
        url = addresses[seer_box]
        headers = {}
        if user:
            credentials = {"username": user, "password": password}
            async with http.post(f"{url}/api/v1/signin", json=credentials) as answer:
                token = (await answer.json())["data"]["token"]
            headers["Authorization"] = f"Bearer {token}"
        async with http.request(method, url + path, headers=headers, **options) as answer:
            return answer.status, await answer.json()

    return send


async def test_a_user_who_signs_in_gets_the_license_with_the_documented_fields(instance, call):
    status, body = await call(instance(), "GET", "/api/v1/license")
    documented = document("seerbox/license")
    assert (status, body["message"], body["status"]) == (200, "License info", "ok")
    assert body.keys() == documented.keys()
    assert body["data"].keys() == documented["data"].keys()
    license, example = body["data"]["license"], documented["data"]["license"]
    assert license.keys() == example.keys()
    assert license["ordered_entitlements_keys"] == example["ordered_entitlements_keys"]
    assert license["entitlements"].keys() == example["entitlements"].keys()
    for key, entitlement in example["entitlements"].items():
        assert license["entitlements"][key]["max_uses"] == entitlement["max_uses"]
        assert license["entitlements"][key]["is_limited"] == entitlement["is_limited"]
    assert (license["created"], license["expiry"]) == (example["created"], example["expiry"])
    assert license["updated"] == license["created"]


@pytest.mark.parametrize(
    "credentials",
    [{"username": "exporter", "password": "wrong"}, {"username": "nobody", "password": "x"}, {}],
)
async def test_a_wrong_password_is_refused(instance, call, credentials):
    status, body = await call(instance(), "POST", "/api/v1/signin", user=None, json=credentials)
    assert (status, body["message"]) == (401, "Invalid username or password")
    assert body["data"] is None


async def test_the_license_is_forbidden_without_a_token(instance, call):
    for method in ("GET", "POST"):
        status, body = await call(instance(), method, "/api/v1/license", user=None)
        assert (status, body["message"]) == (403, "Forbidden")


async def test_the_license_is_forbidden_to_a_user_without_the_privilege(instance, call):
    status, body = await call(instance(), "GET", "/api/v1/license", user="guest", password="guest")
    assert (status, body["message"]) == (403, "Forbidden")


async def test_a_token_ends_with_its_lifetime_and_with_a_restart(instance, http, serve, clock):
    seer_box = instance(token_lifetime=HOUR)
    url = await serve(seer_box.app())

    async def sign_in():
        credentials = {"username": "exporter", "password": "secret"}
        async with http.post(f"{url}/api/v1/signin", json=credentials) as answer:
            return {"Authorization": f"Bearer {(await answer.json())['data']['token']}"}

    async def status(headers):
        async with http.get(f"{url}/api/v1/license", headers=headers) as answer:
            return answer.status

    headers = await sign_in()
    clock.advance(HOUR - 1)
    assert await status(headers) == 200
    clock.advance(1)
    assert await status(headers) == 403
    headers = await sign_in()
    seer_box.sign_out_all()
    assert await status(headers) == 403
    assert seer_box.sign_ins == 2


async def test_inserting_a_license_key_puts_its_license_in_force(instance, call):
    seer_box = instance()
    status, body = await call(seer_box, "POST", "/api/v1/license", json={"license_key": "renewal"})
    assert (status, body["message"]) == (200, "License succesfully inserted")
    inserted = document("seerbox/inserted")["data"]["license"]
    assert body["data"]["license"].keys() == inserted.keys()
    _, body = await call(seer_box, "GET", "/api/v1/license")
    assert body["data"]["license"]["id"] == "renewed"
    assert body["data"]["license"]["updated"] == "2026-03-12T12:00:00.000Z"


@pytest.mark.parametrize(
    "request_body",
    [{"json": {"license_key": "unknown"}}, {"json": {}}, {"json": []}, {"data": b"no JSON"}],
    ids=str,
)
async def test_a_key_that_cannot_be_inserted_leaves_the_license_as_it_was(
    instance, call, request_body
):
    seer_box = instance()
    status, body = await call(seer_box, "POST", "/api/v1/license", **request_body)
    assert (status, body["message"]) == (400, "Error inserting license key")
    _, body = await call(seer_box, "GET", "/api/v1/license")
    assert body["data"]["license"]["id"] == "installed"


async def test_an_instance_without_a_license_says_so(instance, call):
    status, body = await call(instance(installed=None, requests=7), "GET", "/api/v1/license")
    assert status == 200
    assert body["data"]["license"] is None
    assert body["data"]["monthly_tx_counter"] == 7


@pytest.mark.parametrize(("requests", "reached"), [(899, False), (900, True), (1200, True)])
async def test_the_limit_is_reached_with_the_last_request_that_it_allows(
    instance, call, requests, reached
):
    _, body = await call(instance(requests=requests), "GET", "/api/v1/license")
    assert body["data"]["monthly_tx_counter"] == requests
    assert body["data"]["monthly_tx_limit_reached"] is reached


async def test_a_perpetual_license_has_a_null_expiry(clock, call):
    perpetual = SeerBoxLicense("perpetual", "Test", clock.time() - DAY, None)
    seer_box = SeerBox(
        clock,
        users={"exporter": "secret"},
        license_keys={"key": perpetual},
        installed="key",
        requests=level(10**9),
    )
    _, body = await call(seer_box, "GET", "/api/v1/license")
    assert body["data"]["license"]["expiry"] is None
    assert body["data"]["monthly_tx_limit_reached"] is False


async def test_a_license_is_expired_from_its_expiry_on(instance, call, clock):
    seer_box = instance()
    clock.now = INSTALLED.expiry - 1
    _, body = await call(seer_box, "GET", "/api/v1/license")
    assert body["data"]["license"]["status"] == "active"
    clock.advance(1)
    _, body = await call(seer_box, "GET", "/api/v1/license")
    assert (body["data"]["license"]["status"], body["data"]["status"]) == ("expired", "expired")
