"""Personal data in the outbox, mailings and the sign-in: export and erasure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.urls import reverse
from post_office.models import STATUS, Attachment, Email

from membership.accounts import sessions
from membership.models import (
    BrowserSession,
    CommitteeChair,
    MailingRecipient,
    Person,
    SecurityEvent,
    SignInCode,
)
from membership.privacy.forgetting import rewritten, words_without
from membership.privacy.personal_data import PersonalData, Subject, Wait, exported
from nsca.lib.mail import outbox
from nsca.lib.retention import FORGOTTEN_DOMAIN

ON_ITS_WAY = timedelta(hours=1)  # the longest an e-mail waits in the outbox


class MailPersonalData(PersonalData):
    """E-mails in the outbox."""

    title = "E-mails we sent you"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        emails = Email.objects.filter(self._to(subject)).order_by("pk")
        return [
            {
                "written": email.created,
                "to": ", ".join(email.to),
                "subject": email.subject,
                "text": email.message,
                "fate": email.get_status_display() if email.status is not None else "",
            }
            for email in emails
        ]

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        """Wait for unsent e-mails to others that name them."""
        ours = Q(status=STATUS.queued) | Q(status=STATUS.requeued)
        if Email.objects.filter(ours & self._naming(subject)).exclude(self._to(subject)).exists():
            return [Wait("An e-mail with this name is still being sent.", at + ON_ITS_WAY)]
        return []

    def erase(self, subject: Subject, *, at: datetime) -> None:
        """Erase e-mails to them, and our copies of others' e-mails that name them."""
        for row in MailingRecipient.objects.filter(
            Q(person=subject.person) | subject.theirs("email", "name")
        ):
            row.email, row.name, row.person = f"{row.pk}@{FORGOTTEN_DOMAIN}", "", None
            if row.state == MailingRecipient.State.WAITING:
                row.state = MailingRecipient.State.SPARED
            row.save(update_fields=["email", "name", "person", "state"])
        emails = Email.objects.filter(self._to(subject) | self._naming(subject))
        papers = Attachment.objects.filter(emails__in=emails)
        for paper in papers.distinct():
            paper.file.delete(save=False)
            paper.delete()
        emails.delete()

    @staticmethod
    def _naming(subject: Subject) -> Q:
        found = Q(pk__in=[])
        for address in subject.own:
            for field in ("cc", "bcc", "subject", "context"):
                found |= Q(**{f"{field}__icontains": address})
        words, name = list(subject.own), subject.person.name
        if " " in name:  # one word alone fits many people
            words.append(name)
            found |= Q(to__icontains=name) | Q(subject__icontains=name)
        return found | Q(pk__in=outbox.saying(words))

    @staticmethod
    def _to(subject: Subject) -> Q:
        found = Q(pk__in=[])
        for address in subject.own:
            found |= _written_to(address)
        for address in set(subject.addresses) - set(subject.own):
            found |= _written_to(address) & Q(pk__in=outbox.saying([subject.person.name]))
        return found


def _written_to(address: str) -> Q:
    """E-mails to exactly this address, in the form nsca.lib.mail.mail.recipient writes."""
    return Q(to=address) | Q(to__endswith=f"<{address}>")


class SignInPersonalData(PersonalData):
    """The sign-in and its sessions."""

    title = "Your sign-in"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        user = subject.person.user
        if user is None:
            return []
        rows = [{"what": "Sign-in", **exported(user, leave_out=["sign_in_round"])}]
        rows += [
            {"what": "Sign-in address", **exported(row)}
            for row in EmailAddress.objects.filter(user=user)
        ]
        rows += [
            {"what": "Second factor", **exported(row)}
            for row in Authenticator.objects.filter(user=user)
        ]
        rows += [
            {"what": "Signed in", **exported(row, leave_out=["sign_in_round"])}
            for row in BrowserSession.objects.filter(user=user)
        ]
        events = SecurityEvent.objects.filter(Q(who=user) | Q(whom=user))
        rows += [
            {"what": "Security log", "at": row.at, "was": row.get_kind_display()} for row in events
        ]
        return rows

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        user = subject.person.user
        if user and (user.is_staff or CommitteeChair.objects.filter(user=user).exists()):
            return [
                Wait(
                    "This is a staff sign-in. Ask the director to end it first.",
                    None,
                    reverse("pages:contact"),
                )
            ]
        return []

    def erase(self, subject: Subject, *, at: datetime) -> None:
        for address in subject.own:
            SignInCode.objects.filter(email=address).delete()
        user = subject.person.user
        entries = LogEntry.objects.filter(
            Q(object_repr__icontains=subject.person.name)
            | _named(subject, "object_repr")
            | _named(subject, "change_message")
        )
        for entry in entries:
            rewritten(entry, ["object_repr", "change_message"], subject)
        if user is None:
            return
        rest = _sharing(subject).order_by("pk").first()
        if rest is not None:
            user.name = words_without(user.name, subject, rest.name)
            user.save(update_fields=["name"])
            return
        sessions.end_all(user, at=at, because="erased")
        BrowserSession.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") == str(user.pk):
                session.delete()
        user.email, user.name, user.is_active = f"{user.pk}@{FORGOTTEN_DOMAIN}", "", False
        user.set_unusable_password()
        user.save(update_fields=["email", "name", "is_active", "password"])


def _named(subject: Subject, field: str) -> Q:
    found = Q(pk__in=[])
    for address in subject.own:
        found |= Q(**{f"{field}__icontains": address})
    return found


def _sharing(subject: Subject):
    """Other living people with the same sign-in."""
    others = Person.objects.living().exclude(pk=subject.person.pk)
    user_id = subject.person.user_id
    return others.filter(user_id=user_id) if user_id else others.none()
