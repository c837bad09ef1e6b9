"""Documents of further products, each with a trap of its own, read by mappings of a few lines."""

import math

from license_exporter.model.report import Entitlement, Pool, State
from tests.mapping.mappings import read


def read_whole(mapping, document):
    """The report on a document of which nothing is skipped."""
    report, answer = read(mapping, document)
    assert answer.skipped_paths == []
    return report


def test_jira_tells_by_a_flag_that_seats_are_unlimited():
    mapping = """
    pools:
      - rows: "@"
        name: {path: key, allow_sensitive: true}
        used: userCount
        limit: hasUnlimitedSeats && 'unlimited' || numberOfSeats
        available: remainingSeats
    """
    rows = [
        {"key": "jira-software", "numberOfSeats": 10, "remainingSeats": 5, "userCount": 5},
        {"key": "jira-core", "numberOfSeats": 1, "remainingSeats": 1, "userCount": 0},
    ]
    rows[0]["hasUnlimitedSeats"] = False
    rows[1]["hasUnlimitedSeats"] = True
    assert read_whole(mapping, rows).pools == (
        Pool("jira-software", "users", license="default", used=5.0, limit=10.0, available=5.0),
        Pool("jira-core", "users", license="default", used=0.0, limit=math.inf, available=1.0),
    )


def test_jira_counts_in_a_text():
    mapping = "pools: [{name: {value: users}, used: value}]"
    document = {"key": "license.totalApproximateUserCount", "value": "1000"}
    assert read_whole(mapping, document).pools[0].used == 1000.0


def test_bitbucket_tells_several_ends_in_milliseconds():
    mapping = """
    licenses:
      - expiry: {path: expiryDate, format: unix_ms, never: 4100331600000}
        deadlines:
          maintenance: {path: maintenanceExpiryDate, format: unix_ms}
          grace_end: {path: gracePeriodEndDate, format: unix_ms, optional: true}
        trial: evaluation
    """
    document = {
        "expiryDate": 4100331600000,
        "maintenanceExpiryDate": 1512605000000,
        "gracePeriodEndDate": None,
        "evaluation": False,
        "rawLicense": "XXXX",
    }
    (license,) = read_whole(mapping, document).licenses
    assert license.expiry == math.inf
    assert license.deadlines == {"maintenance": 1512605000.0}
    assert license.trial is False


def test_consul_and_nomad_spell_the_same_in_two_ways():
    mapping = """
    licenses:
      - rows: License
        expiry: expiration_time || ExpirationTime
        deadlines: {termination: {path: termination_time || TerminationTime, optional: true}}
    """
    consul = {"License": {"expiration_time": "2019-05-22T03:59:59.999Z"}}
    assert read_whole(mapping, consul).licenses[0].expiry == 1558497599.999
    nomad = {"License": dict.fromkeys(["ExpirationTime", "TerminationTime"])}
    nomad["License"] = dict.fromkeys(nomad["License"], "2020-06-01T14:50:16.581304556-04:00")
    (license,) = read_whole(mapping, nomad).licenses
    assert round(license.expiry, 2) == 1591037416.58
    assert license.deadlines == {"termination": license.expiry}


def test_adobe_has_groups_of_other_kinds_and_quotas_as_texts():
    mapping = """
    pools:
      - rows: groups[?type == 'PRODUCT_PROFILE']
        name: groupName
        used: memberCount
        limit: licenseQuota
    """
    groups = [
        {"type": "SYSADMIN_GROUP", "groupName": "Administrators", "memberCount": 11},
        {"type": "USER_GROUP", "groupName": "One", "memberCount": 26, "licenseQuota": "2"},
        {"type": "PRODUCT_PROFILE", "groupName": "Two", "memberCount": 0, "licenseQuota": "8"},
        {"type": "PRODUCT_PROFILE", "groupName": "Three", "memberCount": 4},
    ]
    groups[3]["licenseQuota"] = "UNLIMITED"
    assert read_whole(mapping, {"lastPage": True, "groups": groups}).pools == (
        Pool("Two", "users", license="default", used=0.0, limit=8.0),
        Pool("Three", "users", license="default", used=4.0, limit=math.inf),
    )


