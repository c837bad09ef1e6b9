"""Drafts of answers in the shapes that license APIs have: everything in them is found, and no more.

Each has the uses, limits and ends that are right; a draft finds them all, and calls nothing else
sure or likely.
"""

import math

import pytest

from license_exporter.mapping.draft import draft
from license_exporter.mapping.draft.fitting import specified
from license_exporter.mapping.draft.guess import Sure
from license_exporter.mapping.parser import compile_mapping
from license_exporter.mapping.spec import Mapping
from license_exporter.model.answer import Answer
from tests.mapping.drafts import surer

MAY_15 = 1_810_339_200  # 2027
JUN_01 = 1_811_808_000
YEAR_END = 1_798_675_200  # 2026-12-31

SHAPES = {
    "seats in an object of their own": (
        {"seats": {"purchased": 40, "used": 38}, "billing": {"renewsAt": "2027-05-15"}},
        {38},
        {40},
        {MAY_15},
    ),
    "rows of products with blocks": (
        [
            {"name": "Enterprise", "total": 128, "used": 96, "properties": {"expires": MAY_15}},
            {"name": "Standard", "total": 2, "used": 1, "properties": {}},
        ],
        {96, 1},
        {128, 2},
        {MAY_15},
    ),
    "short names of a license manager": (
        {
            "products": [
                {"product": "solver", "count": 20, "inuse": 7, "res": 0, "exp": "31-dec-2026"},
                {"product": "mesher", "count": 5, "inuse": 5, "res": 0, "exp": "permanent"},
            ]
        },
        {7, 5},
        {20, 5},
        {YEAR_END, math.inf},
    ),
    "quotas of several units in milliseconds": (
        {
            "licenseType": "SAAS",
            "expirationTime": MAY_15 * 1000,
            "hostUnits": {"quota": 500.0, "used": 431.5},
            "dataUnits": {"quota": 1_000_000, "used": 120_034},
        },
        {431.5, 120_034},
        {500, 1_000_000},
        {MAY_15},
    ),
    "limits in rows, with a flag for unlimited": (
        {
            "Limits": [
                {"Name": "Projects", "EffectiveLimit": 20, "CurrentUsage": 7, "IsUnlimited": False},
                {"Name": "Hosts", "EffectiveLimit": 2**31 - 1, "CurrentUsage": 31,
                 "IsUnlimited": True},
            ],
            "DaysToEffectiveExpiryDate": 341,
            "EffectiveExpiryDate": "2027-05-15T00:00:00.000+00:00",
        },
        {7, 31},
        {20, math.inf},
        {MAY_15},
    ),
    "a license of an add-on": (
        {
            "active": True,
            "evaluation": False,
            "expired": False,
            "expiryDate": MAY_15 * 1000,
            "expiryDateString": "15/May/27",
            "maximumNumberOfUsers": 500,
            "organizationName": "Example",
            "rawLicense": "XXXX",
            "contactEmail": "a@example.com",
        },
        set(),
        {500},
        {MAY_15},
    ),
    "categories by name": (
        {
            "contractPeriodEnd": "2027-05-15",
            "isTrial": False,
            "categories": {
                "errors": {"usage": 120_345, "reserved": 500_000, "prepaid": 500_000},
                "replays": {"usage": 200, "reserved": 500, "prepaid": 500},
            },
        },
        {120_345, 200},
        {500_000, 500},
        {MAY_15},
    ),
    "a table with texts for all": (
        [
            {"Product": "Pro", "Seats used": "1,203", "Seats purchased": "1,500",
             "Valid until": "May 15, 2027"},
            {"Product": "Lite", "Seats used": "17", "Seats purchased": "Unlimited",
             "Valid until": "June 1, 2027"},
        ],
        {1203, 17},
        {1500, math.inf},
        {MAY_15, JUN_01},
    ),
    "one element of what XML repeats": (
        {"licenses": {"license": {"name": "solver", "used": "3", "total": "5",
                                  "expires": "2027-05-15"}}},
        {3},
        {5},
        {MAY_15},
    ),
    "use and limits in objects of their own": (
        {"usage": {"activeUsers": 1042}, "limits": {"users": 1500}, "expires": "2027-05-15"},
        {1042},
        {1500},
        {MAY_15},
    ),
    "an envelope with pages": (
        {
            "meta": {"pagination": {"total": 1, "limit": 20, "offset": 0}},
            "resources": [
                {"sku": "FALCON", "purchased_count": 1000, "activated": 875,
                 "start": "2026-02-01", "end": "2027-05-15"}
            ],
        },
        {875},
        {1000},
        {MAY_15},
    ),
    "what is no license": (
        {
            "resources": {
                "core": {"limit": 5000, "used": 1, "remaining": 4999, "reset": 1_791_372_448}
            },
            "disks": [{"name": "sda", "total": 1000, "used": 500, "free": 500}],
            "token": {"expires_at": 1_791_372_448},
            "temperature": {"value": 20, "max": 90},
            "rateLimit": 100,
        },
        set(),
        set(),
        set(),
    ),
}  # fmt: skip


def told(made, documents):
    """The uses, limits and ends that a draft reads."""
    if not made.row_sets:
        return set(), set(), set()
    requests = {name: {} for name in documents}
    mapping = Mapping.model_validate(specified(requests, made.row_sets))
    report = compile_mapping(mapping, {}, at="", usual=None, stand_ins=False)(
        Answer(documents, 0.0)
    )
    ends = {license.expiry for license in report.licenses}
    return (
        {pool.used for pool in report.pools} - {None},
        {pool.limit for pool in report.pools} - {None},
        ends - {None},
    )


@pytest.mark.parametrize(("document", "used", "limits", "ends"), SHAPES.values(), ids=SHAPES)
def test_what_an_answer_tells_is_found_and_nothing_else_is_called_likely(
    document, used, limits, ends
):
    documents = {"answer": document}
    made = draft(documents, {"answer": {}})
    found = told(made, documents)
    assert used <= found[0] and limits <= found[1] and ends <= found[2], made.text()
    likely = told(surer(made, Sure.LIKELY), documents)
    assert likely[0] <= used and likely[1] <= limits and likely[2] <= ends, made.text()
