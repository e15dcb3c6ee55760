from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maillon.kernel.errors import BadInput
from maillon.ops.reading import BadRow, moment, read_rows

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = ("a", "b")


@pytest.fixture
def rows_of(tmp_path: Path) -> Callable[[bytes], list[tuple[int, object]]]:
    def read(content: bytes) -> list[tuple[int, object]]:
        path = tmp_path / "given.csv"
        path.write_bytes(content)
        return [
            (line, "bad" if isinstance(fields, BadRow) else (fields["a"], fields["b"]))
            for line, fields in read_rows(path, COLUMNS)
        ]

    return read


def test_an_open_quote_costs_its_own_row_and_no_other(rows_of: Callable[[bytes], list[tuple[int, object]]]) -> None:
    assert rows_of(b'a,b\n1,x\n2,"open\n3,y\n4,z\n') == [(2, ("1", "x")), (3, "bad"), (4, ("3", "y")), (5, ("4", "z"))]


def test_a_quoted_line_break_belongs_to_its_field_and_counts_as_a_line(
    rows_of: Callable[[bytes], list[tuple[int, object]]],
) -> None:
    assert rows_of(b'a,b\r\n1,"x\r\ny"\r\n2,z\r\n') == [(2, ("1", "x\r\ny")), (4, ("2", "z"))]


@pytest.mark.parametrize(
    "content",
    ["a,b\né,ü\n".encode(), "\ufeffa,b\né,ü\n".encode(), "a,b\né,ü\n".encode("cp1252"), "a;b\né;ü\n".encode("cp1252"),
     "a\tb\né\tü\n".encode("utf-16")],
    ids=["utf-8", "byte-order mark", "windows", "semicolons", "utf-16"],
)  # fmt: skip
def test_the_same_rows_come_out_of_every_encoding(
    rows_of: Callable[[bytes], list[tuple[int, object]]], content: bytes
) -> None:
    assert rows_of(content) == [(2, ("é", "ü"))]


@pytest.mark.parametrize("content", [b"", b"a\n1\n", b"x,y\n"], ids=["empty", "one column", "other columns"])
def test_a_file_without_its_columns_is_refused(
    rows_of: Callable[[bytes], list[tuple[int, object]]], content: bytes
) -> None:
    with pytest.raises(BadInput, match="lacks the column"):
        rows_of(content)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T14:05", datetime(2026, 3, 1, 13, 5, tzinfo=UTC)),
        ("2026-03-01 14:05+02:00", datetime(2026, 3, 1, 12, 5, tzinfo=UTC)),
        ("01/03/2026 14:05", datetime(2026, 3, 1, 13, 5, tzinfo=UTC)),
        ("2016-07-01 14:05", datetime(2016, 7, 1, 12, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_brussels_time(text: str, at: datetime) -> None:
    assert moment(text, now=NOW) == at


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0001-01-01T00:00", "0001-01-01T00:00+14:00", "2026-03-04", "2062-01-01"]
)
def test_what_is_no_moment_or_not_of_our_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        moment(text, now=NOW)
