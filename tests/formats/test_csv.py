import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.csv import decode_csv
from license_exporter.model.vendor import CSV

ROWS = [{"name": "solver", "used": "3"}, {"name": "mesher", "used": "0"}]
USUAL = CSV()


def decoded(body, layout=USUAL, charset=""):
    return decode_csv(body, layout, charset)


def failure(body, layout=USUAL):
    with pytest.raises(FetchError) as caught:
        decoded(body, layout)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_objects_whatever_parts_their_cells_and_lines(delimiter, end):
    lines = ["name,used", "solver,3", '"mesher", 0 ']
    body = end.join(line.replace(",", delimiter) for line in lines).encode()
    assert decoded(body) == ROWS


def test_the_delimiter_that_is_given_holds():
    assert decoded(b"a,b;c\n1,2;3\n", CSV(delimiter=";")) == [{"a,b": "1,2", "c": "3"}]


def test_the_head_is_the_first_line_with_the_column():
    body = b"Report of lic1, name unknown\nadmin >\n\nname,used\nsolver,3\nmesher,0\n(2 rows)\n"
    assert decoded(body, CSV(column="used")) == ROWS


def test_a_line_before_the_head_need_not_be_one_of_a_table():
    assert decoded(b'"Acme" report\nname,used\nsolver,3\nmesher,0\n', CSV(column="used")) == ROWS


def test_white_space_around_cells_in_quotes_is_none_of_them():
    assert decoded(b'name , "used"\n "sol,ver", "3"\n') == [{"name": "sol,ver", "used": "3"}]


def test_a_cell_in_quotes_holds_delimiters_quotes_and_line_ends():
    assert decoded(b'name,used\n"a, ""b""\nc",3\n') == [{"name": 'a, "b"\nc', "used": "3"}]


def test_cells_beyond_the_head_are_left_out_and_missing_ones_are_missing():
    body = b"name,used,limit\nsolver,3,5,6\nmesher,0\n"
    assert decoded(body) == [
        {"name": "solver", "used": "3", "limit": "5"},
        {"name": "mesher", "used": "0"},
    ]


def test_columns_of_one_name_are_numbered():
    assert decoded(b"n,n,n\n1,2,3\n") == [{"n": "1", "n_2": "2", "n_3": "3"}]


def test_a_table_of_one_column_and_one_without_rows_are_tables():
    assert decoded(b"name\nsolver\n\n") == [{"name": "solver"}]
    assert decoded(b"name,used\n") == []


def test_what_is_no_utf_8_is_latin_1_and_a_byte_order_mark_is_passed_over():
    assert decoded("name\nZürich\n".encode("latin-1")) == [{"name": "Zürich"}]
    assert decoded("\ufeffname\nZürich\n".encode()) == [{"name": "Zürich"}]


def test_what_is_no_utf_8_is_what_the_server_says():
    assert decoded("name\nŁódź\n".encode("cp1250"), charset="windows-1250") == [{"name": "Łódź"}]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the answer is empty, not CSV"),
        (b" \n\r\n", "the answer is empty, not CSV"),
        (b'name,used\n"secret,3', "the answer is not valid CSV: line 2"),
        (b'name,used\n"sec"ret,3\n', "the answer is not valid CSV: line 2"),
        (b'\nname\n"sec"ret\n', "the answer is not valid CSV: line 3"),
        (b"name,used\n" + b"s" * 200_000 + b",3\n", "the answer is not valid CSV: line 2"),
    ],
)
def test_what_is_no_table_is_told_by_its_line_and_without_its_content(body, message):
    error = failure(body)
    assert (error.reason, error.message) == (Reason.DECODE, message)


@pytest.mark.parametrize("body", [b"secret\n1\n", b'"secret" report\n'])
def test_a_table_without_the_column_that_tells_its_head_is_another_one(body):
    error = failure(body, CSV(column="used"))
    assert error.reason is Reason.SCHEMA
    assert error.message == "no line of the answer has a column 'used'"


def test_a_table_of_very_many_columns_is_read_in_a_moment():
    """Each name was compared with all before it, for each number that it might get."""
    (row,) = decoded(b"," * 100_000 + b"\n" + b"1," * 100_000)
    assert len(row) == 100_001
    assert list(row)[:3] == ["", "_2", "_3"]


@pytest.mark.parametrize(
    ("body", "layout"),
    [
        (b"a\n" + b"b\n" * 2_000_000, CSV()),
        (b"a;b\n" + b";" * 8_000_000, CSV()),
        (b"a b\n" + b" " * 8_000_000, CSV(delimiter=" ")),
    ],
)
def test_more_cells_than_memory_is_there_for_are_too_large(body, layout):
    error = failure(body, layout)
    assert error.reason is Reason.TOO_LARGE
    assert error.message == "the answer has so many cells that they take over 419430400 bytes"


def test_a_few_cells_may_be_long():
    long = "b" * 100_000
    assert decoded(f"a\n{long}\n".encode() * 75)[0] == {"a": long}
