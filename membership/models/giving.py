"""What people give for, whom they give in honor of, and what the association says back."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets.link_tokens import LinkTokenField


class Fund(models.Model):
    """What a gift may be meant for, beside the association as a whole."""

    name = models.CharField(
        max_length=80, unique=True, help_text="As givers read it: “Student scholarships”."
    )
    slug = models.SlugField(unique=True, help_text="Its name in addresses: /give/?fund=…")
    words = models.CharField(
        max_length=240, blank=True, help_text="One or two sentences: what the money does."
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="funds",
        help_text="Where it is for one city: the treasurer's report books it to its committee.",
    )
    heading = models.CharField(
        max_length=120,
        blank=True,
        help_text="What the treasurer's report books it under. Empty: “Gifts: ” and its name.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smallest first.")
    is_open = models.BooleanField(
        "open", default=True, help_text="Untick to take no more gifts for it; its gifts stay."
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    @property
    def books_under(self) -> str:
        return self.heading or f"Gifts: {self.name}"


class Tribute(models.Model):
    """A gift in honor or in memory of somebody, and the card to the family. No amount is on it."""

    class Manner(models.TextChoices):
        HONOR = "honor", "in honor of"
        MEMORY = "memory", "in memory of"

    line = models.OneToOneField("orders.Line", on_delete=models.PROTECT, related_name="tribute")
    manner = models.CharField(max_length=10, choices=Manner)
    name = models.CharField("of whom", max_length=120, help_text="As the card names them.")
    family_name = models.CharField(
        "card to", max_length=120, blank=True, help_text="Empty: no card was asked for."
    )
    family_email = AddressField("their e-mail", blank=True)
    family_address = models.TextField(
        "their postal address", max_length=400, blank=True, help_text="For a printed card."
    )
    signed = models.CharField(
        "from",
        max_length=150,
        blank=True,
        help_text="The giver's name, only if they agreed to share it.",
    )
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    posted_at = models.DateTimeField(
        "printed and posted at", null=True, blank=True, editable=False
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = "gift in honor or memory"
        verbose_name_plural = "gifts in honor or memory"

    def __str__(self):
        return f"{self.get_manner_display()} {self.name}"

    @property
    def wants_paper(self) -> bool:
        """A card is to be printed, and was not yet."""
        is_wanted = bool(self.family_name and not self.family_email)
        return is_wanted and self.mailed_at is None and self.posted_at is None


class GiftInKind(models.Model):
    """Something other than money that was given. Described, never valued: its worth is for the
    giver to say (IRS Pub. 1771).
    """

    giver_name = models.CharField(
        "given by", max_length=150, help_text="As the acknowledgment addresses them."
    )
    giver_email = AddressField(
        "e-mail", blank=True, help_text="The acknowledgment goes there. Empty: it is printed."
    )
    postal_address = models.TextField(blank=True, help_text="For a printed letter.")
    person = models.ForeignKey(
        "membership.Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="gifts_in_kind",
        help_text="Where we know them.",
    )
    description = models.TextField(
        max_length=600,
        help_text="What it is, without its worth: “Twelve folding tables, used”. The value of a "
        "gift in kind is for the giver and their adviser to say, never for us.",
    )
    received_on = models.DateField(help_text="The day it was handed over.")
    returned_on = models.DateField(
        "given back on", null=True, blank=True, help_text="Where it could not be kept."
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = "gift in kind"
        verbose_name_plural = "gifts in kind"

    def __str__(self):
        return f"{self.giver_name}, {self.received_on:%Y-%m-%d}"


class GiftFigure(models.Model):
    """One thing that gifts did, as staff know it, for the public page."""

    class Counted(models.TextChoices):
        """What the site counts automatically, where staff choose to show it."""

        GIVEN = "given", "money given in that year, less what went back"
        GIFTS = "gifts", "gifts in that year"

    words = models.CharField(
        max_length=160, help_text="What it counts: “students crossed an ocean”."
    )
    number = models.PositiveIntegerField(null=True, blank=True, help_text="A count: 14.")
    amount_cents = models.PositiveBigIntegerField(
        "amount", null=True, blank=True, help_text="Or dollars: 12,000."
    )
    counted = models.CharField(
        "or counted by the site",
        max_length=10,
        choices=Counted,
        blank=True,
        help_text="Shows our own total for the year to everybody. Nothing else on the page does.",
    )
    year = models.PositiveSmallIntegerField(help_text="The year it is about.")
    source = models.CharField(
        max_length=160, blank=True, help_text="Where it is from: “Annual report 2026”."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smallest first.")
    is_shown = models.BooleanField(
        "shown", default=True, help_text="Untick to keep it, and show it no more."
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["position", "-year", "pk"]
        verbose_name = "figure of what gifts do"
        verbose_name_plural = "figures of what gifts do"
        constraints = [
            models.CheckConstraint(
                name="figures_say_one_thing",
                condition=(
                    Q(number__isnull=False, amount_cents__isnull=True, counted="")
                    | Q(number__isnull=True, amount_cents__isnull=False, counted="")
                    | (Q(number__isnull=True, amount_cents__isnull=True) & ~Q(counted=""))
                ),
            ),
        ]

    def __str__(self):
        return f"{self.words} ({self.year})"


class StatementRun(models.Model):
    """January's button: the statements of one year for everybody who gave, written by the tick."""

    year = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    givers = models.PositiveIntegerField()  # how many were to be looked at
    written = models.PositiveIntegerField(default=0)
    mailed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)  # had one that is still right, or need none
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = "run of statements"
        verbose_name_plural = "runs of statements"
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(done_at__isnull=True),
                name="one_run_of_a_year_at_a_time",
            ),
        ]

    def __str__(self):
        return f"Statements of {self.year}"

    @property
    def looked_at(self) -> int:
        return self.written + self.unchanged


