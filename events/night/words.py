"""Which words of a place stand in a text, near misses included; said by kind, never by word.

Compared are words in their plainest form: small letters without accents, "St." as "street",
"Seven" as "7". Whole phrases alarm always; a single word alarms only where it is uncommon, for
half of Norfolk's texts say "river" and "garden".
"""

import base64
import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from django.views.decorators.debug import sensitive_variables

from events.places import Place

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
# Alone they say nothing of a place: stop words, kinds of place, and what every Norfolk text says.
COMMON = {
    "about", "above", "accessible", "across", "after", "again", "against", "all", "alley",
    "along", "also", "america", "american", "an", "annex", "annual", "another", "april", "are",
    "around", "arrive", "as", "association", "at", "august", "autumn", "avenue", "basket", "bay",
    "be", "beach", "because", "before", "behind", "below", "bench", "beside", "between", "big",
    "black", "blanket", "blue", "board", "boat", "both", "bottle", "boulevard", "brick",
    "bridge", "bring", "brown", "building", "bus", "by", "call", "can", "candle", "candles",
    "car", "cars", "center", "central", "chair", "chairs", "chart", "children", "church",
    "circle", "cities", "city", "class", "close", "club", "coffee", "college", "come",
    "committee", "community", "company", "concert", "corner", "county", "court", "crescent",
    "cross", "cultural", "culture", "day", "december", "deck", "dining", "dinner", "district",
    "do", "dock", "door", "down", "downtown", "drawing", "drink", "drive", "driving", "each",
    "east", "elevator", "enter", "entrance", "evening", "event", "events", "every", "exchange",
    "exit", "family", "february", "festival", "find", "first", "floor", "follow", "food", "for",
    "fort", "free", "friday", "friend", "friends", "from", "front", "garage", "garden",
    "gardens", "gate", "gentlemen", "ghent", "glass", "go", "golden", "grand", "great", "green",
    "ground", "guest", "guests", "hall", "hampton", "harbor", "have", "here", "highway", "hill",
    "history", "holder", "home", "hotel", "hour", "hours", "house", "if", "in", "inside",
    "international", "into", "is", "island", "it", "january", "join", "just", "kitchen",
    "ladies", "landing", "lane", "last", "lawn", "left", "level", "library", "light", "lights",
    "link", "little", "living", "local", "look", "lot", "lower", "lunch", "main", "march",
    "market", "meet", "meeting", "member", "members", "memory", "middle", "miles", "minute",
    "minutes", "monday", "morning", "mount", "museum", "music", "name", "near", "new", "next",
    "night", "no", "norfolk", "north", "not", "november", "number", "ocean", "october", "of",
    "office", "old", "on", "one", "online", "open", "opposite", "or", "other", "our", "outside",
    "over", "paper", "park", "parking", "parkway", "passage", "past", "people", "person",
    "photo", "photograph", "picture", "pier", "place", "plaza", "please", "point", "private",
    "program", "public", "quarter", "rain", "reading", "red", "restaurant", "restroom", "right",
    "ring", "river", "road", "roads", "roof", "room", "row", "same", "sample", "saturday",
    "school", "sea", "second", "september", "ship", "shore", "side", "sign", "silver", "sister",
    "so", "south", "space", "spaces", "spring", "square", "stage", "stair", "stairs", "state",
    "states", "station", "step", "steps", "stone", "stories", "story", "street", "student",
    "students", "summer", "sunday", "supper", "table", "tables", "take", "teacher", "tent",
    "terrace", "than", "that", "theater", "their", "them", "then", "there", "these", "they",
    "third", "this", "through", "thursday", "ticket", "tickets", "to", "toilet", "toward",
    "towards", "tower", "town", "trail", "tuesday", "turn", "umbrella", "under", "united",
    "university", "until", "upon", "upper", "us", "usa", "virginia", "volunteer", "walk",
    "walking", "water", "waterfront", "way", "we", "weather", "wednesday", "welcome", "west",
    "wharf", "what", "wheelchair", "when", "where", "which", "while", "white", "will", "winter",
    "with", "within", "without", "women", "wooden", "world", "yard", "yards", "yellow", "you",
    "young", "your", "zoom",
}  # fmt: skip
PLAIN_COMMON: set[str] = set()  # the same in their plainest form; filled below
LONG_ENOUGH = 5  # letters: a single word that is shorter never alarms alone
SQUASHED = 9  # letters of a name written in one, as in the name of a file
TOKEN = re.compile(r"[a-z]+|\d+")
ACCENT = re.compile("[\u0300-\u036f]")  # what is left of one when a letter is taken apart
DIGITS = re.compile(r"\d")
FIGURE = re.compile(r"\d{1,3}[.,]\d{3,}")
CODE = re.compile(r"<(script|style)\b.*?</\1>|<!--|-->", re.S | re.I)
TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.S)
# A name in a sentence: what is written large and does not begin it.
NAMES = re.compile(r"(?<=[\w,;:’'\")] )(?:[A-Z\u00c0-\u00de][\w’'-]+(?: |$)?)+")
STOP = re.compile(r"[.!?\n]+")
COPIED = 4  # words in a row
HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z0-9])")  # "PierSeven.jpg"


