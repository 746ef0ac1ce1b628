"""What a reminder says, by the household's membership status when it is written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from membership.joining.renewals import make_renewal_link
from membership.models import CommitteeChair, Reminder, RenewalLink, Rules, User
from membership.reminders.year_used import YearUsed, years_used
from membership.terms.hardship import dues_of
from nsca.lib.mail import mail
from nsca.lib.text.money import dollars
from nsca.lib.timing import NORFOLK, day_of

DAY = timedelta(days=1)
SOON = 14  # days: from then on the subject counts them


@dataclass(frozen=True)
class Words:
    """Everything a reminder needs, on paper and by e-mail."""

    name: str  # of the recipient
    household: str
    level: str
    starts_on: date
    ends_on: date
    grace_until: date
    days_left: int  # until the last day; negative afterwards
    dues_cents: int | None  # of one more year; None if the level is no longer offered
    link: str  # absolute
    chair: CommitteeChair | None  # who signs the note
    is_note: bool
    used: str = ""  # what the household used this year, as a sentence

    @property
    def is_over(self) -> bool:
        return self.days_left < 0

    @property
    def subject(self) -> str:
        if self.is_note:
            return "We miss you"
        if self.days_left > SOON:
            return f"Your membership is paid through {_day(self.ends_on)}"
        if self.days_left > 1:
            return f"Your membership ends in {self.days_left} days"
        if self.days_left >= 0:
            return "Your membership ends " + ("tomorrow" if self.days_left else "today")
        if self.in_grace:
            return f"Your membership has ended: renew by {_day(self.grace_until)}"
        return f"Your membership ended on {_day(self.ends_on)}"

    @property
    def paragraphs(self) -> list[str]:
        """The text without greeting, link and signature; the same by e-mail and on paper."""
        return self._of_a_person() if self.is_note else self._of_the_office()

    def _of_the_office(self) -> list[str]:
        if self.days_left > 1:
            first = (
                f"Your {self.level} membership is paid through {_day(self.ends_on)}. If you renew "
                "early, your new year still starts after that day."
            )
        elif self.days_left >= 0:
            first = (
                f"Your {self.level} membership ends "
                f"{'tomorrow' if self.days_left else 'today'}. Your new year starts right after."
            )
        elif self.in_grace:
            first = (
                f"Your {self.level} membership ended on {_day(self.ends_on)}. If you renew by "
                f"{_day(self.grace_until)}, your new year starts right after that day. You get "
                "the member price again once you renew."
            )
        else:
            first = (
                f"Your {self.level} membership ended on {_day(self.ends_on)}. If you’d like to "
                "come back, your new year starts on the day you pay."
            )
        link = "Renewing takes a minute, and you don’t need a password:"
        words = [first, self.used, self._price(), link]
        return [each for each in words if each]

    def _of_a_person(self) -> list[str]:
        where = f" for the {self.chair.city.name} committee" if self.chair else ""
        return [
            f"Your membership ended on {_day(self.ends_on)}. This isn’t a bill. I’m writing"
            f"{where} to say that we noticed, and we miss you.",
            "If something kept you away, or if we could do better, please reply and tell us. And "
            "if it just slipped your mind, you can come back here:",
        ]

    def _price(self) -> str:
        if self.dues_cents is None:
            return f"We no longer offer {self.level}. You can choose another level when you renew."
        if self.dues_cents == 0:
            return f"A year of {self.level} is free for you."
        return f"A year of {self.level} costs {dollars(self.dues_cents)}."

    @property
    def in_grace(self) -> bool:
        return self.is_over and self.days_left >= (self.ends_on - self.grace_until).days

    @property
    def seats_name(self) -> str:
        return self.chair.user.get_full_name() if self.chair else ""


def _day(on: date) -> str:
    return f"{on:%B %-d, %Y}"


def words_of(row: Reminder, *, rules: Rules, at: datetime, used: YearUsed | None = None) -> Words:
    """The words of a reminder; makes its link, which is valid beyond the last reminder."""
    term, on = row.term, day_of(at)
    if row.link is None:
        row.link = _link(row, rules=rules, at=at)
        row.save(update_fields=["link"])
    is_note = row.step == Reminder.Step.NOTE
    used = used or years_used([term], on)[term.pk]
    return Words(
        name=row.person.name,
        household=term.household.name,
        level=term.tier.name,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        grace_until=term.ends_on + rules.grace,
        days_left=(term.ends_on - on).days,
        dues_cents=dues_of(term.tier, term.household_id, on=on) if term.tier.is_offered else None,
        link=settings.SITE_URL + reverse("membership:renew", args=[row.link.token]),
        chair=chair_of(row) if is_note else None,
        is_note=is_note,
        used=used.sentence,
    )


def _link(row: Reminder, *, rules: Rules, at: datetime) -> RenewalLink:
    last = row.term.ends_on + (rules.note_days + 30) * DAY
    until = datetime.combine(last, datetime.min.time(), NORFOLK)
    return make_renewal_link(row.term.household, at=at, valid_until=until)


def chair_of(row: Reminder) -> CommitteeChair | None:
    """Who signs the note: a chair of a favorite city, or any who offered."""
    chairs = CommitteeChair.objects.filter(writes_to_expired=True).select_related("user", "city")
    chairs = chairs.filter(user__in=User.objects.working()).order_by("pk")
    dear = chairs.filter(city__favorite_cities__person__households=row.term.household_id)
    return dear.first() or chairs.first()


def post(row: Reminder, *, rules: Rules, at: datetime, used: YearUsed | None = None) -> None:
    """Put the e-mail into the outbox. Replies to a note go to the chair who signed it."""
    words = words_of(row, rules=rules, at=at, used=used)
    headers = {"Reply-To": words.chair.user.email} if words.chair else {}
    mail.post(
        "renewal_note" if words.is_note else "renewal_reminder",
        to=row.person.email,
        to_name=row.person.name,
        context={"words": words},
        headers=headers,
    )
