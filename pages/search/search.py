"""The site's own small search, which forgives accents and typos, on both databases.

Other apps' content comes from registered sources (nsca/site/search_sources.py). Each source gives
documents of what is or will be public; the time of the query decides which are shown. The index is
built once per version of the content and kept in the process, so a query scans no tables.
"""

import math
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from nsca.lib.web.caching import recent_content_version
from pages.models import Synonym
from pages.search.spelling import allowance, forms_of, words_of

TITLE, NAMES, SUMMARY, TEXT = 6.0, 5.0, 3.0, 1.0  # a word's weight by where it is
PREFIX, SLIP = 0.75, 0.55  # the factor if only the beginning, or a typo, matches
MEANT = 0.7  # or if it is a synonym
ALIKE = 60  # of 100: how similar a suggested word must be
STILL_AHEAD = 1.25  # upcoming events rank before past ones
MAX_QUERY, MAX_WORDS, MAX_A_KIND = 100, 8, 20
REBUILT_AFTER = 600.0  # seconds: finds edits that did not change the version

NO_SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType({})

# Words in every text, which would only dilute the answer.
PASSED_OVER = frozenset(
    {"a", "an", "and", "are", "at", "by", "for", "from", "how", "i", "in", "is", "it", "of", "on"}
    | {"or", "our", "the", "to", "us", "we", "what", "when", "where", "who", "with"}
)


@dataclass(frozen=True)
class Document:
    """One public thing to find; `names` are its other names, `note` a line below its title."""

    kind: str
    title: str
    url: str
    summary: str = ""
    text: str = ""
    names: str = ""
    note: str = ""
    lang: str = ""
    visible_from: datetime | None = None  # UTC; None: already
    relevant_until: datetime | None = None  # UTC; an event's end
    boost: float = 1.0  # above 1: ranks before equal matches

    def may_be_seen(self, at: datetime) -> bool:
        return self.visible_from is None or self.visible_from <= at


@dataclass(frozen=True)
class Hit:
    document: Document
    score: float
    words: frozenset[str]  # the normalized words that matched, to be marked


@dataclass(frozen=True)
class Group:
    kind: str
    label: str
    hits: list[Hit]
    total: int


@dataclass(frozen=True)
class Findings:
    query: str
    groups: list[Group] = field(default_factory=list)
    total: int = 0
    read_as: str = ""  # the query with typos fixed
    is_loose: bool = False  # nothing has all the words; these have some
    suggestions: list[str] = field(default_factory=list)
    changes_at: datetime | None = None  # UTC; when the next thing becomes public


Source = Callable[[], Iterable[Document]]
_sources: list[Source] = []
_labels: dict[str, str] = {}
_kept: tuple[str, float, "Index"] | None = None


def found_in(source: Source, **labels: str) -> None:
    """Register a source with headings for its kinds: `city="Cities"`."""
    _sources.append(source)
    _labels.update(labels)


def index() -> "Index":
    """The index of the content's current version."""
    global _kept
    version, now = recent_content_version(), time.monotonic()
    kept = _kept
    if kept is None or kept[0] != version or now - kept[1] > REBUILT_AFTER:
        documents = [document for source in _sources for document in source()]
        kept = _kept = (version, now, Index(documents, synonyms()))
    return kept[2]


def synonyms() -> dict[str, tuple[str, ...]]:
    """Staff's synonyms: a normalized word → the words to look for."""
    known: dict[str, tuple[str, ...]] = {}
    for each in Synonym.objects.all():
        known |= dict.fromkeys(forms_of(each.word), tuple(forms_of(each.means)))
    return known


def find(query: str, *, at: datetime) -> Findings:
    """What the site has on a query at an instant; it is cut to MAX_QUERY characters."""
    query = " ".join(query[: MAX_QUERY * 2].split())[:MAX_QUERY]
    found_in_index = index()
    return replace(
        found_in_index.find(query, at=at), changes_at=found_in_index.next_appearance(at)
    )


