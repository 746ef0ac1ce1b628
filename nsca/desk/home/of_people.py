"""Cards about members on the admin's home page."""

from datetime import timedelta

from django.db.models import OuterRef, Subquery

from membership.models import (
    EmailSuppression,
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

GIFT_WAITS = timedelta(days=30)  # ask the giver about a gift unclaimed for this long


def mailings_to_read(user, at):
    """Mailings that need a review while a venue is sealed."""
    waiting = Mailing.objects.filter(state=Mailing.State.READING).order_by("created_at")
    lines = tuple(Line(str(mailing), page_of(mailing)) for mailing in waiting[:SHOWN])
    count = waiting.count()
    return Card(
        "mailings",
        "Mailings to review",
        count,
        list_of(Mailing, state__exact=Mailing.State.READING),
        words="While a venue is sealed, someone who may see it approves each mailing.",
        lines=lines,
        is_urgent=bool(count),
        todo=f"Review {counted(count, 'mailing')}.",
        minutes=4,
    )


def renewals_without_address(user, at):
    """Households whose membership ends and whom no reminder reaches."""
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
        words="We have no working e-mail address and no postal address.",
        lines=lines,
        todo=f"Find an address for {counted(len(homes), 'household')} whose membership ends.",
        minutes=5,
    )


def bounced(user, at):
    """People whose e-mail address bounced."""
    marks = EmailSuppression.objects.open().filter(kind=EmailSuppression.Kind.BOUNCED)
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
        "Bounced addresses",
        count,
        list_of(EmailSuppression, kind__exact="bounced", cleared="no"),
        lines=lines,
        todo=f"Ask {counted(count, 'person,people')} for a new e-mail address.",
        minutes=4,
    )


def unclaimed_gifts(user, at):
    """Gift memberships not claimed yet."""
    waiting = GiftMembership.objects.waiting().filter(begins_on__lte=day_of(at - GIFT_WAITS))
    lines = tuple(
        Line(f"From {gift.giver_name}, for {gift.recipient_name}", page_of(gift))
        for gift in waiting.order_by("begins_on", "pk")[:SHOWN]
    )
    count = waiting.count()
    return Card(
        "gifts",
        "Unclaimed gift memberships",
        count,
        list_of(GiftMembership, state="waiting"),
        words="The giver may know whether the e-mail arrived.",
        lines=lines,
        todo=f"Ask the givers of {counted(count, 'unclaimed gift membership')}.",
        minutes=4,
    )


def in_grace(user, at):
    """People in grace with a phone: a call now is worth ten e-mails later."""
    on, grace = day_of(at), Rules.load().grace
    people = (
        Person.objects.living()
        .filter(household_members__is_home=True)
        # Only those whose term could be in grace: otherwise every person would be computed.
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
        "In grace: call",
        len(found),
        list_of(Person, status=MembershipStatus.GRACE),
        lines=lines,
        todo=f"Call {counted(len(found), 'member')} whose membership just expired.",
        minutes=4,
    )
