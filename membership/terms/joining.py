"""Who joins: what they typed, the household a payment of dues is for, and its new people.

An address is recognized only here, after the payment: the pages treat known and unknown addresses
the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from membership.models import Consent, FavoriteCity, Household, HouseholdMember, Person, User
from membership.people import consents
from membership.people.merged import household_now
from membership.people.welcome import welcome_if_proven
from nsca.lib.mail.addresses import is_same_address, normalize_address
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.models import Line

FIRST_MEMBER_NUMBER = 100_001
NUMBER_TRIES = 5


@dataclass(frozen=True)
class Other:
    """One more person of the household, as somebody else entered them."""

    name: str
    email: str = ""
    born_on: str = ""  # ISO; of children only

    @classmethod
    def of(cls, kept: "Other | dict | str") -> "Other":
        """From form data or an order's line; older lines have only a name."""
        if isinstance(kept, str):
            return cls(kept)
        return cls(**kept) if isinstance(kept, dict) else kept


@dataclass(frozen=True)
class Joining:
    """Who joins, as typed; frozen on the line until it is paid."""

    name: str
    email: str
    phone: str = ""
    others: tuple[Other | str, ...] = field(default=())
    city_ids: tuple[int, ...] = ()  # favorite cities
    may_be_seen: bool = False  # those cities' committees may contact them
    household_id: int | None = None  # proven: by a sign-in, a signed link, or staff
    renewal_link_id: int | None = None  # used up by the payment
    topics: tuple[str, ...] = ()  # of e-mails, ticked on the form (Consent.Topic)


def person_of(user) -> Person | None:
    """The signed-in person, or None; if two share an address, the one who came first."""
    if not getattr(user, "is_authenticated", False):
        return None
    people = Person.objects.filter(user=user).living()
    return people.prefetch_related("household_members__household").order_by("pk").first()


# --- Whose dues they are -----------------------------------------------------------------------


def household_for(line: Line, *, at: datetime, applicant: dict | None = None) -> Household:
    """The household a payment of dues is for: the proven one, else the address's, else a new one.

    Runs in the transaction that marks the order paid. `applicant`: who joins, if not as on the
    line (a gift). A term for a known household by a member's address reveals nothing to the payer:
    seeing it takes a sign-in code sent there. People and cities that come with an unproven address
    are not added; staff get a task.
    """
    if applicant is None:
        # If the order was erased before its payment came, only the buyer is left.
        buyer = {"name": line.order.buyer_name, "email": line.order.buyer_email}
        applicant = line.details = {**buyer, **line.details}
    # Records may have been merged since the order was placed.
    pk = household_now(applicant.get("household_id"))
    proven = Household.objects.select_for_update().filter(pk=pk).first()
    if proven:
        _welcome(proven, applicant, line, at=at)
        return proven
    known = household_members_at(applicant["email"], applicant["name"], on=day_of(at))
    if known and Consent.Topic.NEWSLETTER in applicant.get("topics", ()):
        # Nobody has proven the address: ask its mailbox and decide nothing for them.
        consents.ask_mailbox(Consent.Topic.NEWSLETTER, applicant["email"], at=at)
    if not known and applicant["email"]:
        _make_sign_in(applicant["email"], applicant["name"])
        known = household_members_at(applicant["email"], applicant["name"], on=day_of(at))
    if known:
        household = Household.objects.select_for_update().get(pk=known[0].household_id)
        _ask_about(line, known, at=at)
        return household
    household = Household.objects.create(
        name=applicant["name"], created_at=at, is_sample=line.order.is_sample
    )
    first = add_person(
        household,
        name=applicant["name"],
        email=applicant["email"],
        phone=applicant.get("phone", ""),
        at=at,
    )
    household.main_contact = first
    household.save(update_fields=["main_contact"])
    _note_favorite_cities(first, applicant)
    _note_topics(first, applicant, at=at)
    _add_others(household, applicant, line, guardian=first, at=at)
    return household


def _make_sign_in(email: str, name: str) -> None:
    """Create the user first, so that of two payments at once with one address the second waits."""
    if User.objects.filter(email=email).exists():
        return
    try:
        with transaction.atomic():
            User.objects.create_user(email, name=name)
    except IntegrityError:
        return  # the other payment was quicker


def household_members_at(email: str, name: str, *, on: date) -> list[HouseholdMember]:
    """Who may be meant by an address and a name, likeliest first.

    The same name comes before the same family, adults before children, and a home before other
    households. The address of somebody who died leads to their household if a name matches there.
    """
    reached = Person.objects.with_address(email).filter(erased_at__isnull=True)
    found = HouseholdMember.objects.select_related("person", "household")
    living = found.filter(person__in=reached.living())
    if not living and reached:
        homes = HouseholdMember.objects.filter(person__in=reached).values("household")
        left = found.filter(household__in=homes, person__in=Person.objects.living())
        living = [each for each in left if is_alike(each.person.name, name)]

    def likelihood(household_member):
        person = household_member.person
        return (
            person.name.casefold() != name.casefold(),
            not is_alike(person.name, name),
            person.is_minor(on),
            not household_member.is_home,
            household_member.pk,
        )

    return sorted(living, key=likelihood)


def is_alike(one: str, other: str) -> bool:
    """Whether two names share a whole word, like "Ada Ellery" and "A. Ellery"."""
    words = [{word for word in name.casefold().split() if len(word) > 1} for name in (one, other)]
    return bool(words[0] & words[1])


