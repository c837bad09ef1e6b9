from license_exporter.collector.target_view import TargetView
from license_exporter.config.contract import Contract
from license_exporter.model.report import License, LicenseReport, Pool

CONTRACT = Contract.model_validate({"limits": {"seats/users": 50}, "expiry": "2027-01-31"})


def test_the_report_is_filled_with_what_only_the_contract_tells():
    report = LicenseReport(pools=(Pool("seats", "users", used=7.0),))
    view = TargetView("t", "v", "P", report=report, contracts=(CONTRACT,))
    assert view.filled_report == LicenseReport(
        pools=(Pool("seats", "users", used=7.0, limit=50.0),),
        licenses=(License(described=False, expiry=1801440000.0),),
    )


def test_without_a_contract_the_report_is_the_vendors():
    report = LicenseReport(pools=(Pool("seats", "users", used=7.0),))
    assert TargetView("t", "v", "P", report=report).filled_report is report
    assert TargetView("t", "v", "P").filled_report == LicenseReport()
