"""Values that the chart refuses, before anything reaches a cluster."""

from pathlib import Path

import pytest

from tests.deploy.chart.render import BAD, VALUES
from tests.deploy.tools import CHART, HELM_3, HELM_4, helm


@pytest.mark.parametrize("package", [HELM_3, HELM_4])
@pytest.mark.parametrize("values", BAD, ids=lambda path: path.stem)
def test_bad_values_are_refused_by_their_name(values: Path, package: str) -> None:
    reason = values.read_text().splitlines()[0].removeprefix("# ")
    answer = helm(package, "template", "licenses", CHART, f"--values={values}")
    assert answer.returncode != 0
    assert reason in answer.stderr


@pytest.mark.parametrize("package", [HELM_3, HELM_4])
@pytest.mark.parametrize("values", VALUES, ids=lambda path: path.stem)
def test_good_values_pass_the_strictest_check(values: Path, package: str) -> None:
    answer = helm(package, "lint", "--strict", CHART, f"--values={values}")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("package", [HELM_3, HELM_4])
def test_lint_names_the_option_that_is_misspelled(package: str) -> None:
    values = Path(__file__).parent / "bad/misspelled-option.yaml"
    answer = helm(package, "lint", "--strict", CHART, f"--values={values}")
    assert answer.returncode != 0
    problem = next(
        line for line in (answer.stdout + answer.stderr).splitlines() if "usernme" in line
    )
    assert "basic_auth" in problem