ARTIFACTORY = """
licenses:
  - rows: "@"
    id: nodeId || 'single'
    edition: type
    customer: licensedTo
    expiry: {path: validThrough, format: "%b %d, %Y"}
    state: {path: expired, optional: true, map: {true: expired, false: active}}
pools:
  - name: {value: nodes}
    unit: {value: nodes}
    used: length([?nodeId != 'Not in use'])
    limit: length(@)
"""


def test_artifactory_sends_an_array_of_licenses_some_of_them_spare():
    license = {"type": "Enterprise", "licensedTo": "JFrog", "validThrough": "May 15, 2018"}
    rows = [
        license | {"nodeId": "art1", "licenseHash": "179b", "expired": False},
        license | {"nodeId": "Not in use", "licenseHash": "179c", "expired": False},
    ]
    report = read_whole(ARTIFACTORY, rows)
    assert [license.expiry for license in report.licenses] == [1526342400.0] * 2
    assert report.pools == (Pool("nodes", "nodes", used=1.0, limit=2.0),)


def test_artifactory_sends_a_single_license_as_an_object():
    document = {"type": "Commercial", "validThrough": "May 15, 2014", "licensedTo": "JFrog inc."}
    report, _ = read(ARTIFACTORY, document)
    (license,) = report.licenses
    assert (license.id, license.expiry) == ("single", 1400112000.0)


def test_katello_leaves_out_what_newer_versions_do_not_know():
    mapping = """
    pools:
      - rows: results
        name: id
        display_name: name
        unit: {value: hosts}
        license: id
        used: {path: consumed, optional: true}
        limit: quantity
        available: {path: available, optional: true}
    licenses:
      - rows: results
        id: id
        expiry: {path: end_date, format: "%Y-%m-%d %H:%M:%S %Z"}
    """
    row = {"id": 128914721, "name": "basic subscription", "quantity": 10}
    row["end_date"] = "2040-01-01 04:59:59 UTC"
    report = read_whole(mapping, {"results": [row | {"consumed": 1, "available": 9}]})
    (pool,) = report.pools
    assert (pool.name, pool.used, pool.limit, pool.available) == ("128914721", 1.0, 10.0, 9.0)
    assert report.licenses[0].expiry == 2209006799.0
    assert read_whole(mapping, {"results": [row]}).pools[0].used is None


def test_splunk_has_windows_of_a_day_and_several_numbers_for_unlimited():
    mapping = """
    pools:
      - rows: entry
        name: name
        unit: {value: bytes}
        window: {value: day}
        used: content.used_bytes
        limit: content.effective_quota
        thresholds:
          maximum: {path: content.max_stack_quota, unlimited: [MAX, 18446744073709552000]}
    locations:
      - rows: [entry, entries(content.peers_usage_bytes)]
        optional: true
        pool: parent().name
        unit: {value: bytes}
        location: name
        used: value
    licenses:
      - expiry: {path: "entry[0].content.expiration_time", format: unix}
    entitlements:
      - name: {value: users}
        limit: {path: "entry[0].content.max_users", unlimited: 4294967295}
    """
    content = {
        "used_bytes": 2048,
        "effective_quota": 524288000,
        "peers_usage_bytes": {"0001": 2048},
        "max_stack_quota": 1.8446744073709552e19,
        "expiration_time": 1796649098,
        "max_users": 4294967295,
    }
    free = {"used_bytes": 0, "effective_quota": 0, "peers_usage_bytes": None}
    free["max_stack_quota"] = "MAX"
    entries = [{"name": "trial", "content": content}, {"name": "free", "content": free}]
    report = read_whole(mapping, {"entry": entries})
    trial, _ = report.pools
    assert (trial.used, trial.limit, trial.window) == (2048.0, 524288000.0, "day")
    assert trial.thresholds == {"maximum": math.inf}
    assert report.locations == {("trial", "bytes", "0001", ""): 2048.0}
    (license,) = report.licenses
    assert license.expiry == 1796649098.0
    assert license.entitlements == (Entitlement("users", limit=math.inf),)


