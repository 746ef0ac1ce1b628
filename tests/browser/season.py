"""A site at NOON in which every page stands in every state: what is looked over page by page."""

from dataclasses import replace
from datetime import timedelta

from django.core.management import call_command

from cities.models import City
from events import reveal
from events.door import caterer
from events.hints import opt_ins
from events.models import Choice, Event, EventPicture, OptIn, Ticket, WaitlistEntry
from events.seating.plan import lay
from events.tables import strangers
from membership.joining.renewals import make_renewal_link
from membership.models import Stamp, Tier
from membership.people import directory
from membership.portal import card as member_card
from membership.portal import passport
from nsca.demo import drawings
from nsca.lib.timing import day_of
from nsca.lib.web.caching import content_changed
from orders.models import Line, Order, Payment, Refund, Task
from pages.models import Message, Post, Subscriber
from tests.browser.evening import VENUE, make_member, make_soiree
from tests.events.captains import ask_for, keep, make_evening
from tests.factories import (
    NOON,
    make_event,
    make_hint,
    make_line,
    make_order,
    make_payment,
    make_ticket,
    make_ticket_type,
    make_user,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHERE = replace(
    VENUE, latitude=36.8467, longitude=-76.2972, parking="By the sheds", plan_b="A roof"
)


class Season:
    """`addresses` by kind; "member" and "director" are for whoever has signed in as one."""

    def __init__(self):
        call_command("load_content", verbosity=0)
        self.member = make_member()
        self.director = make_user("director@nsca.example", is_staff=True, is_superuser=True)
        self.addresses = {
            "words": self.words(),
            "events": self.events(),
            "box office": self.box_office(),
            "orders": self.orders(),
            "tickets": self.tickets(),
            "strangers": self.strangers(),
            "tables": self.tables(),
            "member": self.members(),
            "director": self.staff(),
        }
        self.users = {"member": self.member.user, "director": self.director}
        content_changed()

    # --- The association's words ----------------------------------------------------------------

    def words(self):
        post = Post.objects.create(
            title="A visit from Toulon",
            slug="a-visit",
            summary="They came by ship.",
            body="<p>And stayed for dinner.</p><ul><li>Soup</li></ul>",
            is_draft=False,
            publish_at=NOON - DAY,
        )
        email = Subscriber.objects.create(email="dee@x.example", asked_at=NOON)
        reader = Subscriber.objects.create(
            email="eve@x.example", asked_at=NOON - DAY, confirmed_at=NOON
        )
        gone = Subscriber.objects.create(
            email="fay@x.example", asked_at=NOON - DAY, confirmed_at=NOON - DAY, left_at=NOON
        )
        return [
            "/",
            "/cities/",
            "/cities/kitakyushu/",
            "/cities/kitakyushu/ja/",
            "/cities/toulon/",
            "/cities/ningbo-beilun/zh-Hans/",
            "/about/",
            "/about/history/",
            "/about/accessibility/",
            "/news/",
            post.get_absolute_url(),
            "/contact/",
            "/contact/thanks/",
            "/search/",
            "/search/?q=toulon",
            "/search/?q=wilhelmshafen",
            "/search/?q=xyzzyplugh",
            "/newsletter/",
            "/newsletter/asked/",
            f"/newsletter/confirm/{email.token}/",
            f"/newsletter/confirm/{reader.token}/",
            f"/newsletter/leave/{reader.token}/",
            f"/newsletter/leave/{gone.token}/",
        ]

    # --- Events in each state -------------------------------------------------------------------

    def events(self):
        self.soiree = make_soiree(
            dress="White, entirely",
            supper="Boxed",
            rain="Under a roof",
            access="Step-free",
            help_phone="757-555-0100",
            hosted_by="the Toulon committee",
            body="<p>Everyone in white.</p>",
            bring="<p>A cushion.</p>",
            refunds_until=NOON + 20 * DAY,
            choices_close_at=NOON + 30 * DAY,
            title_lang="fr",
        )
        make_hint(self.soiree, opens_at=NOON - DAY)
        make_hint(self.soiree, opens_at=NOON + DAY)
        self._seal(self.soiree)
        self.revealed = self._secret(slug="revealed", starts_at=NOON + 12 * HOUR)
        self.told = self._secret(slug="told", starts_at=NOON + 12 * HOUR, audience="everyone")
        self.kept = self._secret(
            slug="kept", starts_at=NOON + 12 * HOUR, reveal_held_at=NOON - DAY
        )
        self.full = make_event(slug="full", capacity=1)
        make_ticket(self.full)
        self.canceled = make_event(
            slug="canceled", state=Event.State.CANCELED, canceled_note="The cook is unwell."
        )
        make_ticket_type(self.canceled)
        self.gathering = make_event(slug="gathering")
        make_ticket_type(self.gathering, price_cents=0)
        self.online = make_event(
            slug="online",
            kind=Event.Kind.ONLINE,
            lead=24 * HOUR,
            post_by=NOON + 10 * DAY,
        )
        make_ticket_type(self.online, name="A kit", capacity=9, is_posted=True)
        later = make_event(slug="later", sales_open_at=NOON + DAY)
        make_ticket_type(later)
        closed = make_event(slug="closed", sales_close_at=NOON - DAY)
        make_ticket_type(closed)
        running = make_event(slug="running", starts_at=NOON - HOUR)
        make_ticket_type(running)
        self.past = make_event(
            slug="past-tea", starts_at=NOON - 30 * DAY, thanks="<p>Thank you, all who poured.</p>"
        )
        EventPicture.objects.create(
            event=self.past, image=drawings.picture("table"), alt="A laid table", has_consent=True
        )
        past_secret = self._secret(slug="memory", starts_at=NOON - 30 * DAY, audience="after")
        self.memory = past_secret
        reveal.publish_seal(self.soiree, by=self.director, at=NOON - 20 * DAY)
        shown = Event.objects.exclude(state="draft").filter(pk__gte=self.soiree.pk)
        return [
            "/events/",
            "/events/?free=1",
            "/events/?kind=class",
            "/events/past/",
            f"/events/months/{day_of(self.soiree.starts_at):%Y-%m}/",
            *(f"/events/{slug}/envelope/" for slug in ("soiree", "revealed", "told")),
            past_secret.get_absolute_url(),
            *(event.get_absolute_url() for event in shown.exclude(pk=past_secret.pk)),
        ]

    def _secret(self, **fields):
        event = make_event(lead=24 * HOUR, kind=Event.Kind.SOIREE, **fields)
        make_ticket_type(event)
        self._seal(event)
        return event

    def _seal(self, event):
        reveal.write_venue(event, WHERE, by=self.director, at=NOON - 60 * DAY)
        if event.slug in ("revealed", "told"):
            picture = drawings.picture("quay")
            reveal.write_picture(event, picture, "A quay", by=self.director, at=NOON - 60 * DAY)
            reveal.publish_seal(event, by=self.director, at=NOON - 50 * DAY)

    # --- The box office, orders and tickets -----------------------------------------------------

    def box_office(self):
        entry = WaitlistEntry.objects.create(
            event=self.full, name="Wyn", email="wyn@x.example", joined_at=NOON
        )
        left = WaitlistEntry.objects.create(
            event=self.full, name="Zoe", email="zoe@x.example", joined_at=NOON, left_at=NOON
        )
        over = WaitlistEntry.objects.create(
            event=self.past, name="Wyn", email="wyn@x.example", joined_at=NOON - 40 * DAY
        )
        return [
            *(
                f"/events/{slug}/tickets/"
                for slug in (
                    "soiree", "gathering", "online", "full", "later", "closed", "canceled",
                    "past-tea",
                )
            ),
            "/events/full/waitlist/",
            "/events/full/waitlist/joined/",
            "/events/soiree/waitlist/",
            "/events/closed/waitlist/",
            *(f"/events/waitlist/{entry.token}/" for entry in (entry, left, over)),
        ]  # fmt: skip

    def orders(self):
        dues = {"kind": Line.Kind.DUES, "label": "Individual, one year", "unit_cents": 4000}
        at_the_gateway = make_order()
        make_payment(at_the_gateway, state=Payment.State.OPEN)
        self.paid = make_order(state="paid", lines=[dues, {}], terms_text="As agreed.")
        refunded = make_order(state="paid")
        payment = refunded.payments.get()
        Refund.objects.create(
            payment=payment,
            line=refunded.lines.get(),
            cents=5000,
            reason="Cannot come",
            state=Refund.State.SUCCEEDED,
            requested_at=NOON,
            settled_at=NOON,
        )
        free = make_order(state="paid", lines=(), payments=False)
        make_line(free, unit_cents=0, label="A place at the tea")
        make_payment(free, method=Payment.Method.FREE)
        expired = make_order(state="expired", at=NOON - DAY)
        orders = [at_the_gateway, self.paid, refunded, free, expired]
        return [
            f"/orders/{at_the_gateway.token}/pretend/",
            f"/orders/{at_the_gateway.token}/?waiting",
            *(order.get_absolute_url() for order in orders),
            *(f"/orders/{order.token}/receipt/" for order in (self.paid, refunded, free)),
        ]

    def tickets(self):
        box = Choice.objects.filter(event=self.soiree).first()
        named = make_ticket(self.soiree, guest_name="Ben Okoro", choice=box, needs="Nuts")
        tickets = [
            named,
            make_ticket(self.revealed),
            make_ticket(self.kept),
            make_ticket(self.online),
            make_ticket(self.gathering),
            make_ticket(self.past),
            make_ticket(self.memory),
            make_ticket(self.canceled),
            make_ticket(self.soiree, canceled_at=NOON),
            make_ticket(self.soiree, suspended_at=NOON),
            make_ticket(self.soiree, state=Order.State.HELD),
            make_ticket(self.soiree, state=Order.State.EXPIRED),
        ]
        opt_ins.ask(named, OptIn.Kind.HINTS, at=NOON - 2 * DAY)
        left = make_ticket(self.soiree)
        opt_ins.ask(left, OptIn.Kind.HINTS, at=NOON - 2 * DAY)
        opt_ins.leave(left, OptIn.Kind.HINTS, at=NOON)
        emails = OptIn.objects.values_list("token", flat=True)
        return [
            *(ticket.get_absolute_url() for ticket in tickets),
            *(f"/tickets/hints/{token}/" for token in emails),
        ]

    # --- Tables of friends ----------------------------------------------------------------------

    def tables(self):
        """One in each state, the guests of an order, and what the caterer reads."""
        evening, seat = make_evening(slug="evening", choices_close_at=NOON + 25 * DAY)
        supper = Choice.objects.create(event=evening, label="Garden box")
        asked = ask_for(evening, seat, captain_email="di@x.example")
        kept = keep(evening, seat, is_open_to_strangers=True)
        order = make_order(state="paid", lines=(), payments=False)
        for name in ("Ada", ""):
            make_ticket(
                evening, order=order, table=kept, guest_name=name, choice=supper, needs="No nuts"
            )
        single = make_ticket(evening, guest_name="Sol Single", access="A ramp")
        strangers.ask(single, kept, text="I teach French.", at=NOON)
        other = make_ticket(evening)
        make_ticket(self.soiree, order=order)  # the order is of two events
        lay(evening, number=None, name="", seats=8, count=2, at=NOON)
        link = caterer.make_link(evening, by=self.director, at=NOON)
        self.evening = evening
        return [
            evening.get_absolute_url(),
            "/events/evening/tables/",
            "/events/evening/tables/asked/",
            "/events/gathering/tables/",
            f"/events/evening/tables/{asked.token}/",
            f"/events/evening/tables/{kept.token}/",
            f"/events/evening/tickets/?table={kept.friends_token}",
            f"/tickets/guests/{order.token}/",
            f"/tickets/{single.token}/table/",
            f"/tickets/{other.token}/table/",
            f"/tickets/{other.token}/",
            f"/events/caterer/{link.token}/",
        ]

    # --- Members and staff ----------------------------------------------------------------------

    def members(self):
        """For the member, signed in."""
        person, home = self.member, self.member.household
        city = City.objects.get(slug="toulon")
        for kind in Stamp.Kind.values:
            Stamp.objects.create(
                person=person, city=city, kind=kind, on=NOON.date(), words="Two", recorded_at=NOON
            )
        directory.put(person, shows_email=True, shows_phone=True, at=NOON)
        link = passport.show(person, shows_name=True, at=NOON)
        area = ["cards", "household", "e-mails", "directory", "history", "data", "passport"]
        return [
            "/membership/",
            *(f"/membership/{name}/" for name in area),
            f"/membership/household/{home.pk}/add/",
            f"/membership/household/{home.pk}/{person.pk}/remove/",
            "/membership/directory/me/",
            "/membership/data/export/",
            f"/membership/data/erase/{person.pk}/",
            f"/membership/card/{member_card.token(person)}/",
            f"/passport/{link.token}/",
            "/events/soiree/tickets/",
            "/accounts/logout/",
        ]

    def strangers(self):
        """What members meet before they sign in."""
        link = make_renewal_link(self.member.household, at=NOON)
        return [
            "/join/",
            "/give/",
            "/give/what-gifts-do/",
            f"/renew/{link.token}/",
            "/accounts/login/",
        ]

    def staff(self):
        """For the director, signed in: her day."""
        Message.objects.create(
            name="Cy", email="cy@x.example", text="?", submission_key="k" * 30, received_at=NOON
        )
        Task.objects.create(key="t", text="Please look at this.", created_at=NOON)
        event = f"/admin/events/event/{self.soiree.pk}/"
        ticket = Ticket.objects.filter(event=self.soiree).first()
        return [
            "/admin/",
            "/admin/events/event/",
            f"{event}change/",
            *(f"{event}{act}/" for act in ("duplicate", "venue", "reveal", "cancel", "history")),
            *(f"{event}{act}/" for act in ("seal", "picture", "hints")),
            f"/admin/events/event/{self.memory.pk}/first-access/",
            f"{event}sell/",
            f"{event}preview/",
            f"/admin/events/ticket/{ticket.pk}/change/",
            f"/admin/events/doorlink/add/?event={self.soiree.pk}",
            f"{event}door-list/name/",
            f"{event}door-list/table/",
            *(f"/admin/events/event/{self.evening.pk}/{page}/" for page in ("seating", "caterer")),
            "/admin/events/event/add/",
            "/admin/orders/order/",
            f"/admin/orders/order/{self.paid.pk}/change/",
            f"/admin/orders/order/{self.paid.pk}/refund/",
            "/admin/pages/page/",
            "/admin/pages/post/add/",
            "/admin/pages/sitesettings/1/change/",
            "/admin/membership/person/",
            f"/admin/membership/tier/{Tier.objects.first().pk}/change/",
            "/admin/cities/city/",
            "/admin/post_office/email/",
        ]
