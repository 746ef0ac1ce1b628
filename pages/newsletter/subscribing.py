"""The newsletter: requested on the site, confirmed by e-mail, left with one click."""

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

ANSWER_WITHIN = timedelta(days=14)  # a link should not work forever


# Called with the address and the instant when somebody leaves (nsca/hooks.py).
_after_leaving: list[Callable] = []


def call_after_leaving(function: Callable) -> None:
    """Have `function(email, at=…)` called when somebody leaves, in the same transaction."""
    _after_leaving.append(function)


class TooLate(Exception):
    """The link is too old."""


def ask(*, email: str, at: datetime) -> None:
    """E-mail an address that somebody entered, without revealing whether it is on the list.

    A new address gets a link to confirm; to a subscriber we say that nothing changed.
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
            # A former subscriber gets a new link: the old one must not bring them back.
            subscriber.token = link_tokens.new("newsletter")
            subscriber.asked_at = at
            subscriber.confirmed_at = subscriber.left_at = None
            subscriber.save(update_fields=["token", "asked_at", "confirmed_at", "left_at"])
        _post(subscriber, "newsletter_confirm")


def subscribe(*, email: str, at: datetime) -> Subscriber:
    """Add a proven address whose owner checked the box; a subscriber stays as is."""
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
    """Confirm a subscription; repeating is fine. Raises Subscriber.DoesNotExist, TooLate."""
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
    """Take somebody off the list; repeating is fine. Raises Subscriber.DoesNotExist."""
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
    """Headers that let mail programs unsubscribe with one click (RFC 8058)."""
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
