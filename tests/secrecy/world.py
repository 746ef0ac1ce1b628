"""One evening with a venue full of canaries, and everybody who could look at the site."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from post_office.models import Email

from cities.models import CityLink, Milestone, Photograph, Welcome
from events import reveal
from events.models import (
    AddOn,
    AddOnSold,
    CatererLink,
    Choice,
    Commitment,
    DoorLink,
    Event,
    FormerVenue,
    OptIn,
    PromoCode,
    Scan,
    Table,
    Ticket,
    Venue,
    VenueAccess,
    VenuePicture,
    WaitlistEntry,
)
from events.reveal import sender
from events.tickets import transfers
from events.venue.envelope import TEXT_FORM
from membership.giving.statements import issue_in_kind
from membership.models import (
    Benefit,
    CommitteeChair,
    EmailSuppression,
    Fund,
    GiftFigure,
    GiftInKind,
    GiftMembership,
    Household,
    Mailing,
    Reminder,
    RenewalLink,
    Rules,
    Term,
    Tier,
    Tribute,
)
from nsca.desk.groups import ensure_groups
from orders.models import LedgerEntry, Order, RecurringPayment, Task
from pages.models import (
    Message,
    OpenQuestion,
    Page,
    Post,
    Redirect,
    RetentionRule,
    SiteSettings,
    Subscriber,
    Synonym,
)
from tests.factories import (
    make_city,
    make_event,
    make_hint,
    make_line,
    make_order,
    make_person,
    make_ticket,
    make_ticket_type,
    make_user,
)
from tests.secrecy.canaries import (
    LINK,
    OTHER_LINK,
    PICTURE_ALT,
    VENUE,
    note_picture,
    picture,
)

STARTS = datetime(2027, 5, 20, 22, 0, tzinfo=UTC)
T = STARTS - timedelta(hours=24)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LONG_BEFORE = T - timedelta(days=90)
BEFORE, AFTER = T - SECOND, T + SECOND
NOBODYS = "nobodys-link-000000000000000000"

STRANGERS = (
    "visitor",
    "member",
    "holder of another event",
    "pupil of the class online",
    "party that waits",
    "party that is offered chairs",
    "somebody who is offered a ticket",
)
GUESTS = (
    "holder",
    "new holder",
    "buyer who has not paid",
    "guest who was refunded",
    "guest in dispute",
    "guest who gave the ticket away",
    "door volunteer",
)
STAFF = ("editor", "treasurer", "members", "door")
TOLD_AT_T = ("holder", "new holder", "pupil of the class online", "door volunteer")


@dataclass
class Viewer:
    """Somebody who looks: with these links in the pocket, and perhaps signed in."""

    name: str
    ticket: str = NOBODYS
    order: str = NOBODYS
    entry: str = NOBODYS
    offer: str = NOBODYS  # of a ticket that somebody else would give them
    door: str = NOBODYS  # of a volunteer
    user: Any = None
    is_staff: bool = False


@dataclass
class World:
    event: Event
    lesson: Event  # online: what is secret is the link
    keeper: Any
    viewers: dict[str, Viewer] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)  # what sample addresses are made of
    seal: str = ""  # the digest that is published

    def put(self, venue) -> None:
        """This place, or none, as if it had been so from the beginning; and with it a link to
        the class online.
        """
        events = (self.event, self.lesson)
        for model in (Venue, VenuePicture, FormerVenue, Commitment):
            model.objects.filter(event__in=events).delete()
        if venue is not None:
            link = LINK if venue is VENUE else OTHER_LINK
            reveal.write_venue(self.event, venue, by=self.keeper, at=LONG_BEFORE)
            reveal.write_venue(self.lesson, link, by=self.keeper, at=LONG_BEFORE)
        if venue is VENUE:
            reveal.write_picture(
                self.event, picture(), PICTURE_ALT, by=self.keeper, at=LONG_BEFORE
            )
            note_picture(picture().read())
            note_picture(reveal.look_at_picture(self.event, by=self.keeper, at=LONG_BEFORE))
        self.publish_seal(is_real=venue is VENUE)
        VenueAccess.objects.filter(event__in=events).delete()

    def publish_seal(self, *, is_real: bool) -> None:
        """That a seal is published is no secret (docs/reveal.md §7), and its digest is another
        one each time, by chance. So the seal of our place is in every world, with another venue
        and with none as well: whatever else depends on the venue still shows.
        """
        if is_real:
            reveal.publish_seal(self.event, by=self.keeper, at=LONG_BEFORE)
            self.seal = self.event.commitments.get().digest
        else:
            Commitment.objects.create(
                event=self.event, digest=self.seal, salt=b"", form=TEXT_FORM,
                sealed_at=LONG_BEFORE, published_at=LONG_BEFORE,
            )  # fmt: skip


def mail_holders(at) -> None:
    """What the ticker does about the reveal, until there is nothing left to do."""
    reveal.publish_due(at=at)
    while sender.send_due(at=at):
        pass


def build() -> World:
    """Everything that an address can be about, once."""
    ensure_groups()
    keeper = make_user(
        "keeper@nsca.example",
        is_staff=True,
        permissions=("events.see_venue", "events.hold_reveal"),
    )
    toulon = make_city("toulon")
    Milestone.objects.create(city=toulon, year=1989, title="The agreement")
    CityLink.objects.create(city=toulon, label="The harbor", url="https://toulon.example/")
    Welcome.objects.create(city=toulon, lang="fr", title="Bienvenue", body="<p>Bonjour</p>")
    Photograph.objects.create(city=toulon, image="pictures/a.jpg", alt="A harbor")
    event = make_event(
        starts_at=STARTS,
        lead=timedelta(hours=24),
        slug="soiree",
        kind="soiree",
        city=toulon,
        capacity=5,
        publish_at=LONG_BEFORE,
        transfers_after_reveal=True,  # the laxest the board could be
    )
    make_hint(event, opens_at=LONG_BEFORE)
    make_hint(event, opens_at=STARTS + timedelta(days=1), audience="holders")
    kind = make_ticket_type(event, member_price_cents=8500)
    Choice.objects.create(event=event, label="Garden box")
    PromoCode.objects.create(event=event, code="WHITE", percent_off=10)
    other_event = make_event(
        starts_at=STARTS, lead=timedelta(hours=24), slug="other", publish_at=LONG_BEFORE
    )
    lesson = make_event(
        starts_at=STARTS, lead=timedelta(hours=24), slug="lesson", kind="class",
        title="French for the table", publish_at=LONG_BEFORE,
    )  # fmt: skip
    # What an editor chose from the phone: hidden data and a telling name come with it.
    event.image.save("Quillmoth-gate.jpg", picture(5), save=False)
    event.image_alt = "White lanterns"
    event.save()
    world = World(event=event, lesson=lesson, keeper=keeper)
    _viewers(world, event, other_event, kind)
    _transfers(world, event)
    _rest(world, event, other_event, toulon)
    world.put(VENUE)
    return world


def _viewers(world, event, other_event, kind):
    def buyer(name, event=event, **fields):
        email = f"{name.replace(' ', '-')}@guest.example"
        state = fields.pop("state", "paid")
        if state == "held":
            fields["held_until"] = STARTS
        order = make_order(
            state=state, at=LONG_BEFORE, lines=(), payments=False, buyer_email=email,
            **{key: fields.pop(key) for key in ("held_until",) if key in fields},
        )  # fmt: skip
        kinds = {"ticket_type": kind} if event is world.event else {}
        ticket = make_ticket(event, order=order, **kinds, **fields)
        return Viewer(name, ticket=ticket.token, order=order.token, user=make_user(email))

    early = T - timedelta(days=9)
    people = [
        Viewer("visitor"),
        buyer("holder"),
        buyer("holder of another event", event=other_event),
        buyer("pupil of the class online", event=world.lesson),
        buyer("buyer who has not paid", state="held"),
        buyer("guest who was refunded", canceled_at=early),
        buyer("guest in dispute", suspended_at=early),
        buyer("guest who gave the ticket away"),
    ]
    entry = WaitlistEntry.objects.create(
        event=event, name="Wyn", email="wyn@guest.example", joined_at=early
    )
    people.append(Viewer("party that waits", entry=entry.token, user=make_user(entry.email)))
    offered = buyer("party that is offered chairs", state="held")
    entry = WaitlistEntry.objects.create(
        event=event, name="Ola", email=offered.user.email, joined_at=early,
        offer=Order.objects.get(token=offered.order),
    )  # fmt: skip
    people.append(replace(offered, entry=entry.token))
    link = DoorLink.objects.create(
        event=event, name="Ruth", opens_at=LONG_BEFORE, ends_at=STARTS + timedelta(hours=9),
        may_sell=True, created_at=LONG_BEFORE, created_by=world.keeper,
    )  # fmt: skip
    people.append(Viewer("door volunteer", door=link.token))
    for group in STAFF:
        user = make_user(f"{group}@nsca.example", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        people.append(Viewer(group, user=user, is_staff=True))
    world.viewers = {person.name: person for person in people}


def _transfers(world, event):
    """One ticket that was given on, and the holder's, which is offered and not accepted."""
    giver = world.viewers["guest who gave the ticket away"]
    early = T - timedelta(days=8)
    given = transfers.offer(
        Ticket.objects.get(token=giver.ticket), to_email="new-holder@guest.example", at=early
    )
    ticket = transfers.accept(given, name="Nia New", at=early)
    new = Viewer(
        "new holder", ticket=ticket.token, offer=given.token, user=make_user(given.to_email)
    )
    offered = transfers.offer(
        Ticket.objects.get(token=world.viewers["holder"].ticket),
        to_email="invited@guest.example",
        at=T - timedelta(hours=2),
    )
    invited = Viewer(
        "somebody who is offered a ticket",
        offer=offered.token,
        user=make_user(offered.to_email),
    )
    world.viewers |= {viewer.name: viewer for viewer in (new, invited)}
    Email.objects.all().delete()  # those e-mails have long been sent


