import base64
import zlib

import aiohttp
import pytest

from license_exporter.demo.enterprise_recon import (
    EnterpriseRecon,
    Estate,
    LicensePool,
    Location,
    Model,
    ReconLicense,
)
from license_exporter.demo.moments import DAY, growing, level
from tests.documents import document

PATH = "/v1/licenses"
GB = 10**9


def basic(username, password):
    credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


USER = basic("apiuser", "password123")
ESTATE = Estate(
    targets={"server": level(2), "workstation": level(3)},
    locations=(
        Location("SERVER-001", " All local files", "server", level(3 * GB)),
        Location("WORKSTATION-001", "/Mail", "client", level(2 * GB)),
        Location("SERVER-001", "/Share", "global", level(GB)),
        Location("SERVER-002", "/Share", "global", level(2 * GB)),
        Location("WAREHOUSE", "/sales", "teradata", level(9 * GB)),
    ),
    pending_scans=level(2),
    pending_bytes=level(85567564053),
)
LEGACY = (LicensePool("server", "Server", 20), LicensePool("google", "Google Apps User", 0))
TERADATA = LicensePool("teradata", "Teradata Data Allowance", 20 * GB)
GLOBAL = LicensePool("global", "Global Data Allowance", 5 * GB)
SMALL_GLOBAL = LicensePool("global", "Global Data Allowance", 2 * GB)
NON_SITEWIDE = (
    LicensePool("server", "Server", 5),
    LicensePool("client", "Client", 5),
    LicensePool("server", "Server Data Allowance", 50 * GB),
    LicensePool("client", "Client Data Allowance", 50 * GB),
)


@pytest.fixture
def license(clock):
    def make(model, *pools, expires_in=30 * DAY):
        return ReconLicense(model, "Example Ltd", clock.time() + expires_in, pools)

    return make


@pytest.fixture
def start(clock, serve):
    async def start(license, *, estate=ESTATE, **license_files):
        files = {name.encode(): each for name, each in license_files.items()}
        master = EnterpriseRecon(
            clock, estate, users={"apiuser": "password123"}, license=license, license_files=files
        )
        return await serve(master.app())

    return start


@pytest.fixture
def get(http):
    async def get(url, target_name=None):
        params = {} if target_name is None else {"target_name": target_name}
        async with http.get(url + PATH, headers=USER, params=params) as answer:
            assert answer.status == 200
            return await answer.json()

    return get


@pytest.fixture
def upload(http):
    async def upload(url, content):
        async with http.put(url + PATH, headers=USER, json={"content": content}) as answer:
            return answer.status, await answer.json()

    return upload


def encoded(name):
    return base64.b64encode(name.encode()).decode()


async def test_the_legacy_model_answers_as_documented(license, start, get, clock):
    details = await get(await start(license(Model.LEGACY, *LEGACY, TERADATA)))
    example = document("enterprise_recon/per_target")
    assert details.keys() == example.keys()
    assert details["expires"] == int(clock.time() + 30 * DAY)
    assert details["summary"] == [
        {"type": "server", "comment": "Server", "total": "20", "usage": "2"},
        {"type": "google", "comment": "Google Apps User", "total": "0", "usage": "0"},
        {
            "type": "teradata",
            "comment": "Teradata Data Allowance",
            "total": "20000000000",
            "usage": "9000000000",
        },
    ]
    assert details["targets"][0].keys() == example["targets"][0].keys()
    assert [target["type"] for target in details["targets"]] == ["server"] * 2 + ["workstation"] * 3


async def test_the_sitewide_model_answers_as_documented(license, start, get, clock):
    details = await get(await start(license(Model.SITEWIDE, SMALL_GLOBAL)))
    example = document("enterprise_recon/sitewide")
    assert details.keys() == example.keys()
    assert details["state"] == "exceeded"
    assert details["expires"] == str(int(clock.time() + 30 * DAY))
    assert details["summary"][0]["usage"] == "3000000000"
    assert all(row.keys() == example["datausage"][0].keys() for row in details["datausage"])


async def test_the_non_sitewide_model_answers_as_documented(license, start, get):
    details = await get(await start(license(Model.NON_SITEWIDE, *NON_SITEWIDE)))
    example = document("enterprise_recon/non_sitewide")
    assert details.keys() == example.keys()
    assert details["state"] == "licensed"
    assert [(row["comment"], row["usage"]) for row in details["summary"]] == [
        ("Server", "2"),
        ("Client", "3"),
        ("Server Data Allowance", "3000000000"),
        ("Client Data Allowance", "2000000000"),
    ]
    assert details["datausage"][0].keys() == example["datausage"][0].keys() | {"id"}


async def test_ids_are_numbers_of_twenty_digits_that_stay(license, start, get):
    url = await start(license(Model.NON_SITEWIDE, *NON_SITEWIDE))
    first, second = await get(url), await get(url)
    ids = [row["id"] for row in first["targets"] + first["datausage"]]
    assert ids == [row["id"] for row in second["targets"] + second["datausage"]]
    assert len(set(ids)) == len(ids)
    assert all(id.isdigit() and len(id) == 20 for id in ids)


