"""People: who may sign in, who belongs together, and who is a member since when."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from nsca.lib import codes


class UserManager(BaseUserManager):
    """Users are known by their e-mail address; a password is optional and rare."""

    def create_user(self, email, password=None, **fields):
        """A user and the address that sign-in codes go to; the first code proves the address."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            self.give_address(user)
        return user

    def give_address(self, user):
        """allauth marks an address as proven only where it has a row for it."""
        address, _ = EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"primary": True}
        )
        return address

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email.strip())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Who they are to the association is said by Person."""

    email = models.EmailField(
        "e-mail", unique=True, help_text="The address a sign-in code is sent to."
    )
    name = models.CharField(
        max_length=150,
        blank=True,
        help_text="How we greet them. Members have their name on their own record.",
    )
    is_staff = models.BooleanField(
        "may enter the admin",
        default=False,
        help_text="What they see there is decided by their groups.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Untick instead of deleting, and the history stays readable.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_address_whatever_the_case")
        ]

    def __str__(self):
        return self.email

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        return self.name.split(" ")[0] if self.name else self.email


class Benefit(models.Model):
    """What a tier gives."""

    text = models.CharField(
        max_length=200, unique=True, help_text="As members read it: “Quarterly newsletter”."
    )
    count = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How many a year, where it runs out (one dinner). Empty: no counting.",
    )
    fair_value_cents = models.PositiveIntegerField(
        "fair value",
        default=0,
        help_text="In dollars: what the member gets is worth; it lowers the deductible part of the dues.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.text


class Tier(models.Model):
    """A kind of membership."""

    name = models.CharField(max_length=60, unique=True, help_text="“Individual”, “Family”.")
    slug = models.SlugField(unique=True, help_text="Its name in addresses and exports.")
    summary = models.CharField(
        max_length=200, blank=True, help_text="One sentence under the name on the join page."
    )
    dues_cents = models.PositiveIntegerField(
        "dues a year",
        null=True,
        blank=True,
        help_text="In dollars: 40, or 42.50. Empty: the level is shown but cannot be joined online yet.",
    )
    max_people = models.PositiveSmallIntegerField(
        "people covered", default=1, help_text="How many of one household this level covers."
    )
    benefits = models.ManyToManyField(Benefit, blank=True, related_name="tiers")
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Smallest first on the join page."
    )
    is_offered = models.BooleanField(
        "offered", default=True, help_text="Untick to stop offering it; members keep it."
    )
    is_sample = models.BooleanField(
        "sample amount", default=False, help_text="The dues are a sample, not the board's."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "membership level"

    def __str__(self):
        return self.name

    @property
    def fair_value_cents(self) -> int:
        """What the benefits of one year are worth, in cents (IRS Pub. 1771: value, not cost)."""
        return sum(b.fair_value_cents for b in self.benefits.all())


class Household(models.Model):
    """People who belong together at one address; the holder of terms."""

    name = models.CharField(max_length=150, help_text="“The Ellery family”, or one person's name.")
    postal_address = models.TextField(blank=True, help_text="For printed letters; empty is fine.")
    note = models.TextField(blank=True, help_text="For colleagues only.")
    is_sample = models.BooleanField("sample", default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class Person(models.Model):
    """One human, with or without e-mail or login."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="people",
        help_text="Whom they belong to.",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text="Their sign-in, if they have one.",
    )
    name = models.CharField(max_length=150, help_text="As they write it themselves.")
    email = models.EmailField("e-mail", blank=True, help_text="Empty for those who have none.")
    phone = models.CharField(max_length=40, blank=True, help_text="For a call when mail fails.")
    member_number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Stays theirs for life."
    )
    member_since = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year they first joined, where it is known."
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="friends",
        help_text="The city whose committee they would sit on.",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"

    def __str__(self):
        return self.name


class TermQuerySet(models.QuerySet):
    def current(self, on):
        """The terms that hold on a date; the same sentence as Term.is_current."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, ended_on__isnull=True
        )


class Term(models.Model):
    """One paid or granted stretch of membership; never edited to extend."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="terms", help_text="Who holds it."
    )
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        related_name="terms",
        verbose_name="level",
        help_text="The level it was paid or granted for.",
    )
    starts_on = models.DateField(help_text="The first day it holds.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last day it holds. Empty: for life."
    )
    ended_on = models.DateField(
        null=True, blank=True, help_text="Ended early on this day, by a decision or a refund."
    )
    line = models.OneToOneField(
        "orders.Line",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="term",
        help_text="The payment it came from.",
    )
    reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="Where nobody paid: who granted it and why (“Honorary, board of May 4”).",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="terms_end_after_they_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="terms_are_paid_or_have_a_reason",
                condition=Q(line__isnull=False) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.household}, {self.tier}, from {self.starts_on}"

    def is_current(self, on) -> bool:
        """Holds on a date; the same sentence as Term.objects.current."""
        return (
            self.starts_on <= on
            and (self.ends_on is None or self.ends_on >= on)
            and self.ended_on is None
        )


class RenewalLink(models.Model):
    """A single-purpose link we mailed: to renew without signing in."""

    token = models.CharField(max_length=64, unique=True, default=codes.link_token, editable=False)
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="renewal_links"
    )
    created_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "renewal link"

    def __str__(self):
        return f"renewal link {self.pk}"
