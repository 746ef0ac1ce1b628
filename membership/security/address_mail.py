"""E-mails people about changes to their own sign-in: what was added or removed, and by whom.

They go to all old and new addresses: someone who takes over an account must not be the only one
to hear of it.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from membership.models import Address, Person, User
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.lib.mail import mail

FACTORS = {
    "mfa/email/totp_activated": (Kind.FACTOR_ADDED, "an authenticator app", "added to"),
    "mfa/email/totp_deactivated": (Kind.FACTOR_REMOVED, "an authenticator app", "removed from"),
    "mfa/email/webauthn_added": (Kind.FACTOR_ADDED, "a passkey", "added to"),
    "mfa/email/webauthn_removed": (Kind.FACTOR_REMOVED, "a passkey", "removed from"),
    "mfa/email/recovery_codes_generated": (Kind.FACTOR_ADDED, "new recovery codes", "added to"),
    "all": (Kind.FACTOR_REMOVED, "every second factor", "removed from"),
}


def factor_changed(user: User, change: str, *, at: datetime, by: User | None) -> None:
    """Report a second factor or passkey that `by` added or removed (None: the site)."""
    kind, what, how = FACTORS[change]
    security_log.note(kind, at=at, who=by, whom=user, detail=what)
    title = (
        f"{what[0].upper()}{what[1:]} {'were' if what.endswith('s') else 'was'} {how} your sign-in"
    )
    by_whom = "" if by == user else "by our office" if by else "by us"
    for address in addresses_of_user(user):
        _post(address, title=title, words=[], by_whom=by_whom, at=at)


def addresses_of_user(user: User) -> list[str]:
    """A user's address and the other addresses they have proven."""
    proven = EmailAddress.objects.filter(user=user, verified=True).order_by("pk")
    return list(dict.fromkeys([user.email, *proven.values_list("email", flat=True)]))


def addresses_of(people: Iterable[int]) -> dict[int, set[str]]:
    """Every address that reaches people and lets them sign in, by person key."""
    found: dict[int, set[str]] = {}
    for pk, own, sign_in in Person.every.filter(pk__in=people).values_list(
        "pk", "email", "user__email"
    ):
        found[pk] = {each for each in (own, sign_in) if each}
    for pk, further in Address.objects.filter(person__in=found).values_list("person", "email"):
        found[pk].add(further)
    proven = EmailAddress.objects.filter(verified=True, user__people__in=found)
    for pk, email in proven.values_list("user__people", "email"):
        if pk in found:
            found[pk].add(email)
    return found


def addresses_changed(before: dict[int, set[str]], *, at: datetime, by: User | None) -> None:
    """E-mail the old and new addresses of people whose addresses differ from `before`.

    People who had none before hear nothing: there was nothing to take over.
    """
    after = addresses_of(before)
    users = dict(Person.every.filter(pk__in=before).values_list("pk", "user"))
    for pk, old in before.items():
        new = after.get(pk, set())
        if old and old != new:
            whom = User.objects.filter(pk=users.get(pk)).first() if users.get(pk) else None
            address_changed(old=old, added=new - old, gone=old - new, at=at, by=by, whom=whom)


def address_changed(*, old: set[str], added: set[str], gone: set[str], at, by, whom) -> None:
    """Tell old addresses what changed, and new ones only that they were added.

    A new address may be a typo, so it learns nothing else.
    """
    counts = [f"{len(each)} {how}" for each, how in ((added, "added"), (gone, "removed")) if each]
    detail = ", ".join(counts)
    security_log.note(Kind.ADDRESS, at=at, who=by, whom=whom, detail=detail)
    by_whom = "" if whom and by == whom else "by our office" if by and by.is_staff else ""
    words = [f"Added: {_shortened(each)}." for each in sorted(added)]
    words += [f"Removed: {_shortened(each)}." for each in sorted(gone)]
    for address in sorted(old):
        title = "Your e-mail addresses were changed"
        _post(address, title=title, words=words, by_whom=by_whom, at=at)
    for address in sorted(added):
        title = "This e-mail address was added to our records"
        _post(address, title=title, words=[], by_whom=by_whom, at=at, is_new=True)


def _shortened(address: str) -> str:
    """Enough to recognize your own address: “a…@ellery.example”."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _post(address: str, *, title, words, by_whom, at, is_new=False) -> None:
    context = {
        "title": title,
        "words": words,
        "by_whom": by_whom,
        "is_new": is_new,
        "at": at,
        "url": urljoin(settings.SITE_URL, reverse("account_sessions")),
    }
    mail.post("sign_in_changed", to=address, context=context, urgent=True)
