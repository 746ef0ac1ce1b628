"""A list as somebody saved it: CSV in whatever encoding, or XLSX, read within limits.

What comes in is taken for hostile: sizes are looked at before anything is unpacked, formulas are
never computed (the value that was stored with them is read), and nothing is kept but text.
"""

import csv
import re
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

from nsca.lib.desk.exports import unplain

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 96 * 1024 * 1024  # bytes of all parts of a workbook
MOST_PARTS = 2_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_BLANK = 2_000  # empty lines one after the other: the list is over
LONGEST = 1_000  # characters of a cell

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_DELIMITERS = ",;\t|"


class Unreadable(Exception):
    """It is no list that can be read; the text says what to do."""


@dataclass(frozen=True)
class Table:
    """The first line that is not empty, and those below it with their numbers in the file."""

    headers: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Table:
    """A table of text. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("This file is larger than 8 MB. Save only the list itself.")
    if content.startswith(b"PK\x03\x04"):
        lines = _workbook(content)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise Unreadable("Save the list as XLSX or CSV first: this is another kind of file.")
    else:
        lines = _text(content)
    return _table(lines)


def _table(lines: Iterable[tuple[int, list[str]]]) -> Table:
    headers: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        cells = [clean(cell) for cell in cells[:MOST_COLUMNS]]
        if not any(cells):
            continue
        if not headers:
            width = max(place for place, cell in enumerate(cells, start=1) if cell)
            headers = cells[:width]
            continue
        if len(rows) >= MOST_ROWS:
            raise Unreadable(f"More than {MOST_ROWS:,} lines: send it in parts.")
        rows.append((number, cells[: len(headers)]))
    if not headers or not rows:
        raise Unreadable("There is no list in it: one line of headings, and people below.")
    return Table(headers, rows)


def clean(cell: str) -> str:
    """A cell as text: without control characters and the apostrophe that guards formulas."""
    text = _CONTROL.sub(" ", unplain(cell.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))[:LONGEST]


# --- CSV -----------------------------------------------------------------------------------------


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        raise Unreadable("This is no text. Save the list as XLSX or CSV first.")
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable("The quotation marks do not match. Save it anew as CSV.") from error


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 where they say so or fit; else Windows-1252, as Excel saves."""
    for mark, encoding in (
        (BOM_UTF8, "utf-8-sig"),
        (BOM_UTF16_LE, "utf-16"),
        (BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding)
    if content[1:2] == b"\x00":
        return _strictly(content, "utf-16-le")
    if content[:1] == b"\x00":
        return _strictly(content, "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("Its letters cannot be read. Save it anew as CSV UTF-8.") from error


def _delimiter(text: str) -> str:
    """The sign that parts the first line most often, outside of quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first[:10_000])
    return max(_DELIMITERS, key=bare.count)


# --- XLSX ----------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _look_inside(content)
    from openpyxl import DEFUSEDXML, load_workbook  # half a second, for those who import alone

    if not DEFUSEDXML:  # its parts are XML, which can be made to unpack without end
        raise Unreadable("Workbooks cannot be read here. Save the list as CSV.")
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        blank = 0
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for number, values in enumerate(rows, start=1):
            cells = [_said(value) for value in values]
            blank = 0 if any(cells) else blank + 1
            if blank > MOST_BLANK:
                return
            yield number, cells
    except Unreadable:
        raise
    except Exception as error:  # whatever a broken workbook makes the library raise
        raise Unreadable("This workbook is broken. Save it anew, or as CSV.") from error


def _look_inside(content: bytes) -> None:
    """Its parts and what they say they unpack to; zipfile never unpacks more than that."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("This workbook is broken. Save it anew, or as CSV.") from error
    if not any(info.filename == "xl/workbook.xml" for info in infos):
        raise Unreadable("Save the list as XLSX or CSV first: this is another kind of file.")
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise Unreadable("This workbook unpacks to more than a list could be.")


def _said(value) -> str:
    """A cell's value as it would be typed: no 100001.0, no 00:00:00 behind a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
