"""A welcome of their own for everybody whom somebody else's dues made a member, once their address
is proven: until then nobody knows whose mailbox it is.
"""

from datetime import datetime
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from membership.models import Person, Term, User
from membership.people.main_contact import main_contact
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import is_same_address
from nsca.lib.timing import day_of


def after_first_proof(user: User, email: str, *, at: datetime) -> None:
    """An address was proven for the first time: whoever of its people is written to there, and is
    a member through somebody else, is welcomed.
    """
    for person in user.people.living().order_by("pk"):
        if is_same_address(person.email, email):
            _welcome(person, at=at)


def welcome_if_proven(person: Person, *, at: datetime) -> None:
    """Somebody was added whose address was proven long ago: there is nothing to wait for."""
    proven = EmailAddress.objects.filter(user=person.user_id, email=person.email)
    if person.user_id and person.email and proven.filter(verified=True).exists():
        _welcome(person, at=at)


def _welcome(person: Person, *, at: datetime) -> None:
    on = day_of(at)
    household = person.household
    if household is None or person.is_minor(on):
        return
    contact = main_contact(household, on=on)
    term = _term_of(household, on)
    if term is None or contact is None or contact.pk == person.pk:
        return  # who paid has the receipt, which welcomes them
    mail.post(
        "member_welcome",
        to=person.email,
        to_name=person.name,
        context={
            "person": person,
            "contact": contact,
            "household": household,
            "term": term,
            "begins_later": term.starts_on > on,
            "home_url": urljoin(settings.SITE_URL, reverse("membership:home")),
            "letters_url": urljoin(settings.SITE_URL, reverse("membership:letters")),
        },
    )


def _term_of(household, on) -> Term | None:
    """The year that holds, else the next that is paid for."""
    terms = household.terms.real().select_related("tier")
    held = terms.current(on).order_by("-starts_on", "-pk").first()
    return held or terms.filter(starts_on__gt=on).order_by("starts_on", "pk").first()
