from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from membership.accounts import sessions
from membership.models import User
from membership.security import log as security_log
from nsca.desk.groups import ensure_groups
from nsca.lib import clock
from nsca.lib.mail.addresses import valid_address


class Command(BaseCommand):
    help = "Create the first director, who may do everything in the admin and add colleagues."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="where the sign-in codes go")
        parser.add_argument("--name", default="", help="the name the site greets them by")
        parser.add_argument(
            "--superuser",
            action="store_true",
            help="also skip every permission check; rarely needed",
        )

    @transaction.atomic
    def handle(self, *args, email, name, superuser, **options):
        try:
            email = valid_address(email)
        except ValidationError as error:
            raise CommandError(f"“{email}” is not an e-mail address.") from error
        ensure_groups()
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        user.is_staff = user.is_active = True
        user.is_superuser = user.is_superuser or superuser
        user.name = name or user.name
        user.save(update_fields=["is_staff", "is_active", "is_superuser", "name"])
        user.groups.add(Group.objects.get(name="director"))
        at, because = clock.now(), "made a director by command"
        security_log.note(security_log.Kind.RIGHTS, at=at, whom=user, detail=because)
        sessions.end_all(user, at=at, because=because)
        # Anyone who can run this controls the server: the address needs no second proof.
        address = User.objects.give_address(user)
        address.verified = True
        address.save(update_fields=["verified"])
        self.stdout.write(
            f"{email} is a director.\n"
            f"Next: open {settings.SITE_URL}{reverse('admin:index')}, enter that address, "
            "and type the code that arrives by e-mail."
        )
        if settings.STAFF_NEED_SECOND_FACTOR:
            self.stdout.write(
                "The site then asks for a second factor (an authenticator app or a passkey): "
                "set it up once, and keep the recovery codes."
            )
        self.stdout.write(
            "Add colleagues under Settings, Sign-ins: check “may enter the admin” and a group."
        )
