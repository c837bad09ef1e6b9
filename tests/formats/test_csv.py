import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.csv import decode_csv
from license_exporter.model.vendor import CSV

ROWS = [{"name": "solver", "used": "3"}, {"name": "mesher", "used": "0"}]


def failure(body, layout):
    with pytest.raises(FetchError) as caught:
        decode_csv(body, layout)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_objects_whatever_parts_their_cells_and_lines(delimiter, end):
    lines = ["name,used", "solver,3", '"mesher", 0 ']
    body = end.join(line.replace(",", delimiter) for line in lines).encode()
    assert decode_csv(body, CSV()) == ROWS


def test_the_delimiter_that_is_given_holds():
    assert decode_csv(b"a,b;c\n1,2;3\n", CSV(delimiter=";")) == [{"a,b": "1,2", "c": "3"}]


def test_the_head_is_the_first_line_with_the_column():
    body = b"Report of lic1, name unknown\nadmin >\n\nname,used\nsolver,3\nmesher,0\n(2 rows)\n"
    assert decode_csv(body, CSV(column="used")) == ROWS


def test_a_cell_in_quotes_holds_delimiters_quotes_and_line_ends():
    assert decode_csv(b'name,used\n"a, ""b""\nc",3\n', CSV()) == [
        {"name": 'a, "b"\nc', "used": "3"}
    ]


def test_cells_beyond_the_head_are_left_out_and_missing_ones_are_missing():
    body = b"name,used,limit\nsolver,3,5,6\nmesher,0\n"
    assert decode_csv(body, CSV()) == [
        {"name": "solver", "used": "3", "limit": "5"},
        {"name": "mesher", "used": "0"},
    ]


def test_columns_of_one_name_are_numbered():
    assert decode_csv(b"n,n,n\n1,2,3\n", CSV()) == [{"n": "1", "n_2": "2", "n_3": "3"}]


def test_a_table_of_one_column_and_one_without_rows_are_tables():
    assert decode_csv(b"name\nsolver\n\n", CSV()) == [{"name": "solver"}]
    assert decode_csv(b"name,used\n", CSV()) == []


def test_what_is_no_utf_8_is_latin_1_and_a_byte_order_mark_is_passed_over():
    assert decode_csv("name\nZürich\n".encode("latin-1"), CSV()) == [{"name": "Zürich"}]
    assert decode_csv("\ufeffname\nZürich\n".encode(), CSV()) == [{"name": "Zürich"}]


@pytest.mark.parametrize(
    ("body", "layout", "reason"),
    [
        (b"", CSV(), Reason.DECODE),
        (b" \n\r\n", CSV(), Reason.DECODE),
        (b'name,used\n"secret,3\n', CSV(), Reason.DECODE),
        (b'name,used\n"sec"ret,3\n', CSV(), Reason.DECODE),
        (b"name,used\n" + b"s" * 200_000 + b",3\n", CSV(), Reason.DECODE),
        (b"secret\n1\n", CSV(column="used"), Reason.SCHEMA),
    ],
)
def test_what_is_no_such_table_is_told_without_its_content(body, layout, reason):
    error = failure(body, layout)
    assert error.reason == reason
    assert "secret" not in error.message


def test_the_line_of_what_is_wrong_is_told():
    assert failure(b'\nname\n"a"b\n', CSV()).message == "the answer is not valid CSV: line 3"


def test_a_table_of_very_many_columns_is_read_in_a_moment():
    """Each name was compared with all before it, for each number that it might get."""
    (row,) = decode_csv(b"," * 100_000 + b"\n" + b"1," * 100_000, CSV())
    assert len(row) == 100_001
    assert list(row)[:3] == ["", "_2", "_3"]


@pytest.mark.parametrize("body", [b"a\n" + b"b\n" * 2_000_000, b"a;b\n" + b";" * 8_000_000])
def test_more_cells_than_memory_is_there_for_are_too_large(body):
    assert failure(body, CSV()).reason is Reason.TOO_LARGE
