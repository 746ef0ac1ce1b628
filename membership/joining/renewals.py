"""The renewal link in a reminder: one purpose, one use, until it expires."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from membership.models import Household, Person, RenewalLink, Rules, Term, Tier
from membership.people.main_contact import main_contact
from membership.terms.years import next_stretch

LINK_LASTS = timedelta(days=60)


class LinkIsDead(Exception):
    """The renewal link is unknown, used or expired; the text is for the member."""


def make_renewal_link(
    household: Household, *, at: datetime, valid_until: datetime | None = None
) -> RenewalLink:
    """A link that only renews one household's membership, valid for LINK_LASTS or longer."""
    ends = max(at + LINK_LASTS, valid_until or at)
    return RenewalLink.objects.create(household=household, created_at=at, valid_until=ends)


def open_renewal_link(token: str, *, at: datetime) -> RenewalLink:
    """The valid link of this token. Raises LinkIsDead with a sentence."""
    link = RenewalLink.objects.filter(token=token).select_related("household").first()
    if link is None:
        raise LinkIsDead("We don’t know this link. Check that it’s complete, or sign in to renew.")
    if link.used_at is not None:
        raise LinkIsDead("This link has already been used. Sign in to see your membership.")
    if link.valid_until <= at:
        raise LinkIsDead("This link has expired. Sign in to renew; it takes a minute.")
    return link


@dataclass(frozen=True)
class Renewal:
    """What a renewal page may show of a household before anybody signs in."""

    person: Person  # who pays; their initials are shown
    last: Term | None  # the term whose level is offered first
    starts_on: date  # of the year to be paid
    ends_on: date
    renewed_already: bool  # e.g. by another household member
    is_for_life: bool


def renewal_of(household: Household, *, on: date, asked_at: datetime) -> Renewal | None:
    """The renewal of a household that got a link at `asked_at`; None if no adult can renew."""
    person = who_renews(household, on=on)
    if person is None:
        return None
    terms = list(household.terms.real().whole().select_related("tier", "line__order"))
    ending = [term for term in terms if term.ends_on]
    last = max(ending, key=lambda term: term.ends_on, default=None)
    starts_on, ends_on = next_stretch(household, on, rules=Rules.load())
    return Renewal(
        person=person,
        last=last,
        starts_on=starts_on,
        ends_on=ends_on,
        renewed_already=last is not None
        and (last.starts_on > on or bool(last.line and last.line.order.paid_at > asked_at)),
        is_for_life=len(ending) < len(terms),
    )


def who_renews(household: Household, *, on: date) -> Person | None:
    """The household's main contact."""
    return main_contact(household, on=on)


def price_in_the_mail(tier: Tier, link: RenewalLink) -> int | None:
    """What a level cost when the link was made, in cents, or None if unknown."""
    then = tier.history.filter(history_date__lte=link.created_at).order_by("-history_date").first()
    return then.dues_cents if then else None


def initials(name: str) -> str:
    """What a renewal page shows of a person before anybody signs in: "M. E."."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())
