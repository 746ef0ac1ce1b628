"""Whom and what to measure with, out of the seeded season; JSON on stdout.

python -m bench.actors
"""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model, login  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402

from cities.models import City  # noqa: E402
from events.models import Event, Ticket  # noqa: E402
from nsca.lib import clock  # noqa: E402


def main():
    at = clock.now()
    ahead = Event.objects.published(at).upcoming(at)
    soirees = ahead.filter(kind=Event.Kind.SOIREE, lead__isnull=False)
    ticket = Ticket.objects.valid().filter(event__ends_at__gt=at).order_by("pk").first()
    member = get_user_model().objects.filter(is_staff=False, is_active=True).order_by("pk").first()
    told = {
        "city": City.objects.order_by("pk").first().get_absolute_url(),
        "event": soirees.order_by("-starts_at").first().get_absolute_url(),
        "ticket": ticket.get_absolute_url(),
        "cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(member)}",
    }
    print(json.dumps(told))


def session_of(user):
    """The key of a new session in which `user` is signed in."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return request.session.session_key


if __name__ == "__main__":
    main()
