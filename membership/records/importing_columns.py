"""The columns of people lists, the same for exports and imports."""

from datetime import date

from membership.models import Household, Person, Term

FOR_LIFE = "life"  # “member until” of life members


class PersonColumns:
    """The columns of one person.

    Needs `household_members` with households and terms, and `favorite_cities` with cities.
    """

    def __init__(self, person: Person):
        self.person = person
        self.home = person.household
        self.term = last_term(self.home)

    @property
    def household(self) -> str:
        return self.home.name if self.home else ""

    @property
    def postal_address(self) -> str:
        return self.home.postal_address if self.home else ""

    @property
    def cities(self) -> str:
        return "; ".join(
            sorted(favorite.city.name for favorite in self.person.favorite_cities.all())
        )

    @property
    def level(self) -> str:
        return self.term.tier.name if self.term else ""

    @property
    def member_from(self) -> str:
        return self.term.starts_on.isoformat() if self.term else ""

    @property
    def member_until(self) -> str:
        return said_until(self.term) if self.term else ""


def last_term(household: Household | None) -> Term | None:
    """The household's term that ends last and was not ended early."""
    terms = [t for t in household.terms.all() if t.ended_on is None] if household else []
    return max(terms, key=lambda t: (t.ends_on or date.max, t.starts_on, t.pk), default=None)


def said_until(term: Term) -> str:
    return term.ends_on.isoformat() if term.ends_on else FOR_LIFE


# What a column can be, and the headings lists use for it. The first is our export's own.
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "member_number": (
        "member number",
        ("member no", "member id", "number", "no", "membership number"),
    ),
    "name": ("name", ("full name", "member", "member name", "person")),
    "first_name": ("first name", ("given name", "first", "forename")),
    "last_name": ("last name", ("surname", "family name", "last")),
    "email": ("e-mail", ("email", "email address", "mail", "e-mail address")),
    "phone": ("phone", ("telephone", "phone number", "mobile", "cell", "cell phone", "tel")),
    "household": ("household", ("family", "household name")),
    "postal_address": ("postal address", ("address", "street address", "mailing address")),
    "member_since": ("member since", ("since", "joined", "year joined", "member since year")),
    "born_on": ("born on", ("birthday", "date of birth", "born", "dob")),
    "level": ("level", ("membership level", "membership type", "type", "tier", "membership")),
    "member_from": ("member from", ("from", "start", "start date", "begins")),
    "member_until": (
        "member until",
        ("until", "expires", "expiration", "expiration date", "expiry", "end date", "valid until"),
    ),
    "cities": ("favorite cities", ("cities", "cities of the heart", "committee", "committees")),
}


def guess(headers: list[str]) -> dict[str, int]:
    """Guess what each column is by its heading, leaving out unknown ones."""
    by_word = {}
    for field, (word, others) in COLUMNS.items():
        for each in (field, word, *others):
            by_word.setdefault(_bare(each), field)
    found: dict[str, int] = {}
    for place, header in enumerate(headers):
        field = by_word.get(_bare(header))
        if field:
            found.setdefault(field, place)
    return found


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