def _rest(world, event, other_event, toulon):
    tier = Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)
    Benefit.objects.create(text="Quarterly newsletter")
    Rules().save()
    household = Household.objects.create(name="The Ellery family")
    make_person(household, name="Ada Ellery")
    member = make_user("member@guest.example")
    CommitteeChair.objects.create(user=member, city=toulon)
    make_person(household, user=member, name="Max")
    world.viewers["member"] = Viewer("member", user=member)
    Term.objects.create(household=household, tier=tier, starts_on="2027-01-01", reason="Honorary")
    Reminder.objects.create(
        term=Term.objects.get(), step="first", way="mail", person=household.head(), at=LONG_BEFORE
    )
    renewal = RenewalLink.objects.create(
        household=household, created_at=LONG_BEFORE, valid_until=STARTS
    )
    Page.objects.create(path="history", title="History", body="<p>x</p>", publish_at=LONG_BEFORE)
    Page.objects.create(path="", title="About us", body="<p>x</p>", publish_at=LONG_BEFORE)
    Post.objects.create(
        title="News", slug="news-1", summary="s", body="<p>x</p>", is_draft=False,
        publish_at=LONG_BEFORE,
    )  # fmt: skip
    subscriber = Subscriber.objects.create(email="sub@guest.example", asked_at=LONG_BEFORE)
    Message.objects.create(
        name="Q", email="q@guest.example", text="?", submission_key="k" * 30,
        received_at=LONG_BEFORE,
    )  # fmt: skip
    OpenQuestion.objects.create(key="q", about="Toulon", question="Since when?")
    RetentionRule.objects.create(rule="e-mails", days=180)
    Redirect.objects.create(old_path="/old/", new_path="/about/")
    Synonym.objects.create(word="donate", means="give gift")
    SiteSettings.load().save()
    order = make_order(at=LONG_BEFORE)
    LedgerEntry.objects.create(order=order, entry="placed", at=LONG_BEFORE)
    wine = AddOn.objects.create(event=event, name="A bottle of wine", price_cents=2800)
    bought = make_line(order, kind="addon", label="Wine", subject_id=wine.pk, unit_cents=2800)
    AddOnSold.objects.create(add_on=wine, line=bought, number=1)
    Task.objects.create(key="t", text="Look at this", created_at=LONG_BEFORE)
    EmailSuppression.objects.create(email="gone@guest.example", at=LONG_BEFORE)
    Mailing.objects.create(
        subject="To all", body="<p>Dear {name}</p>", about="membership", created_by=world.keeper,
        created_at=LONG_BEFORE,
    )  # fmt: skip
    VenueAccess.objects.create(
        event=other_event, user=world.keeper, act=VenueAccess.Act.LOOKED, at=LONG_BEFORE
    )
    Scan.objects.create(ticket=Ticket.objects.filter(event=other_event).first(), at=LONG_BEFORE)
    table = Table.objects.create(
        event=event, kind=Table.Kind.OPEN, name="The Eight", captain_name="Cy", seats=2,
        captain_email="cy@guest.example", ticket_type=event.ticket_types.first(),
        held_until=LONG_BEFORE, opened_at=LONG_BEFORE, confirmed_at=LONG_BEFORE,
        is_open_to_strangers=True,
    )  # fmt: skip
    holders = Ticket.objects.get(token=world.viewers["holder"].ticket)
    opt_in, _ = (
        OptIn.objects.create(ticket=holders, kind=kind, asked_at=LONG_BEFORE)
        for kind in OptIn.Kind.values
    )
    recurring_payment = RecurringPayment.objects.create(
        order=order, kind="gift", interval="month", state="active", buyer_name="Max", cents=500,
        label="Gift", consent_text="Yes.", consented_at=LONG_BEFORE, began_at=LONG_BEFORE,
        next_charge_on=STARTS.date(), method="pretend",
    )  # fmt: skip
    gift_membership = GiftMembership.objects.create(
        line=make_line(order, kind="dues", label="A year for Li", subject_id=tier.pk), tier=tier,
        giver_name="Max", recipient_name="Li Wei", recipient_email="li@guest.example",
        begins_on=STARTS.date(), created_at=LONG_BEFORE,
    )  # fmt: skip
    gift = make_line(order, details={"honoring": {}})
    Tribute.objects.create(line=gift, manner="honor", name="Li Wei", family_name="The Weis")
    Fund.objects.create(name="Students", slug="students")
    GiftFigure.objects.create(words="students", number=3, year=2026)
    seats = GiftInKind.objects.create(
        giver_name="Ben", description="Lanterns", received_on=LONG_BEFORE.date()
    )
    statement = issue_in_kind(seats, at=LONG_BEFORE)
    caterer = CatererLink.objects.create(event=event, made_at=LONG_BEFORE, made_by=world.keeper)
    world.rows = {
        "renewal": renewal.token,
        "gift": gift_membership.token,
        "statement": statement.token,
        "subscriber": subscriber.token,
        "table": table.token,
        "caterer": caterer.token,
        "picture": event.image.name,
        "opt_in": opt_in.token,
        "recurring_payment": recurring_payment.token,
    }
