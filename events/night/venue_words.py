"""Which words of a venue a text contains, near misses included; reported by kind, never by word.

Words are compared in their plainest form: lower case without accents, "St." as "street", "Seven"
as "7". A whole name or address always counts; a single word only if it is long and says more than
what kind of venue it is: half of Norfolk's texts say "river" and "garden".
"""

import html
import re
import unicodedata
from calendar import day_name, month_name
from dataclasses import dataclass
from urllib.parse import unquote

from django.views.decorators.debug import sensitive_variables

from events.venue.details import VenueDetails

NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
]  # fmt: skip
ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
]  # fmt: skip
SHORT = {
    "st": "street", "ave": "avenue", "av": "avenue", "rd": "road", "blvd": "boulevard",
    "dr": "drive", "ln": "lane", "ct": "court", "pl": "place", "sq": "square", "pkwy": "parkway",
    "hwy": "highway", "ter": "terrace", "brg": "bridge", "bldg": "building", "ctr": "center",
    "centre": "center", "theatre": "theater", "harbour": "harbor", "n": "north", "s": "south",
    "e": "east", "w": "west", "saint": "street", "mt": "mount", "ft": "fort",
    "va": "virginia", "and": "", "the": "",
}  # fmt: skip
PLAIN = (
    SHORT
    | {word: str(number) for number, word in enumerate(NUMBERS)}
    | {word: str(number) for number, word in enumerate(ORDINALS, 1)}
)
LONG_ENOUGH = 5  # letters: a shorter word alone says nothing
INSIDE = 7  # letters of a word that also counts inside a longer one: "ropewalks"
SQUASHED = 9  # letters of a name or address written as one word, or letter by letter
COPIED = 4  # words in a row, of directions
NEAR = 0.001  # degrees: about a hundred yards
TOKEN = re.compile(r"[a-z]+|\d+")
ACCENT = re.compile("[\u0300-\u036f]")  # a combining accent after normalization
DIGITS = re.compile(r"\d")
FIGURE = re.compile(r"\d{1,3}[.,]\d{3,}")
MINUTES = re.compile(r"(\d{1,3})\s*°\s*(\d{1,2}(?:\.\d+)?)\s*['′’](?:\s*(\d{1,2}(?:\.\d+)?))?")
TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.S)
# A name in a sentence: capitalized, and not the first word.
NAMES = re.compile(r"(?<=[\w,;:’'\")] )(?:[A-Z\u00c0-\u00de][\w’'-]+(?: |$)?)+")
STOP = re.compile(r"[.!?\n]+")
HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z0-9])")  # "PierSeven.jpg"
# Points at a location in a way that we cannot compare.
POINTER = re.compile(
    r"maps\.app\.goo\.gl/|goo\.gl/maps/|maps\.apple\.com/p/|w3w\.co/|what3words\.com/\w"
    r"|///\w+\.\w+\.\w+|\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b"
)
MORE = "the notes on parking, directions or rain"
KINDS = {  # how to name the words: for the whole, and for a part
    "name": ("the venue’s full name", "the venue’s name"),
    "street": ("a line of the address", "the address"),
    "zip": ("the ZIP code", ""),
    "telephone": ("the venue’s phone number", ""),
    "coordinates": ("the venue’s coordinates", ""),
    "link": ("the link to join", ""),
    "more": (f"{MORE}, word for word", MORE),
}


def folded(text: str) -> list[str]:
    """A text as plain words: no accents, capitals, abbreviations, articles or number words."""
    small = _small(text)
    words = TOKEN.findall(small.replace("’s", "").replace("'s", ""))
    plain = {word: _single(PLAIN.get(word, word)) for word in set(words)}
    return [plain[word] for word in words if plain[word]]


