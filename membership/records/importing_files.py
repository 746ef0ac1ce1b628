"""Reading a list within limits: CSV in any encoding, or XLSX.

Files are treated as hostile: sizes are checked before unpacking, formulas are never computed (only
their stored values are read), and nothing but text is kept.
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
MOST_BLANK = 2_000  # empty lines in a row that end the list
LONGEST = 1_000  # characters of a cell

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_DELIMITERS = ",;\t|"


class Unreadable(Exception):
    """The file cannot be read as a list; the text says what to do."""


@dataclass(frozen=True)
class Table:
    """The first nonempty line, and those below it with their line numbers."""

    headers: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Table:
    """Read a file as a table of text. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("This file is larger than 8 MB. Save only the list itself.")
    if content.startswith(b"PK\x03\x04"):
        lines = _workbook(content)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise Unreadable("We can’t read this kind of file. Save the list as XLSX or CSV.")
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
            raise Unreadable(f"More than {MOST_ROWS:,} lines. Split it and import the parts.")
        rows.append((number, cells[: len(headers)]))
    if not headers or not rows:
        raise Unreadable("No list found. It needs a line of headings with people below.")
    return Table(headers, rows)


def clean(cell: str) -> str:
    """A cell as text, without control characters and the apostrophe that guards formulas."""
    text = _CONTROL.sub(" ", unplain(cell.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))[:LONGEST]


# --- CSV ---------------------------------------------------------------------------------------


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        raise Unreadable("This isn’t a text file. Save the list as XLSX or CSV.")
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable("A quotation mark is missing. Save the list as CSV again.") from error


def _decoded(content: bytes) -> str:
    """Decode UTF-8 or UTF-16 if marked or valid, otherwise Windows-1252 as Excel saves."""
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
        raise Unreadable("We can’t read the text. Save the list as CSV UTF-8.") from error


def _delimiter(text: str) -> str:
    """The most frequent delimiter of the first line, outside quotation marks."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first[:10_000])
    return max(_DELIMITERS, key=bare.count)


# --- XLSX --------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _look_inside(content)
    from openpyxl import DEFUSEDXML, load_workbook  # takes half a second, so only imports pay it

    if not DEFUSEDXML:  # malicious XML can expand without end
        raise Unreadable("We can’t read workbooks here. Save the list as CSV.")
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
        raise Unreadable("This workbook is broken. Save it again, or as CSV.") from error


def _look_inside(content: bytes) -> None:
    """Check a workbook's parts and declared sizes; zipfile never unpacks more than declared."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("This workbook is broken. Save it again, or as CSV.") from error
    if not any(info.filename == "xl/workbook.xml" for info in infos):
        raise Unreadable("We can’t read this kind of file. Save the list as XLSX or CSV.")
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise Unreadable("This workbook unpacks to far more than a list. Save the list as CSV.")


def _said(value) -> str:
    """A cell's value as somebody would type it: no 100001.0, no 00:00:00 after a date."""
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
