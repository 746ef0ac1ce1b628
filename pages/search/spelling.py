"""Words as the search sees them: without case, accents and apostrophes."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_APOSTROPHE = re.compile(r"['’]")
# Scripts without spaces between words are read in overlapping pairs of characters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
# Letters that Unicode does not decompose.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ŋ": "ng"}
    | {"ɔ": "o", "ɛ": "e"}  # Ga and Akan
)


@dataclass(frozen=True)
class Word:
    """A word of a text: its position, as written, and every form that finds it."""

    start: int
    end: int
    written: str
    forms: tuple[str, ...]


def normalised(text: str) -> str:
    """ "Soirée" → "soiree", "Größe" → "grosse"."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if _UNSPACED.search(match.group()):
            yield from _pairs(text, start, end)
            continue
        parts = [normalised(part) for part in _APOSTROPHE.split(match.group())]
        # “Baker's” is found as “bakers”, “l’amitié” as “lamitie” and as “amitie”.
        forms = ["".join(parts), *(part for part in parts if len(part) > 2 and len(parts) > 1)]
        yield Word(start, end, match.group(), tuple(dict.fromkeys(filter(None, forms))))


def _pairs(text: str, start: int, end: int) -> Iterator[Word]:
    step = start
    while step < end:
        run = _UNSPACED.match(text, step, end)
        if run is None:
            following = _UNSPACED.search(text, step, end)
            stop = following.start() if following else end
            yield Word(step, stop, text[step:stop], (normalised(text[step:stop]),))
            step = stop
            continue
        first, last = run.span()
        for at in range(first, max(last - 1, first + 1)):
            pair = text[at : min(at + 2, last)]
            yield Word(at, at + len(pair), pair, (normalised(pair),))
        step = last


def forms_of(query: str) -> list[str]:
    """The words of a query, each in its first form."""
    return [word.forms[0] for word in words_of(query) if word.forms]


def allowance(word: str) -> int:
    """How many typos to forgive: none in short words, where each makes another word."""
    if not word.isascii() or len(word) < 4 or word.isdigit():
        return 0
    return 1 if len(word) < 8 else 2
