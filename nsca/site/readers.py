"""The newsletter's list for mailings (membership/mailings/known.py).

It has only those who confirmed from their own mailbox. Here, because pages and membership know
nothing of each other.
"""

from datetime import datetime

from membership.mailings.known import ListOfReaders
from pages.models import Subscriber
from pages.newsletter import subscribing


class NewsletterReaders(ListOfReaders):
    def confirmed(self) -> set[str]:
        on_it = Subscriber.objects.filter(confirmed_at__isnull=False, left_at__isnull=True)
        return set(on_it.values_list("email", flat=True))

    def left(self) -> set[str]:
        gone = Subscriber.objects.filter(left_at__isnull=False)
        return set(gone.values_list("email", flat=True))

    def leave(self, email: str, *, at: datetime) -> None:
        one = Subscriber.objects.filter(email=email, left_at__isnull=True).first()
        if one is not None:
            subscribing.leave(token=one.token, at=at)
