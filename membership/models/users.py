"""Who may sign in."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nsca.lib.mail.addresses import AddressField, normalize_address

RIGHTS = ("is_active", "is_staff", "is_superuser")


class UserQuerySet(models.QuerySet):
    def update(self, **fields):
        """Another right of somebody is another round of sessions, whoever changes it and how."""
        if {*RIGHTS} & {*fields}:
            fields.setdefault("sign_in_round", models.F("sign_in_round") + 1)
        return super().update(**fields)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Users are known by their e-mail address; a password is optional and rare."""

    def create_user(self, email, password=None, **fields):
        """A user and the address that sign-in codes go to; the first code proves the address."""
        user = self.model(email=normalize_address(email), **fields)
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

    def working(self):
        """Active, and not somebody whose death is recorded; a sign-in that somebody living shares
        is theirs.
        """
        from membership.models.people import Person

        theirs = Person.objects.filter(user=models.OuterRef("pk"))
        dead = models.Exists(theirs.filter(died_on__isnull=False))
        return self.filter(is_active=True).exclude(dead & ~models.Exists(theirs.living()))

    def get_by_natural_key(self, email):
        return self.get(email=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Who they are to the association is said by Person."""

    email = AddressField("e-mail", unique=True, help_text="The address a sign-in code is sent to.")
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
    monday_mail = models.BooleanField(
        "Monday mail",
        default=True,
        help_text="Staff get a short mail on Mondays that says what needs them. Untick to stop it.",
    )
    # Every session is begun in one round; the next round ends them all (membership.accounts.sessions).
    sign_in_round = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self):
        return self.email

    def save(self, *args, update_fields=None, **kwargs):
        """Whoever may do more, or less, from now on signs in anew: every session ends at once, by
        whatever path it came about (sign_in_round).
        """
        if self.pk and (update_fields is None or {*RIGHTS} & {*update_fields}):
            before = type(self)._base_manager.filter(pk=self.pk).values("sign_in_round", *RIGHTS)
            for row in before:
                if any(row[name] != getattr(self, name) for name in RIGHTS):
                    self.sign_in_round = row["sign_in_round"] + 1
                    if update_fields is not None:
                        update_fields = {*update_fields, "sign_in_round"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def _get_session_auth_hash(self, secret=None):
        """What a session must have been begun with to be theirs still (Django compares it at each
        request): their round of sign-ins, and not the password alone.
        """
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
