"""The words in a PDF of ours, as a reader of the file could extract them, and its streams."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.S)
# Only one line break ends a stream: a carriage return before it may be the stream's last byte.
STREAM = re.compile(rb"stream\r?\n(.*?)\nendstream", re.S)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f]+)>", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def streams(content: bytes) -> list[bytes]:
    """Every stream of the file, uncompressed."""
    found = []
    for raw in STREAM.findall(content):
        try:
            found.append(zlib.decompressobj().decompress(raw))
        except zlib.error:
            found.append(raw)
    return found


def text_of(content: bytes) -> str:
    """All text that is shown, glyph by glyph through each font's ToUnicode map."""
    objects = dict(OBJECT.findall(content))
    fonts = {}
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", content):
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(number, b""))
        if to_unicode:
            fonts[name] = _letters(b"".join(streams(objects[to_unicode[1]])))
    shown = []
    for stream in streams(content):
        letters = {}
        for font, literal, hexed in SHOWN.findall(stream):
            if font:
                letters = fonts.get(font, {})
                continue
            codes = bytes.fromhex(hexed.decode()) if hexed else _unescaped(literal)
            pairs = zip(codes[::2], codes[1::2], strict=False)
            shown.extend(letters.get(high << 8 | low, "") for high, low in pairs)
    return "".join(shown)


def _letters(cmap: bytes) -> dict[int, str]:
    letters = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            letters[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                letters[code] = chr(int(text, 16) + step)
    return letters


def _unescaped(literal: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), literal, flags=re.S)
