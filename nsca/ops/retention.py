"""The retention rules: what is erased when, and the days that staff have set.

The ticker does what is due once a day; `manage.py forget_due` does it now. Rows about money stay:
the books and the tax office need them.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from post_office.models import STATUS, Attachment, Email

import events.privacy.retention
import membership.privacy.retention
import orders.books.retention
import pages.retention
from nsca.lib.retention import Rule
from pages.models import RetentionRule

log = logging.getLogger(__name__)
TOMORROW = timedelta(days=1)
MOST_DAYS = 3650


def _mails(before: datetime):
    sent = Email.objects.filter(status=STATUS.sent, last_updated__lte=before)
    return sent.exclude(message="", html_message="")


def _forget_mails(before: datetime, _at: datetime) -> int:
    """Erase text and attachments; keep the recipient, the subject and whether it arrived."""
    pks = list(_mails(before).values_list("pk", flat=True))
    for paper in Attachment.objects.filter(emails__in=pks).distinct():
        paper.file.delete(save=False)
        paper.delete()
    return Email.objects.filter(pk__in=pks).update(
        message="", html_message="", context=None, headers=None
    )


RULES: list[Rule] = [
    *orders.books.retention.RULES,
    *events.privacy.retention.RULES,
    *membership.privacy.retention.RULES,
    *pages.retention.RULES,
    Rule(
        name="e-mails",
        what="The text of our e-mails, with their links and attachments",
        since="they were sent",
        days=180,
        least=14,
        due=lambda before: _mails(before).count(),
        forget=_forget_mails,
    ),
]


@dataclass(frozen=True)
class Kept:
    """A rule with its current days."""

    rule: Rule
    days: int

    @property
    def sentence(self) -> str:
        days = f"{self.days} day{'' if self.days == 1 else 's'}"
        return f"{self.rule.what}: erased {days} after {self.rule.since}."

    def due(self, at: datetime) -> int:
        return self.rule.due(at - timedelta(days=self.days))

    def due_tomorrow(self, at: datetime) -> int:
        """How much will be erased within a day, including what is due now."""
        return self.due(at + TOMORROW)

    def forget(self, at: datetime) -> int:
        return self.rule.forget(at - timedelta(days=self.days), at)


def kept() -> Iterator[Kept]:
    """The rules in order, each with the days that staff have set, or its own."""
    set_by_staff = dict(RetentionRule.objects.values_list("rule", "days"))
    for rule in RULES:
        yield Kept(rule, max(rule.least, set_by_staff.get(rule.name, rule.days)))


def forget_due(at: datetime) -> dict[str, int]:
    """Erase all that is due at an instant, and return how much, by rule.

    A rule that fails does not stop the others; it is tried again the next day.
    """
    done = {}
    for each in kept():
        try:
            count = each.forget(at)
        except Exception:
            log.exception("retention: %s failed", each.rule.name)
            continue
        if count:
            done[each.rule.name] = count
            log.info("retention: %s, %s forgotten", each.rule.name, count)
    return done