def _small(text: str) -> str:
    return ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _single(word: str) -> str:
    """Drop the s of a plural or possessive: "Pauls" becomes "Paul"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _in_one(text: str) -> str:
    return "".join(TOKEN.findall(_small(text)))


# Alone they say nothing about a venue: common words for venues and events.
ORDINARY = set(folded(" ".join([*SHORT.values(), *day_name, *month_name]))) | set(folded(
    "alley american annex association beach bench black brick brown candles central chairs "
    "chapel children church circle class close college committee community concert corner "
    "county crescent cultural culture dining dinner district downtown drawing elevator enter "
    "entrance evening events exchange family festival floor follow friends front gallery "
    "garage gardens ghent glass golden grand great green ground guests hampton heights "
    "history hotel house inside international island kitchen landing large leave level "
    "library light little local lower lunch market meeting member memorial middle museum "
    "music night ocean office opposite other outside paper parking party passage people "
    "picture plaza please point private public quarter restaurant right river roads school "
    "shore silver sister space spring stage stairs state station steps stone story student "
    "summer supper table tickets toward tower town trail under united university upper valet "
    "village walking water waterfront wharf wheelchair white winter women wooden world yacht "
    "yellow young number sample online"
))  # fmt: skip


def gives_away(word: str) -> bool:
    """Whether a word alone could give a venue away."""
    return len(word) >= LONG_ENOUGH and not word.isdigit() and word not in ORDINARY


def points_somewhere(text: str) -> bool:
    """Whether a text has a short link to a map or a location code (what3words, a plus code), whose
    target we cannot read.
    """
    return bool(POINTER.search(html.unescape(text)))


class _Unkept:
    """Made from the venue each time: it can be neither printed nor pickled."""

    def __repr__(self):
        return f"<{type(self).__name__}: sealed>"

    def __reduce__(self):
        raise TypeError("Words of a venue must not be stored.")


@dataclass(frozen=True, repr=False)
class Phrase(_Unkept):
    kind: str  # of KINDS
    words: tuple[str, ...]
    is_whole: bool = False  # otherwise a word or two of it
    in_one: tuple[str, ...] = ()  # a long one written without spaces


class VenueWords(_Unkept):
    """Looks for one venue. `known` is already public (the association's own letterhead): the
    office's ZIP code is not a leak.
    """

    @sensitive_variables()
    def __init__(self, venue: VenueDetails, *, known: str = ""):
        self._known = f" {' '.join(folded(known))} "
        self.phrases: list[Phrase] = []
        self._points = [d for d in (venue.latitude, venue.longitude) if d is not None]
        self._phone = "".join(DIGITS.findall(venue.phone))[-10:]
        if len(self._phone) < 7 or self._phone in self._known.replace(" ", ""):
            self._phone = ""
        self._link = venue.join_url.split("//", 1)[-1].casefold()
        self._named("name", venue.name)
        for line in venue.lines:
            self._named("street", line)
        for text in (venue.parking, venue.directions, venue.plan_b):
            self._prose(text)
        self._add("zip", folded(venue.postcode), is_whole=True)

    def _add(self, kind: str, words, *, is_whole=False, in_one: set[str] = frozenset()) -> None:
        is_known = f" {' '.join(words)} " in self._known
        if words and not is_known and all(each.words != tuple(words) for each in self.phrases):
            long = tuple(each for each in in_one if len(each) >= SQUASHED)
            self.phrases.append(Phrase(kind, tuple(words), is_whole, long))

    def _named(self, kind: str, text: str) -> None:
        words = folded(text)
        says = [word for word in words if word not in ("norfolk", "virginia")]
        says = [word for word in says if len(word) != 5 or not word.isdigit()]  # a ZIP
        # "Norfolk, Virginia" and "The Hall" are not addresses; "Pier 7" and "12 Ropewalk" are.
        if len(says) > 1 or any(map(gives_away, says)):
            self._add(kind, words, is_whole=True, in_one={"".join(words), _in_one(text)})
            self._add(kind, says, is_whole=True, in_one={"".join(says)})
        for pair in zip(says, says[1:], strict=False):
            is_name = kind == "name" and all(len(word) > 2 or word.isdigit() for word in pair)
            if len(says) > 2 and (is_name or any(map(gives_away, pair))):
                self._add(kind, pair)
        self._singles(kind, says)

    def _singles(self, kind: str, words) -> None:
        for word in filter(gives_away, words):
            self._add(kind, [word])

    def _prose(self, text: str) -> None:
        """Add the names in sentences ("Boush Street"), and what could be copied word for word."""
        for name in NAMES.findall(text):
            self._singles("more", folded(name))
        for sentence in STOP.split(text):
            words = folded(sentence)
            for first in range(len(words) - COPIED + 1):
                copied = words[first : first + COPIED]
                if sum(map(gives_away, copied)) > 1:
                    self._add("more", copied, is_whole=True)

    @sensitive_variables()
    def found_in(self, text: str) -> str:
        """What a text contains, by kind: "a line of the address, the ZIP code"; empty
        for nothing.
        """
        readings = _readings(text)
        hits: set[Phrase] = set()
        whole: set[str] = set()
        for reading in readings:
            line, in_one = f" {' '.join(folded(reading))} ", _in_one(reading)
            hits.update(each for each in self.phrases if _stands(each, line, in_one))
            if self._phone and self._phone in "".join(DIGITS.findall(reading)):
                whole.add("telephone")
            if self._link and self._link in reading.casefold():
                whole.add("link")
            if any(abs(d - abs(p)) < NEAR for d in _degrees(reading) for p in self._points):
                whole.add("coordinates")
        parts = []
        for kind, (all_of_it, some) in KINDS.items():
            ours = [each for each in hits if each.kind == kind]
            if kind in whole or any(each.is_whole for each in ours):
                parts.append(all_of_it)
            elif ours:
                parts.append(f"{_count({word for each in ours for word in each.words})} of {some}")
        return ", ".join(parts)


def _count(words: set[str]) -> str:
    number = len(words)
    return "a word" if number == 1 else f"{NUMBERS[number] if number < 10 else number} words"


def _readings(text: str) -> list[str]:
    """What a reader might see: the text with its tags' attributes (an alt, an address), without
    any tags, URL-decoded, and split where words are joined.
    """
    plain = html.unescape(text)
    readings = [plain]
    if "%" in plain or "+" in plain:
        readings.append(unquote(plain.replace("+", " ")))
    if "<" in text:
        readings.append(html.unescape(TAG.sub(" ", text)))
    if HUMP.search(plain):
        readings.append(HUMP.sub(" ", plain))
    return readings


def _stands(phrase: Phrase, line: str, in_one: str) -> bool:
    words = " ".join(phrase.words)
    if f" {words} " in line or f" {words}s " in line:
        return True
    if len(phrase.words) == 1 and len(words) >= INSIDE and not words.isdigit() and words in line:
        return True
    return any(each in in_one for each in phrase.in_one)


def _degrees(text: str) -> list[float]:
    """Numbers that may be coordinates; 36° 50′ 47″ as 36.8464."""
    figures = [float(figure.replace(",", ".")) for figure in FIGURE.findall(text)]
    for degrees, minutes, seconds in MINUTES.findall(text):
        figures.append(int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600)
    return figures
