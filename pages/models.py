"""Pages, news, settings, messages, newsletter subscribers, search synonyms, open questions."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from nsca.lib.mail.addresses import AddressField
from nsca.lib.media.images import PictureField
from nsca.lib.secrets.link_tokens import LinkTokenField
from nsca.lib.text.ein import is_ein, tidy_ein, validate_ein
from nsca.lib.text.phones import validate_phone
from nsca.lib.text.postal import validate_postal_address
from nsca.lib.text.richtext import RichTextField


class PublishedQuerySet(models.QuerySet):
    def published(self, at):
        return self.filter(is_draft=False, publish_at__lte=at)


class Page(models.Model):
    """A page under /about/."""

    path = models.CharField(
        max_length=120,
        unique=True,
        blank=True,
        help_text="The end of its address, after /about/: “history” or “programs/hosting”. Empty: /about/ itself.",
    )
    title = models.CharField(max_length=120, help_text="The page’s heading.")
    menu_title = models.CharField(
        max_length=40, blank=True, help_text="A shorter title for menus."
    )
    summary = models.CharField(
        max_length=240, blank=True, help_text="One sentence for search and previews."
    )
    body = RichTextField(help_text="The text. Headings help readers find their way.")
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Lowest number first in the menu."
    )
    in_menu = models.BooleanField(
        "in the menu",
        default=True,
        help_text="Clear the box if only other pages link to it.",
    )
    is_draft = models.BooleanField("draft", default=False, help_text="Only staff see drafts.")
    publish_at = models.DateTimeField("publish from", help_text="Norfolk time.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = PublishedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("pages:page", args=[self.path]) if self.path else reverse("pages:about")

    def is_published(self, at) -> bool:
        return not self.is_draft and self.publish_at <= at


class Post(models.Model):
    """A news post."""

    title = models.CharField(max_length=140, help_text="The headline, as you’d tell a friend.")
    slug = models.SlugField(
        max_length=100,
        unique=True,
        help_text="The end of its address, after /news/. Changing it breaks links.",
    )
    summary = models.CharField(max_length=240, help_text="One sentence for lists and previews.")
    body = RichTextField(help_text="The text.")
    image = PictureField(
        blank=True,
        help_text="Up to 40 million pixels. Hidden data, such as where it was taken, is removed.",
    )
    image_alt = models.CharField(
        "picture description", max_length=240, blank=True, help_text="Required with a picture."
    )
    is_draft = models.BooleanField("draft", default=True, help_text="Only staff see drafts.")
    publish_at = models.DateTimeField(
        "publish from", help_text="Norfolk time. This is also the date shown."
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = PublishedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-publish_at", "-pk"]
        verbose_name = "news post"
        constraints = [
            models.CheckConstraint(
                name="pictures_of_posts_have_words", condition=Q(image="") | ~Q(image_alt="")
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("pages:post", args=[self.slug])

    def clean(self):
        if self.image and not self.image_alt:
            raise ValidationError(
                {"image_alt": "Describe the picture for people who can’t see it."}
            )

    def is_published(self, at) -> bool:
        return not self.is_draft and self.publish_at <= at


class Subscriber(models.Model):
    """Somebody who asked for the newsletter, confirmed or not."""

    email = AddressField("e-mail", unique=True)
    token = LinkTokenField("newsletter")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self):
        return f"subscriber {self.pk}"

    @property
    def is_subscribed(self) -> bool:
        return self.confirmed_at is not None and self.left_at is None


class Message(models.Model):
    """A message from the contact form."""

    name = models.CharField(max_length=150)
    email = AddressField("e-mail")
    about = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=5000)
    submission_key = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody answered it."
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        ordering = ["answered_at", "-received_at"]

    def __str__(self):
        return f"message {self.pk}"


class SiteSettings(models.Model):
    """One row with the association's name, contact details and legal texts."""

    name = models.CharField(
        max_length=120,
        default="Norfolk Sister City Association",
        help_text="As on letterheads and receipts.",
    )
    short_name = models.CharField(
        max_length=20, default="NSCA", help_text="Where the full name doesn’t fit."
    )
    tagline = models.CharField(
        max_length=160,
        blank=True,
        default="Citizen diplomacy from Norfolk, Virginia since 1976.",
        help_text="One sentence under the name.",
    )
    founded_year = models.PositiveSmallIntegerField(default=1976, help_text="Four digits.")
    email = AddressField("e-mail", blank=True, help_text="Shown on every page.")
    phone = models.CharField(
        "phone",
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text="Shown on every page.",
    )
    postal_address = models.TextField(
        blank=True,
        validators=[validate_postal_address],
        help_text="For receipts and the end of e-mails. Empty: left out.",
    )
    ein = models.CharField(
        "EIN",
        max_length=20,
        blank=True,
        validators=[validate_ein],
        help_text="Nine digits: 12-3456789. If empty, no page or receipt mentions tax deductions.",
    )
    disclosure = models.TextField(
        "charity disclosure",
        blank=True,
        help_text="The registration statement that counsel approved. Empty: left out.",
    )
    card_fee_percent = models.DecimalField(
        "card fee, percent",
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(20)],
        help_text="The percentage the card company keeps, like 2.9. Empty: givers aren’t asked to cover it.",
    )
    card_fee_cents = models.PositiveIntegerField(
        "card fee, fixed",
        null=True,
        blank=True,
        validators=[MaxValueValidator(500)],
        help_text="In dollars: the fixed part of the fee per payment, like 0.30.",
    )
    refund_policy = RichTextField(
        blank=True, help_text="The board’s general policy. An event’s own policy replaces it."
    )
    staff_email = AddressField(
        "e-mail for staff",
        blank=True,
        help_text="Where messages and alerts go. Empty: the e-mail above.",
    )
    social_links = models.JSONField(
        default=list,
        blank=True,
        help_text="One per line: name, space, address, like Facebook https://www.facebook.com/…",
    )
    refund_proof_cents = models.PositiveIntegerField(
        "refunds above",
        default=20_000,
        help_text="In dollars. Staff who refund more than this within an hour must confirm who "
        "they are again. 0: for every refund.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "association settings"
        verbose_name_plural = "association settings"
        constraints = [
            models.CheckConstraint(name="there_is_one_row_of_settings", condition=Q(pk=1))
        ]

    def __str__(self):
        return self.name

    @property
    def printed_ein(self) -> str:
        """The EIN if it is valid; older values were saved unchecked."""
        return self.ein if is_ein(self.ein) else ""

    def clean(self):
        self.ein = tidy_ein(self.ein)

    @classmethod
    def load(cls) -> "SiteSettings":
        """The one row, or its defaults if nothing was saved yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Redirect(models.Model):
    """An address of the old site and its new one."""

    old_path = models.CharField(
        max_length=300, unique=True, help_text="Like /sister-cities/kitakyushu-japan/."
    )
    new_path = models.CharField(max_length=300, help_text="Like /cities/kitakyushu/.")

    class Meta:
        ordering = ["old_path"]

    def __str__(self):
        return self.old_path


class Synonym(models.Model):
    """A word that visitors type, and the words our pages use instead."""

    word = models.CharField(
        max_length=40, unique=True, help_text="One word, as people type it: “donate”."
    )
    means = models.CharField(
        max_length=200,
        help_text="The words our pages use, with spaces between: “give gift”. The search looks for these.",
    )

    class Meta:
        ordering = ["word"]
        verbose_name = "search synonym"
        verbose_name_plural = "search synonyms"

    def __str__(self):
        return self.word


class OpenQuestion(models.Model):
    """Something a committee must confirm; the site leaves it out until then."""

    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=120, help_text="“Toulon”, “Receipts”.")
    question = models.CharField(max_length=400)
    where = models.CharField(
        max_length=200, blank=True, help_text="Where in the admin the answer belongs."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.CharField(
        max_length=400,
        blank=True,
        help_text="What you found out, and from whom. This closes the question; then enter it where it belongs.",
    )

    class Meta:
        ordering = ["answered_at", "about", "pk"]
        verbose_name = "to be confirmed"
        verbose_name_plural = "to be confirmed"

    def __str__(self):
        return f"{self.about}: {self.question}"


class LoadedContent(models.Model):
    """What load_content last wrote, by field, so that it never overwrites staff's changes."""

    key = models.CharField(max_length=200, unique=True)  # "cities.City:toulon"
    object_pk = models.PositiveBigIntegerField(null=True)  # survives a new title or address
    digests = models.JSONField(default=dict)  # field → SHA-256 of the value that was loaded

    def __str__(self):
        return self.key


class RetentionRule(models.Model):
    """How long one kind of personal data is kept, if staff changed it (nsca.ops.retention)."""

    rule = models.CharField(max_length=60, unique=True, editable=False)
    days = models.PositiveSmallIntegerField(help_text="How many days to keep it.")

    class Meta:
        verbose_name = "retention rule"
        verbose_name_plural = "retention rules"

    def __str__(self):
        return self.rule
