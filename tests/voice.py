"""Words and phrases that a person does not read here, and where they are looked for.

docs/glossary.md has the words we use instead. `python -m tests.voice` prints the files that say
anything else.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
TO_PROGRAMMERS = " (docstrings)"

# --- The words ----------------------------------------------------------------------------------

# What we do not say → what we say. Patterns are whole words, whatever their case.
NOT_SAID = {
    # Translated
    r"who(?:m)?ever": "anyone who",
    r"by itself|by themselves": "automatically",
    r"(?:with|by|without) (?:\w+ ){0,3}leave": "with permission",
    r"(?:is|are|was|be) to be had": "is available",
    r"all the same": "still, or leave it out",
    r"suffices?": "is enough",
    r"of late|as yet|as well as it can": "lately, so far",
    r"anew|hitherto|thereof|wherein|whereof|therein|whence|thence|lest": "say it plainly",
    r"to and fro": "back and forth",
    r"for ever": "forever",
    r"need not|dare not": "doesn't need to",
    r"stands in the letter|lies among": "is in",
    r"leaves the house": "is sent",
    r"in vain": "without success",
    r"run out": "expired",
    r"comes apart|unwanted (?:ones|mail|letters?)": "arrives separately, spam",
    r"grandmothers?": "say it to everyone",
    # The glossary
    r"attendees?": "guest",
    r"waiting[- ]lists?": "waitlist",
    r"kinds? of tickets?": "ticket type",
    r"standing orders?": "recurring payment, auto-renewal",
    r"(?:the|a|our|pretend) tills?|at till|outside the till": "payments, pretend payment",
    r"the desk": "the admin",
    r"coupons?|vouchers?": "promo code",
    r"lapsed|lapses": "expired",
    r"perhaps twice": "possible duplicates",
    r"looks at places|radar": "venue access log, word check",
    r"(?:the|a|its|their|this|each|every|another|secret|whole) places? (?:is|are|was|were|of "
    r"(?:the|an) event)|(?:is|are|was|be) told the place|secret places?": "venue, location",
    r"(?:is|are|was|were|be|been) told": "revealed, or: we tell",
    r"log(?:ged|s|ging)? (?:in|out)|login": "sign in, sign out",
    r"emails?|(?<!e-)mails": "e-mail",
    r"(?:a|this|that|each|every|first|the last) mail": "e-mail",
    r"letters?": "e-mail; a letter is on paper",
    r"telephon(?:e|es|ed|ing)": "phone, call",
    r"chairs?": "seat",
    # Spelling
    r"cancell(?:ed|ing|able)|travell(?:ed|ing|ers?)|labell(?:ed|ing)": "one l",
    r"cheques?": "check",
    r"programmes?": "program",
    r"(?:colo|hono|favo|neighbo|harbo|behavio|flavo)ur\w*": "-or",
    r"(?:cent|theat|met|kilomet)res?": "-er",
    r"(?:organ|real|recogn|apolog|summar|special)is(?:e|ed|es|ing|ation)": "-ize",
    r"acknowledgements?|judgements?|licences?|grey|afterwards|towards": "American spelling",
    r"(?:north|south)-(?:east|west)(?:ern)?": "one word",
}  # fmt: skip

# Phrases in which a word above is the right one, each with its reason.
SAID = {
    r"councils? of chairs|committee chairs?|the (?:committees’|city’s) chairs?": "they lead them",
    r"its chair\b|a committee and a chair|from the chair|to the chair who|chair of a favorite": (
        "of a committee"
    ),
    r"carry the chairs|tables, chairs|dress, chairs|central chairs": "furniture",
    r"the rehearsal table": "a sample event's name",
    r"(?:paper|open|capital|small|lowercase|cover|white) letters?": "not sent",
    r"letters and (?:digits|numbers)": "not sent",
    r"letter or a4|us letter|(?-i:\ALetter\Z)": "a size of paper",
    r"letter-spacing": "a property of CSS",
    r"royal mace and a letter\. a second letter": "of 1958, on paper",
    r"is tema centre of the world": "a headline from Ghana",
    r"(?-i:\b[a-z_]+\.[A-Z]\w+)": "a model's name",
    r"(?-i:\ACANCELLED\Z)": "iCalendar's own state (RFC 5545 §3.8.1.11)",
    r"last login": "a label of Django's",
    r"letters? on paper|printed letters?": "on paper",
    r"letters? (?:to print|as printed|by post)|letters.to.members": "on paper",
    r"(?-i:\bTelephone: |\ATelephone\Z)": "a label of the sealed text, which stays as it is",
    r"\Aemail address\Z": "a heading in tables that others made",
}

# Pages of Django's that nobody here needs: there are no passwords.
OF_DJANGO = ("admin:password_change",)
# The pages of a package's table, and its name for the rows.
OF_A_PACKAGE, ITS_NAME = "admin:post_office_email", {"email", "emails"}

# Elements whose words are another language's, or are no words.
SILENT = {"script", "style", "svg", "code", "kbd", "samp", "template"}
OURS = {"", "en", "en-us"}
READ_ALOUD = {"alt", "aria-label", "title", "placeholder", "label", "summary"}


@cache
def rules() -> list[tuple[re.Pattern, str]]:
    return [
        (re.compile(rf"(?<![\w-])(?:{word})\b", re.I), instead)
        for word, instead in NOT_SAID.items()
    ]


@cache
def said() -> re.Pattern:
    return re.compile("|".join(SAID), re.I)


def found(text: str) -> set[str]:
    """The words of a text that we do not say, in lower case."""
    plain = said().sub(" ", " ".join(text.split()))
    return {hit.group().lower() for rule, _ in rules() for hit in rule.finditer(plain)}


# --- Where they are looked for -----------------------------------------------------------------


class Words(HTMLParser):
    """What a page says to its readers in American English."""

    VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

    def __init__(self, page: str):
        super().__init__()
        self.said: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()

    @property
    def is_silent(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        is_foreign = self.is_silent
        if "lang" in values:
            is_foreign = values["lang"].strip().lower() not in OURS
        is_silent = is_foreign or tag in SILENT
        if not is_silent:
            self.said += [values[name] for name in READ_ALOUD & values.keys()]
            if tag == "input" and values.get("type") in ("submit", "button"):
                self.said.append(values.get("value", ""))
            if tag == "meta" and values.get("name") == "description":
                self.said.append(values.get("content", ""))
        if tag not in self.VOID:
            self.open.append((tag, is_silent))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                return

    def handle_data(self, data):
        if not self.is_silent:
            self.said.append(data)


def of_page(page: str) -> set[str]:
    """The words of a page of HTML that we do not say."""
    return found("\n".join(Words(page).said))


def of_answer(name: str, response) -> set[str]:
    """The same for the answer at a named address."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.streaming or not is_page or name.startswith(OF_DJANGO):
        return set()
    return of_page(response.text) - (ITS_NAME if name.startswith(OF_A_PACKAGE) else set())


_COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.S)
_TAG, _VALUE = re.compile(r"\{%(.*?)%\}", re.S), re.compile(r"\{\{.*?\}\}", re.S)
_QUOTED = re.compile(r'"([^"]*\s[^"]*)"')


def of_template(path: Path) -> set[str]:
    text = _COMMENT.sub(" ", path.read_text())
    inside = [words for tag in _TAG.findall(text) for words in _QUOTED.findall(tag)]
    text = _VALUE.sub("…", _TAG.sub("", text))
    outside = found(text) if path.suffix == ".txt" else of_page(text)
    return outside | found("\n".join(inside))


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NAME = re.compile(r"[a-z0-9_.:/<>%@#*+?&=,;|(){}\[\]^$\\-]*\Z")
_NO_PROSE = re.compile(r"\b(?:SELECT|UPDATE|DELETE|CREATE|INSERT) |<svg|\\b|\(\?|;base64,")


def of_python(path: Path) -> set[str]:
    """Its strings, without docstrings; names and patterns are not for reading."""
    tree = ast.parse(path.read_text())
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            skipped.add(node.body[0].value)
        if isinstance(node, ast.Compare | ast.Subscript):  # compared with, never shown
            skipped |= set(ast.walk(node))
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in skipped:
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            texts.append("…".join(part.value for part in parts))
            skipped |= set(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts += [] if node in skipped else [node.value]
    prose = [text for text in texts if not _NAME.match(text) and not _NO_PROSE.search(text)]
    return set().union(*(of_page(text) if "<" in text else found(text) for text in prose))


def of_docstrings(path: Path) -> set[str]:
    nodes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, DOCUMENTED)]
    return found("\n".join(_CODE.sub(" ", ast.get_docstring(node) or "") for node in nodes))


def of_toml(path: Path) -> set[str]:
    """Its texts; those of a page in another language are that language's."""

    def texts(value) -> Iterator[str]:
        if isinstance(value, dict):
            is_foreign = value.get("lang", "en-US").lower() not in OURS
            for name, inner in value.items():
                if not is_foreign and name not in ("slug", "key", "path", "url", "source_url"):
                    yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)
        elif isinstance(value, str) and not _NAME.match(value):
            yield value

    said = texts(tomllib.loads(path.read_text()))
    return set().union(*(of_page(text) if "<" in text else found(text) for text in said))


_CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|<!--.*?-->", re.S)


def of_markdown(path: Path) -> set[str]:
    return found(_CODE.sub(" ", path.read_text()))


_STRING = re.compile(r"'([^'\n]* [^'\n]*)'|\"([^\"\n]* [^\"\n]*)\"|`([^`]* [^`]*)`")


def of_script(path: Path) -> set[str]:
    code = re.sub(r"(?m)^\s*//[^\n]*$|/\*.*?\*/", "", path.read_text(), flags=re.S)
    return found("\n".join("".join(strings) for strings in _STRING.findall(code)))


@dataclass(frozen=True)
class Source:
    """Files that people read, or that make what they read."""

    pattern: str
    words: object


FOLDERS = (
    "bench", "cities", "deploy", "events", "membership", "nsca", "orders", "pages", "scripts",
)  # fmt: skip
SOURCES = (
    Source("templates/**/*.html", of_template),
    Source("templates/**/*.txt", of_template),
    *(Source(f"{folder}/**/*.py", of_python) for folder in FOLDERS),
    Source("nsca/**/*.toml", of_toml),
    Source("static/js/**/*.js", of_script),
    Source("docs/handbook.md", of_markdown),
    Source("docs/handbook/*.md", of_markdown),
    Source("docs/[dw]*.md", of_markdown),
    Source("*.md", of_markdown),
)
NOT_READ = ("/migrations/", "static/js/vendor", "docs/decisions")


def files() -> Iterator[tuple[Path, object]]:
    for source in SOURCES:
        for path in sorted(ROOT.glob(source.pattern)):
            if not any(part in str(path) for part in NOT_READ):
                yield path, source.words


def all_found() -> dict[str, set[str]]:
    """File → its words that we do not say; what its docstrings say, apart."""
    hits = {str(path.relative_to(ROOT)): words(path) for path, words in files()}
    hits |= {
        f"{path.relative_to(ROOT)}{TO_PROGRAMMERS}": of_docstrings(path)
        for path, words in files()
        if words is of_python
    }
    return {name: words for name, words in hits.items() if words}


if __name__ == "__main__":
    for name, words in sorted(all_found().items()):
        print(f"{name}: {', '.join(sorted(words))}")
