"""Users: who may sign in."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nsca.lib.mail.addresses import AddressField, normalize_address

RIGHTS = ("is_active", "is_staff", "is_superuser")


class UserQuerySet(models.QuerySet):
    def update(self, **fields):
        """A change of rights starts a new round, which ends the user's sessions."""
        if {*RIGHTS} & {*fields}:
            fields.setdefault("sign_in_round", models.F("sign_in_round") + 1)
        return super().update(**fields)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Users are known by their e-mail address; a password is optional and rare."""

    def create_user(self, email, password=None, **fields):
        """Create a user and the address for sign-in codes; the first code proves it."""
        user = self.model(email=normalize_address(email), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            self.give_address(user)
        return user

    def give_address(self, user):
        """Create allauth's row for the address, which it needs to mark it as proven."""
        address, _ = EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"primary": True}
        )
        return address

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def working(self):
        """Active users, without those whose people have all died."""
        from membership.models.people import Person

        theirs = Person.objects.filter(user=models.OuterRef("pk"))
        dead = models.Exists(theirs.filter(died_on__isnull=False))
        return self.filter(is_active=True).exclude(dead & ~models.Exists(theirs.living()))

    def get_by_natural_key(self, email):
        return self.get(email=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Person says who they are to the association."""

    email = AddressField("e-mail", unique=True, help_text="Where we send sign-in codes.")
    name = models.CharField(
        max_length=150,
        blank=True,
        help_text="How we greet them. Members also have a name on their own record.",
    )
    is_staff = models.BooleanField(
        "staff: has access to the admin",
        default=False,
        help_text="Their groups decide what they see there.",
    )
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Clear this instead of deleting, so that the history stays readable.",
    )
    monday_mail = models.BooleanField(
        "Monday e-mail",
        default=True,
        help_text="Staff get a short e-mail on Mondays with their tasks. Clear to stop it.",
    )
    # Every session belongs to a round; the next round ends them all (membership.accounts.sessions).
    sign_in_round = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self):
        return self.email

    def save(self, *args, update_fields=None, **kwargs):
        """Save; a change of rights ends every session of the user at once (sign_in_round)."""
        if self.pk and (update_fields is None or {*RIGHTS} & {*update_fields}):
            before = type(self)._base_manager.filter(pk=self.pk).values("sign_in_round", *RIGHTS)
            for row in before:
                if any(row[name] != getattr(self, name) for name in RIGHTS):
                    self.sign_in_round = row["sign_in_round"] + 1
                    if update_fields is not None:
                        update_fields = {*update_fields, "sign_in_round"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def _get_session_auth_hash(self, secret=None):
        """What Django compares on each request: the user's round, not only the password."""
        return salted_hmac(
            "membership.User.sessions",
            f"{self.password}\x1f{self.sign_in_round}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_full_name(self):
        return self.name or self.email

    def get_short_name(self):
        return self.name.split(" ")[0] if self.name else self.email
