"""What reserves a seat: a slot, a table of friends, a transfer."""

from django.db import models
from django.db.models import F, Q

from events.models.event import Event
from events.models.ticket import Ticket
from events.models.ticket_type import TicketType
from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets.link_tokens import LinkTokenField


class Slot(models.Model):
    """One numbered unit of a limit, taken. Even if a lock is forgotten, it prevents overselling.

    `scarce` names what is limited ("type 7", "event 3", "supper 2", "code 5", …); `number` is from 1
    to its limit. Two buyers of the last one reach for the same number, and the database refuses the
    second. When no number is left, one whose ticket no longer counts is reused.
    """

    scarce = models.CharField(max_length=300)
    number = models.PositiveIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="slots")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scarce", "number"], name="one_ticket_a_slot"),
            models.CheckConstraint(name="slots_count_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.scarce}, {self.number}"


class TableQuerySet(models.QuerySet):
    def holding(self, at):
        """Tables whose empty seats are held for their captain's friends at an instant."""
        return self.filter(
            kind=Table.Kind.OPEN,
            confirmed_at__isnull=False,
            released_at__isnull=True,
            held_until__gt=at,
        )


class Table(models.Model):
    """A table that friends fill: bought whole, or opened by a captain whose friends pay for
    themselves.
    """

    class Kind(models.TextChoices):
        OPEN = "open", "opened by a captain"  # a block of seats, each paid for by its guest
        BOUGHT = "bought", "bought whole"
        HOUSE = "house", "added by staff"  # for single guests

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="tables")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.HOUSE)
    name = models.CharField(
        max_length=80, help_text="What guests call it: “The Granby Street Eight”"
    )
    number = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The number on the table. Empty: none yet."
    )
    seats = models.PositiveSmallIntegerField("seats", default=8)
    captain_name = models.CharField("captain", max_length=150, blank=True)
    captain_email = AddressField("captain’s e-mail", blank=True)
    token = LinkTokenField("table")  # the captain's own link
    friends_token = LinkTokenField("friends")  # the link that the captain sends to friends
    ticket_type = models.ForeignKey(
        TicketType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tables",
        help_text="What friends pay for one seat. Only for tables opened by a captain.",
    )
    line = models.ForeignKey(
        "orders.Line",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="tables",
    )  # that paid for a table bought whole
    unit = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False
    )  # which of the line's tables, from 1
    held_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Norfolk time. Until then, an open table’s empty seats are held for the captain’s friends.",
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_open_to_strangers = models.BooleanField(
        "others may ask to join",
        default=False,
        help_text="The captain would welcome others at the table, and is asked each time.",
    )
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when the captain followed the e-mailed link; before that an open table holds no seats
    week_mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    day_mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = TableQuerySet.as_manager()

    class Meta:
        ordering = ["event", F("number").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"],
                condition=Q(number__isnull=False),
                name="one_table_a_number_and_event",
            ),
            models.CheckConstraint(name="tables_have_seats", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="open_tables_know_their_price_and_their_end",
                condition=~Q(kind="open") | Q(ticket_type__isnull=False, held_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["event", "captain_email"],
                condition=Q(kind="open", confirmed_at__isnull=False, released_at__isnull=True),
                name="one_open_table_a_captain_and_event",
            ),
            models.UniqueConstraint(
                fields=["line", "unit"],
                condition=Q(line__isnull=False),
                name="one_table_a_unit_that_was_bought",
            ),
            models.CheckConstraint(
                name="bought_tables_know_which_they_are",
                condition=~Q(kind="bought") | Q(line__isnull=False, unit__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.name}" if self.number else self.name

    def is_holding(self, at) -> bool:
        """The same rule as Table.objects.holding."""
        return (
            self.kind == self.Kind.OPEN
            and self.confirmed_at is not None
            and self.released_at is None
            and self.held_until > at
        )


class SeatRequest(models.Model):
    """Somebody asks to sit at a captain's table; the captain says yes or no."""

    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="requests")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="seat_requests")
    text = models.CharField(max_length=240, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    is_welcome = models.BooleanField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(answered_at__isnull=True),
                name="one_open_request_a_ticket",
            )
        ]

    def __str__(self):
        return f"request {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither answered nor withdrawn, and its ticket and event still count."""
        return self.answered_at is None

    @classmethod
    def end_of(cls, tickets, *, at) -> None:
        """End the open requests of these tickets (or their keys): no captain is asked anymore."""
        cls.objects.filter(ticket__in=tickets, answered_at__isnull=True).update(answered_at=at)


class Transfer(models.Model):
    """A ticket offered to another guest. No money moves; the old link and code expire when the
    transfer is accepted.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="transfers")
    to_name = models.CharField(max_length=150, blank=True)
    to_email = AddressField()
    token = LinkTokenField("transfer")
    old_token = LinkTokenField(
        "ticket", null=True, blank=True, unique=False, db_index=True
    )  # so that the old link can say what happened
    # So that the door can say it for the old code. A code opens nothing, so it is kept as it was.
    old_code = models.CharField(max_length=12, blank=True, db_index=True)
    offered_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["offered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_transfer_a_ticket",
            )
        ]

    def __str__(self):
        return f"transfer {self.pk}"