@dataclass(frozen=True)
class Needle:
    """One thing to look for, already in its plainest form; `kind` says what it is of."""

    kind: str  # "name", "street", "zip", "telephone", "coordinates", "link", "more"
    words: tuple[str, ...]
    is_whole: bool = False  # the whole phrase; otherwise one word or two of it

    def __repr__(self):
        return f"<Needle: {self.kind}>"

    def __reduce__(self):
        raise TypeError("A needle is made from the envelope each time; it is kept nowhere.")


def folded(text: str) -> list[str]:
    """A text as plain words: without accents, cases, abbreviations, articles and number words."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’s", "").replace("'s", ""))
    words = TOKEN.findall(ACCENT.sub("", letters))
    plain = {word: _single(PLAIN.get(word, word)) for word in set(words)}
    return [plain[word] for word in words if plain[word]]


def _single(word: str) -> str:
    """Without the s of a plural or a possessive: "Pauls" as "Paul"."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def is_telling(word: str) -> bool:
    """Whether a word alone points somewhere."""
    return len(word) >= LONG_ENOUGH and not word.isdigit() and word not in PLAIN_COMMON


class Radar:
    """Looks for one place. It holds the place's words while it lives, and shows them to nobody.

    `known` is public already (the association's own letterhead): an office's ZIP is no leak.
    """

    def __repr__(self):
        return "<Radar: sealed>"

    def __reduce__(self):
        raise TypeError("A radar holds words of the place; it is kept nowhere.")

    @sensitive_variables()
    def __init__(self, place: Place, *, known: str = ""):
        self._known = " " + " ".join(folded(known)) + " "
        self.needles: list[Needle] = []
        self._phrase("name", place.name)
        for line in place.lines:
            self._phrase("street", line)
        for text in (place.parking, place.directions, place.plan_b):
            self._prose(text)
        if place.postcode:
            self._add("zip", folded(place.postcode), is_whole=True)
        self._telephone(place.phone)
        for degrees in (place.latitude, place.longitude):
            if degrees is not None:
                self._add("coordinates", [f"{abs(degrees):.7f}"], is_whole=True)
        if place.join_url:
            self._add("link", [place.join_url.split("//", 1)[-1].casefold()], is_whole=True)

    def _add(self, kind: str, words, *, is_whole=False) -> None:
        needle = Needle(kind, tuple(words), is_whole)
        is_known = f" {' '.join(words)} " in self._known
        if words and not is_known and all(n.words != needle.words for n in self.needles):
            self.needles.append(needle)

    def _phrase(self, kind: str, text: str) -> None:
        words = folded(text)
        says = [
            word for word in words if word not in ("norfolk", "virginia") and not _is_zip(word)
        ]
        # "Norfolk, Virginia" and "The Hall" are no address; "Pier 7" and "12 Ropewalk" are.
        if len(says) > 1 or any(map(is_telling, says)):
            self._add(kind, words, is_whole=True)
            if says != words:
                self._add(kind, says, is_whole=True)
        for pair in zip(says, says[1:], strict=False):
            is_name = kind == "name" and all(len(word) > 2 or word.isdigit() for word in pair)
            if len(says) > 2 and (is_name or any(map(_is_uncommon, pair))):
                self._add(kind, pair)
        self._singles(kind, says)

    def _singles(self, kind: str, words) -> None:
        for word in words:
            if is_telling(word):
                self._add(kind, [word])

    def _prose(self, text: str) -> None:
        """Of sentences: the names in them ("Boush Street"), and what is copied word for word."""
        for name in NAMES.findall(text):
            words = [word for word in folded(name) if is_telling(word)]
            self._singles("more", words)
        for sentence in STOP.split(text):
            words = folded(sentence)
            for first in range(len(words) - COPIED + 1):
                copied = words[first : first + COPIED]
                if sum(map(is_telling, copied)) > 1:
                    self._add("more", copied, is_whole=True)

    def _telephone(self, phone: str) -> None:
        digits = "".join(DIGITS.findall(phone))[-10:]
        if len(digits) >= 7 and digits not in self._known.replace(" ", ""):
            self._add("telephone", [digits], is_whole=True)

    def digest(self) -> str:
        """Tells one place from another. To be kept sealed: a digest can be guessed at."""
        words = repr([(needle.kind, needle.words) for needle in self.needles])
        return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()

    # --- Looking ---------------------------------------------------------------------------------

    @sensitive_variables()
    def numbers_in(self, text: str) -> set[int]:
        """Which needles stand in a text, by their numbers, which tell nothing without the place.

        The text may be HTML, a calendar file, an address: it is also read unescaped, with folded
        lines made whole.
        """
        found: set[int] = set()
        for reading in _readings(text):
            words = folded(reading)
            line = f" {' '.join(words)} "
            one = "".join(words)
            figures = FIGURE.findall(reading)
            digits = "".join(DIGITS.findall(reading)) if "telephone" in self._kinds else ""
            for number, needle in enumerate(self.needles):
                if number not in found and _stands(needle, line, one, figures, digits, reading):
                    found.add(number)
        return found

    @property
    def _kinds(self) -> set[str]:
        return {needle.kind for needle in self.needles}

    def in_words(self, numbers) -> str:
        """Needles by kind: "a line of the address, the ZIP code"; empty for none."""
        hit = [needle for number, needle in enumerate(self.needles) if number in set(numbers)]
        parts = []
        for kind, (whole, some) in KINDS.items():
            needles = [needle for needle in hit if needle.kind == kind]
            if any(needle.is_whole for needle in needles):
                parts.append(whole)
            elif needles:
                count = len({word for needle in needles for word in needle.words})
                parts.append(f"{_count(count)} of {some}")
        return ", ".join(parts)


