"""The pages of docs/ that come from the code."""

import os
import runpy
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from license_exporter.cli.arguments import COMMANDS, command_parser, examples, main_parser
from license_exporter.exposition.families import FAMILIES
from tests import promql
from tests.e2e.programs import needed

DOCS = Path(__file__).parent.parent / "docs"


WITH_TABLES = ("configuration.md", "metrics.md", "vendors/README.md")
OF_COMMANDS = ("commands.md", "license-exporter.1")
OF_VENDORS = [
    f"vendors/{path.name}" for path in (DOCS / "vendors").glob("*.md") if path.name != "README.md"
]


@pytest.fixture(scope="module")
def questions() -> Mapping[str, Any]:
    return runpy.run_path(str(DOCS / "questions.py"))["QUESTIONS"]


@pytest.fixture(scope="module")
def pages() -> Iterator[Mapping[str, Callable[[str], str]]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield runpy.run_path(str(DOCS / "generate.py"))["PAGES"]


def test_every_vendor_has_a_page(pages: Mapping[str, Callable[[str], str]]) -> None:
    assert set(pages) == {*WITH_TABLES, *OF_COMMANDS, *OF_VENDORS}


@pytest.mark.parametrize("name", [*WITH_TABLES, *OF_COMMANDS, *OF_VENDORS])
def test_a_page_is_what_the_code_writes(
    name: str, pages: Mapping[str, Callable[[str], str]]
) -> None:
    page = (DOCS / name).read_text()
    written = pages[name](page)
    assert written == page, "the code has changed: run `make docs`"
    if name in OF_COMMANDS:
        return
    assert ("<!-- table:" if name in WITH_TABLES else "```yaml\ntargets:") in page or (
        "```yaml\nprograms:" in page
    )


def test_every_family_answers_a_question_that_can_be_asked(questions: Mapping[str, Any]) -> None:
    assert questions.keys() == {family.name for family in FAMILIES}
    exported = promql.exported()
    for name, question in questions.items():
        assert question.text.endswith("?"), name
        if question.query:
            assert promql_parser.parse(question.query)
            selectors = promql.selectors(question.query)
            assert all(
                each.name in promql.recorded()
                or set(each.matchers) <= exported.get(each.name, set()) | promql.TARGET_LABELS
                for each in selectors
            ), name
            recorded = any(each.name in promql.recorded() for each in selectors)
            assert recorded or name in {each.name for each in selectors}


def test_every_command_and_flag_is_on_both_pages() -> None:
    page, manual = ((DOCS / name).read_text() for name in OF_COMMANDS)
    manual = manual.replace("\\-", "-")
    for name, command in COMMANDS.items():
        assert f"## `{' '.join((name, *command.arguments))}`" in page
        assert examples(name) in page
        assert f"\\fBlicense-exporter {name}\\fR" in manual
    for parser in (main_parser(), *map(command_parser, COMMANDS)):
        for flag in parser._option_string_actions:
            if flag.startswith("--") and flag != "--help":
                assert f"`{flag}" in page
                assert f"\\fB{flag}\\fR" in manual


@pytest.mark.e2e
def test_the_manual_page_is_drawn_without_a_warning() -> None:
    drawn = subprocess.run(
        [needed("man"), "--warnings", "--local-file", DOCS / "license-exporter.1"],
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert drawn.stderr == ""
    assert "license-exporter - Prometheus exporter" in " ".join(drawn.stdout.split())
