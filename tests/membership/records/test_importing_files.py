"""Lists in every format that people save, and files that are not lists."""

import io
import zipfile
from datetime import date

import pytest

from membership.records.importing_files import MOST_ROWS, Unreadable, read


class TestReading:
    """A list in any format a volunteer's program may save."""

    LIST = "Name,E-mail\nZoë Müller,zoe@x.example\n"

    @pytest.mark.parametrize(
        "content",
        [
            LIST.encode(),
            b"\xef\xbb\xbf" + LIST.encode(),
            LIST.encode("cp1252"),
            LIST.encode("utf-16"),
            b"\xfe\xff" + LIST.encode("utf-16-be"),
            LIST.encode("utf-16-le"),
            LIST.replace(",", ";").encode(),
            LIST.replace(",", "\t").encode(),
            LIST.replace("\n", "\r").encode(),
            b"\n\n" + LIST.encode(),
        ],
    )
    def test_encoding_and_delimiter_are_detected(self, content):
        table = read(content)

        assert table.headers == ["Name", "E-mail"]
        assert [cells for _n, cells in table.rows] == [["Zoë Müller", "zoe@x.example"]]

    def test_a_workbook_is_read_as_it_would_be_typed(self):
        lines = [["Number", "Until"], [100_001.0, date(2027, 5, 20)], [None, "life"]]

        table = read(workbook(lines))

        assert [cells for _n, cells in table.rows] == [["100001", "2027-05-20"], ["", "life"]]

    def test_a_formula_is_never_computed(self):
        table = read(workbook([["Name", "Phone"], ["Ada", '=HYPERLINK("http://evil.example")']]))

        assert table.rows[0][1] == ["Ada", ""]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"Name\n",
            b"\x00\x01\x02\x03" * 100,
            b"\x89PNG\r\n\x1a\n",
            b"PK\x03\x04 and then nothing",
            b"x" * (8 * 1024 * 1024 + 1),
            b'Name,"\n' + b"y" * 200_000,
            ("Name\n" + "Ada\n" * (MOST_ROWS + 1)).encode(),
        ],
    )
    def test_a_file_that_is_not_a_list_is_refused_with_a_reason(self, content):
        with pytest.raises(Unreadable):
            read(content)

    def test_a_zip_bomb_is_not_unpacked(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/workbook.xml", b"0" * 110_000_000)
        assert len(file.getvalue()) < 200_000

        with pytest.raises(Unreadable, match="unpacks"):
            read(file.getvalue())

    def test_another_zip_file_is_refused(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as parts:
            parts.writestr("hello.txt", "hello")

        with pytest.raises(Unreadable):
            read(file.getvalue())

    def test_entities_do_not_multiply(self):
        bomb = (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as parts:
            parts.writestr("xl/workbook.xml", bomb)

        with pytest.raises(Unreadable):
            read(file.getvalue())


def workbook(lines):
    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()
