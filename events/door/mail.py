"""The letter that brings a volunteer their link to the door."""

from django.conf import settings
from django.urls import reverse

from events.models import DoorLink
from nsca.lib.mail import mail


def address_of(link: DoorLink) -> str:
    """The link itself: whoever has it stands at the door."""
    return settings.SITE_URL + reverse("door:home", args=[link.token])


def mail_link(link: DoorLink, *, to: str) -> None:
    """To an address that is written to once and not kept."""
    mail.post(
        "door_link",
        to=to,
        to_name=link.name,
        context={"link": link, "event": link.event, "address": address_of(link)},
        urgent=True,
    )
