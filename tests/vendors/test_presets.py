"""The presets over real HTTP, and the rules that they share."""

from collections.abc import Mapping
from contextlib import asynccontextmanager

import pytest
import yaml
from aiohttp import web

from license_exporter.process.clock import SystemClock
from tests.demo.scraping import scraper
from tests.documents import document
from tests.servers import serving

KEY = {"api_key": {"key": "s3cret"}}
TOKEN = {"authorization": {"credentials": "s3cret"}}
BEARER = ("Authorization", "Bearer s3cret")

# How each preset is reached, the header that it then sends, and where its API has what.
ACCESS = {
    "elasticsearch": (KEY, ("Authorization", "ApiKey s3cret")),
    "github_enterprise": (TOKEN, BEARER),
    "gitlab": (KEY, ("PRIVATE-TOKEN", "s3cret")),
    "microsoft_graph": (TOKEN, BEARER),
    "pagerduty": (KEY, ("Authorization", "Token token=s3cret")),
    "redis_enterprise": (
        {"basic_auth": {"username": "u", "password": "p"}},
        ("Authorization", "Basic dTpw"),
    ),
    "sonarqube": (TOKEN, BEARER),
    "vault": (KEY, ("X-Vault-Token", "s3cret")),
}
PATHS = {
    "elasticsearch": {name: f"/{name}" for name in ("_license", "_xpack", "_cluster/health")},
    "github_enterprise": {
        "license": "/api/v3/enterprise/settings/license",
        "consumed-licenses": "/api/v3/enterprises/acme/consumed-licenses",
        "copilot/billing": "/api/v3/orgs/acme-eng/copilot/billing",
    },
    "gitlab": {name: f"/api/v4/{name}" for name in ("license", "licenses")},
    "microsoft_graph": {
        name: f"/v1.0/{name}" for name in ("subscribedSkus", "directory/subscriptions")
    },
    "pagerduty": {"licenses": "/licenses"},
    "redis_enterprise": {"license": "/v1/license", "cluster/health": "/v4/cluster/health"},
    "sonarqube": {"v2": "/api/v2/entitlements/license", "v1": "/api/editions/show_license"},
    "vault": {
        name: f"/v1/{name}" for name in ("sys/license/status", "sys/internal/counters/activity")
    },
}
OPTIONAL = [
    ("elasticsearch", "_xpack"),
    ("elasticsearch", "_cluster/health"),
    ("github_enterprise", "license"),
    ("github_enterprise", "consumed-licenses"),
    ("github_enterprise", "copilot/billing"),
    ("gitlab", "licenses"),
    ("microsoft_graph", "directory/subscriptions"),
    ("redis_enterprise", "cluster/health"),
    ("vault", "sys/internal/counters/activity"),
]
REQUIRED = [
    ("elasticsearch", "_license"),
    ("gitlab", "license"),
    ("microsoft_graph", "subscribedSkus"),
    ("pagerduty", "licenses"),
    ("redis_enterprise", "license"),
    ("vault", "sys/license/status"),
]
VARIABLES = {"github_enterprise": {"variables": {"enterprise": "acme", "org": "acme-eng"}}}


@pytest.fixture
def scrape(tmp_path):
    """Scrape a preset whose documents are the examples, or some of them an answer of one's own."""

    async def scrape(name, answers=None, options=None):
        async with served(name, answers or {}) as url:
            file = tmp_path / "config.yaml"
            options = VARIABLES.get(name, {}) if options is None else options
            target = {"name": "t", "vendor": name, "url": url, **ACCESS[name][0], **options}
            file.write_text(yaml.safe_dump({"targets": [target]}))
            async with scraper(file, SystemClock()) as scrape:
                return await scrape()

    return scrape


@asynccontextmanager
async def served(name, answers: Mapping[str, object]):
    documents = {path: document_name for document_name, path in PATHS[name].items()}
    header, value = ACCESS[name][1]

    async def handler(request):
        document_name = documents.get(request.path)
        if request.headers.get(header) != value:
            return web.Response(status=401)
        if document_name is None:
            return web.Response(status=404)
        answer = answers.get(document_name)
        if callable(answer):
            return answer(request)
        return web.json_response(document(f"{name}/{document_name}"))

    async with serving(handler) as url:
        yield url


def answering(status, text=""):
    return lambda _request: web.Response(status=status, text=text, content_type="application/json")


def errors(metrics):
    reasons = ("auth", "forbidden", "not_found", "http", "decode", "schema", "server")
    return {reason for reason in reasons if metrics.values("license_scrape_error", reason=reason)}


@pytest.mark.parametrize("name", ACCESS)
async def test_the_documented_examples_are_read(scrape, name):
    metrics = await scrape(name)
    assert metrics.value("license_up") == 1
    assert metrics.value("license_skipped_values") == 0
    assert metrics.values("license_used")
    assert errors(metrics) == set()