class Index:
    """Words and the documents they are in; immutable, so that threads can share it."""

    def __init__(
        self, documents: Iterable[Document], synonyms: Mapping[str, tuple[str, ...]] = NO_SYNONYMS
    ):
        self.documents = tuple(documents)
        self.synonyms = synonyms
        self.postings: dict[str, dict[int, float]] = defaultdict(dict)
        self.spelled: dict[str, str] = {}  # a normalized word as people write it
        for number, document in enumerate(self.documents):
            self._read(number, document)
        self.words = sorted(self.postings)

    def _read(self, number: int, document: Document) -> None:
        weight: Counter[str] = Counter()
        for worth, text in (
            (TITLE, document.title),
            (NAMES, document.names),
            (SUMMARY, document.summary),
            (TEXT, document.text),
        ):
            counted: Counter[str] = Counter()
            for word in words_of(text):
                counted.update(word.forms)
                for form in word.forms:
                    self.spelled.setdefault(form, word.written)
            for form, times in counted.items():
                weight[form] += worth * (1 + math.log(times))
        for form, worth in weight.items():
            self.postings[form][number] = worth

    def find(self, query: str, *, at: datetime) -> Findings:
        asked = [form for form in forms_of(query) if form not in PASSED_OVER] or forms_of(query)
        asked = list(dict.fromkeys(asked))[:MAX_WORDS]
        if not asked:
            return Findings(query)
        kin = {word: self._kin(word) for word in asked}
        found = [self._documents_with(kin[word], at) for word in asked]
        numbers = set(found[0]).intersection(*found[1:])
        is_loose = not numbers and len(asked) > 1
        if is_loose:
            numbers = set().union(*found)
        hits = sorted(
            (self._hit(number, found, at) for number in numbers),
            key=lambda hit: (-hit.score, hit.document.title),
        )
        if not hits:
            return Findings(query, suggestions=self._suggestions(asked, at))
        return Findings(
            query,
            groups=_grouped(hits),
            total=len(hits),
            read_as=self._read_as(asked, kin),
            is_loose=is_loose,
        )

    def next_appearance(self, at: datetime) -> datetime | None:
        """When the next document becomes public, which may change answers."""
        ahead = (d.visible_from for d in self.documents if d.visible_from is not None)
        return min((instant for instant in ahead if instant > at), default=None)

    def _kin(self, asked: str) -> dict[str, float]:
        """The site's words that a query word may mean, each with its nearness (0 to 1)."""
        kin = {asked: 1.0} if asked in self.postings else {}
        if len(asked) >= 3 or not asked.isascii():
            first = bisect_left(self.words, asked)
            for word in self.words[first : first + 200]:
                if not word.startswith(asked):
                    break
                kin.setdefault(word, PREFIX * (0.6 + 0.4 * len(asked) / len(word)))
        for word in self.synonyms.get(asked, ()):
            if word in self.postings:
                kin.setdefault(word, MEANT)
        return kin or self._misspelled(asked)

    def _misspelled(self, asked: str) -> dict[str, float]:
        limit = allowance(asked)
        if not limit:
            return {}
        near = process.extract_iter(asked, self.words, scorer=OSA.distance, score_cutoff=limit)
        kin = {word: SLIP / slips for word, slips, _number in near}
        if not kin and len(asked) >= 5:  # a typo in an unfinished word: “wilhlms”
            kin = {word: SLIP / 2 for word in self.words if _begins_like(word, asked)}
        return kin

    def _documents_with(self, kin: dict[str, float], at: datetime) -> dict[int, tuple[float, set]]:
        """Document number → the score a word adds, and the words that matched."""
        best: dict[int, tuple[float, set]] = {}
        for word, nearness in kin.items():
            holding = self.postings[word]
            rarity = math.log(1 + len(self.documents) / len(holding))
            for number, worth in holding.items():
                if not self.documents[number].may_be_seen(at):
                    continue
                gain = nearness * rarity * math.sqrt(worth)
                had, words = best.get(number, (0.0, set()))
                best[number] = (max(had, gain), words | {word})
        return best

    def _hit(self, number: int, found: list[dict], at: datetime) -> Hit:
        document = self.documents[number]
        met = [entries[number] for entries in found if number in entries]
        score = sum(gain for gain, _words in met) * document.boost
        if document.relevant_until is not None and document.relevant_until > at:
            score *= STILL_AHEAD
        return Hit(document, score, frozenset().union(*(words for _gain, words in met)))

    def _read_as(self, asked: list[str], kin: dict[str, dict[str, float]]) -> str:
        """The query with its typos fixed, or "" if the site has every word as typed."""
        mended, is_mended = [], False
        for word in asked:
            likely = max(
                kin[word], key=lambda near: (kin[word][near], self._fame(near)), default=None
            )
            if likely is None or likely.startswith(word) or word in self.synonyms:
                mended.append(word)
            else:
                mended.append(self.spelled[likely])
                is_mended = True
        return " ".join(mended) if is_mended else ""

    def _fame(self, word: str) -> float:
        return sum(self.postings[word].values())

    def _suggestions(self, asked: list[str], at: datetime) -> list[str]:
        """Up to three words of the site that look like the query."""
        near = []
        for one in asked:
            alike = process.extract_iter(one, self.words, scorer=fuzz.ratio, score_cutoff=ALIKE)
            for word, likeness, _number in alike:
                if len(word) >= 4 and self._is_public(word, at):
                    near.append((likeness, self._fame(word), self.spelled[word]))
        near.sort(key=lambda entry: (-entry[0], -entry[1], entry[2]))
        return list(dict.fromkeys(spelled for _likeness, _fame, spelled in near))[:3]

    def _is_public(self, word: str, at: datetime) -> bool:
        return any(self.documents[number].may_be_seen(at) for number in self.postings[word])


def _begins_like(word: str, asked: str) -> bool:
    """Whether a longer word begins with the query word, allowing one typo."""
    length = len(asked)
    return len(word) > length and any(
        OSA.distance(asked, word[:end], score_cutoff=1) <= 1 for end in (length, length + 1)
    )


def _grouped(hits: list[Hit]) -> list[Group]:
    """Hits by kind, the kind of the best hit first."""
    kinds: dict[str, list[Hit]] = {}
    for hit in hits:
        kinds.setdefault(hit.document.kind, []).append(hit)
    return [
        Group(kind, _labels.get(kind, kind.capitalize()), found[:MAX_A_KIND], len(found))
        for kind, found in kinds.items()
    ]