def test_meraki_has_counts_by_model_and_dates_as_people_write_them():
    mapping = """
    unit: devices
    licenses:
      - expiry: {path: expirationDate, format: "%b %d, %Y %Z"}
        state:
          path: status
          map: {OK: active, License Required: exceeded, License Expired: expired}
    pools:
      - {rows: entries(licensedDeviceCounts), name: name, limit: value}
    """
    document = {
        "status": "OK",
        "expirationDate": "Feb 3, 2018 UTC",
        "licensedDeviceCounts": {"MS220-8P": 30, "wireless": 95},
    }
    report = read_whole(mapping, document)
    assert report.licenses[0].expiry == 1517616000.0
    assert report.licenses[0].states == {State.ACTIVE}
    assert report.pools == (
        Pool("MS220-8P", "devices", license="default", limit=30.0),
        Pool("wireless", "devices", license="default", limit=95.0),
    )


def test_google_sends_names_and_values_in_rows():
    mapping = """
    pools:
      - rows: usageReports
        name: {value: apps}
        used: parameters[?name == 'accounts:apps_used_licenses'].intValue | [0]
        limit: parameters[?name == 'accounts:apps_total_licenses'].intValue | [0]
    report:
      - data_timestamp: usageReports[0].date
    """
    parameters = [
        {"name": "accounts:apps_total_licenses", "intValue": "10"},
        {"name": "accounts:apps_used_licenses", "intValue": "4"},
    ]
    document = {"usageReports": [{"date": "2024-01-01", "parameters": parameters}]}
    report = read_whole(mapping, document)
    assert report.pools == (Pool("apps", "users", license="default", used=4.0, limit=10.0),)
    assert report.data_timestamp == 1704067200.0


def test_salesforce_has_periods_of_several_lengths_and_amounts_that_are_not_known():
    mapping = """
    unit: units
    pools:
      - rows: records
        name: {path: "join('/', [Setting, ResourceGroupKey])", allow_sensitive: true}
        used: {path: AmountUsed, optional: true}
        limit: CurrentAmountAllowed
        window:
          path: Frequency
          map: {Daily: day, Weekly: week, Monthly: month, Quarterly: quarter, Yearly: year}
        window_start: StartDate
        window_end: EndDate
    """
    row = {"Setting": "Profiles", "CurrentAmountAllowed": 12.5, "Frequency": "Monthly"}
    row |= {"StartDate": "2026-11-01", "EndDate": "2026-12-01"}
    rows = [
        row | {"ResourceGroupKey": "SMS", "AmountUsed": 0.5},
        row | {"ResourceGroupKey": "Email", "AmountUsed": None},
    ]
    sms, email = read_whole(mapping, {"records": rows}).pools
    assert (sms.name, sms.used, sms.limit, sms.window) == ("Profiles/SMS", 0.5, 12.5, "month")
    assert (email.name, email.used) == ("Profiles/Email", None)
    assert sms.window_end == 1796083200.0