class StatementDue(models.Model):
    """One giver of a run who is still to be looked at. The row is the queue."""

    run = models.ForeignKey(StatementRun, on_delete=models.CASCADE, related_name="due")
    giver = models.CharField(max_length=300)
    about = models.JSONField()  # the Giver (membership/giving/givers.py), as a dict

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "giver"], name="a_giver_once_a_run"),
        ]

    def __str__(self):
        return f"due {self.pk}"


class Statement(models.Model):
    """What the association acknowledges in writing, frozen when it is issued.

    `content` is every word and number of the page and of the PDF; `sha256` is of that. Nothing is
    ever edited: where money went back since, another statement is issued that names this one.
    """

    class Kind(models.TextChoices):
        YEAR = "year", "statement of a year"
        GIFT = "gift", "acknowledgment of a gift"
        IN_KIND = "in_kind", "acknowledgment of a gift in kind"

    number = models.CharField(max_length=20, unique=True)  # "2026-00042"
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField()
    giver = models.CharField(max_length=300)  # membership/giving/givers.py says whom it means
    person = models.ForeignKey(
        "membership.Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="statements",
    )
    gift_in_kind = models.ForeignKey(
        GiftInKind, on_delete=models.PROTECT, null=True, blank=True, related_name="statements"
    )
    name = models.CharField(max_length=150)
    email = AddressField("e-mail", blank=True)
    total_cents = models.PositiveBigIntegerField("given", default=0)
    content = models.JSONField()
    sha256 = models.CharField("digest", max_length=64)
    token = LinkTokenField("statement")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    run = models.ForeignKey(
        StatementRun, on_delete=models.PROTECT, null=True, blank=True, related_name="statements"
    )
    issued_at = models.DateTimeField()
    checked_at = models.DateTimeField()  # when its orders were last looked at
    mailed_at = models.DateTimeField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["-year", "-serial"]
        indexes = [
            models.Index(fields=["giver", "year"], name="statements_of_a_giver"),
            models.Index(fields=["email"], name="statements_by_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="a_serial_once_a_year"),
            models.UniqueConstraint(
                fields=["giver", "year"],
                condition=Q(kind="year", replaces__isnull=True),
                name="one_first_statement_a_giver_and_year",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_intact(self) -> bool:
        """Whether what would be printed is what was issued."""
        return digest_of(self.content) == self.sha256

    @property
    def url(self) -> str:
        return reverse("membership:statement", args=[self.token])


class StatementLine(models.Model):
    """One payment that a statement acknowledges. Cents."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    paid_cents = models.PositiveBigIntegerField()  # what was left of it when issued
    value_cents = models.PositiveBigIntegerField()  # of what was received for it
    gift_cents = models.PositiveBigIntegerField()  # the rest

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "order"], name="an_order_once_a_statement"
            ),
        ]

    def __str__(self):
        return f"{self.statement_id}: {self.order_id}"


def digest_of(content: dict) -> str:
    """SHA-256 of a statement's content, whatever the order of its keys in a database."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
