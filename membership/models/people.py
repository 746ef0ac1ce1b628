"""People and households, and who leads a committee."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from membership.models.status import MembershipStatusQuerySet
from nsca.lib.mail.addresses import AddressField

ADULT = 18  # years; a parent acts for younger people


class HouseholdQuerySet(MembershipStatusQuerySet):
    terms_of = "household"


class Household(models.Model):
    """People who belong together at one address; terms belong to a household."""

    name = models.CharField(max_length=150, help_text="“The Ellery family”, or one person's name.")
    postal_address = models.TextField(blank=True, help_text="For printed letters. May be empty.")
    note = models.TextField(blank=True, help_text="For staff only.")
    main_contact = models.ForeignKey(
        "Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The person who paid, until another is named. Only they can remove others.",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def head(self) -> "Person | None":
        """Whom we write to: the main contact, else the first living person who joined."""
        alive = [person for person in self.people.all() if person.died_on is None]
        named = [person for person in alive if person.pk == self.main_contact_id]
        return min(named or alive, key=lambda person: person.pk, default=None)


class PersonQuerySet(MembershipStatusQuerySet):
    terms_of = "household__people"

    def with_address(self, email: str):
        """Everybody whom e-mail to this address reaches; people may share one."""
        email = email.strip()
        if not email:
            return self.none()
        theirs = Q(email=email) | Q(user__email=email)
        return self.filter(theirs | Q(addresses__email=email)).distinct()

    def living(self):
        """People who are neither dead nor erased."""
        return self.filter(died_on__isnull=True, erased_at__isnull=True)

    def minors(self, on: date):
        """Minors on a date, like Person.is_minor."""
        return self.filter(born_on__gt=_grown_before(on))


class PersonManager(models.Manager.from_queryset(PersonQuerySet)):
    """Everybody except records that were merged into another."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into__isnull=True)


def _grown_before(on: date) -> date:
    """People born after this day are minors on the date; from February 29, adults on March 1."""
    if on.month == 2 and on.day == 29:
        return date(on.year - ADULT, 2, 28)
    return on.replace(year=on.year - ADULT)


class Person(models.Model):
    """One person, with or without e-mail, user or age, in any number of households."""

    households = models.ManyToManyField(
        Household,
        through="HouseholdMember",
        related_name="people",
        help_text="The households they belong to.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        help_text="Their sign-in, if they have one. People who share an address share it.",
    )
    name = models.CharField(max_length=150, help_text="As they spell it.")
    email = AddressField(
        "e-mail", blank=True, help_text="Where we write to. Empty if they have none."
    )
    phone = models.CharField(max_length=40, blank=True, help_text="For a call if e-mail fails.")
    born_on = models.DateField(
        "born on",
        null=True,
        blank=True,
        help_text="For children only, so we know when they turn 18.",
    )
    guardian = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="wards",
        verbose_name="parent or guardian",
        help_text="Whom we write to instead while they are a child.",
    )
    member_number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Theirs for life."
    )
    member_since = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year they first joined, if known."
    )
    died_on = models.DateField("died on", null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # This record was the same person as that one (Merge): kept, but hidden everywhere.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    history = HistoricalRecords()

    objects = PersonManager()
    every = PersonQuerySet.as_manager()  # including merged records

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["email"], name="people_by_exact_address")]
        permissions = [("see_minors", "See children’s data")]
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
        """Their home, else the household they joined first."""
        household_members = sorted(
            self.household_members.all(), key=lambda b: (not b.is_home, b.pk)
        )
        return household_members[0].household if household_members else None

    def is_minor(self, on: date) -> bool:
        """Whether they are under 18 on a date; unknown ages count as adults."""
        return self.born_on is not None and self.born_on > _grown_before(on)


class HouseholdMember(models.Model):
    """One person in one household."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="household_members",
        help_text="The household member.",
    )
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="household_members",
        help_text="The household; a person may be in several.",
    )
    is_home = models.BooleanField(
        "lives here",
        default=True,
        help_text="Printed letters to them go to this household's address.",
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "household member"
        verbose_name_plural = "household members"
        constraints = [
            models.UniqueConstraint("person", "household", name="belongs_once_to_a_household"),
            models.UniqueConstraint(
                "person", condition=Q(is_home=True), name="one_home_at_the_most"
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.household}"


class Address(models.Model):
    """Another e-mail address of a person, besides the one we write to."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    email = AddressField("e-mail", help_text="Another address that reaches them.")
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = "other address"
        verbose_name_plural = "other addresses"
        indexes = [models.Index(fields=["email"], name="further_by_exact_address")]
        constraints = [
            models.UniqueConstraint(fields=["person", "email"], name="an_address_once_a_person"),
        ]

    def __str__(self):
        return self.email


class FavoriteCity(models.Model):
    """A person's favorite city; its committee chair sees those who agreed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="favorite_cities")
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.CASCADE,
        related_name="favorite_cities",
        help_text="The city they chose.",
    )
    may_be_seen = models.BooleanField(
        "the committee may contact them",
        default=False,
        help_text="They agreed that the city's committee sees their name and contact details.",
    )

    class Meta:
        ordering = ["city", "pk"]
        verbose_name = "favorite city"
        verbose_name_plural = "favorite cities"
        constraints = [
            models.UniqueConstraint("person", "city", name="a_city_once_a_favorite"),
        ]

    def __str__(self):
        return f"{self.person}: {self.city}"


class CommitteeChair(models.Model):
    """A committee chair, who sees the people of their own city who agreed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="chairs",
        help_text="Their sign-in.",
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.CASCADE,
        related_name="chairs",
        help_text="The city whose committee they lead.",
    )
    writes_to_expired = models.BooleanField(
        "signs the last reminder",
        default=False,
        help_text="Their name signs the note to members whose grace period is over.",
    )

    class Meta:
        ordering = ["city", "pk"]
        verbose_name = "committee chair"
        verbose_name_plural = "committee chairs"
        constraints = [
            models.UniqueConstraint("user", "city", name="a_chair_once_a_city"),
        ]

    def __str__(self):
        return f"{self.user.get_full_name()}: {self.city}"