@pytest.mark.parametrize(("name", "optional"), OPTIONAL)
@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (answering(403), {"forbidden"}),
        (answering(404), set()),
        (answering(204), set()),
        (answering(200, "[5]"), {"schema"}),
        (answering(200, ""), {"decode"}),
    ],
    ids=["403", "404", "204", "wrong shape", "empty"],
)
async def test_an_optional_document_fails_alone(scrape, name, optional, answer, reasons):
    metrics = await scrape(name, {optional: answer})
    assert metrics.value("license_up") == 1
    assert errors(metrics) == reasons
    assert len(metrics.values("license_scrape_error", document=optional)) == len(reasons)


@pytest.mark.parametrize(("name", "required"), REQUIRED)
@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (answering(403), {"forbidden"}),
        (answering(500), {"server"}),
        (answering(200, "[5]"), {"schema"}),
        (answering(200, "{}"), {"schema"}),
    ],
    ids=["403", "500", "wrong shape", "nothing"],
)
async def test_a_required_document_that_fails_fails_the_target(
    scrape, name, required, answer, reasons
):
    metrics = await scrape(name, {required: answer})
    assert metrics.value("license_up") == 0
    assert errors(metrics) == reasons
    assert metrics.values("license_used") == []


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("gitlab", {"license": answering(404), "licenses": answering(200, "[]")}),
        ("gitlab", {"license": answering(200, "null"), "licenses": answering(200, "[]")}),
        ("vault", {"sys/license/status": answering(404)}),
        ("vault", {"sys/license/status": answering(400, '{"errors": ["unsupported path"]}')}),
        ("redis_enterprise", {"license": answering(404)}),
        ("sonarqube", {"v2": answering(404), "v1": answering(404)}),
        ("sonarqube", {"v2": answering(404), "v1": answering(200, "null")}),
        ("sonarqube", {"v2": answering(200, "null")}),
    ],
)
async def test_a_product_without_a_license_is_up_and_says_so(scrape, name, answers):
    metrics = await scrape(name, answers)
    assert metrics.value("license_up") == 1
    assert metrics.value("license_state", state="absent") == 1
    assert metrics.values("license_info") == []
    assert errors(metrics) == set()


@pytest.mark.parametrize(
    ("name", "answers", "options"),
    [
        ("elasticsearch", {"_license": answering(404)}, None),
        ("github_enterprise", {"license": answering(404)}, {}),
        ("gitlab", {"license": answering(404), "licenses": answering(404)}, None),
        ("microsoft_graph", {"subscribedSkus": answering(404)}, None),
        ("pagerduty", {"licenses": answering(404)}, None),
    ],
)
async def test_elsewhere_404_is_no_absence(scrape, name, answers, options):
    metrics = await scrape(name, answers, options)
    assert metrics.value("license_up") == 0
    assert metrics.value("license_scrape_error", reason="not_found") == 1
    assert metrics.values("license_state") == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(403, "forbidden"), (500, "server"), (200, "decode")],
)
async def test_where_no_document_is_required_and_none_came_the_target_fails_as_they_did(
    scrape, answer, reason
):
    names = {"license": 404, "consumed-licenses": answer, "copilot/billing": 404}
    answers = {name: answering(status) for name, status in names.items()}
    metrics = await scrape("github_enterprise", answers)
    assert metrics.value("license_up") == 0
    assert metrics.value("license_scrape_error", document="consumed-licenses", reason=reason) == 1
    assert errors(metrics) == {reason}


async def test_sonarqube_is_asked_at_its_older_address_where_the_newer_one_is_missing(scrape):
    metrics = await scrape("sonarqube", {"v2": answering(404)})
    assert metrics.value("license_used", pool="lines_of_code", unit="lines") == 120085
    assert metrics.value("license_expiry_timestamp_seconds") == 1526601600


async def test_all_pages_of_microsoft_graph_are_read(scrape):
    def pages(request):
        first, second = document("microsoft_graph/subscribedSkus")["value"]
        if request.query.get("$skiptoken") == "2":
            return web.json_response({"value": [second]})
        next_page = str(request.url.with_query({"$skiptoken": "2"}))
        return web.json_response({"value": [first], "@odata.nextLink": next_page})

    metrics = await scrape("microsoft_graph", {"subscribedSkus": pages})
    assert metrics.value("license_used", pool="ENTERPRISEPREMIUM") == 14
    assert metrics.value("license_units", pool="CRMSTANDARD", state="suspended") == 25


async def test_the_clients_of_a_vault_without_a_license_are_counted(scrape):
    metrics = await scrape("vault", {"sys/license/status": answering(404)})
    assert metrics.value("license_used", pool="clients") == 220
    assert metrics.value("license_location_used", location="root") == 100
