from license_exporter.exposition.labels import label_value


def test_a_long_label_value_is_cut_and_ends_in_its_hash() -> None:
    longest = "x" * 512
    first, second = label_value(longest + "a"), label_value(longest + "b")

    assert label_value(longest) == longest
    assert label_value("é" * 512) == "é" * 512
    assert len(first) == len(second) == 512
    assert first[:504] == second[:504] == "x" * 504
    assert first != second
    assert int(first[504:], 16) >= 0
