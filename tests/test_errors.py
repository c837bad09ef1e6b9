from license_exporter.errors import ConfigError


def test_each_problem_is_one_line_whatever_a_name_holds():
    error = ConfigError(["there is no file a\nb\0.yaml", "name: 'München' is taken"])
    assert error.problems == [r"there is no file a\nb\x00.yaml", "name: 'München' is taken"]
    assert str(error) == "\n".join(error.problems)
