"""Who joins: what they typed, the household that a payment of dues is for, and its new people.

An address is recognised here, once the money is in, and nowhere before: the pages say and do the
same for one we know and one we do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from membership.models import Belonging, Consent, Heart, Household, Person, User
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
    """A further person of the household, as somebody else typed it."""

    name: str
    email: str = ""
    born_on: str = ""  # ISO; of children only

    @classmethod
    def of(cls, kept: "Other | dict | str") -> "Other":
        """From what was typed, or from an order's line: older ones kept a name only."""
        if isinstance(kept, str):
            return cls(kept)
        return cls(**kept) if isinstance(kept, dict) else kept


@dataclass(frozen=True)
class Joining:
    """Who joins, as they typed it; frozen on the line until the money is here."""

    name: str
    email: str
    phone: str = ""
    others: tuple[Other | str, ...] = field(default=())
    city_ids: tuple[int, ...] = ()  # of the heart
    may_be_seen: bool = False  # those cities' committees may write to them
    household_id: int | None = None  # proven: by a sign-in, a signed link, or staff
    renewal_link_id: int | None = None  # spent when the money is here
    topics: tuple[str, ...] = ()  # of letters, ticked on the form (Consent.Topic)


def person_of(user) -> Person | None:
    """Who signed in; of two who share an address, the one who came first. None: nobody we know."""
    if not getattr(user, "is_authenticated", False):
        return None
    people = Person.objects.filter(user=user).living()
    return people.prefetch_related("belongings__household").order_by("pk").first()


# --- Whose dues they are -------------------------------------------------------------------------


def household_for(line: Line, *, at: datetime, wish: dict | None = None) -> Household:
    """The household a payment of dues is for: the one that was proven, else the one of the
    address, else a new one. Inside the transaction that marks the order paid. `wish`: who joins,
    where it is somebody else than the line says (a gift).

    A term given to a known household by its member's address reveals nothing to the payer, and
    helps nobody but the household: to see it one must receive the sign-in code there. People and
    cities that came with an unproven address are not written to it, staff ask.
    """
    if wish is None:
        # Of an order that was forgotten before its money came, the buyer is all that is left.
        buyer = {"name": line.order.buyer_name, "email": line.order.buyer_email}
        wish = line.details = {**buyer, **line.details}
    # Since the order was placed, two records may have been found to be one.
    pk = household_now(wish.get("household_id"))
    proven = Household.objects.select_for_update().filter(pk=pk).first()
    if proven:
        _welcome(proven, wish, line, at=at)
        return proven
    known = belongings_at(wish["email"], wish["name"], on=day_of(at))
    if known and Consent.Topic.NEWSLETTER in wish.get("topics", ()):
        # Whose address it is nobody proved: its mailbox is asked, and nothing is decided for them.
        consents.ask_mailbox(Consent.Topic.NEWSLETTER, wish["email"], at=at)
    if not known and wish["email"]:
        _make_sign_in(wish["email"], wish["name"])
        known = belongings_at(wish["email"], wish["name"], on=day_of(at))
    if known:
        household = Household.objects.select_for_update().get(pk=known[0].household_id)
        _ask_about(line, known, at=at)
        return household
    household = Household.objects.create(
        name=wish["name"], created_at=at, is_sample=line.order.is_sample
    )
    first = add_person(
        household, name=wish["name"], email=wish["email"], phone=wish.get("phone", ""), at=at
    )
    household.main_contact = first
    household.save(update_fields=["main_contact"])
    _note_hearts(first, wish)
    _note_topics(first, wish, at=at)
    _add_others(household, wish, line, guardian=first, at=at)
    return household


def _make_sign_in(email: str, name: str) -> None:
    """Before anything else of somebody new: of two first payments at once with one address the
    second waits here until the first is through, and then finds its household.
    """
    if User.objects.filter(email=email).exists():
        return
    try:
        with transaction.atomic():
            User.objects.create_user(email, name=name)
    except IntegrityError:
        return  # the other was quicker


def belongings_at(email: str, name: str, *, on: date) -> list[Belonging]:
    """Who may be meant by an address and a name, likeliest first: the same name before the same
    family, the grown before children, where they live before where they also belong.

    The address of somebody who died leads to their household where its living know the name.
    """
    reached = Person.objects.with_address(email).filter(erased_at__isnull=True)
    found = Belonging.objects.select_related("person", "household")
    living = found.filter(person__in=reached.living())
    if not living and reached:
        homes = Belonging.objects.filter(person__in=reached).values("household")
        left = found.filter(household__in=homes, person__in=Person.objects.living())
        living = [each for each in left if is_alike(each.person.name, name)]

    def likelihood(belonging):
        person = belonging.person
        return (
            person.name.casefold() != name.casefold(),
            not is_alike(person.name, name),
            person.is_minor(on),
            not belonging.is_home,
            belonging.pk,
        )

    return sorted(living, key=likelihood)


