"""Mail servers that fail, each in its own way. `plan` says what becomes of each e-mail in turn."""

import smtplib

from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Memory

plan: list = []  # exceptions to raise, or None to accept; empty: accept


class Killed(BaseException):
    """The process died: nothing of ours catches this."""


class Failing(Memory):
    """Raises what is planned instead of taking the e-mail."""

    def send_messages(self, messages):
        step = plan.pop(0) if plan else None
        if step is not None and not callable(step):
            raise step
        taken = super().send_messages(messages)
        if callable(step):
            step()
        return taken


def killed_after_yes():
    raise Killed


REFUSED = smtplib.SMTPRecipientsRefused({"ada@ellery.example": (550, b"no such person")})
GREYLISTED = smtplib.SMTPRecipientsRefused({"ada@ellery.example": (451, b"try again")})
SILENT = TimeoutError("timed out")
BACKEND = f"{__name__}.Failing"


def outbox():
    return mail.outbox
