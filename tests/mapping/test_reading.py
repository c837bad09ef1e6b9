"""What a mapping reads from rows, held against a model of it that is too simple to be wrong.

The model knows the rules of docs/metrics.md, "Reading values", and of docs/mapping.md, "Rows": it
reads one row after the other and has no expressions, no compiled readers and no allowance.
"""

import math
import random
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.errors import SchemaError
from license_exporter.model.report import LicenseReport
from tests.mapping.mappings import read

COLUMNS = ("used", "limit", "available")
MAPPING = """
pools:
  - {rows: rows, name: name, used: used, limit: limit, available: available, duplicates: DUPLICATES}
"""

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
MISSING = object()

numbers = st.one_of(
    st.integers(-3, 40),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    st.sampled_from(["7", " 8 ", "1e3", "-5", "2.50", "0", "00012", "unlimited", " Unlimited "]),
)
unreadable = st.sampled_from(
    ["+5", ".5", "5.", "1_000", "١٢", "12 GB", "95%", "NaN", "inf", "1e999", True, False, [], {}]
)
unsaid = st.sampled_from([None, "null", "", "  ", MISSING])
values = st.one_of(numbers, numbers, numbers, unreadable, unsaid)
names = st.one_of(
    st.sampled_from(["a", "b", " b ", "c", 5]), st.sampled_from([None, "", MISSING, True, [], 1.5])
)
rows = st.lists(st.fixed_dictionaries({"name": names} | dict.fromkeys(COLUMNS, values)), max_size=6)


@dataclass
class Model:
    """What the rows say: by pool and column a number, or None where a part of a sum is unknown."""

    duplicates: str
    pools: dict = field(default_factory=dict)
    skipped: int = 0
    tells: bool = False

    def row(self, row):
        name = self.name(row.get("name", MISSING))
        told = {column: self.number(column, row.get(column, MISSING)) for column in COLUMNS}
        if name is None:
            return
        known = {column: value for column, value in told.items() if value is not None}
        self.tells = self.tells or bool(known)
        if self.duplicates == "greatest":
            known_before = self.pools.setdefault(name, {})
            for column, value in known.items():
                known_before[column] = max(value, known_before.get(column, -math.inf))
        else:
            before = self.pools.setdefault(name, dict.fromkeys(COLUMNS, 0.0))
            for column, value in told.items():
                unknown = value is None or before[column] is None
                before[column] = None if unknown else before[column] + value

    def name(self, value):
        if isinstance(value, str) and value.strip() not in ("", "null"):
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.skipped += 1
        return None

    def number(self, column, value):
        if isinstance(value, str):
            value = value.strip()
        if value in (None, "null", "") and not isinstance(value, float):
            return None
        if column == "limit" and isinstance(value, str) and value.lower() == "unlimited":
            return math.inf
        if isinstance(value, str) and NUMBER.fullmatch(value) and math.isfinite(float(value)):
            value = float(value)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (column == "limit" and value < 0):
            self.skipped += 1
            return None
        return float(value)

    def known(self):
        pools = {
            name: {column: value for column, value in told.items() if value is not None}
            for name, told in self.pools.items()
        }
        return {name: told for name, told in pools.items() if told}


def document(rows):
    return {
        "rows": [{key: value for key, value in row.items() if value is not MISSING} for row in rows]
    }


def known(report: LicenseReport):
    return {
        pool.name: {
            column: getattr(pool, column) for column in COLUMNS if getattr(pool, column) is not None
        }
        for pool in report.pools
    }


def approximately(pools):
    return {name: pytest.approx(told) for name, told in pools.items()}


@pytest.mark.parametrize("duplicates", ["add", "greatest"])
@given(rows=rows)
def test_rows_are_read_as_the_model_reads_them(duplicates, rows):
    model = Model(duplicates)
    for row in rows:
        model.row(row)
    mapping = MAPPING.replace("DUPLICATES", duplicates)
    if rows and not model.tells:
        with pytest.raises(SchemaError):
            read(mapping, document(rows))
        return
    report, answer = read(mapping, document(rows))
    assert known(report) == approximately(model.known())
    assert answer.skipped == model.skipped


@pytest.mark.parametrize("duplicates", ["add", "greatest"])
@given(rows=rows, seed=st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(duplicates, rows, seed):
    mapping = MAPPING.replace("DUPLICATES", duplicates)
    one = told(mapping, document(rows))
    other = told(mapping, document(random.Random(seed).sample(rows, len(rows))))
    if one is None or other is None:
        assert one == other
    else:
        assert one[0] == approximately(other[0])
        assert one[1] == other[1]


def told(mapping, document):
    """What is known of the pools, and how much was skipped; None if the document is refused."""
    try:
        report, answer = read(mapping, document)
    except SchemaError:
        return None
    return known(report), answer.skipped