MORE = "what is said about parking, the way or the rain"
KINDS = {
    "name": ("the whole name of the place", "the name of the place"),
    "street": ("a line of the address", "the address"),
    "zip": ("the ZIP code", ""),
    "telephone": ("the telephone number of the place", ""),
    "coordinates": ("the coordinates of the place", ""),
    "link": ("the link to join", ""),
    "more": (f"{MORE}, word for word", MORE),
}


def _count(words: int) -> str:
    return "a word" if words == 1 else f"{words if words > 9 else NUMBERS[words]} words"


def _is_uncommon(word: str) -> bool:
    return len(word) > 2 and not word.isdigit() and word not in PLAIN_COMMON


def _is_zip(word: str) -> bool:
    return len(word) == 5 and word.isdigit()


def _readings(text: str) -> list[str]:
    """What a reader might see: the text with what its tags hold (an alt, an address), without any
    tag, and taken apart where it is written in one.
    """
    whole = CODE.sub(" ", text.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";"))
    plain = html.unescape(whole)
    readings = [plain]
    if "%" in plain or "+" in plain:
        readings.append(unquote(plain.replace("+", " ")))
    if "<" in text:
        readings.append(html.unescape(TAG.sub(" ", text)))
    return [*readings, *(HUMP.sub(" ", each) for each in readings[:1] if HUMP.search(each))]


def _stands(needle: Needle, line: str, one: str, figures, digits: str, reading: str) -> bool:
    if needle.kind == "coordinates":
        return any(_is_near(figure, needle.words[0]) for figure in figures)
    if needle.kind == "telephone":
        return needle.words[0] in digits
    if needle.kind == "link":
        return needle.words[0] in reading.casefold()
    phrase = " ".join(needle.words)
    if f" {phrase} " in line or f" {phrase}s " in line:
        return True
    squashed = "".join(needle.words)
    if needle.kind == "zip" or len(squashed) < SQUASHED or not needle.is_whole:
        return len(needle.words) == 1 and needle.words[0] in _longer(line, needle.words[0])
    return squashed in one or any(core in reading for core in _base64_cores(phrase))


def _longer(line: str, word: str) -> str:
    """A telling word also counts inside a longer one: "ropewalks", "chartroom-ropewalk.jpg"."""
    return line if len(word) >= 7 and not word.isdigit() else ""


def _is_near(figure: str, degrees: str) -> bool:
    """A coordinate rounded or cut to three digits or more."""
    figure = figure.replace(",", ".")
    places = len(figure.partition(".")[2])
    return degrees.startswith(figure) or figure == f"{float(degrees):.{min(places, 7)}f}"


def _base64_cores(text: str) -> list[str]:
    coded = base64.b64encode(text.encode()).decode().rstrip("=")
    return [coded[:-2]] if len(coded) > 12 else []


PLAIN_COMMON |= {word for common in COMMON for word in [common, *folded(common)]}
