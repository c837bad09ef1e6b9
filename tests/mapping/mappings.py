"""Mappings for tests, and what they read from documents."""

from pathlib import Path

from license_exporter.config import strict_yaml, validation
from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.vendor import JsonOptions, configure_json
from license_exporter.model.vendor import Vendor
from tests.documents import parsed

NOW = 1_700_000_000.0


def search(text: str, value: object, **documents: object) -> object:
    """What an expression finds in a value, at the time NOW."""
    return Evaluator(documents, NOW).search(expressions.compile(text), value)


def vendor(mapping: str, **variables: str) -> Vendor:
    """The vendor of a target with this mapping, in YAML; its only document is `doc`."""
    content = strict_yaml.parse(mapping.encode())
    options = {"as": "acme", "mapping": {"requests": {"doc": {}}} | content.value}
    options["variables"] = variables
    checked = validation.check(JsonOptions, options, Path())
    assert checked.model and not (checked.problems or content.problems), checked.problems
    return configure_json(checked.model)


def read(mapping: str, document: object):
    """The report on a document, and the answer with its tally."""
    return parsed(vendor(mapping), {"doc": document})


def value(section: str, name: str, spec: str, document: object):
    """What the column `name` of a section becomes, and how many values were skipped."""
    label = "" if section == "licenses" else "name: {value: a}"
    report, answer = read(f"{section}: [{{{label or 'id: {value: a}'}, {name}: {spec}}}]", document)
    items = getattr(report, section)
    return (getattr(items[0], name) if items else None), answer.skipped