def is_alike(one: str, other: str) -> bool:
    """Whether two names share a whole word: "Ada Ellery" and "A. Ellery" may be one person, or
    one family.
    """
    words = [{word for word in name.casefold().split() if len(word) > 1} for name in (one, other)]
    return bool(words[0] & words[1])


def _ask_about(line: Line, known: Sequence[Belonging], *, at: datetime) -> None:
    """What only a human can settle of dues that came by an address alone."""
    wish, order, first = line.details, line.order, known[0]
    household = first.household
    if not is_alike(first.person.name, wish["name"]):
        text = (
            f"Order {order.number}: {wish['name']} paid dues and gave the address of "
            f"{first.person.name}. They were written to {household}. If the address was a slip, "
            "write to the payer."
        )
        ask(f"dues-name:{line.pk}", text, at=at, order=order)
    elsewhere = {each.household_id: each.household.name for each in known}
    if len(elsewhere) > 1 and first.person.name.casefold() != wish["name"].casefold():
        text = (
            f"Order {order.number}: the address that paid dues is of two households or more "
            f"({', '.join(elsewhere.values())}). They were written to {household}. Is that right?"
        )
        ask(f"dues-household:{line.pk}", text, at=at, order=order)
    there = {person.name.casefold() for person in household.people.all()}
    named = [Other.of(each).name for each in wish.get("others", ())]
    new = [name for name in named if name.casefold() not in there]
    if new:
        text = (
            f"Order {order.number}: dues for {household}, whom we know already, came with more "
            f"names: {', '.join(new)}. Ask {first.person.name}, and add them."
        )
        ask(f"dues-people:{line.pk}", text, at=at, order=order)


# --- Who belongs to it now -----------------------------------------------------------------------


def _welcome(household: Household, wish: dict, line: Line, *, at: datetime) -> None:
    """What a proven member asked for with the dues: their cities, and more people."""
    living = list(household.people.living().order_by("pk"))
    email = normalize_address(wish.get("email", ""))
    first = next((each for each in living if email and each.email == email), None)
    first = first or next((each for each in living if not each.is_minor(day_of(at))), None)
    if first:
        _note_hearts(first, wish)
        is_proven = is_same_address(first.email, email)
        _note_topics(first, wish, at=at, is_proven=is_proven)
        _add_others(household, wish, line, guardian=first, at=at)


def _add_others(
    household: Household, wish: dict, line: Line, *, guardian: Person, at: datetime
) -> None:
    """Write down further people, each once; then forget what the line knew of them: it is kept as
    long as the money is, and a child's birthday need not be.
    """
    others = [Other.of(each) for each in wish.get("others", ())]
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
    if wish is line.details:
        line.details = {**wish, "others": [each.name for each in others]}
        line.save(update_fields=["details"])


def _note_hearts(person: Person, wish: dict) -> None:
    """Cities of the heart, and whether their committees may write; never less than before."""
    cities = Heart._meta.get_field("city").related_model.objects
    for city in cities.filter(pk__in=wish.get("city_ids", ())):
        heart, _ = Heart.objects.get_or_create(person=person, city=city)
        if wish.get("may_be_seen") and not heart.may_be_seen:
            heart.may_be_seen = True
            heart.save(update_fields=["may_be_seen"])


def _note_topics(person: Person, wish: dict, *, at: datetime, is_proven: bool = False) -> None:
    """The letters that were ticked on the form; nobody agrees to the others by joining."""
    wanted = dict.fromkeys(wish.get("topics", ()), True)
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
    """A new member of a household, with the next number and, given an address, a sign-in."""
    person = Person(
        name=name,
        email=normalize_address(email),
        phone=phone,
        member_since=day_of(at).year,
        is_sample=household.is_sample,
        **fields,
    )
    enrol(person)
    Belonging.objects.create(person=person, household=household)
    Heart.objects.bulk_create(Heart(person=person, city_id=city_id) for city_id in city_ids)
    return person


def enrol(person: Person) -> None:
    """Save a person with what every member has: a number for life and, given an address, a way in.

    The address proves itself with the first code, so tying it to a person reveals nothing to
    anybody else. Two people with one address share its sign-in.
    """
    if person.email and person.user is None:
        user = User.objects.filter(email=person.email).first()
        person.user = user or User.objects.create_user(person.email, name=person.name)
    save_with_number(person)


def save_with_number(person: Person) -> None:
    """Save a person; whoever has no member number gets the next. One that was ever given, also to
    a record that was merged away, is nobody else's.
    """
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
            # Somebody else joined in this very moment and has the number: take the next.
            if not tries_left:
                raise
