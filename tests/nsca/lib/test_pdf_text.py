"""The reader of our PDFs takes out every word, whatever byte its compressed stream ends with."""

import zlib

import pytest

from tests.pdf_text import streams


def deflated_with_last_byte(last):
    """A page's words, deflated, whose checksum happens to end with that byte."""
    for number in range(100_000):
        words = b"The place is number %d" % number
        packed = zlib.compress(words)
        if packed[-1] == last:
            return words, packed
    raise AssertionError("no such checksum was found")


@pytest.mark.parametrize("last", [0x0C, 0x0D, 0x0A, 0x0B])
def test_a_stream_is_read_whatever_its_last_byte(last):
    words, packed = deflated_with_last_byte(last)

    assert streams(b"4 0 obj\nstream\n" + packed + b"\nendstream\nendobj") == [words]


def test_a_reader_that_ends_lines_the_old_way_is_read_too():
    packed = zlib.compress(b"words")

    assert streams(b"stream\r\n" + packed + b"\r\nendstream") == [b"words"]


def test_what_is_not_deflated_is_kept_as_it_is():
    assert streams(b"stream\nplain words\nendstream") == [b"plain words"]