def test_fortinet_has_a_map_of_unlike_objects():
    mapping = """
    entitlements:
      - rows: entries(results)[?value.expires]
        name: name
        expiry: {path: value.expires, format: unix}
        state: {path: value.status, map: {licensed: active, no_license: absent}}
    pools:
      - rows: entries(results)[?value.max != `null`]
        name: name
        unit: {value: units}
        used: value.used
        limit: value.max
    """
    results = {
        "fortiguard": {"type": "cloud_service_status", "connected": True},
        "antivirus": {"status": "expired", "expires": 1691625600},
        "appctrl": {"status": "licensed", "expires": 1786838400},
        "vdom": {"type": "platform", "used": 1, "max": 10},
        "sms": {"status": "no_license", "used": 0, "max": 0},
    }
    report = read_whole(mapping, {"serial": "Serial01", "results": results})
    assert report.pools == (
        Pool("vdom", "units", license="default", used=1.0, limit=10.0),
        Pool("sms", "units", license="default", used=0.0, limit=0.0),
    )
    (license,) = report.licenses
    assert license.entitlements == (
        Entitlement("antivirus", expiry=1691625600.0, states=frozenset([State.EXPIRED])),
        Entitlement("appctrl", expiry=1786838400.0, states=frozenset([State.ACTIVE])),
    )


def test_veeam_has_three_units_and_two_ends():
    mapping = """
    licenses:
      - edition: edition
        state: {path: status, map: {Valid: active}}
        expiry: expirationDate
        deadlines: {support: supportExpirationDate}
    pools:
      - rows: instanceLicenseSummary
        name: {value: instances}
        unit: {value: instances}
        used: usedInstancesNumber
        limit: licensedInstancesNumber
      - rows: socketLicenseSummary
        optional: true
        name: {value: sockets}
        unit: {value: sockets}
        used: usedSocketsNumber
        limit: licensedSocketsNumber
        duplicates: add
      - rows: capacityLicenseSummary
        optional: true
        name: {value: capacity}
        unit: {value: bytes}
        used: {path: usedCapacityTb, scale: TB}
        limit: {path: licensedCapacityTb, scale: TB}
    """
    sockets = {"usedSocketsNumber": 2, "licensedSocketsNumber": 4}
    document = {
        "status": "Valid",
        "edition": "Enterprise Plus",
        "expirationDate": "2026-12-31T00:00:00Z",
        "supportExpirationDate": "2025-12-31T00:00:00Z",
        "instanceLicenseSummary": {"usedInstancesNumber": 92, "licensedInstancesNumber": 85},
        "socketLicenseSummary": [sockets, sockets],
        "capacityLicenseSummary": {"usedCapacityTb": 1.5, "licensedCapacityTb": 10},
    }
    report = read_whole(mapping, document)
    assert report.pools == (
        Pool("instances", "instances", license="default", used=92.0, limit=85.0),
        Pool("sockets", "sockets", license="default", used=4.0, limit=8.0),
        Pool("capacity", "bytes", license="default", used=1.5e12, limit=1e13),
    )
    assert report.licenses[0].deadlines == {"support": 1767139200.0}


def test_ontap_has_licenses_of_packages_by_node():
    mapping = """
    licenses:
      - rows: [records, licenses]
        id: "join('/', [parent().name, owner])"
        trial: evaluation
        expiry: expiry_time
        state: {path: compliance.state, map: {compliant: active, noncompliant: exceeded}}
    """
    license = {
        "owner": "test-vsim1",
        "serial_number": "123456",
        "evaluation": True,
        "expiry_time": "2021-10-26T19:57:41+00:00",
        "compliance": {"state": "noncompliant"},
    }
    report = read_whole(mapping, {"records": [{"name": "cloud", "licenses": [license]}]})
    (read,) = report.licenses
    assert (read.id, read.trial, read.states) == ("cloud/test-vsim1", True, {State.EXCEEDED})


def test_zoom_has_pools_under_every_name_of_a_kind():
    mapping = """
    pools:
      - rows: entries(@)[?starts_with(name, 'plan_') && value.hosts]
        name: name
        used: value.usage
        limit: value.hosts
    """
    document = {
        "plan_base": {"type": "monthly", "hosts": 10, "usage": 4},
        "plan_zoom_rooms": {"type": "yearly", "hosts": 2, "usage": 2},
        "plan_recording": {"free_storage": "1 GB"},
    }
    assert [pool.name for pool in read_whole(mapping, document).pools] == [
        "plan_base",
        "plan_zoom_rooms",
    ]
