"""Welcomes new members who paid, and people whom somebody else's dues cover.

The latter get theirs once their address is proven: until then nobody knows whose mailbox it is.
"""

from datetime import date, datetime
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from membership.models import Person, Term, User
from membership.people.main_contact import main_contact
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import is_same_address
from nsca.lib.timing import day_of
from orders.models import Line


def after_first_proof(user: User, email: str, *, at: datetime) -> None:
    """Welcome the people of a newly proven address who are members through somebody else."""
    for person in user.people.living().order_by("pk"):
        if is_same_address(person.email, email):
            _welcome(person, at=at)


def welcome_if_proven(person: Person, *, at: datetime) -> None:
    """Welcome somebody who was just added and whose address is already proven."""
    proven = EmailAddress.objects.filter(user=person.user_id, email=person.email)
    if person.user_id and person.email and proven.filter(verified=True).exists():
        _welcome(person, at=at)


def welcome_payer(line: Line) -> None:
    """Welcome the person whose dues made a new household of members, beside their receipt."""
    term = Term.objects.whole().filter(line=line).select_related("household", "tier").first()
    if term is None or term.household.terms.exclude(pk=term.pk).exists():
        return  # not a new member
    for person in term.household.people.living().order_by("pk"):
        if is_same_address(person.email, line.order.buyer_email):
            _post(person, term, on=day_of(line.order.paid_at))
            return


def _welcome(person: Person, *, at: datetime) -> None:
    on = day_of(at)
    household = person.household
    if household is None or person.is_minor(on):
        return
    contact = main_contact(household, on=on)
    term = _term_of(household, on)
    if term is None or contact is None or contact.pk == person.pk:
        return  # the payer's welcome comes with the receipt
    _post(person, term, on=on, contact=contact)


def _post(person: Person, term: Term, *, on: date, contact: Person | None = None) -> None:
    """`contact` made them a member; None: they paid themselves."""
    mail.post(
        "member_welcome",
        to=person.email,
        to_name=person.name,
        context={
            "person": person,
            "contact": contact,
            "household": term.household,
            "term": term,
            "begins_later": term.starts_on > on,
            "home_url": urljoin(settings.SITE_URL, reverse("membership:home")),
            "mails_url": urljoin(settings.SITE_URL, reverse("membership:mails")),
        },
    )


def _term_of(household, on) -> Term | None:
    """The current term, or else the next."""
    terms = household.terms.real().select_related("tier")
    held = terms.current(on).order_by("-starts_on", "-pk").first()
    return held or terms.filter(starts_on__gt=on).order_by("starts_on", "pk").first()