def _ask_about(line: Line, known: Sequence[HouseholdMember], *, at: datetime) -> None:
    """Create tasks about dues that came by an unproven address."""
    applicant, order, first = line.details, line.order, known[0]
    household = first.household
    if not is_alike(first.person.name, applicant["name"]):
        text = (
            f"Order {order.number}: {applicant['name']} paid dues with the e-mail address of "
            f"{first.person.name}. The dues went to {household}. If the address was a typo, "
            "contact the payer."
        )
        ask(f"dues-name:{line.pk}", text, at=at, order=order)
    elsewhere = {each.household_id: each.household.name for each in known}
    if len(elsewhere) > 1 and first.person.name.casefold() != applicant["name"].casefold():
        text = (
            f"Order {order.number}: the address that paid dues belongs to several households "
            f"({', '.join(elsewhere.values())}). The dues went to {household}. Is that right?"
        )
        ask(f"dues-household:{line.pk}", text, at=at, order=order)
    there = {person.name.casefold() for person in household.people.all()}
    named = [Other.of(each).name for each in applicant.get("others", ())]
    new = [name for name in named if name.casefold() not in there]
    if new:
        text = (
            f"Order {order.number}: dues for {household}, which we already know, came with more "
            f"names: {', '.join(new)}. Ask {first.person.name} and add them."
        )
        ask(f"dues-people:{line.pk}", text, at=at, order=order)


# --- Who belongs to it now ---------------------------------------------------------------------


def _welcome(household: Household, applicant: dict, line: Line, *, at: datetime) -> None:
    """Add the cities and people a proven member asked for with the dues."""
    living = list(household.people.living().order_by("pk"))
    email = normalize_address(applicant.get("email", ""))
    first = next((each for each in living if email and each.email == email), None)
    first = first or next((each for each in living if not each.is_minor(day_of(at))), None)
    if first:
        _note_favorite_cities(first, applicant)
        is_proven = is_same_address(first.email, email)
        _note_topics(first, applicant, at=at, is_proven=is_proven)
        _add_others(household, applicant, line, guardian=first, at=at)


def _add_others(
    household: Household, applicant: dict, line: Line, *, guardian: Person, at: datetime
) -> None:
    """Add more people, each once, then clear their details from the line.

    The line is kept as long as the payment, but a child's birth date must not be.
    """
    others = [Other.of(each) for each in applicant.get("others", ())]
    if not others:
        return
    there = {person.name.casefold() for person in household.people.all()}
    for other in others:
        if other.name.casefold() in there:
            continue
        born_on = date.fromisoformat(other.born_on) if other.born_on else None
        person = add_person(
            household,
            name=other.name,
            email=other.email,
            born_on=born_on,
            guardian=guardian if born_on else None,
            at=at,
        )
        welcome_if_proven(person, at=at)
    if applicant is line.details:
        line.details = {**applicant, "others": [each.name for each in others]}
        line.save(update_fields=["details"])


def _note_favorite_cities(person: Person, applicant: dict) -> None:
    """Add favorite cities and consent to be contacted; never remove any."""
    cities = FavoriteCity._meta.get_field("city").related_model.objects
    for city in cities.filter(pk__in=applicant.get("city_ids", ())):
        favorite, _ = FavoriteCity.objects.get_or_create(person=person, city=city)
        if applicant.get("may_be_seen") and not favorite.may_be_seen:
            favorite.may_be_seen = True
            favorite.save(update_fields=["may_be_seen"])


def _note_topics(
    person: Person, applicant: dict, *, at: datetime, is_proven: bool = False
) -> None:
    """Record the topics ticked on the form; joining gives no other consent."""
    wanted = dict.fromkeys(applicant.get("topics", ()), True)
    if wanted:
        how = Consent.How.JOINING
        consents.decide(person, wanted, how=how, at=at, is_proven=is_proven)


def add_person(
    household: Household,
    *,
    name: str,
    email: str = "",
    phone: str = "",
    city_ids: Sequence[int] = (),
    at: datetime,
    **fields,
) -> Person:
    """Add a person to a household, with the next member number and, with an address, a user."""
    person = Person(
        name=name,
        email=normalize_address(email),
        phone=phone,
        member_since=day_of(at).year,
        is_sample=household.is_sample,
        **fields,
    )
    enrol(person)
    HouseholdMember.objects.create(person=person, household=household)
    FavoriteCity.objects.bulk_create(
        FavoriteCity(person=person, city_id=city_id) for city_id in city_ids
    )
    return person


def enrol(person: Person) -> None:
    """Save a person with a member number and, if they have an address, a user.

    The first sign-in code proves the address, so linking it reveals nothing to anybody else. Two
    people with one address share its user.
    """
    if person.email and person.user is None:
        user = User.objects.filter(email=person.email).first()
        person.user = user or User.objects.create_user(person.email, name=person.name)
    save_with_number(person)


def save_with_number(person: Person) -> None:
    """Save a person, with the next member number if they have none; numbers are never reused."""
    if person.member_number is not None:
        person.save()
        return
    tries_left = NUMBER_TRIES
    while True:
        tries_left -= 1
        highest = Person.every.aggregate(highest=Max("member_number"))["highest"]
        person.member_number = max((highest or 0) + 1, FIRST_MEMBER_NUMBER)
        try:
            with transaction.atomic():
                person.save()
            return
        except IntegrityError:
            # Somebody else joined at the same moment and has the number: take the next.
            if not tries_left:
                raise
