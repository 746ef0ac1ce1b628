"""The newsletter: asked for on the site, confirmed from one's own mailbox, left with one click."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from nsca.lib.mail import mail
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets import link_tokens
from pages.models import Subscriber

ANSWER_WITHIN = timedelta(days=14)  # a link in a mailbox should not say yes for ever


# Called with the address and the instant when somebody has left (nsca/hooks.py).
_after_leaving: list[Callable] = []


def call_after_leaving(function: Callable) -> None:
    """Let `function(email, at=…)` hear of who leaves, in the same transaction."""
    _after_leaving.append(function)


class TooLate(Exception):
    """The letter with this link is too old to be answered."""


def ask(*, email: str, at: datetime) -> None:
    """Write to an address that somebody typed in. Tells the caller nothing about who is on the
    list.

    A new address gets a letter with a link; an address on the list a letter that says so.
    """
    email = normalize_address(email)
    with transaction.atomic():
        subscriber, is_new = Subscriber.objects.select_for_update().get_or_create(
            email=email, defaults={"asked_at": at}
        )
        if subscriber.is_subscribed:
            _post(subscriber, "newsletter_already")
            return
        if not is_new:
            # Whoever left starts again, with a new link: the old one must not bring them back.
            subscriber.token = link_tokens.new("newsletter")
            subscriber.asked_at = at
            subscriber.confirmed_at = subscriber.left_at = None
            subscriber.save(update_fields=["token", "asked_at", "confirmed_at", "left_at"])
        _post(subscriber, "newsletter_confirm")


def subscribe(*, email: str, at: datetime) -> Subscriber:
    """Put an address on the list whose owner has proven it and ticked the box: no second yes. On
    the list already, nothing changes.
    """
    email = normalize_address(email)
    with transaction.atomic():
        subscriber, _ = Subscriber.objects.select_for_update().get_or_create(
            email=email, defaults={"asked_at": at}
        )
        if subscriber.is_subscribed:
            return subscriber
        if subscriber.left_at is not None:
            subscriber.token, subscriber.left_at = link_tokens.new("newsletter"), None
        subscriber.confirmed_at = at
        subscriber.save(update_fields=["token", "confirmed_at", "left_at"])
        _post(subscriber, "newsletter_welcome")
    return subscriber


def may_be_confirmed(subscriber: Subscriber, at: datetime) -> bool:
    return subscriber.confirmed_at is not None or at < subscriber.asked_at + ANSWER_WITHIN


def confirm(*, token: str, at: datetime) -> Subscriber:
    """The person says yes. Twice is once. Raises Subscriber.DoesNotExist, TooLate."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(token=token)
        if subscriber.is_subscribed:
            return subscriber
        if subscriber.left_at is not None or not may_be_confirmed(subscriber, at):
            raise TooLate
        subscriber.confirmed_at = at
        subscriber.save(update_fields=["confirmed_at"])
        _post(subscriber, "newsletter_welcome")
    return subscriber


def leave(*, token: str, at: datetime) -> Subscriber:
    """Off the list, at once and for good. Twice is once. Raises Subscriber.DoesNotExist."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(token=token)
        if subscriber.left_at is None:
            subscriber.left_at = at
            subscriber.save(update_fields=["left_at"])
            for function in _after_leaving:
                function(subscriber.email, at=at)
    return subscriber


def link(view: str, subscriber: Subscriber) -> str:
    return urljoin(settings.SITE_URL, reverse(view, args=[subscriber.token]))


def leaving_headers(subscriber: Subscriber) -> dict[str, str]:
    """For every mail to a subscriber: one click in the mail program ends it (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link('pages:newsletter_leave', subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _post(subscriber: Subscriber, name: str) -> None:
    mail.post(
        name,
        to=subscriber.email,
        context={
            "confirm_url": link("pages:newsletter_confirm", subscriber),
            "leave_url": link("pages:newsletter_leave", subscriber),
            "answer_within": ANSWER_WITHIN,
        },
        headers=leaving_headers(subscriber),
        urgent=name == "newsletter_confirm",
    )
