"""Who belongs together: households and the people in them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from membership.models.status import MembershipStatusQuerySet
from nsca.lib.mail.addresses import AddressField

ADULT = 18  # years; who is younger is asked for through a parent


class HouseholdQuerySet(MembershipStatusQuerySet):
    terms_of = "household"


class Household(models.Model):
    """People who belong together at one address; the holder of terms."""

    name = models.CharField(max_length=150, help_text="“The Ellery family”, or one person's name.")
    postal_address = models.TextField(blank=True, help_text="For printed letters; empty is fine.")
    note = models.TextField(blank=True, help_text="For colleagues only.")
    main_contact = models.ForeignKey(
        "Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whoever paid, until another is named. Only they take others out of the household.",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def head(self) -> "Person | None":
        """Whom letters to the household are written to: its main contact, else the first who
        joined and is alive.
        """
        alive = [person for person in self.people.all() if person.died_on is None]
        named = [person for person in alive if person.pk == self.main_contact_id]
        return min(named or alive, key=lambda person: person.pk, default=None)


class PersonQuerySet(MembershipStatusQuerySet):
    terms_of = "household__people"

    def with_address(self, email: str):
        """Everybody whom mail to this address reaches: one address may serve two."""
        email = email.strip()
        if not email:
            return self.none()
        theirs = Q(email=email) | Q(user__email=email)
        return self.filter(theirs | Q(addresses__email=email)).distinct()

    def living(self):
        """Neither dead nor erased."""
        return self.filter(died_on__isnull=True, erased_at__isnull=True)

    def minors(self, on: date):
        """The same sentence as Person.is_minor."""
        return self.filter(born_on__gt=_grown_before(on))


class PersonManager(models.Manager.from_queryset(PersonQuerySet)):
    """Everybody but records that were merged into another, which no list, letter or count meets."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into__isnull=True)


def _grown_before(on: date) -> date:
    """Who is born later than this is a minor on the date; one born on February 29 is grown on
    March 1.
    """
    if on.month == 2 and on.day == 29:
        return date(on.year - ADULT, 2, 28)
    return on.replace(year=on.year - ADULT)


class Person(models.Model):
    """One human, with or without e-mail, login or age; in any number of households, and counted
    once.
    """

    households = models.ManyToManyField(
        Household, through="Belonging", related_name="people", help_text="Whom they belong to."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        help_text="Their sign-in, if they have one. Two who share an address share it.",
    )
    name = models.CharField(max_length=150, help_text="As they write it themselves.")
    email = AddressField(
        "e-mail", blank=True, help_text="Where we write to. Empty for those who have none."
    )
    phone = models.CharField(max_length=40, blank=True, help_text="For a call when mail fails.")
    born_on = models.DateField(
        "born on",
        null=True,
        blank=True,
        help_text="Of children only: so that we know when they are grown.",
    )
    guardian = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="wards",
        verbose_name="parent or guardian",
        help_text="Whom we write to instead, while they are a child.",
    )
    member_number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Stays theirs for life."
    )
    member_since = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year they first joined, where it is known."
    )
    died_on = models.DateField("died on", null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # This record and that one were the same person (Merge): it is kept, and met nowhere.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    history = HistoricalRecords()

    objects = PersonManager()
    every = PersonQuerySet.as_manager()  # those that were merged away, too

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["email"], name="people_by_exact_address")]
        permissions = [("see_minors", "See what we know of children")]
        constraints = [
            models.CheckConstraint(
                name="nobody_is_their_own_guardian",
                condition=Q(guardian__isnull=True) | ~Q(guardian=F("id")),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def household(self) -> Household | None:
        """The one whose address is theirs: where they live, else the one they joined first."""
        belongings = sorted(self.belongings.all(), key=lambda b: (not b.is_home, b.pk))
        return belongings[0].household if belongings else None

    def is_minor(self, on: date) -> bool:
        """Younger than 18 on a date. Whose age is not known counts as grown."""
        return self.born_on is not None and self.born_on > _grown_before(on)


class Belonging(models.Model):
    """One person in one household."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="belongings", help_text="Who belongs here."
    )
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="belongings",
        help_text="Whom they belong to; they may belong to two.",
    )
    is_home = models.BooleanField(
        "lives here", default=True, help_text="Their letters go to this household's address."
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "person of the household"
        verbose_name_plural = "people of the household"
        constraints = [
            models.UniqueConstraint("person", "household", name="belongs_once_to_a_household"),
            models.UniqueConstraint(
                "person", condition=Q(is_home=True), name="one_home_at_the_most"
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.household}"


class Address(models.Model):
    """A further e-mail address of a person, beside the one we write to."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    email = AddressField("e-mail", help_text="It reaches them, too.")
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = "further address"
        verbose_name_plural = "further addresses"
        indexes = [models.Index(fields=["email"], name="further_by_exact_address")]
        constraints = [
            models.UniqueConstraint(fields=["person", "email"], name="an_address_once_a_person"),
        ]

    def __str__(self):
        return self.email


class Heart(models.Model):
    """A city that a person holds dear, chosen at joining; its chair sees who agreed to be seen."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hearts")
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.CASCADE,
        related_name="hearts",
        help_text="Which they hold dear.",
    )
    may_be_seen = models.BooleanField(
        "the chair may write to them",
        default=False,
        help_text="They agreed that the city's committee sees their name and address.",
    )

    class Meta:
        ordering = ["city", "pk"]
        verbose_name = "city of the heart"
        verbose_name_plural = "cities of the heart"
        constraints = [
            models.UniqueConstraint("person", "city", name="a_city_once_a_heart"),
        ]

    def __str__(self):
        return f"{self.person}: {self.city}"


class Chair(models.Model):
    """Who leads a city's committee: they see its people who agreed, and nobody else's."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chairs",
        help_text="Whose sign-in it is.",
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.CASCADE,
        related_name="chairs",
        help_text="Whose committee they lead.",
    )
    writes_to_lapsed = models.BooleanField(
        "signs the last reminder",
        default=False,
        help_text="Their name stands under the note to members whose year of grace is over.",
    )

    class Meta:
        ordering = ["city", "pk"]
        verbose_name = "chair of a committee"
        verbose_name_plural = "chairs of committees"
        constraints = [
            models.UniqueConstraint("user", "city", name="a_chair_once_a_city"),
        ]

    def __str__(self):
        return f"{self.user.get_full_name()}: {self.city}"
