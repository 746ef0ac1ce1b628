"""The e-mail with a volunteer's door link."""

from django.conf import settings
from django.urls import reverse

from events.models import DoorLink
from nsca.lib.mail import mail


def address_of(link: DoorLink) -> str:
    """The link's URL: anyone who has it can check guests in."""
    return settings.SITE_URL + reverse("door:home", args=[link.token])


def mail_link(link: DoorLink, *, to: str) -> None:
    """E-mail the link to an address that is not stored."""
    mail.post(
        "door_link",
        to=to,
        to_name=link.name,
        context={"link": link, "event": link.event, "address": address_of(link)},
        urgent=True,
    )