async def test_an_expired_license_says_so_and_counts_the_scans_that_wait(license, start, get):
    url = await start(license(Model.SITEWIDE, GLOBAL, expires_in=0))
    details = await get(url)
    assert details["state"] == "expired"
    assert details["warning"] == document("enterprise_recon/sitewide")["warning"]


async def test_there_is_no_warning_without_pending_scans(license, start, get):
    url = await start(license(Model.SITEWIDE, GLOBAL, expires_in=0), estate=Estate())
    assert "warning" not in await get(url)


async def test_a_server_without_a_license_says_absent(start, get):
    assert (await get(await start(None)))["state"] == "absent"


async def test_target_name_filters_targets_and_locations(license, start, get):
    url = await start(license(Model.NON_SITEWIDE, *NON_SITEWIDE))
    details = await get(url, target_name="SERVER-001")
    assert [target["name"] for target in details["targets"]] == ["SERVER-001"]
    locations = [row["location"] for row in details["datausage"]]
    assert locations == ["SERVER-001 All local files", "SERVER-001/Share"]
    assert len(details["summary"]) == 4
    assert (await get(url, target_name="NOBODY"))["targets"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("apiuser", "wrong"),
        basic("nobody", "x"),
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
    ],
    ids=str,
)
async def test_wrong_credentials_are_refused(license, start, http, headers):
    url = await start(license(Model.SITEWIDE, GLOBAL))
    for method in ("GET", "PUT"):
        async with http.request(method, url + PATH, headers=headers) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("accepted", "window"), [("gzip", 16 + zlib.MAX_WBITS), ("deflate", zlib.MAX_WBITS)]
)
async def test_an_answer_is_compressed_as_the_request_asks(license, start, accepted, window):
    url = await start(license(Model.SITEWIDE, GLOBAL))
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(url + PATH, headers=USER | {"Accept-Encoding": accepted}) as answer,
    ):
        assert answer.headers["Content-Encoding"] == accepted
        assert b"Example Ltd" in zlib.decompress(await answer.read(), window)


async def test_an_answer_is_plain_if_no_compression_is_asked_for(license, start, http):
    url = await start(license(Model.SITEWIDE, GLOBAL))
    headers = {"Accept-Encoding": "identity"}
    async with http.get(url + PATH, headers=USER | headers) as answer:
        assert "Content-Encoding" not in answer.headers


async def test_errors_are_never_compressed(license, start, http):
    url = await start(license(Model.SITEWIDE, GLOBAL))
    headers = {"Accept-Encoding": "gzip, deflate"}
    async with http.get(url + PATH, headers=headers) as answer:
        assert "Content-Encoding" not in answer.headers
    body = {"content": ""}
    async with http.put(url + PATH, headers=USER | headers, json=body) as answer:
        assert answer.status == 422
        assert "Content-Encoding" not in answer.headers


async def test_an_uploaded_license_file_is_in_force_at_once(license, start, get, upload):
    url = await start(
        license(Model.SITEWIDE, SMALL_GLOBAL),
        renewal=license(Model.SITEWIDE, GLOBAL, expires_in=300 * DAY),
    )
    assert (await get(url))["state"] == "exceeded"
    assert (await upload(url, encoded("renewal")))[0] == 200
    details = await get(url)
    assert details["state"] == "licensed"
    assert details["summary"][0]["total"] == "5000000000"
    assert "warning" not in details


async def test_a_license_file_can_be_uploaded_once(license, start, upload):
    url = await start(None, renewal=license(Model.SITEWIDE, GLOBAL))
    await upload(url, encoded("renewal"))
    assert await upload(url, encoded("renewal")) == (
        422,
        {
            "message": "License upload failed: The license has already been used. "
            "Each license can only be uploaded once."
        },
    )


@pytest.mark.parametrize("content", [encoded("unknown"), "renewal", "no Base64", None, 5])
async def test_an_invalid_license_file_is_refused(license, start, upload, content):
    url = await start(None, renewal=license(Model.SITEWIDE, GLOBAL))
    assert await upload(url, content) == (422, {"message": "Invalid license file."})


async def test_an_expired_license_file_is_refused(license, start, upload):
    url = await start(None, old=license(Model.SITEWIDE, GLOBAL, expires_in=-1))
    assert await upload(url, encoded("old")) == (422, {"message": "License is expired."})


async def test_a_license_file_with_less_than_was_scanned_is_refused(license, start, get, upload):
    url = await start(license(Model.SITEWIDE, GLOBAL), small=license(Model.SITEWIDE, SMALL_GLOBAL))
    assert await upload(url, encoded("small")) == (
        422,
        {"message": "Insufficient data allowance for scanned data volume."},
    )
    assert (await get(url))["summary"][0]["total"] == "5000000000"


async def test_consumption_grows_as_scans_succeed(license, start, get, clock):
    estate = Estate(locations=(Location("A", "/", "global", growing(GB, GB, DAY, clock.time())),))
    url = await start(license(Model.SITEWIDE, GLOBAL), estate=estate)
    usages = []
    for _ in range(3):
        usages.append((await get(url))["summary"][0]["usage"])
        clock.advance(DAY)
    assert usages == ["1000000000", "2000000000", "3000000000"]
