"""The link in a reminder: one purpose, one use, an end."""

from datetime import datetime, timedelta

from membership.models import Household, RenewalLink

LINK_LASTS = timedelta(days=60)


class LinkIsDead(Exception):
    """The renewal link is unknown, used or out of date; the text is for the member."""


def make_renewal_link(
    household: Household, *, at: datetime, valid_until: datetime | None = None
) -> RenewalLink:
    """A link that renews one household's membership and does nothing else; good for LINK_LASTS,
    or for longer where it is said.
    """
    ends = max(at + LINK_LASTS, valid_until or at)
    return RenewalLink.objects.create(household=household, created_at=at, valid_until=ends)


def open_renewal_link(token: str, *, at: datetime) -> RenewalLink:
    """The living link of this token. Raises LinkIsDead with a sentence."""
    link = RenewalLink.objects.filter(token=token).select_related("household").first()
    if link is None:
        raise LinkIsDead("We do not know this link. Please check that it is whole, or sign in.")
    if link.used_at is not None:
        raise LinkIsDead("This link has done its work. To see your membership, please sign in.")
    if link.valid_until <= at:
        raise LinkIsDead("This link is out of date. Please sign in; renewing takes a minute.")
    return link


def initials(name: str) -> str:
    """What a renewal page shows of a person before anybody has signed in: "M. E."."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())
