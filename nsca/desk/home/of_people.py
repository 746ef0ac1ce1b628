"""What needs a person about members: whom no letter reaches, and who might be asked."""

from datetime import timedelta

from django.db.models import OuterRef, Subquery

from membership.models import (
    AddressMark,
    GiftMembership,
    Mailing,
    MembershipStatus,
    Person,
    Rules,
    Term,
)
from membership.reminders.reminders import unreached
from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted
from nsca.lib.timing import day_of, short_day

GIFT_WAITS = timedelta(days=30)  # a gift that nobody has taken up for so long: ask the giver


def mailings_to_read(user, at):
    """While a place is sealed, who may see it reads what others write to many."""
    waiting = Mailing.objects.filter(state=Mailing.State.READING).order_by("created_at")
    lines = tuple(Line(str(mailing), page_of(mailing)) for mailing in waiting[:SHOWN])
    count = waiting.count()
    return Card(
        "mailings",
        "Mailings to read",
        count,
        list_of(Mailing, state__exact=Mailing.State.READING),
        words="While a place is sealed, somebody who may see it lets each one go.",
        lines=lines,
        is_urgent=bool(count),
        todo=f"Read {counted(count, 'mailing')}, and let {'it' if count == 1 else 'them'} go.",
        minutes=4,
    )


def renewals_without_address(user, at):
    """Their membership ends, and no reminder reaches them, by mail or on paper."""
    rows = unreached(day_of(at), rules=Rules.load()).select_related("term__household")
    homes = {row.term.household_id: row.term for row in rows}
    lines = tuple(
        Line(
            f"{term.household}: until {term.ends_on:%B} {term.ends_on.day}",
            page_of(term.household),
        )
        for term in list(homes.values())[:SHOWN]
    )
    return Card(
        "unreached",
        "Renewals without an address",
        len(homes),
        "",
        words="We have neither an e-mail address that works nor a postal one.",
        lines=lines,
        todo=f"Find an address of {counted(len(homes), 'household')} whose membership ends.",
        minutes=5,
    )


def bounced(user, at):
    """Addresses of people to which mail does not go any more."""
    marks = AddressMark.objects.open().filter(kind=AddressMark.Kind.BOUNCED)
    theirs = Person.objects.living().filter(email=OuterRef("email")).order_by("pk")
    known = marks.annotate(
        who=Subquery(theirs.values("name")[:1]), whose=Subquery(theirs.values("pk")[:1])
    ).filter(whose__isnull=False)
    lines = tuple(
        Line(f"{mark.who}: since {short_day(mark.at)}", page_of(mark)) for mark in known[:SHOWN]
    )
    count = known.count()
    return Card(
        "bounced",
        "Mail comes back",
        count,
        list_of(AddressMark, kind__exact="bounced", cleared="no"),
        lines=lines,
        todo=f"Ask {counted(count, 'person,people')} for a new e-mail address.",
        minutes=4,
    )


def unclaimed_gifts(user, at):
    """Gift memberships that their recipients have not taken up."""
    waiting = GiftMembership.objects.waiting().filter(begins_on__lte=day_of(at - GIFT_WAITS))
    lines = tuple(
        Line(f"From {gift.giver_name}, for {gift.recipient_name}", page_of(gift))
        for gift in waiting.order_by("begins_on", "pk")[:SHOWN]
    )
    count = waiting.count()
    return Card(
        "gifts",
        "Gift memberships not taken up",
        count,
        list_of(GiftMembership, state="waiting"),
        words="The giver may know whether the letter arrived.",
        lines=lines,
        todo=f"Ask the givers of {counted(count, 'gift membership')} not taken up.",
        minutes=4,
    )


def in_grace(user, at):
    """Who ran out a moment ago: a call now is worth ten letters later. Whoever has a telephone."""
    on, grace = day_of(at), Rules.load().grace
    people = (
        Person.objects.living()
        .filter(belongings__is_home=True)
        # Of those whose term could stand in grace at all: else every person would be computed.
        .filter(
            pk__in=Term.objects.filter(ends_on__lt=on, ends_on__gte=on - grace).values(
                "household__people"
            )
        )
        .with_status(on, grace=grace)
        .filter(status=MembershipStatus.GRACE)
        .exclude(phone="")
        .order_by("last_ends_on", "pk")
    )
    found = list(people)
    lines = tuple(Line(f"{person}: {person.phone}", page_of(person)) for person in found[:SHOWN])
    return Card(
        "grace",
        "In grace: telephone",
        len(found),
        list_of(Person, status=MembershipStatus.GRACE),
        lines=lines,
        todo=f"Telephone {counted(len(found), 'member')} whose membership has just run out.",
        minutes=4,
    )
