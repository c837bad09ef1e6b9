from license_exporter import reading


def test_a_date_alone_is_midnight_utc():
    assert reading.timestamp("2022-09-09") == 1662681600.0
