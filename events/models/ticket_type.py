"""What is sold: ticket types, suppers, promo codes."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from events.models.event import Event
from nsca.lib.secrets.codes import CodeField
from nsca.lib.text.fields import refuse_too_little
from nsca.lib.text.money import LEAST_CHARGE_CENTS


class Choice(models.Model):
    """A supper guests may choose."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="choices")
    label = models.CharField(max_length=120, help_text="“Garden box (vegan)”")
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="If the caterer has a limit."
    )
    price_cents = models.PositiveIntegerField(
        "extra price",
        default=0,
        validators=[refuse_too_little],
        help_text="In dollars, on top of the ticket: 12. Enter 0 if it is included. Promo codes and member prices don’t lower it.",
    )
    fair_value_cents = models.PositiveIntegerField(
        "extra fair value",
        null=True,
        blank=True,
        help_text="In dollars: what this supper is worth beyond the ticket type’s fair value. Empty: unknown; if it costs extra, we then say nothing about deductibility.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "supper"
        constraints = [
            models.CheckConstraint(
                name="suppers_are_free_or_can_be_charged",
                condition=Q(price_cents=0) | Q(price_cents__gte=LEAST_CHARGE_CENTS),
            )
        ]

    def __str__(self):
        return self.label


class TicketType(models.Model):
    """What tickets are sold as: name, price, limits."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="ticket_types")
    name = models.CharField(max_length=80, help_text="“Seat at the long table”, “Table of eight”")
    description = models.CharField(
        max_length=240, blank=True, help_text="One sentence under the name."
    )
    price_cents = models.PositiveIntegerField(
        "price",
        validators=[refuse_too_little],
        help_text="In dollars: 95 or 95.50. Enter 0 if it is free.",
    )
    member_price_cents = models.PositiveIntegerField(
        "member price",
        null=True,
        blank=True,
        validators=[refuse_too_little],
        help_text="In dollars. Empty: members pay the same.",
    )
    member_limit = models.PositiveSmallIntegerField(
        "seats at the member price",
        default=1,
        help_text="How many one member may buy at that price.",
    )
    fair_value_cents = models.PositiveIntegerField(
        "fair value",
        null=True,
        blank=True,
        help_text="In dollars: the market price of what the guest gets (supper and show). The rest is deductible. Enter 0 if it is worth nothing. Empty: unknown, and we say nothing about deductibility.",
    )
    capacity = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How many tickets of this type. Empty: no limit of its own.",
    )
    covers = models.PositiveSmallIntegerField(
        "seats each", default=1, help_text="8 for a table of eight."
    )
    sales_open_at = models.DateTimeField(
        "sales open", null=True, blank=True, help_text="Empty: same as the event."
    )
    sales_close_at = models.DateTimeField(
        "sales close", null=True, blank=True, help_text="Empty: same as the event."
    )
    members_open_at = models.DateTimeField(
        "members from",
        null=True,
        blank=True,
        help_text="Norfolk time. From then, members may buy before everyone else. Empty: no early sale.",
    )
    is_by_invitation = models.BooleanField(
        "by invitation only",
        default=False,
        help_text="Shown and sold only with an invitation code.",
    )
    is_posted = models.BooleanField(
        "comes by mail",
        default=False,
        help_text="A kit is mailed for each ticket: we ask for a postal address and stop selling at the mailing cut-off.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_offered = models.BooleanField(
        "on sale",
        default=True,
        help_text="Uncheck to stop selling it. Tickets already sold stay valid.",
    )
    is_sample = models.BooleanField(
        "sample amount", default=False, help_text="The amounts are samples, not the board’s."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "ticket type"
        constraints = [
            models.CheckConstraint(
                name="members_come_before_the_others",
                condition=Q(members_open_at__isnull=True)
                | Q(sales_open_at__isnull=True)
                | Q(members_open_at__lte=F("sales_open_at")),
            ),
            models.CheckConstraint(name="tickets_cover_a_seat", condition=Q(covers__gte=1)),
            models.CheckConstraint(
                name="members_never_pay_more",
                condition=Q(member_price_cents__isnull=True)
                | Q(member_price_cents__lte=F("price_cents")),
            ),
            models.CheckConstraint(
                name="tickets_are_free_or_can_be_charged",
                condition=Q(price_cents=0) | Q(price_cents__gte=LEAST_CHARGE_CENTS),
            ),
            models.CheckConstraint(
                name="member_prices_are_free_or_can_be_charged",
                condition=Q(member_price_cents__isnull=True)
                | Q(member_price_cents=0)
                | Q(member_price_cents__gte=LEAST_CHARGE_CENTS),
            ),
        ]

    def __str__(self):
        return self.name


class PromoCode(models.Model):
    """A promo code: makes tickets cheaper, or opens a ticket type."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="promo_codes")
    code = CodeField(max_length=30, help_text="Letters and digits. Buyers may type either case.")
    percent_off = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="For example 10 for ten percent off."
    )
    cents_off = models.PositiveIntegerField(
        "amount off", null=True, blank=True, help_text="In dollars, for each ticket."
    )
    ticket_types = models.ManyToManyField(
        TicketType, blank=True, help_text="Only for these ticket types. None: for all."
    )
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Norfolk time. Valid from then. Empty: at once."
    )
    ends_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Norfolk time. Valid until then. Empty: as long as tickets are on sale.",
    )
    max_uses = models.PositiveIntegerField(
        null=True, blank=True, help_text="In orders. Empty: no limit."
    )
    invites = models.BooleanField(
        default=False,
        help_text="Opens ticket types sold by invitation, and allows buying before sales open. May take 0 off.",
    )
    is_sample = models.BooleanField(
        "sample", default=False, help_text="Part of the demonstration."
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="one_meaning_a_code_and_event"),
            models.CheckConstraint(
                name="codes_take_percent_or_cents",
                condition=Q(
                    percent_off__isnull=False, cents_off__isnull=True, percent_off__lte=100
                )
                | Q(percent_off__isnull=True, cents_off__isnull=False),
            ),
        ]

    def __str__(self):
        return self.code
